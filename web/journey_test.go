package web_test

import (
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

var inputs = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"`)

// hidden are the hidden fields of the form that is sent to a path.
func (p page) hidden(action string) url.Values {
	form := url.Values{}
	_, rest, found := strings.Cut(p.Text, `action="`+action+`"`)
	if !found {
		return nil
	}
	rest, _, _ = strings.Cut(rest, "</form>")
	for _, m := range inputs.FindAllStringSubmatch(rest, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	return form
}

func (p page) want(t *testing.T, status int, texts ...string) page {
	t.Helper()
	if p.Status != status {
		t.Fatalf("%s: %d %s", p.Path, p.Status, plain(p.Text))
	}
	for _, text := range texts {
		if !strings.Contains(p.Text, text) {
			t.Errorf("%s does not say %q: %s", p.Path, text, plain(p.Text))
		}
	}
	return p
}

// Somebody at a university writes a result by the form, is told at its place what is wrong and loses nothing of what they typed, hands it in;
// a second click makes nothing twice; a colleague publishes it with one button, and everybody finds it.
func TestAResultFromTheFormToThePublic(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		p := newPortal(t, o)
		writer, second, visitor := p.reader("lin.yanzhou"), p.reader("bai.mingxuan"), p.reader("")
		form := writer.get("/do/createResult").want(t, http.StatusOK, "盛北理工大学", "公开摘要", "（可不填）").hidden("/do/createResult")
		owner := regexp.MustCompile(`<option value="([0-9a-f-]{36})"[^>]*>盛北理工大学`).FindStringSubmatch(writer.get("/do/createResult").Text)
		if len(owner) != 2 || form.Get("_key") == "" {
			t.Fatal(owner, form)
		}
		for name, value := range map[string]string{
			"owner_id": owner[1], "title": "碳化硅<晶圆>划片冷却液循环净化", "abstract": "太短", "field": "advanced_manufacturing", "trl": "七", "price/kind": "fixed", "price/min/amount": "50万元",
			"inventors/0/name": "林砚舟", "keywords": "碳化硅\n冷却液",
		} {
			form.Set(name, value)
		}
		again := writer.post("/do/createResult", form).want(t, http.StatusBadRequest, `href="#f-abstract"`, `href="#f-trl"`, "碳化硅&lt;晶圆&gt;划片冷却液循环净化", ">太短<", `value="七"`, `value="林砚舟"`)
		if again.hidden("/do/createResult").Get("_key") != form.Get("_key") {
			t.Error("the form has another key after it was refused: a second click would make a second record")
		}
		session := writer.client.Jar
		writer.client.Jar, _ = cookiejar.New(nil) // the session is lost: what was typed is not
		writer.post("/do/createResult", form).want(t, http.StatusUnauthorized, "登录已失效", "碳化硅&lt;晶圆&gt;划片冷却液循环净化", form.Get("_key"))
		writer.client.Jar = session
		form.Set("abstract", "划片冷却液在线过滤与杀菌一体，换液周期由两周延长到三个月。")
		form.Set("trl", "7")
		made := writer.post("/do/createResult", form).want(t, http.StatusSeeOther).Header.Get("Location")
		twice := writer.post("/do/createResult", form).want(t, http.StatusSeeOther).Header.Get("Location")
		if made != twice || !strings.HasPrefix(made, "/results/") {
			t.Fatalf("%s, %s", made, twice)
		}
		path, _, _ := strings.Cut(made, "?")
		visitor.get(path).want(t, http.StatusNotFound)
		shown := writer.get(made).want(t, http.StatusOK, "已办理：起草成果", "50 万元", "TRL 7", "现场原型", "先进制造")
		writer.post("/do/submitResult", shown.hidden("/do/submitResult")).want(t, http.StatusSeeOther)
		writer.post("/do/submitResult", shown.hidden("/do/submitResult")).want(t, http.StatusSeeOther) // the same button again
		if strings.Contains(writer.get(path).Text, "/do/publishResult") {
			t.Error("whoever submitted it is offered to publish it")
		}
		second.get("/desk").want(t, http.StatusOK, "待发布的成果", "碳化硅&lt;晶圆&gt;划片冷却液循环净化")
		second.post("/do/publishResult", second.get(path).want(t, http.StatusOK).hidden("/do/publishResult")).want(t, http.StatusSeeOther)
		visitor.get(path).want(t, http.StatusOK, "application/ld+json", `<link rel="canonical" href="https://jiebang.example.org`+path)
		stale := shown.hidden("/do/submitResult")
		stale.Set("_key", "another-key-0001")
		writer.post("/do/submitResult", stale).want(t, http.StatusPreconditionFailed, "重新读取最新内容")
	})
}

