package files

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/when"
)

const sweepAtOnce = 100

// Sweep takes away what is over: uploads that nobody went on with, and content that no file has held for a while. It is repeated, and
// harmless at any moment: a row goes first, together with all that refers to the objects, and nothing ever refers to them again.
func (s *Service) Sweep(ctx context.Context) error {
	var uploads []uuid.UUID
	err := s.unit.Query(ctx).Model(&Upload{}).Where("expires_at < ?", s.unit.Now()).Limit(sweepAtOnce).Pluck("id", &uploads).Error
	if err != nil {
		return err
	}
	for _, id := range uploads {
		if err := s.drop(ctx, id, func(q *gorm.DB) *gorm.DB {
			return q.Where("id = ? AND expires_at < ?", id, s.unit.Now()).Delete(&Upload{})
		}); err != nil {
			return err
		}
	}
	var unused []uuid.UUID
	before := s.before(grace)
	if err := s.unit.Query(ctx).Model(&content{}).Where("unused_since < ?", before).Limit(sweepAtOnce).Pluck("id", &unused).Error; err != nil {
		return err
	}
	for _, id := range unused {
		err := s.drop(ctx, id, func(q *gorm.DB) *gorm.DB {
			// Held first: whoever takes it for a file at this moment is waited for, and is seen by the second statement.
			var held []content
			if err := db.ForUpdate(q).Where("id = ?", id).Find(&held).Error; err != nil {
				return &gorm.DB{Error: err}
			}
			return q.Where("id = ? AND unused_since < ? AND NOT EXISTS (SELECT 1 FROM files WHERE files.content_id = file_contents.id)", id, before).Delete(&content{})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// drop removes a row, if it still may, with the parts of the same id, and then the objects.
func (s *Service) drop(ctx context.Context, id uuid.UUID, row func(q *gorm.DB) *gorm.DB) error {
	var objects []string
	err := s.transaction(ctx, func(q *gorm.DB) error {
		done := row(q)
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		var err error
		objects, err = dropParts(q, id, 0)
		return err
	})
	if err != nil {
		return err
	}
	return s.store.remove(ctx, objects)
}

// SweepStore takes objects away that nothing refers to: what was written when a process died, and what could not be removed when it should
// have been. It looks at the whole store, and leaves what is young: its row may not be written yet.
func (s *Service) SweepStore(ctx context.Context) error {
	return s.orphans(ctx, func(names []string) error { return s.store.remove(ctx, names) })
}

// orphans are objects that are old enough to be referred to and are not.
func (s *Service) orphans(ctx context.Context, fn func(names []string) error) error {
	return s.store.each(ctx, when.System().Add(-grace), func(names []string) error { // the store's own clock
		var known []string
		if err := s.unit.Query(ctx).Model(&part{}).Where("object IN ?", names).Pluck("object", &known).Error; err != nil {
			return err
		}
		refers := make(map[string]bool, len(known))
		for _, k := range known {
			refers[k] = true
		}
		var alone []string
		for _, n := range names {
			if !refers[n] {
				alone = append(alone, n)
			}
		}
		return fn(alone)
	})
}

// Verification is what Verify found.
type Verification struct {
	Files    int64
	Contents int
	Bytes    int64
	Orphans  int // objects that nothing refers to and that the sweep has not taken yet
	Problems fault.Problems
}

// Verify reads all content and compares it with its size and its address; what is sealed is opened, too.
func (s *Service) Verify(ctx context.Context) (v Verification, err error) {
	q := s.unit.Query(ctx)
	if err := q.Model(&File{}).Count(&v.Files).Error; err != nil {
		return v, err
	}
	last := uuid.Nil
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for {
		var some []content
		if err := q.Where("id > ?", last).Order("id").Limit(sweepAtOnce).Find(&some).Error; err != nil {
			return v, err
		}
		for _, c := range some {
			if err := s.verify(ctx, c, *buffer); err != nil {
				v.Problems.Add("附件内容 %[1]s：缺失、损坏或无法开启", "file content %[1]s: %[2]v", c.ID, err)
			}
			v.Contents, v.Bytes = v.Contents+1, v.Bytes+c.Size
		}
		if len(some) < sweepAtOnce {
			break
		}
		last = some[len(some)-1].ID
	}
	return v, s.orphans(ctx, func(names []string) error { v.Orphans += len(names); return nil })
}

func (s *Service) verify(ctx context.Context, c content, buffer []byte) error {
	parts, err := partsOf(s.unit.Query(ctx), c.ID)
	if err != nil {
		return err
	}
	if !whole(parts, c.Size) {
		return fmt.Errorf("%w: its parts do not make %d bytes", errDamaged, c.Size)
	}
	by, err := s.opener(s.unit.Query(ctx), c.SealedBy)
	if err != nil {
		return err
	}
	sums := newDigest()
	sums.allBytes = !strings.HasPrefix(c.Address, byTags)
	spare := sealedBuffers.Get().(*[]byte)
	defer sealedBuffers.Put(spare)
	for _, p := range parts {
		if by == nil {
			plain, err := s.fetch(ctx, p, by, buffer)
			if err != nil {
				return err
			}
			sums.plain.Write(plain)
			continue
		}
		_, sealed, err := s.fetchSealed(ctx, p, by, buffer, *spare)
		if err != nil {
			return err
		}
		if err := sums.keep(sealed); err != nil {
			return err
		}
	}
	if sums.address(c.SealedBy != "") != c.Address {
		return fmt.Errorf("%w: it does not have its address", errDamaged)
	}
	return nil
}
