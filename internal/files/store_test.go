package files_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/files"
)

// roundTrip hangs files over a store, reads them, takes them off, and sees that nothing is left.
func (d *desk) roundTrip(left func() int) {
	d.Helper()
	data := pdf(9*mega + 3)
	for _, public := range []bool{true, false} {
		v := d.hang("大.pdf", data, public)
		if got, err := d.read(d.owner.Second.Actor, v.ID); err != nil || !bytes.Equal(got, data) {
			d.Errorf("public %v: what is read is not what was sent: %d bytes, %v", public, len(got), err)
		}
		if got := left(); got != 5 {
			d.Errorf("%d objects, want the parts of one file", got)
		}
		if report, err := d.files.Verify(d.Context()); err != nil || len(report.Problems) > 0 || report.Contents != 1 || report.Orphans != 0 {
			d.Errorf("%+v, %v", report, err)
		}
		_, err := d.files.Remove(d.Context(), d.owner.Editor, v.ID, 1)
		d.Must(err)
		d.Clock.Set(d.Clock.Now().Add(48 * time.Hour).Format(time.RFC3339))
		d.Must(d.files.Sweep(d.Context()))
		if got := left(); got != 0 {
			d.Errorf("%d objects are left", got)
		}
	}
}

func TestAFolderIsAStore(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		dir := filepath.Join(t.TempDir(), "附件")
		store, err := files.OpenStore(t.Context(), "file://"+dir)
		c.Must(err)
		defer func() { c.Must(store.Close()) }()
		d.serve(store)
		count := func() int { return len(found(t, dir)) }
		d.roundTrip(count)

		// What a process left behind that died: half an object, and a whole one that no row knows of. What is not ours stays.
		v := d.hang("一.pdf", pdf(100), true)
		mine := found(t, dir)[0]
		for _, name := range []string{mine + ".18f0a2b3c4d5e6f7.tmp", filepath.Join(filepath.Dir(mine), "0197f000-0000-4000-8000-000000000001"), filepath.Join(dir, "README")} {
			c.Must(os.WriteFile(name, []byte("x"), 0o600))
		}
		c.Must(d.files.SweepStore(t.Context()))
		if count() != 4 {
			c.Errorf("what is young was taken away: %v", found(t, dir))
		}
		old := time.Now().Add(-25 * time.Hour)
		for _, name := range found(t, dir) {
			c.Must(os.Chtimes(name, old, old))
		}
		if report, err := d.files.Verify(t.Context()); err != nil || report.Orphans != 2 {
			c.Errorf("%+v, %v", report, err)
		}
		c.Must(d.files.SweepStore(t.Context()))
		if got := found(t, dir); len(got) != 2 {
			c.Errorf("left are %v", got)
		}
		if _, err := d.read(d.owner.Editor.Actor, v.ID); err != nil {
			c.Error(err)
		}
	})
}

func found(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestABucketIsAStore(t *testing.T) {
	memory := s3mem.New()
	if err := memory.CreateBucket("files"); err != nil {
		t.Fatal(err)
	}
	var noRoom atomic.Bool
	real := gofakes3.New(memory).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && noRoom.Load() {
			w.WriteHeader(http.StatusInsufficientStorage)
			_, _ = fmt.Fprint(w, `<?xml version="1.0"?><Error><Code>XMinioStorageFull</Code><Message>Storage backend has reached its minimum free drive threshold.</Message></Error>`)
			return
		}
		real.ServeHTTP(w, r)
	}))
	defer server.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	c := casttest.New(t, dbtest.New(t, db.SQLite))
	d := newDesk(c)
	store, err := files.OpenStore(t.Context(), "s3://files?region=cn-north-1&use_path_style=true&endpoint="+server.URL)
	c.Must(err)
	defer func() { c.Must(store.Close()) }()
	d.serve(store)
	d.roundTrip(func() int {
		list, err := memory.ListBucket("files", nil, gofakes3.ListBucketPage{})
		c.Must(err)
		return len(list.Contents)
	})
	u := d.begin("满.pdf", 1000, true)
	noRoom.Store(true)
	_, err = d.files.Receive(t.Context(), d.owner.Editor.Actor, u.ID, 0, bytes.NewReader(pdf(1000)))
	c.Refused(err, fault.StorageFull)
	noRoom.Store(false)
	d.send(u.ID, 0, pdf(1000))
	server.Close()
	_, err = d.complete(u.ID)
	c.Refused(err, fault.StorageUnavailable)
}

