package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"jiebang/api/apitest"
)

// market is a house with what a contract without a deal needs.
type market struct {
	*apitest.House
	uni           string
	editor        *apitest.Client
	first, second *apitest.Client
}

func newMarket(h *apitest.House) market {
	m := market{House: h}
	h.Office("SY01", "210100")
	m.first, m.second = h.Registrar("reg.first", "SY01"), h.Registrar("reg.second", "SY01")
	m.uni, m.editor, _ = h.Organization("盛北理工大学", "university", "210112")
	return m
}

// file enters and files a contract with a buyer from outside, and returns contract and application.
func (m market) file(change j) (contract, application string) {
	m.Helper()
	r := m.editor.Post("/v1/contracts", j{"kind": "development", "terms": apitest.Terms(m.uni, "", change)}).Want(201)
	contract = r.Text("id")
	r = m.editor.Act("/v1/contracts/"+contract+"/submit", r.ETag, nil).Want(200)
	return contract, r.Text("application_id")
}

func TestAContractWithoutADealCountsOnceTwoRegistrarsHaveAgreed(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		_, application := m.file(nil)
		if f := turnover(h, "2026"); f.contracts != 0 {
			t.Errorf("a filed contract counts already: %+v", f)
		}
		h.Register(application, m.first, m.second)
		if f := turnover(h, "2026"); f.contracts != 1 || f.turnover != "1250000.00" {
			t.Errorf("turnover %+v", f)
		}
		h.Agrees()
	})
}

func TestAnAmendedBuyersRegionMovesAllFiguresTogether(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		contract, application := m.file(nil)
		h.Register(application, m.first, m.second)
		absorbed := func(region string) float64 {
			r := h.Operator.Get("/v1/turnover?by=year&from=2026-01-01&to=2026-12-31&buyer_region=" + region).Want(200)
			return r.At("total", "contracts").(float64)
		}
		if absorbed("320500") != 1 || absorbed("210100") != 0 {
			t.Fatal("the buyer is in Suzhou before the amendment")
		}

		h.Clock.Set("2026-04-05T03:00:00Z")
		moved := apitest.Terms(m.uni, "", j{"buyers": []any{j{"name": "吴澄微流诊断技术有限公司", "nature": "150", "region": "210112", "credit_code": apitest.Outside(1)}}})
		r := m.editor.Post("/v1/contracts/"+contract+"/amendments", j{"terms": moved, "reason": "买方注册地更正"}).Want(201)
		h.Register(r.Text("id"), m.first, m.second)

		entries := h.Operator.Get("/v1/ledger/entries?contract_id=" + contract).Want(200)
		if n := len(entries.Items()); n != 3 {
			t.Fatalf("%d entries, want registration, reversal and amendment\n%s", n, entries.Raw)
		}
		if absorbed("320500") != 0 || absorbed("210100") != 1 {
			t.Errorf("absorbed by Suzhou %v, by Shenyang %v", absorbed("320500"), absorbed("210100"))
		}
		if f := turnover(h, "2026"); f.contracts != 1 || f.turnover != "1250000.00" {
			t.Errorf("the total moved: %+v", f)
		}
		march := h.Operator.Get("/v1/turnover?by=year&from=2026-01-01&to=2026-12-31&buyer_region=320500&as_of=2026-03-31").Want(200)
		if march.At("total", "contracts").(float64) != 1 {
			t.Errorf("as of March the buyer was in Suzhou: %s", march.Raw)
		}
		h.Agrees()
	})
}

func TestACancelledContractNoLongerCounts(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		contract, application := m.file(nil)
		h.Register(application, m.first, m.second)
		r := m.editor.Post("/v1/contracts/"+contract+"/cancellations", j{"reason": "双方协商解除"}).Want(201)
		h.Register(r.Text("id"), m.first, m.second)
		if f := turnover(h, "2026"); f.contracts != 0 || f.turnover != "0.00" {
			t.Errorf("turnover %+v", f)
		}
		if state := m.editor.Get("/v1/contracts/" + contract).Want(200).At("state"); state != "cancelled" {
			t.Errorf("state %v", state)
		}
		h.Agrees()
	})
}

func TestARefusedContractLetsItsDealTryAgain(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		deal, _ := s.Deal()
		r := s.Editor.Get("/v1/deals/" + deal).Want(200)
		for _, stage := range []string{"contacting", "negotiating", "agreed"} {
			r = s.Editor.Act("/v1/deals/"+deal+"/advance", r.ETag, j{"stage": stage}).Want(200)
		}
		s.Buyer.Act("/v1/deals/"+deal+"/advance", r.ETag, j{"stage": "agreed"}).Want(200)
		file := func() string {
			r := s.Editor.Post("/v1/contracts", j{"kind": "development", "deal_id": deal, "terms": apitest.Terms(s.Uni, s.Firm, nil)}).Want(201)
			s.Buyer.Get("/v1/contracts/"+r.Text("id")).Refused(404, "not_found") // a draft is its writers' affair
			if n := len(s.Buyer.Get("/v1/contracts?organization_id=" + s.Firm).Want(200).Items()); n > 1 {
				h.Errorf("the buyer lists %d contracts", n)
			}
			r = s.Editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
			s.Buyer.Get("/v1/contracts/" + r.Text("id")).Want(200)
			return r.Text("application_id")
		}
		path := "/v1/applications/" + file()
		s.First.Act(path+"/start-review", `"1"`, nil).Want(200)
		s.First.Act(path+"/refuse", `"2"`, j{"reason": "属于一般商品买卖"}).Want(200)
		if stage := s.Editor.Get("/v1/deals/" + deal).Want(200).At("stage"); stage != "agreed" {
			t.Errorf("the deal is %v", stage)
		}
		h.Register(file(), s.First, s.Second)
		h.Agrees()
	})
}

