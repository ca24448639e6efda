// Package review has experts judge items by weighted criteria: it draws the reviewers so that nobody can choose them, gives the items names that
// tell nothing, keeps everybody's scores from everybody until their own are final, and reckons means, outliers, ties and ranks exactly. What
// is reviewed is no affair of its: it knows a subject by kind, identifier and title, and items by an identifier of their owner's, who shows
// their content to whom ItemFor lets through.
package review

import (
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// State is where a panel stands: scoring → consensus → finished; or cancelled before that.
type State string

// The states.
const (
	Scoring   State = "scoring"
	Consensus State = "consensus"
	Finished  State = "finished"
	Cancelled State = "cancelled"
)

// Panel is who judges what by which rules. These are fixed when it is made.
type Panel struct {
	work.Head
	State        State
	SubjectKind  string
	SubjectID    uuid.UUID
	SubjectTitle string
	Rules        Rules `gorm:"serializer:json"`
	Blind        bool
	Results      []Result `gorm:"serializer:json"` // once it is finished
	ClosedAt     *time.Time
	FinishedAt   *time.Time
}

func (Panel) TableName() string { return "review_panels" }
func (*Panel) Noun() string     { return "review_panel" }

// Facts of the row itself; who reviews stands beside it.
func (p *Panel) Facts() policy.Facts { return policy.Facts{Public: p.State == Finished} }

// FactsIn completes Facts by its reviewers.
func (p *Panel) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	f := p.Facts()
	err := q.Model(&Review{}).Where("panel_id = ? AND state IN ?", p.ID, serving).Pluck("account_id", &f.Reviewers).Error
	return f, err
}

// Subject is what it is about.
func (p *Panel) Subject() kinds.Subject {
	return kinds.Subject{Kind: p.SubjectKind, ID: p.SubjectID, Title: p.SubjectTitle}
}

// Close ends scoring: from now on scores are read and talked about, and none is changed.
func (p *Panel) Close(now time.Time) error {
	if err := work.Step(&p.State, Consensus, Scoring); err != nil {
		return err
	}
	p.ClosedAt = &now
	return nil
}

// Finish fixes the results.
func (p *Panel) Finish(results []Result, now time.Time) error {
	if err := work.Step(&p.State, Finished, Consensus); err != nil {
		return err
	}
	p.Results, p.FinishedAt = results, &now
	return nil
}

// Item is one thing under review. Its identifier is random and its own to this panel.
type Item struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	PanelID   uuid.UUID
	RefID     uuid.UUID // its owner's identifier, which no reviewer is told
	Pseudonym string
	Withdrawn bool
}

func (Item) TableName() string { return "review_items" }

// signs are those of a pseudonym: none looks like another.
const signs = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// newItems gives items names that tell nothing of them, nor of the order in which they came. They lie in the order of their random ids.
func newItems(panel uuid.UUID, refs []uuid.UUID) []Item {
	out := make([]Item, len(refs))
	taken := map[string]bool{}
	for i, ref := range refs {
		name := pseudonym()
		for taken[name] {
			name = pseudonym()
		}
		taken[name] = true
		out[i] = Item{ID: uuid.New(), PanelID: panel, RefID: ref, Pseudonym: name} // version 4: all of it is random
	}
	slices.SortFunc(out, func(a, b Item) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return out
}

func pseudonym() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // it never fails
	for i := range b {
		b[i] = signs[int(b[i])%len(signs)] // 256 is a multiple of their number
	}
	return string(b[:])
}

// Input is what makes a panel.
type Input struct {
	Rules Rules
	Blind bool
	Items []uuid.UUID // identifiers of their owner's
	Draw  Drawing     // its Wanted is how many reviewers are drawn
}

const (
	maxCriteria = 20
	maxItems    = 1000
	// leastReviewers is how many no panel goes below.
	leastReviewers = 3
)

// Check refuses rules that nothing could be reckoned by.
func (r Rules) Check() error {
	var bad fault.Fields
	r.check(&bad)
	return bad.Err()
}

