package api_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jiebang/api/apitest"
	"jiebang/internal/tables"
)

// office is a transfer office with its import of a table.
type office struct {
	*apitest.House
	id              string
	officer, second *apitest.Client
}

func newOffice(h *apitest.House) office {
	id, editor, second := h.Organization("盛北理工大学", "university", "210112")
	return office{h, id, editor, second}
}

// prepare makes an import and hangs its file on it.
func (o office) prepare(settings apitest.J, name string, file []byte) *apitest.Response {
	o.Helper()
	body := apitest.J{"kind": "result", "owner_id": o.id}
	for k, v := range settings {
		body[k] = v
	}
	r := o.officer.Post("/v1/imports", body).Want(201)
	o.send(r.Text("id"), name, file)
	return r
}

func (o office) send(id, name string, file []byte) {
	o.Helper()
	upload := o.officer.Post("/v1/uploads", apitest.J{"object_kind": "import", "object_id": id, "name": name, "size": len(file)}).Want(201).Text("id")
	o.officer.Do("PUT", "/v1/uploads/"+upload+"/content", apitest.Bytes(file), nil).Want(200)
	o.officer.Post("/v1/uploads/"+upload+"/complete", apitest.J{}).Want(201)
}

// run starts an import and waits for its end.
func (o office) run(id string, dry bool) *apitest.Response {
	o.Helper()
	r := o.officer.Get("/v1/imports/" + id).Want(200)
	o.officer.Act("/v1/imports/"+id+"/start", r.ETag, apitest.J{"dry_run": dry}).Want(200)
	o.Eventually("the import ends", func() bool {
		r = o.officer.Get("/v1/imports/" + id).Want(200)
		return r.Text("state") != "queued" && r.Text("state") != "running"
	})
	return r
}

// counts are created, changed, revised, unchanged, refused.
func counts(r *apitest.Response) string {
	return fmt.Sprint(r.Text("state"), " ", r.At("created"), r.At("changed"), r.At("revised"), r.At("unchanged"), r.At("refused"))
}

// problems are what is wrong, by row and column.
func (o office) problems(id string) string {
	var out []string
	for _, i := range o.officer.Get("/v1/imports/" + id + "/rows?outcome=refused&limit=100").Want(200).Items() {
		row := i.(map[string]any)
		for _, e := range row["errors"].([]any) {
			p := e.(map[string]any)
			out = append(out, fmt.Sprint(row["row"], p["column"], " ", p["code"]))
		}
	}
	return strings.Join(out, "; ")
}

const messy = "盛北理工大学科技成果汇总表,,,,,\r\n填报日期：2026年3月,,,单位：万元,,\r\n序号,成果编号,成果名称*,成果简介,技术领域,转让价格\r\n" +
	"1,C-001,低温等离子体废气净化装置,\"采用介质阻挡放电产生低温等离子体，\r\n去除率不低于 95%。\",环保,50-100\r\n" +
	",,,,,\r\n" +
	"2,C-002,高强铝合金板材,高强铝合金板材的形变热处理工艺及装备。,新材料,面议\r\n" +
	"3,C-003,铁水脱硫剂,一种铁水预处理用复合脱硫剂及其制备。,冶金,80\r\n" +
	"4,C-004,短,一段足够长的公开摘要。,新材料,一百来万\r\n" +
	"合计,,4 项,,,\r\n注：价格为意向价。,,,,,\r\n"

