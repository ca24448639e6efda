package deals

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/results"
	"jiebang/internal/work"
)

// about is what an introduction or a deal is about: a result, a need, or both.
type about struct {
	result *results.Result
	need   *needs.Need
}

// readAbout reads both, whoever asks; what is named and gone is nil.
func readAbout(q *gorm.DB, result, need *uuid.UUID) (about, error) {
	q = q.Session(&gorm.Session{}) // two statements of one handle
	var a about
	var err error
	if result != nil {
		if a.result, err = work.Load[results.Result](q, *result); err != nil && !fault.NotVisible.Of(err) {
			return a, err
		}
	}
	if need != nil {
		if a.need, err = work.Load[needs.Need](q, *need); err != nil && !fault.NotVisible.Of(err) {
			return a, err
		}
	}
	return a, nil
}

func (a about) resultTitle() string {
	if a.result == nil {
		return ""
	}
	return a.result.Title
}

func (a about) needTitle() string {
	if a.need == nil {
		return ""
	}
	return a.need.Title
}

// over tells why an introduction about it cannot go on, or nothing.
func (a about) over(i *Introduction) LapseReason {
	switch {
	case i.ResultID != nil && (a.result == nil || !a.result.Facts().Public):
		return ResultWithdrawn
	case i.NeedID == nil || a.need != nil && a.need.Facts().Public:
		return ""
	case a.need != nil && a.need.State == needs.Closed && a.need.CloseReason == needs.Expired:
		return NeedExpired
	}
	return NeedClosed
}

// stands refuses to accept what is about something that is public no longer. Who accepts locks both, so that they stay as they are until the
// acceptance is written.
func stands(q *gorm.DB, i *Introduction) error {
	a, err := readAbout(q, i.ResultID, i.NeedID)
	if err != nil {
		return err
	}
	switch a.over(i) {
	case "":
		return nil
	case ResultWithdrawn:
		return fault.ListingOver.Because("成果已撤下。", "The result has been withdrawn.")
	case NeedExpired:
		return fault.ListingOver.Because("需求的截止日已过。", "The need's deadline has passed.")
	}
	return fault.ListingOver.Because("需求已关闭。", "The need has been closed.")
}

// Consumer ends introductions when what they are about leaves the public, and says why to both sides.
func (s *Service) Consumer() relay.Consumer {
	return relay.Consumer{Name: "introductions", Handle: s.follow}
}

// leave are the Changes after which a listing may be public no longer.
var leave = []string{"result.withdraw", "need.close", "need.expire", "need.release"}

func (s *Service) follow(ctx context.Context, changes []relay.Change) error {
	var gone []uuid.UUID
	for _, c := range changes {
		if slices.Contains(leave, c.Kind) {
			gone = append(gone, c.ObjectID)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	var open []uuid.UUID
	err := s.unit.Query(ctx).Model(&Introduction{}).Where("state = ? AND (result_id IN ? OR need_id IN ?)", Proposed, gone, gone).Pluck("id", &open).Error
	for _, id := range open {
		if err == nil {
			err = s.lapse(ctx, id)
		}
	}
	return err
}

// errStands is what ends a transaction that finds nothing to end.
var errStands = errors.New("deals: the introduction stands")

// lapse ends one introduction in a transaction of its own, if what it is about is public no longer by then.
func (s *Service) lapse(ctx context.Context, id uuid.UUID) error {
	_, err := s.unit.Do(ctx, work.Call{Operation: string(lapsed)}, func(tx *work.Tx) error {
		i, err := work.Load[Introduction](db.AsStored(db.ForUpdate(tx.DB)), id)
		if err != nil {
			return err
		}
		a, err := readAbout(tx.DB, i.ResultID, i.NeedID)
		if err != nil {
			return err
		}
		reason := a.over(i)
		if i.State != Proposed || reason == "" {
			return errStands
		}
		if err := work.Move(tx, i, lapsed, func() error { return i.Lapse(reason, tx.Now) }); err != nil {
			return err
		}
		return jobs.Drop(tx, lapsing, i.ID)
	})
	if errors.Is(err, errStands) {
		return nil
	}
	return err
}

// titled is what an introduction or a deal names, with its titles as they were public when it was proposed.
type titled struct {
	resultID, needID *uuid.UUID
	result, need     string
}

// named are the results and needs that records name.
type named struct {
	results map[uuid.UUID]*results.Result
	needs   map[uuid.UUID]*needs.Need
}

// readTitles gives titled records their titles as they are now, where the reader may read what they name: one query for each of the two
// kinds. Where it is public no longer, the title stays that both sides have read.
func readTitles(q *gorm.DB, reader policy.Actor, in []titled) ([]titled, named, error) {
	known := named{map[uuid.UUID]*results.Result{}, map[uuid.UUID]*needs.Need{}}
	var resultIDs, needIDs []uuid.UUID
	for _, t := range in {
		if t.resultID != nil {
			resultIDs = append(resultIDs, *t.resultID)
		}
		if t.needID != nil {
			needIDs = append(needIDs, *t.needID)
		}
	}
	found, err := results.ByIDs(q, resultIDs)
	if err != nil {
		return nil, known, err
	}
	wanted, err := needs.ByIDs(q, needIDs)
	if err != nil {
		return nil, known, err
	}
	for i := range found {
		known.results[found[i].ID] = &found[i]
	}
	for i := range wanted {
		known.needs[wanted[i].ID] = &wanted[i]
	}
	out := slices.Clone(in)
	for i, t := range out {
		if t.resultID != nil {
			if r := known.results[*t.resultID]; r != nil && policy.Allowed(reader, policy.ResultRead, r.Facts()) {
				out[i].result = r.Title
			}
		}
		if t.needID != nil {
			if n := known.needs[*t.needID]; n != nil && policy.Allowed(reader, policy.NeedRead, n.Facts()) {
				out[i].need = n.Title
			}
		}
	}
	return out, known, nil
}
