package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

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
	filters, query := questions(p, o)
	answer, err := p.Call(site.Ask{Operation: o, Path: path, Query: query})
	var refused *site.Problem
	if errors.As(err, &refused) && refused.Status == http.StatusBadRequest {
		err = nil // the filters say what is wrong
	}
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
	return p.Show(p.Of(title), listPage(p, p.Of(title), l, filters, refused, create))
}

// questions are what may be asked of an operation, and what is asked of it now. Whose records are listed goes without saying at one's desk.
func questions(p *site.Page, o *contract.Operation) (filters []*contract.Field, query url.Values) {
	query = url.Values{}
	for _, f := range o.Query {
		if f.Name != "cursor" && f.Name != "limit" && f.Name != "count" {
			filters = append(filters, f)
		}
		if v := p.Query().Get(f.Name); v != "" {
			query.Set(f.Name, v)
		}
	}
	return filters, query
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
	filters, query := questions(p, o)
	missing := slices.ContainsFunc(filters, func(f *contract.Field) bool { return f.Required && query.Get(f.Name) == "" })
	var refused *site.Problem
	var value map[string]any
	if !missing || len(query) > 0 {
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
