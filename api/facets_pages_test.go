package api_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// The pages of a list in any order hold each row once, in their order, whatever comes while they are turned: rows that share a moment, a price or
// a deadline, and rows that have none, which are always last.
func TestPagesStayRightWhileRowsCome(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		r := rand.New(rand.NewPCG(3, 5))
		money := func(of map[string]any, path ...string) float64 {
			var at any = of
			for _, p := range append(path, "amount") {
				m, ok := at.(map[string]any)
				if !ok {
					return -1
				}
				at = m[p]
			}
			text, _ := at.(string)
			f, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return -1
			}
			return f
		}
		last := func(f float64) float64 { // none comes last where the lowest is first
			if f < 0 {
				return 1e18
			}
			return f
		}
		day := func(of map[string]any) string {
			if d, ok := of["deadline"].(string); ok {
				return d
			}
			return "9999"
		}
		draft := func(path string) {
			body := j{"title": fmt.Sprintf("第 %d 项", s.Serial()), "field": "environment"}
			if path == "/v1/needs" {
				body["owner_id"], body["problem"] = s.Firm, "锅炉除尘布袋糊袋频繁，三个月换一次，希望有耐湿的滤料。"
				if r.IntN(2) == 0 {
					body["deadline"] = fmt.Sprintf("2026-09-0%d", 1+r.IntN(3))
				}
				switch r.IntN(4) {
				case 0:
					body["budget"] = j{"max": apitest.Money("200000.00")}
				case 1:
					body["budget"] = j{"min": apitest.Money("100000.00"), "max": apitest.Money(fmt.Sprintf("%d00000.00", 2+r.IntN(2)))}
				case 2:
					body["budget"] = j{"min": apitest.Money("200000.00")}
				}
				s.Buyer.Post(path, body).Want(201)
				return
			}
			body["owner_id"], body["abstract"] = s.Uni, "锅炉除尘布袋糊袋频繁的解决办法：耐湿滤料。"
			switch r.IntN(4) {
			case 0:
				body["price"] = j{"kind": "fixed", "min": apitest.Money(fmt.Sprintf("%d00000.00", 1+r.IntN(3)))}
			case 1:
				body["price"] = j{"kind": "range", "min": apitest.Money("100000.00"), "max": apitest.Money("200000.00")}
			case 2:
				body["price"] = j{"kind": "negotiable"}
			}
			s.Editor.Post(path, body).Want(201)
		}
		id := func(of map[string]any) string { return of["id"].(string) }
		top := func(of map[string]any) float64 {
			if f := money(of, "price", "max"); f >= 0 {
				return f
			}
			return money(of, "price", "min")
		}
		most := func(of map[string]any) float64 {
			if f := money(of, "budget", "max"); f >= 0 {
				return f
			}
			return money(of, "budget", "min")
		}
		for _, c := range []struct {
			path, sort string
			by         func(a, b map[string]any) int // negative: a comes before b
		}{
			{"/v1/results", "price", func(a, b map[string]any) int {
				return cmp.Or(cmp.Compare(last(money(a, "price", "min")), last(money(b, "price", "min"))), cmp.Compare(id(a), id(b)))
			}},
			{"/v1/results", "price_desc", func(a, b map[string]any) int { return -cmp.Or(cmp.Compare(top(a), top(b)), cmp.Compare(id(a), id(b))) }},
			{"/v1/results", "published", func(a, b map[string]any) int { return -cmp.Compare(id(a), id(b)) }}, // all of one moment
			{"/v1/needs", "deadline", func(a, b map[string]any) int { return cmp.Or(cmp.Compare(day(a), day(b)), cmp.Compare(id(a), id(b))) }},
			{"/v1/needs", "budget", func(a, b map[string]any) int {
				return -cmp.Or(cmp.Compare(most(a), most(b)), cmp.Compare(id(a), id(b)))
			}},
		} {
			who := s.Editor
			if c.path == "/v1/needs" {
				who = s.Buyer
			}
			for range 9 {
				draft(c.path)
			}
			address := c.path + "?state=draft&sort=" + c.sort
			before := map[string]bool{}
			for _, i := range who.Get(address + "&limit=100").Want(200).Items() {
				before[id(i.(map[string]any))] = true
			}
			var seen []map[string]any
			for next := ""; ; {
				page := who.Get(address + "&limit=3" + next).Want(200)
				for _, i := range page.Items() {
					seen = append(seen, i.(map[string]any))
				}
				if page.At("next_cursor") == nil {
					break
				}
				next = "&cursor=" + page.Text("next_cursor")
				if len(seen) < 30 {
					draft(c.path)
				}
			}
			for i, row := range seen {
				if i > 0 && c.by(seen[i-1], row) >= 0 {
					t.Errorf("%s by %s: %v is no row before %v", c.path, c.sort, seen[i-1], row)
				}
				delete(before, id(row))
			}
			if len(before) > 0 {
				t.Errorf("%s by %s left out %v", c.path, c.sort, before)
			}
			// What came behind the place where the reader was is found, too.
			all := who.Get(address + "&limit=100").Want(200).Items()
			if c.by(seen[len(seen)-1], all[len(all)-1].(map[string]any)) < 0 {
				t.Errorf("%s by %s: the last row came and was not shown", c.path, c.sort)
			}
		}
		first := s.Editor.Get("/v1/results?state=draft&sort=price&limit=3").Want(200).Text("next_cursor")
		s.Editor.Get("/v1/results?state=draft&sort=price_desc&limit=3&cursor="+first).Refused(400, "invalid_cursor")
		s.Editor.Get("/v1/results?state=draft&sort=price&price_max=5&limit=3&cursor="+first).Refused(400, "invalid_cursor")
	})
}

