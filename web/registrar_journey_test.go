package web_test

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// call is a call of the API by whoever is signed in, for what a journey begins with.
func (r *reader) call(method, path, version string, body, answer any) {
	r.Helper()
	var text io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			r.Fatal(err)
		}
		text = strings.NewReader(string(b))
	}
	q, err := http.NewRequestWithContext(r.Context(), method, r.URL+path, text)
	if err != nil {
		r.Fatal(err)
	}
	for _, c := range r.client.Jar.Cookies(q.URL) {
		if c.Name == "jiebang_session" {
			q.Header.Set("Authorization", "Bearer "+c.Value)
		}
	}
	q.Header.Set("Accept", "application/json")
	q.Header.Set("Content-Type", "application/json")
	if version != "" {
		q.Header.Set("If-Match", `"`+version+`"`)
	} else {
		q.Header.Set("Idempotency-Key", rand.Text())
	}
	got := r.send(q)
	if got.Status >= http.StatusBadRequest {
		r.Fatalf("%s %s: %d %s", method, path, got.Status, got.Text)
	}
	if answer != nil {
		if err := json.Unmarshal([]byte(got.Text), answer); err != nil {
			r.Fatal(err)
		}
	}
}

// files files contracts for registration, like one that is registered but for their days.
func (r *reader) files(titles ...string) {
	r.Helper()
	var known struct {
		Items []struct {
			State, Kind string
			Terms       map[string]any
		}
	}
	r.call(http.MethodGet, "/v1/contracts?state=registered&limit=1", "", nil, &known)
	for _, title := range titles {
		terms := known.Items[0].Terms
		delete(terms, "paper_number")
		delete(terms, "ip_kind_name")
		terms["title"], terms["signed_on"], terms["effective_on"], terms["expires_on"] = title, "2026-11-20", "2026-11-20", "2027-11-20"
		var made struct {
			ID string `json:"id"`
		}
		r.call(http.MethodPost, "/v1/contracts", "", map[string]any{"kind": known.Items[0].Kind, "terms": terms}, &made)
		r.call(http.MethodPost, "/v1/contracts/"+made.ID+"/submit", "1", nil, nil)
	}
}

var application = regexp.MustCompile(`/desk/applications/[0-9a-f-]{36}`)

// A registrar goes through the queue: what is due first stands in front; the page has the contract beside its state and warnings; a refused
// decision comes back with its form, at its field; a decision leads to the next, and behind the last is the empty queue.
func TestARegistrarGoesThroughTheQueue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		p := newPortal(t, o)
		seller, first, second := p.reader("lin.yanzhou"), p.reader("he.qinghe"), p.reader("du.nianci")
		first.get("/desk/queue").want(t, http.StatusOK, "没有等您办理的件")
		seller.files("叶片测冰一期", "叶片测冰二期")
		queue := first.get("/desk/queue").want(t, http.StatusOK, "叶片测冰一期", "叶片测冰二期", "还有 ", "待受理 2")
		all := application.FindAllString(queue.Text, -1)
		if len(all) != 2 {
			t.Fatal(all)
		}
		page := first.get(all[0]).want(t, http.StatusOK, "叶片测冰一期", "卖方", "盛北理工大学", "辽宁省沈阳市浑南区", "技术交易额", "疑似重复", "当事人与金额相同", "还没有附件", `data-key="j"`, all[1])
		first.post("/do/startReview", page.hidden("/do/startReview")).want(t, http.StatusSeeOther)
		page = first.get(all[0]).want(t, http.StatusOK, "初审中", "受理人")
		refused := first.post("/do/refuseApplication", page.hidden("/do/refuseApplication")).want(t, http.StatusBadRequest, `href="#f-r-reason"`, `id="e-r-reason"`, "叶片测冰一期", "作出决定")
		if refused.hidden("/do/refuseApplication").Get("_key") != page.hidden("/do/refuseApplication").Get("_key") {
			t.Error("the form has another key after it was refused")
		}
		form := page.hidden("/do/passReview")
		form.Set("note", "材料齐全")
		if next := first.post("/do/passReview", form).want(t, http.StatusSeeOther).Header.Get("Location"); next != all[1]+"?done=passReview" {
			t.Errorf("after a decision comes %s", next)
		}
		first.get(all[1]+"?done=passReview").want(t, http.StatusOK, "已办理：初审通过", "叶片测冰二期")
		form = first.get(all[1]).hidden("/do/requestSupplement")
		form.Set("note", "请补充签章页")
		if next := first.post("/do/requestSupplement", form).want(t, http.StatusSeeOther).Header.Get("Location"); next != "/desk/queue?done=requestSupplement" {
			t.Errorf("after the last comes %s", next)
		}
		page = second.get(all[0]).want(t, http.StatusOK, "材料齐全", "复审中")
		again := second.post("/do/grantApplication", page.hidden("/do/grantApplication"))
		again.want(t, again.Status, "叶片测冰一期", "作出决定") // a twin wants a reason
		form = again.hidden("/do/grantApplication")
		form.Set("twin_reason", "分期实施，内容不同")
		second.post("/do/grantApplication", form).want(t, http.StatusSeeOther)
		second.get(all[0]).want(t, http.StatusOK, "分期实施，内容不同", "已通过")
		second.get("/desk").want(t, http.StatusOK, "/look/getDeskStatistics")
		second.get("/look/getDeskStatistics").want(t, http.StatusOK, "登记处统计", "期内收件", "杜念慈")
		contracts := regexp.MustCompile(`/desk/contracts/[0-9a-f-]{36}`).FindAllString(second.get(all[0]).Text, -1)
		contract := contracts[len(contracts)-1] // those before are what may be the same
		seller.get(contract).want(t, http.StatusOK, "/download/printCertificate?id=")
		if pdf := seller.get("/download/printCertificate?id=" + strings.TrimPrefix(contract, "/desk/contracts/")); !strings.HasPrefix(pdf.Text, "%PDF-") {
			t.Errorf("the certificate: %d %s", pdf.Status, plain(pdf.Text))
		}
		p.reader("").get("/desk/applications/"+url.PathEscape(strings.TrimPrefix(all[0], "/desk/applications/"))).want(t, http.StatusSeeOther)
	})
}
