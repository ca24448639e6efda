package harvest_test

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/harvest"
)

// answer is what a strict reader makes of an answer: only what the protocol names, in its namespace.
type answer struct {
	XMLName xml.Name `xml:"http://www.openarchives.org/OAI/2.0/ OAI-PMH"`
	Date    string   `xml:"responseDate"`
	Request struct {
		Args []xml.Attr `xml:",any,attr"`
		Base string     `xml:",chardata"`
	} `xml:"request"`
	Errors []struct {
		Code string `xml:"code,attr"`
		Text string `xml:",chardata"`
	} `xml:"error"`
	Identify *struct {
		Name        string `xml:"repositoryName"`
		Base        string `xml:"baseURL"`
		Version     string `xml:"protocolVersion"`
		Admin       string `xml:"adminEmail"`
		Earliest    string `xml:"earliestDatestamp"`
		Deleted     string `xml:"deletedRecord"`
		Granularity string `xml:"granularity"`
	} `xml:"Identify"`
	Formats []string   `xml:"ListMetadataFormats>metadataFormat>metadataPrefix"`
	Sets    []set      `xml:"ListSets>set"`
	Headers []header   `xml:"ListIdentifiers>header"`
	Records []record   `xml:"ListRecords>record"`
	One     *record    `xml:"GetRecord>record"`
	Tokens  []goesOn   `xml:"ListRecords>resumptionToken"`
	TokensI []goesOn   `xml:"ListIdentifiers>resumptionToken"`
	TokensS []goesOn   `xml:"ListSets>resumptionToken"`
	Other   []struct{} `xml:",any"`
	raw     string
}

type goesOn struct {
	Size  string `xml:"completeListSize,attr"`
	Told  string `xml:"cursor,attr"`
	Token string `xml:",chardata"`
}

type set struct {
	Spec string `xml:"setSpec"`
	Name string `xml:"setName"`
}

type header struct {
	Status     string   `xml:"status,attr"`
	Identifier string   `xml:"identifier"`
	Stamp      string   `xml:"datestamp"`
	Sets       []string `xml:"setSpec"`
}

type record struct {
	Header   header    `xml:"header"`
	Metadata *metadata `xml:"metadata"`
}

type metadata struct {
	Text string `xml:",innerxml"`
}

var (
	second = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)
	name   = regexp.MustCompile(`^oai:jiebang\.example\.org:(results|needs|teams|challenges)/[0-9a-f-]{36}$`)
)

