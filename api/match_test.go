package api_test

import (
	"math"
	"net/url"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// bazaar is a house with a few published texts to find.
func bazaar(h *apitest.House) *apitest.Stage {
	s := apitest.NewStage(h)
	publish := func(kind string, editor, second *apitest.Client, body j) string {
		r := editor.Post("/v1/"+kind, body).Want(201)
		path := "/v1/" + kind + "/" + r.Text("id")
		r = editor.Act(path+"/submit", r.ETag, nil).Want(200)
		second.Act(path+"/publish", r.ETag, nil).Want(200)
		return r.Text("id")
	}
	s.Result = publish("results", s.Editor, s.Chief, j{
		"owner_id": s.Uni, "title": "低温等离子体协同催化废气净化装置", "field": "environment", "trl": 7, "keywords": []string{"有机废气", "等离子体"},
		"abstract":    "面向喷涂车间大风量、低浓度有机废气，采用介质阻挡放电与锰基催化剂协同，去除率达到百分之九十五以上。",
		"application": "用于汽车、家具喷涂线。", "transfer_modes": []string{"license_ordinary"}, "solves": []string{"喷涂厂的活性炭两个月就要换一次，味道还是大。"}, "price": j{"kind": "fixed", "min": apitest.Money("900000")},
	})
	publish("results", s.Editor, s.Chief, j{
		"owner_id": s.Uni, "title": "磷酸铁锂电池梯次利用分选技术", "field": "new_energy", "keywords": []string{"锂电池", "梯次利用"},
		"abstract": "对退役动力电池做快速分选，十分钟内给出健康状态，误差百分之三以内。",
	})
	h.Clock.Set("2026-03-20T02:00:00Z") // ten days later
	s.Need = publish("needs", s.Buyer, s.Buyer2, j{
		"owner_id": s.Firm, "title": "喷漆房废气味道大", "field": "environment", "keywords": []string{"喷漆废气"},
		"problem":         "喷漆线排出来的废气量大、浓度不高，现在用活性炭吸附，两个月就要换一次，环保还老来查。",
		"technical_terms": []string{"介质阻挡放电"}, "requirements": "去除率不低于百分之九十。", "budget": j{"max": apitest.Money("1500000")}, "cooperation_mode": "license",
	})
	h.Eventually("everything is found", func() bool {
		return s.Visitor().Get("/v1/search?q=%E5%BA%9F%E6%B0%94").Want(200).At("total").(float64) >= 4
	})
	return s
}

func TestAMatchSaysWhyAndWhere(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := bazaar(h)
		r := s.Visitor().Get("/v1/needs/" + s.Need + "/matches?limit=5").Want(200)
		if r.Text("items", 0, "id") != s.Result {
			t.Fatalf("the answer does not come first: %s", r.Raw)
		}
		sum, gains := 0.0, map[string]bool{}
		for i := range r.At("items", 0, "parts").([]any) {
			points := r.At("items", 0, "parts", i, "points").(float64)
			sum += points
			gains[r.Text("items", 0, "parts", i, "name")] = points > 0
		}
		if score := r.At("items", 0, "score").(float64); math.Abs(sum-score) > 0.05 {
			t.Errorf("parts sum to %.2f, the score is %.2f", sum, score)
		}
		zh := r.Text("items", 0, "explanation", "zh")
		if !strings.Contains(zh, "废气") || !gains["field"] || !gains["mode"] { // each of these adds less than a point to so high a score: it is among the parts, and not said
			t.Errorf("explanation %s, parts %v", zh, gains)
		}
		// Each place holds, in the record as the API gives it, what the phrase says.
		need, result := s.Visitor().Get("/v1/needs/"+s.Need).Want(200), s.Visitor().Get("/v1/results/"+s.Result).Want(200)
		places, fields := 0, map[string]bool{}
		for i := range r.At("items", 0, "phrases").([]any) {
			for side, record := range map[string]*apitest.Response{"here": need, "there": result} {
				word := r.Text("items", 0, "phrases", i, map[string]string{"here": "text", "there": "found"}[side])
				for k := range r.At("items", 0, "phrases", i, side).([]any) {
					places++
					fields[r.Text("items", 0, "phrases", i, side, k, "field")] = true
					at := func(name string) any { return r.At("items", 0, "phrases", i, side, k, name) }
					if got := cut(record, at("field").(string), at("from").(float64), at("to").(float64)); got != word {
						t.Errorf("%s %v: %q stands there, not %q", side, at("field"), got, word)
					}
				}
			}
		}
		if !fields["solves/0"] || !fields["technical_terms/0"] {
			t.Errorf("neither the plain sentence nor the specialists' word is a reason: %v", fields)
		}
		if places < 4 {
			t.Errorf("only %d places: %s", places, r.Raw)
		}
	})
}

