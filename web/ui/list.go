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

// Columns are those of lists whose description would choose less well.
var Columns = map[string][]string{
	"listResults":       {"state", "owner", "field", "trl", "price", "availability", "updated_at"},
	"listNeeds":         {"state", "owner", "field", "budget", "deadline", "urgent", "updated_at"},
	"listTeams":         {"state", "owner", "field", "updated_at"},
	"listChallenges":    {"state", "owner", "number", "deadline", "field", "updated_at"},
	"listApplications":  {"state", "kind", "due_on", "contract", "office", "reviewer", "filed_at"},
	"listContracts":     {"state", "kind", "number", "turnover", "technology_amount", "signed_on", "updated_at"},
	"listInbox":         {"title", "at", "read_at"},
	"listDeals":         {"stage", "supplier", "demander", "updated_at"},
	"listIntroductions": {"state", "result", "need", "respond_by", "created_at"},
	"listBids":          {"state", "challenge", "price", "submitted_at", "updated_at"},
	"listProjects":      {"state", "winner", "poster", "agreed", "updated_at"},
	"listOrganizations": {"state", "kind", "region", "credit_code", "created_at"},
	"listAccounts":      {"username", "state", "operator", "created_at"},
}

// NewListing arranges what a list operation answered; names choose the columns, none lets the description choose.
func NewListing(p *site.Page, o *contract.Operation, answer any, names ...string) *Listing {
	fields := p.Book.Fields(o.Item)
	l := &Listing{Items: items(contract.Dig(answer, "items")), Next: plain(contract.Dig(answer, "next_cursor"))}
	if len(names) == 0 {
		names = Columns[o.ID]
	}
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
