// Package programmes keeps what the bureau runs for money: rounds of challenges, with their budgets and the rules that every challenge of
// a round goes by, and templates of criteria. What becomes of a challenge belongs to package challenges, which asks here for a number and
// for money.
package programmes

import (
	"cmp"
	"encoding/json"
	"regexp"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/notices"
	"jiebang/internal/policy"
	"jiebang/internal/review"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// State is where a round stands: draft → open → closed.
type State string

// The states of a round.
const (
	Draft  State = "draft"
	Open   State = "open"   // posters hand in challenges
	Closed State = "closed" // takes no more; what it has goes on
)

// States are all states, in their order.
var States = []State{Draft, Open, Closed}

// Ways are all ways of a round.
var Ways = work.Ways[State]{
	{Operation: "replaceRound", Action: policy.RoundEdit, Text: fault.Text{ZH: "修改", EN: "written anew"}, From: []State{Draft}},
	{Operation: "deleteRound", Action: policy.RoundDelete, Text: fault.Text{ZH: "删除", EN: "deleted"}, From: []State{Draft}},
	{Operation: "openRound", Action: policy.RoundOpen, Text: fault.Text{ZH: "开放征集", EN: "opened"}, From: []State{Draft}, To: Open},
	{Operation: "closeRound", Action: policy.RoundClose, Text: fault.Text{ZH: "截止征集", EN: "closed"}, From: []State{Open}, To: Closed},
}

// Level says whose programme it is.
type Level string

// The levels.
const (
	City     Level = "city"
	Province Level = "province"
)

// Whole is all of something, in basis points.
const Whole = 10_000

// Top is the best score that there is, in thousandths of a point.
const Top = 100_000

// Criterion is one thing that reviewers look at, and its part of the whole in basis points.
type Criterion struct {
	Name   string
	Weight int
}

// Rules are what all challenges of a round go by. They are fixed once it is open.
type Rules struct {
	Notice         notices.Period `json:"-"` // how long an award is public before it is made; see MarshalJSON
	Reviewers      int            // at least so many score each bid
	Criteria       []Criterion    // what they score; the weights sum to Whole
	Threshold      int            // the least score for an award, in thousandths of a point; inclusive
	Blind          bool           // reviewers do not learn who bids
	Winners        int            // how many may be awarded in parallel
	ShowBids       bool           // the number of bids is told before the opening
	MostRunning    int            // a bidder has at most so many running challenges, this one included; 0: no bound
	GrantShare     int            // what the bureau pays at most, in basis points of what the poster has paid
	OwnShare       int            // what the poster puts in at least, in basis points of the reward
	AnswerDays     int            // working days after the award in which everyone who took part is answered
	ObjectionsDays int            // working days in which an objection is answered
	// What becomes of scores that stand out and of equal means, and which figure decides; empty is as it was before a round could say so (Panel).
	Outliers     review.OutlierRule `json:",omitempty"`
	OutliersFrom int                `json:",omitempty"`
	Ties         review.TieRule     `json:",omitempty"`
	Decides      review.Decider     `json:",omitempty"`
}

// Round is one call for challenges.
type Round struct {
	work.Head
	Code      string // begins the numbers of its challenges: SY2026-1
	Year      int
	Name      string
	Level     Level
	Chains    []string `gorm:"serializer:json"` // of these industry chains; none means any
	State     State
	PostFrom  when.Day // the first and the last day on which challenges are handed in
	PostTo    when.Day
	Budget    money.Fen // what the bureau has for it
	Committed money.Fen // what of that is promised
	Rules     Rules     `gorm:"serializer:json"`
	Numbered  int       // how many of its challenges have a number
	EnteredBy uuid.UUID
}

func (Round) TableName() string { return "rounds" }
func (*Round) Noun() string     { return "round" }

// Facts is what policy asks about a round.
func (r *Round) Facts() policy.Facts {
	return policy.Facts{Public: r.State != Draft, Author: r.EnteredBy}
}

// Input is what a round takes.
type Input struct {
	Code             string
	Year             int
	Name             string
	Level            Level
	Chains           []string
	PostFrom, PostTo when.Day
	Budget           money.Fen
	Rules            Rules
}

var codeForm = regexp.MustCompile(`^[A-Z0-9]+(-[A-Z0-9]+)*$`)

// check holds the rules of a round.
func (in Input) check() error {
	var bad fault.Fields
	bad.Length(in.Code, "/code", 2, 20)
	bad.Check(codeForm.MatchString(in.Code), "/code", fault.Pattern, "代码由大写字母、数字与连字符组成，如 SY2026-1", "A code is of capital letters, digits and hyphens, like SY2026-1")
	bad.Check(in.Year >= 2000 && in.Year <= 2100, "/year", fault.OutOfRange, "年度不对", "Not such a year")
	text.Named(&bad, in.Name, "/name", 2, 100)
	fault.Offered(&bad, in.Level, "/level", []Level{City, Province})
	bad.Check(!in.PostTo.Before(in.PostFrom), "/post_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	bad.Check(in.Budget >= 0, "/budget", fault.OutOfRange, "金额不能小于零", "An amount is not less than 0")
	in.Rules.check(&bad)
	return bad.Err()
}

func (r Rules) check(bad *fault.Fields) {
	within := func(n, least, most int, name string) {
		bad.Check(n >= least && n <= most, "/rules/"+name, fault.OutOfRange, "须为 %[1]d 至 %[2]d", "It is %[1]d to %[2]d", least, most)
	}
	r.Notice.CheckAt(bad, "/rules/notice_days", "/rules/notice_unit", "/rules/notice_moves")
	within(r.Reviewers, 3, 15, "reviewers")
	checkCriteria(bad, r.Criteria, "/rules/criteria")
	within(r.Threshold, 0, Top, "threshold")
	within(r.Winners, 1, 10, "winners")
	within(r.MostRunning, 0, 100, "most_running")
	within(r.GrantShare, 0, Whole, "grant_share_bp")
	within(r.OwnShare, 0, Whole, "own_share_bp")
	within(r.AnswerDays, 1, 60, "answer_days")
	within(r.ObjectionsDays, 1, 60, "objection_days")
	r.Panel().CheckWays(bad, "/rules")
}

// checkCriteria holds criteria to what a panel asks of its own.
func checkCriteria(bad *fault.Fields, criteria []Criterion, pointer string) {
	review.CheckCriteria(bad, scored(criteria), pointer)
}

func scored(criteria []Criterion) []review.Criterion {
	out := make([]review.Criterion, len(criteria))
	for i, c := range criteria {
		out[i] = review.Criterion{Name: c.Name, Weight: c.Weight}
	}
	return out
}

// Panel are the rules as a panel goes by them: where they say nothing else all scores count, the mean decides, and equal means are told apart by the
// criteria in the order of their weights.
func (r Rules) Panel() review.Rules {
	return review.Rules{
		Criteria: scored(r.Criteria), Threshold: review.Score(r.Threshold), MinReviewers: r.Reviewers, OutliersFrom: r.OutliersFrom,
		Outliers: cmp.Or(r.Outliers, review.KeepAll), Ties: cmp.Or(r.Ties, review.ByCriteria), Decides: cmp.Or(r.Decides, review.ByMean),
	}
}

// noticeRow is how the period of a notice stands in rows and the audit trail: by the names that a program of before knows.
type noticeRow struct {
	NoticeDays                int
	NoticeUnit                notices.Unit
	NoticeDayOne, NoticeMoves bool
}

// MarshalJSON writes rules as rows have them.
func (r Rules) MarshalJSON() ([]byte, error) {
	type others Rules
	p := r.Notice
	return json.Marshal(struct {
		noticeRow
		others
	}{noticeRow{p.Length, p.Unit, p.DayOneCounts, p.LastOff == notices.NextWorkingDay}, others(r)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Rules) UnmarshalJSON(data []byte) error {
	type others Rules
	var row struct {
		noticeRow
		others
	}
	if err := json.Unmarshal(data, &row); err != nil {
		return err
	}
	*r = Rules(row.others)
	r.Notice = notices.Period{Length: row.NoticeDays, Unit: row.NoticeUnit, DayOneCounts: row.NoticeDayOne, LastOff: LastOff(row.NoticeMoves)}
	return nil
}

// LastOff is what becomes of a last day that is off.
func LastOff(moves bool) notices.LastOff {
	if moves {
		return notices.NextWorkingDay
	}
	return notices.Stays
}

func (in Input) into(r *Round) {
	r.Code, r.Year, r.Name, r.Level, r.Chains, r.PostFrom, r.PostTo, r.Budget, r.Rules = in.Code, in.Year, in.Name, in.Level, in.Chains, in.PostFrom, in.PostTo, in.Budget, in.Rules
	if r.Chains == nil {
		r.Chains = []string{}
	}
}

// edit refuses it once it is open: posters have relied on it.
func (r *Round) edit() error { return Ways.In(r.State, "replaceRound") }

// open lets posters hand in.
func (r *Round) open() error { return Ways.Take(&r.State, "openRound") }

// end takes no more.
func (r *Round) end() error { return Ways.Take(&r.State, "closeRound") }

// Takes refuses a challenge that would be handed in on a day.
func (r *Round) Takes(day when.Day) error {
	if r.State != Open || !day.Within(r.PostFrom, r.PostTo) {
		return fault.RoundNotOpen.Because("%[1]s 的征集期为 %[2]s 至 %[3]s。", "%[1]s takes challenges from %[2]s to %[3]s.", r.Code, r.PostFrom, r.PostTo)
	}
	return nil
}
