package files_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/casttest"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/keys"
	"jiebang/internal/kinds"
	"jiebang/internal/needs"
	"jiebang/internal/results"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// sealedDesk hangs files on a result as on a record that seals them by a key of its own; late, if set, refuses.
func sealedDesk(c *casttest.Cast, late *error) (*desk, seal.Key) {
	c.Helper()
	d := newDesk(c)
	d.keys = c.Secrets
	kind := results.Kind
	kind.Sealed = func(r work.Record) uuid.UUID { return r.Base().ID }
	kind.Hold = func(tx *work.Tx, _ uuid.UUID) (error, error) { return *late, tx.Error }
	d.files = files.New(d.Unit, d.DB, kinds.New(kind, needs.Kind), files.NewStore(d.bucket), d.keys)
	var key seal.Key
	_, err := c.Unit.Do(c.Context(), c.Operator, func(tx *work.Tx) (err error) {
		if key, err = keys.NewInner(tx, d.result); err != nil {
			return err
		}
		return tx.Record("test.key", work.Ref{Noun: "result", ID: d.result, Version: 1}, nil, nil)
	})
	c.Must(err)
	return d, key
}

// stored is everything that the store holds.
func (d *desk) stored() []byte {
	d.Helper()
	var all bytes.Buffer
	for list := d.bucket.List(nil); ; {
		o, err := list.Next(d.Context())
		if errors.Is(err, io.EOF) {
			return all.Bytes()
		}
		d.Must(err)
		data, err := d.bucket.ReadAll(d.Context(), o.Key)
		d.Must(err)
		all.Write(data)
		all.WriteString(o.Key)
	}
}

func TestAFileUnderAKeyOfItsOwnTellsNothing(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		var late error
		d, key := sealedDesk(c, &late)
		data := append([]byte("产业化方案 CANARY-CONTENT 7f3a "), bytes.Repeat([]byte("降膜蒸发。"), 300_000)...)
		sum := sha256.Sum256(data)
		digest := "sha-256:" + hex.EncodeToString(sum[:])
		const name = "金雀花-CANARY-NAME.txt"
		unseen := func(when string) {
			d.Helper()
			for _, canary := range []string{"CANARY", "金雀花", "text/plain", hex.EncodeToString(sum[:])} {
				if tables := dbtest.Holds(d.T, d.DB, canary); len(tables) > 0 {
					d.Errorf("%s: %s stands in %v", when, canary, tables)
				}
				if bytes.Contains(d.stored(), []byte(canary)) {
					d.Errorf("%s: %s stands in the store", when, canary)
				}
			}
		}
		u := d.begin(name, len(data), false)
		if u.Name != name {
			d.Errorf("its sender sees %q", u.Name)
		}
		unseen("begun")
		if u = d.send(u.ID, 0, data[:3*mega]); u.Name != name {
			d.Errorf("its sender sees %q", u.Name)
		}
		unseen("half of it is there")
		d.send(u.ID, u.Received, data[u.Received:])
		v, err := d.complete(u.ID)
		d.Must(err)
		unseen("complete")
		if v.Name != name || v.MediaType != "text/plain" || v.Digest != "" || v.Size != int64(len(data)) {
			d.Errorf("%+v", v)
		}
		same := func(when string) {
			d.Helper()
			got, err := d.read(d.owner.Second.Actor, v.ID)
			if err != nil || !bytes.Equal(got, data) {
				d.Errorf("%s: %d bytes, %v", when, len(got), err)
			}
			list, err := files.SealedOf(d.Unit.Query(d.Context()), key, "result", d.result)
			if err != nil || len(list) != 1 || list[0].Digest != digest || list[0].Name != name {
				d.Errorf("%s: %+v, %v", when, list, err)
			}
			proved, size, err := d.files.Prove(d.Unit.Query(d.Context()), key, v.ID)
			if err != nil || proved != digest || size != int64(len(data)) {
				d.Errorf("%s: %s %d, %v", when, proved, size, err)
			}
		}
		same("complete")

		// The key of the secret file is turned over and retired: the inner key is wrapped anew, and what it sealed stays as it is.
		before := d.stored()
		service := keys.New(d.Unit, d.keys, d.files.Holder(), keys.Inners)
		old := d.keys.Newest().ID
		_, err = service.Rotate(d.Context(), d.Operator)
		d.Must(err)
		if err := service.Retire(d.Context(), d.Operator, old); !errors.Is(err, keys.ErrInUse) {
			d.Errorf("retired while the inner key is wrapped by it: %v", err)
		}
		turned, err := service.Reseal(d.Context(), d.Operator, func(int64) {})
		if err != nil || turned.Done != 1 || len(turned.Broken) > 0 {
			d.Errorf("%+v, %v", turned, err)
		}
		d.Must(service.Retire(d.Context(), d.Operator, old))
		if !bytes.Equal(before, d.stored()) {
			d.Error("the store was written anew")
		}
		same("turned over")
		found, err := d.files.Verify(d.Context())
		if err != nil || len(found.Problems) > 0 || found.Contents != 1 {
			d.Errorf("%+v, %v", found, err)
		}
		report, err := service.Verify(d.Context())
		if err != nil || len(report.Problems) > 0 || report.Values < 1 {
			d.Errorf("%+v, %v", report, err)
		}
		if inner, err := keys.Inner(d.Unit.Query(d.Context()), d.keys, d.result); err != nil || inner.ID != key.ID {
			d.Errorf("%v, %v", inner, err)
		}
	})
}

// An upload that began in time and ends too late hangs nothing, and its sender is told why.
func TestAnUploadThatEndsTooLate(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		var late error
		d, key := sealedDesk(c, &late)
		data := pdf(mega)
		u := d.begin("方案.pdf", len(data), false)
		d.send(u.ID, 0, data)
		late = fault.WrongState.New()
		_, err := d.complete(u.ID)
		d.Refused(err, fault.WrongState)
		_, err = d.files.Begin(d.Context(), d.owner.Editor, files.Input{Kind: "result", Object: d.result, Name: "再来.pdf", Size: 5})
		d.Refused(err, fault.WrongState)
		stranger := d.Person("stranger")
		_, err = d.files.Begin(d.Context(), stranger, files.Input{Kind: "result", Object: d.result, Name: "再来.pdf", Size: 5})
		d.Refused(err, fault.NotVisible) // who may not know of the record learns nothing of its time
		if list, err := files.SealedOf(d.Unit.Query(d.Context()), key, "result", d.result); err != nil || len(list) != 0 {
			d.Errorf("%+v, %v", list, err)
		}
	})
}

// A content or label that was changed in the store or the database is an error, and no other file.
func TestASealedFileThatWasChanged(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		var late error
		d, key := sealedDesk(c, &late)
		a, b := d.hang("甲.pdf", pdf(mega), false), d.hang("乙.pdf", pdf(mega), false)
		q := func() *gorm.DB { return d.DB.Writer.WithContext(d.Context()) }
		d.Must(q().Exec("UPDATE files SET sealed = (SELECT sealed FROM files WHERE id = ?) WHERE id = ?", a.ID, b.ID).Error)
		if _, err := files.SealedOf(q(), key, "result", d.result); !errors.Is(err, seal.ErrBroken) {
			d.Errorf("a label of another file: %v", err)
		}
		d.Must(q().Exec("UPDATE file_parts SET object = object || 'x' WHERE content_id = ?", a.ContentID).Error)
		if digest, _, err := d.files.Prove(q(), key, a.ID); err == nil {
			d.Errorf("a content that is gone has the digest %s", digest)
		}
	})
}
