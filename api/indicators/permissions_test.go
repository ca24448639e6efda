package indicators_test

import (
	"fmt"
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "indicators", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("registrar", s.First), apitest.As("other operator", s.Deputy), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		year := 2020
		target := func() apitest.J {
			year++ // one waits for each year
			return apitest.J{"code": "contracts", "year": year, "value": "20000", "source": "市政府工作报告"}
		}
		actual := func() apitest.J {
			return apitest.J{"code": "events", "year": 2026, "value": "46", "data_from": "2026-01-01", "data_to": "2026-02-28", "source": "活动台账"}
		}
		definition := func() apitest.J {
			return apitest.J{"code": fmt.Sprint("own_", s.Serial()), "name": "自设指标", "name_en": "Our own", "unit": "count", "measured": "项", "measured_en": "items", "shape": "flow", "definition": "自设口径", "definition_en": "As we say", "source": "主管部门填报"}
		}
		month := func() apitest.J {
			n := s.Serial()
			return apitest.J{"month": fmt.Sprintf("%04d-%02d", 2001+n/12, n%12+1)}
		}
		proposed := func() (string, string) {
			r := s.Operator.Post("/v1/indicator-targets", target()).Want(201)
			return r.Text("id"), r.ETag
		}
		known, _ := proposed()
		reported := s.Operator.Post("/v1/indicator-actuals", actual()).Want(201).Text("id")
		frozen := s.Operator.Post("/v1/reports", month()).Want(201).Text("id")
		defined := s.Visitor().Get("/v1/indicator-definitions").Want(200).Text("items", 0, "id")
		return map[string]func() apitest.Call{
			"listIndicators":            apitest.Get("/v1/indicators"),
			"getIndicator":              apitest.Get("/v1/indicators/turnover?year=2026"),
			"getFunnel":                 apitest.Get("/v1/funnel?year=2026"),
			"createIndicatorDefinition": apitest.Create("/v1/indicator-definitions", definition),
			"listIndicatorDefinitions":  apitest.Get("/v1/indicator-definitions"),
			"getIndicatorDefinition":    apitest.Get("/v1/indicator-definitions/" + defined),
			"proposeIndicatorTarget":    apitest.Create("/v1/indicator-targets", target),
			"listIndicatorTargets":      apitest.Get("/v1/indicator-targets"),
			"getIndicatorTarget":        apitest.Get("/v1/indicator-targets/" + known),
			"confirmIndicatorTarget":    apitest.Act("indicator-targets", "confirm", proposed, nil),
			"refuseIndicatorTarget":     apitest.Act("indicator-targets", "refuse", proposed, apitest.J{"reason": "与工作报告不符"}),
			"withdrawIndicatorTarget":   apitest.Act("indicator-targets", "withdraw", proposed, nil),
			"reportIndicatorActual":     apitest.Create("/v1/indicator-actuals", actual),
			"listIndicatorActuals":      apitest.Get("/v1/indicator-actuals"),
			"getIndicatorActual":        apitest.Get("/v1/indicator-actuals/" + reported),
			"freezeReport":              apitest.Create("/v1/reports", month),
			"listReports":               apitest.Get("/v1/reports"),
			"getReport":                 apitest.Get("/v1/reports/" + frozen),
			"downloadReport":            apitest.Get("/v1/reports/" + frozen + "/file?format=pdf"),
		}
	})
}
