package contracts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// note is what the office notes for itself about an application; the notes only grow, and no party reads them.
type note struct {
	ID            uuid.UUID `gorm:"primaryKey"`
	ApplicationID uuid.UUID
	AccountID     uuid.UUID
	Note          string
	CreatedAt     time.Time `gorm:"autoCreateTime:false"`
}

func (note) TableName() string { return "application_notes" }

// notesShown is how many notes stand in an application, the latest.
const notesShown = 50

// NoteView is a note with who wrote it.
type NoteView struct {
	Note      string
	By        *accounts.Person
	CreatedAt time.Time
}

// AddNote adds an internal note to an application; by whoever could review it. It changes nothing, so it takes no version.
func (s *Service) AddNote(ctx context.Context, call work.Call, id uuid.UUID, said string) (ApplicationAnswer, error) {
	return s.do(ctx, call, func(tx *work.Tx) (*Application, error) {
		a, err := work.Load[Application](tx.DB, id)
		if err != nil {
			return nil, err
		}
		if err := lookAgain(tx); err != nil {
			return nil, err
		}
		facts, err := a.FactsIn(tx.DB, policy.ApplicationNote)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(tx.Call.Actor, policy.ApplicationNote, facts); err != nil {
			return nil, err
		}
		if err := bounded("/note", said, 1, 2000); err != nil {
			return nil, err
		}
		n := note{work.NewID(), a.ID, call.Actor.Account, said, tx.Now}
		if err := tx.Create(&n).Error; err != nil {
			return nil, err
		}
		tx.Emit(work.Did(policy.ApplicationNote), work.RefOf(a))
		return a, tx.Record(work.Did(policy.ApplicationNote), work.RefOf(a), nil, map[string]string{"note": said})
	})
}

// notesOf are the latest notes of applications, from the earlier to the later: one query for all.
func notesOf(q *gorm.DB, applications []uuid.UUID) (map[uuid.UUID][]note, error) {
	out := map[uuid.UUID][]note{}
	if len(applications) == 0 {
		return out, nil
	}
	var rows []note
	err := q.Raw(`SELECT id, application_id, account_id, note, created_at FROM (
		SELECT `+db.Columns(&note{}, "n")+`, ROW_NUMBER() OVER (PARTITION BY n.application_id ORDER BY n.id DESC) AS nth FROM application_notes AS n WHERE n.application_id IN ?
		) AS numbered WHERE nth <= ? ORDER BY id`, applications, notesShown).Scan(&rows).Error
	for _, n := range rows {
		out[n.ApplicationID] = append(out[n.ApplicationID], n)
	}
	return out, err
}
