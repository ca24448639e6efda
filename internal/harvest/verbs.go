package harvest

import (
	"encoding/xml"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
)

const xsi = "http://www.w3.org/2001/XMLSchema-instance"

// envelope is an answer.
type envelope struct {
	XMLName xml.Name   `xml:"OAI-PMH"`
	XMLNS   string     `xml:"xmlns,attr"`
	XSI     string     `xml:"xmlns:xsi,attr"`
	Schema  string     `xml:"xsi:schemaLocation,attr"`
	Date    string     `xml:"responseDate"`
	Request request    `xml:"request"`
	Errors  []*problem `xml:"error"`
	Answer  any
}

type request struct {
	Args []xml.Attr `xml:",any,attr"`
	Base string     `xml:",chardata"`
}

// identity is the answer to Identify.
type identity struct {
	XMLName     xml.Name     `xml:"Identify"`
	Name        string       `xml:"repositoryName"`
	Base        string       `xml:"baseURL"`
	Version     string       `xml:"protocolVersion"`
	Admin       string       `xml:"adminEmail"`
	Earliest    string       `xml:"earliestDatestamp"`
	Deleted     string       `xml:"deletedRecord"`
	Granularity string       `xml:"granularity"`
	Scheme      *description `xml:"description"`
}

type description struct {
	Scheme struct {
		XMLNS      string `xml:"xmlns,attr"`
		XSI        string `xml:"xmlns:xsi,attr"`
		Schema     string `xml:"xsi:schemaLocation,attr"`
		Name       string `xml:"scheme"`
		Repository string `xml:"repositoryIdentifier"`
		Delimiter  string `xml:"delimiter"`
		Sample     string `xml:"sampleIdentifier"`
	} `xml:"oai-identifier"`
}

func (a *asked) identify(q *gorm.DB) (any, error) {
	first, err := earliest(q)
	if err != nil {
		return nil, err
	}
	if first.IsZero() {
		first = a.unit.Now()
	}
	out := identity{
		Name: "揭榜 jiebang", Base: a.site.base(), Version: "2.0", Admin: a.site.Admin, Earliest: stamp(first), Deleted: "persistent", Granularity: "YYYY-MM-DDThh:mm:ssZ",
	}
	if strings.Contains(a.site.host(), ".") && strings.ContainsAny(a.site.host()[:1], "abcdefghijklmnopqrstuvwxyz") { // the scheme knows names of domains alone
		out.Scheme = &description{}
		d := &out.Scheme.Scheme
		d.XMLNS, d.XSI = "http://www.openarchives.org/OAI/2.0/oai-identifier", xsi
		d.Schema = d.XMLNS + " http://www.openarchives.org/OAI/2.0/oai-identifier.xsd"
		d.Name, d.Repository, d.Delimiter = "oai", a.site.host(), ":"
		d.Sample = a.site.identifier("results", uuid.MustParse("019ad0b0-0000-7000-8000-000000000001"))
	}
	return out, nil
}

type formats struct {
	XMLName xml.Name     `xml:"ListMetadataFormats"`
	Formats []formatLine `xml:"metadataFormat"`
}

type formatLine struct {
	Prefix    string `xml:"metadataPrefix"`
	Schema    string `xml:"schema"`
	Namespace string `xml:"metadataNamespace"`
}

// formats are the same for every record.
func (a *asked) formats(q *gorm.DB) (any, error) {
	if _, given := a.args["identifier"]; given {
		if _, err := a.named(q); err != nil {
			return nil, err
		}
	}
	return formats{Formats: []formatLine{{dc, dcSchema, dcSpace}, {mods, modsSchema, modsSpace}}}, nil
}

// known refuses a format in which nothing is told.
func known(prefix string) error {
	if prefix != dc && prefix != mods {
		return &problem{"cannotDisseminateFormat", "Records are told in oai_dc and mods."}
	}
	return nil
}

// header tells which record it is.
type header struct {
	Status     string   `xml:"status,attr,omitempty"`
	Identifier string   `xml:"identifier"`
	Stamp      string   `xml:"datestamp"`
	Sets       []string `xml:"setSpec"`
}

