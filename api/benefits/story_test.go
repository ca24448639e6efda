package benefits_test

import (
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/db/dbtest"
)

type j = apitest.J

// assigned are the terms of an assignment, of which income tax may be relieved.
func assigned(seller, buyer string, change j) j {
	t := apitest.Terms(seller, buyer, j{"subkind": "assignment", "ip_kind": "technical_secret", "turnover": apitest.Money("3000000.00"), "deductions": nil})
	for k, v := range change {
		t[k] = v
	}
	return t
}

// item is what a rule comes to for a party; nil where it is not shown.
func item(r *apitest.Response, code, party string) j {
	for _, i := range r.At("items").([]any) {
		if i := i.(j); i["rule"].(j)["code"] == code && i["party"] == party {
			return i
		}
	}
	return nil
}

func yuan(i j, field string) string {
	if m, there := i[field].(j); there {
		return m["amount"].(string)
	}
	return ""
}

// fixed holds that an operator's question takes no more than so many statements, none of which reads a table whole.
func fixed(h *apitest.House, most int64, path string) {
	h.Helper()
	h.Operator.Get("/v1/me").Want(200) // so that the token is remembered
	h.Queries.Reset()
	h.Operator.Get(path).Want(200)
	if n := h.Queries.Count(); n > most {
		h.Errorf("%s: %d statements, at most %d", path, n, most)
	} else {
		h.Logf("%s: %d statements", path, n)
	}
	for _, p := range dbtest.Plans(h.T, h.App.DB, h.Queries.See, func() { h.Operator.Get(path).Want(200) }) {
		p.Text = strings.ReplaceAll(p.Text, "USE TEMP B-TREE", "sort") // of what one party or one broker has in a year
		if found := p.Whole("contracts", "contract_lookups", "contract_parties", "contract_payments", "commission_claims", "mandate_brokers", "control_links", "organizations"); found != "" {
			h.Errorf("%s: %s\n%s\n%s", path, found, p.SQL, p.Text)
		}
	}
}

// A parent assigns to its subsidiary: held whole, directly or through a chain, neither relief of income tax nor the award of the place is open, each by its
// rule; at 99 % the relief stays. Either way the contract is filed, registered and counted.
func TestAParentAndItsSubsidiary(t *testing.T) {
	for name, c := range map[string]struct {
		shares []int // from the parent down
		open   bool
	}{"whole": {[]int{10000}, false}, "whole through a chain": {[]int{10000, 10000}, false}, "99 %": {[]int{9900}, true}, "a chain with 99 % in it": {[]int{10000, 9900}, true}} {
		t.Run(name, func(t *testing.T) {
			apitest.Each(t, func(h *apitest.House) {
				s := apitest.NewStage(h)
				parent, owner, _ := h.Organization("沈渊控股有限公司", "enterprise", "210112")
				child, held, _ := h.Organization("沈渊传感技术有限公司", "enterprise", "210106")
				company := func(id string) j {
					o := h.Operator.Get("/v1/organizations/" + id).Want(200)
					return j{"kind": "company", "name": o.Text("name"), "code": o.Text("credit_code")}
				}
				hand, last := company(parent), company(child)
				for i, share := range c.shares {
					to := last
					if i < len(c.shares)-1 {
						to = j{"kind": "company", "name": "沈渊中间持股有限公司", "code": apitest.Outside(7)}
					}
					h.Operator.Post("/v1/control-links", j{"kind": "shares", "holder": hand, "held": to, "share_bp": share, "valid_from": "2026-03-01", "evidence": "公司登记信息查询结果"}).Want(201)
					hand = to
				}
				body := j{"kind": "assignment", "terms": assigned(parent, child, nil)}
				for _, side := range []string{"sellers", "buyers"} {
					body["terms"].(j)[side].([]any)[0].(j)["nature"] = "150"
				}
				r := owner.Post("/v1/contracts", body).Want(201)
				path := "/v1/contracts/" + r.Text("id")
				before := owner.Get(path + "/benefits").Want(200)
				if before.At("information") != true || before.At("year_presumed") != true || before.Text("day") != "2026-03-01" {
					h.Errorf("%s", before.Raw)
				}
				shown := func(r *apitest.Response) {
					h.Helper()
					tax, award := item(r, "income_tax_relief", "/terms/sellers/0"), item(r, "shenyang_absorption", "/terms/buyers/0")
					if tax["open"] != c.open || award["open"] != false || award["amount"] != nil || award["closed_by"] == nil || award["closed_by_en"] == nil {
						h.Errorf("%s", r.Raw)
					}
					if c.open && (yuan(tax, "exempt") != "3000000.00" || yuan(tax, "above") != "0.00") || !c.open && (tax["exempt"] != nil || tax["closed_by"] == nil) {
						h.Errorf("%s", r.Raw)
					}
					if vat := item(r, "vat_exemption", "/terms/sellers/0"); vat["open"] != true || vat["amount"] != nil {
						h.Errorf("%s", r.Raw)
					}
				}
				shown(before)
				filed := owner.Act(path+"/submit", r.ETag, nil).Want(200)
				h.Register(filed.Text("application_id"), s.First, s.Second)
				for _, c := range []*apitest.Client{owner, held, s.First, h.Operator} {
					shown(c.Get(path + "/benefits").Want(200))
				}
				if r := owner.Get(path + "/benefits"); r.At("year_presumed") != false || r.At("year") != float64(2026) {
					h.Errorf("%s", r.Raw)
				}
				if r := h.Operator.Get("/v1/turnover?from=2026-01-01&to=2026-12-31").Want(200); r.Text("total", "turnover", "amount") != "3000000.00" {
					h.Errorf("%s", r.Raw)
				}
			})
		})
	}
}

