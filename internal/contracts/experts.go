package contracts

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Outcome is what experts came to.
type Outcome string

// The outcomes.
const (
	Favourable   Outcome = "favourable"
	Unfavourable Outcome = "unfavourable"
)

// Expert is one of those who gave an opinion.
type Expert struct {
	Name        string `json:"name"`
	Affiliation string `json:"affiliation,omitempty"`
}

// Opinion is what experts said about a contract whose technology amount calls for them, as a registrar recorded it.
type Opinion struct {
	HeldOn     when.Day  `json:"held_on"`
	Experts    []Expert  `json:"experts"`
	Text       string    `json:"text"`
	Outcome    Outcome   `json:"outcome"`
	RecordedBy uuid.UUID `json:"recorded_by"`
	RecordedAt time.Time `json:"recorded_at"`
}

// check holds an opinion about an application that was filed on a day.
func (o Opinion) check(filed, today when.Day) error {
	var bad fault.Fields
	bad.Check(!o.HeldOn.Before(filed), "/held_on", fault.BeforeStart, "评审日期早于提交日期", "It lies before the filing")
	when.NotAhead(&bad, o.HeldOn, today, "/held_on")
	bad.Length(o.Text, "/opinion", 2, 5000)
	bad.Check(o.Outcome == Favourable || o.Outcome == Unfavourable, "/outcome", fault.NotOffered, "没有这种结论", "There is no such outcome")
	bad.Check(len(o.Experts) > 0, "/experts", fault.TooFew, "至少一名专家", "At least one expert")
	once := map[Expert]bool{}
	for i, x := range o.Experts {
		at := fmt.Sprintf("/experts/%d", i)
		text.Named(&bad, x.Name, at+"/name", 2, 100)
		text.Named(&bad, x.Affiliation, at+"/affiliation", 0, 200)
		bad.Check(!once[x], at, fault.Repeated, "同一专家重复填写", "An expert is named once")
		once[x] = true
	}
	return bad.Err()
}

// Hear records what the experts said. With a favourable opinion it goes on to the second review; with another it is the first reviewer's again,
// to be refused, or mended and passed anew.
func (a *Application) Hear(o Opinion, by uuid.UUID, now time.Time) error {
	to := SecondReview
	if o.Outcome == Unfavourable {
		to = UnderReview
	}
	state := a.State
	if err := work.Step(&state, to, ExpertReview); err != nil {
		return err
	}
	if err := o.check(a.FiledOn, when.DayOf(now)); err != nil {
		return err
	}
	o.RecordedBy, o.RecordedAt = by, now
	a.State, a.Opinions = state, append(a.Opinions[:len(a.Opinions):len(a.Opinions)], o)
	return nil
}

// RecordOpinion records what experts said about an application; by the registrar who passed it to them.
func (s *Service) RecordOpinion(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Opinion) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, _ *Contract) error {
		return work.Change(tx, a, version, policy.ApplicationHear, func() error {
			if err := a.boundTo(tx); err != nil {
				return err
			}
			return a.Hear(in, call.Actor.Account, tx.Now)
		})
	})
}
