package api_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"jiebang/api/apitest"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// desk is a registration office that holds tables of the national system against what it has registered.
type desk struct{ *apitest.Stage }

// table prepares a reconciliation and hangs a table on it.
func (d desk) table(settings apitest.J, name string, file []byte) string {
	d.Helper()
	body := apitest.J{"office": "SY01"}
	for k, v := range settings {
		body[k] = v
	}
	id := d.First.Post("/v1/reconciliations", body).Want(201).Text("id")
	d.send(id, name, file)
	return id
}

func (d desk) send(id, name string, file []byte) {
	d.Helper()
	upload := d.First.Post("/v1/uploads", apitest.J{"object_kind": "reconciliation", "object_id": id, "name": name, "size": len(file)}).Want(201).Text("id")
	d.First.Do("PUT", "/v1/uploads/"+upload+"/content", apitest.Bytes(file), nil).Want(200)
	d.First.Post("/v1/uploads/"+upload+"/complete", apitest.J{}).Want(201)
}

func (d desk) get(id string) *apitest.Response {
	return d.First.Get("/v1/reconciliations/" + id).Want(200)
}

// compare starts a reconciliation and waits for its end.
func (d desk) compare(id string) *apitest.Response {
	d.Helper()
	d.First.Act("/v1/reconciliations/"+id+"/start", d.get(id).ETag, nil).Want(200)
	return d.ends(id)
}

func (d desk) ends(id string) (r *apitest.Response) {
	d.Helper()
	d.Eventually("the reconciliation ends", func() bool {
		r = d.get(id)
		return !strings.Contains("queued comparing taking", r.Text("state"))
	})
	return r
}

// rows are what became of rows: "row outcome what-differs-or-is-wrong".
func (d desk) rows(id, query string) string {
	var out []string
	for _, i := range d.First.Get("/v1/reconciliations/" + id + "/rows?limit=100" + query).Want(200).Items() {
		row := i.(map[string]any)
		words := []string{fmt.Sprint(row["row"]), row["outcome"].(string)}
		if list, some := row["differences"].([]any); some {
			for _, x := range list {
				words = append(words, x.(map[string]any)["place"].(string))
			}
		}
		if list, some := row["errors"].([]any); some {
			for _, x := range list {
				e := x.(map[string]any)
				column, _ := e["column"].(string)
				words = append(words, strings.TrimSpace(column+" "+e["code"].(string)))
			}
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, "; ")
}

// national is a table as an office has it from the national system: a title, amounts in ten thousands, headings in two rows, a total below.
func national(rows ...string) []byte {
	text := "2025年度技术合同登记情况表,,,,,,,,,,,\r\n" +
		"合同登记编号,项目名称,合同类型,合同签订日期,登记日期,合同成交额（万元）,技术交易额（万元）,卖方名称,卖方统一社会信用代码,卖方行政区划,买方名称,买方行政区划,技术领域,登记机构\r\n" +
		strings.Join(rows, "\r\n") + "\r\n合计,,,,,1234.5,,,,,,,,\r\n"
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(err)
	}
	return b
}

