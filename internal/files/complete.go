package files

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Completion is what the sender says at the end.
type Completion struct {
	SHA256 string // of the file, in hexadecimal; empty: the sender does not say
}

// Complete looks at what was received and makes it a file of its record; by who may edit the record then. The file has the upload's id.
//
// The content is looked at before the transaction, since that may take a while; the upload must not have moved since.
func (s *Service) Complete(ctx context.Context, call work.Call, id uuid.UUID, in Completion) (work.Answer[View], error) {
	seen, what, sum, err := s.examine(ctx, call.Actor, id, in)
	if fault.FileRefused.Of(err) {
		return work.Answer[View]{}, s.giveUp(ctx, call, seen, err)
	}
	if err != nil && !fault.NotVisible.Of(err) { // what is not there may be done already by the same key
		return work.Answer[View]{}, err
	}
	var left []string
	answer, err := s.records.Do(ctx, s.unit, call, func(tx *work.Tx) (*File, error) {
		u, err := s.own(db.ForUpdate(tx.DB), call.Actor, id)
		if err != nil {
			return nil, err
		}
		if u.Version != seen.Version {
			return nil, fault.VersionStale.New()
		}
		on, err := s.mayHang(tx, u.ObjectKind, u.ObjectID, u.Public, true)
		if err != nil {
			return nil, err
		}
		if err := s.room(tx.DB, u.ObjectKind, u.ObjectID); err != nil {
			return nil, err
		}
		c := content{ID: u.ID, Address: sum, Size: u.Size, MediaType: what.MediaType, SealedBy: u.SealedBy, CreatedAt: tx.Now}
		if u.Sealed != "" {
			c.MediaType = sealedType
		}
		if left, err = c.settle(tx); err != nil {
			return nil, err
		}
		if err := tx.Delete(u).Error; err != nil {
			return nil, err
		}
		f := &File{
			Head: tx.NewHead(), ObjectKind: u.ObjectKind, ObjectID: u.ObjectID, Name: u.Name, Public: u.Public, ContentID: c.ID, AddedBy: call.Actor.Account,
		}
		f.ID = u.ID
		if u.Sealed != "" {
			by, err := s.key(tx.DB, u.SealedBy)
			if err != nil {
				return nil, err
			}
			if f.Sealed, err = what.seal(by, "files", f.ID); err != nil {
				return nil, err
			}
		}
		if on.ofRevision {
			f.Public, f.Revision = false, added
		}
		return f, work.Insert(tx, attached, f)
	})
	if err == nil {
		s.tidy(ctx, left)
	}
	return answer, err
}

// giveUp ends an upload whose content is refused: it can never be completed, and would hold one of its account's places until it expires. One that
// has moved since is left.
func (s *Service) giveUp(ctx context.Context, call work.Call, seen *Upload, why error) error {
	var objects []string
	_, err := s.unit.Do(ctx, work.Call{Operation: call.Operation, Actor: call.Actor, RequestID: call.RequestID}, func(tx *work.Tx) error {
		u, err := s.own(db.ForUpdate(tx.DB), call.Actor, seen.ID)
		if err != nil {
			return err
		}
		if u.Version != seen.Version {
			return fault.VersionStale.New()
		}
		if objects, err = dropParts(tx.DB, u.ID, 0); err != nil {
			return err
		}
		return work.Remove(tx, u, "upload.cancel")
	})
	switch {
	case fault.VersionStale.Of(err), fault.NotVisible.Of(err):
		return why
	case err != nil:
		return err
	}
	s.tidy(ctx, objects)
	refused, _ := fault.As(why)
	out, t := *refused, refused.Told()
	out.Detail = fault.Say("%[1]s本次上传已取消，改正后请重新上传。", "%[2]s This upload is cancelled; begin another with a file that is taken.", t.ZH, t.EN)
	return &out
}

