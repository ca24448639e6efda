package desk

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jiebang/api/wire"
	"jiebang/internal/fault"
	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// Papers are the files of a record, on its page.
type Papers struct {
	Kind, ID string
	Files    []wire.File
	May      bool   // the reader may hang files on it, or take them off
	Key      string // of a form to send one
	Open     bool   // the form is what the page is for
}

// hangers are the operations on a record of a kind that are open to whoever may hang files on it, beside writing it anew.
var hangers = map[wire.RecordKind][]string{
	"result": nil, "need": nil, "team": nil, "challenge": nil, "bid": nil, "deal": {"advanceDeal", "noteDeal"}, "contract": {"amendContract", "answerSupplement"},
	"objection": {"completeObjection"}, "milestone": {"submitMilestone"}, "import": {"startImport"}, "reconciliation": {"startReconciliation"},
}

// publicPapers are the kinds whose files may be for everybody.
var publicPapers = []string{"result", "need", "team", "challenge"}

func collectionOfKind(kind string) string { return "/v1/" + kind + "s" }

// kindOfCollection is the kind of the records of a collection that take files; empty: they take none.
func kindOfCollection(collection string) string {
	kind := strings.TrimSuffix(strings.TrimPrefix(collection, "/v1/"), "s")
	if _, takes := hangers[wire.RecordKind(kind)]; !takes {
		return ""
	}
	return kind
}

