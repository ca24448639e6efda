package desk

import (
	"net/http"
	"net/url"
	"slices"

	"jiebang/api/wire"
	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// onImport says of a form that what is refused comes back on the page where an import begins.
const onImport = "import"

// asksFirst are the fields that an import is begun with; the rest has good defaults.
var asksFirst = []string{"kind", "owner_id"}

// importStart is the page on which an import begins.
type importStart struct {
	Form        *ui.Form
	First, Rest []*contract.Field
	Key         string
	Latest      []wire.Import
	Kinds       []contract.Option
}

func newImport(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	return showNewImport(p, http.StatusOK, &ui.Form{Page: p}, newKey())
}

func showNewImport(p *site.Page, status int, form *ui.Form, key string) error {
	o := p.Book.Operation("createImport")
	i := &importStart{Form: form, Key: key}
	var err error
	if form.Choices, err = choicesOf(p, o.Body); err != nil {
		return err
	}
	for _, f := range o.Body.Fields {
		if slices.Contains(asksFirst, f.Name) {
			i.First = append(i.First, f)
		} else {
			i.Rest = append(i.Rest, f)
		}
		if f.Name == "kind" {
			i.Kinds = f.Options
		}
	}
	list, err := site.Get[wire.ImportList](p, "listImports", "", url.Values{"limit": {"10"}})
	if err != nil {
		return err
	}
	i.Latest = list.Items
	p.NoIndex = true
	return p.ShowAs(status, p.T("import.title"), importStartPage(p, i))
}

// importing is one import on its way.
type imported struct {
	wire.Import
	Papers   *Papers
	Wrong    []wire.ImportRow // rows that were refused
	More     bool             // there are more of them
	Workbook bool             // the table with its errors may be had
	Fresh    bool             // a table has come that was not read yet
	Step     int
}

const wrongMost = "50"

// everySeconds is how often the page of an import that is running is read anew where no script does it.
const everySeconds = 5

func importing(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	id := p.Context.Param("id")
	i := &imported{}
	var err error
	if i.Import, err = site.Get[wire.Import](p, "getImport", id, nil); err != nil {
		return err
	}
	if i.Papers, err = PapersOf(p, "import", id, i.Actions); err != nil {
		return err
	}
	if i.Refused > 0 && !i.runs() {
		rows, err := site.Get[wire.ImportRowList](p, "listImportRows", id, url.Values{"outcome": {"refused"}, "limit": {wrongMost}})
		if err != nil {
			return err
		}
		i.Wrong, i.More = rows.Items, rows.NextCursor != nil
		i.Workbook = p.Offers(site.Ask{Operation: p.Book.Operation("downloadImportWorkbook"), Path: map[string]string{"id": id}})
	}
	if i.Papers != nil && len(i.Papers.Files) > 0 {
		last := i.Papers.Files[len(i.Papers.Files)-1].Id
		i.Fresh = i.FileId == nil || *i.FileId != last
	}
	if i.Step = i.step(); i.Papers != nil {
		i.Papers.Open = i.Step == stepTable || i.Step == stepStart && i.Refused > 0
	}
	if i.runs() {
		p.Refresh = everySeconds
	}
	p.NoIndex = true
	return p.Show(p.T("import.title"), importPage(p, i))
}

func (i *imported) runs() bool { return i.State == "queued" || i.State == "running" }

// may tells whether an operation is open to the reader.
func (i *imported) may(operation string) bool { return slices.Contains(some(i.Actions), operation) }

// The steps of an import, as the page counts them.
const (
	stepTable = iota + 2 // 1 is the page before
	stepTry
	stepStart
	stepDone
)

func (i *imported) step() int {
	switch {
	case i.runs() && i.DryRun:
		return stepTry
	case i.runs():
		return stepStart
	case i.Fresh:
		return stepTry
	case i.State == "done" && i.DryRun, i.State == "done" && !i.Written && i.Refused > 0:
		return stepStart
	case i.State == "done":
		return stepDone
	}
	return stepTable
}

// column is what a heading was taken for, in words.
func (i *imported) column(p *site.Page, name string) string {
	schema := map[wire.ImportKind]string{"result": "ResultInput", "need": "NeedInput", "team": "TeamInput"}[i.Kind]
	for _, f := range p.Book.Fields(schema) {
		if f.Name == name {
			return p.Of(f.Label)
		}
	}
	if name == "id" {
		return p.T("import.id")
	}
	return name
}

// records is the page of the records that an import wrote.
func (i *imported) records() string {
	return "/desk/" + string(i.Kind) + "s?owner_id=" + i.Owner.Id.String()
}

// onward is the form that hands in what was written, all at once.
func (i *imported) onward() string {
	return "/do/runBatch?" + url.Values{"kind": {string(i.Kind)}, "action": {"submit"}, "import_id": {i.Id.String()}}.Encode()
}
