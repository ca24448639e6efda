package match_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebang/api/apitest"
)

type j = apitest.J

// facet is the counts of a facet by its values.
func facet(r *apitest.Response, name string) map[string]int {
	out := map[string]int{}
	for i, f := range r.Body["facets"].([]any) {
		if f.(map[string]any)["name"] != name {
			continue
		}
		for k := range r.At("facets", i, "values").([]any) {
			out[r.Text("facets", i, "values", k, "value")] = int(r.At("facets", i, "values", k, "count").(float64))
		}
	}
	return out
}

// listed are the ids of a page.
func listed(r *apitest.Response) string {
	var ids []string
	for i := range r.Items() {
		ids = append(ids, r.Text("items", i, "id"))
	}
	return strings.Join(ids, " ")
}

func inHall(h *apitest.House, n int) {
	h.Helper()
	h.Eventually(fmt.Sprintf("%d are in the hall", n), func() bool {
		return h.Visitor().Get("/v1/hall").Want(200).At("total") == float64(n)
	})
}

func TestTheHallIsSearchedNarrowedCountedAndSorted(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		reward := func(yuan string) j {
			return j{"amount": apitest.Money(yuan), "mode": "milestones", "funders": []any{j{"kind": "poster", "amount": apitest.Money(yuan)}}}
		}
		small, _ := s.ChallengeIn("published", func(b j) {
			b["reward"], b["bottleneck"], b["wanted_level"], b["chains"] = reward("499999.99"), true, "international_lead", []any{"environmental"}
		})
		h.Clock.Set(h.Clock.Now().Add(time.Hour).Format(time.RFC3339))
		exact, _ := s.ChallengeIn("published", func(b j) {
			b["reward"], b["title"], b["problem"] = reward("500000.00"), "退役动力电池快速分选", "退役动力电池逐只检测耗时太长，须在十分钟内判定健康状态。"
		})
		h.Clock.Set(h.Clock.Now().Add(time.Hour).Format(time.RFC3339))
		large, tag := s.ChallengeIn("published", func(b j) { b["reward"] = reward("10000000.00") })
		s.ChallengeIn("refining")
		cancelled, _ := s.ChallengeIn("published")
		s.Operator.Act("/v1/challenges/"+cancelled+"/cancel", s.Operator.Get("/v1/challenges/"+cancelled).ETag, j{"reason": "发榜方经营情况变化，终止。"}).Want(200)
		inHall(h, 3)
		hall := func(query string) *apitest.Response { h.Helper(); return s.Visitor().Get("/v1/hall" + query).Want(200) }
		ids := func(all ...string) string { return strings.Join(all, " ") }
		for _, c := range []struct{ query, want string }{
			{"", ids(small, exact, large)}, {"?sort=deadline", ids(small, exact, large)}, {"?sort=newest", ids(large, exact, small)}, {"?sort=reward", ids(large, exact, small)},
			{"?reward=below_500k", small}, {"?reward=from_500k", exact}, {"?reward=from_10m", large}, {"?reward=from_1m", ""},
			{"?bottleneck=true", small}, {"?bottleneck=false", ids(exact, large)}, {"?wanted_level=international_lead", small}, {"?wanted_level=domestic_lead", ""},
			{"?chain=environmental", small}, {"?field=nuclear", ""}, {"?region=210000", ids(small, exact, large)}, {"?region=210100", ids(small, exact, large)},
			{"?region=210106", ids(small, exact, large)}, {"?region=210112", ""}, {"?time_left=within_30_days", ids(small, exact, large)}, {"?time_left=over_30_days", ""},
			{"?q=" + url.QueryEscape("动力电池 分选"), exact}, {"?owner_id=" + s.Firm, ids(small, exact, large)}, {"?owner_id=" + s.Uni, ""},
		} {
			if got := listed(hall(c.query)); got != c.want {
				t.Errorf("%s: %s, want %s", c.query, got, c.want)
			}
		}
		r := hall("?reward=from_500k")
		for name, want := range map[string]string{
			"reward": "map[below_500k:1 from_10m:1 from_500k:1]", "time_left": "map[within_30_days:1]", "bottleneck": "map[false:1]", "region": "map[210100:1]", "chain": "map[]",
		} {
			if got := fmt.Sprint(facet(r, name)); got != want {
				t.Errorf("facet %s beside a reward that is chosen: %s, want %s", name, got, want)
			}
		}
		r = hall("?chain=environmental&bottleneck=true")
		if got := fmt.Sprint(facet(r, "bottleneck"), facet(r, "reward"), facet(r, "wanted_level")); got != "map[true:1] map[below_500k:1] map[international_lead:1]" {
			t.Errorf("%s", got)
		}
		item := hall("?reward=from_10m").At("items", 0).(map[string]any)
		if left := item["seconds_left"].(float64); left > 30*24*3600 || left < 30*24*3600-5 || item["owner_region"] != "210106" || item["owner"].(map[string]any)["name"] != "辽浑智造装备有限公司" {
			t.Errorf("%v", item)
		}
		// A page goes on where the one before ended, though time goes by.
		first := hall("?limit=2")
		h.Clock.Set(h.Clock.Now().Add(time.Minute).Format(time.RFC3339))
		if got := listed(hall("?limit=2&cursor=" + url.QueryEscape(first.Text("next_cursor")))); got != large {
			t.Errorf("the second page: %s", got)
		}
		s.Visitor().Get("/v1/hall?limit=2&reward=from_10m&cursor="+url.QueryEscape(first.Text("next_cursor"))).Refused(400, "invalid_cursor")
		s.Visitor().Get("/v1/hall?region=999999").Refused(400, "invalid_input")
		s.Visitor().Get("/v1/hall?chain=none").Refused(400, "invalid_input")

		// An addendum moves a deadline; at its moment, to the second, a challenge is no more in the hall, whoever has opened it.
		s.SignInAgain()
		s.Operator.Act("/v1/challenges/"+large+"/addenda", tag, j{"change": "测定时长改为七日。", "deadline": h.Clock.Now().Add(40 * 24 * time.Hour).Format(time.RFC3339)}).Want(200)
		h.Eventually("the new deadline is known", func() bool { return facet(hall(""), "time_left")["over_30_days"] == 1 })
		deadline, err := time.Parse(time.RFC3339, s.Visitor().Get("/v1/challenges/"+small).Want(200).Text("deadline"))
		if err != nil {
			t.Fatal(err)
		}
		h.Clock.Set(deadline.Add(-time.Second).Format(time.RFC3339))
		if r := hall("?time_left=within_1_day"); listed(r) != ids(small, exact) || r.At("items", 0, "seconds_left").(float64) > 1 {
			t.Errorf("a second before: %s", r.Raw)
		}
		h.Clock.Set(deadline.Format(time.RFC3339))
		if r := hall(""); listed(r) != ids(exact, large) || r.At("total") != 2.0 || facet(r, "bottleneck")["true"] != 0 {
			t.Errorf("at its deadline: %s", r.Raw)
		}
	})
}