// What earlier contracts of the year took of a cap is taken off in the order of registration, and told to the enterprise's own people and the bureau, and to
// nobody who only names it in a draft.
func TestCapsOfAYearAreUsedInTheOrderOfRegistration(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		draft := func(terms j) (path, tag string) {
			r := s.Editor.Post("/v1/contracts", j{"kind": "assignment", "terms": terms}).Want(201)
			return "/v1/contracts/" + r.Text("id"), r.ETag
		}
		large := func() j { // with so much equipment that no experts are asked
			return assigned(s.Uni, s.Firm, j{"turnover": apitest.Money("30000000.00"), "deductions": []any{j{"kind": "equipment", "reason": "随技术购置的成套设备", "amount": apitest.Money("26000000.00")}}})
		}
		register := func(path, tag string) {
			h.Register(s.Editor.Act(path+"/submit", tag, nil).Want(200).Text("application_id"), s.First, s.Second)
		}
		first, tag := draft(large())
		register(first, tag)
		second, tag := draft(large())
		check := func(who *apitest.Client, path, code, party string, want map[string]string) {
			h.Helper()
			r := who.Get(path + "/benefits").Want(200)
			i := item(r, code, party)
			for field, amount := range want {
				if got := yuan(i, field); got != amount {
					h.Errorf("%s of %s at %s is %q, want %q: %s", field, code, path, got, amount, r.Raw)
				}
			}
		}
		const award, tax, seller, buyer = "shenyang_absorption", "income_tax_relief", "/terms/sellers/0", "/terms/buyers/0"
		// Before it is filed: the seller's own people see their band, and not what the buyer has had.
		check(s.Editor, second, tax, seller, map[string]string{"used": "4000000.00", "exempt": "1000000.00", "above": "3000000.00"})
		check(s.Editor, second, award, buyer, map[string]string{"used": "", "amount": "1500000.00", "uncapped": "1500000.00"})
		register(second, tag)
		for _, who := range []*apitest.Client{s.Buyer, h.Operator} {
			check(who, first, award, buyer, map[string]string{"used": "0.00", "amount": "1500000.00"})
			check(who, second, award, buyer, map[string]string{"used": "1500000.00", "amount": "500000.00", "uncapped": "1500000.00"})
		}
		check(s.First, second, award, buyer, map[string]string{"used": "", "amount": "1500000.00"})
		check(s.Buyer, second, tax, seller, map[string]string{"used": "", "exempt": "4000000.00", "above": "0.00"})
		check(h.Operator, first, tax, seller, map[string]string{"used": "0.00", "exempt": "4000000.00", "above": "0.00"})

		fixed(h, 9, second+"/benefits")

		// The next year begins anew, and what is cancelled uses nothing.
		h.Clock.Set("2026-12-31T16:30:00Z")
		h.SignInAgain()
		next, tag := draft(assigned(s.Uni, s.Firm, j{"signed_on": "2027-01-01", "effective_on": "2027-01-01", "expires_on": "2028-12-31"}))
		if r := s.Editor.Get(next + "/benefits").Want(200); r.At("year") != float64(2027) {
			h.Errorf("%s", r.Raw)
		}
		check(s.Editor, next, tax, seller, map[string]string{"used": "0.00", "exempt": "3000000.00", "above": "0.00"})
		register(next, tag)
		r := s.Editor.Get(next)
		gone := s.Editor.Do("POST", next+"/cancellations", j{"reason": "双方协商解除"}, map[string]string{"If-Match": r.ETag, "Idempotency-Key": "benefits-cancel-1"}).Want(201)
		h.Register(gone.Text("id"), s.First, s.Second)
		if r := s.Editor.Get(next + "/benefits").Want(200); len(r.At("items").([]any)) != 0 || r.Text("remark_en") != "The contract is cancelled; nothing is shown." {
			h.Errorf("%s", r.Raw)
		}
		after, _ := draft(assigned(s.Uni, s.Firm, j{"signed_on": "2027-01-01", "effective_on": "2027-01-01", "expires_on": "2028-12-31"}))
		check(s.Editor, after, tax, seller, map[string]string{"used": "0.00", "exempt": "3000000.00"})
	})
}

