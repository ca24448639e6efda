package api_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebang/api/apitest"
	"jiebang/internal/when"
)

// listed is a record of a list as the test knows it, by what it is narrowed by.
type listed struct {
	title, owner, region, field, availability string
	chains                                    []string
	trl                                       int
	low, high                                 float64 // yuan
	priced                                    bool
	urgent                                    bool
	deadline                                  string
	published                                 time.Time
	id                                        string
}

// supply is a market of listings that differ in everything that lists are narrowed by.
type supply struct {
	*apitest.Stage
	results, needs []listed
}

func newSupply(h *apitest.House) *supply {
	s := &supply{Stage: apitest.NewStage(h)}
	people := map[string][2]*apitest.Client{s.Uni: {s.Editor, s.Chief}, s.Firm: {s.Buyer, s.Buyer2}}
	regions := map[string]string{s.Uni: "210112", s.Firm: "210106"}
	for i, region := range []string{"210211", "220102", "210000"} {
		id, editor, second := h.Organization(fmt.Sprintf("外地研究院%d号", i), "university", region)
		people[id], regions[id] = [2]*apitest.Client{editor, second}, region
	}
	owners := []string{}
	for id := range regions {
		owners = append(owners, id)
	}
	slices.SortFunc(owners, func(a, b string) int { return cmp.Compare(regions[a], regions[b]) })
	publish := func(path, owner string, body j) (string, time.Time) {
		h.Clock.Set(h.Clock.Now().Add(11 * time.Hour).Format(time.RFC3339))
		r := people[owner][0].Post(path, body).Want(201)
		at := path + "/" + r.Text("id")
		r = people[owner][0].Act(at+"/submit", r.ETag, nil).Want(200)
		r = people[owner][1].Act(at+"/publish", r.ETag, nil).Want(200)
		moment, err := time.Parse(time.RFC3339Nano, r.Text("published_at"))
		if err != nil {
			h.Fatal(err)
		}
		return at, moment
	}
	fields, chains := []string{"environment", "new_materials", "environment"}, [][]string{{}, {"environmental"}, {"environmental", "new_materials"}}
	for i := range 15 {
		owner := owners[i%len(owners)]
		r := listed{title: fmt.Sprintf("滤料成果%02d", i), owner: owner, region: regions[owner], field: fields[i%3], chains: chains[i%3], availability: "available", trl: []int{0, 3, 5, 7, 9}[(i/2)%5]}
		body := j{"owner_id": owner, "title": r.title, "field": r.field, "chains": r.chains, "abstract": "锅炉除尘布袋糊袋频繁的解决办法：耐湿滤料，寿命一年以上。"}
		if r.trl > 0 {
			body["trl"] = r.trl
		}
		switch i % 4 {
		case 0:
			r.low, r.high, r.priced = 300_000, 300_000, true
			body["price"] = j{"kind": "fixed", "min": apitest.Money("300000.00")}
		case 1:
			r.low, r.high, r.priced = float64(i)*100_000, 900_000+float64(i)*100_000, true
			body["price"] = j{"kind": "range", "min": apitest.Money(fmt.Sprintf("%d.00", int(r.low))), "max": apitest.Money(fmt.Sprintf("%d.00", int(r.high)))}
		case 2:
			body["price"] = j{"kind": "negotiable"}
		}
		at, moment := publish("/v1/results", owner, body)
		r.published, r.id = moment, strings.TrimPrefix(at, "/v1/results/")
		if i%5 == 4 {
			r.availability = "in_negotiation"
			offer := j{"availability": r.availability}
			if body["price"] != nil {
				offer["price"] = body["price"]
			}
			people[owner][0].Put(at+"/offer", people[owner][0].Get(at).Want(200).ETag, offer).Want(200)
		}
		s.results = append(s.results, r)
	}
	for i := range 12 {
		owner := owners[i%len(owners)]
		n := listed{title: fmt.Sprintf("滤料需求%02d", i), owner: owner, region: regions[owner], field: fields[i%3], chains: chains[i%3], urgent: i%3 == 0}
		body := j{"owner_id": owner, "title": n.title, "field": n.field, "chains": n.chains, "problem": "锅炉除尘布袋糊袋频繁，三个月换一次，希望有耐湿的滤料。", "urgent": n.urgent}
		switch i % 4 {
		case 0:
			n.low, n.high, n.priced = 100_000, 500_000, true
			body["budget"] = j{"min": apitest.Money("100000.00"), "max": apitest.Money("500000.00")}
		case 1:
			n.low, n.high, n.priced = 0, 200_000, true
			body["budget"] = j{"max": apitest.Money("200000.00")}
		case 2:
			n.low, n.high, n.priced = 2_000_000, 1e15, true
			body["budget"] = j{"min": apitest.Money("2000000.00")}
		}
		if i%2 == 0 {
			n.deadline = fmt.Sprintf("2026-12-%02d", 10+i%6)
			body["deadline"] = n.deadline
		}
		at, moment := publish("/v1/needs", owner, body)
		n.published, n.id = moment, strings.TrimPrefix(at, "/v1/needs/")
		s.needs = append(s.needs, n)
	}
	for _, kind := range []string{"result", "need"} {
		h.Eventually(kind+" found", func() bool {
			return h.Visitor().Get("/v1/search?limit=1&q=%E6%BB%A4%E6%96%99&kind="+kind).Want(200).At("total") == float64(len(map[string][]listed{"result": s.results, "need": s.needs}[kind]))
		})
	}
	return s
}