// record is one with what it says; of one that is gone nothing is.
type record struct {
	Header   header    `xml:"header"`
	Metadata *metadata `xml:"metadata"`
}

type metadata struct{ Content any }

func (a *asked) header(e *Entry) header {
	h := header{Identifier: a.site.identifier(e.Path, e.ID), Stamp: stamp(e.Stamped), Sets: e.Sets}
	if e.Item == nil {
		h.Status = "deleted"
	}
	return h
}

func (a *asked) told(e *Entry, prefix string) record {
	r := record{Header: a.header(e)}
	if e.Item != nil {
		r.Metadata = &metadata{a.site.write(e.Item, prefix)}
	}
	return r
}

func (a *asked) record(q *gorm.DB) (any, error) {
	prefix := a.args["metadataPrefix"]
	found, err := a.named(q)
	if err == nil {
		err = known(prefix)
	}
	if err != nil {
		return nil, err
	}
	return struct {
		XMLName xml.Name `xml:"GetRecord"`
		Record  record   `xml:"record"`
	}{Record: a.told(&found[0], prefix)}, nil
}

// rest says how a list goes on; of the last part of one that came in parts it is empty.
type rest struct {
	Size  int64  `xml:"completeListSize,attr"`
	Told  int64  `xml:"cursor,attr"`
	Token string `xml:",chardata"`
}

// How many are told at once.
const (
	recordsAtOnce = 100
	headersAtOnce = 500
	setsAtOnce    = 200
)

// list reads the next part of a list of records.
func (a *asked) list(q *gorm.DB, limit int) (found []Entry, prefix string, goesOn *rest, err error) {
	r, resumed, err := a.goesOn()
	if err != nil {
		return nil, "", nil, err
	}
	var sel Selection
	if resumed {
		sel = Selection{moments(r.From), moments(r.Until), r.Set}
	} else {
		if sel, err = a.selection(); err != nil {
			return nil, "", nil, err
		}
		r.Prefix, r.Set, r.From, r.Until = a.args["metadataPrefix"], sel.Set, seconds(sel.From), seconds(sel.Until)
		if err = known(r.Prefix); err != nil {
			return nil, "", nil, err
		}
		if r.Size, err = sel.count(q); err != nil {
			return nil, "", nil, err
		}
	}
	before, more := r.Told, true
	for len(found) == 0 && more {
		var rows []row
		if rows, more, err = sel.read(q, place{atSecond(r.After), r.ID}, limit); err != nil {
			return nil, "", nil, err
		}
		if len(rows) == 0 {
			break
		}
		last := rows[len(rows)-1]
		r.After, r.ID = last.StampedAt.Unix(), last.ObjectID
		if found, err = a.entries(q, rows); err != nil {
			return nil, "", nil, err
		}
		if sel.Set != "" { // what has left the set since its row was written, or may not be told in it any more, is none of it
			found = slices.DeleteFunc(found, func(e Entry) bool { return !slices.Contains(e.Sets, sel.Set) })
		}
	}
	if len(found) == 0 && resumed { // what was still to come has changed since, and comes in a new list
		return nil, "", nil, badToken()
	}
	if len(found) == 0 {
		return nil, "", nil, &problem{"noRecordsMatch", "There is nothing that fits."}
	}
	r.Told += int64(len(found))
	goesOn, err = a.rest(r, before, resumed, more)
	return found, r.Prefix, goesOn, err
}

// rest is how a list goes on, if it comes in parts.
func (a *asked) rest(r resumption, before int64, resumed, more bool) (out *rest, err error) {
	if !resumed && !more {
		return nil, nil //nolint:nilnil // a list that comes whole says nothing of parts
	}
	out = &rest{Size: max(r.Size, r.Told), Told: before}
	if more { // what changed meanwhile comes again: some clients end where they have had as many as are announced
		out.Size = max(out.Size, r.Told+1)
		r.Size = out.Size
		out.Token, err = a.sealToken(r)
	}
	return out, err
}

