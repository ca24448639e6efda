package projects

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"jiebang/internal/challenges"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Consumer makes the projects of a challenge that was awarded.
func (s *Service) Consumer() relay.Consumer {
	return relay.Consumer{Name: "projects", Handle: s.begin}
}

func (s *Service) begin(ctx context.Context, changes []relay.Change) error {
	for _, c := range changes {
		if c.Kind != string(policy.ChallengeAward) {
			continue
		}
		if err := s.beginOf(ctx, c.ObjectID); err != nil {
			return err
		}
	}
	return nil
}

// errBegun is what ends a transaction that finds nothing to begin.
var errBegun = errors.New("projects: all projects are there")

// beginOf makes the projects of one challenge that are not there yet, in one transaction.
func (s *Service) beginOf(ctx context.Context, challenge uuid.UUID) error {
	_, err := s.unit.Do(ctx, work.Call{Operation: string(opened)}, func(tx *work.Tx) error {
		awards, err := challenges.Awards(tx.DB, challenge)
		if err != nil {
			return err
		}
		before := tx.Audits()
		for _, a := range awards {
			in := Opening{Award: a.ID, Challenge: challenge, Winner: a.WinnerID, Deal: a.DealID, Agreed: a.Amount, GrantMost: a.Grant}
			last := when.DayOf(tx.Now)
			for _, m := range a.Milestones {
				if m.Due.IsZero() { // the bid left it open: a year after the one before
					m.Due = last.AddDays(365)
				}
				last = m.Due
				in.Stages = append(in.Stages, Stage{Title: m.Title, DueOn: m.Due, Amount: m.Amount.Fen})
			}
			if _, err := Open(tx, in); err != nil {
				return err
			}
		}
		if tx.Audits() == before {
			return errBegun
		}
		return nil
	})
	if errors.Is(err, errBegun) {
		return nil
	}
	return err
}
