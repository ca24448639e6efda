package desk

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jiebang/internal/fault"
	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// doing is an operation that its reader is about to do.
type doing struct {
	Operation *contract.Operation
	Form      *ui.Form
	Keep      map[string]string // what goes along unseen: the record's id and version, the key of this very form
	About     map[string]any    // the record that it is done to, as far as it can be read; nil: none
	Settled   []settled
}

func operation(p *site.Page) (*contract.Operation, error) {
	o := p.Book.Operation(p.Context.Param("operation"))
	if o == nil || o.Method == http.MethodGet || o.ID == "sendUpload" {
		return nil, fault.NotVisible.New()
	}
	return o, nil
}

// lost is the refusal of a form whose sender's session is over: what they typed stays, they sign in beside it and send it again.
func lost(p *site.Page) *site.Problem {
	return &site.Problem{Status: http.StatusUnauthorized, Code: fault.SignInRequired.Code, Title: p.T("do.lost"), Detail: p.T("do.lost.how")}
}

// ask shows the form of an operation, filled in with what is there.
func ask(p *site.Page) error {
	o, err := operation(p)
	if err != nil {
		return err
	}
	if o.TokenRequired {
		if err := p.MustSignIn(); err != nil {
			return err
		}
	}
	d := &doing{Operation: o, Keep: kept(p.Query()), Form: &ui.Form{Page: p}}
	if d.Keep["_key"] == "" {
		d.Keep["_key"] = rand.Text()
	}
	if err := d.about(p); err != nil {
		return err
	}
	if o.Body != nil {
		d.Form.Values = d.begin(p)
	}
	return d.show(p, http.StatusOK)
}

// kept are the hidden parts of a form: those whose names begin with _, and what stands in the operation's path.
func kept(form url.Values) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"id", "_version", "_key", "_next", "_on", "code", "kind", "list", "month", "personal_id"} {
		if v := form.Get(name); v != "" {
			out[name] = v
		}
	}
	return out
}

// about reads the record that the operation is done to.
func (d *doing) about(p *site.Page) error {
	collection := d.Operation.Collection()
	read := p.Book.At(http.MethodGet, collection+"/{id}")
	if read == nil || d.Keep["id"] == "" || !strings.Contains(d.Operation.Path, "{id}") {
		return nil
	}
	query := url.Values(nil)
	if d.Operation.Method == http.MethodPut { // what is written anew is the open revision, where there is one
		query = url.Values{"revision": {"open"}}
		if !slices.ContainsFunc(read.Query, func(f *contract.Field) bool { return f.Name == "revision" }) {
			query = nil
		}
	}
	answer, err := p.Call(site.Ask{Operation: read, Path: map[string]string{"id": d.Keep["id"]}, Query: query})
	var refused *site.Problem
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound && query != nil {
		answer, err = p.Call(site.Ask{Operation: read, Path: map[string]string{"id": d.Keep["id"]}})
	}
	if err != nil {
		return err
	}
	d.About, _ = answer.Value.(map[string]any)
	if v := text(d.About["version"]); v != "" && d.Keep["_version"] == "" {
		d.Keep["_version"] = v
	}
	return nil
}

// begin is what a form begins with: for a PUT what is there, else what the link to it says.
func (d *doing) begin(p *site.Page) any {
	var values any
	if d.Operation.Method == http.MethodPut && d.About != nil {
		values = d.Operation.Body.Fill(d.About)
	}
	given := d.Operation.Body.Value(p.Query())
	if m, ok := given.(map[string]any); ok && len(m) > 0 && d.Operation.Method != http.MethodPut {
		return m
	}
	return values
}

// settle takes out of a form what the link to it has settled: the record that it is about stands above it by name, and the identifiers of others,
// which nobody knows by heart, are not asked for.
func (d *doing) settle(p *site.Page, choices map[string][]ui.Choice) {
	values, _ := d.Form.Values.(map[string]any)
	given := false
	for _, f := range d.Operation.Body.Fields {
		id := text(values[f.Name])
		if f.Format != "uuid" || id == "" || choices[f.Name] != nil {
			continue
		}
		property := f.Name
		if property == "object_id" { // of which kind stands beside it
			property = text(values["object_kind"])
		}
		if about := ui.Subject(p, property, id); about != nil {
			given = true
			for _, kind := range d.Operation.Body.Fields {
				if kind.Name == "object_kind" && property != f.Name {
					d.Settled = append(d.Settled, settled{Field: kind, ID: property})
					d.Form.Hidden = append(d.Form.Hidden, kind.Name)
				}
			}
			d.Settled = append(d.Settled, settled{Field: f, ID: id, Record: about})
			d.Form.Hidden = append(d.Form.Hidden, f.Name)
		}
	}
	for _, f := range d.Operation.Body.Fields {
		if given && f.Format == "uuid" && !f.Required && values[f.Name] == nil && len(choices[f.Name]) == 0 {
			d.Form.Hidden = append(d.Form.Hidden, f.Name)
		}
	}
}

