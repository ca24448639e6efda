package keys

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// What happens to keys, in the audit trail.
const (
	rotated  work.Deed = "keys.rotate"
	resealed work.Deed = "keys.reseal"
	retired  work.Deed = "keys.retire"
)

// batch is how many values one transaction seals anew, or one query of a check reads.
const batch = 200

// Rotate adds a key to the secret file and notes it here. Everything is sealed by it from now on, by other processes within a second.
// A crash between file and database loses nothing: a key is noted at its first use, too.
func (s *Service) Rotate(ctx context.Context, call work.Call) (string, error) {
	id, err := s.file.Rotate()
	if err != nil {
		return "", err
	}
	_, err = s.unit.Do(ctx, call, func(tx *work.Tx) error {
		key, err := Use(tx, s.file)
		if err != nil {
			return err
		}
		return tx.Record(rotated, ref(key.ID), nil, map[string]string{"key": key.ID})
	})
	return id, err
}

// Turned is what Reseal did.
type Turned struct {
	Key    string
	Done   int64
	Broken []string // values that no key opens: holder and id; they stay as they are
}

// Reseal seals every value anew that is not sealed by the newest key, in batches of one transaction each: it may be interrupted at
// any moment and run again, and others read and write meanwhile.
func (s *Service) Reseal(ctx context.Context, call work.Call, progress func(done int64)) (Turned, error) {
	s.file.Refresh()
	var out Turned
	for _, h := range s.holders {
		for after := uuid.Nil; ; {
			var b Batch
			var key seal.Key
			_, err := s.unit.Do(ctx, call, func(tx *work.Tx) (err error) {
				if key, err = Use(tx, s.file); err != nil {
					return err
				}
				if b, err = h.Reseal(tx, s.file, key, after, batch); err != nil {
					return err
				}
				return tx.Record(resealed, ref(key.ID), nil, map[string]any{"key": key.ID, "holder": h.Name(), "values": b.Done, "broken": b.Broken})
			})
			if err != nil {
				return out, err
			}
			out.Key, out.Done, after = key.ID, out.Done+int64(b.Done), b.Last
			for _, id := range b.Broken {
				out.Broken = append(out.Broken, h.Name()+" "+id.String())
			}
			progress(out.Done)
			if b.Read < batch {
				break
			}
		}
	}
	return out, nil
}

// ErrInUse says that values are sealed by a key that was to be retired.
var ErrInUse = errors.New("values are still sealed by this key")

// Retire takes an old key out of use for good: while its row is locked no transaction seals by it, none of the holders has a value by
// it, and then it is noted as retired and deleted from the secret file. Retiring it again finishes what a crash cut.
func (s *Service) Retire(ctx context.Context, call work.Call, id string) error {
	s.file.Refresh()
	if s.file.Newest().ID == id {
		return fmt.Errorf("%s is the newest key, by which everything is sealed: rotate first", id)
	}
	at := slices.IndexFunc(s.file.List(), func(k seal.Key) bool { return k.ID == id })
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if at >= 0 { // a key that was never used here has no row yet
			if _, err := known(tx, s.file.List()[at]); err != nil {
				return err
			}
		}
		var rows []row
		if err := db.ForUpdate(tx.DB).Where("id = ?", id).Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return fmt.Errorf("%w: %s", seal.ErrUnknownKey, id)
		}
		counts, err := s.counts(tx.DB)
		if err != nil {
			return err
		}
		if used := counts[id]; len(used) > 0 {
			var parts []string
			for _, name := range slices.Sorted(maps.Keys(used)) {
				parts = append(parts, fmt.Sprintf("%s %d", name, used[name]))
			}
			return fmt.Errorf("%w (%s): run jiebang keys reseal first", ErrInUse, strings.Join(parts, ", "))
		}
		if rows[0].RetiredAt == nil {
			if err := tx.Model(&rows[0]).Update("retired_at", tx.Now).Error; err != nil {
				return err
			}
		}
		return tx.Record(retired, ref(id), nil, map[string]string{"key": id})
	})
	if err != nil || at < 0 {
		return err
	}
	return s.file.Drop(id)
}

// Report is what Verify found.
type Report struct {
	Values   int64
	Problems fault.Problems
}

// Verify opens every sealed value and names those that cannot be opened.
func (s *Service) Verify(ctx context.Context) (Report, error) {
	var r Report
	for _, h := range s.holders {
		for after := uuid.Nil; ; {
			var b Batch
			err := s.unit.View(ctx, func(q *gorm.DB) (err error) {
				b, err = h.Check(q, s.file, after, batch)
				return err
			})
			if err != nil {
				return r, err
			}
			r.Values, after = r.Values+int64(b.Read), b.Last
			for _, id := range b.Broken {
				r.Problems.Add("%[1]s %[2]s：密封值无法开启", "%[1]s %[2]s: its sealed value cannot be opened", h.Name(), id)
			}
			if b.Read < batch {
				break
			}
		}
	}
	return r, nil
}