// Whoever writes a draft names in it whom they like: by it nobody learns who stands under one control with whom, or what others have registered.
func TestADraftTellsNothingOfOthers(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		a, b := j{"kind": "company", "name": "吴澄控股有限公司", "code": apitest.Outside(2)}, j{"kind": "company", "name": "吴澄微流诊断技术有限公司", "code": apitest.Outside(1)}
		h.Operator.Post("/v1/control-links", j{"kind": "shares", "holder": a, "held": b, "share_bp": 10000, "valid_from": "2026-01-01", "evidence": "公司登记信息查询结果"}).Want(201)
		terms := assigned(s.Uni, "", nil)
		terms["sellers"] = append(terms["sellers"].([]any), j{"name": "吴澄控股有限公司", "nature": "150", "region": "210112", "credit_code": apitest.Outside(2)})
		terms["buyers"] = []any{j{"name": "吴澄微流诊断技术有限公司", "nature": "150", "region": "210106", "credit_code": apitest.Outside(1)}}
		path := "/v1/contracts/" + s.Editor.Post("/v1/contracts", j{"kind": "assignment", "terms": terms}).Want(201).Text("id") + "/benefits"
		r := s.Editor.Get(path).Want(200)
		for code, party := range map[string]string{"income_tax_relief": "/terms/sellers/1", "shenyang_absorption": "/terms/buyers/0"} {
			if i := item(r, code, party); i == nil || i["open"] != nil || i["closed_by"] != nil || i["used"] != nil {
				h.Errorf("%s tells of others: %s", code, r.Raw)
			}
		}
		if i := item(r, "income_tax_relief", "/terms/sellers/0"); i["open"] != true {
			h.Errorf("%s", r.Raw)
		}
		r = h.Operator.Get(path).Want(200)
		if item(r, "income_tax_relief", "/terms/sellers/1")["open"] != false || item(r, "income_tax_relief", "/terms/sellers/0")["open"] != true || item(r, "shenyang_absorption", "/terms/buyers/0")["open"] != false {
			h.Errorf("%s", r.Raw)
		}

		// An organization that nobody has verified only says that a code is its own.
		stranger := h.Person("zhang.wai")
		own := stranger.Post("/v1/organizations", h.OrganizationBody("未核验的单位")).Want(201)
		mine := assigned(own.Text("id"), "", j{"turnover": apitest.Money("100.00")})
		mine["sellers"].([]any)[0].(j)["nature"] = "150"
		r = stranger.Post("/v1/contracts", j{"kind": "assignment", "terms": mine}).Want(201)
		if r = stranger.Get("/v1/contracts/" + r.Text("id") + "/benefits").Want(200); item(r, "income_tax_relief", "/terms/sellers/0")["used"] != nil {
			h.Errorf("%s", r.Raw)
		}
	})
}

