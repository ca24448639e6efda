package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/api/apitest"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// decemberQueue is how many applications wait in December: more than a page; five hundred take the same way, and longer.
const decemberQueue = 120

// fills has a clerk enter and file paper contracts until the queue of December is full: by the use cases, since it is not what the story is about.
func (d desk) fills(clerk *apitest.Client) {
	d.Helper()
	by := work.Call{Operation: "test", Actor: policy.Actor{Account: uuid.MustParse(d.Account(clerk)), Registers: map[policy.Register][]string{policy.Registrar: {"SY01"}}}}
	seller := contracts.Party{Name: "沈北冶金研究院", CreditCode: d.CreditCode(), Region: "210112", Nature: "021"}
	for i := range decemberQueue {
		done, err := d.App.Contracts.Create(d.Context(), by, contracts.Input{Kind: codes.Service, Terms: contracts.Terms{
			Title: fmt.Sprintf("第 %d 号炉渣检测与工艺改进技术服务", i+1), Subkind: codes.GeneralService, Sellers: []contracts.Party{seller},
			Buyers:   []contracts.Party{{Name: fmt.Sprintf("辽中第 %d 机械厂", i+1), NoCodeReason: "纸质合同未载明", Region: "210106", Nature: "150"}},
			SignedOn: when.MustDay("2026-11-20"), EffectiveOn: when.MustDay("2026-11-20"), ExpiresOn: when.MustDay("2027-11-19"),
			Turnover: money.Fen(100+i) * 1000 * money.Yuan, Field: "advanced_manufacturing", Targets: "不良率不高于 0.5%", Acceptance: "双方签署验收单",
		}})
		if err == nil {
			_, err = d.App.Contracts.Submit(d.Context(), by, done.ID, done.View.Version)
		}
		if err != nil {
			d.Fatal(err)
		}
	}
}

// decides takes one decision about all that waits in a state and is the caller's to decide, page by page, and tells how many were done.
func (d desk) decides(c *apitest.Client, state string, decision j) (done, refused int) {
	d.Helper()
	for {
		page := c.Get("/v1/applications?limit=100&may_decide=true&state=" + state).Want(200)
		if len(page.Items()) == 0 {
			return done, refused
		}
		body, some := j{"kind": "application"}, []any{}
		for k, v := range decision {
			body[k] = v
		}
		for _, item := range page.Items() {
			a := item.(map[string]any)
			some = append(some, j{"id": a["id"], "version": a["version"]})
		}
		body["applications"] = some
		r := c.Post("/v1/batches", body).Want(200)
		done, refused = done+int(r.At("done").(float64)), refused+int(r.At("refused").(float64))
		if r.At("done") == 0.0 {
			d.Fatalf("nothing goes on: %s", r.Raw)
		}
	}
}

// takes compares a table of the national system, and has what only it has taken over by two registrars.
func (d desk) takes(rows ...string) {
	d.Helper()
	id := d.table(nil, "国家系统登记表.csv", national(rows...))
	r := d.compare(id)
	r = d.First.Act("/v1/reconciliations/"+id+"/propose", r.ETag, nil).Want(200)
	d.Second.Act("/v1/reconciliations/"+id+"/confirm", r.ETag, nil).Want(200)
	if r = d.ends(id); r.Text("state") != "done" || r.At("left_out") != 0.0 {
		d.Fatalf("taken over: %s %s", r.Raw, d.rows(id, ""))
	}
}

