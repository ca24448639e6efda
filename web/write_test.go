package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// fill sends the form of a page with more filled in, and gives the page that it leads to.
func (r *reader) fill(at string, values url.Values) page {
	r.Helper()
	form := r.get(at).want(r.T, http.StatusOK).hidden(strings.SplitN(at, "?", 2)[0])
	if form == nil {
		r.Fatalf("%s has no form", at)
	}
	for name, v := range values {
		form[name] = v
	}
	return r.post(strings.SplitN(at, "?", 2)[0], form)
}

func one(p page, pattern string) string {
	if m := regexp.MustCompile(pattern).FindStringSubmatch(p.Text); len(m) > 1 {
		return html.UnescapeString(m[1])
	}
	return ""
}

// A need is written in four steps: each is kept as a draft, a mistake is told at its place, what the other steps wrote stays, what may answer it and
// what says the same stands beside it, and at the end it is handed in. Whoever has an older version in hand writes over nothing.
func TestANeedInFourSteps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		p := newPortal(t, o)
		r := p.reader("guan.tiefeng")
		if begin := one(r.get("/desk/needs").want(t, http.StatusOK), `href="(/write/need)"`); begin == "" {
			t.Fatal("needs are not begun step by step")
		}
		first := r.get("/write/need").want(t, http.StatusOK, "遇到了什么", "每走一步都存为草稿")
		owner := one(first, `<option value="([0-9a-f-]{36})"[^>]*>辽浑智造装备有限公司`)
		said := url.Values{"owner_id": {owner}, "title": {"送片模块越跑越偏"}, "problem": {"短"}, "field": {"electronics"}}
		r.fill("/write/need", said).want(t, http.StatusBadRequest, `href="#f-problem"`, "送片模块越跑越偏")
		said.Set("problem", "我们给客户配套的送片模块，刚开机时放得很准，跑上两三个钟头，腔里热起来，片子就慢慢往一边歪，歪到半毫米左右便蹭到槽边。现在只能停下来等它凉一凉，再由师傅重新教一遍位置，一天要折腾两三回。")
		second := r.fill("/write/need", said).want(t, http.StatusSeeOther).Header.Get("Location")
		if !regexp.MustCompile(`^/write/need/[0-9a-f-]{36}/2$`).MatchString(second) {
			t.Fatal(second)
		}
		r.get(second).want(t, http.StatusOK, "怎样才算解决", "现在就找得到的", "/results/", "由机器匹配", "说的可能是同一件事", "送片模块连续跑几小时后放片越来越偏")
		third := r.fill(second, url.Values{"requirements": {"连续运行三天位置偏差不超过百分之十"}, "keywords": {"热漂移\n送片"}}).want(t, http.StatusSeeOther).Header.Get("Location")
		stale := r.get(third).want(t, http.StatusOK, "预算与时间").hidden(third)
		r.fill(third, url.Values{"budget/max/amount": {"70万元"}}).want(t, http.StatusSeeOther)
		stale.Set("_key", "another-key-0002")
		stale.Set("budget/max/amount", "90万元")
		r.post(third, stale).want(t, http.StatusPreconditionFailed, "重新读取最新内容", "90万元")
		r.fill(third, url.Values{"budget/max/amount": {"80万元"}, "cooperation_mode": {"any"}}).want(t, http.StatusSeeOther)
		last := r.get(strings.TrimSuffix(third, "3")+"4").want(t, http.StatusOK, "通读并提交", "80 万元", "百分之十", "重新教一遍位置", "热漂移")
		r.post("/do/submitNeed", last.hidden("/do/submitNeed")).want(t, http.StatusSeeOther)
		r.get(strings.TrimSuffix(third, "3")+"9").want(t, http.StatusNotFound)
		p.reader("lin.yanzhou").get(third).want(t, http.StatusNotFound)
		p.reader("").get(third).want(t, http.StatusSeeOther)
	})
}