// Natural persons and bodies abroad have none of it, nor has a contract that no rule is about, and the answer says so.
func TestWhereThereIsNothingToShow(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		show := func(kind string, terms j) *apitest.Response {
			id := s.Editor.Post("/v1/contracts", j{"kind": kind, "terms": terms}).Want(201).Text("id")
			return s.Editor.Get("/v1/contracts/" + id + "/benefits").Want(200)
		}
		abroad := j{"name": "Example Sensors GmbH", "nature": "foreign", "country": "DEU", "foreign_number": "HRB 12345"}
		person := j{"name": "林知远", "nature": "natural_person", "region": "210102", "personal_id": j{"document": "resident_id", "number": apitest.ResidentID}}
		r := show("development", apitest.Terms(s.Uni, "", j{"buyers": []any{abroad, person}}))
		if len(r.At("items").([]any)) != 1 || item(r, "vat_exemption", "/terms/sellers/0") == nil {
			h.Errorf("%s", r.Raw)
		}
		// Signed before any rule held.
		r = show("consulting", apitest.Terms(s.Uni, "", j{"subkind": "consulting", "signed_on": "2016-04-30", "effective_on": "2016-04-30"}))
		if len(r.At("items").([]any)) != 0 || r.Text("remark") == "" || r.At("information") != true {
			h.Errorf("%s", r.Raw)
		}
	})
}

// Rules are everybody's to read; operators add, correct and end those of a province or a city, each under its own code, and none of the nation.
func TestRulesAreDated(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		body := func(change j) j {
			out := j{
				"code": "shenbei_award", "kind": "local_award", "level": "city", "region": "210100", "side": "buyer", "contract_kinds": []any{"service", "development"}, "rate_bp": 300,
				"cap": apitest.Money("100000.00"), "cap_per": "contract", "valid_from": "2026-01-01", "valid_to": "2026-06-30", "source": "沈北科发〔2026〕1号（示例）", "source_link": "https://example.gov.cn/1.html",
				"note": "示例：按成交额的 3% 补助。", "note_en": "An example: 3 % of the price.", "provisional": true,
			}
			for k, v := range change {
				if out[k] = v; v == nil {
					delete(out, k)
				}
			}
			return out
		}
		for pointer, change := range map[string]j{
			"/level": {"level": "national"}, "/kind": {"kind": "vat_exemption"}, "/side": {"side": "broker"}, "/region": {"region": "210000"}, "/valid_to": {"valid_to": "2025-12-31"},
			"/cap_per": {"cap": nil}, "/license_years": {"license_years": 5}, "/cap": {"rate_bp": nil},
		} {
			if r := h.Operator.Post("/v1/benefit-rules", body(change)).Refused(400, "invalid_input"); r.Text("errors", 0, "pointer") != pointer {
				h.Errorf("%s: %s", pointer, r.Raw)
			}
		}
		r := h.Operator.Post("/v1/benefit-rules", body(nil)).Want(201)
		if r.Text("region_name") != "辽宁省沈阳市" || r.Text("contract_kinds", 0) != "development" || r.At("entered_by") == nil {
			h.Errorf("%s", r.Raw)
		}
		h.Operator.Post("/v1/benefit-rules", body(j{"valid_from": "2026-06-30", "valid_to": nil})).Refused(409, "benefit_rule_there")
		h.Operator.Post("/v1/benefit-rules", body(j{"valid_from": "2026-07-01", "valid_to": nil})).Want(201)
		at := "/v1/benefit-rules/" + r.Text("id")
		h.Operator.Put(at, r.ETag, body(j{"code": "another"})).Refused(400, "invalid_input")
		h.Operator.Put(at, r.ETag, body(j{"valid_to": "2026-07-01"})).Refused(409, "benefit_rule_there")
		h.Operator.Put(at, r.ETag, body(j{"valid_to": "2026-03-31"})).Want(200)
		v := h.Visitor()
		for query, want := range map[string]int{
			"": 8, "?code=shenbei_award": 2, "?code=shenbei_award&on=2026-03-31": 1, "?code=shenbei_award&on=2026-04-01": 0, "?code=income_tax_relief&on=2015-09-30": 1, "?code=income_tax_relief&on=2015-10-01": 1,
			"?code=income_tax_relief&on=2007-12-31": 0, "?level=city": 3, "?side=seller": 4, "?kind=rd_deduction": 1,
		} {
			if n := len(v.Get("/v1/benefit-rules" + query).Want(200).Items()); n != want {
				h.Errorf("%s: %d rules, want %d", query, n, want)
			}
		}
		if r := v.Get(at).Want(200); r.At("entered_by") != nil {
			h.Errorf("%s", r.Raw)
		}
		national := h.Operator.Get("/v1/benefit-rules/019ad0b0-0000-7000-8000-000000000001").Want(200)
		if len(national.At("actions").([]any)) != 0 {
			h.Errorf("%s", national.Raw)
		}
		h.Operator.Put("/v1/benefit-rules/"+national.Text("id"), national.ETag, body(nil)).Refused(409, "benefit_rule_national")
	})
}

