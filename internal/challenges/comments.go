package challenges

import (
	"context"
	"regexp"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Comment is what an expert or an operator says of a challenge while it is refined. The poster settles each, by a change or by saying why
// there is none; with one open it is not published.
type Comment struct {
	work.Head
	ChallengeID uuid.UUID
	AccountID   uuid.UUID
	Place       string // what it is about, as a JSON pointer into the challenge; empty: all of it
	Comment     string
	Answer      string
	AnsweredBy  *uuid.UUID
	SettledAt   *time.Time
}

func (Comment) TableName() string { return "challenge_comments" }
func (*Comment) Noun() string     { return "challenge_comment" }

// Facts are those of the challenge that it is about, which FactsIn reads.
func (*Comment) Facts() policy.Facts { return policy.Facts{} }

// FactsIn says that it is its challenge's affair.
func (x *Comment) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	return work.FactsThrough[Challenge](q, x.ChallengeID)
}

type (
	// CommentView is a comment with who made it.
	CommentView struct {
		Comment
		By string
		work.Acts
	}
	// CommentAnswer is the outcome of writing or settling one.
	CommentAnswer = work.Answer[CommentView]
	// CommentInput is what one takes.
	CommentInput struct{ Place, Comment string }
)

func (x *Comment) open() error {
	if x.SettledAt != nil {
		return fault.WrongState.Because("该意见已处理。", "The comment was settled.")
	}
	return nil
}

var comments = work.Records[Comment, *Comment, CommentView]{
	Read: policy.ChallengeDiscuss,
	Acts: []work.Act[*Comment, CommentView]{
		{Operation: "settleChallengeComment", Action: policy.ChallengeSettle, When: func(x *Comment, _ *CommentView) error { return x.open() }},
	},
	Show: func(q *gorm.DB, _ policy.Actor, rows []Comment) ([]CommentView, error) {
		who := make([]uuid.UUID, len(rows))
		for i, x := range rows {
			who[i] = x.AccountID
		}
		names, err := accounts.Names(q, who)
		out := make([]CommentView, len(rows))
		for i, x := range rows {
			out[i] = CommentView{Comment: x, By: names[x.AccountID]}
		}
		return out, err
	},
}

func (c *Challenge) commentable() error { return work.In(c.State, Submitted, Reserve, Refining) }

var placeForm = regexp.MustCompile(`^(/[a-z_]+(/[0-9]{1,2})?(/[a-z_]+)?)?$`)

// Comment says something of a challenge that is not published yet; by an operator, or by an expert who was asked.
func (s *Service) Comment(ctx context.Context, call work.Call, challenge uuid.UUID, in CommentInput) (CommentAnswer, error) {
	return comments.Do(ctx, s.unit, call, func(tx *work.Tx) (*Comment, error) {
		c, err := s.records().Lock(tx, challenge)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.ChallengeComment, c.Facts()); err != nil {
			return nil, err
		}
		if err := c.commentable(); err != nil {
			return nil, err
		}
		var bad fault.Fields
		bad.Length(in.Comment, "/comment", 2, 5000)
		bad.Check(placeForm.MatchString(in.Place), "/place", fault.Pattern, "须为 JSON 指针，如 /indicators/0", "It is a JSON pointer, like /indicators/0")
		if err := bad.Err(); err != nil {
			return nil, err
		}
		x := &Comment{Head: tx.NewHead(), ChallengeID: c.ID, AccountID: call.Actor.Account, Place: in.Place, Comment: in.Comment}
		return x, work.Insert(tx, work.Did(policy.ChallengeComment), x)
	})
}

// Settle says what became of a comment; by the poster.
func (s *Service) Settle(ctx context.Context, call work.Call, id uuid.UUID, version int64, text string) (CommentAnswer, error) {
	return comments.Change(ctx, s.unit, call, id, version, policy.ChallengeSettle, func(tx *work.Tx, x *Comment) error {
		if err := x.open(); err != nil {
			return err
		}
		var bad fault.Fields
		bad.Length(text, "/answer", 2, 5000)
		x.Answer, x.AnsweredBy, x.SettledAt = text, &call.Actor.Account, &tx.Now
		return bad.Err()
	})
}

// GetComment reads one.
func (s *Service) GetComment(ctx context.Context, reader policy.Actor, id uuid.UUID) (CommentView, error) {
	return comments.Get(ctx, s.unit, reader, id)
}

// openComments counts those that wait for an answer.
func openComments(q *gorm.DB, challenge uuid.UUID) (int64, error) {
	var n int64
	err := q.Model(&Comment{}).Where("challenge_id = ? AND settled_at IS NULL", challenge).Count(&n).Error
	return n, err
}

// CommentFilter asks for the comments on one challenge.
type CommentFilter struct {
	Challenge uuid.UUID `path:"id" where:"challenge_id = ?" required:"yes"`
	Open      *bool     `query:"open" where:"(settled_at IS NULL) = ?"`
}

// ListComments lists the comments on a challenge, the latest first; for its people, operators and the experts who were asked.
func (s *Service) ListComments(ctx context.Context, reader policy.Actor, f CommentFilter, p db.Paging) (db.Page[CommentView], error) {
	return listUnder(ctx, s, reader, f.Challenge, policy.ChallengeDiscuss, f, p, func(x *Comment) uuid.UUID { return x.ID }, comments.Show)
}