// A challenge is written in six steps, its targets as rows.
func TestAChallengeInSixSteps(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	r := p.reader("guan.tiefeng")
	first := r.get("/write/challenge").want(t, http.StatusOK, "通读并提交")
	round := one(first, `<select[^>]*name="round_id"[^>]*>(?:<option value="">[^<]*</option>)?<option value="([0-9a-f-]{36})"`)
	second := r.fill("/write/challenge", url.Values{
		"round_id": {round}, "owner_id": {one(first, `<option value="([0-9a-f-]{36})"[^>]*>辽浑智造装备有限公司`)}, "title": {"重载机器人关节密封寿命"},
		"problem": {"重载机器人关节在粉尘环境下密封件三个月失效，须延长到两年。"}, "field": {"advanced_manufacturing"}, "reward/amount/amount": {"300万元"}, "reward/mode": {"milestones"},
	})
	if second.Status != http.StatusSeeOther {
		t.Fatal(second.Status, plain(second.Text))
	}
	at := strings.TrimSuffix(second.Header.Get("Location"), "2")
	r.fill(at+"2", url.Values{"background": {"产线停机一次损失二十万元。"}}).want(t, http.StatusSeeOther)
	more := r.fill(at+"3", url.Values{"_more": {"indicators"}}).want(t, http.StatusOK, `name="indicators/0/name"`)
	form := more.hidden(at + "3")
	form.Set("indicators/0/name", "密封寿命")
	form.Set("indicators/0/method", "台架试验连续运行")
	if to := r.post(at+"3", form).want(t, http.StatusSeeOther).Header.Get("Location"); to != at+"4" {
		t.Errorf("the third step leads to %s", to)
	}
	r.fill(at+"4", url.Values{"provides": {"提供试验台架"}}).want(t, http.StatusSeeOther)
	r.fill(at+"5", url.Values{"masked": {"true"}}).want(t, http.StatusSeeOther)
	r.get(at+"6").want(t, http.StatusOK, "密封寿命", "台架试验连续运行", "提供试验台架", "300 万元", "产线停机一次", "/do/submitChallenge")
}

// A bid is a list of tasks: what is there, what is missing and until when; each part is written for itself, and the rest of it stays as it was.
func TestABidAsAListOfTasks(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	r := p.reader("lin.yanzhou")
	begin := ""
	for _, path := range regexp.MustCompile(`/challenges/[0-9a-f-]{36}`).FindAllString(r.get("/challenges").Text, -1) {
		if begin = one(r.get(path), `href="(/write/bid\?challenge_id=[0-9a-f-]{36})"`); begin != "" {
			break
		}
	}
	asked := r.get(begin).want(t, http.StatusOK, "开始写揭榜申请")
	if strings.Contains(asked.Text, "offer/") {
		t.Error("more is asked than in whose name")
	}
	made := r.fill(begin, url.Values{"owner_id": {one(asked, `<option value="([0-9a-f-]{36})"`)}})
	if made.Status != http.StatusSeeOther {
		t.Fatal(made.Status, plain(made.Text))
	}
	at, _, _ := strings.Cut(made.Header.Get("Location"), "?")
	begun := r.get(at).want(t, http.StatusOK, "还差 3 项就能投递", "北京时间", "还没有报价与节点", "截止")
	team := one(begun, `href="(/write/bid/[0-9a-f-]{36}/1)"`)
	code := one(r.get(one(begun, `href="(/organizations/[0-9a-f-]{36})"`)), `([0-9A-Z]{18})`)
	r.fill(team, url.Values{"offer/members/0/name": {"林砚舟"}, "offer/members/0/organization_code": {code}}).want(t, http.StatusSeeOther)
	r.fill(strings.TrimSuffix(team, "1")+"2", url.Values{"offer/plan/approach": {"以双层迷宫结构配合磁流体隔离粉尘，台架上验证寿命。"}}).want(t, http.StatusSeeOther)
	half := url.Values{"offer/price/amount": {"200万元"}, "offer/milestones/0/title": {"样件"}, "offer/milestones/0/due": {"2027-06-30"}, "offer/milestones/0/amount/amount": {"80万元"}}
	r.fill(strings.TrimSuffix(team, "1")+"3", half).want(t, http.StatusSeeOther)
	r.get(at).want(t, http.StatusOK, "还差 1 项就能投递", "两者须相等", "成员 1 名")
	half.Set("offer/milestones/0/amount/amount", "200万元")
	r.fill(strings.TrimSuffix(team, "1")+"3", half).want(t, http.StatusSeeOther)
	ready := r.get(at+"?lang=en").want(t, http.StatusOK, "can be handed in", "Shanghai time", "/do/submitBid")
	r.post("/do/submitBid", ready.hidden("/do/submitBid")).want(t, http.StatusSeeOther)
	r.get(at+"?lang=zh").want(t, http.StatusOK, "回执", "已投递", "/receipt")
	p.reader("guan.tiefeng").get(at).want(t, http.StatusNotFound)
}
