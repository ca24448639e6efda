// Package keys knows by which keys this database was sealed: it holds the secret file (package seal) against the database at every
// start, lends a transaction the key to seal by, and turns keys over, so that an old one can be retired.
//
// It decides when a key may go; what is sealed, and where, is told by the Holders of the packages that keep sealed values.
package keys

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/db"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// row is a key by which something in this database was sealed, or may be.
type row struct {
	ID          string `gorm:"primaryKey"`
	CheckValue  string // a sealed word: only the right key opens it
	FirstUsedAt time.Time
	RetiredAt   *time.Time // nothing is sealed by it any more, and nothing will be
}

func (row) TableName() string { return "seal_keys" }

// checkWord is what the check values hold.
const checkWord = "jiebang"

func checkPlace(id string) string { return "seal_keys.check_value:" + id }

// Open opens the secret file for a database. A file that is missing is made where make says so and nothing was sealed yet, never
// otherwise: a new one would open nothing, and hide that the right one is gone. A file that lacks a key of this database is ErrWrong.
func Open(q *gorm.DB, path string, make bool) (*seal.Keys, error) {
	var rows []row
	if err := q.Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	file, err := seal.Open(path, make && len(rows) == 0)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, r := range rows {
		if r.RetiredAt != nil {
			if r.ID == file.Newest().ID { // the file is an older copy, of before a rotation
				missing = append(missing, "what came after "+r.ID)
			}
			continue
		}
		if word, err := file.Unseal(r.CheckValue, checkPlace(r.ID)); err != nil || string(word) != checkWord {
			missing = append(missing, r.ID)
		}
	}
	if len(missing) > 0 {
		return nil, seal.Wrong(path, missing)
	}
	return file, nil
}

// errRetired is met when the secret file's newest key was retired: the file is older than the database.
var errRetired = errors.New("keys: the newest key of the secret file was retired; the file is not the newest copy")

// Use is the key by which a transaction seals what it writes. The key's row is locked against being retired until the transaction
// ends, so that no value can be left behind by a process that had not noticed a rotation.
func Use(tx *work.Tx, file *seal.Keys) (seal.Key, error) {
	for range 2 {
		key := file.Newest()
		r, err := known(tx, key)
		if err != nil {
			return seal.Key{}, err
		}
		if r.RetiredAt == nil {
			return key, nil
		}
		file.Refresh()
	}
	return seal.Key{}, errRetired
}

// known reads and locks a key's row, and writes it at the key's first use.
func known(tx *work.Tx, key seal.Key) (row, error) {
	var rows []row
	read := func() error { return db.ForShare(tx.DB).Where("id = ?", key.ID).Limit(1).Find(&rows).Error }
	if err := read(); err != nil {
		return row{}, err
	}
	if len(rows) == 1 {
		return rows[0], nil
	}
	word, err := key.Seal([]byte(checkWord), checkPlace(key.ID))
	if err != nil {
		return row{}, err
	}
	fresh := row{ID: key.ID, CheckValue: word, FirstUsedAt: tx.Now}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&fresh).Error; err != nil {
		return row{}, err
	}
	if err := read(); err != nil { // another transaction may have been faster
		return row{}, err
	}
	return rows[0], nil
}

// Service turns the keys of one database over.
type Service struct {
	unit    *work.Unit
	file    *seal.Keys
	holders []Holder
}

// New makes the service; holders are all that keep sealed values.
func New(unit *work.Unit, file *seal.Keys, holders ...Holder) *Service {
	return &Service{unit, file, holders}
}

// Info is one key, as people may see it.
type Info struct {
	ID        string
	CreatedAt time.Time        // zero: the secret file has no such key
	Newest    bool             // what is sealed from now on is sealed by it
	RetiredAt *time.Time       // it opens nothing any more
	Values    map[string]int64 // how many values each holder has by it
}

// Total is the number of values by the key.
func (i Info) Total() (n int64) {
	for _, m := range i.Values {
		n += m
	}
	return n
}

// List tells of every key of the file and of the database, the oldest of the file first.
func (s *Service) List(ctx context.Context) ([]Info, error) {
	s.file.Refresh()
	var out []Info
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		var rows []row
		if err := q.Order("first_used_at, id").Find(&rows).Error; err != nil {
			return err
		}
		counts, err := s.counts(q)
		if err != nil {
			return err
		}
		out = nil
		for _, key := range s.file.List() {
			out = append(out, Info{ID: key.ID, CreatedAt: key.CreatedAt, Values: counts[key.ID]})
		}
		out[len(out)-1].Newest = true
		place := func(id string) int { return slices.IndexFunc(out, func(i Info) bool { return i.ID == id }) }
		for _, r := range rows {
			i := place(r.ID)
			if i < 0 {
				i, out = len(out), append(out, Info{ID: r.ID, Values: counts[r.ID]})
			}
			out[i].RetiredAt = r.RetiredAt
		}
		return nil
	})
	return out, err
}

// counts counts the values by key and holder.
func (s *Service) counts(q *gorm.DB) (map[string]map[string]int64, error) {
	out := map[string]map[string]int64{}
	for _, h := range s.holders {
		of, err := h.Count(q)
		if err != nil {
			return nil, err
		}
		for id, n := range of {
			if out[id] == nil {
				out[id] = map[string]int64{}
			}
			out[id][h.Name()] += n
		}
	}
	return out, nil
}

// ref points at a key in the audit trail, whose objects have UUIDs.
func ref(id string) work.Ref {
	return work.Ref{Noun: "key", ID: uuid.NewSHA1(uuid.NameSpaceOID, []byte("jiebang key "+id)), Version: 1}
}
