package operations_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// Whoever makes a form finds every code with its name in both languages.
func TestListsOfCodesAreThereInBothLanguages(t *testing.T) {
	h := apitest.New(t, dbtest.New(t, db.SQLite))
	v := h.Visitor()
	lists := v.Get("/v1/reference").Want(200)
	known, called := map[string]bool{}, map[string]bool{}
	for i := range lists.Items() {
		name := lists.Text("items", i, "list")
		if known[name] {
			t.Errorf("the list %s is there twice", name)
		}
		known[name] = true
		// A name heads a form or a column: a noun, no sentence, and no note with its end cut off.
		zh, en := lists.Text("items", i, "name"), lists.Text("items", i, "name_en")
		if n := utf8.RuneCountInString(zh); n == 0 || n > 12 || strings.ContainsAny(zh, "，。；：？！、“”`_ \n") || !containsHan(zh) || strings.HasSuffix(zh, "见") || strings.HasSuffix(zh, "与") {
			t.Errorf("the list %s is called %q", name, zh)
		}
		if en == "" || len(en) > 45 || strings.ContainsAny(en, ".;!?`_\n") || containsHan(en) || !unicode.IsUpper(rune(en[0])) {
			t.Errorf("the list %s is called %q", name, en)
		}
		if called[zh] || called[en] {
			t.Errorf("another list than %s is called %q, %q as well", name, zh, en)
		}
		called[zh], called[en] = true, true
		table := v.Get("/v1/reference/" + name).Want(200)
		for j := range table.Items() {
			zh, en := table.Text("items", j, "name"), table.Text("items", j, "name_en")
			if zh == "" || en == "" || zh == en || containsHan(en) || table.Text("items", j, "code") == "" {
				t.Errorf("%s: %q, %q", name, zh, en)
			}
		}
	}
	for _, name := range []string{"party_nature", "field", "decline_reason", "organization_kind", "transfer_mode", "cooperation_mode", "close_reason", "deduction_kind", "register_kind", "country", "discipline", "industry", "ip_kind", "socio_economic_objective", "grade_kind"} {
		if !known[name] {
			t.Errorf("no list of %s among %v", name, known)
		}
	}
	table := v.Get("/v1/reference/decline_reason").Want(200)
	again := v.Do("GET", "/v1/reference/decline_reason", nil, map[string]string{"If-None-Match": table.ETag})
	again.Want(304)
	industry := v.Get("/v1/reference/industry").Want(200)
	if industry.Text("source") != "GB/T 4754-2017" || industry.Text("items", 1, "parent") != "A" || len(industry.Items()) != 117 {
		t.Errorf("%.400s", industry.Raw)
	}
	// What a contract takes is what its list says.
	kinds := v.Get("/v1/reference/ip_kind").Want(200)
	var codes []string
	for i := range kinds.Items() {
		codes = append(codes, kinds.Text("items", i, "code"))
	}
	if list := strings.Join(codes, " "); len(codes) != 10 || !strings.Contains(list, "technical_secret") || !strings.Contains(list, "new_medicine") {
		t.Errorf("kinds of intellectual property: %v", codes)
	}
	v.Do("HEAD", "/v1/reference/country", nil, nil).Want(200)
	v.Get("/v1/reference/nothing_such").Refused(404, "not_found")
}

func containsHan(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			return true
		}
	}
	return false
}

func TestRegionsAreListedByPages(t *testing.T) {
	h := apitest.New(t, dbtest.New(t, db.SQLite))
	v := h.Visitor()
	seen := map[string]bool{}
	for next := ""; ; {
		query := "/v1/regions?level=province&limit=20"
		if next != "" {
			query += "&cursor=" + url.QueryEscape(next)
		}
		r := v.Get(query).Want(200)
		for i := range r.Items() {
			seen[r.Text("items", i, "code")] = true
		}
		if r.Body["next_cursor"] == nil {
			break
		}
		next = r.Text("next_cursor")
	}
	if len(seen) != 34 || !seen["810000"] {
		t.Errorf("%d provinces: %v", len(seen), seen)
	}
	r := v.Get("/v1/regions?name=" + url.QueryEscape("浑南")).Want(200)
	if len(r.Items()) != 1 || r.Text("items", 0, "full_name") != "辽宁省沈阳市浑南区" || r.Text("items", 0, "name_en") != "Hunnan District" || r.Text("items", 0, "parent") != "210100" || r.Body["to"] != nil {
		t.Errorf("%s", r.Raw)
	}
	for _, shenyang := range []string{"Shenyang", "shen%20yang", "SHEN'YANG"} { // as people type it
		if r := v.Get("/v1/regions?name=" + shenyang).Want(200); len(r.Items()) != 1 || r.Text("items", 0, "code") != "210100" {
			t.Errorf("%s: %s", shenyang, r.Raw)
		}
	}
	v.Get("/v1/regions?all=true&on=2020-01-01").Refused(400, "invalid_input")
	for _, none := range []string{"/v1/regions?code=219999", "/v1/regions?parent=219999", "/v1/offices?region=219999"} { // an empty list would say that there is such a region
		if r := v.Get(none).Refused(400, "invalid_input"); r.Text("errors", 0, "code") != "unknown_region" {
			t.Errorf("%s: %s", none, r.Raw)
		}
	}
}