// ask asks as a harvester does, in the address or by a form.
func ask(h *apitest.House, form bool, query string) answer {
	h.Helper()
	var r *http.Response
	var err error
	if form {
		r, err = http.Post(h.URL+"/oai", "application/x-www-form-urlencoded", strings.NewReader(query)) //nolint:noctx // a test
	} else {
		r, err = http.Get(h.URL + "/oai?" + query) //nolint:noctx // a test
	}
	if err != nil {
		h.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "text/xml; charset=utf-8" {
		h.Fatalf("%s: %s %s %v\n%s", query, r.Status, r.Header.Get("Content-Type"), err, text)
	}
	a := answer{raw: string(text)}
	if err := xml.Unmarshal(text, &a); err != nil {
		h.Fatalf("%s: %v\n%s", query, err, text)
	}
	if !second.MatchString(a.Date) || a.Request.Base != "https://jiebang.example.org/oai" || len(a.Other) > 0 {
		h.Errorf("%s: not by the protocol\n%s", query, text)
	}
	all := a.Headers
	for _, r := range a.Records {
		all = append(all, r.Header)
		if (r.Header.Status == "deleted") != (r.Metadata == nil) {
			h.Errorf("%s: what is gone says nothing, and what is there something: %+v", query, r)
		}
	}
	for _, x := range all {
		if !second.MatchString(x.Stamp) || !name.MatchString(x.Identifier) || len(x.Sets) == 0 || !slices.Contains([]string{"", "deleted"}, x.Status) {
			h.Errorf("%s: a header %+v", query, x)
		}
	}
	return a
}

// harvested is the whole list, by all its parts, the last of each record.
func harvested(h *apitest.House, query string) map[string]record {
	h.Helper()
	out := map[string]record{}
	for a := ask(h, false, query); ; {
		if len(a.Errors) > 0 && a.Errors[0].Code == "noRecordsMatch" {
			return out
		}
		for _, r := range a.Records {
			_, local, _ := strings.Cut(r.Header.Identifier, "org:")
			out[local] = r
		}
		if len(a.Tokens) == 0 || a.Tokens[0].Token == "" {
			return out
		}
		a = ask(h, false, "verb=ListRecords&resumptionToken="+url.QueryEscape(a.Tokens[0].Token))
	}
}

const all = "verb=ListRecords&metadataPrefix=oai_dc"

func TestHarvestersAreToldOfWhatIsPublicAndOfWhatWas(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		draft, _ := s.ResultIn("draft")
		submitted, _ := s.NeedIn("submitted")
		off, tag := s.ResultIn("published")
		h.Eventually("all that is published is told", func() bool { return len(harvested(h, all)) == 3 })
		if r := harvested(h, all)["results/"+off]; r.Header.Status != "" || !strings.Contains(r.Metadata.Text, "盛北理工大学") || !slices.Contains(r.Header.Sets, "institution_"+s.Uni) {
			t.Errorf("%+v", r)
		}
		s.Editor.Act("/v1/results/"+off+"/withdraw", tag, nil).Want(200)
		h.Eventually("what is withdrawn is told as deleted", func() bool { return harvested(h, all)["results/"+off].Header.Status == "deleted" })
		found := harvested(h, all)
		for _, never := range []string{"results/" + draft, "needs/" + submitted} {
			if _, told := found[never]; told {
				t.Errorf("%s was never public, and is told", never)
			}
			if a := ask(h, false, "verb=GetRecord&metadataPrefix=mods&identifier=oai:jiebang.example.org:"+never); a.Errors[0].Code != "idDoesNotExist" {
				t.Errorf("%s", a.raw)
			}
		}
		if _, there := harvested(h, all+"&set=institution_"+s.Uni)["results/"+off]; !there {
			t.Error("who harvests a set learns that one of it is gone")
		}
		if a := ask(h, true, "verb=GetRecord&metadataPrefix=mods&identifier=oai:jiebang.example.org:results/"+off); a.One == nil || a.One.Header.Status != "deleted" || a.One.Metadata != nil {
			t.Errorf("%s", a.raw)
		}

		o := s.Operator.Get("/v1/organizations/" + s.Uni)
		o = s.Operator.Act("/v1/organizations/"+s.Uni+"/suspend", o.ETag, apitest.J{"reason": "营业执照已被吊销"}).Want(200)
		h.Eventually("what a suspended owner has is deleted", func() bool { return harvested(h, all)["results/"+s.Result].Header.Status == "deleted" })
		s.Operator.Act("/v1/organizations/"+s.Uni+"/lift-suspension", o.ETag, nil).Want(200)
		h.Eventually("and comes back", func() bool { return harvested(h, all)["results/"+s.Result].Header.Status == "" })
	})
}

// What the day alone takes off is gone with the day, whether a job has written it down or not.
func TestWhatIsOverIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := apitest.New(t, o)
		s := apitest.NewStage(h)
		h.Eventually("it is told", func() bool { return len(harvested(h, all)) == 2 })
		r := s.Editor.Get("/v1/results/" + s.Result)
		s.Editor.Put("/v1/results/"+s.Result+"/offer", r.ETag, apitest.J{"availability": "available", "external_ids": []any{}, "confirmed_until": "2026-03-20"}).Want(200)
		if got := harvested(h, all)["results/"+s.Result]; got.Header.Status != "" {
			t.Fatalf("%+v", got)
		}
		h.Clock.Set("2026-03-20T16:00:00Z") // the first moment of the 21st in Shanghai
		if got := harvested(h, all)["results/"+s.Result]; got.Header.Status != "deleted" {
			t.Errorf("its last day is over: %+v", got)
		}
	})
}

