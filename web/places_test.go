package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// A region is told by its name: one that says which is taken, of several one is chosen, one that there is not is said at its place; its code counts
// as before. All of it without a script, in a form as in the filters of a list, and its name stands in the language of the page.
func TestARegionByItsName(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	r := p.reader("lin.yanzhou")
	form := r.get("/do/createOrganization").want(t, http.StatusOK, `data-places="/suggest/places"`).hidden("/do/createOrganization")
	for name, value := range map[string]string{"name": "盛北光电研究所", "kind": "institute", "credit_code": "12210112MB0000015T", "contact/name": "李工", "contact/phone": "024-00001234"} {
		form.Set(name, value)
	}
	send := func(place ...string) page {
		form["region"] = place
		return r.post("/do/createOrganization", form)
	}
	send("浑河北岸").want(t, http.StatusBadRequest, "没有叫“浑河北岸”的地区", `value="浑河北岸"`)
	several := send("和平区").want(t, http.StatusBadRequest, "叫“和平区”的地区不止一个", "天津市和平区", `value="210102"`, "Heping District, Tianjin", `value="盛北光电研究所"`)
	if strings.Contains(several.Text, "created") {
		t.Error("something was done before the region was clear")
	}
	for typed, wants := range map[string]string{"沈阳浑南": "沈阳市浑南区", "Hunnan District, Shenyang": "沈阳市浑南区", "辽宁省沈阳市浑南区": "沈阳市浑南区", "210112": "沈阳市浑南区", "沈阳": "辽宁省沈阳市"} {
		form.Set("credit_code", "not a code") // so that the form comes back
		if got := send(typed); !strings.Contains(got.Text, `value="辽宁省`+strings.TrimPrefix(wants, "辽宁省")+`"`) || strings.Contains(got.Text, "e-region") {
			t.Errorf("%q: %s", typed, plain(got.Text))
		}
	}
	if got := send("210102", "和平区"); !strings.Contains(got.Text, `value="辽宁省沈阳市和平区"`) {
		t.Errorf("what was chosen does not count before what was typed: %s", plain(got.Text))
	}

	all := r.get("/organizations?region="+url.QueryEscape("沈阳浑南")).want(t, http.StatusOK, `value="沈阳浑南"`)
	if coded := r.get("/organizations?region=210112"); strings.Count(coded.Text, "<tr>") != strings.Count(all.Text, "<tr>") || strings.Count(all.Text, "<tr>") < 2 {
		t.Errorf("by name %d, by code %d", strings.Count(all.Text, "<tr>"), strings.Count(coded.Text, "<tr>"))
	}
	r.get("/organizations?region="+url.QueryEscape("和平区")).want(t, http.StatusOK, "不止一个", `value="120101"`)
	english := r.get("/organizations?lang=en&region="+url.QueryEscape("heping district")).want(t, http.StatusOK, "More than one region", "Heping District, Shenyang, Liaoning")
	if org := english.links(); len(org) == 0 {
		t.Error(org)
	}
	r.get("/organizations?region=").want(t, http.StatusOK, "Shenyang, Liaoning")
	r.get("/suggest/places?q=hunnan").want(t, http.StatusOK, `"Hunnan District, Shenyang, Liaoning"`, `"辽宁省沈阳市浑南区"`)
	r.get("/suggest/places?q="+url.QueryEscape(strings.Repeat("沈", 300))).want(t, http.StatusOK, `"items":[]`)
}