// cut takes the characters of a field, named as places name it.
func cut(r *apitest.Response, field string, from, to float64) string {
	name, item, _ := strings.Cut(field, "/")
	text := ""
	if item != "" {
		text = r.Text(name, int(item[0]-'0'))
	} else {
		text = r.Text(name)
	}
	return string([]rune(text)[int(from):int(to)])
}

func TestAFreeTextIsMatchedAndNotKept(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := bazaar(h)
		const text = "退役的电动车电池，想挑出还能用的，检测太慢"
		ask := func(body j) *apitest.Response { return s.Visitor().Do("POST", "/v1/matches", body, nil) }
		r := ask(j{"kind": "result", "limit": 1, "text": text}).Want(200)
		if r.Text("items", 0, "title") != "磷酸铁锂电池梯次利用分选技术" {
			t.Errorf("%s", r.Raw)
		}
		for i := range r.At("items", 0, "parts").([]any) {
			if r.Text("items", 0, "parts", i, "name") == "field" {
				t.Errorf("a field counts that nobody asked for: %s", r.Raw)
			}
		}
		for _, short := range []string{"电池", "电池分选"} { // few words are answered, too
			if got := ask(j{"kind": "result", "limit": 1, "text": short}).Want(200); len(got.Items()) != 1 || got.Text("items", 0, "title") != r.Text("items", 0, "title") {
				t.Errorf("%s: %s", short, got.Raw)
			}
		}
		if got := ask(j{"kind": "result", "text": strings.Repeat("退役的电动车电池，", 500)}).Want(200); got.Text("items", 0, "title") != r.Text("items", 0, "title") {
			t.Errorf("a long text: %s", got.Raw)
		}
		// Where nothing fits that is said, and weak matches come only when they are asked for, none of them at 0.
		const other = "海参苗种越夏死亡率高，池塘水温一上来就化皮，想找耐高温的苗种选育办法，成活率要提高三成以上，成本不能涨。"
		if got := ask(j{"kind": "result", "text": other}).Want(200); len(got.Items()) != 0 || got.At("nothing_fits") != true {
			t.Errorf("something fits: %s", got.Raw)
		}
		weak := ask(j{"kind": "result", "text": other, "weak": true}).Want(200)
		for i := range weak.Items() {
			if weak.At("items", i, "score").(float64) < 0.05 {
				t.Errorf("listed at 0: %s", weak.Raw)
			}
		}
		if weak.At("nothing_fits") != true {
			t.Errorf("the weak ones fit: %s", weak.Raw)
		}
		none := ask(j{"kind": "result", "limit": 5, "field": "nuclear", "text": text}).Want(200)
		if len(none.Items()) != 0 {
			t.Errorf("a filter let something of another field through: %s", none.Raw)
		}
	})
}