// A poster that keeps its name is told by no surface of search, of match and of the hall, and by all of them from the award on.
func TestAMaskedPosterIsNotToldUntilTheAward(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		const code = "HH-9-秘"
		masked, _ := s.OpenedIn("notice", func(b j) {
			b["masked"], b["external_ids"], b["keywords"] = true, []any{j{"scheme": "erp", "id": code}}, []any{"喷漆废气"}
			b["title"] = "低浓度喷漆废气长期净化"
		})
		second, _ := s.ChallengeIn("published", func(b j) { b["masked"], b["external_ids"] = true, []any{j{"scheme": "erp", "id": code + "2"}} })
		q := url.QueryEscape
		found := func(n float64) {
			h.Helper()
			h.Eventually("all are found", func() bool {
				return s.Visitor().Get("/v1/search?kind=challenge&q="+q("废气")).Want(200).At("total") == n
			})
		}
		found(2)
		for _, typed := range []string{"辽", "辽浑", "lh", "lhzz", "liaohun"} {
			if r := s.Visitor().Get("/v1/suggestions?kind=challenge&q=" + q(typed)).Want(200); len(r.Items()) != 0 {
				t.Errorf("%s is completed: %s", typed, r.Raw)
			}
		}
		named, _ := s.ChallengeIn("published")
		found(3)
		surfaces := []string{"/v1/challenges/" + masked, "/v1/challenges/" + second, "/v1/challenges/" + second + "/matches", "/v1/challenges/" + second + "/similar",
			"/v1/files?object_kind=challenge&object_id=" + second}
		for _, query := range []string{
			"", "?sort=newest", "?sort=reward", "?q=" + q("废气"), "?q=" + q("辽浑智造"), "?q=lhzz", "?region=210100", "?region=210106", "?bottleneck=false", "?limit=1",
		} {
			surfaces = append(surfaces, "/v1/hall"+query)
		}
		for _, query := range []string{"q=" + q("喷漆废气"), "q=" + q("辽浑智造"), "q=liaohun", "q=" + q(code), "sort=newest&q=" + q("废气")} {
			surfaces = append(surfaces, "/v1/search?kind=challenge&"+query)
		}
		surfaces = append(surfaces, "/v1/results/"+s.Result+"/matches?limit=100", "/v1/suggestions?q="+q("喷漆"))
		// What tells of the need and the other challenge, which have a name, is left out of what is looked at.
		for _, reader := range []*apitest.Client{s.Visitor(), s.Stranger, s.Editor} {
			for _, at := range surfaces {
				for _, seen := range apart(reader.Get(at).Want(200), named, s.Need) {
					for _, canary := range []string{s.Firm, "辽浑", code, "210106", "铁西"} {
						if strings.Contains(seen, canary) {
							t.Errorf("%s tells %s %q: %s", at, reader.Username, canary, seen)
						}
					}
				}
			}
			for _, c := range []struct{ at, want string }{
				{"/v1/hall?owner_id=" + s.Firm, named}, {"/v1/hall?region=210106", named}, {"/v1/hall?q=" + q("辽浑智造"), named}, {"/v1/hall?q=lhzz", named},
				{"/v1/search?kind=challenge&owner_id=" + s.Firm + "&q=" + q("废气"), named}, {"/v1/search?kind=challenge&q=" + q("辽浑智造"), named},
				{"/v1/challenges?owner_id=" + s.Firm, named}, {"/v1/challenges?external_scheme=erp&external_id=" + q(code), ""},
				{"/v1/external-ids?scheme=erp&id=" + q(code), ""}, {"/v1/external-ids?kind=challenge&scheme=erp&id=" + q(code+"2"), ""},
			} {
				r := reader.Get(c.at).Want(200)
				if got := listed(r); got != c.want {
					t.Errorf("%s finds %s by %s: %s", reader.Username, c.want, c.at, got)
				}
				if total, counted := r.Body["total"]; counted && total != float64(len(r.Items())) {
					t.Errorf("%s counts more than it shows: %s", c.at, r.Raw)
				}
			}
			if got := fmt.Sprint(facet(reader.Get("/v1/search?kind=challenge&q="+q("废气")).Want(200), "owner_id")); got != "map["+s.Firm+":1]" {
				t.Errorf("%s counts by owners: %s", reader.Username, got)
			}
			if r := reader.Get("/v1/hall?region=210100").Want(200); r.At("total") != 2.0 || fmt.Sprint(facet(r, "region")) != "map[210100:2]" {
				t.Errorf("by its city it is found: %s", r.Raw)
			}
		}
		// Its own people and the bureau know.
		for _, reader := range []*apitest.Client{s.Buyer, s.Operator} {
			if r := reader.Get("/v1/external-ids?scheme=erp&id=" + q(code)).Want(200); listed(r) != masked || r.Text("items", 0, "path") != "/v1/challenges/"+masked {
				t.Errorf("%s: %s", reader.Username, r.Raw)
			}
			if r := reader.Get("/v1/challenges?external_scheme=erp&external_id=" + q(code)).Want(200); listed(r) != masked || r.Text("items", 0, "external_ids", 0, "id") != code {
				t.Errorf("%s: %s", reader.Username, r.Raw)
			}
			if r := reader.Get("/v1/hall").Want(200); !strings.Contains(string(r.Raw), "辽浑") {
				t.Errorf("%s: %s", reader.Username, r.Raw)
			}
		}

		s.EndNotice(masked)
		r := s.Operator.Act("/v1/challenges/"+masked+"/award", s.Operator.Get("/v1/challenges/"+masked).ETag, nil).Want(200)
		if r.Text("state") != "awarded" {
			t.Fatalf("%s", r.Raw)
		}
		v := s.Visitor()
		h.Eventually("it is found by its poster", func() bool {
			return strings.Contains(listed(v.Get("/v1/search?kind=challenge&q="+q("辽浑智造")).Want(200)), masked)
		})
		told := v.Get("/v1/challenges/" + masked).Want(200)
		if told.Text("owner", "id") != s.Firm || told.Text("owner_region") != "210106" || told.Text("external_ids", 0, "id") != code {
			t.Errorf("after the award: %s", told.Raw)
		}
		for _, at := range []string{"/v1/challenges?owner_id=" + s.Firm, "/v1/challenges?external_scheme=erp&external_id=" + q(code), "/v1/external-ids?scheme=erp&id=" + q(code),
			"/v1/search?kind=challenge&owner_id=" + s.Firm + "&q=" + q("废气")} {
			if r := v.Get(at).Want(200); !strings.Contains(listed(r), masked) || strings.Contains(listed(r), second) {
				t.Errorf("after the award, by %s: %s", at, r.Raw)
			}
		}
	})
}

