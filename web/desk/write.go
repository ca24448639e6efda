package desk

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jiebang/api/wire"
	"jiebang/internal/fault"
	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// course is how a record is written step by step. Each step is sent to the operation that writes the record: the first makes a draft, the others
// replace it with one part of it anew, so what was written is kept where it belongs and can be gone on with from anywhere.
type course struct {
	kind, collection   string
	create, read, put  string
	submit, similar    string
	steps              []stepOf
	begins             map[string]any // what a draft begins with where its first step does not ask
	counterpart, alike string         // words above what is found for it, and above what says the same
	textField          string         // what is looked for by
}

// stepOf is one step: the fields that it asks for, by their paths. The one after the last looks at the whole.
type stepOf struct {
	word   string
	fields []string
}

var courses = map[string]course{
	"need": {
		kind: "need", collection: "needs", create: "createNeed", read: "getNeed", put: "replaceNeed", submit: "submitNeed", similar: "similarNeeds", textField: "problem",
		steps: []stepOf{
			{"write.what", []string{"owner_id", "title", "problem", "field"}},
			{"write.where", []string{"requirements", "constraints", "chains", "keywords", "technical_terms"}},
			{"write.money", []string{"budget", "deadline", "cooperation_mode", "urgent", "masked", "confidential"}},
		},
		counterpart: "write.answers", alike: "write.alike",
	},
	"challenge": {
		kind: "challenge", collection: "challenges", create: "createChallenge", read: "getChallenge", put: "replaceChallenge", submit: "submitChallenge", similar: "similarChallenges", textField: "problem",
		steps: []stepOf{
			{"write.what", []string{"round_id", "owner_id", "title", "problem", "field", "reward"}},
			{"write.why", []string{"background", "keywords", "chains", "bottleneck", "wanted_level"}},
			{"write.indicators", []string{"indicators"}},
			{"write.terms", []string{"provides", "ip_arrangement"}},
			{"write.secret", []string{"masked", "confidential"}},
		},
		counterpart: "write.takers", alike: "write.alike",
	},
	"bid": {
		kind: "bid", collection: "bids", create: "createBid", read: "getBid", put: "replaceBid", submit: "submitBid",
		steps: []stepOf{
			{"bid.team", []string{"offer/members", "offer/partners", "offer/contact"}},
			{"bid.plan", []string{"offer/plan"}},
			{"bid.price", []string{"offer/price", "offer/milestones"}},
			{"bid.deviations", []string{"offer/deviations"}},
		},
		begins: map[string]any{"offer": map[string]any{"plan": map[string]any{"approach": ""}, "price": map[string]any{"amount": "0", "currency": "CNY"}}},
	},
}

// writing is a record that is being written.
type writing struct {
	course
	ID      string
	Step    int // from 1; behind the last the whole is looked at
	Record  map[string]any
	Form    *ui.Form
	Fields  []*contract.Field
	Key     string
	Version string   // as it was when the form was asked for
	Given   []string // hidden fields that the link to a beginning gave
	Advice  []advice
	Similar []wire.Similar
	Matches []wire.Match
}

// advice is a place of what was written that the writer may want to look at again.
type advice struct{ Text string }

func (w *writing) last() bool { return w.Step > len(w.steps) }

func (w *writing) page() string { return ui.PagePath("/v1/" + w.collection + "/" + w.ID) }

func (w *writing) at(step int) string {
	if w.ID == "" {
		return "/write/" + w.kind
	}
	return "/write/" + w.kind + "/" + w.ID + "/" + strconv.Itoa(step)
}

// openWriting reads what is to be written on.
func openWriting(p *site.Page) (*writing, error) {
	c, known := courses[p.Context.Param("kind")]
	if !known {
		return nil, fault.NotVisible.New()
	}
	w := &writing{course: c, ID: p.Context.Param("id"), Step: 1, Form: &ui.Form{Page: p, More: map[string]int{}}, Key: rand.Text()}
	if w.ID == "" {
		return w, nil
	}
	step, err := strconv.Atoi(p.Context.Param("step"))
	if err != nil || step < 1 || step > len(c.steps)+1 {
		return nil, fault.NotVisible.New()
	}
	w.Step = step
	if !p.SignedIn() {
		return w, nil
	}
	return w, w.read(p)
}

// read reads the record as it will be written: the open revision, where there is one.
func (w *writing) read(p *site.Page) error {
	d := &doing{Operation: p.Book.Operation(w.put), Keep: map[string]string{"id": w.ID}}
	if err := d.about(p); err != nil {
		return err
	}
	w.Record, w.Version = d.About, text(d.About["version"])
	return nil
}

// body is the operation's input, whose fields the steps are made of.
func (w *writing) body(p *site.Page) *contract.Field {
	if w.ID == "" {
		return p.Book.Operation(w.create).Body
	}
	return p.Book.Operation(w.put).Body
}

// asks are the fields of the step. A bid is begun with nothing but in whose name: what it says comes after.
func (w *writing) asks(p *site.Page) (out []*contract.Field) {
	if w.last() {
		return nil
	}
	names := w.steps[w.Step-1].fields
	if w.ID == "" && w.begins != nil {
		names = []string{"owner_id"}
	}
	for _, path := range names {
		if w.ID != "" && path == "owner_id" {
			continue // it cannot change
		}
		if f := fieldAt(w.body(p), path); f != nil {
			out = append(out, f)
		}
	}
	return out
}

func fieldAt(f *contract.Field, path string) *contract.Field {
	for name := range strings.SplitSeq(path, "/") {
		at := slices.IndexFunc(f.Fields, func(inner *contract.Field) bool { return inner.Name == name })
		if at < 0 {
			return nil
		}
		f = f.Fields[at]
	}
	return f
}