func TestSearchCountsMarksAndSaysHowItRead(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := bazaar(h)
		find := func(q, more string) *apitest.Response {
			return s.Visitor().Get("/v1/search?q=" + url.QueryEscape(q) + more).Want(200)
		}
		r := find("净化 催化", "")
		if r.At("total") != 1.0 || r.At("reading") != "all" || r.Text("items", 0, "id") != s.Result {
			t.Errorf("several words in any order: %s", r.Raw)
		}
		marked := false
		for i := range r.At("items", 0, "fragments").([]any) {
			for k := range r.At("items", 0, "fragments", i, "marks").([]any) {
				text := []rune(r.Text("items", 0, "fragments", i, "text"))
				mark := func(end string) int { return int(r.At("items", 0, "fragments", i, "marks", k, end).(float64)) }
				word := string(text[mark("from"):mark("to")])
				marked = marked || word == "净化" || word == "催化"
			}
		}
		if !marked {
			t.Errorf("nothing is marked at the right characters: %s", r.Raw)
		}
		if r := find(`"动力电池"`, ""); r.At("total") != 1.0 {
			t.Errorf("a phrase within a longer word: %s", r.Raw)
		}
		if r := find("废气 -等离子体", "&kind=result"); strings.Contains(string(r.Raw), s.Result) {
			t.Errorf("an excluded word is there: %s", r.Raw)
		}
		if r := find("废气 区块链", ""); r.At("reading") == "all" {
			t.Errorf("nothing has both, but it says all: %s", r.Raw)
		}
		if r := find("？！", ""); r.At("total") != 0.0 || r.Text("notes", 0) != "nothing_to_find" {
			t.Errorf("only punctuation: %s", r.Raw)
		}
		for _, name := range []string{"盛北理工", "sblgdx", "shengbei"} {
			if r := find(name, "&kind=result"); r.At("reading") != "all" || r.At("total").(float64) < 2 || r.Text("items", 0, "owner", "name") != "盛北理工大学" {
				t.Errorf("an organization by %s: %s", name, r.Raw)
			}
		}
		if r := find("VOCs", ""); len(r.At("synonyms").([]any)) == 0 {
			t.Errorf("a word of the trade has no synonyms: %s", r.Raw)
		}
		if r := find("废气", "&sort=newest"); r.Text("items", 0, "id") != s.Need {
			t.Errorf("the newest does not come first: %s", r.Raw)
		}
		facets := find("废气", "")
		counts := map[string]float64{}
		for i := range facets.At("facets").([]any) {
			for k := range facets.At("facets", i, "values").([]any) {
				counts[facets.Text("facets", i, "name")+":"+facets.Text("facets", i, "values", k, "label")] = facets.At("facets", i, "values", k, "count").(float64)
			}
		}
		if counts["kind:科技成果"]+counts["kind:技术需求"] != facets.At("total") || counts["owner_id:盛北理工大学"] == 0 {
			t.Errorf("counts %v, total %v", counts, facets.At("total"))
		}
	})
}

