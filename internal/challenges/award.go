package challenges

import (
	"math/big"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/money"
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
	grant = part(price, int64(r.part(BureauPays)), int64(r.Amount))
	// poster + grant = price, and grant ≤ share × poster: grant ≤ price × share / (whole + share).
	grant = min(grant, part(price, int64(rules.GrantShare), int64(programmes.Whole+rules.GrantShare)))
	return price - grant, grant
}

// part is a × n / d, rounded down.
func part(a money.Fen, n, d int64) money.Fen {
	x := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(n))
	return money.Fen(x.Quo(x, big.NewInt(d)).Int64())
}

// AwardsIn are the awards of a challenge's last publication in these states, in the order in which they were proposed.
func AwardsIn(q *gorm.DB, challenges []uuid.UUID, states ...AwardState) (map[uuid.UUID][]Award, error) {
	out := map[uuid.UUID][]Award{}
	var rows []Award
	err := q.Where("challenge_id IN ? AND state IN ? AND nth = (SELECT c.nth FROM challenges AS c WHERE c.id = challenge_id)", challenges, states).Order("id").Find(&rows).Error
	for _, a := range rows {
		out[a.ChallengeID] = append(out[a.ChallengeID], a)
	}
	return out, err
}

// Awards are the awards that were made of a challenge's last publication.
func Awards(q *gorm.DB, challenge uuid.UUID) ([]Award, error) {
	all, err := AwardsIn(q, []uuid.UUID{challenge}, AwardMade)
	return all[challenge], err
}

const (
	proposedAward work.Deed = "challenge_award.propose"
	struckAward   work.Deed = "challenge_award.strike"
	madeAward     work.Deed = "challenge_award.make"
)

// strike ends what was proposed.
func strike(tx *work.Tx, c *Challenge) error {
	all, err := AwardsIn(tx.DB, []uuid.UUID{c.ID}, AwardProposed)
	if err != nil {
		return err
	}
	for i := range all[c.ID] {
		a := &all[c.ID][i]
		if err := work.Move(tx, a, struckAward, func() error { return work.Step(&a.State, AwardStruck, AwardProposed) }); err != nil {
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
	if to != Running {
		if err := closeNeed(tx, c, to == Accepted); err != nil {
			return err
		}
	}
	return wrote(tx, c, step, nil, note)
}

// outcomeOf is what became of a bid of a challenge that was awarded.
func outcomeOf(b uuid.UUID, awards []Award) (BidState, *Award) {
	if i := slices.IndexFunc(awards, func(a Award) bool { return a.BidID == b }); i >= 0 {
		return BidWon, &awards[i]
	}
	return BidLost, nil
}
