package ui

import (
	"jiebang/web/contract"
	"jiebang/web/site"
)

// Listing is one page of a list of the API.
type Listing struct {
	Columns []*contract.Field
	Items   []any
	Next    string
	// Link is the page of an item; empty where it has none.
	Link func(item map[string]any) string
}

const columnsMost = 6

// NewListing arranges what a list operation answered; names choose the columns, none lets the description choose.
func NewListing(p *site.Page, o *contract.Operation, answer any, names ...string) *Listing {
	fields := p.Book.Fields(o.Item)
	l := &Listing{Items: items(contract.Dig(answer, "items")), Next: plain(contract.Dig(answer, "next_cursor"))}
	if len(names) == 0 {
		l.Columns = columns(fields, columnsMost)
	}
	for _, name := range names {
		for _, f := range fields {
			if f.Name == name {
				l.Columns = append(l.Columns, f)
			}
		}
	}
	own := p.Book.Home(o.Item)
	l.Link = func(item map[string]any) string {
		if path := plain(item["path"]); path != "" {
			return PagePath(path)
		}
		if own == nil || item["id"] == nil {
			return ""
		}
		return PagePath(own.Collection() + "/" + plain(item["id"]))
	}
	return l
}

func right(f *contract.Field) bool {
	return f.Kind == contract.Money || f.Kind == contract.Amount || f.Kind == contract.Number
}
