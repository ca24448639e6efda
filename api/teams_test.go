package api_test

import (
	"net/url"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// hidden is what nobody but a team's own people and operators reads of it: a canary in each field.
var hidden = []string{"隐去名", "幕后者", "放电参数三千伏", "辽密字〔2024〕5号", "沈内字〔2025〕7号", "联络人甲", "024-23899999", "retracted"}

// lab publishes a team of the university with a canary in each hidden field.
func lab(s *apitest.Stage) (path, etag string) {
	r := s.Editor.Post("/v1/teams", j{
		"owner_id": s.Uni, "title": "涂装废气低温净化团队", "field": "environment", "other_fields": []string{"new_materials"}, "keywords": []string{"喷漆废气", "等离子体"},
		"introduction": "长期研究喷涂车间大风量、低浓度有机废气的低温等离子体净化，有校内中试平台。", "capabilities": "可到现场测量喷漆线废气，并承接净化工艺包设计。",
		"equipment": "移动中试撬一台。", "seeks": "寻求提供喷漆房现场的企业。", "past_results": "完成十一条喷涂线的治理。",
		"leader":     j{"name": "林砚舟", "title": "教授"},
		"people":     []j{{"name": "沈以宁", "title": "副教授", "name_public": true}, {"name": "隐去名", "title": "研究员"}, {"name": "幕后者", "name_public": false}},
		"programmes": []j{{"name": "兴辽英才", "from": "2024-05-01", "evidence": "辽密字〔2024〕5号"}}, "confidential": "放电参数三千伏", "result_ids": []string{s.Result},
	}).Want(201)
	path = "/v1/teams/" + r.Text("id")
	r = s.Editor.Act(path+"/submit", r.ETag, nil).Want(200)
	r = s.Chief.Act(path+"/publish", r.ETag, nil).Want(200)
	r = s.Chief.Put(path+"/offer", r.ETag, j{"contact": j{"name": "联络人甲", "phone": "024-23899999"}, "withheld_names": []any{}}).Want(200)
	r = s.Operator.Put(path+"/programmes", r.ETag, j{"programmes": []j{{"name": "带土移植", "from": "2025-03-01", "evidence": "沈内字〔2025〕7号"}}}).Want(200)
	return path, r.ETag
}

func ids(r *apitest.Response) (out []string) {
	for i := range r.Items() {
		out = append(out, r.Text("items", i, "id"))
	}
	return out
}

// A need is answered by results and by teams, each of which can be asked for alone; a team is answered by needs.
func TestTeamsAreFoundAndMatched(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := bazaar(h)
		path, etag := lab(s)
		id, v := strings.TrimPrefix(path, "/v1/teams/"), s.Visitor()
		find := func(q, more string) *apitest.Response {
			return v.Get("/v1/search?q=" + url.QueryEscape(q) + more).Want(200)
		}
		h.Eventually("the team is found by its programme", func() bool {
			r := find("带土移植", "&kind=team")
			return r.At("total") == 1.0 && r.Text("items", 0, "id") == id
		})
		both := v.Get("/v1/needs/" + s.Need + "/matches").Want(200)
		if got := strings.Join(ids(both), " "); !strings.Contains(got, id) || !strings.Contains(got, s.Result) {
			t.Errorf("the need is answered by %s", both.Raw)
		}
		alone := v.Get("/v1/needs/" + s.Need + "/matches?kind=team").Want(200)
		if got := ids(alone); len(got) != 1 || got[0] != id || alone.Text("items", 0, "kind") != "team" || alone.At("items", 0, "score").(float64) < 40 {
			t.Errorf("teams alone: %s", alone.Raw)
		}
		for _, m := range v.Get("/v1/needs/" + s.Need + "/matches?kind=result").Want(200).Items() {
			if m.(map[string]any)["kind"] != "result" {
				t.Errorf("results alone: %v", m)
			}
		}
		v.Get("/v1/needs/"+s.Need+"/matches?kind=need").Refused(400, "invalid_input")
		back := v.Get(path + "/matches").Want(200)
		if back.Text("items", 0, "id") != s.Need || back.Text("items", 0, "kind") != "need" {
			t.Errorf("the team is answered by %s", back.Raw)
		}
		team := v.Get(path).Want(200)
		for i := range back.At("items", 0, "phrases").([]any) { // each place holds, in the team as the API gives it, what the phrase says
			for k := range back.At("items", 0, "phrases", i, "here").([]any) {
				at := func(name string) any { return back.At("items", 0, "phrases", i, "here", k, name) }
				if got := cut(team, at("field").(string), at("from").(float64), at("to").(float64)); got != back.Text("items", 0, "phrases", i, "text") {
					t.Errorf("%v: %q stands there", at("field"), got)
				}
			}
		}
		if r := v.Do("POST", "/v1/matches", j{"kind": "team", "text": "喷漆房废气味道大，想请人来测一测再做净化"}, nil).Want(200); r.Text("items", 0, "id") != id {
			t.Errorf("a free text finds %s", r.Raw)
		}
		for _, name := range []string{"林砚舟", "沈以宁", "linyanzhou"} {
			if r := find(name, "&kind=team"); r.At("total") != 1.0 {
				t.Errorf("by %s: %s", name, r.Raw)
			}
		}
		if r := find("废气", "&field=new_materials"); r.At("total") != 1.0 || r.Text("items", 0, "id") != id {
			t.Errorf("by another field of its: %s", r.Raw)
		}
		if r := v.Get("/v1/teams?programme=" + url.QueryEscape("带土移植")).Want(200); len(r.Items()) != 1 || r.Text("items", 0, "programmes", 0, "name") != "带土移植" {
			t.Errorf("by its programme: %s", r.Raw)
		}
		challenge, _ := s.ChallengeIn("published") // matched both ways, too
		h.Eventually("a challenge finds the team and the team the challenge", func() bool {
			found, back := v.Get("/v1/challenges/"+challenge+"/matches?kind=team").Want(200), v.Get(path+"/matches?kind=challenge").Want(200)
			return strings.Join(ids(found), " ") == id && strings.Join(ids(back), " ") == challenge
		})
		etag = s.Editor.Put(path+"/offer", etag, j{"paused": true, "withheld_names": []string{"沈以宁"}}).Want(200).ETag
		s.Editor.Put(path+"/offer", etag, j{"paused": false}).Refused(400, "invalid_input") // who took back their consent is not forgotten by the way
		h.Eventually("who took their consent back is found no more, and a team that takes nothing on is not matched", func() bool {
			return find("沈以宁", "&kind=team").At("total") == 0.0 && len(v.Get("/v1/needs/"+s.Need+"/matches?kind=team").Want(200).Items()) == 0
		})
		if r := find("废气", "&kind=team"); r.At("total") != 1.0 {
			t.Errorf("paused, it is found no more: %s", r.Raw)
		}
		s.Editor.Act(path+"/withdraw", etag, nil).Want(200)
		h.Eventually("withdrawn, it is found no more", func() bool { return find("废气", "&kind=team").At("total") == 0.0 })
	})
}

