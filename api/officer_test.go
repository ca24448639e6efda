package api_test

import (
	"bytes"
	"fmt"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/tables"
)

// list is the workbook of a transfer office: titles above, a unit in a note, headings in the third row, a total below; 400 results, of which
// some are not yet as they should be.
func list(t *testing.T, mended bool) []byte {
	t.Helper()
	b, err := tables.NewBook("2026年成果", []float64{8, 14, 30, 60})
	if err != nil {
		t.Fatal(err)
	}
	row := func(n int, texts ...string) {
		cells := make([]tables.Cell, len(texts))
		for i, s := range texts {
			cells[i].Text = s
		}
		if err := b.Row(n, cells, false); err != nil {
			t.Fatal(err)
		}
	}
	row(1, "盛北理工大学科技成果汇总表")
	row(2, "填报单位：科研院", "", "", "单位：万元")
	row(3, "序号", "成果登记号", "项目名称*", "成果简介", "所属领域", "成熟度", "合作方式", "意向价格", "主题词", "备注")
	for i := range 400 {
		price, field, level := "面议", "新材料", "TRL5"
		switch {
		case i%7 == 0:
			price = fmt.Sprintf("%d-%d", 10+i, 60+i)
		case i%7 == 1:
			price = "约50"
		}
		if !mended && i == 346 {
			price = "五十来万"
		}
		if !mended && i == 17 {
			field = "冶金"
		}
		if !mended && i == 390 {
			level = "十级"
		}
		row(4+i, fmt.Sprint(i+1), fmt.Sprintf("SB-2026-%03d", i+1), fmt.Sprintf("第 %d 号高强合金板材制备技术", i+1), "高强合金板材的形变热处理工艺及其成套装备。", field, level, "技术转让、普通许可", price, "合金;热处理;2,4-二氯苯酚", "")
	}
	row(405, "合计", "", "400 项")
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A transfer officer's year: 400 results in a workbook are tried, mended, brought in, submitted and published in bulk, found, and confirmed a year
// later.
func TestATransferOfficersYear(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		o := newOffice(h)
		id := o.prepare(apitest.J{"mapping": []apitest.J{{"heading": "备注", "field": "-"}}, "save_mapping": true}, "成果汇总.xlsx", list(t, false)).Text("id")

		// She tries it: 397 would go in, and of three rows she is told what is wrong and where.
		if r := o.run(id, true); counts(r) != "done 397 0 0 0 3" {
			t.Fatalf("tried: %s %v", counts(r), r.At("failure"))
		}
		if got := o.problems(id); got != "21E not_allowed; 350H bad_amount; 394F out_of_range" {
			t.Errorf("wrong is %s", got)
		}

		// She mends it and brings it in.
		o.send(id, "成果汇总-改.xlsx", list(t, true))
		if r := o.run(id, false); counts(r) != "done 400 0 0 0 0" {
			t.Fatalf("brought in: %s %v", counts(r), r.At("failure"))
		}

		// She submits them all, her colleague publishes them, each in one call.
		all := func(who *apitest.Client, action string, more apitest.J) {
			t.Helper()
			body := apitest.J{"kind": "result", "action": action, "import_id": id}
			for k, v := range more {
				body[k] = v
			}
			if r := who.Post("/v1/batches", body).Want(200); r.At("done") != 400.0 || r.At("refused") != 0.0 || r.At("more") != false {
				t.Fatalf("%s: %v done, %v refused", action, r.At("done"), r.At("refused"))
			}
		}
		all(o.officer, "submit", nil)
		all(o.second, "publish", nil)
		one := h.Visitor().Get("/v1/results?external_scheme=import&external_id=SB-2026-008").Want(200)
		if one.Text("items", 0, "state") != "published" || fmt.Sprint(one.At("items", 0, "keywords")) != "[合金 热处理 2,4-二氯苯酚]" || one.Text("items", 0, "price", "kind") != "range" {
			t.Errorf("%s", one.Raw)
		}

		// The same workbook once more changes nothing.
		if r := o.run(id, false); counts(r) != "done 0 0 0 400 0" {
			t.Errorf("once more: %s", counts(r))
		}

		// A year later she confirms that all of it still holds.
		h.Clock.Set("2027-03-10T02:00:00Z")
		h.SignInAgain()
		o.officer = h.Again(o.officer)
		all(o.officer, "confirm", apitest.J{"confirmed_until": "2028-03-31"})
		if got := h.Visitor().Get("/v1/results?external_scheme=import&external_id=SB-2026-400").Want(200).Text("items", 0, "confirmed_until"); got != "2028-03-31" {
			t.Errorf("it is confirmed until %s", got)
		}
	})
}
