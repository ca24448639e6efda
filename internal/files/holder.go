package files

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/keys"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// Holder tells package keys of what is sealed here: contents, and uploads, which end by themselves.
func (s *Service) Holder() keys.Holder { return holder{s} }

type holder struct{ s *Service }

func (holder) Name() string { return "file_contents" }

// Count counts contents and uploads by their key.
func (holder) Count(q *gorm.DB) (map[string]int64, error) {
	out := map[string]int64{}
	for _, table := range []any{&content{}, &Upload{}} {
		var rows []struct {
			SealedBy string
			N        int64
		}
		if err := q.Model(table).Where("sealed_by <> ''").Select("sealed_by, COUNT(*) AS n").Group("sealed_by").Find(&rows).Error; err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.SealedBy] += r.N
		}
	}
	return out, nil
}

// Reseal writes the next content anew, one in each transaction, since it may be large. The objects of before stay until the sweep of the
// store, for those who read them at this moment. An upload keeps its key; it ends within days. What an inner key sealed
// stays as it is, since that key is wrapped anew.
func (h holder) Reseal(tx *work.Tx, _ *seal.Keys, by seal.Key, after uuid.UUID, most int) (keys.Batch, error) {
	var rows []content
	err := db.ForUpdate(tx.DB).Where("id > ? AND sealed_by <> '' AND sealed_by <> ? AND "+keys.NotInner("sealed_by"), after, by.ID).Order("id").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return keys.Batch{Last: after}, err
	}
	c := rows[0]
	b := keys.Batch{Read: most, Last: c.ID} // there may be more
	switch err := h.s.reseal(tx, &c, by); {
	case errors.Is(err, errDamaged):
		b.Broken = []uuid.UUID{c.ID}
	case err != nil:
		return b, err
	default:
		b.Done = 1
	}
	return b, nil
}

// reseal seals a content by another key.
func (s *Service) reseal(tx *work.Tx, c *content, by seal.Key) error {
	ctx := context.WithoutCancel(tx.Statement.Context)
	parts, err := partsOf(tx.DB, c.ID)
	if err != nil {
		return err
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	sums := newDigest()
	for i := range parts {
		plain, err := s.fetch(ctx, parts[i], s.keys, *buffer)
		if err != nil {
			return err
		}
		box, err := by.AppendStream(nil, plain, place(c.ID, parts[i].Start))
		if err != nil {
			return err
		}
		if err := sums.keep(box); err != nil {
			return err
		}
		if parts[i].Object, err = s.store.put(ctx, c.ID, box); err != nil {
			return err
		}
	}
	if err := s.store.sync(objectsOf(parts)); err != nil {
		return err
	}
	for i := range parts {
		if err := tx.Model(&part{}).Where("content_id = ? AND start = ?", c.ID, parts[i].Start).Update("object", parts[i].Object).Error; err != nil {
			return err
		}
	}
	return tx.Model(c).Updates(map[string]any{"address": sums.address(true), "sealed_by": by.ID}).Error
}

// Check is done by Verify, which reads everything anyway.
func (holder) Check(*gorm.DB, *seal.Keys, uuid.UUID, int) (keys.Batch, error) {
	return keys.Batch{}, nil
}