// A registrar holds the table of the national system against what is registered here. What only the table has is taken over once a second registrar
// confirms it, counts in the months of its registration, and is the same in both from then on; what differs is settled by a note.
func TestATableOfTheNationalSystemIsReconciled(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		d := desk{apitest.NewStage(h)}
		_, _, application := d.Contract("submitted")
		r := d.First.Get("/v1/applications/" + application).Want(200)
		r = d.First.Act("/v1/applications/"+application+"/start-review", r.ETag, nil).Want(200)
		r = d.First.Act("/v1/applications/"+application+"/pass", r.ETag, apitest.J{}).Want(200)
		r = d.Second.Act("/v1/applications/"+application+"/grant", r.ETag, apitest.J{"official_number": "2026210102000001"}).Want(200)
		ours := d.Editor.Get("/v1/contracts/" + r.Text("contract", "id")).Want(200)
		_, _, other := d.Contract("submitted")
		d.Register(other, d.First, d.Second)
		amount := strings.TrimSuffix(ours.Text("turnover", "amount"), ".00")
		wan := func(yuan string) string { return yuan[:len(yuan)-4] + "." + yuan[len(yuan)-4:] }
		seller, code := ours.Text("terms", "sellers", 0, "name"), h.CreditCode()
		mine := func(amount string) string {
			return fmt.Sprintf("2026210102000001,%s,委托开发,%s,%s,%s,105,%s,,210112,%s,沈阳市铁西区,先进制造,", ours.Text("terms", "title"), ours.Text("terms", "signed_on"), ours.Text("registered_on"),
				amount, seller, ours.Text("terms", "buyers", 0, "name"))
		}
		rows := []string{
			mine(wan(amount)),
			"2025210102000101,高炉渣余热回收系统开发,技术开发,2025/3/5,2025年3月12日,125.50,120,沈北冶金研究院," + code + ",沈阳市浑南区,鞍山某炼铁厂,210302,新能源与高效节能,",
			"2025210102000102,数控系统升级技术服务,技术服务,2025-03-06,2025-03-20,30,,沈北冶金研究院," + code + ",210112,某机床厂,,先进制造,SY01",
			"2025210102000103,涂层配方技术转让,技术转让,2025-04-01,2025-04-09,1.234,,沈北冶金研究院," + code + ",210112,某涂料公司,110105,新材料及其应用,",
			"2025110105000777,吸纳的一项技术,技术咨询,2025-04-01,2025-04-10,8,,首都某研究所,,110105,沈阳某公司,210106,环境保护,北京市技术市场管理办公室",
			"2025210102000104,没有金额的一行,技术咨询,2025-04-01,2025-13-45,面议,,沈北冶金研究院,,210112,某公司,,环境保护,",
			"2025210102000101,重复的一行,技术咨询,2025-04-01,2025-04-10,8,,沈北冶金研究院," + code + ",210112,某公司,,环境保护,",
		}
		id := d.table(nil, "登记表.csv", national(rows...))
		done := d.compare(id)
		if got, want := d.rows(id, ""), "3 same; 4 only_there; 5 only_there; 6 only_there; 7 only_there; 8 unreadable E bad_format F bad_amount; 9 unreadable A repeated; 10 only_here"; got != want {
			h.Fatalf("rows are %s, want %s\n%s", got, want, done.Raw)
		}
		if done.Text("registered_from") != "2025-03-12" || done.Text("registered_to") != "2026-03-10" || fmt.Sprint(done.At("unsettled")) != "3" {
			h.Errorf("compared %s", done.Raw)
		}

		// The first and the second registrar.
		done = d.First.Act("/v1/reconciliations/"+id+"/settle", done.ETag, apitest.J{"row": 8, "note": "已请国家系统更正，下次再接收"}).Want(200)
		done = d.First.Act("/v1/reconciliations/"+id+"/propose", done.ETag, nil).Want(200)
		d.First.Act("/v1/reconciliations/"+id+"/confirm", done.ETag, nil).Refused(403, "own_decision")
		d.Far.Act("/v1/reconciliations/"+id+"/confirm", done.ETag, nil).Want(404)
		done = d.Second.Act("/v1/reconciliations/"+id+"/return", done.ETag, apitest.J{"reason": "请先核对第 9 行"}).Want(200)
		done = d.First.Act("/v1/reconciliations/"+id+"/propose", done.ETag, nil).Want(200)
		d.Second.Act("/v1/reconciliations/"+id+"/confirm", done.ETag, nil).Want(200)
		if done = d.ends(id); done.Text("state") != "done" || fmt.Sprint(done.At("taken"), done.At("left_out"), done.At("only_there")) != "4 0 0" {
			h.Fatalf("taken over: %s\n%s", done.Raw, d.rows(id, ""))
		}
		if got, want := d.rows(id, "&unsettled=true"), "9 unreadable A repeated; 10 only_here"; got != want {
			h.Errorf("unsettled are %s, want %s", got, want)
		}
		d.Second.Get("/v1/reconciliations/" + id + "/report").Want(200)

		// They count in their own months, as imported, and what was registered elsewhere is no turnover.
		turnover := func(query string) string {
			var out []string
			for _, i := range h.Operator.Get("/v1/turnover?from=2025-03-01&to=2026-03-31&by=quarter&" + query).Want(200).At("rows").([]any) {
				row := i.(map[string]any)
				f := row["figures"].(map[string]any)
				if n := fmt.Sprint(f["contracts"]); n != "0" {
					out = append(out, fmt.Sprint(row["period"], " ", n, " ", f["turnover"].(map[string]any)["amount"]))
				}
			}
			return strings.Join(out, ", ")
		}
		if got, want := turnover("origin=imported"), "2025-Q1 2 1555000.00, 2025-Q2 1 12340.00"; got != want {
			h.Errorf("imported: %s, want %s", got, want)
		}
		if got, want := turnover("elsewhere=true"), "2025-Q2 1 80000.00"; got != want {
			h.Errorf("elsewhere: %s, want %s", got, want)
		}
		found := h.Operator.Get("/v1/contracts?official_number=2025210102000101").Want(200)
		c := h.Operator.Get("/v1/contracts/" + found.Text("items", 0, "id")).Want(200)
		if c.Text("state") != "registered" || c.Text("registered_on") != "2025-03-12" || c.Text("taken_over", "reconciliation_id") != id || c.Text("technology_amount", "amount") != "1200000.00" {
			h.Errorf("taken over: %s", c.Raw)
		}
		entries := h.Operator.Get("/v1/contracts/" + found.Text("items", 0, "id") + "/ledger-entries").Want(200)
		if entries.Text("items", 0, "posted_on") != "2025-03-12" {
			h.Errorf("posted: %s", entries.Raw)
		}

		d.First.Get("/v1/contracts/"+found.Text("items", 0, "id")+"/certificate").Refused(409, "wrong_state")
		d.First.Act("/v1/reconciliations/"+id+"/start", done.ETag, nil).Refused(409, "wrong_state") // its rows are what contracts came from
		ending := d.Second.Post("/v1/contracts/"+found.Text("items", 0, "id")+"/cancellations", apitest.J{"reason": "双方已解除合同"}).Want(201)
		d.First.Act("/v1/applications/"+ending.Text("id")+"/withdraw", ending.ETag, nil).Want(200)

		// The same table again is the same; one that says otherwise tells what, within what it rounds.
		id = d.table(apitest.J{"registered_from": "2025-03-01", "registered_to": "2025-04-30"}, "再次.csv", national(rows[1], rows[2], rows[4]))
		again := d.compare(id)
		if got, want := d.rows(id, ""), "3 same; 4 same; 5 same; 6 only_here"; got != want {
			h.Errorf("again: %s, want %s\n%s", got, want, again.Raw)
		}
		id = d.table(nil, "不同.csv", national(mine("999"), strings.Replace(rows[3], "1.234", "1.23", 1), strings.Replace(strings.Replace(rows[1], "鞍山某炼铁厂", "本溪某炼铁厂", 1), "2025年3月12日", "2025年3月13日", 1)))
		differing := d.compare(id)
		if got, want := d.rows(id, "&outcome=differs"), "3 differs turnover; 5 differs registered_on buyer"; got != want {
			h.Errorf("otherwise: %s, want %s", got, want)
		}
		d.First.Act("/v1/reconciliations/"+id+"/propose", differing.ETag, nil).Refused(409, "nothing_to_confirm")
		h.Agrees()
	})
}

