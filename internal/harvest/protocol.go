package harvest

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// Site is what harvesters are told of this system.
type Site struct {
	Public string // the address at which it is reached, without a slash at its end
	Admin  string // the address of who answers for it
	// Field says what a field of technology is called.
	Field func(code string) string
}

// Path is where harvesters ask.
const Path = "/oai"

// base is the address of the repository.
func (s Site) base() string { return s.Public + Path }

// host is what its identifiers are in the name of.
func (s Site) host() string {
	if u, err := url.Parse(s.Public); err == nil && u.Hostname() != "" {
		return strings.ToLower(u.Hostname())
	}
	return "localhost"
}

// identifier names a record.
func (s Site) identifier(path string, id uuid.UUID) string {
	return "oai:" + s.host() + ":" + path + "/" + id.String()
}

// page is where people read it.
func (s Site) page(path string, id uuid.UUID) string {
	return s.Public + "/" + path + "/" + id.String()
}

// problem is what a request is answered with that cannot be answered otherwise; the status is 200 all the same, as the protocol has it.
type problem struct {
	Code string `xml:"code,attr"`
	Text string `xml:",chardata"`
}

func (p *problem) Error() string { return p.Code + ": " + p.Text }

// The codes of the protocol.
func badVerb(text string) *problem     { return &problem{"badVerb", text} }
func badArgument(text string) *problem { return &problem{"badArgument", text} }
func badToken() *problem {
	return &problem{"badResumptionToken", "This token is not one of this repository and this verb, or what it led to is gone. Begin the list anew."}
}

// verb is one of the six: what it takes, and how it is answered.
type verb struct {
	needs, takes []string
	listed       bool // its answer may go on by a token, which then stands alone
	price        int  // in plain reads
	run          func(a *asked, q *gorm.DB) (any, error)
}

var verbs map[string]verb

func init() {
	verbs = map[string]verb{
		"Identify":            {price: 1, run: (*asked).identify},
		"ListMetadataFormats": {price: 1, takes: []string{"identifier"}, run: (*asked).formats},
		"ListSets":            {price: 5, listed: true, run: (*asked).sets},
		"GetRecord":           {price: 2, needs: []string{"identifier", "metadataPrefix"}, run: (*asked).record},
		"ListIdentifiers":     {price: 10, needs: []string{"metadataPrefix"}, takes: []string{"from", "until", "set"}, listed: true, run: (*asked).identifiers},
		"ListRecords":         {price: 10, needs: []string{"metadataPrefix"}, takes: []string{"from", "until", "set"}, listed: true, run: (*asked).records},
	}
}

// Price is what a request costs, in plain reads: a list many times what one record does. One that is refused is cheap.
func Price(args url.Values) int { return max(1, verbs[args.Get("verb")].price) }

const token = "resumptionToken" //nolint:gosec // what an argument is called

// asked is one request, while it is answered.
type asked struct {
	*Service
	site Site
	verb string
	args map[string]string
}