// CheckCriteria holds criteria to a whole, at the place of their list.
func CheckCriteria(bad *fault.Fields, criteria []Criterion, pointer string) {
	bad.Check(len(criteria) >= 1, pointer, fault.TooFew, "至少一项评审指标", "At least one criterion")
	bad.Check(len(criteria) <= maxCriteria, pointer, fault.TooManyItems, "至多 %[1]d 项", "At most %[1]d", maxCriteria)
	sum := 0
	seen := map[string]bool{}
	for i, c := range criteria {
		at := fmt.Sprintf("%s/%d", pointer, i)
		text.Named(bad, c.Name, at+"/name", 2, 50)
		bad.Length(c.About, at+"/about", 0, 500)
		bad.Check(!seen[c.Name], at+"/name", fault.Repeated, "指标重复", "The criterion is given twice")
		bad.Check(c.Weight >= 1 && c.Weight <= weightWhole, at+"/weight_bp", fault.OutOfRange, "权重为 1 至 10000（万分之一）", "A weight is 1 to 10000 basis points")
		seen[c.Name] = true
		sum += c.Weight
	}
	bad.Check(sum == weightWhole, pointer, fault.OutOfRange, "权重合计 %[1]d，须恰为 10000（万分之一）", "The weights add up to %[1]d and must make exactly 10000 basis points", sum)
}

func (r Rules) check(bad *fault.Fields) {
	CheckCriteria(bad, r.Criteria, "/criteria")
	bad.Check(r.Threshold >= 0 && r.Threshold <= Full, "/threshold", fault.OutOfRange, "合格线为 0 至 100", "A threshold is 0 to 100")
	bad.Check(r.MinReviewers >= leastReviewers && r.MinReviewers <= 50, "/min_reviewers", fault.OutOfRange, "评审专家至少三人", "At least three reviewers")
	r.CheckWays(bad, "")
}

// CheckWays holds the rules for outliers and ties, and what decides, to what there is, at the place of the rules.
func (r Rules) CheckWays(bad *fault.Fields, at string) {
	fault.Offered(bad, r.Outliers, at+"/outliers", []OutlierRule{KeepAll, DropHighestLowest})
	if r.Outliers == DropHighestLowest {
		bad.Check(r.OutliersFrom >= leastReviewers+2, at+"/outliers_from", fault.OutOfRange, "去掉最高、最低分须至少五人评分", "One of each is dropped of five scores at the least")
	} else {
		bad.Check(r.OutliersFrom == 0, at+"/outliers_from", fault.Unexpected, "仅在去掉最高、最低分时填写", "Only where scores are dropped")
	}
	fault.Offered(bad, r.Ties, at+"/ties", []TieRule{ByCriteria, Shared})
	fault.Offered(bad, r.Decides, at+"/decides", []Decider{ByMean, ByConsensus})
}

func (in Input) check() error {
	var bad fault.Fields
	in.Rules.check(&bad)
	bad.Check(len(in.Items) >= 1, "/items", fault.TooFew, "没有待评审的项目", "There is nothing to review")
	bad.Check(len(in.Items) <= maxItems, "/items", fault.TooManyItems, "至多 %[1]d 项", "At most %[1]d", maxItems)
	seen := map[uuid.UUID]bool{}
	for i, id := range in.Items {
		bad.Check(!seen[id], fmt.Sprintf("/items/%d", i), fault.Repeated, "重复", "It is given twice")
		seen[id] = true
	}
	bad.Check(len(in.Draw.Receipts) >= 1, "/receipts", fault.TooFew, "须有已公布的凭据，否则密值的持有人可以左右抽取", "There must be published receipts, or whoever has the secret could choose")
	bad.Check(in.Draw.Wanted >= in.Rules.MinReviewers, "/reviewers", fault.OutOfRange, "抽取人数少于最低评审人数", "Fewer would be drawn than have to review")
	return bad.Err()
}
