package files

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/work"
)

// Pending is what was hung on published records, or taken off them, and waits for their open revisions (publication.Attachments).
type Pending struct{}

func (Pending) of(q *gorm.DB, record work.Ref) *gorm.DB {
	return q.Model(&File{}).Where("object_id = ? AND object_kind = ? AND revision <> ''", record.ID, record.Noun)
}

// Pending tells whether there is something that waits.
func (p Pending) Pending(q *gorm.DB, record work.Ref) (bool, error) {
	var n int64
	err := p.of(q, record).Count(&n).Error
	return n > 0, err
}

// Settle ends the waiting: with the revision's publication what was added becomes public and what was taken off goes; otherwise what was
// added goes, and the rest stays as it is published.
func (p Pending) Settle(tx *work.Tx, record work.Ref, revisionPublished bool) error {
	var rows []File
	if err := p.of(tx.DB, record).Order("id").Find(&rows).Error; err != nil {
		return err
	}
	var gone []uuid.UUID
	for i := range rows {
		f := &rows[i]
		if (f.Revision == added) != revisionPublished {
			gone = append(gone, f.ContentID)
			if err := work.Remove(tx, f, removed); err != nil {
				return err
			}
			continue
		}
		deed := kept
		if revisionPublished {
			deed = published
		}
		if err := work.Move(tx, f, deed, func() error {
			f.Public, f.Revision = true, ""
			return nil
		}); err != nil {
			return err
		}
	}
	return unused(tx, gone)
}