// What comes late for a month that is closed counts in the first open one and names its own; what was reported of a closed month stays.
func TestWhatIsLateForAClosedMonthCountsInTheFirstOpenOne(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		d := desk{apitest.NewStage(h)}
		row := func(number, day string) string {
			return number + ",一项技术服务," + "技术服务,2025-01-06," + day + "," + number[13:] + ",,沈北冶金研究院,,210112,某机床厂,,先进制造,"
		}
		takes := func(rows ...string) {
			t.Helper()
			id := d.table(nil, "登记表.csv", national(rows...))
			done := d.compare(id)
			done = d.First.Act("/v1/reconciliations/"+id+"/propose", done.ETag, nil).Want(200)
			d.Second.Act("/v1/reconciliations/"+id+"/confirm", done.ETag, nil).Want(200)
			if done = d.ends(id); done.Text("state") != "done" || done.At("left_out").(float64) != 0 {
				t.Fatalf("%s", done.Raw)
			}
		}
		closes := func(month string) {
			t.Helper()
			r := h.Operator.Post("/v1/ledger-closings", apitest.J{"month": month}).Want(201)
			h.Operator.Act("/v1/ledger-closings/"+r.Text("id")+"/confirm", r.ETag, nil).Refused(403, "own_decision")
			h.Deputy.Act("/v1/ledger-closings/"+r.Text("id")+"/confirm", r.ETag, nil).Want(200)
		}
		year := func() string {
			r := h.Operator.Get("/v1/turnover?from=2025-01-01&to=2025-12-31&by=quarter&origin=imported").Want(200)
			var out []string
			for _, i := range r.At("rows").([]any) {
				row := i.(map[string]any)
				out = append(out, fmt.Sprint(row["figures"].(map[string]any)["contracts"]))
			}
			return strings.Join(out, " ")
		}
		h.Operator.Post("/v1/ledger-closings", apitest.J{"month": "2026-03"}).Refused(400, "invalid_input")
		takes(row("2025210102000201", "2025-03-12"), row("2025210102000202", "2025-08-01"))
		if got := year(); got != "1 0 1 0" {
			h.Fatalf("before: %s", got)
		}
		closes("2025-06")
		h.Operator.Post("/v1/ledger-closings", apitest.J{"month": "2025-05"}).Refused(400, "invalid_input")
		takes(row("2025210102000203", "2025-02-11"), row("2025210102000204", "2025-09-01"))
		if got := year(); got != "1 0 3 0" {
			h.Errorf("after: %s", got)
		}
		late := h.Operator.Get("/v1/contracts?official_number=2025210102000203").Want(200).Text("items", 0, "id")
		entry := h.Operator.Get("/v1/contracts/" + late + "/ledger-entries").Want(200)
		if entry.Text("items", 0, "posted_on") != "2025-07-01" || entry.Text("items", 0, "belongs_to") != "2025-02" {
			h.Errorf("posted: %s", entry.Raw)
		}
		if c := h.Operator.Get("/v1/contracts/" + late).Want(200); c.Text("registered_on") != "2025-02-11" {
			h.Errorf("registered: %s", c.Raw)
		}
		if list := h.Visitor().Get("/v1/ledger-closings").Want(200); list.Text("items", 0, "month") != "2025-06" || list.At("items", 0, "closed") != true || strings.Contains(string(list.Raw), "confirmed_by") {
			h.Errorf("the public reads %s", list.Raw)
		}
		h.Agrees()
	})
}

