package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// chip is a value of a facet on a page: its link and its count.
var chip = regexp.MustCompile(`<li><a href="([^"]+)"[^>]*>([^<]+)</a> <span>([0-9,]+)</span></li>`)

// What is public is narrowed on its pages by names and by chips, each of which leads to as many records as it counts; a place is told by its name,
// and what is wrong is said at the filter.
func TestPublicListsAreNarrowedByChipsAndNames(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	for _, path := range []string{"/results", "/needs"} {
		r := p.reader("")
		first := r.get(path).want(t, http.StatusOK, `data-places="/suggest/places"`, `class="chips"`, `name="negotiable"`, `name="chain"`)
		chips := chip.FindAllStringSubmatch(first.Text, -1)
		if len(chips) < 5 {
			t.Errorf("%s has %d chips", path, len(chips))
		}
		for i, c := range chips {
			if i%3 != 0 { // a third of them, of all facets
				continue
			}
			many, err := strconv.Atoi(strings.ReplaceAll(c[3], ",", ""))
			if err != nil {
				t.Fatal(err)
			}
			got := r.get(strings.ReplaceAll(c[1], "&amp;", "&")).want(t, http.StatusOK, `aria-current="true">`+c[2])
			if n := strings.Count(got.Text, "<h3>"); n != min(many, 50) {
				t.Errorf("%s: %s leads to %d, and counts %d", path, c[2], n, many)
			}
		}
		named := r.get(path+"?region="+url.QueryEscape("沈阳")).want(t, http.StatusOK)
		if coded := r.get(path + "?region=210100"); strings.Count(named.Text, "<h3>") != strings.Count(coded.Text, "<h3>") || strings.Count(coded.Text, "<h3>") == 0 {
			t.Errorf("%s: by name %d, by code %d", path, strings.Count(named.Text, "<h3>"), strings.Count(coded.Text, "<h3>"))
		}
		r.get(path+"?region="+url.QueryEscape("和平区")).want(t, http.StatusOK, "不止一个", `value="120101"`)
		r.get(path+"?published_from=2026-03-02&published_to=2026-03-01").want(t, http.StatusOK, "早于起日")
	}
	p.reader("").get("/find?q="+url.QueryEscape("废气")+"&region=210000").want(t, http.StatusOK, `class="chips"`)
	p.reader("").get("/challenges").want(t, http.StatusOK)
}
