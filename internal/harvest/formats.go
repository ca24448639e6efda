package harvest

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jiebang/internal/money"
	"jiebang/internal/ref"
	"jiebang/internal/when"
)

// The formats in which records are told.
const (
	dc       = "oai_dc"
	dcSpace  = "http://www.openarchives.org/OAI/2.0/oai_dc/"
	dcSchema = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"

	mods       = "mods"
	modsSpace  = "http://www.loc.gov/mods/v3"
	modsSchema = "http://www.loc.gov/standards/mods/v3/mods-3-7.xsd"

	// termsSpace is of what MODS has no place for: readiness, prices, deadlines.
	termsSpace = "urn:jiebang:terms"
)

const language = "zh-CN"

// clean takes out what XML 1.0 does not allow.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0xFFFE, r == 0xFFFF, r >= 0xD800 && r < 0xE000:
			return -1
		}
		return r
	}, text)
}

// texts are those of some that say something, as XML may hold them.
func texts(some ...string) []string {
	var out []string
	for _, t := range some {
		if t = strings.TrimSpace(clean(t)); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// placeNames are what the regions of an item are called, each with those above it.
func (i *Item) placeNames() []string {
	var out []string
	for _, code := range i.Places {
		if name := placeName(code); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// subjects are words for what it is about.
func (s Site) subjects(i *Item) []string {
	out := texts(i.Document.Keywords...)
	out = append(out, texts(s.Field(i.Document.Field))...)
	for _, f := range i.Document.OtherFields {
		out = append(out, texts(s.Field(f))...)
	}
	for _, c := range i.Chains {
		out = append(out, texts(c.Name)...)
	}
	return out
}

func (i *Item) published() string {
	if i.Document.Confirmed.IsZero() {
		return ""
	}
	return when.DayOf(i.Document.Confirmed).String()
}

// owner is who has it, where that is told.
func (i *Item) owner() []string {
	if i.Document.Masked {
		return nil
	}
	return texts(i.Owner.Name)
}

func (s Site) write(i *Item, prefix string) any {
	if prefix == mods {
		return s.mods(i)
	}
	return s.dublinCore(i)
}

// dublinCore is a record in simple Dublin Core.
type dublinCore struct {
	XMLName     xml.Name `xml:"oai_dc:dc"`
	XMLNS       string   `xml:"xmlns:oai_dc,attr"`
	DC          string   `xml:"xmlns:dc,attr"`
	XSI         string   `xml:"xmlns:xsi,attr"`
	Schema      string   `xml:"xsi:schemaLocation,attr"`
	Title       []string `xml:"dc:title"`
	Creator     []string `xml:"dc:creator"`
	Contributor []string `xml:"dc:contributor"`
	Subject     []string `xml:"dc:subject"`
	Description []string `xml:"dc:description"`
	Date        []string `xml:"dc:date"`
	Type        []string `xml:"dc:type"`
	Identifier  []string `xml:"dc:identifier"`
	Language    string   `xml:"dc:language"`
	Coverage    []string `xml:"dc:coverage"`
}

func (s Site) dublinCore(i *Item) dublinCore {
	d := i.Document
	out := dublinCore{
		XMLNS: dcSpace, DC: "http://purl.org/dc/elements/1.1/", XSI: xsi, Schema: dcSpace + " " + dcSchema,
		Title: texts(d.Title), Creator: i.owner(), Contributor: texts(d.Names...), Subject: s.subjects(i), Date: texts(i.published()),
		Type: texts(i.ZH, d.Noun), Identifier: texts(s.page(i.Path, d.ID), d.Terms.Number), Language: language, Coverage: i.placeNames(),
	}
	for _, p := range d.Paragraphs {
		out.Description = append(out.Description, texts(p.Text)...)
	}
	return out
}

// modsRecord is a record in MODS 3.7.
type modsRecord struct {
	XMLName     xml.Name      `xml:"mods"`
	XMLNS       string        `xml:"xmlns,attr"`
	XSI         string        `xml:"xmlns:xsi,attr"`
	Schema      string        `xml:"xsi:schemaLocation,attr"`
	Version     string        `xml:"version,attr"`
	Title       string        `xml:"titleInfo>title"`
	Names       []modsName    `xml:"name"`
	Type        string        `xml:"typeOfResource"`
	Genre       modsCode      `xml:"genre"`
	Origin      *modsOrigin   `xml:"originInfo"`
	Language    modsCode      `xml:"language>languageTerm"`
	Abstract    []string      `xml:"abstract"`
	Notes       []modsNote    `xml:"note"`
	Subjects    []modsSubject `xml:"subject"`
	Identifiers []modsCode    `xml:"identifier"`
	Location    modsLocation  `xml:"location>url"`
	Record      modsAbout     `xml:"recordInfo"`
	Extension   modsExtension `xml:"extension"`
}

type modsName struct {
	Type string   `xml:"type,attr"`
	Part string   `xml:"namePart"`
	Role modsCode `xml:"role>roleTerm"`
}

// modsCode is a word with what it is a word of.
type modsCode struct {
	Type      string `xml:"type,attr,omitempty"`
	Authority string `xml:"authority,attr,omitempty"`
	Text      string `xml:",chardata"`
}

type modsOrigin struct {
	Issued struct {
		Encoding string `xml:"encoding,attr"`
		Day      string `xml:",chardata"`
	} `xml:"dateIssued"`
}

type modsNote struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type modsSubject struct {
	Authority string   `xml:"authority,attr,omitempty"`
	Code      string   `xml:"displayLabel,attr,omitempty"`
	Topics    []string `xml:"topic"`
	Place     []string `xml:"geographic"`
}

type modsLocation struct {
	Usage string `xml:"usage,attr"`
	URL   string `xml:",chardata"`
}

type modsAbout struct {
	Source     string `xml:"recordContentSource"`
	Identifier struct {
		Source string `xml:"source,attr"`
		Text   string `xml:",chardata"`
	} `xml:"recordIdentifier"`
}

type modsExtension struct {
	Terms terms `xml:"terms"`
}

// terms are what somebody asks first who looks for a counterpart; what a record does not say is absent. Amounts are yuan.
type terms struct {
	XMLNS     string   `xml:"xmlns,attr"`
	Kind      string   `xml:"kind"`
	Number    string   `xml:"number,omitempty"`
	Field     string   `xml:"field,omitempty"`
	Chains    []string `xml:"chain"`
	Region    string   `xml:"region,omitempty"`
	Modes     []string `xml:"mode"`
	TRL       string   `xml:"trl,omitempty"`
	Price     string   `xml:"price_kind,omitempty"`
	PriceMin  string   `xml:"price_min,omitempty"`
	PriceMax  string   `xml:"price_max,omitempty"`
	BudgetMin string   `xml:"budget_min,omitempty"`
	BudgetMax string   `xml:"budget_max,omitempty"`
	Reward    string   `xml:"reward,omitempty"`
	Deadline  string   `xml:"deadline,omitempty"`
	Closes    string   `xml:"closes_at,omitempty"`
	Urgent    string   `xml:"urgent,omitempty"`
	State     string   `xml:"state,omitempty"`
}

// summaries are the texts that say what a record is, of each kind one; the others are notes.
var summaries = map[string]bool{"abstract": true, "problem": true, "introduction": true}

func (s Site) mods(i *Item) modsRecord {
	d := i.Document
	out := modsRecord{
		XMLNS: modsSpace, XSI: xsi, Schema: modsSpace + " " + modsSchema, Version: "3.7", Title: clean(d.Title), Type: "text",
		Genre: modsCode{Text: i.ZH}, Language: modsCode{Type: "code", Authority: "rfc3066", Text: language},
		Identifiers: []modsCode{{Type: "uuid", Text: d.ID.String()}}, Location: modsLocation{"primary display", s.page(i.Path, d.ID)},
	}
	for _, name := range i.owner() {
		out.Names = append(out.Names, modsName{"corporate", name, modsCode{"code", "marcrelator", "own"}})
	}
	for _, name := range texts(d.Names...) {
		out.Names = append(out.Names, modsName{"personal", name, modsCode{"code", "marcrelator", "ctb"}})
	}
	if day := i.published(); day != "" {
		out.Origin = &modsOrigin{}
		out.Origin.Issued.Encoding, out.Origin.Issued.Day = "w3cdtf", day
	}
	for _, p := range d.Paragraphs {
		name, _, _ := strings.Cut(p.Field, "/")
		for _, text := range texts(p.Text) {
			if summaries[name] {
				out.Abstract = append(out.Abstract, text)
			} else {
				out.Notes = append(out.Notes, modsNote{name, text})
			}
		}
	}
	for _, word := range texts(d.Keywords...) {
		out.Subjects = append(out.Subjects, modsSubject{Topics: []string{word}})
	}
	for _, word := range texts(s.Field(d.Field)) {
		out.Subjects = append(out.Subjects, modsSubject{Code: "技术领域", Topics: []string{word}})
	}
	for _, chain := range i.Chains {
		for _, word := range texts(chain.Name) {
			out.Subjects = append(out.Subjects, modsSubject{Code: "产业链", Topics: []string{word}})
		}
	}
	for _, name := range i.placeNames() {
		out.Subjects = append(out.Subjects, modsSubject{Authority: "gbt2260", Place: []string{name}})
	}
	for _, number := range texts(d.Terms.Number) {
		out.Identifiers = append(out.Identifiers, modsCode{Type: "local", Text: number})
	}
	out.Record.Source = s.host()
	out.Record.Identifier.Source, out.Record.Identifier.Text = "oai", s.identifier(i.Path, d.ID)
	out.Extension.Terms = i.terms()
	return out
}

func (i *Item) terms() terms {
	d, t := i.Document, i.Document.Terms
	out := terms{
		XMLNS: termsSpace, Kind: d.Noun, Number: clean(t.Number), Field: d.Field, Chains: d.Chains, Modes: d.Modes, Price: t.PriceKind,
		PriceMin: yuan(t.PriceMin), PriceMax: yuan(t.PriceMax), BudgetMin: yuan(t.BudgetMin), BudgetMax: yuan(t.BudgetMax), Reward: yuan(t.Reward),
		State: t.State,
	}
	if t.TRL != nil {
		out.TRL = strconv.Itoa(*t.TRL)
	}
	if len(i.Places) > 0 {
		out.Region = i.Places[len(i.Places)-1]
	}
	if !t.Deadline.IsZero() {
		out.Deadline = t.Deadline.String()
	}
	if !t.Closes.IsZero() {
		out.Closes = t.Closes.UTC().Format(time.RFC3339)
	}
	if t.Urgent != nil {
		out.Urgent = strconv.FormatBool(*t.Urgent)
	}
	return out
}

func yuan(f *money.Fen) string {
	if f == nil {
		return ""
	}
	return f.String()
}

// placeName is what a place is called, with those that it lies in.
func placeName(code string) string {
	if name, known := ref.FullName(code); known {
		return name
	}
	name, _, _ := ref.PlaceName(code)
	return name
}