// What is not public tells itself nowhere: not in hits, counts, suggestions, matches or doubles.
func TestADraftIsNowhereToBeFound(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := bazaar(h)
		secret := j{"owner_id": s.Uni, "title": "石墨烯散热膜的卷对卷制备", "field": "new_materials", "keywords": []string{"石墨烯散热膜"},
			"abstract": "石墨烯散热膜卷对卷连续制备，面内热导率高。", "confidential": "配方甲乙丙丁"}
		draft := s.Editor.Post("/v1/results", secret).Want(201)
		path := "/v1/results/" + draft.Text("id")
		submitted := s.Editor.Act(path+"/submit", draft.ETag, nil).Want(200)
		nowhere := func(word string) {
			h.Helper()
			q := url.QueryEscape(word)
			found := s.Visitor().Get("/v1/search?q=" + q).Want(200)
			suggested := s.Visitor().Get("/v1/suggestions?q=" + q).Want(200)
			matched := s.Visitor().Do("POST", "/v1/matches", j{"kind": "result", "text": word + "的连续制备，要求热导率高"}, nil).Want(200)
			for _, r := range []*apitest.Response{found, suggested, matched} {
				if strings.Contains(string(r.Raw), draft.Text("id")) || strings.Contains(string(r.Raw), "卷对卷") {
					t.Errorf("%s tells of it: %s", r.Request, r.Raw)
				}
			}
			if found.At("reading") == "all" && found.At("total") != 0.0 {
				t.Errorf("%s is counted: %s", word, found.Raw)
			}
		}
		nowhere("石墨烯散热膜")
		published := s.Chief.Act(path+"/publish", submitted.ETag, nil).Want(200)
		h.Eventually("it is found once it is public", func() bool {
			return s.Visitor().Get("/v1/search?q="+url.QueryEscape("石墨烯散热膜")).Want(200).At("total") == 1.0
		})
		suggested := s.Visitor().Get("/v1/suggestions?q=" + url.QueryEscape("石墨")).Want(200)
		if !strings.Contains(string(suggested.Raw), "石墨烯散热膜") {
			t.Errorf("suggestions: %s", suggested.Raw)
		}
		if r := s.Visitor().Get("/v1/search?q=" + url.QueryEscape("甲乙丙丁")).Want(200); r.At("reading") == "all" && r.At("total") != 0.0 {
			t.Errorf("a confidential word is indexed: %s", r.Raw)
		}

		// A double is told to its writer before submission, and to nobody else.
		again := s.Editor.Post("/v1/results", j{"owner_id": s.Uni, "title": "石墨烯散热膜的卷对卷制备方法", "field": "new_materials",
			"abstract": "石墨烯散热膜卷对卷连续制备，面内热导率很高。"}).Want(201)
		similar := s.Editor.Get("/v1/results/" + again.Text("id") + "/similar").Want(200)
		if len(similar.Items()) != 1 || similar.Text("items", 0, "id") != draft.Text("id") || similar.At("items", 0, "overlap").(float64) < 0.55 {
			t.Errorf("doubles: %s", similar.Raw)
		}
		s.Visitor().Get("/v1/results/"+again.Text("id")+"/similar").Refused(404, "not_found")

		s.Editor.Act(path+"/withdraw", published.ETag, nil).Want(200)
		if r := s.Visitor().Get("/v1/search?q=" + url.QueryEscape("石墨烯散热膜")).Want(200); strings.Contains(string(r.Raw), draft.Text("id")) {
			t.Errorf("a hit that was withdrawn a moment ago: %s", r.Raw)
		}
		h.Eventually("it leaves the index, too", func() bool {
			r := s.Visitor().Get("/v1/search?q=" + url.QueryEscape("石墨烯散热膜")).Want(200)
			return r.At("reading") != "all" || r.At("total") == 0.0
		})
		nowhere("石墨烯散热膜")
	})
}

// The same thing entered twice shows before it is submitted, to its owner's people and to nobody else.
func TestNearTwinsAmongOnesOwnDraftsAreShown(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		enter := func(title string) string {
			return s.Editor.Post("/v1/results", j{"owner_id": s.Uni, "title": title, "field": "new_materials",
				"abstract": "以卷对卷工艺连续制备高导热石墨膜，面内热导率达到每米开尔文一千五百瓦，已用于手机与基站散热。"}).Want(201).Text("id")
		}
		first, second := enter("高导热石墨膜连续制备"), enter("高导热石墨膜的连续制备技术")
		enter("毫不相干的一项") // with the same text: a twin as well
		found := s.Editor.Get("/v1/results/" + first + "/similar").Want(200)
		if len(found.Items()) != 2 || !strings.Contains(string(found.Raw), second) || strings.Contains(string(found.Raw), `"id":"`+first) {
			t.Errorf("a draft's twins: %s", found.Raw)
		}
		s.Visitor().Get("/v1/results/" + first + "/similar").Want(404)
		etag := s.Editor.Get("/v1/results/" + first).Want(200).ETag
		etag = s.Editor.Act("/v1/results/"+first+"/submit", etag, nil).Want(200).ETag
		s.Chief.Act("/v1/results/"+first+"/publish", etag, nil).Want(200)
		for who, c := range map[string]*apitest.Client{"a visitor": s.Visitor(), "a stranger": s.Stranger, "the buyer": s.Buyer} {
			if got := c.Get("/v1/results/" + first + "/similar").Want(200); len(got.Items()) != 0 {
				t.Errorf("%s is told of drafts: %s", who, got.Raw)
			}
		}
		if got := s.Chief.Get("/v1/results/" + first + "/similar").Want(200); len(got.Items()) != 2 {
			t.Errorf("another member: %s", got.Raw)
		}
	})
}

