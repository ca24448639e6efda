package review

import (
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/work"
)

const (
	redrawn  work.Deed = "review_panel.redraw"
	excluded work.Deed = "review.exclude"
	struck   work.Deed = "review_consensus.strike"
)

// Redrawing is what a redraw takes.
type Redrawing struct {
	Wanted   int        // how many; 0: as many as are missing
	Excluded []Excluded // who may not be drawn by now; of those who serve they leave the panel
	// Register is who may be drawn by now. It is asked only where those of the first draw do not suffice, so that nobody is put in front of them.
	Register []Candidate
	Reason   string
}

// Redraw draws in the place of those who refused, resigned, recused themselves or are excluded by now, with its reason: by the same seed, so
// that it goes on in the same order and nobody chooses. It draws no more than are missing of those whom the first draw wanted: who adds
// reviewers to a panel that is whole would weigh its scores anew.
func Redraw(tx *work.Tx, panel uuid.UUID, in Redrawing) error {
	var bad fault.Fields
	bad.Length(in.Reason, "/reason", 2, 500)
	if err := bad.Err(); err != nil {
		return err
	}
	p, err := panels.Lock(tx, panel)
	if err != nil {
		return err
	}
	if err := work.In(p.State, Scoring, Consensus); err != nil {
		return err
	}
	before, err := Draws(tx.DB, panel)
	if err != nil {
		return err
	}
	if err := exclude(tx, p, in.Excluded); err != nil {
		return err
	}
	missing, err := missing(tx, p, before[0].Wanted)
	if err != nil {
		return err
	}
	if missing == 0 {
		return fault.PanelWhole.New()
	}
	if in.Wanted == 0 {
		in.Wanted = missing
	}
	bad.Check(in.Wanted >= 1 && in.Wanted <= missing, "/reviewers", fault.OutOfRange, "尚缺 %[1]d 人，补抽不超过此数", "%[1]d are missing; no more are drawn", missing)
	if err := bad.Err(); err != nil {
		return err
	}
	last := before[len(before)-1]
	next := last.Drawing
	next.Before = append(slices.Clone(last.Before), last.Drawn...)
	next.Excluded, next.Wanted = slices.Clone(in.Excluded), in.Wanted
	for _, x := range last.Excluded { // once out, always out
		if !slices.ContainsFunc(next.Excluded, func(y Excluded) bool { return y.Account == x.Account }) {
			next.Excluded = append(next.Excluded, x)
		}
	}
	if len(next.drawn()) < next.Wanted {
		next.Candidates = widened(last.Candidates, in.Register)
	}
	return work.Move(tx, p, redrawn, func() error {
		p.State, p.ClosedAt = Scoring, nil // who joins scores first
		if err := strike(tx, p); err != nil {
			return err
		}
		return draw(tx, p, next, last.Nth+1, in.Reason)
	})
}

// strike takes out what was agreed on before somebody joined: they agree anew, with them. The audit trail keeps it.
func strike(tx *work.Tx, p *Panel) error {
	var before []Agreed
	if err := tx.Where("panel_id = ?", p.ID).Order("id").Find(&before).Error; err != nil {
		return err
	}
	for i := range before {
		if err := work.Remove(tx, &before[i], struck); err != nil {
			return err
		}
	}
	return nil
}

// widened are candidates, and behind them those of a register who are not among them.
func widened(has, register []Candidate) []Candidate {
	out := slices.Clone(has)
	for _, c := range register {
		if !slices.ContainsFunc(out, func(x Candidate) bool { return x.Account == c.Account }) {
			out = append(out, c)
		}
	}
	return out
}

// exclude takes those who serve and may not any more off a panel, as if they had said so; what they scored counts no more.
func exclude(tx *work.Tx, p *Panel, out []Excluded) error {
	serve, err := Reviewers(tx.DB, p.ID)
	if err != nil {
		return err
	}
	for i := range serve {
		r := &serve[i]
		for _, x := range out {
			if x.Account != r.AccountID {
				continue
			}
			if err := work.Move(tx, r, excluded, func() error { return r.Refuse(Conflict, x.Reason, tx.Now) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// missing is how many reviewers a panel lacks of those who were wanted, for the item that lacks most: who recused themselves from it is missing
// there.
func missing(tx *work.Tx, p *Panel, wanted int) (int, error) {
	var least *int
	err := tx.Raw(`SELECT MIN(n) FROM (SELECT (SELECT COUNT(*) FROM reviews AS r WHERE r.panel_id = i.panel_id AND r.state IN ? AND NOT EXISTS
		(SELECT 1 FROM review_sheets AS s WHERE s.review_id = r.id AND s.item_id = i.id AND s.state = ?)) AS n
		FROM review_items AS i WHERE i.panel_id = ? AND NOT i.withdrawn) AS served`, serving, Recused, p.ID).Scan(&least).Error
	if err != nil || least == nil { // without items there is nothing to review
		return 0, err
	}
	return max(wanted-*least, 0), nil
}