// A form that was sent from another site does nothing, whoever is signed in; a link from elsewhere leads nowhere but to this site.
func TestFormsOfOtherSites(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	r := p.reader("lin.yanzhou")
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL+"/signout", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Origin", "https://elsewhere.example.org")
	if got := r.send(q); got.Status != http.StatusForbidden {
		t.Errorf("%d", got.Status)
	}
	r.get("/desk").want(t, http.StatusOK)
	for _, next := range []string{"https://elsewhere.example.org/", "//elsewhere.example.org", `/\elsewhere.example.org`, "javascript:alert(1)"} {
		if got := r.get("/signin?next=" + url.QueryEscape(next)); got.Header.Get("Location") != "/" {
			t.Errorf("%s leads to %s", next, got.Header.Get("Location"))
		}
	}
	cookie := r.post("/signin", url.Values{"username": {"lin.yanzhou"}, "password": {"a wrong one"}})
	cookie.want(t, http.StatusUnauthorized, `value="lin.yanzhou"`)
	r.post("/signout", nil).want(t, http.StatusSeeOther)
	if got := r.get("/desk"); got.Status != http.StatusSeeOther || got.Header.Get("Location") != "/signin?next=%2Fdesk" {
		t.Errorf("after signing out: %d %s", got.Status, got.Header.Get("Location"))
	}
}

// Search engines are told of what is public, and of nothing else, whoever asks.
func TestSitemaps(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	loc := regexp.MustCompile(`<loc>https://jiebang\.example\.org([^<]*)</loc>`)
	asked, visitor := p.reader("lin.yanzhou"), p.reader("")
	records := 0
	for _, m := range loc.FindAllStringSubmatch(asked.get("/sitemap.xml").want(t, http.StatusOK).Text, -1) {
		for i, r := range loc.FindAllStringSubmatch(asked.get(m[1]).want(t, http.StatusOK).Text, -1) {
			records++
			if i < 3 || m[1] == "/sitemap/challenges" {
				if got := visitor.get(r[1]); got.Status != http.StatusOK || strings.Contains(got.Text, `content="noindex"`) {
					t.Errorf("%s: %d", r[1], got.Status)
				}
			}
		}
	}
	if records < 60 {
		t.Errorf("%d records", records)
	}
	visitor.get("/robots.txt").want(t, http.StatusOK, "Sitemap: https://jiebang.example.org/sitemap.xml")
	visitor.get("/sitemap/bids").want(t, http.StatusNotFound)
}

// From a result to "ask for an introduction" is one click and one short form: what it is about is settled, in whose name goes without saying, and
// no identifier is asked for. The other side finds it on their desk, accepts with one button, and both have a deal.
func TestAnIntroductionByTwoForms(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	asks, answers := p.reader("luo.qihang"), p.reader("lin.yanzhou")
	path := regexp.MustCompile(`/results/[0-9a-f-]{36}`).FindString(answers.get("/desk/results?state=published").Text)
	for _, r := range regexp.MustCompile(`/results/[0-9a-f-]{36}`).FindAllString(answers.get("/desk/results?state=published").Text, -1) {
		if strings.Contains(answers.get(r).Text, "/do/withdrawResult") { // theirs
			path = r
			break
		}
	}
	action := regexp.MustCompile(`/do/proposeIntroduction\?result_id=[0-9a-f-]{36}`).FindString(asks.get(path).want(t, http.StatusOK).Text)
	form := asks.get(action).want(t, http.StatusOK, "关于哪项成果")
	if strings.Contains(form.Text, `name="need_id"`) || strings.Contains(form.Text, `name="team_id"`) {
		t.Errorf("identifiers are asked for: %s", plain(form.Text))
	}
	owner := regexp.MustCompile(`<select[^>]*name="from_id"[^>]*><option value="([0-9a-f-]{36})"`).FindStringSubmatch(form.Text)
	if len(owner) != 2 {
		t.Fatalf("in whose name it is asked does not go without saying: %s", form.Text)
	}
	fields := form.hidden("/do/proposeIntroduction")
	fields.Set("from_id", owner[1])
	fields.Set("message", "我们有五座污水处理厂，想看看这项成果能不能用上。")
	made := asks.post("/do/proposeIntroduction", fields).want(t, http.StatusSeeOther).Header.Get("Location")
	if !strings.HasPrefix(made, "/desk/introductions/") {
		t.Fatal(made)
	}
	answers.get("/desk").want(t, http.StatusOK, "等我答复的对接")
	id, _, _ := strings.Cut(made, "?")
	answers.post("/do/acceptIntroduction", answers.get(id).want(t, http.StatusOK).hidden("/do/acceptIntroduction")).want(t, http.StatusSeeOther)
	asks.get(id).want(t, http.StatusOK, "024-00001101")
}