func TestTheSameKeyFiftyTimesAtOnceMakesOneContract(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		body := j{"kind": "development", "terms": apitest.Terms(m.uni, "", nil)}
		answers := together(50, func(int) (*apitest.Response, error) {
			return m.editor.Try("POST", "/v1/contracts", body, map[string]string{"Idempotency-Key": "the-same"})
		})
		ids, replays := map[any]bool{}, 0
		for _, r := range answers {
			r.Want(201)
			ids[r.Body["id"]] = true
			if r.Header.Get("Idempotency-Replayed") == "true" {
				replays++
			}
		}
		if len(ids) != 1 || replays != 49 {
			t.Errorf("%d contracts, %d replays", len(ids), replays)
		}
		if n := len(m.editor.Get("/v1/contracts?organization_id=" + m.uni).Want(200).Items()); n != 1 {
			t.Errorf("%d contracts are listed", n)
		}
		m.editor.Do("POST", "/v1/contracts", j{"kind": "development", "terms": apitest.Terms(m.uni, "", j{"title": "另一份合同的名称"})},
			map[string]string{"Idempotency-Key": "the-same"}).Refused(409, "idempotency_key_reused")
	})
}

func TestOfEightClientsWithOneETagOneWins(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		r := m.editor.Post("/v1/contracts", j{"kind": "development", "terms": apitest.Terms(m.uni, "", nil)}).Want(201)
		path, etag := "/v1/contracts/"+r.Text("id"), r.ETag
		answers := together(8, func(i int) (*apitest.Response, error) {
			return m.editor.Try("PUT", path, j{"kind": "development", "terms": apitest.Terms(m.uni, "", j{"title": fmt.Sprintf("第 %d 个改名的合同", i)})},
				map[string]string{"If-Match": etag})
		})
		won := 0
		for _, r := range answers {
			if r.Status == http.StatusOK {
				won++
			} else {
				r.Refused(412, "version_stale")
			}
		}
		if won != 1 {
			t.Errorf("%d won", won)
		}
	})
}

func TestEightRegistrationsAtOnceAllCount(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		var applications []string
		for range 16 {
			_, a := m.file(nil)
			applications = append(applications, a)
		}
		answers := together(8, func(i int) (*apitest.Response, error) {
			var last *apitest.Response
			for _, a := range applications[2*i : 2*i+2] {
				for _, move := range []struct {
					who  *apitest.Client
					verb string
					etag string
					body j
				}{{m.first, "start-review", `"1"`, j{}}, {m.first, "pass", `"2"`, j{}}, {m.second, "grant", `"3"`, j{"twin_reason": "另一批次，内容不同"}}} {
					r, err := move.who.Try("POST", "/v1/applications/"+a+"/"+move.verb, move.body, map[string]string{"If-Match": move.etag})
					if move.verb == "start-review" {
						r, err = move.who.Try("POST", "/v1/applications/"+a+"/"+move.verb, nil, map[string]string{"If-Match": move.etag})
					}
					if err != nil || r.Status != 200 {
						return r, err
					}
					last = r
				}
			}
			return last, nil
		})
		for _, r := range answers {
			r.Want(200)
		}
		if f := turnover(h, "2026"); f.contracts != 16 || f.turnover != "20000000.00" {
			t.Errorf("turnover %+v", f)
		}
		h.Agrees()
	})
}

// The statistical month is Shanghai's: half past four in the afternoon UTC is past midnight there.
func TestMidnightInShanghaiIsTheBorderOfAMonth(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		// Terms that hold in both years.
		valid := j{"signed_on": "2025-12-01", "effective_on": "2025-12-01", "expires_on": "2027-12-31"}
		h.Clock.Set("2025-12-31T15:00:00Z")
		_, a := m.file(valid)
		_, b := m.file(valid)
		grant := func(application, instant string) {
			h.Clock.Set(instant)
			h.Register(application, m.first, m.second)
		}
		grant(a, "2025-12-31T16:00:00Z")
		grant(b, "2026-01-31T16:30:00Z")
		r := h.Operator.Get("/v1/turnover?by=month&from=2025-12-01&to=2026-02-28").Want(200)
		count := map[string]float64{}
		for i := range r.At("rows").([]any) {
			count[r.Text("rows", i, "period")] = r.At("rows", i, "figures", "contracts").(float64)
		}
		if count["2025-12"] != 0 || count["2026-01"] != 1 || count["2026-02"] != 1 {
			t.Errorf("by month: %v", count)
		}
	})
}

func TestASessionEnds(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		p := h.Person("zhang.wei")
		p.Get("/v1/me").Want(200)
		p.Do("DELETE", "/v1/sessions/current", nil, nil).Want(204)
		p.Get("/v1/me").Refused(401, "token_invalid")
		h.Visitor().Do("DELETE", "/v1/sessions/current", nil, nil).Refused(401, "sign_in_required")
		h.Visitor().Do("POST", "/v1/sessions", j{"username": "zhang.wei", "password": "wrong"}, nil).Refused(401, "wrong_credentials")
		h.Visitor().Do("POST", "/v1/sessions", j{"username": "nobody.here", "password": "wrong"}, nil).Refused(401, "wrong_credentials")
	})
}

// together calls n times at once and waits for all.
func together(n int, call func(i int) (*apitest.Response, error)) []*apitest.Response {
	out, errs := make([]*apitest.Response, n), make([]error, n)
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			out[i], errs[i] = call(i)
		})
	}
	start.Done()
	done.Wait()
	for _, err := range errs {
		if err != nil {
			panic(err)
		}
	}
	return out
}
