package relay

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// Mark is a place in the log for somebody outside who follows it: the position, and which Change stands there. The zero Mark is the beginning.
type Mark struct {
	Pos  int64
	Last uuid.UUID
}

// After reads Changes behind a mark, so many at most. With publicly only those are read that everybody may be told of, and those of which nothing
// says whether they may. fits tells whether the log has the mark's Change there: otherwise the database is another, or went back.
func (r *Relay) After(q *gorm.DB, m Mark, publicly bool, limit int) (changes []Change, fits bool, err error) {
	if m.Pos != 0 {
		var there int64
		err := q.Model(&Change{}).Where("pos = ? AND outbox_id = ?", m.Pos, m.Last).Count(&there).Error
		if err != nil || there == 0 {
			return nil, false, err
		}
	}
	q = q.Where("pos > ?", m.Pos)
	if publicly {
		q = q.Where("(was_public OR is_public OR noun = '')")
	}
	err = q.Order("pos").Limit(limit).Find(&changes).Error
	return changes, true, err
}

// Latest is the mark of the last Change.
func (r *Relay) Latest(ctx context.Context) (Mark, error) {
	var last []Change
	err := r.db.Reader.WithContext(ctx).Order("pos DESC").Limit(1).Find(&last).Error
	if err != nil || len(last) == 0 {
		return Mark{}, err
	}
	return Mark{last[0].Pos, last[0].OutboxID}, nil
}

// MarkOf is the place of a Change.
func MarkOf(c Change) Mark { return Mark{c.Pos, c.OutboxID} }