// A patent is found by its number, however that is written, and a result with the number of another is told to who writes it and who looks at it.
func TestSamePatentNumbers(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		body := func(owner, title, number string) j {
			return j{"owner_id": owner, "title": title, "field": "new_materials", "abstract": title + "，用于工业现场，已完成中试。",
				"intellectual_property": []j{{"kind": "invention_patent", "number": number, "status": "granted", "holder": "盛北理工大学"}}}
		}
		first := s.Editor.Post("/v1/results", body(s.Uni, "石墨烯散热膜", "ZL202319000123.1")).Want(201)
		if got := first.At("intellectual_property", 0, "normal_number"); got != "CN202319000123.1" {
			t.Errorf("normal form: %v", got)
		}
		if r := s.Editor.Post("/v1/results", body(s.Uni, "校验位不符的一项", "ZL202319000123.2")); !strings.Contains(string(r.Refused(400, "invalid_input").Raw), "应为 1") {
			t.Errorf("a wrong check digit: %s", r.Raw)
		}
		path := "/v1/results/" + first.Text("id")
		etag := s.Editor.Act(path+"/submit", first.ETag, nil).Want(200).ETag
		etag = s.Chief.Act(path+"/publish", etag, nil).Want(200).ETag
		for _, asked := range []string{"ZL202319000123.1", "zl 2023 1 9000123", "专利号：２０２３１９０００１２３．１", "CN202319000123.1"} {
			h.Eventually("it is found by "+asked, func() bool {
				r := s.Visitor().Get("/v1/search?q=" + url.QueryEscape(asked)).Want(200)
				return r.At("total") == 1.0 && r.Text("items", 0, "id") == first.Text("id")
			})
		}
		if r := s.Visitor().Get("/v1/search?q=ZL202319000999").Want(200); strings.Contains(string(r.Raw), first.Text("id")) {
			t.Errorf("another number finds it: %s", r.Raw)
		}
		// In other words, and with the same patent.
		again := s.Editor.Post("/v1/results", body(s.Uni, "高炉煤气余压发电机组", "202319000123")).Want(201)
		etagAgain := s.Editor.Act("/v1/results/"+again.Text("id")+"/submit", again.ETag, nil).Want(200).ETag
		for who, c := range map[string]*apitest.Client{"the writer": s.Editor, "the second person": s.Chief} {
			r := c.Get("/v1/results/" + again.Text("id") + "/similar").Want(200)
			if len(r.Items()) != 1 || r.Text("items", 0, "id") != first.Text("id") || r.Text("items", 0, "same_numbers", 0) != "CN202319000123.1" || r.Text("items", 0, "owner", "name") == "" {
				t.Errorf("%s is told %s", who, r.Raw)
			}
		}
		if r := s.Visitor().Get(path + "/similar").Want(200); len(r.Items()) != 0 {
			t.Errorf("a visitor is told of a draft: %s", r.Raw)
		}
		// What a revision brings is compared before it is public; the other stays published.
		s.Chief.Act("/v1/results/"+again.Text("id")+"/return", etagAgain, j{"reason": "同一专利已登记成果"}).Want(200)
		other := s.Editor.Post("/v1/results", body(s.Uni, "高炉煤气余压发电机组（二）", "WO2023/900123")).Want(201)
		revised := s.Editor.Put(path, etag, body(s.Uni, "石墨烯散热膜", "WO 2023/900123 A1")).Want(200)
		if revised.At("intellectual_property", 0, "number") != "WO 2023/900123 A1" {
			t.Errorf("the revision: %s", revised.Raw)
		}
		if r := s.Chief.Get(path + "/similar").Want(200); r.Text("items", 0, "id") != other.Text("id") || r.At("items", 0, "same_numbers", 0) != "WO2023/900123" {
			t.Errorf("of the revision is told %s", r.Raw)
		}
	})
}
