package files_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	"gocloud.dev/blob"

	"jiebang/internal/casttest"
)

// Each part is held to what was received when it is read, wherever reading begins; so is what was stored when parts had their digests in
// their names.
func TestAChangedPartIsNotRead(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		for _, public := range []bool{true, false} {
			data := pdf(5 * mega)
			v := d.hang("大.pdf", data, public)
			var names []string
			q := d.DB.Writer
			parts := func() {
				names = nil
				d.Must(q.Table("file_parts").Where("content_id = (SELECT content_id FROM files WHERE id = ?)", v.ID).Order("start").Pluck("object", &names).Error)
			}
			parts()
			if len(names) != 3 {
				d.Fatalf("%d parts", len(names))
			}
			change := func(name string) {
				raw, err := d.bucket.ReadAll(d.Context(), name)
				d.Must(err)
				raw[len(raw)/2] ^= 1
				d.Must(d.bucket.WriteAll(d.Context(), name, raw, nil))
			}
			section := func(from, size int64) error {
				r, err := d.files.Open(d.Context(), d.owner.Editor.Actor, v.ID)
				d.Must(err)
				defer func() { _ = r.Close() }()
				got := make([]byte, size)
				_, err = r.ReadAt(got, from)
				if err == nil && !bytes.Equal(got, data[from:from+size]) {
					d.Errorf("public %v: other bytes at %d", public, from)
				}
				return err
			}
			const second = 2 << 20
			change(names[1])
			for from, readable := range map[int64]bool{0: true, second - 10: false, second: false, 2*second - 20: false, 2 * second: true} {
				if err := section(from, 20); (err == nil) != readable {
					d.Errorf("public %v: twenty bytes at %d: %v", public, from, err)
				}
			}
			change(names[1]) // as it was

			if public { // as it was stored before: the digest of each part in its name, and none beside it
				for _, name := range names {
					raw, err := d.bucket.ReadAll(d.Context(), name)
					d.Must(err)
					sum := sha256.Sum256(raw)
					old := name[:3] + hex.EncodeToString(sum[:]) + "-" + name[3:]
					d.Must(d.bucket.Copy(d.Context(), old, name, (*blob.CopyOptions)(nil)))
					d.Must(d.bucket.Delete(d.Context(), name))
					d.Must(q.Exec("UPDATE file_parts SET object = ?, progress = NULL WHERE object = ?", old, name).Error)
				}
				parts()
				if report, err := d.files.Verify(d.Context()); err != nil || len(report.Problems) > 0 || report.Orphans > 0 {
					d.Errorf("%+v, %v", report, err)
				}
				change(names[2])
				if err := section(2*second, 20); err == nil {
					d.Error("a changed part of before is read")
				}
				if err := section(0, 20); err != nil {
					d.Error(err)
				}
			}
			if got, err := d.read(d.owner.Editor.Actor, v.ID); !public && (err != nil || !slices.Equal(got, data)) {
				d.Error(err)
			}
		}
	})
}
