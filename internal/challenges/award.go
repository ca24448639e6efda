package challenges

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/money"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/work"
)

// AwardState is where an award stands.
type AwardState string

// The states of an award.
const (
	AwardProposed AwardState = "proposed" // under public notice
	AwardStruck   AwardState = "struck"   // an objection was upheld, or the poster proposed another
	AwardMade     AwardState = "awarded"
)

// Award is one winner of a challenge: several of one challenge run in parallel (赛马).
type Award struct {
	work.Head
	ChallengeID uuid.UUID
	Nth         int // of the publication
	BidID       uuid.UUID
	WinnerID    uuid.UUID // the lead of the bid
	WinnerName  string
	Amount      money.Fen // what the poster pays in all
	Grant       money.Fen `gorm:"column:grant_amount"` // what the bureau adds at most
	Reason      string    // the poster's
	State       AwardState
	DealID      *uuid.UUID  // once it is made
	Milestones  []Milestone `gorm:"serializer:json"` // of the bid
}

func (Award) TableName() string { return "challenge_awards" }
func (*Award) Noun() string     { return "challenge_award" }

// Facts: an award is read with its challenge.
func (a *Award) Facts() policy.Facts { return policy.Facts{Owner: a.WinnerID} }

// split tells what of a price the poster pays and what the bureau adds: its part of the reward, and no more than the round lets it add to what
// the poster pays. A ceiling is rounded down.
func split(price money.Fen, r Reward, rules programmes.Rules) (poster, grant money.Fen) {
	if r.Amount == 0 {
		return price, 0
	}
	grant = money.Part(price, int64(r.part(BureauPays)), int64(r.Amount))
	// poster + grant = price, and grant ≤ share × poster: grant ≤ price × share / (whole + share).
	grant = min(grant, money.Part(price, int64(rules.GrantShare), int64(programmes.Whole+rules.GrantShare)))
	return price - grant, grant
}

// awardsIn are the awards of a challenge's last publication in a state, in the order in which they were proposed.
func awardsIn(q *gorm.DB, challenge uuid.UUID, state AwardState) ([]Award, error) {
	var rows []Award
	err := q.Where("challenge_id = ? AND state = ? AND nth = (SELECT c.nth FROM challenges AS c WHERE c.id = challenge_id)", challenge, state).Order("id").Find(&rows).Error
	return rows, err
}

// Awards are the awards that were made of a challenge's last publication.
func Awards(q *gorm.DB, challenge uuid.UUID) ([]Award, error) {
	return awardsIn(q, challenge, AwardMade)
}

const (
	proposedAward work.Deed = "challenge_award.propose"
	struckAward   work.Deed = "challenge_award.strike"
	madeAward     work.Deed = "challenge_award.make"
)

// strike ends what was proposed.
func strike(tx *work.Tx, c *Challenge) error {
	awards, err := awardsIn(tx.DB, c.ID, AwardProposed)
	if err != nil {
		return err
	}
	for i := range awards {
		a := &awards[i]
		if err := work.Move(tx, a, struckAward, func() error { return work.Step(&a.State, AwardStruck, AwardProposed) }); err != nil {
			return err
		}
		if err := tellBids(tx, c, []uuid.UUID{a.BidID}, bidStruck); err != nil {
			return err
		}
	}
	return nil
}

// Started is called when the first of a challenge's projects begins.
func Started(tx *work.Tx, challenge uuid.UUID, note string) error {
	return follow(tx, challenge, "start", Running, note)
}

// Finished is called when the last of a challenge's projects has ended; accepted tells whether one of them was.
func Finished(tx *work.Tx, challenge uuid.UUID, accepted bool, note string) error {
	step, to := "fail", Failed
	if accepted {
		step, to = "accept", Accepted
	}
	return follow(tx, challenge, step, to, note)
}

const followed work.Deed = "challenge.follow"

// follow leads a challenge where its projects have led it. Done already, it does nothing.
func follow(tx *work.Tx, id uuid.UUID, step string, to State, note string) error {
	c, err := loadLocked(tx, id)
	if err != nil || c.State == to {
		return err
	}
	if err := work.Move(tx, c, followed, func() error { return c.take(step) }); err != nil {
		return err
	}
	switch to {
	case Accepted:
		err = releaseAs(tx, c, needs.Solved)
	case Failed:
		err = release(tx, c)
	}
	if err != nil {
		return err
	}
	return wrote(tx, c, step, nil, note)
}