func TestATableIsTriedMendedAndBroughtIn(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		o := newOffice(h)
		gbk, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(messy)) // as the Chinese spreadsheet saves it
		if err != nil {
			t.Fatal(err)
		}
		id := o.prepare(apitest.J{}, "成果.csv", gbk).Text("id")
		o.officer.Get("/v1/imports/"+id+"/workbook").Refused(409, "wrong_state")
		dry := o.run(id, true)
		if counts(dry) != "done 2 0 0 0 2" || dry.At("written") != false {
			t.Fatalf("the dry run: %s, %v", counts(dry), dry.At("failure"))
		}
		if got := o.problems(id); got != "7E not_allowed; 8C too_short; 8F bad_amount" && got != "7E not_allowed; 8F bad_amount" && got != "7E not_allowed; 8F bad_amount; 8C too_short" {
			t.Errorf("wrong is %s", got)
		}
		if got := len(o.officer.Get("/v1/results?owner_id=" + o.id).Want(200).Items()); got != 0 {
			t.Errorf("a dry run wrote %d", got)
		}
		// The workbook says it beside the rows, mended it comes in.
		book := o.officer.Get("/v1/imports/" + id + "/workbook").Want(200)
		file, err := tables.Open(bytes.NewReader(book.Raw), int64(len(book.Raw)))
		if err != nil {
			t.Fatal(err)
		}
		rows, _, err := file.Open(file.Sheets()[0])
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for {
			r, err := rows.Next()
			if err != nil {
				break
			}
			if len(r.Cells) > 6 && r.Cells[6].Text != "" {
				said = append(said, fmt.Sprint(r.Number, r.Cells[1].Text, r.Cells[6].Text, len(r.Cells) > 7 && r.Cells[7].Text != ""))
			}
		}
		if got := strings.Join(said, " "); !strings.Contains(got, "3成果编号导入结果true 4C-001新增") || !strings.Contains(got, "7C-003有误true") || !strings.Contains(got, "8C-004有误true") {
			t.Errorf("the workbook says %s", got)
		}
		mended := strings.NewReplacer("冶金", "新材料", ",短,", ",短流程炼钢,", "一百来万", "100").Replace(messy)
		o.send(id, "成果-改.csv", []byte(mended))
		if r := o.run(id, false); counts(r) != "done 4 0 0 0 0" || r.At("written") != true || r.Text("outcome") != "all" {
			t.Fatalf("%s %v", counts(r), r.At("failure"))
		}
		var prices []string
		for _, i := range o.officer.Get("/v1/results?sort=title&owner_id=" + o.id).Want(200).Items() {
			r := i.(map[string]any)
			prices = append(prices, fmt.Sprint(r["external_id"].(map[string]any)["id"], r["price"]))
		}
		if got := fmt.Sprint(prices); !strings.Contains(got, "C-001map[kind:range max:map[amount:1000000.00") && !strings.Contains(got, "C-001map[kind:range max:1000000.00") {
			t.Errorf("prices are %s", got)
		}
		// Once more nothing changes; what changes is written anew.
		if r := o.run(id, false); counts(r) != "done 0 0 0 4 0" {
			t.Errorf("again: %s", counts(r))
		}
		// Submitted, published by another, and what is public then gets a revision.
		did := o.officer.Post("/v1/batches", apitest.J{"kind": "result", "action": "submit", "import_id": id}).Want(200)
		if did.At("done") != 4.0 || did.At("refused") != 0.0 {
			t.Fatalf("submitted: %s", did.Raw)
		}
		own := o.officer.Post("/v1/batches", apitest.J{"kind": "result", "action": "publish", "import_id": id}).Want(200)
		if own.At("done") != 0.0 || own.Text("items", 0, "code") != "own_decision" {
			t.Errorf("who submitted publishes: %s", own.Raw)
		}
		if r := o.second.Post("/v1/batches", apitest.J{"kind": "result", "action": "publish", "import_id": id}).Want(200); r.At("done") != 4.0 {
			t.Fatalf("published: %s", r.Raw)
		}
		o.send(id, "成果-再改.csv", []byte(strings.NewReplacer("高强铝合金板材,", "超高强铝合金板材,", "50-100", "60-100").Replace(mended)))
		if r := o.run(id, false); counts(r) != "done 0 1 1 2 0" {
			t.Errorf("changed: %s %s", counts(r), o.problems(id))
		}
		if r := o.second.Post("/v1/batches", apitest.J{"kind": "result", "action": "confirm", "import_id": id, "confirmed_until": time.Now().AddDate(1, 0, 0).Format("2006-01-02")}).Want(200); r.At("done") != 4.0 {
			t.Errorf("confirmed: %s", r.Raw)
		}
		ids := o.officer.Post("/v1/batches", apitest.J{"kind": "result", "action": "submit", "ids": []string{uuid.NewString()}}).Want(200)
		if ids.At("refused") != 1.0 || ids.Text("items", 0, "code") != "not_found" {
			t.Errorf("what is not there: %s", ids.Raw)
		}
	})
}

func TestAnExportImportsAgainWithoutLoss(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		o := newOffice(h)
		id := o.prepare(apitest.J{"all_or_nothing": true, "field": "environment"}, "成果.jsonl", []byte(
			`{"id":"001234567890123456","title":"=1+1 的装置","abstract":"-10℃ 下运行的装置，\n第二段。","keywords":["2,4-二硝基苯","a;b"],"price":"10-20万元","trl":5,"transfer_modes":["assignment","free_trial"]}`+"\n"+
				`{"id":"B","title":"@另一项成果","abstract":"'+一段足够长的公开摘要。","price":"面议","confirmed_until":"2099-12"}`+"\n")).Text("id")
		if r := o.run(id, false); counts(r) != "done 2 0 0 0 0" {
			t.Fatalf("%s %v %s", counts(r), r.At("failure"), o.problems(id))
		}
		for _, format := range []string{"xlsx", "csv", "jsonl"} {
			out := o.officer.Get("/v1/exports/result?owner_id=" + o.id + "&format=" + format).Want(200)
			if format == "csv" && (bytes.Contains(out.Raw, []byte(",=1+1")) || bytes.Contains(out.Raw, []byte("\n001234"))) {
				t.Errorf("a spreadsheet would take it for something else: %s", out.Raw)
			}
			again := o.prepare(apitest.J{}, "导出."+format, out.Raw).Text("id")
			if r := o.run(again, false); counts(r) != "done 0 0 0 2 0" {
				t.Errorf("%s: %s %v %s", format, counts(r), r.At("failure"), o.problems(again))
			}
		}
		h.Visitor().Get("/v1/exports/result").Want(401)
		template := h.Visitor().Get("/v1/import-templates/need").Want(200)
		if _, err := tables.Open(bytes.NewReader(template.Raw), int64(len(template.Raw))); err != nil {
			t.Error(err)
		}
		bad := o.prepare(apitest.J{"all_or_nothing": true}, "坏.csv", []byte("编号,成果名称,成果简介,技术领域\nX,一项新的成果,一段足够长的公开摘要。,环保\nY,短,短,环保\n")).Text("id")
		if r := o.run(bad, false); counts(r) != "done 1 0 0 0 1" || r.At("written") != false {
			t.Errorf("%s", counts(r))
		}
		if got := len(o.officer.Get("/v1/results?owner_id=" + o.id).Want(200).Items()); got != 2 {
			t.Errorf("all or nothing wrote some: %d", got)
		}
	})
}