// settled is a field of a form whose value the link to it gave, with the record that it names, if it names one.
type settled struct {
	Field  *contract.Field
	ID     string
	Record map[string]any
}

// do does it: what is refused comes back with what was typed.
func do(p *site.Page) error {
	o, err := operation(p)
	if err != nil {
		return err
	}
	form, err := p.Context.FormParams()
	if err != nil {
		return fault.InvalidInput.At("", fault.BadFormat, "表单无法读取，请返回重试。", "The form cannot be read; go back and try again.")
	}
	d := &doing{Operation: o, Keep: kept(form), Form: &ui.Form{Page: p, More: map[string]int{}}}
	ask := site.Ask{Operation: o, Path: d.Keep, Key: d.Keep["_key"]}
	ask.Version, _ = strconv.ParseInt(d.Keep["_version"], 10, 64)
	var unplaced *site.Problem
	if o.Body != nil {
		d.Form.Values = o.Body.Value(form)
		if unplaced, err = ui.PutPlaces(p, o.Body, d.Form.Values); err != nil {
			return err
		}
		ask.Body = d.Form.Values
		if m, ok := ask.Body.(map[string]any); ok && len(m) == 0 && o.BodyOptional {
			ask.Body = nil
		}
	}
	if more := form.Get("_more"); more != "" {
		d.Form.More[more] = 1
		return d.again(p, http.StatusOK)
	}
	if o.TokenRequired && !p.SignedIn() {
		d.Form.Refused = lost(p)
		return d.show(p, http.StatusUnauthorized)
	}
	if unplaced != nil {
		d.Form.Refused = unplaced
		return d.again(p, unplaced.Status)
	}
	answer, err := p.Call(ask)
	if refused := (*site.Problem)(nil); errors.As(err, &refused) {
		d.Form.Refused = refused
		return d.again(p, refused.Status)
	}
	if err != nil {
		return err
	}
	return d.done(p, answer)
}

func (d *doing) again(p *site.Page, status int) error {
	if err := d.about(p); err != nil {
		return err
	}
	return d.show(p, status)
}

// done leads to the record that was made or changed; what is shown once is shown at once.
func (d *doing) done(p *site.Page, answer *site.Answer) error {
	if next := d.Keep["_next"]; next != "" {
		return p.Go(next)
	}
	value, _ := answer.Value.(map[string]any)
	path := answer.Header.Get("Location")
	switch {
	case secret(value): // shown once: no other page has it
	case path != "" && ui.PagePath(path) != "" && p.Book.At(http.MethodGet, readPath(path)) != nil:
		return p.Go(ui.PagePath(path) + "?done=" + d.Operation.ID)
	case d.Operation.Method == http.MethodDelete && d.Operation.Path == d.Operation.Collection()+"/{id}":
		return p.Go("/desk/" + strings.TrimPrefix(d.Operation.Collection(), "/v1/") + "?done=" + d.Operation.ID)
	case d.Keep["id"] != "" && d.AboutOf(p) != nil:
		return p.Go(ui.PagePath(d.Operation.Collection()+"/"+d.Keep["id"]) + "?done=" + d.Operation.ID)
	}
	p.NoIndex = true
	return p.Show(p.Of(d.Operation.Title), donePage(p, d.Operation, value))
}

// AboutOf is the operation that reads what this one is done to.
func (d *doing) AboutOf(p *site.Page) *contract.Operation {
	return p.Book.At(http.MethodGet, d.Operation.Collection()+"/{id}")
}

func secret(value map[string]any) bool {
	for _, name := range []string{"secret", "token", "key"} {
		if s, ok := value[name].(string); ok && s != "" {
			return true
		}
	}
	return false
}

func readPath(path string) string {
	at := strings.LastIndex(path, "/")
	return path[:max(at, 0)] + "/{id}"
}

func (d *doing) show(p *site.Page, status int) error {
	p.NoIndex = true
	if p.SignedIn() && d.Keep["_on"] == onReview && d.Operation.Collection() == "/v1/applications" {
		return showReview(p, d.Keep["id"], status, d)
	}
	if p.SignedIn() && d.Keep["_on"] == onImport && d.Operation.ID == "createImport" {
		return showNewImport(p, status, d.Form, d.Keep["_key"])
	}
	if d.Operation.Body != nil {
		choices, err := choicesOf(p, d.Operation.Body)
		if err != nil {
			return err
		}
		d.Form.Choices = choices
		d.settle(p, choices)
	}
	return p.ShowAs(status, p.Of(d.Operation.Title), doPage(p, d))
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
