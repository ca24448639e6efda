package api_test

import (
	"net/url"
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/codes"
)

// The same contract entered twice is told wherever somebody could notice, and is registered twice only by somebody who says why.
func TestTheSameContractTwiceIsTold(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		body := j{"kind": "development", "terms": apitest.Terms(m.uni, "", j{"paper_number": "SBLG-2026-017"})}
		first := m.editor.Post("/v1/contracts", body).Want(201)
		if first.Body["twins"] != nil {
			t.Errorf("the only one has twins: %s", first.Raw)
		}
		id := first.Text("id")
		r := m.editor.Act("/v1/contracts/"+id+"/submit", first.ETag, nil).Want(200)
		h.Register(r.Text("application_id"), m.first, m.second)

		told := func(r *apitest.Response) {
			t.Helper()
			if r.At("twins", 0, "id") != id || r.At("twins", 0, "number") != first.Text("number") || r.At("twins", 0, "state") != "registered" || len(r.At("twins", 0, "same").([]any)) != 2 {
				t.Errorf("it is not told: %s", r.Raw)
			}
		}
		again := m.editor.Post("/v1/contracts", body).Want(201)
		told(again)
		told(m.editor.Get("/v1/contracts/" + again.Text("id")).Want(200))
		r = m.editor.Put("/v1/contracts/"+again.Text("id"), again.ETag, body).Want(200)
		told(r)
		r = m.editor.Act("/v1/contracts/"+again.Text("id")+"/submit", r.ETag, nil).Want(200)
		told(r)
		path := "/v1/applications/" + r.Text("application_id")
		r = m.first.Get(path).Want(200)
		told(r)
		r = m.first.Act(path+"/start-review", r.ETag, nil).Want(200)
		r = m.first.Act(path+"/pass", r.ETag, j{}).Want(200)
		m.second.Act(path+"/grant", r.ETag, j{}).Refused(409, "twin_unexplained")
		r = m.second.Act(path+"/grant", r.ETag, j{"twin_reason": "同型号第二台，另行签订"}).Want(200)
		if r.Text("twin_reason") != "同型号第二台，另行签订" || m.editor.Get(path).Want(200).Text("twin_reason") != "同型号第二台，另行签订" {
			t.Errorf("the reason is not shown: %s", r.Raw)
		}
		h.Agrees()
	})
}

// What is left out of a party is its organization's, and what differs stands out.
func TestAPartyByItsOrganization(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		firm, _, _ := h.Organization("辽浑智造装备有限公司", "enterprise", "210106")
		enter := func(seller, buyer j) *apitest.Response {
			return m.editor.Post("/v1/contracts", j{"kind": "development", "terms": apitest.Terms(m.uni, firm, j{"sellers": []any{seller}, "buyers": []any{buyer}})})
		}
		r := enter(j{"organization_id": m.uni}, j{"organization_id": firm, "region": "210102", "name": "浑河材料有限公司"}).Want(201)
		if r.Text("terms", "sellers", 0, "name") != "盛北理工大学" || r.Text("terms", "sellers", 0, "region") != "210112" || r.Text("terms", "sellers", 0, "nature") != "022" ||
			len(r.Text("terms", "sellers", 0, "credit_code")) != 18 || r.Text("terms", "buyers", 0, "nature") != "100" {
			t.Errorf("%s", r.Raw)
		}
		r = m.editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
		seen := m.first.Get("/v1/applications/" + r.Text("application_id")).Want(200)
		for i, want := range []j{
			{"code": "differs_from_organization", "pointer": "/terms/buyers/0/name", "entered": "浑河材料有限公司", "organization": "辽浑智造装备有限公司"},
			{"code": "differs_from_organization", "pointer": "/terms/buyers/0/region", "entered": "210102", "organization": "210106"},
		} {
			for k, v := range want {
				if seen.At("remarks", i, k) != v {
					t.Errorf("%s of remark %d: %s", k, i, seen.Raw)
				}
			}
		}
		bad := enter(j{"organization_id": m.uni, "nature": "150"}, j{"organization_id": firm}).Refused(400, "invalid_input")
		if bad.Text("errors", 0, "pointer") != "/terms/sellers/0/nature" || bad.Text("errors", 0, "code") != "other_nature" {
			t.Errorf("%s", bad.Raw)
		}
		bad = enter(j{"organization_id": m.uni}, j{"credit_code": apitest.Outside(7)}).Refused(400, "invalid_input")
		if bad.Text("errors", 0, "pointer") != "/terms/buyers/0/name" || bad.Text("errors", 0, "code") != "required" || bad.Text("errors", 1, "pointer") != "/terms/buyers/0/nature" {
			t.Errorf("%s", bad.Raw)
		}
		enter(j{"organization_id": m.uni}, j{"organization_id": m.uni}).Refused(400, "invalid_input")
	})
}