// Whatever is hidden of a team is in no answer to anybody but its own people and operators, and finds nothing.
func TestWhatIsHiddenOfATeamIsToldNowhere(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := bazaar(h)
		path, etag := lab(s)
		id := strings.TrimPrefix(path, "/v1/teams/")
		h.Eventually("the team is found", func() bool {
			return s.Visitor().Get("/v1/search?kind=team&q="+url.QueryEscape("废气")).Want(200).At("total") == 1.0
		})
		body := j{"owner_id": s.Uni, "title": "涂装废气净化团队", "field": "environment", "introduction": "修订后的简介 retracted，说得更清楚一些。", "leader": j{"name": "隐去名", "name_public": false}}
		s.Editor.Put(path, etag, body).Want(200)
		told := 0
		for who, c := range map[string]*apitest.Client{"visitor": s.Visitor(), "stranger": s.Stranger, "the buyer": s.Buyer, "registrar": s.First} {
			for _, ask := range []string{
				path, path + "/matches", path + "/similar", "/v1/teams", "/v1/teams?owner_id=" + s.Uni, "/v1/teams?programme=" + url.QueryEscape("兴辽英才"), "/v1/teams?sort=title", "/v1/teams?field=new_materials",
				"/v1/needs/" + s.Need + "/matches", "/v1/search?q=" + url.QueryEscape("废气"), "/v1/search?kind=team&sort=newest&q=" + url.QueryEscape("净化"), "/v1/suggestions?q=" + url.QueryEscape("废"),
			} {
				r := c.Get(ask).Want(200)
				if strings.Contains(string(r.Raw), id) {
					told++
				}
				for _, canary := range hidden {
					if strings.Contains(string(r.Raw), canary) {
						t.Errorf("%s, %s: told of %s", who, ask, canary)
					}
				}
			}
			for _, canary := range hidden {
				found := c.Get("/v1/search?kind=team&q=" + url.QueryEscape(`"`+canary+`"`)).Want(200)
				if found.At("reading") == "all" && found.At("total") != 0.0 {
					t.Errorf("%s finds it by %s", who, canary)
				}
				if r := c.Get("/v1/suggestions?q=" + url.QueryEscape(canary)).Want(200); len(r.Items()) != 0 {
					t.Errorf("%s: %s is suggested: %s", who, canary, r.Raw)
				}
			}
			c.Get("/v1/teams/"+id+"?revision=open").Refused(404, "not_found")
		}
		if told < 24 {
			t.Errorf("only %d answers spoke of the team", told)
		}
		for _, c := range []*apitest.Client{s.Chief, s.Operator} { // the canaries are there
			r := c.Get(path).Want(200)
			for _, canary := range hidden[:7] {
				if !strings.Contains(string(r.Raw), canary) {
					t.Errorf("its own people do not read %s", canary)
				}
			}
		}
	})
}