// passes tells whether a record passes a query, by the words of the description.
func (l listed) passes(q url.Values) bool {
	amount := func(name string, none float64) float64 {
		if q.Get(name) == "" {
			return none
		}
		var f float64
		_, _ = fmt.Sscan(q.Get(name), &f)
		return f
	}
	in := func(prefix string) bool {
		if q.Get(prefix+"_min") == "" && q.Get(prefix+"_max") == "" {
			return q.Get("negotiable") != "true" || !l.priced
		}
		if !l.priced {
			return q.Get("negotiable") == "true"
		}
		return l.low <= amount(prefix+"_max", 1e18) && l.high >= amount(prefix+"_min", 0)
	}
	prefix := "price"
	if strings.HasPrefix(l.title, "滤料需求") {
		prefix = "budget"
	}
	inside := func(region string) bool {
		code := strings.TrimSuffix(strings.TrimSuffix(region, "00"), "00")
		return strings.HasPrefix(l.region, code)
	}
	day := l.published.In(when.Shanghai).Format("2006-01-02")
	trl := float64(l.trl)
	return (q.Get("region") == "" || inside(q.Get("region"))) &&
		(q.Get("chain") == "" || slices.Contains(l.chains, q.Get("chain"))) &&
		(q.Get("field") == "" || q.Get("field") == l.field) &&
		(q.Get("owner_id") == "" || q.Get("owner_id") == l.owner) &&
		(q.Get("availability") == "" || q.Get("availability") == l.availability) &&
		(q.Get("urgent") == "" || q.Get("urgent") == fmt.Sprint(l.urgent)) &&
		(q.Get("trl_min") == "" && q.Get("trl_max") == "" || l.trl > 0 && trl >= amount("trl_min", 0) && trl <= amount("trl_max", 9)) &&
		(q.Get("published_from") == "" || day >= q.Get("published_from")) &&
		(q.Get("published_to") == "" || day <= q.Get("published_to")) && in(prefix)
}

// values are what a record counts for in a facet.
func (l listed) values(facet string) []string {
	switch facet {
	case "field":
		return []string{l.field}
	case "chain":
		return l.chains
	case "owner_id":
		return []string{l.owner}
	case "region":
		if l.region[2:] == "0000" {
			return nil
		}
		return []string{l.region[:4] + "00"}
	case "trl":
		if l.trl == 0 {
			return nil
		}
		return []string{fmt.Sprint(l.trl)}
	case "availability":
		if l.availability != "" {
			return []string{l.availability}
		}
	case "urgent":
		if l.availability == "" { // a need
			return []string{fmt.Sprint(l.urgent)}
		}
	}
	return nil
}

