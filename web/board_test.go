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

var step = regexp.MustCompile(`/do/advanceDeal\?[^"]*`)

// The board says what a deal waits for and whose move it is: a side that has agreed waits for the other, and who is waited for has the button.
func TestTheBoardOfDeals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		p := newPortal(t, o)
		supplier, demander := p.reader("lin.yanzhou"), p.reader("guan.tiefeng")
		at := html.UnescapeString(step.FindString(supplier.get("/desk/deals").want(t, http.StatusOK, "晶圆传送模块", "460 万元", "双方各表示一次达成一致", "推进到“达成一致”", "天").Text))
		form := supplier.get(at).want(t, http.StatusOK).hidden("/do/advanceDeal")
		form.Set("stage", "agreed")
		if to := supplier.post("/do/advanceDeal", form).want(t, http.StatusSeeOther).Header.Get("Location"); to != "/desk/deals?done=advanceDeal" {
			t.Errorf("after the step one comes to %s", to)
		}
		waits := supplier.get("/desk/deals").want(t, http.StatusOK, "等辽浑智造装备有限公司表示达成一致")
		if step.MatchString(waits.Text) {
			t.Error("who has agreed is asked again")
		}
		theirs := demander.get("/desk/deals?lang=en").want(t, http.StatusOK, "Yours", "Waits for 辽浑智造装备有限公司 to agree")
		form = demander.get(html.UnescapeString(step.FindString(theirs.Text))).hidden("/do/advanceDeal")
		form.Set("stage", "agreed")
		demander.post("/do/advanceDeal", form).want(t, http.StatusSeeOther)
		supplier.get("/desk/deals").want(t, http.StatusOK, "/do/createContract?deal_id=", "等盛北理工大学提交技术合同")
		p.reader("").get("/desk/deals").want(t, http.StatusSeeOther)
	})
}

// A mandate from its proposal to an introduction: the broker sees what binds whom until when and what it pays, the principal has the buttons to answer.
func TestMandatesOfABroker(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	broker, principal := p.reader("gu.yanxi"), p.reader("guan.tiefeng")
	broker.get("/desk/mandates").want(t, http.StatusOK, "还没有居间委托", "/do/proposeMandate", "期末未付")
	owner := regexp.MustCompile(`<option value="([0-9a-f-]{36})"[^>]*>辽浑智造装备有限公司`).FindStringSubmatch(principal.get("/do/createNeed").Text)
	if len(owner) != 2 {
		t.Fatal(owner)
	}
	form := broker.get("/do/proposeMandate").hidden("/do/proposeMandate")
	for name, value := range map[string]string{"principal_id": owner[1], "valid_from": "2026-11-25", "valid_to": "2027-05-31", "tail_months": "12", "base": "technology_amount", "rate_bp": "250", "brokers/0/username": "gu.yanxi", "brokers/0/share_bp": "10000"} {
		form.Set(name, value)
	}
	broker.post("/do/proposeMandate", form).want(t, http.StatusSeeOther)
	broker.get("/desk/mandates").want(t, http.StatusOK, "等辽浑智造装备有限公司答复", "2.50 %", "2027-05-31", "/do/withdrawMandate")
	asked := principal.get("/desk/mandates").want(t, http.StatusOK, "等你们答复", "/do/agreeMandate", "/do/declineMandate")
	link := html.UnescapeString(regexp.MustCompile(`/do/agreeMandate\?[^"]*`).FindString(asked.Text))
	answer := principal.get(link).want(t, http.StatusOK).hidden("/do/agreeMandate")
	principal.post("/do/agreeMandate", answer).want(t, http.StatusSeeOther)
	runs := broker.get("/desk/mandates?lang=en").want(t, http.StatusOK, "In force", "Introduce under it", "days left")
	to := html.UnescapeString(regexp.MustCompile(`/do/proposeIntroduction\?[^"]*`).FindString(runs.Text))
	if at, err := url.Parse(to); err != nil || at.Query().Get("mandate_id") == "" || at.Query().Get("from_id") != owner[1] {
		t.Errorf("%s: %v", to, err)
	}
	broker.get(to).want(t, http.StatusOK)
}

// A list at the desk begins with what is one's own, the rest is a click away, and nobody is asked for an identifier.
func TestListsBeginWithOnesOwn(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	r := p.reader("lin.yanzhou")
	own := r.get("/desk/results").want(t, http.StatusOK, "盛北理工大学", "所有单位已公开的", "不限")
	everybody := r.get("/desk/results?owner_id=").want(t, http.StatusOK)
	if of := regexp.MustCompile(`<td[^>]*>\s*<a href="/organizations/[0-9a-f-]{36}">([^<]*)`).FindAllStringSubmatch(own.Text, -1); len(of) == 0 {
		t.Error("there are none")
	} else {
		for _, o := range of {
			if o[1] != "盛北理工大学" {
				t.Errorf("of %s", o[1])
			}
		}
	}
	if strings.Count(everybody.Text, "<tr>") <= strings.Count(own.Text, "<tr>") {
		t.Error("all are no more than one's own")
	}
	if strings.Contains(r.get("/desk/bids").want(t, http.StatusOK).Text, `name="challenge_id"`) {
		t.Error("an identifier is asked for")
	}
	p.reader("zhou.wangshu").get("/desk/results").want(t, http.StatusOK)
}