// Codes that there are not, ranges that end before they begin, and questions that a kind does not answer are refused by their names.
func TestFiltersOfListsAreHeldToWhatThereIs(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		for _, c := range []struct{ path, pointer, code string }{
			{"/v1/results?region=999999", "query:region", "unknown_region"}, {"/v1/needs?region=219999", "query:region", "unknown_region"}, {"/v1/teams?region=999999", "query:region", "unknown_region"},
			{"/v1/search?q=x&region=999999", "query:region", "unknown_region"}, {"/v1/results?chain=no_such", "query:chain", "unknown_chain"}, {"/v1/needs?chain=no_such", "query:chain", "unknown_chain"},
			{"/v1/teams?chain=no_such", "query:chain", "unknown_chain"}, {"/v1/results?availability=gone", "query:availability", "not_allowed"}, {"/v1/results?trl_min=10", "query:trl_min", "out_of_range"},
			{"/v1/results?trl_min=5&trl_max=4", "query:trl_max", "reversed"}, {"/v1/search?q=x&trl_min=5&trl_max=4", "query:trl_max", "reversed"},
			{"/v1/results?price_min=5&price_max=4.99", "query:price_max", "reversed"}, {"/v1/needs?budget_min=5&budget_max=4.99", "query:budget_max", "reversed"}, {"/v1/results?price_min=5.001", "query:price_min", "pattern"},
			{"/v1/results?price_min=-5", "query:price_min", "pattern"}, {"/v1/results?published_from=2026-03-02&published_to=2026-03-01", "query:published_to", "reversed"}, {"/v1/search?q=x&published_from=2026-03-02&published_to=2026-03-01", "query:published_to", "reversed"},
			{"/v1/results?sort=deadline", "query:sort", "not_allowed"}, {"/v1/needs?sort=price", "query:sort", "not_allowed"},
			{"/v1/results?facets=true&state=draft", "query:facets", "not_allowed"}, {"/v1/needs?facets=true&held=true", "query:facets", "not_allowed"}, {"/v1/teams?facets=true&programme=x1", "query:facets", "not_allowed"},
			{"/v1/results?facets=true&updated_since=2026-01-01T00:00:00Z", "query:facets", "not_allowed"}, {"/v1/search?q=x&kind=need&trl_min=4", "query:kind", "not_allowed"},
			{"/v1/search?q=x&price_min=4&urgent=true", "query:kind", "not_allowed"}, {"/v1/search?q=x&kind=team&negotiable=true", "query:kind", "not_allowed"},
		} {
			r := s.Operator.Get(c.path).Refused(400, "invalid_input")
			if r.Text("errors", 0, "pointer") != c.pointer || r.Text("errors", 0, "code") != c.code {
				t.Errorf("%s: %s", c.path, r.Raw)
			}
		}
	})
}