// apart are the items of a page without those of some records, and what stands beside them; of what is no page, the whole.
func apart(r *apitest.Response, records ...any) []string {
	if _, page := r.Body["items"].([]any); !page {
		return []string{fmt.Sprint(r.Body)}
	}
	var out []string
	for _, i := range r.Body["items"].([]any) {
		item, structured := i.(map[string]any)
		if !structured || !slices.Contains(records, item["id"]) {
			out = append(out, fmt.Sprint(i))
		}
	}
	for name, value := range r.Body {
		if name != "items" && name != "facets" {
			out = append(out, fmt.Sprint(value))
		}
	}
	return out
}

func TestAChallengeIsMatchedBothWays(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		challenge, _ := s.ChallengeIn("published", func(b j) { b["need_id"] = s.Need })
		refining, _ := s.ChallengeIn("refining")
		h.Eventually("it is matched", func() bool {
			return strings.Contains(listed(s.Visitor().Get("/v1/results/"+s.Result+"/matches").Want(200)), challenge)
		})
		r := s.Visitor().Get("/v1/challenges/" + challenge + "/matches").Want(200)
		if !strings.Contains(listed(r), s.Result) || r.At("items", 0, "score").(float64) <= 0 || len(r.At("items", 0, "phrases").([]any)) == 0 || r.Text("items", 0, "explanation", "zh") == "" {
			t.Errorf("who could take it up: %s", r.Raw)
		}
		// The need that it was is matched as the challenge.
		r = s.Visitor().Get("/v1/results/" + s.Result + "/matches").Want(200)
		if strings.Contains(listed(r), s.Need) || strings.Contains(listed(r), refining) {
			t.Errorf("%s", r.Raw)
		}
		for i := range r.Items() {
			if r.Text("items", i, "id") == challenge && (r.Text("items", i, "kind") != "challenge" || r.Text("items", i, "terms", "challenge", "state") != "published") {
				t.Errorf("%s", r.Raw)
			}
		}
		// Its people try it before it is published, others do not know of it.
		if r := s.Buyer.Get("/v1/challenges/" + refining + "/matches").Want(200); !strings.Contains(listed(r), s.Result) {
			t.Errorf("%s", r.Raw)
		}
		s.Stranger.Get("/v1/challenges/"+refining+"/matches").Refused(404, "not_found")
		text := s.Visitor().Do("POST", "/v1/matches", j{"kind": "challenge", "text": "喷漆废气净化，风量大、浓度低，不用频繁换活性炭"}, nil).Want(200)
		if listed(text) != challenge {
			t.Errorf("a text finds %s", text.Raw)
		}
		// At its deadline it takes part no more, whether it was opened or not.
		deadline, err := time.Parse(time.RFC3339, s.Visitor().Get("/v1/challenges/"+challenge).Want(200).Text("deadline"))
		if err != nil {
			t.Fatal(err)
		}
		h.Clock.Set(deadline.Format(time.RFC3339))
		if r := s.Visitor().Get("/v1/results/" + s.Result + "/matches").Want(200); strings.Contains(listed(r), challenge) {
			t.Errorf("after its deadline: %s", r.Raw)
		}
	})
}
