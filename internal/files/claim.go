package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/google/uuid"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/fault"
)

// A store and its database know each other by a mark that both have: an object of this name, and a row of meta. So a replica that was given
// a folder of its own, or a store that is another database's, is noticed before it takes or misses anything.
const (
	markObject = "jiebang-store"
	markKey    = "file_store"
)

type mark struct {
	Key   string `gorm:"primaryKey"`
	Value string
}

func (mark) TableName() string { return "meta" }

// ErrOtherStore says that the store is not that of this database.
var ErrOtherStore = errors.New("JIEBANG_FILES: the store of attachments is not the one of this database")

func otherStore(how string, args ...any) error {
	return fmt.Errorf("%w: %s. All processes of one database share one store (file:///a/shared/folder, or s3://…), and no two databases do. "+
		"附件存储与数据库不符：同一数据库的各进程须共用一个附件存储", ErrOtherStore, fmt.Sprintf(how, args...))
}

// Claim makes sure that the store is this database's, and makes it so where both are new to it. A store that is away is not asked: it may
// be back before somebody needs it.
func (s *Service) Claim(ctx context.Context) error {
	err := s.claim(ctx)
	if fault.StorageUnavailable.Of(err) || fault.StorageFull.Of(err) {
		slog.WarnContext(ctx, "the store of attachments does not answer; whether it is the right one was not asked", "cause", err)
		return nil
	}
	return err
}

func (s *Service) claim(ctx context.Context) error {
	q := s.unit.Query(ctx)
	known, err := markOf(q)
	if err != nil {
		return err
	}
	there, err := s.store.mark(ctx)
	if err != nil {
		return err
	}
	switch {
	case known != "" && known == there:
		return nil
	case known != "" && there == "":
		return otherStore("the database has a store already, and this one is not marked as that; if it is, since it was restored without its mark, "+
			"put an object %s with the content %s into it", markObject, known)
	case known != "":
		return otherStore("it belongs to another database")
	case there != "":
		if ours, err := s.holdsOurs(ctx, q); err != nil {
			return err
		} else if !ours {
			return otherStore("it belongs to another database; if it does not any more, remove the object %s from it", markObject)
		}
	}
	fresh := mark{markKey, there}
	if there == "" {
		fresh.Value = uuid.NewString()
	}
	// Of several that claim at once one is the first, and the others compare with that.
	if err := s.transaction(ctx, func(q *gorm.DB) error { return q.Clauses(clause.OnConflict{DoNothing: true}).Create(&fresh).Error }); err != nil {
		return err
	}
	if known, err = markOf(q); err != nil {
		return err
	}
	switch {
	case known == there:
		return nil
	case known == fresh.Value && there == "":
		return s.store.setMark(ctx, known)
	}
	return s.claim(ctx)
}

func markOf(q *gorm.DB) (string, error) {
	var rows []mark
	err := q.Where("key = ?", markKey).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0].Value, nil
}

// holdsOurs tells whether a store has something that this database refers to: it is of a backup from before the mark.
func (s *Service) holdsOurs(ctx context.Context, q *gorm.DB) (bool, error) {
	var objects []string
	if err := q.Model(&part{}).Order("content_id, start").Limit(1).Pluck("object", &objects).Error; err != nil || len(objects) == 0 {
		return false, err
	}
	there, err := s.store.bucket.Exists(ctx, objects[0])
	if err != nil {
		return false, storeFault(err)
	}
	return there, nil
}

// mark reads the mark of a store; empty where there is none.
func (s *Store) mark(ctx context.Context) (string, error) {
	r, err := s.bucket.NewReader(ctx, markObject, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return "", nil
	}
	if err != nil {
		return "", storeFault(err)
	}
	defer func() { _ = r.Close() }()
	raw, err := io.ReadAll(io.LimitReader(r, 200))
	if err != nil {
		return "", storeFault(err)
	}
	return strings.TrimSpace(string(raw)), nil
}

func (s *Store) setMark(ctx context.Context, id string) error {
	o := &blob.WriterOptions{ContentType: "text/plain", DisableContentTypeDetection: true}
	if err := s.bucket.Upload(ctx, markObject, bytes.NewReader([]byte(id+"\n")), o); err != nil {
		return storeFault(err)
	}
	return s.sync([]string{markObject})
}
