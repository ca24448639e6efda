package demo

import (
	"fmt"

	"jiebang/internal/indicators"
	"jiebang/internal/ledger"
	"jiebang/internal/when"
)

// targets sets what the city is to reach in the years of the demo: one operator proposes, the other confirms.
func (s *seeder) targets() error {
	for year := s.base.AddMonths(-12).Year(); year <= s.base.Year(); year++ {
		for _, t := range []indicators.TargetInput{
			{Code: "turnover", Value: "20000000"},
			{Code: "contracts", Value: "20"},
			{Code: "conversion_amount_key", Value: "50", Comparison: indicators.MoreThan},
			{Code: "tech_enterprises", Value: "5"},
			{Code: "events", Value: "40"},
			{Code: "rd_intensity", Value: "3.00"},
		} {
			t.Year, t.Source = year, fmt.Sprintf("演示文件：%d 年科技工作要点（虚构）", year)
			id, err := create(s, s.role["operator"], s.Indicators.ProposeTarget, t)
			if err == nil {
				err = change(s, s.role["operator_second"], s.Indicators.ConfirmTarget, id, 1)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// monthly reports what the system does not count, one of it with data of the year before, and freezes the report of the last month that is over.
func (s *seeder) monthly() error {
	operator := s.role["operator"]
	over := ledger.Over(s.clock.Now())
	first := when.MustDay(fmt.Sprintf("%04d-01-01", over.Year()))
	for _, a := range []indicators.ActualInput{
		{Code: "events", Value: fmt.Sprint(3 * (over.First().Since(first)/28 + 1)), DataFrom: first, DataTo: over.Last(), Source: "演示数据：活动台账"},
		{Code: "high_quality_results", Value: "6", DataFrom: first, DataTo: over.Last(), Source: "演示数据：专家评价意见"},
		{Code: "rd_intensity", Value: "3", Bound: indicators.Below, DataFrom: first.AddYears(-1), DataTo: first.AddDays(-1), Source: "演示数据：统计公报（错年）"},
	} {
		a.Year = over.Year()
		if _, err := create(s, operator, s.Indicators.ReportActual, a); err != nil {
			return err
		}
	}
	_, err := create(s, operator, s.Indicators.FreezeReport, indicators.ReportInput{Month: over})
	return err
}
