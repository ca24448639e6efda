package desk

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/fault"
	"jiebang/web/contract"
	"jiebang/web/site"
)

type saidTitle = edge.Said

// record is a record of any collection: what it says, what its reader may do with it now, and what belongs to it.
func record(p *site.Page) error {
	o := p.Book.At(http.MethodGet, "/v1/"+collectionOf(p)+"/{id}")
	if o == nil || o.Answer == "" {
		return fault.NotVisible.New()
	}
	if o.TokenRequired {
		if err := p.MustSignIn(); err != nil {
			return err
		}
	}
	answer, err := p.Call(site.Ask{Operation: o, Path: map[string]string{"id": p.Context.Param("id")}, Query: revision(p, o)})
	if err != nil {
		return err
	}
	value, _ := answer.Value.(map[string]any)
	r := &recordView{Operation: o, ID: p.Context.Param("id"), Value: value, Fields: p.Book.Fields(o.Answer)}
	r.actions(p)
	r.Parts = Parts(p, o.Collection(), r.ID)
	if state := text(value["state"]); strings.HasPrefix(p.Route(), "/desk/") || state == "draft" || state == "submitted" || state == "withdrawn" || state == "pending" {
		p.NoIndex = true
	} else {
		p.Canonical, p.Description = "/"+p.Collection+"/"+r.ID, titled(p, value)
		structured(p, value)
	}
	r.Files = offered(p, o.Collection(), r.ID)
	open := wire.Actions{}
	for _, deed := range r.Actions {
		open = append(open, deed.ID)
	}
	if r.Papers, err = PapersOf(p, kindOfCollection(o.Collection()), r.ID, &open); err != nil {
		return err
	}
	return p.Show(titled(p, value), recordPage(p, r))
}

// structured describes a record to search engines, of the kinds that have a page for everybody and none of their own.
func structured(p *site.Page, value map[string]any) {
	said := map[string]any{"name": titled(p, value), "identifier": text(value["id"])}
	switch p.Collection {
	case "teams":
		owner, _ := value["owner"].(map[string]any)
		said["description"], said["knowsAbout"], said["parentOrganization"] = text(value["introduction"]), value["keywords"], site.Named("Organization", text(owner["name"]))
		p.SetStructured("ResearchOrganization", said)
	case "organizations":
		said["description"], said["identifier"], said["areaServed"] = text(value["introduction"]), text(value["credit_code"]), text(value["region_name"])
		p.SetStructured("Organization", said)
	case "notices":
		said["text"], said["datePublished"], said["expires"] = text(value["text"]), text(value["first_day"]), text(value["last_day"])
		p.SetStructured("CreativeWork", said)
	}
}

func revision(p *site.Page, o *contract.Operation) url.Values {
	for _, f := range o.Query {
		if f.Name == "revision" {
			return Revision(p)
		}
	}
	return nil
}

// Parts are what belongs to a record and this reader may read: what not everybody may is tried.
func Parts(p *site.Page, collection, id string) (out []*contract.Operation) {
	for _, under := range p.Book.Under(collection) {
		if under.TokenRequired {
			if !p.SignedIn() {
				continue
			}
			if _, err := p.Call(site.Ask{Operation: under, Path: map[string]string{"id": id}}); err != nil {
				continue
			}
		}
		out = append(out, under)
	}
	return out
}

// Revision is the question for a record's open revision, where the page's address asks for that.
func Revision(p *site.Page) url.Values {
	if p.Query().Get("revision") == "open" {
		return url.Values{"revision": {"open"}}
	}
	return nil
}

// recordView is a record on its page.
type recordView struct {
	Operation *contract.Operation
	ID        string
	Value     map[string]any
	Fields    []*contract.Field
	Actions   []*contract.Operation
	Parts     []*contract.Operation
	Files     []*contract.Operation // that are made of it
	Papers    *Papers
}

// reportable tells whether it is a team that everybody may read, and whose it is; pages of other listings are written by hand.
func (r *recordView) reportable() (owner, id uuid.UUID, yes bool) {
	of, _ := r.Value["owner"].(map[string]any)
	owner, err := uuid.Parse(text(of["id"]))
	if err != nil || r.Operation.Collection() != "/v1/teams" || text(r.Value["state"]) != "published" {
		return owner, id, false
	}
	id, err = uuid.Parse(r.ID)
	return owner, id, err == nil
}

func (r *recordView) actions(p *site.Page) {
	open, _ := r.Value["actions"].([]any)
	for _, id := range open {
		if o := p.Book.Operation(text(id)); o != nil && o.Method != http.MethodGet {
			r.Actions = append(r.Actions, o)
		}
	}
}

// version is the record's, which a change names.
func (r *recordView) version() string { return text(r.Value["version"]) }

// at once tells an operation that one button may do: it takes nothing and takes nothing away.
func atOnce(o *contract.Operation) bool {
	if o.Body != nil || o.Method == http.MethodDelete {
		return false
	}
	for _, word := range []string{"withdraw", "cancel", "end", "revoke", "drop", "leave", "dismiss", "erase", "deactivate", "refuse", "finish", "close", "conclude"} {
		if strings.HasPrefix(strings.ToLower(o.ID), word) {
			return false
		}
	}
	return true
}

// danger tells an operation that takes something away.
func danger(o *contract.Operation) bool {
	return o.Method == http.MethodDelete || !atOnce(o) && o.Body == nil
}

// hrefOf is the form of an operation on a record.
func hrefOf(o *contract.Operation, id, version string) string {
	for kind, c := range courses {
		if c.put == o.ID && kind != "bid" { // a bid's page has its parts
			return "/write/" + kind + "/" + id + "/1"
		}
	}
	q := url.Values{"id": {id}}
	if version != "" {
		q.Set("_version", version)
	}
	return "/do/" + o.ID + "?" + q.Encode()
}

// thenTo is the address of a form that leads on to a page once it is sent; empty: where it leads by itself.
func thenTo(href, next string) string {
	if next == "" || !strings.HasPrefix(href, "/do/") {
		return href
	}
	return href + "&_next=" + url.QueryEscape(next)
}