func TestAddressesOfStores(t *testing.T) {
	for _, address := range []string{"", "files", "/var/files", "file://host/x", "file:///x?y=1", "mem://", "gs://x", "s3://", "http://x", "s3://b?no_such=1", "://"} {
		if s, err := files.OpenStore(t.Context(), address); err == nil {
			_ = s.Close()
			t.Errorf("%q is opened", address)
		}
	}
}

// fullBucket has no room.
type fullBucket struct {
	driver.Bucket
	err error
}

func (fullBucket) ErrorCode(error) gcerrors.ErrorCode { return gcerrors.Unknown }
func (fullBucket) ErrorAs(error, any) bool            { return false }
func (fullBucket) Close() error                       { return nil }
func (b fullBucket) NewTypedWriter(context.Context, string, string, *driver.WriterOptions) (driver.Writer, error) {
	return b, nil
}
func (b fullBucket) Write([]byte) (int, error) { return 0, b.err }

// When there is no room, the sender is told so, what came before stays, and the upload goes on when there is room again.
func TestAFullStore(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		data := pdf(10 * mega)
		u := d.begin("大.pdf", len(data), true)
		u = d.send(u.ID, 0, data[:5*mega])
		for err, want := range map[error]fault.Definition{
			&os.PathError{Op: "write", Path: "/srv/files/secret", Err: syscall.ENOSPC}: fault.StorageFull,
			&os.PathError{Op: "write", Path: "/srv/files/secret", Err: syscall.EDQUOT}: fault.StorageFull,
			&os.PathError{Op: "write", Path: "/srv/files/secret", Err: syscall.EIO}:    fault.StorageUnavailable,
		} {
			d.serve(files.NewStore(blob.NewBucket(fullBucket{err: err})))
			_, got := d.files.Receive(t.Context(), d.owner.Editor.Actor, u.ID, u.Received, bytes.NewReader(data[u.Received:]))
			c.Refused(got, want)
			var f *fault.Error
			if !errors.As(got, &f) || f.RetryAfter == 0 || strings.Contains(f.Detail.String(), "secret") {
				c.Errorf("%+v", f)
			}
		}
		d.serve(files.NewStore(d.bucket))
		if now, err := d.files.Upload(t.Context(), d.owner.Editor.Actor, u.ID); err != nil || now.Received != 5*mega {
			c.Fatalf("%d, %v", now.Received, err)
		}
		d.send(u.ID, u.Received, data[u.Received:])
		v, err := d.complete(u.ID)
		c.Must(err)
		if got, err := d.read(d.owner.Editor.Actor, v.ID); err != nil || !bytes.Equal(got, data) {
			c.Errorf("what is read is not what was sent: %v", err)
		}
	})
}

// The same on a real file system, where it can be had.
func TestAFullFolder(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=7m"); err != nil {
		t.Logf("no small file system to be had here (%v): TestAFullStore stands for it", err)
		return
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	c := casttest.New(t, dbtest.New(t, db.SQLite))
	d := newDesk(c)
	store, err := files.OpenStore(t.Context(), "file://"+dir)
	c.Must(err)
	defer func() { c.Must(store.Close()) }()
	d.serve(store)
	data := pdf(6 * mega)
	ballast := filepath.Join(dir, "ballast")
	c.Must(os.WriteFile(ballast, make([]byte, 2*mega), 0o600))
	u := d.begin("大.pdf", len(data), true)
	_, err = d.files.Receive(t.Context(), d.owner.Editor.Actor, u.ID, 0, bytes.NewReader(data))
	c.Refused(err, fault.StorageFull)
	if got := found(t, dir); len(got) != 3 {
		c.Errorf("half an object is left: %v", got)
	}
	c.Must(os.Remove(ballast))
	u, err = d.files.Upload(t.Context(), d.owner.Editor.Actor, u.ID)
	c.Must(err)
	d.send(u.ID, u.Received, data[u.Received:])
	_, err = d.complete(u.ID)
	c.Must(err)
}
