package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Upload is a file on its way: its bytes come in one request or in several, on any replica, and it becomes a file by Complete.
type Upload struct {
	work.Head
	AccountID  uuid.UUID
	Place      int64 // among the uploads of its account
	ObjectKind string
	ObjectID   uuid.UUID
	Name       string // empty where the label is sealed
	Size       int64  // as declared
	Public     bool
	SealedBy   string // the key that all of it is sealed with, if it is not public
	Received   int64  // bytes that are stored for good
	Parts      int64
	Sender     string `json:"-"` // the request that may go on writing
	Sealed     string `json:"-"` // its label, where the record seals its files by a key of its own
	ExpiresAt  time.Time
}

func (Upload) TableName() string { return "uploads" }
func (*Upload) Noun() string     { return "upload" }

// Facts: it is its account's own.
func (u *Upload) Facts() policy.Facts { return policy.Facts{Author: u.AccountID} }

// Input is what beginning an upload takes.
type Input struct {
	Kind   string
	Object uuid.UUID
	Name   string
	Size   int64 // bytes
	Public bool  // for all who may read the record, and not only for those who may read what is confidential of it
}

// Begin begins an upload of a file to a record; by who may edit the record.
func (s *Service) Begin(ctx context.Context, call work.Call, in Input) (work.Answer[Upload], error) {
	return s.uploads.Do(ctx, s.unit, call, func(tx *work.Tx) (*Upload, error) {
		on, err := s.mayHang(tx, in.Kind, in.Object, in.Public, false)
		if err != nil {
			return nil, err
		}
		name, err := cleanName(in.Name)
		if err != nil {
			return nil, err
		}
		if in.Size < 1 || in.Size > MaxSize {
			return nil, fault.InvalidInput.At("/size", fault.OutOfRange, "须为 1 至 %[1]d 字节", "From 1 to %[1]d bytes", MaxSize)
		}
		if err := s.room(tx.DB, in.Kind, in.Object); err != nil {
			return nil, err
		}
		u := &Upload{
			Head: tx.NewHead(), AccountID: call.Actor.Account, ObjectKind: in.Kind, ObjectID: in.Object, Name: name, Size: in.Size,
			Public: in.Public, ExpiresAt: tx.Now.Add(keepOpen),
		}
		if !in.Public {
			key, inner, err := s.keyFor(tx, on.kind, on.record)
			if err != nil {
				return nil, err
			}
			if u.SealedBy = key.ID; inner {
				if u.Sealed, err = (label{Name: name}).seal(key, "uploads", u.ID); err != nil {
					return nil, err
				}
				u.Name = ""
			}
		}
		return u, u.begin(tx)
	})
}

// begin takes the first of its account's places that is free. Two that begin at once cannot have the same one.
func (u *Upload) begin(tx *work.Tx) error {
	for u.Place = range int64(MaxUploads) {
		done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(u)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 1 {
			tx.Emit("upload.begin", work.RefOf(u))
			return tx.Record("upload.begin", work.RefOf(u), nil, u)
		}
	}
	return fault.TooManyUploads.Because("同时至多 %[1]d 个，请先完成或取消。", "%[1]d at a time; complete or cancel one first.", MaxUploads)
}

// room refuses a record that has as many files as one may have.
func (s *Service) room(q *gorm.DB, noun string, id uuid.UUID) error {
	var n int64
	if err := q.Model(&File{}).Where("object_id = ? AND object_kind = ?", id, noun).Count(&n).Error; err != nil {
		return err
	}
	if n >= MaxEach {
		return fault.TooManyFiles.Because("每条记录至多 %[1]d 个。", "A record has %[1]d at most.", MaxEach)
	}
	return nil
}

// Upload tells how far an upload has come.
func (s *Service) Upload(ctx context.Context, reader policy.Actor, id uuid.UUID) (Upload, error) {
	return s.uploads.Get(ctx, s.unit, reader, id)
}

// Cancel drops an upload.
func (s *Service) Cancel(ctx context.Context, call work.Call, id uuid.UUID) error {
	var objects []string
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		u, err := s.own(db.ForUpdate(tx.DB), call.Actor, id)
		if err != nil {
			return err
		}
		if objects, err = dropParts(tx.DB, id, 0); err != nil {
			return err
		}
		return work.Remove(tx, u, "upload.cancel")
	})
	if err == nil {
		s.tidy(ctx, objects)
	}
	return err
}

// own reads an upload of the actor's.
func (s *Service) own(q *gorm.DB, actor policy.Actor, id uuid.UUID) (*Upload, error) {
	u, err := work.Load[Upload](q, id)
	if err != nil {
		return nil, err
	}
	return u, policy.Check(actor, policy.UploadUse, u.Facts())
}

// dropParts forgets the parts of an upload from an offset on, and tells which objects nothing refers to any more.
func dropParts(q *gorm.DB, id uuid.UUID, from int64) (objects []string, err error) {
	of := func() *gorm.DB { return q.Model(&part{}).Where("content_id = ? AND start >= ?", id, from) }
	if err = of().Pluck("object", &objects).Error; err == nil && len(objects) > 0 {
		err = of().Delete(&part{}).Error
	}
	return objects, err
}