// Five per cent of what was paid, at most 200,000 yuan a year, and not of what was agreed; by the days of Shanghai, and what goes back counts in its own year.
func TestABrokersRewardOfAYear(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		broker := s.Broker()
		reward := func(who *apitest.Client, query string) *apitest.Response {
			return who.Get("/v1/broker-reward" + query).Want(200)
		}
		if r := reward(broker, ""); len(r.At("rewards").([]any)) != 0 || r.At("year") != 2026.0 || r.At("information") != true || r.Text("remark_en") != "No rule rewards brokers in this year." {
			h.Errorf("%s", r.Raw)
		}
		broker.Get("/v1/broker-reward?year=2027").Refused(400, "invalid_input") // it has not come
		h.Operator.Post("/v1/benefit-rules", j{
			"code": "broker_reward", "kind": "broker_reward", "level": "city", "region": "210100", "side": "broker", "contract_kinds": []any{"development", "assignment", "license", "consulting", "service"},
			"rate_bp": 500, "cap": apitest.Money("200000.00"), "cap_per": "broker_year", "valid_from": "2025-01-01", "source": "示例，取兰州市 2025 年方案的形式", "note": "示例：按到账额的 5% 奖励。", "note_en": "An example: 5 % of what was received.", "provisional": true,
		}).Want(201)
		mandate, _ := s.MandateIn("agreed")
		s.IntroductionUnder(mandate)
		contract := func(price, equipment, number string, register bool) string {
			terms := apitest.Terms(s.Uni, s.Firm, j{
				"turnover": apitest.Money(price), "deductions": []any{j{"kind": "equipment", "reason": "随技术购置的成套设备", "amount": apitest.Money(equipment)}}, "paper_number": number,
			})
			apitest.Today(terms)
			r := s.Editor.Post("/v1/contracts", j{"kind": "development", "terms": terms}).Want(201)
			path := "/v1/contracts/" + r.Text("id")
			filed := s.Editor.Act(path+"/submit", r.ETag, nil).Want(200)
			if register {
				h.Register(filed.Text("application_id"), s.First, s.Second)
			}
			h.Eventually("it is claimed", func() bool {
				found := h.Operator.Get("/v1/commission-claims?contract_id=" + r.Text("id")).Want(200).Items()
				if len(found) == 0 {
					return false
				}
				claim := "/v1/commission-claims/" + found[0].(j)["id"].(string)
				s.Buyer.Act(claim+"/accept", s.Buyer.Get(claim).ETag, nil).Want(200)
				return true
			})
			return path
		}
		first, second, third := contract("6000000.00", "2000000.00", "C-1", true), contract("3000000.00", "1000000.00", "C-2", true), contract("900000.00", "100.00", "C-3", true)
		waits := contract("800000.00", "100.00", "C-4", false)
		pay := func(path, amount, on string) string {
			return s.Editor.Post(path+"/payments", j{"amount": apitest.Money(amount), "paid_on": on}).Want(201).Text("id")
		}
		paid := pay(first, "2600000.00", "2026-03-10")
		pay(waits, "800000.00", "2026-03-10") // is not registered
		h.Clock.Set("2026-12-31T15:30:00Z")
		h.SignInAgain()
		pay(second, "1900000.00", "2026-12-31")
		h.Clock.Set("2026-12-31T16:30:00Z")
		s.Editor.Post(third+"/payments", j{"amount": apitest.Money("300000.00"), "paid_on": "2027-01-02"}).Refused(400, "invalid_input")
		pay(third, "300000.00", "2027-01-01")
		check := func(year, base, uncapped, amount string, lines int) {
			h.Helper()
			for _, r := range []*apitest.Response{reward(h.Again(broker), "?year="+year), reward(h.Operator, "?year="+year+"&username="+broker.Username)} {
				for field, want := range map[string]string{"base": base, "uncapped": uncapped, "amount": amount} {
					if got := r.Text("rewards", 0, field, "amount"); got != want {
						h.Errorf("%s of %s is %s, want %s: %s", field, year, got, want, r.Raw)
					}
				}
				if n := len(r.At("rewards", 0, "lines").([]any)); n != lines || r.Text("rewards", 0, "rule", "source") == "" {
					h.Errorf("%d lines of %s: %s", n, year, r.Raw)
				}
			}
		}
		check("2026", "4500000.00", "225000.00", "200000.00", 2)
		check("2027", "300000.00", "15000.00", "15000.00", 1)
		back := func(amount string) {
			s.Editor.Post("/v1/payments/"+paid+"/reversals", j{"amount": apitest.Money(amount), "paid_on": "2027-01-01", "note": "质量扣款退回"}).Want(201)
		}
		back("200000.00")
		check("2026", "4500000.00", "225000.00", "200000.00", 2)
		check("2027", "100000.00", "5000.00", "5000.00", 2)
		back("2400000.00")
		check("2027", "-2300000.00", "0.00", "0.00", 2)

		fixed(h, 9, "/v1/broker-reward?year=2027&username="+broker.Username)

		r := reward(h.Operator, "?year=2025&username="+broker.Username)
		if len(r.At("rewards", 0, "lines").([]any)) != 0 || r.Text("rewards", 0, "amount", "amount") != "0.00" {
			h.Errorf("%s", r.Raw)
		}
		if r := reward(h.Operator, "?year=2024&username="+broker.Username); len(r.At("rewards").([]any)) != 0 {
			h.Errorf("%s", r.Raw)
		}
		other := h.Person("zhao.lian")
		h.Enter(j{"kind": "broker", "username": other.Username, "certificate": "技术经纪人证书 2026-018", "valid_from": "2026-03-01"})
		other.Get("/v1/broker-reward?username="+broker.Username).Refused(403, "not_allowed")
		if r := reward(other, "?year=2026"); len(r.At("rewards", 0, "lines").([]any)) != 0 {
			h.Errorf("what another led to is told: %s", r.Raw)
		}
		s.Editor.Get("/v1/broker-reward").Refused(403, "not_allowed")
		broker.Get("/v1/broker-reward?year=1999").Refused(400, "invalid_input")
	})
}
