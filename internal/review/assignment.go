package review

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// ReviewState is where a reviewer stands on a panel: asked → accepted or refused; and resigned, who had accepted.
type ReviewState string

// The states.
const (
	Asked    ReviewState = "asked"
	Accepted ReviewState = "accepted"
	Refused  ReviewState = "refused"
	Resigned ReviewState = "resigned" // what they gave counts no more
)

// ReviewStates are all states, in their order.
var ReviewStates = []ReviewState{Asked, Accepted, Refused, Resigned}

// ReviewWays are all ways of a reviewer on a panel.
var ReviewWays = work.Ways[ReviewState]{
	{Operation: "acceptReview", Action: policy.ReviewAnswer, Text: fault.Text{ZH: "接受", EN: "accepted"}, From: []ReviewState{Asked}, To: Accepted},
	{Operation: "refuseReview", Action: policy.ReviewAnswer, Text: fault.Text{ZH: "谢绝", EN: "refused"}, From: []ReviewState{Asked}, To: Refused},
	{Operation: "refuseReview", Action: policy.ReviewAnswer, Text: fault.Text{ZH: "退出", EN: "given up"}, From: []ReviewState{Accepted}, To: Resigned},
	{Operation: "scoreReviewItem", Action: policy.ReviewScore, Text: fault.Text{ZH: "评分", EN: "scored"}, From: []ReviewState{Accepted}},
	{Operation: "recuseFromReviewItem", Action: policy.ReviewScore, Text: fault.Text{ZH: "回避一项", EN: "recused from an item"}, From: []ReviewState{Accepted}},
	{Operation: "recordReviewConsensus", Action: policy.ReviewAgree, Text: fault.Text{ZH: "记录合议意见", EN: "agreed"}, From: []ReviewState{Accepted}},
}

// serving are the states in which a reviewer belongs to the panel.
var serving = []ReviewState{Asked, Accepted}

// Reason says why somebody does not review.
type Reason string

// The reasons.
const (
	Conflict   Reason = "conflict"
	NotMyField Reason = "not_my_field"
	TooMany    Reason = "too_many"
)

var reasons = []Reason{Conflict, NotMyField, TooMany}

// Review is one reviewer on one panel.
type Review struct {
	work.Head
	PanelID    uuid.UUID
	AccountID  uuid.UUID
	Place      int // in the order of the draw; the first of those who serve leads the consensus
	State      ReviewState
	Reason     Reason
	Note       string
	AnsweredAt *time.Time
}

func (Review) TableName() string { return "reviews" }
func (*Review) Noun() string     { return "review" }

// Facts: it is about the reviewer.
func (r *Review) Facts() policy.Facts { return policy.Facts{Subject: r.AccountID} }

// Accept takes the part.
func (r *Review) Accept(now time.Time) error {
	if err := ReviewWays.Take(&r.State, "acceptReview"); err != nil {
		return err
	}
	r.AnsweredAt = &now
	return nil
}

// Refuse leaves it, or gives it up again while the panel is not finished.
func (r *Review) Refuse(why Reason, note string, now time.Time) error {
	if err := ReviewWays.Take(&r.State, "refuseReview"); err != nil {
		return err
	}
	r.Reason, r.Note, r.AnsweredAt = why, note, &now
	return nil
}

// SheetState is where a sheet stands: draft → final; or recused.
type SheetState string

// The states.
const (
	Draft   SheetState = "draft"
	Final   SheetState = "final"
	Recused SheetState = "recused"
)

// Mark is what one criterion is given, and why.
type Mark struct {
	Score  Score  `json:"score"`
	Reason string `json:"reason"`
}

// SheetRow is what one reviewer gives to one item. Its identifier is random, so that it tells nothing of who was first.
type SheetRow struct {
	work.Head
	PanelID  uuid.UUID
	ReviewID uuid.UUID
	ItemID   uuid.UUID
	State    SheetState
	Marks    []Mark `gorm:"serializer:json"` // in the order of the criteria
	Comment  string
}

func (SheetRow) TableName() string    { return "review_sheets" }
func (*SheetRow) Noun() string        { return "review_sheet" }
func (*SheetRow) Facts() policy.Facts { return policy.Facts{} }

// write puts scores on it. What is final stays.
func (s *SheetRow) write(marks []Mark, comment string, final bool) error {
	if err := work.In(s.State, Draft); err != nil {
		return err
	}
	s.State, s.Marks, s.Comment = Draft, marks, comment
	if final {
		s.State = Final
	}
	return nil
}

// recuse gives nothing to the item: that is not a zero.
func (s *SheetRow) recuse(why string) error {
	if err := work.In(s.State, Draft); err != nil {
		return err
	}
	s.State, s.Marks, s.Comment = Recused, nil, why
	return nil
}

// leastReason is how many characters a reason has at least, once a sheet is final.
const leastReason = 2

func (r Rules) checkMarks(marks []Mark, comment string, final bool) error {
	var bad fault.Fields
	bad.Check(len(marks) == len(r.Criteria), "/marks", fault.OutOfRange, "须逐项评分，共 %[1]d 项", "Each criterion takes a score; there are %[1]d", len(r.Criteria))
	for i, m := range marks {
		at := fmt.Sprintf("/marks/%d", i)
		bad.Check(m.Score >= 0 && m.Score <= Full, at+"/score", fault.OutOfRange, "分值为 0 至 100，至多三位小数", "A score is 0 to 100, with three decimals at most")
		least := 0
		if final {
			least = leastReason
		}
		bad.Length(m.Reason, at+"/reason", least, 2000)
		if final && m.Reason != "" {
			text.Wanted(&bad, m.Reason, at+"/reason", "须填理由", "The reason is needed")
		}
	}
	bad.Check(utf8.RuneCountInString(comment) <= 10000, "/comment", fault.TooLong, "至多 10000 个字", "At most 10000 characters")
	return bad.Err()
}

// Agreed is what the reviewers agreed on about one item.
type Agreed struct {
	work.Head
	PanelID uuid.UUID
	ItemID  uuid.UUID
	Score   Score
	Reason  string
	ByID    uuid.UUID
}

func (Agreed) TableName() string    { return "review_consensus" }
func (*Agreed) Noun() string        { return "review_consensus" }
func (*Agreed) Facts() policy.Facts { return policy.Facts{} }
