package programmes

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jiebang/internal/fault"
	"jiebang/internal/notices"
	"jiebang/internal/review"
)

// Rows of before are read, and what is written a program of before reads.
func TestRulesStandInRowsAsTheyDid(t *testing.T) {
	const row = `{"NoticeDays":7,"NoticeUnit":"working_days","NoticeDayOne":true,"NoticeMoves":true,"Reviewers":5,"Criteria":[{"Name":"技术路线","Weight":10000}],` +
		`"Threshold":60000,"Blind":true,"Winners":2,"ShowBids":false,"MostRunning":2,"GrantShare":3000,"OwnShare":5000,"AnswerDays":10,"ObjectionsDays":15}`
	var r Rules
	if err := json.Unmarshal([]byte(row), &r); err != nil {
		t.Fatal(err)
	}
	want := notices.Period{Length: 7, Unit: notices.WorkingDays, DayOneCounts: true, LastOff: notices.NextWorkingDay}
	if r.Notice != want || r.Reviewers != 5 || r.Criteria[0].Weight != 10_000 || r.ObjectionsDays != 15 {
		t.Errorf("%+v", r)
	}
	if again, err := json.Marshal(r); err != nil || string(again) != row {
		t.Errorf("%s, %v", again, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := Rules{Notice: notices.Period{
			Length: rapid.IntRange(1, 120).Draw(t, "length"), Unit: rapid.SampledFrom([]notices.Unit{notices.CalendarDays, notices.WorkingDays}).Draw(t, "unit"),
			DayOneCounts: rapid.Bool().Draw(t, "one"), LastOff: LastOff(rapid.Bool().Draw(t, "moves")),
		}, Winners: rapid.IntRange(1, 10).Draw(t, "winners")}
		text, err := json.Marshal(r)
		var back Rules
		if err != nil || json.Unmarshal(text, &back) != nil || back.Notice != r.Notice || back.Winners != r.Winners {
			t.Fatalf("%+v is read as %+v by %s, %v", r, back, text, err)
		}
	})
}

// What criteria may be is one rule, of rounds, templates and panels alike.
func TestCriteriaAreHeldToTheRuleOfPanels(t *testing.T) {
	for text, criteria := range map[string][]Criterion{
		"/criteria too_few": nil, "/criteria out_of_range": {{"技术路线", 9_999}}, "/criteria/1/name repeated": {{"技术路线", 5_000}, {"技术路线", 5_000}},
		"/criteria/0/weight_bp out_of_range": {{"技术路线", 0}, {"团队基础", 10_000}}, "/criteria/0/name too_short": {{"技", 10_000}},
	} {
		err := TemplateInput{Name: "评审指标", Criteria: criteria}.check()
		if err == nil {
			t.Errorf("%s: not refused", text)
			continue
		}
		if place, code, _ := strings.Cut(text, " "); !told(err, place, code) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func told(err error, place, code string) bool {
	var bad *fault.Error
	return errors.As(err, &bad) && slices.ContainsFunc(bad.Fields, func(f fault.Field) bool { return f.Pointer == place && f.Code == code })
}

// A round says what becomes of scores that stand out and of equal means, and which figure decides; one that says nothing goes on as before.
func TestARoundSaysHowItsPanelsReckon(t *testing.T) {
	row := Rules{Criteria: []Criterion{{"技术路线", 10_000}}, Threshold: 60_000, Reviewers: 5}
	if p := row.Panel(); p.Outliers != review.KeepAll || p.OutliersFrom != 0 || p.Ties != review.ByCriteria || p.Decides != review.ByMean || p.MinReviewers != 5 || p.Threshold != 60_000 {
		t.Errorf("before a round could say so: %+v", p)
	}
	row.Outliers, row.OutliersFrom, row.Ties, row.Decides = review.DropHighestLowest, 5, review.Shared, review.ByConsensus
	text, err := json.Marshal(row)
	var back Rules
	if err != nil || json.Unmarshal(text, &back) != nil {
		t.Fatal(err)
	}
	if p := back.Panel(); p.Outliers != review.DropHighestLowest || p.OutliersFrom != 5 || p.Ties != review.Shared || p.Decides != review.ByConsensus {
		t.Errorf("%+v", p)
	}
	for place, change := range map[string]func(*Rules){
		"/rules/outliers_from out_of_range": func(r *Rules) { r.OutliersFrom = 4 },
		"/rules/outliers_from unexpected":   func(r *Rules) { r.Outliers = review.KeepAll },
		"/rules/outliers not_allowed":       func(r *Rules) { r.Outliers = "drop_mine" },
		"/rules/ties not_allowed":           func(r *Rules) { r.Ties = "first_come" },
		"/rules/decides not_allowed":        func(r *Rules) { r.Decides = "the_chair" },
	} {
		bad := row
		change(&bad)
		at, code, _ := strings.Cut(place, " ")
		if err := (Input{Rules: bad}).check(); !told(err, at, code) {
			t.Errorf("%s: %v", place, err)
		}
	}
}