// Answer answers a request by its arguments, in XML.
func (s *Service) Answer(ctx context.Context, site Site, args url.Values) ([]byte, error) {
	now := s.unit.Now().UTC().Truncate(time.Second)
	out := envelope{
		XMLNS: "http://www.openarchives.org/OAI/2.0/", XSI: xsi, Schema: "http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
		Date: stamp(now.Add(-Behind)), Request: request{Base: site.base()},
	}
	a, wrong := s.read(site, args)
	if wrong == nil {
		for _, name := range slices.Sorted(maps.Keys(a.args)) {
			out.Request.Args = append(out.Request.Args, xml.Attr{Name: xml.Name{Local: name}, Value: clean(a.args[name])})
		}
		err := s.unit.View(ctx, func(q *gorm.DB) (err error) {
			out.Answer, err = verbs[a.verb].run(a, q)
			return err
		})
		if err != nil && !errors.As(err, &wrong) {
			return nil, err
		}
	}
	if wrong != nil {
		if out.Answer = nil; wrong.Code == "badVerb" || wrong.Code == "badArgument" {
			out.Request.Args = nil // the protocol: such a request is not repeated
		}
		wrong.Text = clean(wrong.Text)
		out.Errors = []*problem{wrong}
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(out); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// read holds arguments to the verb that they are for.
func (s *Service) read(site Site, values url.Values) (*asked, *problem) {
	a := &asked{Service: s, site: site, args: map[string]string{}}
	given := values["verb"]
	if len(given) != 1 {
		return nil, badVerb("Say verb once: Identify, ListMetadataFormats, ListSets, GetRecord, ListIdentifiers or ListRecords.")
	}
	v, known := verbs[given[0]]
	if !known {
		return nil, badVerb("There is no such verb; the six are Identify, ListMetadataFormats, ListSets, GetRecord, ListIdentifiers and ListRecords.")
	}
	a.verb = given[0]
	for _, name := range slices.Sorted(maps.Keys(values)) {
		given := values[name]
		switch {
		case name != "verb" && !slices.Contains(v.needs, name) && !slices.Contains(v.takes, name) && (name != token || !v.listed):
			return nil, badArgument(a.verb + " does not take " + short(name) + ".")
		case len(given) != 1:
			return nil, badArgument(short(name) + " is given more than once.")
		case given[0] == "":
			return nil, badArgument(short(name) + " is empty.")
		}
		a.args[name] = given[0]
	}
	if _, goesOn := a.args[token]; goesOn {
		if len(a.args) > 2 {
			return nil, badArgument("A resumptionToken stands alone: it knows the rest.")
		}
		return a, nil
	}
	for _, name := range v.needs {
		if a.args[name] == "" {
			return nil, badArgument(a.verb + " needs " + name + ".")
		}
	}
	if prefix, given := a.args["metadataPrefix"]; given && !prefixes.MatchString(prefix) { // what the schema of answers does not let be repeated
		return nil, badArgument("metadataPrefix is no name of a format; ListMetadataFormats has them.")
	}
	return a, nil
}

var prefixes = regexp.MustCompile(`^[A-Za-z0-9_.!~*'()-]+$`)

func short(name string) string {
	if len(name) > 40 {
		name = name[:40]
	}
	return strings.ToValidUTF8(name, "?")
}

// How times are written.
const (
	bySecond = "2006-01-02T15:04:05Z"
	byDay    = "2006-01-02"
)

func stamp(t time.Time) string { return t.UTC().Format(bySecond) }

// selection reads what a list is narrowed by.
func (a *asked) selection() (sel Selection, err error) {
	from, until := a.args["from"], a.args["until"]
	if from != "" && until != "" && len(from) != len(until) {
		return sel, badArgument("from and until are both days or both seconds.")
	}
	if sel.From, _, err = moment("from", from); err != nil {
		return sel, err
	}
	var day bool
	if sel.Until, day, err = moment("until", until); err != nil {
		return sel, err
	}
	if day {
		last := sel.Until.Add(24*time.Hour - time.Second)
		sel.Until = &last
	}
	if sel.From != nil && sel.Until != nil && sel.Until.Before(*sel.From) {
		return sel, badArgument("until is before from.")
	}
	sel.Set = a.args["set"]
	if sel.Set != "" && !setSpec.MatchString(sel.Set) {
		return sel, badArgument("set is no setSpec; ListSets has them.")
	}
	return sel, nil
}

var setSpec = regexp.MustCompile(`^[A-Za-z0-9_.!~*'()-]{1,200}(:[A-Za-z0-9_.!~*'()-]{1,200})*$`)

func moment(name, text string) (at *time.Time, day bool, err error) {
	if text == "" {
		return nil, false, nil
	}
	layout := bySecond
	if len(text) == len(byDay) {
		layout, day = byDay, true
	}
	t, err := time.Parse(layout, text)
	if err != nil || t.Format(layout) != text {
		return nil, day, badArgument(name + " is neither a day (2026-01-31) nor a second in UTC (2026-01-31T08:00:00Z).")
	}
	return &t, day, nil
}

// named finds the record of an identifier.
func (a *asked) named(q *gorm.DB) ([]Entry, error) {
	given := a.args["identifier"]
	absent := &problem{"idDoesNotExist", "No record of this repository has this identifier."}
	local, ours := strings.CutPrefix(given, "oai:"+a.site.host()+":")
	path, text, two := strings.Cut(local, "/")
	id, err := uuid.Parse(text)
	if !ours || !two || err != nil || id.String() != text {
		return nil, absent
	}
	for _, kind := range a.kinds.All() {
		if kind.Document == nil || kind.Path != "/v1/"+path {
			continue
		}
		rows, err := one(q, kind.Noun, id)
		if err != nil {
			return nil, err
		}
		if len(rows) == 1 {
			return a.entries(q, rows)
		}
	}
	return nil, absent
}
