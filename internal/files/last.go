package files

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/work"
)

// Last is the file that was hung on a record last, or none.
func Last(q *gorm.DB, noun string, record uuid.UUID) (uuid.UUID, error) {
	var ids []uuid.UUID
	err := q.Model(&File{}).Where("object_kind = ? AND object_id = ?", noun, record).Order("created_at DESC, id DESC").Limit(1).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return uuid.Nil, err
	}
	return ids[0], nil
}

// HangsOn tells whether a file hangs on a record.
func HangsOn(q *gorm.DB, file uuid.UUID, record work.Ref) (bool, error) {
	var n int64
	err := q.Model(&File{}).Where("id = ? AND object_kind = ? AND object_id = ?", file, record.Noun, record.ID).Count(&n).Error
	return n > 0, err
}
