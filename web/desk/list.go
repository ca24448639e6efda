package desk

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jiebang/internal/fault"
	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// list is a list of the API as a table, with its filters.
func list(p *site.Page) error {
	collection := "/v1/" + collectionOf(p)
	o := p.Book.At(http.MethodGet, collection)
	if o == nil || o.Item == "" {
		return fault.NotVisible.New()
	}
	if o.TokenRequired {
		if err := p.MustSignIn(); err != nil {
			return err
		}
	}
	return listed(p, o, nil, o.Title, p.Book.At(http.MethodPost, collection))
}

// part is a list or an answer that belongs to a record: the steps of a deal.
func part(p *site.Page) error {
	o := p.Book.At(http.MethodGet, "/v1/"+collectionOf(p)+"/{id}/"+p.Context.Param("part"))
	if o == nil || o.Answer == "" {
		return fault.NotVisible.New()
	}
	path := map[string]string{"id": p.Context.Param("id")}
	if o.Item == "" {
		return looked(p, o, path)
	}
	return listed(p, o, path, o.Title, nil)
}

func listed(p *site.Page, o *contract.Operation, path map[string]string, title saidTitle, create *contract.Operation) error {
	filters, query, refused, err := questions(p, o)
	if err != nil {
		return err
	}
	if begins := ownFirst(p, o); begins != "" {
		query.Set("owner_id", begins)
	}
	var answer *site.Answer
	if refused == nil {
		answer, err = p.Call(site.Ask{Operation: o, Path: path, Query: query})
	}
	if errors.As(err, &refused) && refused.Status == http.StatusBadRequest {
		err = nil // the filters say what is wrong
	}
	if err != nil {
		return err
	}
	whose, err := whoseOf(p, o, filters)
	if err != nil {
		return err
	}
	var l *ui.Listing
	if answer != nil {
		l = ui.NewListing(p, o, answer.Value)
	}
	if create != nil && !p.SignedIn() {
		create = nil
	}
	p.Wide = true
	return p.Show(p.Of(title), listPage(p, p.Of(title), l, whose, refused, create))
}

// questions are what may be asked of an operation, and what is asked of it now. Whose records are listed goes without saying at one's desk.
func questions(p *site.Page, o *contract.Operation) (filters []*contract.Field, query url.Values, refused *site.Problem, err error) {
	query = url.Values{}
	for _, f := range o.Query {
		if f.Name != "cursor" && f.Name != "limit" && f.Name != "count" && f.Name != "facets" {
			filters = append(filters, f)
		}
	}
	refused, err = ui.Questions(p, o.Query, query)
	return filters, query, refused, err
}

// whose are the questions of a list, and of whose records it tells now.
type whose struct {
	Filters []*contract.Field
	Choices map[string][]ui.Choice
	Own     []ui.Choice // the reader's organizations, where the list can be narrowed to them
	Chosen  string
}

// whoseOf gives the questions of a list something to choose from; an identifier that nobody knows by heart is not asked for.
func whoseOf(p *site.Page, o *contract.Operation, filters []*contract.Field) (w whose, err error) {
	asked := []*contract.Field{}
	for _, f := range filters {
		if slices.Contains(offeredInFilters, f.Name) {
			asked = append(asked, f)
		}
	}
	if w.Choices, err = choicesOf(p, &contract.Field{Fields: asked}); err != nil {
		return w, err
	}
	for _, f := range filters {
		if f.Format != "uuid" || len(w.Choices[f.Name]) > 0 || p.Query().Get(f.Name) != "" {
			w.Filters = append(w.Filters, f)
		}
	}
	if ownFirst(p, o) != "" || p.Query().Has("owner_id") {
		w.Own = w.Choices["owner_id"]
	}
	w.Chosen = cmp.Or(p.Query().Get("owner_id"), ownFirst(p, o))
	return w, nil
}

// offeredInFilters are the questions whose choices are few and quickly asked for.
var offeredInFilters = []string{"owner_id", "chain", "round_id"}

// ownFirst is whose records a list at the desk begins with where its address does not say: those of the reader's first organization. Everybody's
// are a click away; whoever works for the bureau has them all before them.
func ownFirst(p *site.Page, o *contract.Operation) string {
	if p.Collection != "" || p.Query().Has("owner_id") || p.Reader.Operator || len(p.Reader.Member) == 0 || !strings.HasPrefix(p.Route(), "/desk/") {
		return ""
	}
	if !slices.ContainsFunc(o.Query, func(f *contract.Field) bool { return f.Name == "owner_id" }) {
		return ""
	}
	return p.Reader.Member[0].String()
}

// look is an answer of the API that is no record: figures of a period, whether two companies are under one control.
func look(p *site.Page) error {
	o := p.Book.Operation(p.Context.Param("operation"))
	if o == nil || o.Method != http.MethodGet || o.Answer == "" {
		return fault.NotVisible.New()
	}
	if o.TokenRequired {
		if err := p.MustSignIn(); err != nil {
			return err
		}
	}
	path := map[string]string{}
	for name, values := range p.Query() {
		path[name] = values[0]
	}
	if o.Item != "" {
		return listed(p, o, path, o.Title, nil)
	}
	return looked(p, o, path)
}

func looked(p *site.Page, o *contract.Operation, path map[string]string) error {
	filters, query, refused, err := questions(p, o)
	if err != nil {
		return err
	}
	missing := slices.ContainsFunc(filters, func(f *contract.Field) bool { return f.Required && query.Get(f.Name) == "" })
	var value map[string]any
	if refused == nil && (!missing || len(query) > 0) {
		answer, err := p.Call(site.Ask{Operation: o, Path: path, Query: query})
		if errors.As(err, &refused) && refused.Status == http.StatusBadRequest {
			err = nil
		}
		if err != nil {
			return err
		}
		if answer != nil {
			value, _ = answer.Value.(map[string]any)
		}
	}
	p.Wide = true
	return p.Show(p.Of(o.Title), lookPage(p, o, value, filters, refused))
}
