package ui

import (
	"slices"
	"strings"
	"time"

	"jiebang/internal/money"
	"jiebang/web/contract"
	"jiebang/web/site"
)

// homes are where records of a collection of the API are shown, where that is not on the desk.
var homes = []string{"results", "needs", "challenges", "teams", "organizations", "notices"}

// PagePath is the page of what has a path in the API: /v1/results/0198… → /results/0198…; empty where there is none.
func PagePath(path string) string {
	rest, ok := strings.CutPrefix(path, "/v1/")
	if !ok {
		return ""
	}
	if query, entries := strings.CutPrefix(rest, "ledger/entries"); entries {
		return "/look/listLedgerEntries" + query
	}
	rest, _, _ = strings.Cut(rest, "?")
	if collection, _, _ := strings.Cut(rest, "/"); slices.Contains(homes, collection) {
		return "/" + rest
	}
	return "/desk/" + rest
}

// collections are where a record is found that a property names.
var collections = map[string]string{
	"owner": "organizations", "organization": "organizations", "principal": "organizations", "poster": "organizations", "bidder": "organizations", "agency": "organizations",
	"supplier": "organizations", "demander": "organizations", "employer": "organizations", "winner": "organizations", "payer": "organizations", "holder": "organizations", "lead": "organizations",
	"result": "results", "need": "needs", "team": "teams", "challenge": "challenges", "contract": "contracts", "deal": "deals", "introduction": "introductions",
	"application": "applications", "project": "projects", "mandate": "mandates", "notice": "notices", "round": "rounds", "bid": "bids", "review": "reviews",
	"milestone": "milestones", "payment": "payments", "commission": "commissions", "claim": "commission-claims", "panel": "review-panels", "objection": "objections", "complaint": "complaints",
}

const masked = "ffffffff-ffff-ffff-ffff-ffffffffffff"

// linkOf is the page of the record that a property names; empty where it has none, or may not be told.
func linkOf(property, id string) string {
	collection, known := collections[strings.TrimSuffix(property, "_id")]
	if !known || id == "" || id == masked {
		return ""
	}
	return PagePath("/v1/" + collection + "/" + id)
}

// Subject is the record that a property names by its identifier, as far as this reader may read it; nil where they may not.
func Subject(p *site.Page, property, id string) map[string]any {
	o := p.Book.At("GET", "/v1/"+collections[strings.TrimSuffix(property, "_id")]+"/{id}")
	if o == nil {
		return nil
	}
	answer, err := p.Call(site.Ask{Operation: o, Path: map[string]string{"id": id}})
	if err != nil {
		return nil
	}
	return object(answer.Value)
}

// About is the page of the record that a value is about, which it names by kind and identifier; empty where it names none that this reader may read.
func About(p *site.Page, value map[string]any) string {
	kind, _ := value["object_kind"].(string)
	id, _ := value["object_id"].(string)
	if link := linkOf(kind, id); link != "" && Subject(p, kind, id) != nil {
		return link
	}
	return ""
}

// shown are the fields of a value that a page shows: what is there, without what is for programs, each text in the reader's language alone.
func shown(p *site.Page, fields []*contract.Field, value map[string]any) (out []*contract.Field) {
	for _, f := range fields {
		v, there := value[f.Name]
		if !there || blank(v) || slices.Contains(forPrograms, f.Name) || strings.HasSuffix(f.Name, "_version") {
			continue
		}
		if base, english := strings.CutSuffix(f.Name, "_en"); english && value[base] != nil {
			continue // the other shows it
		}
		if base, named := strings.CutSuffix(f.Name, "_name"); named && value[base] != nil {
			continue // shown in the place of the code that it names
		}
		if f.Format == "uuid" && (linkOf(f.Name, plain(v)) == "" || Subject(p, f.Name, plain(v)) == nil) {
			continue // an identifier is for programs, unless there is a page that this reader may open
		}
		out = append(out, f)
	}
	return out
}

var forPrograms = []string{"id", "version", "actions", "object_id", "next_cursor", "path", "external_id", "party_names"}

func blank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// inLanguage is a text, or its English form where the reader reads that and there is one; of a code what it is called, where that stands beside it.
func inLanguage(p *site.Page, value map[string]any, name string) any {
	if code, coded := value[name].(string); coded && p.English() && (name == "region" || strings.HasSuffix(name, "_region")) {
		return PlaceName(p, code)
	}
	if _, coded := value[name].(string); coded && value[name+"_name"] != nil {
		name += "_name"
	}
	if english, ok := value[name+"_en"]; ok && p.English() {
		return english
	}
	return value[name]
}

