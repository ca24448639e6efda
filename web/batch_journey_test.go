package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

var ticks = regexp.MustCompile(`name="tick" value="([^"]+)"`)

// A registrar ticks several rows of the queue, decides the same about them without a script, and reads what became of each; what is refused as a
// whole comes back ticked, and a second click does nothing twice.
func TestARegistrarDecidesAboutSeveral(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		p := newPortal(t, o)
		seller, first, second := p.reader("lin.yanzhou"), p.reader("he.qinghe"), p.reader("du.nianci")
		seller.files("风机测振一期", "风机测振二期", "风机测振三期")
		const at = "/desk/queue?show=all"
		decide := func(r *reader, action, note string, more url.Values) (page, url.Values) {
			t.Helper()
			queue := r.get(at).want(t, http.StatusOK, "批量办理", "风机测振一期")
			form := queue.hidden("/desk/queue?show=all")
			for _, m := range ticks.FindAllStringSubmatch(queue.Text, -1) {
				form.Add("tick", m[1])
			}
			if len(form["tick"]) != 3 || form.Get("_key") == "" {
				t.Fatal(form)
			}
			form.Set("action", action)
			form.Set("note", note)
			for name, values := range more {
				form[name] = values
			}
			return r.post(at, form), form
		}
		done, form := decide(first, "start_review", "", nil)
		done.want(t, http.StatusOK, "已办 3 件，未能办理 0 件", "风机测振三期", "初审中")
		first.post(at, form).want(t, http.StatusOK, "已办 3 件，未能办理 0 件")
		refused, _ := decide(first, "refuse", "", nil)
		refused.want(t, http.StatusBadRequest, "风机测振二期", " checked")
		if wrong, _ := decide(first, "", "", nil); wrong.Status != http.StatusBadRequest {
			t.Errorf("no decision: %d", wrong.Status)
		}
		_, form = decide(first, "pass", "材料齐全", nil)
		twins, _ := decide(second, "grant", "", nil)
		twins.want(t, http.StatusOK, "已办 0 件，未能办理 3 件", "疑似重复", "有 ")
		if !slices.Contains(form["note"], "材料齐全") {
			t.Error(form)
		}
		page := first.get("/desk/queue?show=all&tick=all").want(t, http.StatusOK, " checked")
		if len(ticks.FindAllString(page.Text, -1)) != 3 {
			t.Error(plain(page.Text))
		}
		// What is put back into the queue, or handed over, leads to the next as a decision does.
		seller.files("风机测振四期", "风机测振五期")
		all := application.FindAllString(first.get("/desk/queue").want(t, http.StatusOK, "风机测振四期", "风机测振五期").Text, -1)
		one := first.get(all[0])
		first.post("/do/startReview", one.hidden("/do/startReview")).want(t, http.StatusSeeOther)
		one = first.get(all[0]).want(t, http.StatusOK, "_next="+url.QueryEscape(all[1]+"?done=handOverApplication"))
		if next := first.post("/do/releaseApplication", one.hidden("/do/releaseApplication")).want(t, http.StatusSeeOther).Header.Get("Location"); next != all[1]+"?done=releaseApplication" {
			t.Errorf("after a release comes %s", next)
		}
		seller.post(at, form).want(t, http.StatusForbidden)
		p.reader("").post(at, form).want(t, http.StatusSeeOther)
	})
}