func TestRequestsOfTheProtocol(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := apitest.New(t, o)
		s := apitest.NewStage(h)
		s.TeamIn("published")
		h.Eventually("all is told", func() bool { return len(harvested(h, all)) == 3 })
		id := "oai:jiebang.example.org:results/" + s.Result

		for query, code := range map[string]string{
			"":                                    "badVerb",
			"verb=Nothing":                        "badVerb",
			"verb=Identify&verb=Identify":         "badVerb",
			"verb=":                               "badVerb",
			"verb=identify":                       "badVerb",
			"%zz":                                 "badVerb",
			"verb=Identify&metadataPrefix=oai_dc": "badArgument",
			"verb=ListRecords":                    "badArgument",
			"verb=ListRecords&metadataPrefix=":    "badArgument",
			all + "&metadataPrefix=oai_dc":        "badArgument",
			all + "&from=2026":                    "badArgument",
			all + "&from=2026-02-30":              "badArgument",
			all + "&from=2026-01-01&until=2026-01-01T00:00:00Z":           "badArgument",
			all + "&from=2026-01-02&until=2026-01-01":                     "badArgument",
			all + "&from=2026-01-01T00:00:00.000Z":                        "badArgument",
			all + "&from=2026-01-01T00:00:00%2B08:00":                     "badArgument",
			all + "&identifier=" + id:                                     "badArgument",
			all + "&set=%E6%B2%88":                                        "badArgument",
			all + "&set=":                                                 "badArgument",
			all + "&resumptionToken=x":                                    "badArgument",
			"verb=ListRecords&resumptionToken=x":                          "badResumptionToken",
			"verb=ListSets&resumptionToken=x":                             "badResumptionToken",
			"verb=ListSets&set=kind_result":                               "badArgument",
			"verb=ListRecords&metadataPrefix=marc21":                      "cannotDisseminateFormat",
			"verb=GetRecord&metadataPrefix=marc21&identifier=" + id:       "cannotDisseminateFormat",
			"verb=GetRecord&metadataPrefix=oai_dc":                        "badArgument",
			"verb=GetRecord&metadataPrefix=oai_dc&identifier=x":           "idDoesNotExist",
			"verb=GetRecord&metadataPrefix=oai_dc&identifier=" + id + "0": "idDoesNotExist",
			"verb=GetRecord&metadataPrefix=oai_dc&identifier=" + strings.ReplaceAll(id, "results", "needs"): "idDoesNotExist",
			"verb=ListMetadataFormats&identifier=x":                                                         "idDoesNotExist",
			all + "&from=2030-01-01":                                                                        "noRecordsMatch",
			all + "&until=1999-12-31":                                                                       "noRecordsMatch",
			all + "&set=chain_none":                                                                         "noRecordsMatch",
		} {
			for _, form := range []bool{false, true} {
				a := ask(h, form, query)
				if len(a.Errors) != 1 || a.Errors[0].Code != code || a.Errors[0].Text == "" {
					t.Errorf("%q (form: %v) is answered with %+v, not %s", query, form, a.Errors, code)
				}
				if bare := code == "badVerb" || code == "badArgument"; bare != (len(a.Request.Args) == 0) {
					t.Errorf("%q: the request is repeated with %v", query, a.Request.Args)
				}
			}
		}
		i := ask(h, false, "verb=Identify").Identify
		if i == nil || i.Base != "https://jiebang.example.org/oai" || i.Version != "2.0" || i.Deleted != "persistent" || i.Granularity != "YYYY-MM-DDThh:mm:ssZ" ||
			i.Admin != "postmaster@jiebang.example.org" || !second.MatchString(i.Earliest) {
			t.Errorf("%+v", i)
		}
		for _, query := range []string{"verb=ListMetadataFormats", "verb=ListMetadataFormats&identifier=" + id} {
			if a := ask(h, false, query); !slices.Equal(a.Formats, []string{"oai_dc", "mods"}) {
				t.Errorf("%s", a.raw)
			}
		}
		sets := ask(h, false, "verb=ListSets").Sets
		for _, want := range []set{{"kind_result", "科技成果"}, {"kind_challenge", "榜题"}, {"region_210100", "辽宁省沈阳市"}, {"institution_" + s.Uni, "盛北理工大学"}} {
			if !slices.Contains(sets, want) {
				t.Errorf("there is no set %v in %v", want, sets)
			}
		}
		if a := ask(h, false, "verb=GetRecord&metadataPrefix=mods&identifier="+id); a.One == nil || !strings.Contains(a.One.Metadata.Text, "<namePart>盛北理工大学</namePart>") {
			t.Errorf("%s", a.raw)
		}
		for set, want := range map[string]int{"kind_result": 1, "kind_need": 1, "kind_team": 1, "region_210000": 3, "region_210112": 2, "institution_" + s.Firm: 1} {
			if got := harvested(h, all+"&set="+set); len(got) != want {
				t.Errorf("%d records in %s, not %d", len(got), set, want)
			}
		}
		today := ask(h, false, "verb=ListIdentifiers&metadataPrefix=oai_dc&from=2026-03-10&until=2026-03-10")
		if len(today.Headers) != 3 {
			t.Errorf("%s", today.raw)
		}
		stamp := today.Headers[0].Stamp
		if a := ask(h, false, "verb=ListIdentifiers&metadataPrefix=oai_dc&from="+stamp+"&until="+stamp); len(a.Headers) == 0 {
			t.Error("both ends belong to what is asked for")
		}
	})
}