// told is the value of a field as it is told: of what may be chosen the code, since the list names it in either language.
func told(p *site.Page, f *contract.Field, value map[string]any) any {
	if f.Kind == contract.Choice || f.Kind == contract.Place {
		return value[f.Name]
	}
	return inLanguage(p, value, f.Name)
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }

func items(v any) []any { a, _ := v.([]any); return a }

func fen(v any) (money.Fen, bool) {
	f, err := money.Parse(plain(v))
	return f, err == nil
}

func moment(v any) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, plain(v))
	return t, err == nil
}

// Tone is how a state is to be taken: done, waiting, bad, or as it is.
func Tone(state string) string {
	switch state {
	case "published", "open", "registered", "accepted", "verified", "active", "awarded", "agreed", "confirmed", "paid", "done", "passed", "completed", "running", "contracted", "settled":
		return "good"
	case "submitted", "under_review", "second_review", "pending", "proposed", "supplement_requested", "expert_review", "reviewing", "confirming", "notice", "waiting", "invited", "negotiating", "contacting":
		return "wait"
	case "refused", "failed", "rejected", "cancelled", "revoked", "lost", "suspended", "disputed", "declined", "lapsed", "unclaimed", "eliminated", "deactivated":
		return "bad"
	}
	return "plain"
}

// moneySpan is an amount from here to there in a few words, as a budget; empty of what is no such thing.
func moneySpan(p *site.Page, f *contract.Field, value map[string]any) string {
	if slices.ContainsFunc(f.Fields, func(i *contract.Field) bool { return i.Kind != contract.Money || i.Name != "min" && i.Name != "max" }) {
		return ""
	}
	low, from := fen(object(value["min"])["amount"])
	high, to := fen(object(value["max"])["amount"])
	switch {
	case from && to:
		return p.T("price.range", Amount(p, low), Amount(p, high))
	case from:
		return p.T("price.from", Amount(p, low))
	case to:
		return p.T("price.to", Amount(p, high))
	}
	return ""
}

// columns are the fields of an item that a table has room for.
func columns(fields []*contract.Field, most int) (out []*contract.Field) {
	called := func(name string) bool {
		return slices.ContainsFunc(fields, func(f *contract.Field) bool { return f.Name == name })
	}
	for _, f := range fields {
		switch {
		case len(out) >= most:
			return out
		case slices.Contains(forPrograms, f.Name) || strings.HasSuffix(f.Name, "_en") || strings.HasSuffix(f.Name, "_name") || f.Name == "title" || f.Name == "name":
		case f.Kind == contract.Rows || f.Kind == contract.Long || f.Kind == contract.Lines || f.Kind == contract.Choices:
		case f.Kind == contract.Object && !refers(f):
		case f.Name == "code" && !slices.ContainsFunc(titles[:slices.Index(titles, "code")], called): // it is what the item is called
		case f.Kind == contract.Text && f.Format == "uuid" || f.Name == "abstract" || f.Name == "problem" || f.Name == "confidential":
		default:
			out = append(out, f)
		}
	}
	return out
}

// refers tells a field that names another record, or a person.
func refers(f *contract.Field) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(f.Fields, func(i *contract.Field) bool { return i.Name == name })
	}
	return f.Kind == contract.Object && len(f.Fields) <= 5 && (has("id") && (has("name") || has("title") || has("number")) || f.Schema == "Chain")
}

// titles are the fields by which a record is called, the first that it has.
var titles = []string{"title", "name", "text", "number", "username", "summary", "code", "message", "question", "body", "period", "external_id"}

// TitleOf is what a record is called in a list.
func TitleOf(p *site.Page, value map[string]any) string {
	for _, name := range titles {
		if s := plain(inLanguage(p, value, name)); s != "" {
			return s
		}
	}
	for _, name := range []string{"contract_title", "subject_title", "result_title", "challenge_title", "file_name"} {
		if s := plain(value[name]); s != "" {
			return s
		}
	}
	for _, name := range []string{"subject", "contract", "result", "need", "challenge", "supply", "organization", "account"} {
		if m := object(value[name]); m != nil {
			for _, inner := range []string{"title", "name", "number"} {
				if s := plain(m[inner]); s != "" {
					return s
				}
			}
		}
	}
	for _, name := range []string{"office_name", "month"} {
		if s := plain(value[name]); s != "" {
			return s
		}
	}
	return p.T("list.untitled")
}

// PartPath is the page of what belongs to a record.
func PartPath(o *contract.Operation, id string) string {
	return "/desk/" + strings.TrimPrefix(strings.Replace(o.Path, "{id}", id, 1), "/v1/")
}