// From a team to a deal over HTTP: the enterprise has nothing listed, and the deal names the team. A file hangs on it as on any listing.
func TestAnEnterpriseAsksATeam(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		draft, etag := s.TeamIn("draft")
		s.File(draft, "team", "团队介绍.pdf", content(1<<10), true)
		etag = s.Editor.Act("/v1/teams/"+draft+"/submit", etag, nil).Want(200).ETag
		s.Chief.Act("/v1/teams/"+draft+"/publish", etag, nil).Want(200)
		if files := s.Visitor().Get("/v1/files?object_kind=team&object_id=" + draft).Want(200); len(files.Items()) != 1 {
			t.Errorf("a visitor reads of files %s", files.Raw)
		}
		proposal := j{"from_id": s.Firm, "team_id": draft, "message": "我厂喷漆线味道大，想请贵团队来看一看。"}
		r := s.Buyer.Post("/v1/introductions", proposal).Want(201)
		if r.Text("team_id") != draft || r.Text("team_title") == "" || r.At("result_id") != nil || r.At("need_id") != nil {
			t.Errorf("proposed: %s", r.Raw)
		}
		s.Buyer.Post("/v1/introductions", proposal).Refused(409, "already_introduced")
		s.Buyer.Post("/v1/introductions", j{"from_id": s.Firm, "team_id": draft, "result_id": s.Result, "message": "两样都想了解一下，请回复。"}).Refused(400, "invalid_input")
		r = s.Editor.Act("/v1/introductions/"+r.Text("id")+"/accept", r.ETag, nil).Want(200)
		deal := s.Buyer.Get("/v1/deals/" + r.Text("deal_id")).Want(200)
		if deal.Text("team_id") != draft || deal.Text("supplier", "id") != s.Uni || deal.Text("demander", "id") != s.Firm {
			t.Errorf("the deal: %s", deal.Raw)
		}
	})
}