// PapersOf reads the files of a record, as far as this reader may know of them; nil where they may know of none.
func PapersOf(p *site.Page, kind, id string, actions *wire.Actions) (*Papers, error) {
	if kind == "" {
		return nil, nil
	}
	list, err := site.Get[wire.FileList](p, "listFiles", "", url.Values{"object_kind": {kind}, "object_id": {id}})
	var refused *site.Problem
	if errors.As(err, &refused) && refused.Status < http.StatusInternalServerError {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &Papers{Kind: kind, ID: id, Files: list.Items, Key: newKey()}
	write := p.Book.At(http.MethodPut, collectionOfKind(kind)+"/{id}")
	for _, action := range some(actions) {
		out.May = out.May || slices.Contains(hangers[wire.RecordKind(kind)], action) || write != nil && write.ID == action
	}
	return out, nil
}

// PapersFor is PapersOf for a page that does without them where they cannot be read.
func PapersFor(p *site.Page, kind, id string, actions *wire.Actions) *Papers {
	out, err := PapersOf(p, kind, id, actions)
	if err != nil {
		return nil
	}
	return out
}

// page is the record's own.
func (h *Papers) page() string { return ui.PagePath(collectionOfKind(h.Kind) + "/" + h.ID) }

func (h *Papers) public() bool { return slices.Contains(publicPapers, h.Kind) }

// file hands a file on.
func file(p *site.Page) error {
	return p.Pass(site.Ask{Operation: p.Book.Operation("downloadFile"), Path: map[string]string{"id": p.Context.Param("id")}})
}

// download hands on what another operation makes a file of: a table, a template, a certificate.
func download(p *site.Page) error {
	o := p.Book.Operation(p.Context.Param("operation"))
	if o == nil || !o.File {
		return fault.NotVisible.New()
	}
	if o.TokenRequired {
		if err := p.MustSignIn(); err != nil {
			return err
		}
	}
	path, query := map[string]string{}, url.Values{}
	for name, values := range p.Query() {
		if strings.Contains(o.Path, "{"+name+"}") {
			path[name] = values[0]
		} else if name != "lang" {
			query[name] = values
		}
	}
	if strings.Count(o.Path, "{") != len(path) {
		return fault.NotVisible.New()
	}
	return p.Pass(site.Ask{Operation: o, Path: path, Query: query})
}

// offered are the files that operations make of a record, as far as there are any now.
func offered(p *site.Page, collection, id string) (out []*contract.Operation) {
	for _, o := range p.Book.Operations() {
		if o.File && o.Method == http.MethodGet && o.ID != "downloadFile" && strings.HasPrefix(o.Path, collection+"/{id}/") &&
			p.Offers(site.Ask{Operation: o, Path: map[string]string{"id": id}}) {
			out = append(out, o)
		}
	}
	return out
}

// exports are the kinds of record of which a table is made, by their collection.
var exports = map[string]string{"/v1/results": "result", "/v1/needs": "need", "/v1/teams": "team"}

// sending is a form to send a file, as it stands.
type sending struct {
	*Papers
	Next string
	Form *ui.Form
}

// uploadForm is the form on a page of its own.
func uploadForm(p *site.Page) error {
	s, err := sendingOf(p)
	if err != nil {
		return err
	}
	return s.show(p, http.StatusOK)
}

func sendingOf(p *site.Page) (*sending, error) {
	if err := p.MustSignIn(); err != nil {
		return nil, err
	}
	kind, id := p.Context.Param("kind"), p.Context.Param("id")
	if kindOfCollection(collectionOfKind(kind)) == "" {
		return nil, fault.NotVisible.New()
	}
	if _, err := p.Call(site.Ask{Operation: p.Book.At(http.MethodGet, collectionOfKind(kind)+"/{id}"), Path: map[string]string{"id": id}}); err != nil {
		return nil, err
	}
	h := &Papers{Kind: kind, ID: id, Key: newKey()}
	return &sending{h, h.page(), &ui.Form{Page: p}}, nil
}

func (s *sending) show(p *site.Page, status int) error {
	p.NoIndex = true
	return p.ShowAs(status, p.T("file.add"), uploadPage(p, s))
}

// refuse shows the form with what is wrong about the file, at its field.
func (s *sending) refuse(p *site.Page, refused *site.Problem) error {
	said := cmp.Or(refused.Detail, refused.Title)
	if len(refused.Errors) > 0 {
		said = refused.Errors[0].Message
	}
	s.Key = newKey() // it is another file that is sent next
	s.Form.Refused = &site.Problem{Status: refused.Status, Code: refused.Code, Title: p.T("file.not"), Errors: []site.FieldError{{Pointer: "/file", Code: refused.Code, Message: said}}}
	return s.show(p, refused.Status)
}

func (s *sending) wrong(p *site.Page, status int, word string) error {
	return s.refuse(p, &site.Problem{Status: status, Title: p.T(word)})
}

// has tells whether the record has a file of this name and size.
func (s *sending) has(p *site.Page, in *site.Upload) bool {
	h := PapersFor(p, s.Kind, s.ID, nil)
	return h != nil && slices.ContainsFunc(h.Files, func(f wire.File) bool { return f.Name == in.Name && f.Size == in.Size })
}

// upload takes a file and hands it on, piece by piece, to the operations by which programs send theirs.
func upload(p *site.Page) error {
	s, err := sendingOf(p)
	if err != nil {
		return err
	}
	p.Unhurried()
	in, err := p.Upload()
	if err != nil {
		return err
	}
	if next := in.Values.Get("_next"); next != "" {
		s.Next = next
	}
	if in.Size == 0 {
		return s.wrong(p, http.StatusBadRequest, "file.none")
	}
	key := cmp.Or(in.Values.Get("_key"), s.Key)
	body := map[string]any{"object_kind": s.Kind, "object_id": s.ID, "name": in.Name, "size": in.Size}
	if in.Values.Get("public") == "true" {
		body["public"] = true
	}
	begun, err := p.Call(site.Ask{Operation: p.Book.Operation("createUpload"), Body: body, Key: key})
	var refused *site.Problem
	if errors.As(err, &refused) {
		in.Drain()
		if refused.Status == http.StatusUnauthorized {
			return err
		}
		if refused.Status == http.StatusNotFound { // the upload of this very form is over: the button was pressed twice
			if s.has(p, in) {
				return p.Go(s.Next + "?done=completeUpload")
			}
			return s.wrong(p, http.StatusConflict, "file.twice")
		}
		return s.refuse(p, refused)
	}
	if err != nil {
		return err
	}
	id := map[string]string{"id": text(contract.Dig(begun.Value, "id"))}
	if begun.Header.Get("Idempotency-Replayed") == "true" { // the button was pressed twice
		in.Drain()
		return s.wrong(p, http.StatusConflict, "file.twice")
	}
	if err = p.Send(site.Ask{Operation: p.Book.Operation("sendUpload"), Path: id}, in.Body, in.Size); err == nil {
		err = in.End()
	}
	if err == nil {
		_, err = p.Call(site.Ask{Operation: p.Book.Operation("completeUpload"), Path: id, Key: key + "-end"})
	}
	if err == nil {
		return p.Go(s.Next + "?done=completeUpload")
	}
	p.Lasting()
	if _, left := p.Call(site.Ask{Operation: p.Book.Operation("cancelUpload"), Path: id}); left != nil && !errors.As(left, &refused) {
		return left
	}
	if errors.As(err, &refused) {
		in.Drain()
		return s.refuse(p, refused)
	}
	return err
}
