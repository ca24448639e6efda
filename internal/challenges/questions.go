package challenges

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Question is one that somebody asked about a published challenge. It is public with its answer; who asked is told nobody, the poster
// and the bureau included, so that none of them can tell who thinks of bidding.
type Question struct {
	work.Head
	ChallengeID uuid.UUID
	AccountID   uuid.UUID `json:"-"`
	Question    string
	Answer      string
	AnsweredBy  *uuid.UUID
	AnsweredAt  *time.Time
}

func (Question) TableName() string { return "challenge_questions" }
func (*Question) Noun() string     { return "challenge_question" }

// Facts are those of the challenge that it is about, which FactsIn reads.
func (*Question) Facts() policy.Facts { return policy.Facts{} }

// FactsIn says that it is its challenge's affair.
func (x *Question) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	return work.FactsThrough[Challenge](q, x.ChallengeID)
}

type (
	// QuestionView is a question as everybody sees it.
	QuestionView struct {
		Question
		work.Acts
	}
	// QuestionAnswer is the outcome of asking or answering.
	QuestionAnswer = work.Answer[QuestionView]
)

// answerable refuses a second answer: bidders have relied on the first. What has to be changed is an addendum.
func (x *Question) answerable() error {
	if x.AnsweredAt != nil {
		return fault.WrongState.Because("该问题已答复；需更正的，请发补充公告。", "The question was answered; what has to be changed is an addendum.")
	}
	return nil
}

var questions = work.Records[Question, *Question, QuestionView]{
	Read: policy.ChallengeRead,
	Acts: []work.Act[*Question, QuestionView]{
		{Operation: "answerChallengeQuestion", Action: policy.ChallengeAnswer, When: func(x *Question, _ *QuestionView) error { return x.answerable() }},
	},
	Show: func(_ *gorm.DB, _ policy.Actor, rows []Question) ([]QuestionView, error) {
		out := make([]QuestionView, len(rows))
		for i, x := range rows {
			x.AccountID, x.AnsweredBy = uuid.Nil, nil
			out[i] = QuestionView{Question: x}
		}
		return out, nil
	},
}

// Ask asks a question about a published challenge, before its deadline; anybody who is signed in may.
func (s *Service) Ask(ctx context.Context, call work.Call, challenge uuid.UUID, text string) (QuestionAnswer, error) {
	return questions.Do(ctx, s.unit, call, func(tx *work.Tx) (*Question, error) {
		c, err := s.records().Load(tx.DB, call.Actor, challenge)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.ChallengeAsk, c.Facts()); err != nil {
			return nil, err
		}
		if err := c.takesYet(tx); err != nil {
			return nil, err
		}
		var bad fault.Fields
		bad.Length(text, "/question", 5, 2000)
		if err := bad.Err(); err != nil {
			return nil, err
		}
		x := &Question{Head: tx.NewHead(), ChallengeID: c.ID, AccountID: call.Actor.Account, Question: text}
		return x, work.Insert(tx, work.Did(policy.ChallengeAsk), x)
	})
}

// AnswerQuestion answers one; by the poster.
func (s *Service) AnswerQuestion(ctx context.Context, call work.Call, id uuid.UUID, version int64, text string) (QuestionAnswer, error) {
	return questions.Change(ctx, s.unit, call, id, version, policy.ChallengeAnswer, func(tx *work.Tx, x *Question) error {
		if err := x.answerable(); err != nil {
			return err
		}
		c, err := work.Load[Challenge](tx.DB, x.ChallengeID)
		if err != nil {
			return err
		}
		if err := c.takesYet(tx); err != nil {
			return err
		}
		var bad fault.Fields
		bad.Length(text, "/answer", 2, 5000)
		if err := c.staysMasked(tx.DB, orgs.Placed{Pointer: "/answer", Text: text}); err != nil {
			return err
		}
		x.Answer, x.AnsweredBy, x.AnsweredAt = text, &call.Actor.Account, &tx.Now
		return bad.Err()
	})
}

// GetQuestion reads one.
func (s *Service) GetQuestion(ctx context.Context, reader policy.Actor, id uuid.UUID) (QuestionView, error) {
	return questions.Get(ctx, s.unit, reader, id)
}

// QuestionFilter asks for the questions about one challenge.
type QuestionFilter struct {
	Challenge uuid.UUID `path:"id" where:"challenge_id = ?" required:"yes"`
	Answered  *bool     `query:"answered" where:"(answered_at IS NOT NULL) = ?"`
}

// ListQuestions lists the questions about a challenge, the latest first; for whoever may read it.
func (s *Service) ListQuestions(ctx context.Context, reader policy.Actor, f QuestionFilter, p db.Paging) (db.Page[QuestionView], error) {
	return listUnder(ctx, s, reader, f.Challenge, policy.ChallengeRead, f, p, func(x *Question) uuid.UUID { return x.ID }, questions.Show)
}
