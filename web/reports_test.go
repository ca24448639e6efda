package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// A report goes from the link on a public page to the bureau's desk, and the decision from there to the owner's, who appeals; the link is on no page of one's own.
func TestAReportFromAPublicPageToTheDesks(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	visitor, owner, reporter, operator, other := p.reader(""), p.reader("lin.yanzhou"), p.reader("guan.tiefeng"), p.reader("zhou.wangshu"), p.reader("jin.shuhan")
	link := regexp.MustCompile(`/do/fileComplaint\?object_kind=[a-z]+&amp;object_id=[0-9a-f-]{36}`)
	to := func(list string) string {
		return regexp.MustCompile(`/` + list + `/[0-9a-f-]{36}`).FindString(visitor.get("/"+list).want(t, http.StatusOK).Text)
	}
	for _, list := range []string{"needs", "teams"} {
		if !link.MatchString(visitor.get(to(list)).want(t, http.StatusOK, "举报").Text) {
			t.Errorf("a page of %s has no link to report it", list)
		}
	}
	path := regexp.MustCompile(`/results/[0-9a-f-]{36}`).FindString(owner.get("/desk/results?state=published").want(t, http.StatusOK).Text)
	if own := owner.get(path).want(t, http.StatusOK); link.MatchString(own.Text) {
		t.Error("one's own page offers to report it")
	}
	found := link.FindString(reporter.get(path).want(t, http.StatusOK).Text)
	if found == "" {
		t.Fatal("a page of a result has no link to report it")
	}
	_, id, _ := strings.Cut(path[1:], "/")
	form := reporter.get(strings.ReplaceAll(found, "&amp;", "&")).want(t, http.StatusOK, "举报", id, "权属不符").hidden("/do/fileComplaint")
	if form.Get("object_kind") != "result" || form.Get("object_id") != id {
		t.Errorf("what is reported is asked for: %v", form)
	}
	for name, value := range map[string]string{"ground": "infringing", "text": "该成果使用了我公司的专利，未经许可，专利号可以提供。"} {
		form.Set(name, value)
	}
	made := reporter.post("/do/fileComplaint", form).want(t, http.StatusSeeOther).Header.Get("Location")
	made, _, _ = strings.Cut(made, "?")
	if !strings.HasPrefix(made, "/desk/complaints/") {
		t.Fatal(made)
	}
	reporter.get(made).want(t, http.StatusOK, "待处理", "未经许可", path)
	operator.get("/desk").want(t, http.StatusOK, "待处理的举报", made)
	owner.get(made).want(t, http.StatusNotFound)
	shown := operator.get(made).want(t, http.StatusOK, "关铁峰", path)
	answer := operator.get(regexp.MustCompile(`/do/answerComplaint\?[^"]*`).FindString(strings.ReplaceAll(shown.Text, "&amp;", "&"))).want(t, http.StatusOK, "举报成立").hidden("/do/answerComplaint")
	answer.Set("outcome", "upheld")
	answer.Set("reason", "经核对专利登记簿，发布单位未取得许可。")
	operator.post("/do/answerComplaint", answer).want(t, http.StatusSeeOther)
	visitor.get(path).want(t, http.StatusNotFound)
	reporter.get(made).want(t, http.StatusOK, "举报成立，已下架", "未取得许可")
	owner.get("/desk").want(t, http.StatusOK, "因举报成立被下架的记录", made)
	owner.get(path).want(t, http.StatusOK, "已由运营方下架", "/desk/complaints?object_id="+id)
	owner.get("/desk/complaints?object_id="+id).want(t, http.StatusOK, made)
	read := owner.get(made).want(t, http.StatusOK, "未取得许可", "侵犯权利", path)
	if strings.Contains(read.Text, "关铁峰") || strings.Contains(read.Text, "guan.tiefeng") || strings.Contains(read.Text, "专利号可以提供") {
		t.Errorf("the owner reads who reported: %s", plain(read.Text))
	}
	appeal := owner.get(regexp.MustCompile(`/do/appealComplaint\?[^"]*`).FindString(strings.ReplaceAll(read.Text, "&amp;", "&"))).want(t, http.StatusOK).hidden("/do/appealComplaint")
	appeal.Set("text", "专利许可合同已于去年备案，编号可以提供。")
	owner.post("/do/appealComplaint", appeal).want(t, http.StatusSeeOther)
	other.get("/desk").want(t, http.StatusOK, "待复核的申诉", made)
	if again := operator.get(made).want(t, http.StatusOK); strings.Contains(again.Text, "/do/settleComplaint") {
		t.Error("whoever decided is offered to settle the appeal")
	}
}
