package web_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// What a script adds to the desk: keys that go through the queue and open a decision, and a file that is told to be none before it is sent, is sent
// with a bar, and leads back to its record. The pages keep the rules of all others while they are full.
func TestTheDeskWithAScript(t *testing.T) {
	b := newBrowser(t)
	p := newPortal(t, dbtest.New(t, db.SQLite))
	seller := p.reader("lin.yanzhou")
	seller.files("叶片测冰一期", "叶片测冰二期")
	first := p.reader("he.qinghe")
	all := application.FindAllString(first.get("/desk/queue").Text, -1)
	first.post("/do/startReview", first.get(all[0]).hidden("/do/startReview")).want(t, http.StatusSeeOther)
	b.signIn(p.URL, "he.qinghe")
	for _, path := range []string{"/desk/queue", all[0]} {
		for _, v := range views {
			b.look(p, path, v.width, v.language)
		}
	}
	press := func(key string) {
		evaluate[bool](b, fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: %q, bubbles: true }))`, key))
	}
	b.open(p.URL + "/desk/queue")
	press("j")
	press("j")
	if at := evaluate[string](b, "document.activeElement.getAttribute('href')"); at != all[1] {
		t.Errorf("j leads to %s", at)
	}
	b.open(p.URL + all[0])
	press("r")
	if at := evaluate[string](b, "document.activeElement.id"); at != "f-r-reason" {
		t.Errorf("r opens %q", at)
	}
	press("j") // it is typed now
	if at := evaluate[string](b, "location.pathname"); at != all[0] {
		t.Errorf("a letter of a text leads to %s", at)
	}
	b.act(`document.activeElement.blur(); document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }))`)
	if at := evaluate[string](b, "location.pathname"); at != all[1] {
		t.Errorf("j leads to %s", at)
	}
	b.open(p.URL + "/")
	b.act(`document.querySelector('form[action="/signout"] button').click()`)

	b.signIn(p.URL, "lin.yanzhou")
	b.open(p.URL + "/desk/import")
	b.act(`const f = document.querySelector('form[action="/do/createImport"]'); f.kind.value = "result"; f.owner_id.value = [...f.owner_id.options].find(o => o.text === "盛北理工大学").value; f.querySelector(".actions button").click()`)
	at := evaluate[string](b, "location.pathname")
	if !evaluate[bool](b, `document.querySelector("form[data-upload]").closest("details").open`) {
		t.Error("the form for the table is not open")
	}
	evaluate[bool](b, `document.querySelector("form[data-upload] button").click(), true`)
	if said := evaluate[string](b, `document.getElementById("e-file").textContent`); !strings.Contains(said, "No file was chosen") {
		t.Errorf("without a file it says %q", said)
	}
	table := filepath.Join(t.TempDir(), "清单.csv")
	if err := os.WriteFile(table, []byte("编号,成果名称,成果简介,技术领域\nD-1,晶圆划片液在线净化,划片冷却液在线过滤与杀菌一体，换液周期延长到三个月。,先进制造\nD-2,短,短,先进制造\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(b.ctx, chromedp.SetUploadFiles("#f-file", []string{table})); err != nil {
		t.Fatal(err)
	}
	b.act(`document.querySelector("form[data-upload] button").click()`)
	b.act(`document.querySelector('form[action="/do/startImport"] button').click()`)
	for range 300 { // the page looks again by itself until it has ended, and is loaded anew then
		over, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && !document.getElementById("live")`))
		if err == nil && over {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	for _, v := range views {
		b.look(p, at, v.width, v.language)
	}
	if text := evaluate[string](b, `document.querySelector("main").textContent`); !strings.Contains(text, "Rows to mend (1)") {
		t.Errorf("after trying it says %s", text)
	}
}