// Each filter of the lists and of search keeps what it says and nothing else, and facets are what counting one by one gives.
func TestListsAndSearchAreNarrowedAndCounted(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := newSupply(h)
		v := h.Visitor()
		first, last := s.results[4].published.In(when.Shanghai).Format("2006-01-02"), s.results[11].published.In(when.Shanghai).Format("2006-01-02")
		for kind, k := range map[string]struct {
			path    string
			all     []listed
			queries []string
		}{
			"result": {"/v1/results", s.results, []string{"", "region=210000", "region=210100", "region=210112", "region=220000", "region=220102", "region=310000", "chain=" + s.results[1].chains[0], "field=environment",
				"owner_id=" + s.Uni, "trl_min=4", "trl_max=5", "trl_min=5&trl_max=7", "availability=in_negotiation", "availability=assigned", "price_min=350000", "price_max=300000.00", "price_min=299999.99&price_max=300000",
				"price_min=1000000&negotiable=true", "negotiable=true", "published_from=" + first, "published_to=" + last, "published_from=" + first + "&published_to=" + last,
				"region=210000&field=environment&trl_min=3&price_max=2000000&negotiable=true", "chain=" + s.results[1].chains[0] + "&availability=available&region=210100"}},
			"need": {"/v1/needs", s.needs, []string{"", "region=210000", "region=210106", "urgent=true", "urgent=false", "chain=" + s.results[1].chains[0], "budget_min=500000", "budget_min=500000.01", "budget_max=99999", "budget_max=1999999.99&budget_min=300000",
				"budget_min=300000&negotiable=true", "negotiable=true", "urgent=true&region=210000&budget_min=1&field=environment", "owner_id=" + s.Firm}},
		} {
			for _, text := range k.queries {
				q, err := url.ParseQuery(text)
				if err != nil {
					t.Fatal(err)
				}
				var want []string
				for _, l := range k.all {
					if l.passes(q) {
						want = append(want, l.title)
					}
				}
				slices.Sort(want)
				ours := func(r *apitest.Response) []string { // without the stage's own
					got := slices.DeleteFunc(titles(r), func(title string) bool { return !strings.HasPrefix(title, "滤料") })
					slices.Sort(got)
					return got
				}
				r := v.Get(k.path + "?limit=100&facets=true&" + text)
				same(t, "list "+kind+" "+text, ours(r), want...)
				same(t, "search "+kind+" "+text, ours(v.Get("/v1/search?limit=100&q=%E6%BB%A4%E6%96%99&kind="+kind+"&"+text)), want...)
				counted(t, s, k.all, q, kind+" "+text, r, false)
				counted(t, s, k.all, q, "search "+kind+" "+text, v.Get("/v1/search?limit=1&q=%E6%BB%A4%E6%96%99&kind="+kind+"&"+text), true)
			}
		}
		if v.Get("/v1/results").Want(200).At("facets") != nil {
			t.Error("facets are counted unasked")
		}
		// An owner's drafts are in no count, and a draft's list is not counted.
		s.Editor.Post("/v1/results", j{"owner_id": s.Uni, "title": "滤料成果草稿", "abstract": "锅炉除尘布袋糊袋频繁的解决办法：耐湿滤料。", "field": "nuclear"}).Want(201)
		if r := s.Editor.Get("/v1/results?facets=true&owner_id=" + s.Uni).Want(200); strings.Contains(string(r.Raw), "nuclear") || strings.Contains(string(r.Raw), "草稿") {
			t.Errorf("a draft is counted: %s", r.Raw)
		}
	})
}

// counted holds the facets of an answer against counting one by one; a facet that is narrowed by is counted as if it were not.
func counted(t *testing.T, s *supply, all []listed, q url.Values, what string, r *apitest.Response, search bool) {
	t.Helper()
	var got []struct {
		Name   string
		Values []struct {
			Value, Label string
			Count        int
		}
	}
	raw, err := json.Marshal(r.Want(200).At("facets"))
	if err != nil || json.Unmarshal(raw, &got) != nil || len(got) == 0 {
		t.Fatalf("%s: %s", what, r.Raw)
	}
	parameters := map[string][]string{"trl": {"trl_min", "trl_max"}}
	for _, f := range got {
		if f.Name == "kind" {
			continue
		}
		without := url.Values{}
		for name, values := range q {
			if name != f.Name && !slices.Contains(parameters[f.Name], name) {
				without[name] = values
			}
		}
		want := map[string]int{}
		for _, l := range all {
			if l.passes(without) {
				for _, value := range l.values(f.Name) {
					want[value]++
				}
			}
		}
		if !search { // the stage's own is in the list, and not among what is searched for
			own := listed{title: "滤料成果", owner: s.Uni, region: "210112", field: "environment", availability: "available", published: time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)}
			if all[0].title == "滤料需求00" {
				own = listed{title: "滤料需求", owner: s.Firm, region: "210106", field: "environment", published: own.published}
			}
			if own.passes(without) {
				for _, value := range own.values(f.Name) {
					want[value]++
				}
			}
		}
		has := map[string]int{}
		for _, v := range f.Values {
			has[v.Value] = v.Count
			if v.Label == "" {
				t.Errorf("%s: %s %s has no name", what, f.Name, v.Value)
			}
		}
		if fmt.Sprint(has) != fmt.Sprint(want) {
			t.Errorf("%s: %s %v, want %v", what, f.Name, has, want)
		}
	}
}