// tidy takes objects away that nothing refers to. What stays, because of a failure or a crash, is found by Sweep.
func (s *Service) tidy(ctx context.Context, objects []string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := s.store.remove(ctx, objects); err != nil {
		slog.WarnContext(ctx, "objects that nothing refers to were not taken away; the sweep will", "cause", err)
	}
}

// transaction notes progress, which is no use case: it decides nothing, and is forgotten with the upload.
func (s *Service) transaction(ctx context.Context, fn func(q *gorm.DB) error) error {
	return s.db.Writer.WithContext(ctx).Transaction(fn)
}

// ErrCut says that the bytes ended before the sender meant them to. What was stored of them stays.
var ErrCut = errors.New("files: the bytes broke off")

// Receive takes bytes of an upload from an offset on, and tells how far it has come when they end. The offset is what has been received, or
// one from which an earlier request sent: then what it sent is replaced. While two send at once, the later one goes on.
func (s *Service) Receive(ctx context.Context, actor policy.Actor, id uuid.UUID, offset int64, body io.Reader) (Upload, error) {
	u, err := s.receive(ctx, actor, id, offset, body)
	if shown, unsealed := s.showUploads(s.unit.Query(context.WithoutCancel(ctx)), actor, []Upload{u}); unsealed == nil {
		u = shown[0]
	} else if err == nil {
		err = unsealed
	}
	return u, err
}

func (s *Service) receive(ctx context.Context, actor policy.Actor, id uuid.UUID, offset int64, body io.Reader) (Upload, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		return Upload{}, fault.RateLimited.New()
	}
	u, sums, err := s.resume(ctx, actor, id, offset)
	if err != nil {
		return Upload{}, err
	}
	if announced, ok := body.(interface{ Len() int64 }); ok && announced.Len() > u.Size-offset {
		return Upload{}, tooLong(u.Size)
	}
	line, err := s.newPipeline(ctx, u, sums)
	if err != nil {
		return Upload{}, err
	}
	at, err := take(line, u.Size, offset, body)
	if failed := line.finish(); failed != nil {
		err = failed
	}
	if err != nil || at < u.Size {
		return *u, err
	}
	if n, err := io.ReadFull(body, make([]byte, 1)); n > 0 {
		// It is not what was declared, so that none of it is.
		if _, _, err := s.resume(ctx, actor, id, offset); err != nil {
			return Upload{}, err
		}
		return Upload{}, tooLong(u.Size)
	} else if err != nil && !errors.Is(err, io.EOF) {
		return Upload{}, fmt.Errorf("%w: %w", ErrCut, err)
	}
	return *u, nil
}

// take reads a body into a pipeline, and tells how far it has come when the body ends.
func take(line *pipeline, size, at int64, body io.Reader) (int64, error) {
	for at < size && line.refused == nil && !line.hasFailed() { // finish tells why
		want := min(partSize, size-at)
		n, cut := line.receive(body, at, want)
		ended := errors.Is(cut, io.EOF) || errors.Is(cut, io.ErrUnexpectedEOF)
		switch {
		case n == want, n >= leastPart:
			at += n
		case ended && n > 0:
			return at, fault.InvalidInput.At("", fault.TooShort, "除最后一段外，每段至少 %[1]d 字节", "All but the last piece have at least %[1]d bytes", leastPart)
		}
		switch {
		case ended:
			return at, nil
		case cut != nil:
			return at, fmt.Errorf("%w: %w", ErrCut, cut)
		}
	}
	return at, nil
}

func tooLong(size int64) error {
	return fault.InvalidInput.At("", fault.SizeDiffers, "内容超过申报的 %[1]d 字节；请从头重新发送，或取消这次上传，按实际大小另行开始", "There is more than the %[1]d bytes that were declared; send it anew from the beginning, or cancel the upload and begin another of the right size", size)
}

// resume makes this request the one that writes an upload, from an offset on.
func (s *Service) resume(ctx context.Context, actor policy.Actor, id uuid.UUID, offset int64) (u *Upload, sums *digests, err error) {
	var objects []string
	sums = newDigest()
	err = s.transaction(ctx, func(q *gorm.DB) error {
		if u, err = s.own(db.ForUpdate(q), actor, id); err != nil {
			return err
		}
		now := s.unit.Now()
		if u.ExpiresAt.Before(now) {
			return fault.NotVisible.New()
		}
		var before []part
		if offset > 0 {
			if err := q.Where("content_id = ? AND start + size = ?", id, offset).Find(&before).Error; err != nil {
				return err
			}
			if len(before) == 0 {
				return fault.UploadOffset.Because("已收到 %[1]d 字节，请从该处继续。", "%[1]d bytes have been received; go on from there.", u.Received)
			}
			by, err := s.opener(q, u.SealedBy)
			if err != nil {
				return err
			}
			if sums, err = s.progress(before[0], by); err != nil {
				return err
			}
		}
		if objects, err = dropParts(q, id, offset); err != nil {
			return err
		}
		u.Received, u.Parts, u.Sender = offset, u.Parts-int64(len(objects)), uuid.NewString()
		u.UpdatedAt, u.ExpiresAt, u.Version = now, now.Add(keepOpen), u.Version+1
		return q.Model(u).Select("received", "parts", "sender", "updated_at", "expires_at", "version").Updates(u).Error
	})
	if err != nil {
		return nil, nil, err
	}
	s.tidy(ctx, objects)
	return u, sums, nil
}