// Tokens belong to their verb and to this repository, and one that was altered is none.
func TestTokensAreTheirLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := apitest.New(t, o)
		s := apitest.NewStage(h)
		for range 105 {
			s.ResultIn("published")
		}
		h.Eventually("all is told", func() bool { return len(harvested(h, all)) == 107 })
		first := ask(h, false, all+"&set=kind_result")
		token := first.Tokens[0]
		if len(first.Records) != 100 || token.Size != "106" || token.Told != "0" || token.Token == "" {
			t.Fatalf("%d records, %+v", len(first.Records), token)
		}
		again := func(token string) answer {
			return ask(h, true, "verb=ListRecords&resumptionToken="+url.QueryEscape(token))
		}
		last := again(token.Token)
		if len(last.Records) != 6 || len(last.Tokens) != 1 || last.Tokens[0] != (goesOn{"106", "100", ""}) {
			t.Errorf("%d records, %+v", len(last.Records), last.Tokens)
		}
		// A token is stable: whoever asks again, since an answer was lost, gets the same; what has changed is told behind all.
		changed := last.Records[0].Header.Identifier[len("oai:jiebang.example.org:results/"):]
		for i, id := range []string{s.Result, changed} { // one from before the token, and one from behind it
			h.Clock.Set([]string{"2026-03-10T03:00:00Z", "2026-03-10T04:00:00Z"}[i])
			r := s.Editor.Get("/v1/results/" + id)
			s.Editor.Act("/v1/results/"+id+"/withdraw", r.ETag, nil).Want(200)
			h.Eventually("it is told behind all others", func() bool {
				end := again(token.Token).Records
				end = end[min(6, len(end)):]
				return len(end) == 1 && end[0].Header.Status == "deleted" && strings.HasSuffix(end[0].Header.Identifier, id)
			})
		}
		for what, bad := range map[string]string{"altered": token.Token[:len(token.Token)-5] + "AAAAA", "cut": token.Token[:40], "longer": token.Token + "A"} {
			if a := again(bad); len(a.Errors) != 1 || a.Errors[0].Code != "badResumptionToken" {
				t.Errorf("%s: %s", what, a.raw)
			}
		}
		if a := ask(h, false, "verb=ListIdentifiers&resumptionToken="+url.QueryEscape(token.Token)); len(a.Errors) != 1 || a.Errors[0].Code != "badResumptionToken" {
			t.Errorf("another verb's: %s", a.raw)
		}
		other := apitest.New(t, dbtest.New(t, db.SQLite))
		if a := ask(other, false, "verb=ListRecords&resumptionToken="+url.QueryEscape(token.Token)); len(a.Errors) != 1 || a.Errors[0].Code != "badResumptionToken" {
			t.Errorf("another repository's: %s", a.raw)
		}
	})
}

