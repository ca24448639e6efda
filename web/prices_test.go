package web_test

import (
	"html"
	"net/http"
	"regexp"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// A deal whose price is being shown says so on the board and on its page, where the supplier may take the notice back; its people read the notice and
// may object, the other side finds neither price nor notice.
func TestTheNoticeOfAPrice(t *testing.T) {
	p := newPortal(t, dbtest.New(t, db.SQLite))
	supplier, demander := p.reader("lin.yanzhou"), p.reader("guan.tiefeng")
	board := supplier.get("/desk/deals").want(t, http.StatusOK, "须先完成价格公示（公示中）")
	back := regexp.MustCompile(`/do/withdrawPriceNotice\?[^"]*`)
	var deal page
	var at string
	for _, link := range board.links() {
		if regexp.MustCompile(`^/desk/deals/[0-9a-f-]{36}$`).MatchString(link) {
			if one := supplier.get(link); back.MatchString(one.Text) {
				deal, at = one, link
			}
		}
	}
	if at == "" {
		t.Fatal("no deal offers to take its notice back")
	}
	deal.want(t, http.StatusOK, "96 万元", "公示中", "2026-12-08", "协议定价")
	theirs := demander.get(at).want(t, http.StatusOK, "公示中", "2026-12-08")
	if regexp.MustCompile(`96 万元|协议定价|/notices/`).MatchString(theirs.Text) || back.MatchString(theirs.Text) {
		t.Error("the other side is told what the unit shows to its own people")
	}
	notice := regexp.MustCompile(`/notices/[0-9a-f-]{36}`).FindString(deal.Text)
	objecting := regexp.MustCompile(`/do/fileObjection\?[^"]*`).FindString(supplier.get(notice).want(t, http.StatusOK, "96 万元", "15 个自然日").Text)
	supplier.get(html.UnescapeString(objecting)).want(t, http.StatusOK, "/do/fileObjection")
	demander.get(notice).want(t, http.StatusNotFound)
}