func (a *asked) records(q *gorm.DB) (any, error) {
	found, prefix, goesOn, err := a.list(q, recordsAtOnce)
	if err != nil {
		return nil, err
	}
	out := make([]record, len(found))
	for i := range found {
		out[i] = a.told(&found[i], prefix)
	}
	return struct {
		XMLName xml.Name `xml:"ListRecords"`
		Records []record `xml:"record"`
		Rest    *rest    `xml:"resumptionToken"`
	}{Records: out, Rest: goesOn}, nil
}

func (a *asked) identifiers(q *gorm.DB) (any, error) {
	found, _, goesOn, err := a.list(q, headersAtOnce)
	if err != nil {
		return nil, err
	}
	out := make([]header, len(found))
	for i := range found {
		out[i] = a.header(&found[i])
	}
	return struct {
		XMLName xml.Name `xml:"ListIdentifiers"`
		Headers []header `xml:"header"`
		Rest    *rest    `xml:"resumptionToken"`
	}{Headers: out, Rest: goesOn}, nil
}

type set struct {
	Spec string `xml:"setSpec"`
	Name string `xml:"setName"`
}

// sets are those of the kinds, whether there is one of them or not, and those that have a record.
func (a *asked) sets(q *gorm.DB) (any, error) {
	r, resumed, err := a.goesOn()
	if err != nil {
		return nil, err
	}
	var specs []string
	if err := q.Raw("SELECT DISTINCT set_spec FROM harvest_members WHERE set_spec > ? ORDER BY set_spec LIMIT ?", r.Name, setsAtOnce+1).Scan(&specs).Error; err != nil {
		return nil, err
	}
	more := len(specs) > setsAtOnce
	specs = specs[:min(len(specs), setsAtOnce)]
	for _, kind := range a.kinds.All() {
		if spec := setKind + kind.Noun; kind.Document != nil && spec > r.Name && (!more || spec < specs[len(specs)-1]) && !slices.Contains(specs, spec) {
			specs = append(specs, spec)
		}
	}
	if resumed && len(specs) == 0 {
		return nil, badToken()
	}
	slices.Sort(specs)
	out, err := a.setsNamed(q, specs)
	if err != nil {
		return nil, err
	}
	if !resumed {
		if r.Size, err = a.setsThere(q); err != nil {
			return nil, err
		}
	}
	before := r.Told
	if r.Told += int64(len(out)); len(specs) > 0 {
		r.Name = specs[len(specs)-1]
	}
	goesOn, err := a.rest(r, before, resumed, more)
	return struct {
		XMLName xml.Name `xml:"ListSets"`
		Sets    []set    `xml:"set"`
		Rest    *rest    `xml:"resumptionToken"`
	}{Sets: out, Rest: goesOn}, err
}

func (a *asked) setsThere(q *gorm.DB) (n int64, err error) {
	err = q.Raw("SELECT COUNT(DISTINCT set_spec) FROM harvest_members").Scan(&n).Error
	return n, err
}

// setsNamed says what sets are called, in three queries at most.
func (a *asked) setsNamed(q *gorm.DB, specs []string) ([]set, error) {
	var codes []string
	var owners []orgs.Standing
	for _, spec := range specs {
		if code, is := strings.CutPrefix(spec, setChain); is {
			codes = append(codes, code)
		}
		if id, err := uuid.Parse(strings.TrimPrefix(spec, setInstitution)); err == nil {
			owners = append(owners, orgs.Standing{Organization: id})
		}
	}
	chains, err := ref.ChainsNamed(q, codes)
	if err != nil {
		return nil, err
	}
	shown, err := orgs.Shown(q, policy.Actor{}, owners)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, o := range shown {
		names[setInstitution+o.ID.String()] = o.Name
	}
	out := make([]set, len(specs))
	for i, spec := range specs {
		name := names[spec]
		if noun, is := strings.CutPrefix(spec, setKind); is {
			kind, _ := a.kinds.Of(noun)
			name = kind.ZH
		} else if code, is := strings.CutPrefix(spec, setChain); is {
			name = chains[code].Name
		} else if code, is := strings.CutPrefix(spec, setRegion); is {
			name, _, _ = ref.PlaceName(code)
		}
		if name = clean(name); name == "" {
			name = spec
		}
		out[i] = set{spec, name}
	}
	return out, nil
}