// What search sorts by goes as the lists do, with what tells nothing last; a page of it belongs to its range.
func TestSearchIsSortedByAmounts(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := newSupply(h)
		v, q := h.Visitor(), "&q=%E6%BB%A4%E6%96%99"
		for _, c := range []struct{ path, kind, sort string }{{"/v1/results", "result", "price"}, {"/v1/results", "result", "price_desc"}, {"/v1/needs", "need", "budget"}, {"/v1/needs", "need", "deadline"}} {
			list := []string{}
			for _, title := range titles(v.Get(c.path + "?limit=100&sort=" + c.sort)) {
				if strings.HasPrefix(title, "滤料") {
					list = append(list, title)
				}
			}
			keys := map[string]string{}
			for _, l := range append(s.results, s.needs...) {
				key := fmt.Sprint(l.priced, l.low)
				switch c.sort {
				case "price_desc":
					key = fmt.Sprint(l.priced, l.high)
				case "budget":
					if key = fmt.Sprint(l.priced, l.high); l.high == 1e15 {
						key = fmt.Sprint(l.priced, l.low)
					}
				case "deadline":
					key = l.deadline
				}
				keys[l.title] = key
			}
			in := func(titles []string) (out []string) {
				for _, title := range titles {
					out = append(out, keys[title])
				}
				return out
			}
			same(t, "search by "+c.sort, in(titles(v.Get("/v1/search?limit=100&kind="+c.kind+"&sort="+c.sort+q))), in(list)...)
		}
		next := v.Get("/v1/search?limit=2&price_max=900000&sort=price" + q).Want(200).Text("next_cursor")
		v.Get("/v1/search?limit=2&price_max=900000&sort=price" + q + "&cursor=" + next).Want(200)
		v.Get("/v1/search?limit=2&price_max=900001&sort=price"+q+"&cursor="+next).Refused(400, "invalid_cursor")
	})
}

// Nothing of a poster that keeps its name is found out by narrowing, sorting or counting: not who it is, nor more of its place than the city.
func TestNoFilterOrFacetTellsWhoIsMasked(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		masked, _ := s.ChallengeIn("published", func(body apitest.J) { body["masked"] = true })
		v, q := h.Visitor(), "/v1/search?kind=challenge&q=%E5%96%B7%E6%BC%86"
		h.Eventually("it is found", func() bool { return len(v.Get(q).Want(200).Items()) == 1 })
		for _, who := range []*apitest.Client{v, s.Stranger, s.Editor} {
			for filter, found := range map[string]int{"": 1, "&region=210000": 1, "&region=210100": 1, "&region=210106": 0, "&region=210112": 0, "&region=210200": 0, "&owner_id=" + s.Firm: 0} {
				r := who.Get(q + filter + "&sort=deadline").Want(200)
				if len(r.Items()) != found || r.At("total") != float64(found) {
					t.Errorf("%s finds %s", filter, r.Raw)
				}
				if text := string(r.Raw); strings.Contains(text, s.Firm) || strings.Contains(text, "210106") || strings.Contains(text, "辽浑智造") {
					t.Errorf("%s tells who is masked: %s", filter, r.Raw)
				}
			}
			// Beside a need of the same poster that is public, counts stay those of what is public.
			r := who.Get("/v1/search?q=%E5%96%B7%E6%B6%82%20OR%20%E5%96%B7%E6%BC%86").Want(200)
			for _, f := range r.At("facets").([]any) {
				facet := f.(map[string]any)
				for _, value := range facet["values"].([]any) {
					if facet["name"] == "region" && !strings.HasSuffix(value.(map[string]any)["value"].(string), "00") {
						t.Errorf("a place below its city: %v", value)
					}
				}
			}
			for _, path := range []string{"/v1/needs?facets=true", "/v1/results?facets=true", "/v1/teams?facets=true"} {
				if r := who.Get(path).Want(200); strings.Contains(string(r.Raw), masked) {
					t.Errorf("%s tells of the challenge: %s", path, r.Raw)
				}
			}
		}
	})
}
