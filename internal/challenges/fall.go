package challenges

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// What was asked of bids at the opening is asked again of those that would win, when the poster takes them and when they are awarded: a tie, an
// entry of the blacklist or another award may have come between. A bid that falls then is out, with its evidence, and the poster chooses anew.

// fellError carries those that fell out of a transaction that is taken back.
type fellError struct{ bids []uuid.UUID }

func (*fellError) Error() string { return "challenges: a bid that would win has fallen" }

// standStill refuses to go on with bids that would win and are not eligible any more today.
func (s *Service) standStill(tx *work.Tx, c *Challenge, winners []uuid.UUID) error {
	bids, err := s.judgedToday(tx, c)
	if err != nil {
		return err
	}
	var fell []uuid.UUID
	for _, id := range winners {
		i := slices.IndexFunc(bids, func(b judged) bool { return b.ID == id })
		if i < 0 || len(bids[i].Evidence) > 0 {
			fell = append(fell, id)
		}
	}
	if len(fell) > 0 {
		return &fellError{fell}
	}
	return nil
}

// judgedToday are the bids that stand, as they would be judged today.
func (s *Service) judgedToday(tx *work.Tx, c *Challenge) ([]judged, error) {
	ids, err := eligible(tx.DB, c)
	if err != nil {
		return nil, err
	}
	bids, err := s.asked(tx, ids)
	if err != nil {
		return nil, err
	}
	return bids, s.judgeOn(tx, c, bids, when.DayOf(tx.Now))
}

const fell work.Deed = "bid.fall"

// fall writes down which bids fell, which the use case's own transaction could not, and tells so.
func (s *Service) fall(ctx context.Context, call work.Call, challenge uuid.UUID, err error) error {
	var found *fellError
	if !errors.As(err, &found) {
		return err
	}
	var fallen, tied int
	call.Key = ""
	_, kept := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		fallen, tied = 0, 0 // it may run again
		c, err := loadLocked(tx, challenge)
		if err != nil {
			return err
		}
		bids, err := s.judgedToday(tx, c)
		if err != nil {
			return err
		}
		for _, j := range bids { // those that fell before are not among them, and that is written
			if !slices.Contains(found.bids, j.ID) || len(j.Evidence) == 0 {
				continue
			}
			b, err := work.Load[Bid](tx.DB, j.ID)
			if err != nil {
				return err
			}
			if fallen++; slices.Equal(j.reasons(), []Reason{TiedToPoster}) {
				tied++
			}
			err = work.Move(tx, b, fell, func() error {
				b.Reasons, b.Evidence = j.reasons(), j.Evidence
				return BidWays.Take(&b.State, "fall")
			})
			if err != nil {
				return err
			}
			if err := b.tell(tx, c, bidFell); err != nil {
				return err
			}
		}
		return nil
	})
	if kept == nil && fallen > 0 && tied == fallen {
		return fault.BidTied.New()
	}
	return errors.Join(kept, fault.WinnerFell.New())
}

// anyFell tells whether a bid that was proposed does not stand any more.
func anyFell(tx *work.Tx, c *Challenge) (bool, error) {
	awards, err := awardsIn(tx.DB, c.ID, AwardProposed)
	if err != nil {
		return false, err
	}
	standing, err := eligible(tx.DB, c)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(awards, func(a Award) bool { return !slices.Contains(standing, a.BidID) }), nil
}