// put sets what stands at a path of an input, or takes it away.
func put(body map[string]any, path string, value any) {
	outer, name, found := strings.Cut(path, "/")
	switch inner, _ := body[outer].(map[string]any); {
	case found && inner == nil:
		inner = map[string]any{}
		body[outer] = inner
		put(inner, name, value)
	case found:
		put(inner, name, value)
	case value == nil:
		delete(body, outer)
	default:
		body[outer] = value
	}
}

func write(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	w, err := openWriting(p)
	if err != nil {
		return err
	}
	if w.ID != "" {
		w.Form.Values = w.body(p).Fill(w.Record)
	} else {
		w.Form.Values = w.body(p).Value(p.Query())
	}
	return w.show(p, http.StatusOK)
}

// wrote is a step that is sent.
func wrote(p *site.Page) error {
	form, err := p.Context.FormParams()
	if err != nil {
		return fault.InvalidInput.At("", fault.BadFormat, "表单无法读取，请返回重试。", "The form cannot be read; go back and try again.")
	}
	w, err := openWriting(p)
	if err != nil {
		return err
	}
	if w.last() {
		return fault.NotVisible.New()
	}
	w.Key, w.Version = form.Get("_key"), form.Get("_version")
	body := map[string]any{}
	if w.ID != "" {
		if m, ok := w.body(p).Fill(w.Record).(map[string]any); ok {
			body = m
		}
	} else if m, ok := w.body(p).Value(form).(map[string]any); ok {
		for name, v := range w.begins {
			m[name] = v
		}
		body = m
	}
	if w.ID != "" {
		for _, f := range w.asks(p) {
			put(body, f.Path, f.Value(form))
		}
		mend(w.kind, body)
	}
	w.Form.Values = body
	if !p.SignedIn() { // what was typed stays until they have signed in again
		w.Form.Refused = lost(p)
		return w.show(p, http.StatusUnauthorized)
	}
	if more := form.Get("_more"); more != "" {
		w.Form.More[more] = 1
		return w.show(p, http.StatusOK)
	}
	ask := site.Ask{Operation: p.Book.Operation(w.create), Body: body, Key: w.Key}
	if w.ID != "" {
		ask.Operation, ask.Path = p.Book.Operation(w.put), map[string]string{"id": w.ID}
		ask.Version, _ = strconv.ParseInt(w.Version, 10, 64)
	}
	answer, err := p.Call(ask)
	var refused *site.Problem
	if errors.As(err, &refused) {
		w.Form.Refused = refused
		return w.show(p, refused.Status)
	}
	if err != nil {
		return err
	}
	if w.ID == "" {
		made, _ := answer.Value.(map[string]any)
		w.ID, w.Step = text(made["id"]), 1
	}
	if w.begins != nil {
		return p.Go(w.page() + "?done=" + ask.Operation.ID)
	}
	return p.Go(w.at(w.Step + 1))
}

// mend fills in what a bid must say to be kept at all, where that is not yet written.
func mend(kind string, body map[string]any) {
	if kind != "bid" {
		return
	}
	if contract.Dig(body, "offer/plan/approach") == nil {
		put(body, "offer/plan/approach", "")
	}
	if contract.Dig(body, "offer/price/amount") == nil {
		put(body, "offer/price", map[string]any{"amount": "0", "currency": "CNY"})
	}
}

func (w *writing) show(p *site.Page, status int) (err error) {
	w.Fields = w.asks(p)
	if w.Form.Choices, err = choicesOf(p, &contract.Field{Fields: w.Fields}); err != nil {
		return err
	}
	if w.ID == "" {
		values, _ := w.Form.Values.(map[string]any)
		for _, f := range w.body(p).Fields { // what the link has settled goes along unseen
			if f.Format == "uuid" && text(values[f.Name]) != "" && !slices.ContainsFunc(w.Fields, func(asked *contract.Field) bool { return asked.Name == f.Name }) {
				w.Given = append(w.Given, f.Name)
			}
		}
	} else if !p.SignedIn() {
		w.Similar, w.Matches = nil, nil
	} else if err := w.advise(p); err != nil {
		return err
	}
	p.NoIndex = true
	p.Wide = true
	title := p.Of(p.Book.Operation(w.create).Title)
	return p.ShowAs(status, title, writePage(p, w, title))
}

// advise finds what helps the writer: places to look at again, what says the same already, and what would be found for it.
func (w *writing) advise(p *site.Page) error {
	warnings, _ := w.Record["warnings"].([]any)
	for i := range warnings {
		at := "warnings/" + strconv.Itoa(i) + "/"
		w.Advice = append(w.Advice, advice{p.Said(text(contract.Dig(w.Record, at+"message")), text(contract.Dig(w.Record, at+"message_en")))})
	}
	if w.similar == "" {
		return nil
	}
	alike, err := site.Get[wire.SimilarList](p, w.similar, w.ID, nil)
	if err = helps(err); err != nil {
		return err
	}
	w.Similar = alike.Items[:min(len(alike.Items), 3)]
	problem := text(w.Record[w.textField])
	if runes := []rune(problem); len(runes) > 5000 {
		problem = string(runes[:5000])
	}
	found, err := site.Asked[wire.MatchList](p, site.Ask{Operation: p.Book.Operation("matchText"), Body: map[string]any{"kind": "result", "text": problem, "title": text(w.Record["title"]), "field": text(w.Record["field"]), "limit": 5}})
	w.Matches = found.Items
	return helps(err)
}

// helps does without advice where it cannot be had: nobody is kept from writing by that.
func helps(err error) error {
	var refused *site.Problem
	if errors.As(err, &refused) && refused.Status < http.StatusInternalServerError || refused != nil && refused.Status == http.StatusServiceUnavailable {
		return nil
	}
	return err
}