// Description and code lists agree: each nature and each document of the lists can be entered on either side.
func TestWhatTheListsHaveCanBeEntered(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		person := func(document codes.Document, number string) j {
			return j{"name": "林知远", "nature": "natural_person", "region": "210102", "personal_id": j{"document": document, "number": number}}
		}
		var parties []j
		for i, n := range codes.PartyNatures.All() {
			switch n.Code {
			case codes.NaturalPerson:
				parties = append(parties, person(codes.ResidentID, apitest.ResidentID))
			case codes.Foreign:
				parties = append(parties, j{"name": "Muster Werke GmbH", "nature": "foreign", "country": "de", "foreign_number": "HRB 1"},
					j{"name": "State University of Nowhere", "nature": "foreign", "country": "USA", "no_code_reason": "州立大学，无注册号"},
					j{"name": "香港某某有限公司", "nature": "foreign", "country": "HKG", "region": "810000", "foreign_number": "1234567"})
			default:
				parties = append(parties, j{"name": n.Chinese, "nature": n.Code, "region": "210102", "credit_code": apitest.Outside(100 + i)})
			}
		}
		parties = append(parties, j{"name": "中国人民解放军某部", "nature": "010", "region": "210102", "no_code_reason": "军队单位，无统一社会信用代码"},
			j{"name": "联合课题组", "nature": "other_organization", "region": "210102"})
		numbers := map[codes.Document]string{
			codes.ResidentID: "２１０１０２ 19900307 1233", codes.Passport: "C01X00T47", codes.HKMacaoPermit: "H12345678", codes.TaiwanPermit: "12345678",
			codes.ResidencePermit: "810000199408230021", codes.PermanentResidence: "USA310083112101", codes.HKMacaoID: "A123456（3）", codes.TaiwanID: "A123456789",
			codes.MilitaryID: "军字第0012345号", codes.OtherDocument: "无国籍人旅行证 X-1234",
		}
		for _, d := range codes.Documents.All() {
			parties = append(parties, person(d.Code, numbers[d.Code]))
		}
		for _, p := range parties {
			for _, side := range []string{"sellers", "buyers"} {
				terms := apitest.Terms(m.uni, "", nil)
				terms[side] = append(terms[side].([]any), p)
				r := m.editor.Post("/v1/contracts", j{"kind": "development", "terms": terms})
				if r.Status != 201 || r.Text("terms", side, 1, "name") != p["name"] {
					t.Errorf("%v among %s: %s", p, side, r.Raw)
				}
			}
		}
	})
}

// An official number is one's however it is typed, and what was typed is shown.
func TestAnOfficialNumberOverTheWire(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		review := func(amount string) (string, string) {
			_, a := m.file(j{"turnover": apitest.Money(amount)})
			path := "/v1/applications/" + a
			r := m.first.Act(path+"/start-review", `"1"`, nil).Want(200)
			return path, m.first.Act(path+"/pass", r.ETag, j{}).Want(200).ETag
		}
		const typed = "２０２６２１０１－０００００１"
		path, tag := review("500000.00")
		contract := m.second.Act(path+"/grant", tag, j{"official_number": typed}).Want(200).Text("contract", "id")
		if got := m.editor.Get("/v1/contracts/" + contract).Want(200).Text("official_number"); got != typed {
			t.Errorf("shown as %q", got)
		}
		path, tag = review("600000.00")
		for _, number := range []string{"20262101000001", "2026 2101 000001", "2026-2101-000001", "2026\u200b2101000001"} {
			m.second.Act(path+"/grant", tag, j{"official_number": number}).Refused(409, "official_number_taken")
			found := m.first.Get("/v1/contracts?office=SY01&official_number=" + url.QueryEscape(number)).Want(200).Items()
			if len(found) != 1 || found[0].(map[string]any)["id"] != contract {
				t.Errorf("%q finds %v", number, found)
			}
		}
		for query, want := range map[string]int{
			"title=" + url.QueryEscape("等离子体"): 2, "party=" + url.QueryEscape("吴澄"): 2, "party_code=" + strings.ToLower(apitest.Outside(1)): 2, "signed_from=2026-03-02": 0,
			"signed_from=2026-03-01&signed_to=2026-03-01": 2, "number=jb2026000001": 1, "state=registered&title=" + url.QueryEscape("净化装置"): 1,
		} {
			if n := len(m.first.Get("/v1/contracts?office=SY01&" + query).Want(200).Items()); n != want {
				t.Errorf("%s: %d, want %d", query, n, want)
			}
		}
		m.first.Get("/v1/contracts?office=SY01&signed_from=2026-03-02&signed_to=2026-03-01").Refused(400, "invalid_input")
		m.first.Get("/v1/contracts?office=SY01&number=-").Refused(400, "invalid_input")
	})
}