// What tables of the national system have of parties and numbers is read as it is meant or refused by its cell; of two rows of one contract the second is a
// twin, and rows of another office of this system are that one's to compare.
func TestATableIsReadAsItIsMeant(t *testing.T) {
	s := apitest.NewStage(apitest.New(t, dbtest.New(t, db.SQLite)))
	d := desk{s}
	row := func(number, amount, seller, code, region, buyer, place, office string) string {
		return strings.Join([]string{number, "一项技术", "技术服务", "2025-01-06", "2025-02-11", amount, "", seller, code, region, buyer, place, "新材料及其应用技术", office}, ",")
	}
	person, err := codes.CompleteResidentID("21010219600315111")
	if err != nil {
		t.Fatal(err)
	}
	id := d.table(nil, "登记表.csv", national(
		row("2025210102000301", "10", "沈北研究院", "", "2101", "德国", "德国", ""),
		row("2025210102000302", "11", "张三丰", person, "210112", "某机床厂", "辽宁省大连市", ""),
		row("2025210102000303", "11", "甲大学、乙研究院", "", "210112", "某机床厂", "", ""),
		row("2.02521E+15", "12", "沈北研究院", "", "210112", "某机床厂", "", ""),
		row("2025210102000304", "13", "沈北研究院", "", "210112", "某机床厂", "", "DL01"),
		row("2025210102000305", "14", "沈北研究院", "", "210112", "第二机床厂", "", ""),
		row("2025210102000306", "14", "沈北研究院", "", "210112", "第二机床厂", "", ""),
	))
	d.compare(id)
	const want = "3 only_there; 4 only_there; 5 unreadable H too_many; 6 unreadable A bad_format; 7 unreadable N registered_here; 8 only_there; 9 twin repeated"
	if got := d.rows(id, ""); got != want {
		t.Errorf("rows are %s, want %s", got, want)
	}
	read := d.First.Get("/v1/reconciliations/" + id + "/rows?outcome=only_there").Want(200)
	if read.Text("items", 0, "buyer_region_name") != "德国" || strings.Contains(string(read.Raw), person) {
		t.Errorf("%s", read.Raw)
	}

	// The second of two alike is another contract: it is taken over once somebody says so.
	done := d.get(id)
	done = d.First.Act("/v1/reconciliations/"+id+"/settle", done.ETag, apitest.J{"row": 9, "note": "同日另签的第二份，内容不同", "take_over": true}).Want(200)
	done = d.First.Act("/v1/reconciliations/"+id+"/propose", done.ETag, nil).Want(200)
	d.Second.Act("/v1/reconciliations/"+id+"/confirm", done.ETag, nil).Want(200)
	if done = d.ends(id); fmt.Sprint(done.At("taken"), done.At("left_out")) != "4 0" {
		t.Errorf("%s\n%s", done.Raw, d.rows(id, ""))
	}

	// A registrar of another office is told that there is a contract, and nothing of what it says.
	far := s.Far.Post("/v1/reconciliations", apitest.J{"office": "DL01"}).Want(201)
	file := national(row("2025210102000305", "999", "另一研究院", "", "210211", "另一厂", "", ""))
	upload := s.Far.Post("/v1/uploads", apitest.J{"object_kind": "reconciliation", "object_id": far.Text("id"), "name": "登记表.csv", "size": len(file)}).Want(201).Text("id")
	s.Far.Do("PUT", "/v1/uploads/"+upload+"/content", apitest.Bytes(file), nil).Want(200)
	s.Far.Post("/v1/uploads/"+upload+"/complete", apitest.J{}).Want(201)
	s.Far.Act("/v1/reconciliations/"+far.Text("id")+"/start", far.ETag, nil).Want(200)
	s.Eventually("it is compared", func() bool {
		return s.Far.Get("/v1/reconciliations/"+far.Text("id")).Want(200).Text("state") == "compared"
	})
	told := s.Far.Get("/v1/reconciliations/" + far.Text("id") + "/rows").Want(200)
	if list := told.At("items", 0, "differences").([]any); len(list) != 1 || told.Text("items", 0, "differences", 0, "place") != "office" || strings.Contains(string(told.Raw), "第二机床厂") || strings.Contains(string(told.Raw), "140000") {
		t.Errorf("another office is told %s", told.Raw)
	}
	s.Agrees()
}

// A takeover whose proposer is no registrar any more does not stick: it is refused, or goes back, and says why.
func TestATakeoverOfWhoLeftGoesBack(t *testing.T) {
	s := apitest.NewStage(apitest.New(t, dbtest.New(t, db.SQLite)))
	id, etag := s.ReconciliationIn("proposed")
	var entry string
	for i, item := range s.Operator.Get("/v1/register-entries?limit=100").Want(200).Items() {
		if item.(map[string]any)["account"].(map[string]any)["username"] == s.First.Username && i >= 0 {
			entry = item.(map[string]any)["id"].(string)
		}
	}
	if err := s.App.DB.Writer.Exec("UPDATE register_entries SET valid_to = '2026-03-01' WHERE id = ?", entry).Error; err != nil {
		t.Fatal(err)
	}
	s.Second.Act("/v1/reconciliations/"+id+"/confirm", etag, nil).Refused(403, "not_allowed")
	s.Second.Act("/v1/reconciliations/"+id+"/return", etag, apitest.J{"reason": "提请人已离任"}).Want(200)
}
