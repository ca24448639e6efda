package exchange

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"jiebang/internal/contracts"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

func (s *Service) takeOver(ctx context.Context, j jobs.Job) (func(tx *work.Tx) error, error) {
	h, err := s.hold(ctx, j.ObjectID, func(r *Reconciliation) *uuid.UUID { return r.ConfirmedBy }, "take over contracts", TableTaking)
	if h == nil {
		return nil, err
	}
	if err == nil {
		err = h.takeAll(ctx)
	}
	switch refused, is := fault.As(err); {
	case errors.Is(err, errStopped):
		return nil, nil
	case is && lasting(refused): // what was not taken over yet waits for two registrars who may
		return func(tx *work.Tx) error { return h.giveUp(tx, refused) }, nil
	case err != nil:
		return nil, err
	}
	return func(tx *work.Tx) error {
		tx.Call.Actor = h.actor
		r, err := reconciliations.LockStored(tx, h.rec.ID)
		if err != nil {
			return err
		}
		if r.State != TableTaking {
			return jobs.ErrNothing
		}
		return work.Move(tx, r, finished, func() error {
			r.EndedAt = &tx.Now
			return work.Step(&r.State, TableDone, TableTaking)
		})
	}, nil
}

// takeAll takes over all rows, by two registrars of the office.
func (h *held) takeAll(ctx context.Context) error {
	broughtBy, err := h.Service.actor(ctx, *h.rec.ProposedBy)
	if err != nil {
		return err
	}
	for _, who := range []policy.Actor{broughtBy, h.actor} {
		if !policy.Allowed(who, policy.ReconciliationEdit, policy.Facts{Office: h.rec.Office}) {
			return fault.NotAllowed.Because("提请或确认接收的人已不是该机构的登记员。", "Who proposed or confirmed the takeover is no registrar of the office any more.")
		}
	}
	for more := true; more; {
		if more, err = h.takeSome(ctx, broughtBy); err != nil {
			return err
		}
	}
	return nil
}

// giveUp ends a takeover that does not go on, and says why.
func (h *held) giveUp(tx *work.Tx, why *fault.Error) error {
	tx.Call.Actor = h.actor
	r, err := reconciliations.LockStored(tx, h.rec.ID)
	if err != nil {
		return err
	}
	if r.State != TableTaking {
		return jobs.ErrNothing
	}
	return work.Move(tx, r, finished, func() error {
		r.EndedAt, r.Problem = &tx.Now, problemOf(why)
		r.ProposedBy, r.ProposedAt, r.ConfirmedBy, r.ConfirmedAt = nil, nil, nil, nil
		return work.Step(&r.State, TableCompared, TableTaking)
	})
}

// takeSome takes over some rows in one transaction: the contracts, their entries, the rows' outcomes, and how far it has come.
func (h *held) takeSome(ctx context.Context, broughtBy policy.Actor) (more bool, err error) {
	var tally Tally
	_, err = h.unit.Do(ctx, h.call, func(tx *work.Tx) error {
		r, err := h.locked(tx, TableTaking)
		if err != nil {
			return err
		}
		tally = r.Tally
		var rows []TableRow
		err = tx.Where("reconciliation_id = ? AND row_number > ? AND (outcome = ? OR outcome = ? AND take = ?)", r.ID, r.Place, RowOnlyThere, RowTwin, true).
			Order("row_number").Limit(batchRows).Find(&rows).Error
		if err != nil || len(rows) == 0 {
			more = false
			return orNothing(tx, r, err)
		}
		more = true
		some := make([]contracts.Taking, len(rows))
		for i := range rows {
			some[i] = contracts.Taking{Former: *rows[i].Content, From: contracts.TakenOver{Source: r.Source, Table: r.ID, Row: rows[i].Row}}
			if rows[i].Take {
				some[i].TwinReason = rows[i].Note
			}
		}
		taken, err := contracts.TakeOver(tx, r.Office, broughtBy, some)
		if err != nil {
			return err
		}
		for i := range rows {
			row := &rows[i]
			tally.OnlyThere--
			tally.Place = row.Row
			set := map[string]any{"outcome": RowTaken, "contract_id": taken[i].ID, "contract_number": taken[i].Number}
			if why := taken[i].Err; why != nil {
				problems, err := json.Marshal((*source)(nil).problems(why))
				if err != nil {
					return err
				}
				set = map[string]any{"outcome": RowLeft, "errors": string(problems)}
				tally.LeftOut++
				if row.SettledAt == nil {
					tally.Unsettled++
				}
			} else {
				tally.Taken++
			}
			if err := tx.Model(&TableRow{}).Where("reconciliation_id = ? AND row_number = ?", r.ID, row.Row).Updates(set).Error; err != nil {
				return err
			}
		}
		if err := tally.write(tx, r.ID); err != nil {
			return err
		}
		return tx.Record(took, work.RefOf(r), map[string]any{"place": r.Place}, map[string]any{"place": tally.Place, "taken": tally.Taken, "left_out": tally.LeftOut})
	})
	if err == nil {
		h.rec.Tally = tally
	}
	return more, err
}

// orNothing leaves a trace of a step in which nothing was left to do.
func orNothing(tx *work.Tx, r *Reconciliation, err error) error {
	if err != nil {
		return err
	}
	return tx.Record(took, work.RefOf(r), map[string]any{"place": r.Place}, map[string]any{"place": r.Place})
}
