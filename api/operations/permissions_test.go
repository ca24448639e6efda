package operations_test

import (
	"fmt"
	"testing"
	"time"

	"jiebang/api/apitest"
	"jiebang/internal/jobs"
	"jiebang/internal/work"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "operations", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		year := 2030
		calendar := func() apitest.J {
			year++
			return apitest.J{"year": year, "source": "关于部分节假日安排的通知", "days": []any{apitest.J{"day": fmt.Sprint(year, "-01-01"), "kind": "off"}}}
		}
		zones := 0
		zone := func() apitest.J {
			zones++
			return apitest.J{"code": fmt.Sprint("shenfu_", zones), "name": "沈抚示范区", "name_en": "Shenfu demonstration zone", "parent": "210100", "source": "沈抚改革创新示范区建设方案", "valid_from": "2026-01-01"}
		}
		known := s.Operator.Post("/v1/zones", zone()).Want(201)
		chains := 0
		chain := func() apitest.J {
			chains++
			return apitest.J{"code": fmt.Sprint("low_altitude_", chains), "name": "低空经济", "name_en": "Low-altitude economy", "source": "低空经济发展行动计划", "valid_from": "2026-01-01"}
		}
		rules := 0
		rule := func() apitest.J {
			rules++
			return apitest.J{
				"code": fmt.Sprint("award_", rules), "kind": "local_award", "level": "city", "region": "210100", "side": "buyer", "contract_kinds": []any{"development"}, "rate_bp": 300,
				"valid_from": "2026-01-01", "source": "沈科发〔2026〕1号（示例）", "note": "示例：按成交额的 3% 补助。", "note_en": "An example: 3 % of the price.", "provisional": true,
			}
		}
		inForce := func() *apitest.Response {
			r := s.Operator.Post("/v1/calendars", calendar()).Want(201)
			return s.Deputy.Act("/v1/calendars/"+r.Text("id")+"/confirm", r.ETag, nil).Want(200)
		}
		waits := func() (id, etag string) {
			r := inForce()
			body := apitest.J{"year": year, "source": "关于更正的通知", "days": []any{apitest.J{"day": fmt.Sprint(year, "-01-01"), "kind": "off"}}}
			return r.Text("id"), s.Deputy.Put("/v1/calendars/"+r.Text("id"), r.ETag, body).Want(200).ETag
		}
		loaded := inForce()
		return map[string]func() apitest.Call{
			"listJobs": apitest.Get("/v1/jobs?state=parked"),
			"retryJob": func() apitest.Call {
				now := time.Now().UTC()
				j := jobs.Job{ID: work.NewID(), Kind: "nobody.knows", ObjectID: work.NewID(), DueAt: now, ParkedAt: &now, CreatedAt: now}
				if err := s.App.DB.Writer.Create(&j).Error; err != nil {
					s.Fatal(err)
				}
				return apitest.Call{Method: "POST", Path: "/v1/jobs/" + j.ID.String() + "/retry"}
			},
			"listReference": apitest.Get("/v1/reference"),
			"getReference":  apitest.Get("/v1/reference/decline_reason"),
			"listRegions":   apitest.Get("/v1/regions?level=province"),
			"loadCalendar":  apitest.Create("/v1/calendars", calendar),
			"listCalendars": apitest.Get("/v1/calendars"),
			"getCalendar":   apitest.Get("/v1/calendars/" + loaded.Text("id")),
			"createZone":    apitest.Create("/v1/zones", zone),
			"listZones":     apitest.Get("/v1/zones"),
			"getZone":       apitest.Get("/v1/zones/" + known.Text("id")),
			"replaceZone": func() apitest.Call {
				body := zone()
				made := s.Operator.Post("/v1/zones", body).Want(201)
				return apitest.Call{Method: "PUT", Path: "/v1/zones/" + made.Text("id"), ETag: made.ETag, Body: body}
			},
			"createBenefitRule": apitest.Create("/v1/benefit-rules", rule),
			"listBenefitRules":  apitest.Get("/v1/benefit-rules"),
			"getBenefitRule":    apitest.Get("/v1/benefit-rules/019ad0b0-0000-7000-8000-000000000006"),
			"replaceBenefitRule": func() apitest.Call {
				body := rule()
				made := s.Operator.Post("/v1/benefit-rules", body).Want(201)
				return apitest.Call{Method: "PUT", Path: "/v1/benefit-rules/" + made.Text("id"), ETag: made.ETag, Body: body}
			},
			"createIndustryChain": apitest.Create("/v1/industry-chains", chain),
			"listIndustryChains":  apitest.Get("/v1/industry-chains"),
			"getIndustryChain":    apitest.Get("/v1/industry-chains/0179e0a0-0000-7000-8000-00000000000d"),
			"replaceIndustryChain": func() apitest.Call {
				body := chain()
				made := s.Operator.Post("/v1/industry-chains", body).Want(201)
				return apitest.Call{Method: "PUT", Path: "/v1/industry-chains/" + made.Text("id"), ETag: made.ETag, Body: body}
			},
			"confirmCalendar":      apitest.Act("calendars", "confirm", waits, nil),
			"dropCalendarProposal": apitest.Remove("calendars", "/proposal", waits),
			"replaceCalendar": func() apitest.Call {
				body := calendar()
				made := s.Operator.Post("/v1/calendars", body).Want(201)
				made = s.Deputy.Act("/v1/calendars/"+made.Text("id")+"/confirm", made.ETag, nil).Want(200)
				return apitest.Call{Method: "PUT", Path: "/v1/calendars/" + made.Text("id"), ETag: made.ETag, Body: body}
			},
		}
	})
}
