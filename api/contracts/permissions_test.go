package contracts_test

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "contracts", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("seller: who wrote it", s.Editor), apitest.As("seller: another member", s.Chief), apitest.As("buyer", s.Buyer),
			apitest.As("registrar: first", s.First), apitest.As("registrar: second", s.Second), apitest.As("registrar elsewhere", s.Far), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		contract, _, registration := s.Contract("registered")
		var code string
		if err := s.App.DB.Reader.Raw("SELECT code FROM contract_certificates WHERE contract_id = ?", uuid.MustParse(contract)).Scan(&code).Error; err != nil {
			s.Fatal(err)
		}
		draft := func() (id, etag string) {
			id, etag, _ = s.Contract("draft")
			return id, etag
		}
		under := func(what string, body apitest.J) func() apitest.Call {
			return func() apitest.Call {
				id, _, _ := s.Contract("registered")
				return apitest.Call{Method: "POST", Path: "/v1/contracts/" + id + "/" + what, Body: body, Creates: true}
			}
		}
		body := apitest.J{"kind": "development", "terms": apitest.Terms(s.Uni, s.Firm, nil)}
		payment := apitest.J{"amount": apitest.Money("500.00"), "paid_on": "2026-03-10"}
		reversal := apitest.J{"amount": apitest.Money("1.00"), "paid_on": "2026-03-10", "note": "记错，更正"}
		paid := s.Editor.Post("/v1/contracts/"+contract+"/payments", payment).Want(201).Text("id")
		larger := apitest.Terms(s.Uni, s.Firm, apitest.J{"turnover": apitest.Money("1300000.00")})
		in := func(state string) func() (id, etag string) {
			return func() (id, etag string) { return s.ReconciliationIn(state) }
		}
		compared, _ := s.ReconciliationIn("compared")
		letter := func() (id, etag string) {
			contract, _, _ := s.Contract("registered")
			r := s.First.Post("/v1/contracts/"+contract+"/revocations", apitest.J{"ground": "void", "reason": "合同无效", "evidence": "判决书存档"}).Want(201)
			s.Second.Do("POST", "/v1/applications/"+r.Text("id")+"/grant", apitest.J{}, map[string]string{"If-Match": r.ETag}).Want(200)
			l := s.First.Get("/v1/authority-letters?limit=1&contract_id=" + contract).Want(200)
			id = l.Text("items", 0, "id")
			return id, s.First.Get("/v1/authority-letters/" + id).Want(200).ETag
		}
		return map[string]func() apitest.Call{
			"createReconciliation":           apitest.Create("/v1/reconciliations", func() apitest.J { return apitest.J{"office": "SY01"} }),
			"listReconciliations":            apitest.Get("/v1/reconciliations"),
			"getReconciliation":              apitest.Get("/v1/reconciliations/" + compared),
			"startReconciliation":            apitest.Act("reconciliations", "start", in("waiting"), nil),
			"listReconciliationRows":         apitest.Get("/v1/reconciliations/" + compared + "/rows"),
			"settleReconciliationRow":        apitest.Act("reconciliations", "settle", in("compared"), apitest.J{"row": 3, "note": "已核对，以本系统为准"}),
			"proposeTakeover":                apitest.Act("reconciliations", "propose", in("compared"), nil),
			"confirmTakeover":                apitest.Act("reconciliations", "confirm", in("proposed"), nil),
			"returnTakeover":                 apitest.Act("reconciliations", "return", in("proposed"), apitest.J{"reason": "请先核对"}),
			"downloadReconciliationReport":   apitest.Get("/v1/reconciliations/" + compared + "/report"),
			"downloadReconciliationTemplate": apitest.Get("/v1/reconciliation-template"),
			"createContract":                 apitest.Create("/v1/contracts", func() apitest.J { return body }),
			"listContracts":                  apitest.Get("/v1/contracts?organization_id=" + s.Uni),
			"getContract":                    apitest.Get("/v1/contracts/" + contract),
			"getContractBenefits":            apitest.Get("/v1/contracts/" + contract + "/benefits"),
			"listContractEntries":            apitest.Get("/v1/contracts/" + contract + "/ledger-entries"),
			"revealPersonalId": func() apitest.Call {
				id, person := s.PersonalContract()
				return apitest.Call{Method: "POST", Path: "/v1/contracts/" + id + "/personal-ids/" + person + "/reveal", Body: apitest.J{"reason": "核对身份证原件"}}
			},
			"printCertificate": apitest.Get("/v1/contracts/" + contract + "/certificate"),
			"checkCertificate": apitest.Get("/v1/certificates/" + code),
			"checkCertificateAmounts": func() apitest.Call {
				return apitest.Call{Method: "POST", Path: "/v1/certificates/" + code + "/amounts", Body: apitest.J{"turnover": apitest.Money("1250000.00"), "technology": apitest.Money("1050000.00")}}
			},
			"replaceContract":      apitest.Put("contracts", draft, body),
			"deleteContract":       apitest.Remove("contracts", "", draft),
			"submitContract":       apitest.Act("contracts", "submit", draft, nil),
			"recordPayment":        apitest.Create("/v1/contracts/"+contract+"/payments", func() apitest.J { return payment }),
			"listPayments":         apitest.Get("/v1/contracts/" + contract + "/payments"),
			"getPayment":           apitest.Get("/v1/payments/" + paid),
			"reversePayment":       apitest.Create("/v1/payments/"+paid+"/reversals", func() apitest.J { return reversal }),
			"amendContract":        under("amendments", apitest.J{"terms": larger, "reason": "追加内容"}),
			"cancelContract":       under("cancellations", apitest.J{"reason": "双方协商解除"}),
			"proposeRevocation":    under("revocations", apitest.J{"ground": "forged", "reason": "经函询，双方均否认签订", "evidence": "复函存档 2026-撤-01"}),
			"listAuthorityLetters": apitest.Get("/v1/authority-letters?office=SY01"),
			"getAuthorityLetter": func() apitest.Call {
				id, _ := letter()
				return apitest.Call{Method: "GET", Path: "/v1/authority-letters/" + id}
			},
			"recordLetterSent":         apitest.Act("authority-letters", "record-sent", letter, apitest.J{"sent_on": "2026-03-10", "recipient": "国家税务总局沈阳市税务局", "document_number": "沈技登函〔2026〕12号"}),
			"waiveLetter":              apitest.Act("authority-letters", "waive", letter, apitest.J{"reason": "经核实未享受优惠"}),
			"listApplications":         apitest.Get("/v1/applications?office=SY01"),
			"countApplications":        apitest.Get("/v1/applications/counts?office=SY01"),
			"getDeskStatistics":        apitest.Get("/v1/applications/statistics?office=SY01"),
			"listContractApplications": apitest.Get("/v1/contracts/" + contract + "/applications"),
			"getContractChecklist":     apitest.Get("/v1/contracts/" + contract + "/checklist"),
			"downloadContractArchive":  apitest.Get("/v1/contracts/" + contract + "/archive"),
			"listReviewers":            apitest.Get("/v1/applications/" + registration + "/reviewers"),
			"withdrawApplication":      apitest.Act("applications", "withdraw", apitest.In("submitted", s.Application), nil),
			"releaseApplication":       apitest.Act("applications", "release", apitest.In("under_review", s.Application), nil),
			"handOverApplication":      apitest.Act("applications", "hand-over", apitest.In("under_review", s.Application), apitest.J{"username": s.Second.Username}),
			"requestSupplement":        apitest.Act("applications", "request-supplement", apitest.In("submitted", s.Application), apitest.J{"note": "请补充签章页"}),
			"answerSupplement":         apitest.Act("applications", "answer-supplement", apitest.In("supplement_requested", s.Application), apitest.J{"note": "已补充"}),
			"getApplication":           apitest.Get("/v1/applications/" + registration),
			"startReview":              apitest.Act("applications", "start-review", apitest.In("submitted", s.Application), nil),
			"recordExpertOpinion":      apitest.Act("applications", "expert-opinion", apitest.In("expert_review", s.Application), apitest.J{"held_on": "2026-03-10", "experts": []any{apitest.J{"name": "沈以宁"}}, "opinion": "同意登记", "outcome": "favourable"}),
			"noteApplication":          apitest.Create("/v1/applications/"+registration+"/notes", func() apitest.J { return apitest.J{"note": "电话核实过研发预算"} }),
			"passReview":               apitest.Act("applications", "pass", apitest.In("under_review", s.Application), apitest.J{}),
			"grantApplication":         apitest.Act("applications", "grant", apitest.In("second_review", s.Application), apitest.J{"twin_reason": "另一批次，内容不同"}),
			"refuseApplication":        apitest.Act("applications", "refuse", apitest.In("under_review", s.Application), apitest.J{"reason": "不属于技术合同"}),
		}
	})
}
