package files

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/keys"
	"jiebang/internal/kinds"
	"jiebang/internal/policy"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// A file of a kind whose files are sealed by a key of their own (kinds.Kind.Sealed) is known by no more than its size: bytes, name, type and
// digest are sealed by that key from the first part on. Its rows, their audit trail and its objects tell nothing else, and its address is
// of sealed bytes, which are different each time.

// label is what is sealed beside such a file or upload.
type label struct {
	Name      string `json:"name"`
	MediaType string `json:"media_type,omitempty"` // of a file
	Digest    string `json:"digest,omitempty"`     // of its plain bytes
}

// sealedType stands where the type of a content would.
const sealedType = "application/octet-stream"

func labelPlace(table string, id uuid.UUID) string { return table + ".sealed:" + id.String() }

func (l label) seal(by seal.Key, table string, id uuid.UUID) (string, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	return by.Seal(text, labelPlace(table, id))
}

func openLabel(by opener, sealed, table string, id uuid.UUID) (l label, err error) {
	text, err := by.Unseal(sealed, labelPlace(table, id))
	if err != nil {
		return l, fmt.Errorf("%w: %s %s: %w", errDamaged, table, id, err)
	}
	return l, json.Unmarshal(text, &l)
}

// opener opens what was sealed: the secret file, or an inner key.
type opener interface {
	Unseal(sealed, context string) ([]byte, error)
	AppendUnsealed(dst, sealed []byte, context string) ([]byte, error)
}

// opener is what opens by a key that a row names; nil: what is not sealed.
func (s *Service) opener(q *gorm.DB, sealedBy string) (opener, error) {
	if sealedBy == "" {
		return nil, nil
	}
	if s.ofFile(sealedBy) {
		return s.keys, nil
	}
	return keys.InnerByID(q, s.keys, sealedBy)
}

// key is the key that a row names, to seal by.
func (s *Service) key(q *gorm.DB, id string) (seal.Key, error) {
	for _, k := range s.keys.List() {
		if k.ID == id {
			return k, nil
		}
	}
	return keys.InnerByID(q, s.keys, id)
}

// ofFile tells whether the secret file has a key, also one that another process added a moment ago.
func (s *Service) ofFile(id string) bool {
	for range 2 {
		for _, k := range s.keys.List() {
			if k.ID == id {
				return true
			}
		}
		s.keys.Refresh()
	}
	return false
}

// keyFor is the key by which what is hung on a record is sealed; inner tells that it is the record's own, and its label is sealed, too.
func (s *Service) keyFor(tx *work.Tx, k kinds.Kind, record work.Record) (by seal.Key, inner bool, err error) {
	if k.Sealed == nil {
		by, err = keys.Use(tx, s.keys) // it stays until there is neither upload nor content by it
		return by, false, err
	}
	by, err = keys.Inner(tx.DB, s.keys, k.Sealed(record))
	return by, true, err
}

// showUploads opens the names of uploads, each of which is its reader's own.
func (s *Service) showUploads(q *gorm.DB, _ policy.Actor, rows []Upload) ([]Upload, error) {
	for i := range rows {
		if rows[i].Sealed == "" {
			continue
		}
		by, err := s.opener(q, rows[i].SealedBy)
		if err != nil {
			return nil, err
		}
		l, err := openLabel(by, rows[i].Sealed, "uploads", rows[i].ID)
		if err != nil {
			return nil, err
		}
		rows[i].Name = l.Name
	}
	return rows, nil
}

// Sealed is a file that is sealed by its record's key, as whoever has that key knows it.
type Sealed struct {
	ID        uuid.UUID
	Name      string
	MediaType string
	Size      int64
	Digest    string // of its plain bytes
	CreatedAt time.Time
}

// SealedOf lists the files of a record whose files are sealed by this key, the oldest first. Whether anybody may know of them is for the
// caller to know.
func SealedOf(q *gorm.DB, by seal.Key, noun string, record uuid.UUID) ([]Sealed, error) {
	var rows []File
	if err := q.Where("object_id = ? AND object_kind = ?", record, noun).Order("id").Limit(MaxEach).Find(&rows).Error; err != nil {
		return nil, err
	}
	contents, err := contentsOf(q, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Sealed, len(rows))
	for i, f := range rows {
		l, err := openLabel(by, f.Sealed, "files", f.ID)
		if err != nil {
			return nil, err
		}
		out[i] = Sealed{f.ID, l.Name, l.MediaType, contents[f.ContentID].Size, l.Digest, f.CreatedAt}
	}
	return out, nil
}

// HasUntil tells whether a file hangs on a record that was hung by a moment; a zero moment is no bound.
func HasUntil(q *gorm.DB, noun string, record uuid.UUID, until time.Time) (bool, error) {
	of := q.Session(&gorm.Session{NewDB: true}).Model(&File{}).Where("object_kind = ? AND object_id = ?", noun, record)
	if !until.IsZero() {
		of = of.Where("created_at <= ?", until)
	}
	var ids []uuid.UUID
	err := of.Limit(1).Pluck("id", &ids).Error
	return len(ids) > 0, err
}

// Newest is when the last file of each record was hung on it, in one query; records without one are left out.
func Newest(q *gorm.DB, noun string, records []uuid.UUID) (map[uuid.UUID]time.Time, error) {
	out := map[uuid.UUID]time.Time{}
	if len(records) == 0 {
		return out, nil
	}
	var rows []File
	err := q.Where("object_id IN ? AND object_kind = ?", db.Among(records), noun).Select("object_id", "created_at").Find(&rows).Error
	for _, f := range rows {
		if f.CreatedAt.After(out[f.ObjectID]) {
			out[f.ObjectID] = f.CreatedAt
		}
	}
	return out, err
}

// Prove reads the content of a file that this key sealed, whoever asks, and gives the digest of its plain bytes as they are by now. What
// cannot be read is an error, and never another digest.
func (s *Service) Prove(q *gorm.DB, by seal.Key, id uuid.UUID) (digest string, size int64, err error) {
	f, err := work.Load[File](q, id)
	if err != nil {
		return "", 0, err
	}
	contents, err := contentsOf(q, []File{*f})
	if err != nil {
		return "", 0, err
	}
	parts, err := partsOf(q, f.ContentID)
	if err != nil {
		return "", 0, err
	}
	size = contents[f.ContentID].Size
	if !whole(parts, size) {
		return "", 0, errDamaged
	}
	r := s.newReader(q.Statement.Context, parts, by, size)
	defer func() { _ = r.Close() }()
	sum := seal.NewDigest()
	if _, err := r.WriteTo(sum); err != nil {
		return "", 0, err
	}
	return sum.String(), size, nil
}

// Drop takes files off a record in a use case of its package that has decided about them, such as the opening of a bid.
func Drop(tx *work.Tx, ids []uuid.UUID) error {
	var rows []File
	if err := tx.Where("id IN ?", ids).Order("id").Find(&rows).Error; err != nil {
		return err
	}
	return drop(tx, rows)
}