// settle makes the parts of an upload a content, or takes the one that there is of the same public bytes, and tells which objects are left
// over then.
func (c *content) settle(tx *work.Tx) (left []string, err error) {
	for range 3 { // what is the same may come, or go, while this waits for it
		if c.SealedBy == "" {
			var same []content
			if err := db.ForUpdate(tx.DB).Where("address = ? AND sealed_by = ''", c.Address).Find(&same).Error; err != nil {
				return nil, err
			}
			if len(same) == 1 {
				own := c.ID
				*c = same[0]
				if c.UnusedSince != nil {
					if err := tx.Model(c).Update("unused_since", nil).Error; err != nil {
						return nil, err
					}
				}
				return dropParts(tx.DB, own, 0)
			}
		}
		done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(c)
		if done.Error != nil {
			return nil, done.Error
		}
		if done.RowsAffected == 1 {
			if c.SealedBy == "" {
				return nil, nil // each part is held to it when it is read
			}
			return nil, tx.Model(&part{}).Where("content_id = ?", c.ID).Update("progress", nil).Error
		}
	}
	return nil, fault.VersionStale.New()
}

// examine holds what was received to what was declared, and finds out what it is.
func (s *Service) examine(ctx context.Context, actor policy.Actor, id uuid.UUID, in Completion) (u *Upload, what label, sum string, err error) {
	var parts []part
	var by opener
	err = s.unit.View(ctx, func(q *gorm.DB) error {
		if u, err = s.own(q, actor, id); err != nil {
			return err
		}
		if by, err = s.opener(q, u.SealedBy); err != nil {
			return err
		}
		what.Name = u.Name
		if u.Sealed != "" {
			if what, err = openLabel(by, u.Sealed, "uploads", id); err != nil {
				return err
			}
		}
		parts, err = partsOf(q, id)
		return err
	})
	if err != nil {
		return nil, label{}, "", err
	}
	if u.Received != u.Size || !whole(parts, u.Size) {
		return nil, label{}, "", fault.UploadIncomplete.Because("已收到 %[1]d 字节，共 %[2]d。", "%[1]d of %[2]d bytes have been received.", u.Received, u.Size)
	}
	sums, err := s.progress(parts[len(parts)-1], by)
	if err != nil {
		return nil, label{}, "", err
	}
	if in.SHA256 != "" && in.SHA256 != hex.EncodeToString(sums.plain.Sum(nil)) {
		return nil, label{}, "", &fault.Error{Definition: fault.InvalidInput, Fields: fault.Fields{fault.DigestDiffers.Field("/sha256",
			"与收到的内容不符。请核对摘要后再次完成，或从头重新发送内容；不再需要的，请取消这次上传，否则一天内仍占名额", "It does not fit what was received. Compare the digest and complete again, or send the bytes anew from the beginning; cancel the upload if it is not wanted, since it holds its place for a day")}}
	}
	select {
	case s.looks <- struct{}{}:
		defer func() { <-s.looks }()
	case <-ctx.Done():
		return nil, label{}, "", fault.RateLimited.New()
	}
	r := s.newReader(ctx, parts, by, u.Size)
	defer func() { _ = r.Close() }()
	what.Digest = sums.plain.String()
	what.MediaType, err = examine(ctx, what.Name, r, u.Size)
	return u, what, sums.address(!u.Public), err
}

// Download is the content of a file: a section of it is written once, and it is closed.
type Download struct {
	View
	*reader
}

// Section chooses what WriteTo writes, from one byte until before another, and finds out whether that can be read.
func (d Download) Section(from, to int64) error {
	d.at, d.size = from, to
	return d.hold(from)
}

// Close gives back what it holds.
func (d Download) Close() error { return d.reader.Close() }

// Open gives the content of a file to who may read it.
func (s *Service) Open(ctx context.Context, reader policy.Actor, id uuid.UUID) (Download, error) {
	v, err := s.Get(ctx, reader, id)
	if err != nil {
		return Download{}, err
	}
	q := s.unit.Query(ctx)
	parts, err := partsOf(q, v.ContentID)
	if err != nil {
		return Download{}, err
	}
	if !whole(parts, v.Size) {
		return Download{}, errDamaged
	}
	by, err := s.opener(q, v.sealedBy)
	if err != nil {
		return Download{}, err
	}
	return Download{v, s.newReader(ctx, parts, by, v.Size)}, nil
}

// before is the moment so long ago.
func (s *Service) before(d time.Duration) time.Time { return s.unit.Now().Add(-d) }