func TestHarvestingIsPaidForByWhatIsRead(t *testing.T) {
	for verb, want := range map[string]int{"Identify": 1, "GetRecord": 2, "ListSets": 5, "ListIdentifiers": 10, "ListRecords": 10, "Drop": 1} {
		if got := harvest.Price(url.Values{"verb": {verb}}); got != want {
			t.Errorf("%s costs %d, want %d", verb, got, want)
		}
	}
}

// Of a challenge whose poster keeps its name, no answer tells it: no set, no field, no list of names.
func TestAMaskedPosterIsToldNowhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := apitest.New(t, o)
		s := apitest.NewStage(h)
		of := s.MaskedNeed("换热器结垢快")
		h.Eventually("the need is told", func() bool { _, told := harvested(h, all)["needs/"+of]; return told })
		need := harvested(h, all)["needs/"+of]
		asBefore := func(when string) {
			t.Helper()
			if now := harvested(h, all)["needs/"+of]; !reflect.DeepEqual(now, need) {
				t.Errorf("%s the need that it was is told otherwise: %+v, before %+v", when, now, need)
			}
		}
		s.Clock.Set(s.Clock.Now().Add(time.Hour).Format(time.RFC3339))
		challenge, tag := s.ChallengeIn("published", func(body apitest.J) { body["masked"], body["need_id"] = true, of })
		h.Eventually("it is told", func() bool { _, told := harvested(h, all)["challenges/"+challenge]; return told })
		asBefore("after a challenge was made of it")
		_, needed := harvested(h, all)["needs/"+of]
		firm := s.Operator.Get("/v1/organizations/" + s.Firm).Want(200)
		canaries := []string{firm.Text("name"), firm.Text("credit_code"), "ERP-"}
		for _, query := range []string{
			"verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:jiebang.example.org:challenges/" + challenge, "verb=GetRecord&metadataPrefix=mods&identifier=oai:jiebang.example.org:challenges/" + challenge,
			all + "&set=kind_challenge", "verb=ListRecords&metadataPrefix=mods&set=kind_challenge", "verb=ListIdentifiers&metadataPrefix=mods&set=kind_challenge",
			"verb=GetRecord&metadataPrefix=mods&identifier=oai:jiebang.example.org:needs/" + of, "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:jiebang.example.org:needs/" + of,
		} {
			a := ask(h, false, query)
			if len(a.Errors) > 0 {
				t.Fatalf("%s: %s", query, a.raw)
			}
			for _, canary := range append(canaries, s.Firm, "region_210106", "210106", "大东", "沈河", "铁西") {
				if strings.Contains(a.raw, canary) {
					t.Errorf("%s tells %s\n%s", query, canary, a.raw)
				}
			}
		}
		if _, told := harvested(h, all+"&set=institution_"+s.Firm)["challenges/"+challenge]; told || !needed {
			t.Errorf("the set of its poster has it, or the need is not there (%v)", needed)
		}
		if _, told := harvested(h, all+"&set=region_210106")["challenges/"+challenge]; told {
			t.Error("the set of its poster's district has it")
		}
		if _, told := harvested(h, all+"&set=region_210100")["challenges/"+challenge]; !told {
			t.Error("its city's set has it")
		}
		s.Clock.Set(s.Clock.Now().Add(time.Hour).Format(time.RFC3339))
		s.Operator.Act("/v1/challenges/"+challenge+"/cancel", tag, apitest.J{"reason": "应发榜方的要求取消。"}).Want(200)
		if released := s.Buyer.Get("/v1/needs/" + of).Want(200); released.Body["held"] == true {
			t.Error("it is still held")
		}
		other, _ := s.ResultIn("published")
		h.Eventually("what came later is told", func() bool { _, told := harvested(h, all)["results/"+other]; return told })
		asBefore("after the challenge was cancelled")
	})
}
