package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// The pages of work in a browser: a board, a record written step by step, a bid as a list of tasks, and a field for a place that offers names while
// one types, by which it is filled in.
func TestPagesOfWorkInABrowser(t *testing.T) {
	b := newBrowser(t)
	p := newPortal(t, dbtest.New(t, db.SQLite))
	r := p.reader("guan.tiefeng")
	owner := one(r.get("/write/need"), `<option value="([0-9a-f-]{36})"[^>]*>辽浑智造装备有限公司`)
	second := r.fill("/write/need", url.Values{"owner_id": {owner}, "title": {"送片模块越跑越偏"}, "field": {"electronics"},
		"problem": {"送片模块刚开机时放得很准，跑上两三个钟头腔里热起来，片子就慢慢往一边歪，只能停下来等它凉一凉，再由师傅重新教一遍位置。"}}).want(t, http.StatusSeeOther).Header.Get("Location")
	b.signIn(p.URL, "guan.tiefeng")
	for _, path := range []string{"/desk/deals", "/desk/mandates", "/desk/needs", "/write/need", second, strings.TrimSuffix(second, "2") + "4", "/write/challenge", "/organizations?region=" + url.QueryEscape("和平区")} {
		for _, v := range views {
			b.look(p, path, v.width, v.language)
		}
	}
	b.open(p.URL + "/do/createOrganization?lang=zh")
	if err := chromedp.Do(b.ctx, chromedp.SendKeys("#f-region", "浑南")); err != nil {
		t.Fatal(err)
	}
	offered := ""
	for range 100 {
		if offered = evaluate[string](b, `document.querySelector("#f-region-names option")?.value ?? ""`); offered == "辽宁省沈阳市浑南区" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if offered != "辽宁省沈阳市浑南区" {
		t.Errorf("a field for a place offers %q", offered)
	}
	for _, fault := range b.wrong() {
		t.Error(fault)
	}
	b.open(p.URL + "/")
	b.act(`document.querySelector('form[action="/signout"] button').click()`)
	bidder := p.reader("lin.yanzhou")
	begin := ""
	for _, link := range bidder.get("/challenges").links() {
		if strings.HasPrefix(link, "/challenges/") {
			if begin = one(bidder.get(link), `href="(/write/bid\?challenge_id=[0-9a-f-]{36})"`); begin != "" {
				break
			}
		}
	}
	made := bidder.fill(begin, url.Values{"owner_id": {one(bidder.get(begin), `<option value="([0-9a-f-]{36})"`)}}).want(t, http.StatusSeeOther).Header.Get("Location")
	at, _, _ := strings.Cut(made, "?")
	b.signIn(p.URL, "lin.yanzhou")
	for _, path := range []string{begin, at, fmt.Sprintf("/write/bid/%s/3", strings.TrimPrefix(at, "/desk/bids/"))} {
		for _, v := range views {
			b.look(p, path, v.width, v.language)
		}
	}
}