// A bureau's December: what the national system has and this one has not is taken over, a long queue is decided by batches, the month is
// closed and its report frozen; what comes late afterwards counts in January and moves nothing that was reported. docs/bureaus-december.md tells the same.
func TestABureausDecember(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		d := desk{apitest.NewStage(h)}
		clerk := h.Registrar("reg.clerk", "SY01")
		at := func(instant string) {
			h.Clock.Set(instant)
			h.SignInAgain()
		}
		sum := func(month string) string {
			h.Helper()
			m, err := when.ParseMonth(month)
			if err != nil {
				t.Fatal(err)
			}
			r := h.Operator.Get(fmt.Sprintf("/v1/turnover?from=%s&to=%s&by=month", m.First(), m.Last())).Want(200)
			return fmt.Sprint(r.At("total", "contracts"), " ", r.Text("total", "turnover", "amount"))
		}
		row := func(number, title, day string) string {
			return number + "," + title + ",技术服务,2026-10-20," + day + ",30,,沈北冶金研究院,,210112,某机床厂" + number[13:] + ",210106,先进制造,"
		}

		// The national table of November: two contracts that were registered there directly count in November.
		at("2026-12-21T01:00:00Z")
		d.takes(row("2026210102000901", "数控系统升级", "2026-11-12"), row("2026210102000902", "涂装线检测", "2026-11-20"))
		if got := sum("2026-11"); got != "2 600000.00" {
			t.Errorf("November: %s", got)
		}

		// The queue is long. The first registrar takes and passes them, the second decides: page by page, and one that wants papers by itself.
		began := time.Now()
		d.fills(clerk)
		t.Logf("the queue is filled after %v", time.Since(began))
		if r := d.First.Get("/v1/applications/counts").Want(200); r.At("open") != float64(decemberQueue) {
			t.Errorf("the queue: %s", r.Raw)
		}
		first := d.First.Get("/v1/applications?limit=1&may_decide=true").Want(200)
		wants := d.First.Act("/v1/applications/"+first.Text("items", 0, "id")+"/request-supplement", `"1"`, j{"note": "请补充签章页"}).Want(200)
		for _, step := range []struct {
			by       *apitest.Client
			state    string
			decision j
		}{
			{d.First, "submitted", j{"action": "start_review"}},
			{d.First, "under_review", j{"action": "pass", "note": "材料齐全"}},
			{d.Second, "second_review", j{"action": "grant"}},
		} {
			if done, refused := d.decides(step.by, step.state, step.decision); done != decemberQueue-1 || refused != 0 {
				t.Errorf("%v: %d done, %d refused", step.decision, done, refused)
			}
		}
		t.Logf("the queue is decided after %v", time.Since(began))
		if r := d.First.Get("/v1/applications/counts").Want(200); r.At("open") != 1.0 {
			t.Errorf("what is left: %s", r.Raw)
		}

		// In January two operators close December, and its report is frozen.
		at("2027-01-04T01:00:00Z")
		december := sum("2026-12")
		if want := fmt.Sprint(decemberQueue - 1); december[:min(len(want)+1, len(december))] != want+" " {
			t.Errorf("December: %s", december)
		}
		r := h.Operator.Post("/v1/ledger-closings", j{"month": "2026-12"}).Want(201)
		h.Operator.Act("/v1/ledger-closings/"+r.Text("id")+"/confirm", r.ETag, nil).Refused(403, "own_decision")
		h.Deputy.Act("/v1/ledger-closings/"+r.Text("id")+"/confirm", r.ETag, nil).Want(200)
		report := "/v1/reports/" + h.Operator.Post("/v1/reports", j{"month": "2026-12"}).Want(201).Text("id")
		frozen := h.Operator.Get(report).Want(200)

		// A contract that the national system registered in December comes to light: it counts in January, and names the month that it belongs to.
		at("2027-01-06T01:00:00Z")
		d.takes(row("2026210102000903", "轧机振动检测", "2026-12-30"))
		late := h.Operator.Get("/v1/ledger/entries?posted_from=2027-01-01&posted_to=2027-01-31").Want(200)
		if len(late.Items()) != 1 || late.Text("items", 0, "posted_on") != "2027-01-01" || late.Text("items", 0, "belongs_to") != "2026-12" {
			t.Errorf("late: %s", late.Raw)
		}

		// So does an amendment of a contract of December: January has the difference, in the month in which it is granted.
		granted := d.First.Get("/v1/applications?limit=1&state=granted&kind=registration&sort=newest").Want(200)
		contract := "/v1/contracts/" + granted.Text("items", 0, "contract", "id")
		terms := clerk.Get(contract).Want(200).At("terms").(map[string]any)
		delete(terms, "ip_kind_name")
		terms["turnover"] = apitest.Money("1000000.00")
		amended := clerk.Post(contract+"/amendments", j{"terms": terms, "reason": "双方补充协议增加服务内容"}).Want(201)
		h.Register(amended.Text("id"), d.First, d.Second)
		if r := h.Operator.Get(contract + "/ledger-entries").Want(200); r.Text("items", 0, "kind") != "amendment" || r.Text("items", 0, "posted_on") != "2027-01-06" || r.Text("items", 1, "posted_on") != "2026-12-21" {
			t.Errorf("amended: %s", r.Raw)
		}

		// Nothing that was reported has moved: neither December nor its report, whose ledger head is still in the chain.
		if got := sum("2026-12"); got != december {
			t.Errorf("December was %s, and is %s", december, got)
		}
		if again := h.Operator.Get(report).Want(200); again.Text("digest") != frozen.Text("digest") || fmt.Sprint(again.At("figures")) != fmt.Sprint(frozen.At("figures")) {
			t.Errorf("the report was %s, and is %s", frozen.Raw, again.Raw)
		}
		if wants.Text("state") != "supplement_requested" {
			t.Error(wants.Raw)
		}
		h.Agrees()
	})
}
