package publication

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/work"
)

// revision is the row of a record's revision: one for each record, which stays when the revision is closed, so that no version, and
// with it no tag, is given twice.
type revision struct {
	ObjectKind   string    `gorm:"primaryKey"`
	ObjectID     uuid.UUID `gorm:"primaryKey"`
	Version      int64
	State        State           // Draft or Submitted while it is open
	Content      json.RawMessage `gorm:"serializer:json"`
	MadeBy       uuid.UUID
	MadeAt       time.Time
	SubmittedBy  *uuid.UUID
	ReturnReason string
	UpdatedAt    time.Time `gorm:"autoUpdateTime:false"`
}

func (revision) TableName() string { return "revisions" }

func (r *revision) open() bool { return r != nil && r.State != closed }

// Revision is an open revision as those who may know of it see it beside the record.
type Revision struct {
	State        State
	Version      int64
	By           string // who made it
	At           time.Time
	SubmittedBy  *uuid.UUID
	ReturnReason string
}

// load reads the revision of a record, or none.
func load(q *gorm.DB, noun string, id uuid.UUID) (*revision, error) {
	var rows []revision
	err := q.Where("object_kind = ? AND object_id = ?", noun, id).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// write stores a revision and leaves the audit row and the Change of what was done to it. They name the record, at the revision's
// version.
func (r *revision) write(tx *work.Tx, deed work.Deed, before *revision) error {
	r.UpdatedAt = tx.Now
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(r).Error; err != nil {
		return err
	}
	ref := work.Ref{Noun: r.ObjectKind, ID: r.ObjectID, Version: r.Version}
	tx.Emit(deed, ref)
	var was any
	if before != nil {
		was = *before
	}
	return tx.Record(deed, ref, was, *r)
}

// openOf reads the open revisions of records of one kind, in one query.
func openOf(q *gorm.DB, noun string, ids []uuid.UUID) (map[uuid.UUID]revision, error) {
	out := make(map[uuid.UUID]revision, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []revision
	err := q.Where("object_kind = ? AND object_id IN ? AND state <> ?", noun, ids, closed).Find(&rows).Error
	for _, r := range rows {
		out[r.ObjectID] = r
	}
	return out, err
}