// A table of teams comes in with its people and their consent, and an export of it comes in again without loss.
func TestTeamsAreBroughtInAndTakenOut(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		o := newOffice(h)
		table := "团队编号,团队名称,团队简介,技术领域,其他领域,带头人,职称,团队成员,入选计划,暂停承接\n" +
			"T-1,工业废气低温净化团队,\"长期从事工业废气低温净化研究，\n有校内中试平台。\",环保,新材料,林砚舟,教授,沈以宁|副教授|催化剂、吸附|是；隐去名|研究员,带土移植|2026年4月||演示文件〔2026〕1号,否\n" +
			"T-2,离散制造智能排产团队,研究多品种小批量车间的排产与插单重排。,电子信息,,温知行,教授,苏念之|讲师|建模|也许,带土移植|2026-04-01,\n"
		id := o.prepare(apitest.J{"kind": "team"}, "团队.csv", []byte(table)).Text("id")
		if r := o.run(id, true); counts(r) != "done 1 0 0 0 1" {
			t.Fatalf("%s %v", counts(r), o.problems(id))
		}
		if got := o.problems(id); !strings.Contains(got, "3H not_allowed") {
			t.Errorf("wrong is %s", got)
		}
		o.send(id, "团队-改.csv", []byte(strings.NewReplacer("|也许", "", "|2026-04-01,", "|2026-04-01||入选通知书一份,").Replace(table)))
		if r := o.run(id, false); counts(r) != "done 2 0 0 0 0" {
			t.Fatalf("%s %s", counts(r), o.problems(id))
		}
		team := o.officer.Get("/v1/teams?external_scheme=import&external_id=T-1").Want(200)
		if team.Text("items", 0, "people", 0, "role") != "催化剂、吸附" || team.At("items", 0, "people", 0, "name_public") != true || team.At("items", 0, "people", 1, "name_public") != false ||
			team.At("items", 0, "leader", "name_public") != true || team.Text("items", 0, "programmes", 0, "from") != "2026-04-01" || team.Text("items", 0, "other_fields", 0) != "new_materials" || team.Text("items", 0, "other_field_names", 0) != "新材料及其应用" {
			t.Errorf("brought in: %s", team.Raw)
		}
		for _, format := range []string{"xlsx", "csv", "jsonl"} {
			out := o.officer.Get("/v1/exports/team?owner_id=" + o.id + "&format=" + format).Want(200)
			again := o.prepare(apitest.J{"kind": "team"}, "导出."+format, out.Raw).Text("id")
			if r := o.run(again, false); counts(r) != "done 0 0 0 2 0" {
				t.Errorf("%s: %s %v %s", format, counts(r), r.At("failure"), o.problems(again))
			}
		}
		if r := o.officer.Post("/v1/batches", apitest.J{"kind": "team", "action": "submit", "import_id": id}).Want(200); r.At("done") != 2.0 {
			t.Fatalf("submitted: %s", r.Raw)
		}
		if r := o.second.Post("/v1/batches", apitest.J{"kind": "team", "action": "publish", "import_id": id}).Want(200); r.At("done") != 2.0 {
			t.Fatalf("published: %s", r.Raw)
		}
		for _, kind := range []string{"team", "need"} { // which know no such day
			o.officer.Post("/v1/batches", apitest.J{"kind": kind, "action": "confirm", "import_id": id, "confirmed_until": "2099-12-31"}).Refused(400, "invalid_input")
		}
		// Others export what they may read: names without consent are in no table.
		_, stranger, _ := h.Organization("渤岬泵阀重工有限公司", "enterprise", "210211")
		if out := stranger.Get("/v1/exports/team?format=jsonl").Want(200); strings.Contains(string(out.Raw), "隐去名") || strings.Contains(string(out.Raw), "演示文件") || !strings.Contains(string(out.Raw), "沈以宁") {
			t.Errorf("a stranger exports %s", out.Raw)
		}
		unknown := o.prepare(apitest.J{"kind": "team"}, "未知.csv", []byte("编号,团队名称,团队简介,技术领域,负责人,已列出的成果\nT-3,新的团队,一段足够长的公开简介。,环保,林砚舟,01980a3c-5d1e-7c2a-9b4f-2f6f8f1f0a11\n")).Text("id")
		if r := o.run(unknown, false); counts(r) != "done 0 0 0 0 1" || !strings.Contains(o.problems(unknown), "unknown_result") {
			t.Errorf("a result that is not there: %s %s", counts(r), o.problems(unknown))
		}
	})
}
