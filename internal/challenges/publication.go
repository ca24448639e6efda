package challenges

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/keys"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/review"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Opening is the job that opens a challenge at its deadline.
const Opening jobs.Kind = "challenge.open"

// secretPlace is where the secret half of a challenge's seed is sealed.
func secretPlace(id uuid.UUID) string { return "challenges.sealed_secret:" + id.String() }

// await makes ready for bids: the secret of the draw is chosen before anybody has bid, its digest is public from now on, what
// is sealed is proved every night, and the opening is due at the deadline.
func await(tx *work.Tx, c *Challenge) error {
	secret, commitment := review.NewSecret()
	key, err := ownKey(tx, c)
	if err != nil {
		return err
	}
	if c.SealedSecret, err = key.Seal(secret, secretPlace(c.ID)); err != nil {
		return err
	}
	c.SecretDigest = commitment
	if err := jobs.At(tx, Proving, c.ID, night(tx.Now, c.ID)); err != nil {
		return err
	}
	return jobs.At(tx, Opening, c.ID, *c.Deadline)
}

// ownKey is the challenge's own key, which it has from its first publication on.
func ownKey(tx *work.Tx, c *Challenge) (seal.Key, error) {
	if c.Nth > 1 {
		return keys.Inner(tx.DB, tx.Secrets(), c.ID)
	}
	return keys.NewInner(tx, c.ID)
}

// Addendum is a public change of published terms. It always gives bidders more time.
type Addendum struct {
	work.Head
	ChallengeID uuid.UUID
	Nth         int
	Change      string
	Was         time.Time // the deadline before
	Deadline    time.Time // and the one from now on
	AccountID   uuid.UUID
}

func (Addendum) TableName() string    { return "challenge_addenda" }
func (*Addendum) Noun() string        { return "challenge_addendum" }
func (*Addendum) Facts() policy.Facts { return policy.Facts{} }

// AddendumInput is what an addendum takes.
type AddendumInput struct {
	Change   string
	Deadline time.Time // the one from now on
}

// underBids refuses what is of use to bidders only, an addendum, a question or its answer, once nobody can bid any more.
func (c *Challenge) underBids(now time.Time) error {
	if err := work.In(c.State, Published); err != nil {
		return err
	}
	if !c.takesBids(now) {
		return fault.BidsClosed.New()
	}
	return nil
}

// takesYet is underBids by the moment that counts.
func (c *Challenge) takesYet(tx *work.Tx) error {
	now, err := tx.Judged()
	if err != nil {
		return err
	}
	return c.underBids(now)
}

const amended work.Deed = "challenge.addendum"

// Amend adds a numbered public addendum and moves the deadline on; by an operator.
func (s *Service) Amend(ctx context.Context, call work.Call, id uuid.UUID, version int64, in AddendumInput) (Answer, error) {
	return s.records().Change(ctx, s.unit, call, id, version, policy.ChallengeAmend, func(tx *work.Tx, c *Challenge) error {
		if err := c.takesYet(tx); err != nil {
			return err
		}
		if o, err := openingOf(tx.DB, c); err != nil || o != nil { // closed already, whatever the clock says since
			return cmp.Or(err, error(fault.BidsClosed.New()))
		}
		var bad fault.Fields
		bad.Length(in.Change, "/change", 5, 10_000)
		if err := bad.Err(); err != nil {
			return err
		}
		if err := c.staysMasked(tx.DB, orgs.Placed{Pointer: "/change", Text: in.Change}); err != nil {
			return err
		}
		deadline := in.Deadline
		if err := ahead(deadline, tx.Now); err != nil {
			return err
		}
		if !deadline.After(*c.Deadline) {
			return fault.DeadlineTooSoon.Because("补充公告须顺延截止时间，现为 %[1]s（北京时间）。", "An addendum moves the deadline on; it is %[1]s (Beijing time).", Clock(*c.Deadline))
		}
		a := &Addendum{Head: tx.NewHead(), ChallengeID: c.ID, Change: in.Change, Was: *c.Deadline, Deadline: deadline, AccountID: call.Actor.Account}
		if err := tx.Model(&Addendum{}).Where("challenge_id = ?", c.ID).Select("COALESCE(MAX(nth), 0) + 1").Scan(&a.Nth).Error; err != nil {
			return err
		}
		if err := work.Insert(tx, amended, a); err != nil {
			return err
		}
		c.Deadline = &deadline
		return jobs.At(tx, Opening, c.ID, deadline)
	})
}

// Clock is a moment as people here read it.
func Clock(t time.Time) string { return t.In(when.Shanghai).Format("2006-01-02 15:04:05") }

// Reading is a moment as people here read it, with its zone: it says by itself which midnight it is.
func Reading(t time.Time) string { return t.In(when.Shanghai).Format("2006-01-02 15:04:05-07:00") }

// AddendumFilter asks for the addenda of one challenge.
type AddendumFilter struct {
	Challenge uuid.UUID `path:"id" where:"challenge_id = ?" required:"yes"`
}

// ListAddenda lists the addenda of a challenge, the latest first; for whoever may read it.
func (s *Service) ListAddenda(ctx context.Context, reader policy.Actor, f AddendumFilter, p db.Paging) (db.Page[Addendum], error) {
	return listUnder(ctx, s, reader, f.Challenge, policy.ChallengeRead, f, p, func(a *Addendum) uuid.UUID { return a.ID }, asTheyAre[Addendum])
}

func pointerAt(list string, i int) string { return fmt.Sprintf("%s/%d", list, i) }
