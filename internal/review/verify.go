package review

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/work"
)

// Report is what Verify found.
type Report struct {
	Panels   int64 // that were reckoned again
	Draws    int64 // that were drawn again
	Problems fault.Problems
}

// Verify draws every draw again, reckons the results of every finished panel again from the scores, on one snapshot, and compares reviews,
// scores and panels with the audit trail.
func (s *Service) Verify(ctx context.Context) (Report, error) {
	var r Report
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		for after := uuid.Nil; ; {
			var batch []Panel
			if err := q.Where("id > ?", after).Order("id").Limit(100).Find(&batch).Error; err != nil {
				return err
			}
			if len(batch) == 0 {
				break
			}
			after = batch[len(batch)-1].ID
			for i := range batch {
				if err := r.panel(q, &batch[i]); err != nil {
					return err
				}
			}
		}
		for _, compare := range []func(*gorm.DB, *fault.Problems) error{work.Trailed[Panel], work.Trailed[Review], work.Trailed[SheetRow], work.Trailed[Agreed]} {
			if err := compare(q, &r.Problems); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

func (r *Report) panel(q *gorm.DB, p *Panel) error {
	r.Panels++
	draws, err := Draws(q, p.ID)
	if err != nil {
		return err
	}
	var all []uuid.UUID
	for _, d := range draws {
		r.Draws++
		if err := d.Check(d.Drawn); err != nil {
			r.Problems.Add("评审 %[1]s，第 %[2]d 次抽取：不是其种子所得", "review_panel %[1]s, draw %[2]d: %[3]v", p.ID, d.Nth, err)
		}
		all = append(all, d.Drawn...)
	}
	var asked []uuid.UUID
	if err := q.Model(&Review{}).Where("panel_id = ?", p.ID).Order("place").Pluck("account_id", &asked).Error; err != nil {
		return err
	}
	if !slices.Equal(asked, all) {
		r.Problems.Add("评审 %[1]s：评审专家不是抽取产生的人", "review_panel %[1]s: its reviewers are not those who were drawn", p.ID)
	}
	if p.State != Finished {
		return nil
	}
	again, err := ResultsOf(q, p)
	if err != nil {
		return err
	}
	was, err := json.Marshal(p.Results)
	if err != nil {
		return err
	}
	is, err := json.Marshal(again)
	if err == nil && string(is) != string(was) {
		r.Problems.Add("评审 %[1]s：结果与评分不符", "review_panel %[1]s: its results are not what its scores come to", p.ID)
	}
	return err
}

// Reviewers are those who serve on a panel, for the subject's package.
func Reviewers(q *gorm.DB, panel uuid.UUID) ([]Review, error) {
	var rows []Review
	err := q.Where("panel_id = ? AND state IN ?", panel, serving).Order("place").Find(&rows).Error
	return rows, err
}
