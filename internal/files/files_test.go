package files_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"jiebang/internal/casttest"
	"jiebang/internal/contracts"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/kinds"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/seal"
)

// desk is a store in memory, and a result to hang files on.
type desk struct {
	*casttest.Cast
	files   *files.Service
	bucket  *blob.Bucket
	results *results.Service
	keys    *seal.Keys
	owner   casttest.Organization
	result  uuid.UUID
}

func newDesk(c *casttest.Cast) *desk {
	c.Helper()
	d := &desk{Cast: c, bucket: memblob.OpenBucket(nil), results: results.New(c.Unit), owner: c.Organization("盛北理工大学", "university", "210112")}
	keys, err := seal.Open(filepath.Join(c.TempDir(), "secrets"), true)
	c.Must(err)
	d.keys = keys
	d.serve(files.NewStore(d.bucket))
	d.result = d.draft()
	return d
}

// serve makes the service over a store.
func (d *desk) serve(store *files.Store) {
	d.files = files.New(d.Unit, d.DB, kinds.New(results.Kind, needs.Kind, deals.Kind, contracts.Kind), store, d.keys)
}

func (d *desk) draft() uuid.UUID {
	d.Helper()
	return casttest.Create(d.Cast, d.owner.Editor, d.results.Create, results.Input{Owner: d.owner.ID, Content: results.Content{
		Title: "低温等离子体废气净化装置", Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Field: "environment", Keywords: []string{}, TransferModes: []string{},
	}})
}

func (d *desk) begin(name string, size int, public bool) files.Upload {
	d.Helper()
	a, err := d.files.Begin(d.Context(), d.owner.Editor, files.Input{Kind: "result", Object: d.result, Name: name, Size: int64(size), Public: public})
	d.Must(err)
	return a.View
}

func (d *desk) send(id uuid.UUID, offset int64, data []byte) files.Upload {
	d.Helper()
	u, err := d.files.Receive(d.Context(), d.owner.Editor.Actor, id, offset, bytes.NewReader(data))
	d.Must(err)
	return u
}

func (d *desk) complete(id uuid.UUID) (files.View, error) {
	a, err := d.files.Complete(d.Context(), d.owner.Editor, id, files.Completion{})
	return a.View, err
}

// hang hangs a file on the result, as people do.
func (d *desk) hang(name string, data []byte, public bool) files.View {
	d.Helper()
	u := d.begin(name, len(data), public)
	d.send(u.ID, 0, data)
	v, err := d.complete(u.ID)
	d.Must(err)
	return v
}

func (d *desk) read(reader policy.Actor, id uuid.UUID) ([]byte, error) {
	r, err := d.files.Open(d.Context(), reader, id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var b bytes.Buffer
	_, err = r.WriteTo(&b)
	return b.Bytes(), err
}

// objects is how many the store holds.
func (d *desk) objects() (n int) {
	d.Helper()
	for list := d.bucket.List(nil); ; n++ {
		if _, err := list.Next(d.Context()); errors.Is(err, io.EOF) {
			return n
		} else if err != nil {
			d.Fatal(err)
		}
	}
}

// pdf is a document of a size: its first bytes are one's, the rest is noise.
func pdf(size int) []byte {
	data := make([]byte, size)
	source := rand.NewChaCha8([32]byte{byte(size), byte(size >> 8), byte(size >> 16)})
	_, _ = source.Read(data)
	copy(data, "%PDF-1.7\n")
	return data
}

const mega = 1 << 20

func TestAFileIsHungReadAndTakenOff(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		data := pdf(9*mega + 7)
		for _, public := range []bool{true, false} {
			v := d.hang("检测报告.pdf", data, public)
			if v.Size != int64(len(data)) || v.MediaType != "application/pdf" || v.Name != "检测报告.pdf" || v.Public != public {
				d.Errorf("%+v", v)
			}
			sum := sha256.Sum256(data)
			if want := map[bool]string{true: "sha-256:" + hex.EncodeToString(sum[:])}[public]; v.Digest != want {
				d.Errorf("digest %q, want %q", v.Digest, want)
			}
			got, err := d.read(d.owner.Second.Actor, v.ID)
			if err != nil || !bytes.Equal(got, data) {
				d.Errorf("public %v: what is read is not what was sent: %d bytes, %v", public, len(got), err)
			}
			if found, err := d.files.List(d.Context(), d.owner.Second.Actor, files.Query{Kind: "result", Object: d.result}); err != nil || len(found) != 1 {
				d.Errorf("%v, %v", found, err)
			}
			_, err = d.files.Remove(d.Context(), d.owner.Editor, v.ID, 1)
			d.Must(err)
			_, err = d.files.Get(d.Context(), d.owner.Editor.Actor, v.ID)
			d.Refused(err, fault.NotVisible)
		}
		report, err := d.files.Verify(d.Context())
		if err != nil || len(report.Problems) > 0 || report.Files != 0 || report.Contents != 2 {
			d.Errorf("%+v, %v", report, err)
		}
	})
}

func TestWhoMayReadTheRecordMayReadItsFiles(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		public, inner := d.hang("公开.pdf", pdf(100), true), d.hang("内部.pdf", pdf(200), false)
		stranger := c.Person("stranger").Actor
		see := func(step string, who policy.Actor, want ...uuid.UUID) {
			d.Helper()
			for _, v := range []files.View{public, inner} {
				_, err := d.read(who, v.ID)
				may := len(want) > 0 && (want[0] == v.ID || len(want) > 1)
				if may != (err == nil) || !may && !fault.NotVisible.Of(err) {
					d.Errorf("%s: %s: %v", step, v.Name, err)
				}
			}
			found, err := d.files.List(d.Context(), who, files.Query{Kind: "result", Object: d.result})
			if len(want) == 0 && !fault.NotVisible.Of(err) || len(want) != len(found) {
				d.Errorf("%s: the list has %d, %v", step, len(found), err)
			}
		}
		see("draft, visitor", policy.Actor{})
		see("draft, member", d.owner.Second.Actor, public.ID, inner.ID)
		casttest.Change(c, d.owner.Editor, d.results.Submit, d.result, 1)
		casttest.Change(c, d.owner.Second, d.results.Publish, d.result, 2)
		see("published, visitor", policy.Actor{}, public.ID)
		see("published, stranger", stranger, public.ID)
		see("published, operator", c.Operator.Actor, public.ID, inner.ID)
		casttest.Change(c, d.owner.Editor, d.results.Withdraw, d.result, 3)
		see("withdrawn, visitor", policy.Actor{})
		see("withdrawn, member", d.owner.Editor.Actor, public.ID, inner.ID)
	})
}

// What everybody may read is hung and taken off only where a second person looks at it afterwards.
func TestFilesAreHungInTheRightStates(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		public, inner := d.hang("公开.pdf", pdf(100), true), d.hang("内部.pdf", pdf(200), false)
		early := d.begin("早.pdf", 300, true)
		d.send(early.ID, 0, pdf(300))
		try := func(step string, wantPublic, wantInner fault.Definition) {
			d.Helper()
			for _, x := range []struct {
				v    files.View
				want fault.Definition
			}{{public, wantPublic}, {inner, wantInner}} {
				_, err := d.files.Begin(d.Context(), d.owner.Editor, files.Input{Kind: "result", Object: d.result, Name: "x.pdf", Size: 9, Public: x.v.Public})
				if x.want.Code == "" {
					d.Must(err)
				} else {
					d.Refused(err, x.want)
					_, err = d.files.Remove(d.Context(), d.owner.Editor, x.v.ID, 1)
					d.Refused(err, x.want)
				}
			}
			_, err := d.files.Begin(d.Context(), c.Operator, files.Input{Kind: "result", Object: d.result, Name: "x.pdf", Size: 9})
			d.Refused(err, fault.NotAllowed)
		}
		none := fault.Definition{}
		try("draft", none, none)
		casttest.Change(c, d.owner.Editor, d.results.Submit, d.result, 1)
		try("submitted", fault.WrongState, fault.WrongState)
		_, err := d.complete(early.ID)
		d.Refused(err, fault.WrongState)
		casttest.Change(c, d.owner.Second, d.results.Publish, d.result, 2)
		try("published", none, none) // with the revision
		casttest.Change(c, d.owner.Editor, d.results.Withdraw, d.result, 3)
		try("withdrawn", none, none)
		_, err = d.files.Begin(d.Context(), c.Person("stranger"), files.Input{Kind: "result", Object: d.result, Name: "x.pdf", Size: 9})
		d.Refused(err, fault.NotVisible)
	})
}

func TestAnUploadGoesOnWhereItWasCut(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		for _, public := range []bool{true, false} {
			data := pdf(13*mega + 5)
			u := d.begin("大.pdf", len(data), public)
			// The connection breaks within the third part: what came of it stays.
			cut := &broken{data: data, after: 9*mega + 100}
			if _, err := d.files.Receive(d.Context(), d.owner.Editor.Actor, u.ID, 0, cut); !errors.Is(err, errCut) {
				d.Fatal(err)
			}
			u, err := d.files.Upload(d.Context(), d.owner.Editor.Actor, u.ID)
			if err != nil || u.Received != 9*mega+100 {
				d.Fatalf("%d, %v", u.Received, err)
			}
			_, err = d.complete(u.ID)
			d.Refused(err, fault.UploadIncomplete)
			_, err = d.files.Receive(d.Context(), d.owner.Editor.Actor, u.ID, 5, bytes.NewReader(data[5:]))
			d.Refused(err, fault.UploadOffset)
			_, err = d.files.Receive(d.Context(), d.owner.Second.Actor, u.ID, u.Received, bytes.NewReader(data))
			d.Refused(err, fault.NotVisible)
			u = d.send(u.ID, u.Received, data[u.Received:11*mega])
			d.send(u.ID, u.Received, data[u.Received:])
			d.send(u.ID, 9*mega+100, data[9*mega+100:]) // an answer was lost, and the request is sent again
			sum := sha256.Sum256(data)
			_, err = d.files.Complete(d.Context(), d.owner.Editor, u.ID, files.Completion{SHA256: hex.EncodeToString(make([]byte, 32))})
			d.Refused(err, fault.InvalidInput)
			a, err := d.files.Complete(d.Context(), d.owner.Editor, u.ID, files.Completion{SHA256: hex.EncodeToString(sum[:])})
			d.Must(err)
			if got, err := d.read(d.owner.Editor.Actor, a.ID); err != nil || !bytes.Equal(got, data) {
				d.Errorf("public %v: what is read is not what was sent: %v", public, err)
			}
			_, err = d.files.Upload(d.Context(), d.owner.Editor.Actor, u.ID)
			d.Refused(err, fault.NotVisible)
		}
	})
}

var errCut = errors.New("cut")

// broken is a body that breaks off.
type broken struct {
	data      []byte
	at, after int
}

func (b *broken) Read(p []byte) (int, error) {
	if b.at >= b.after {
		return 0, errCut
	}
	n := copy(p, b.data[b.at:b.after])
	b.at += n
	return n, nil
}

func TestADeclaredSizeHolds(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		data := pdf(5 * mega)
		u := d.begin("a.pdf", len(data)-1, true)
		_, err := d.files.Receive(d.Context(), d.owner.Editor.Actor, u.ID, 0, bytes.NewReader(data)) // which tells its length
		d.Refused(err, fault.InvalidInput)
		_, err = d.files.Receive(d.Context(), d.owner.Editor.Actor, u.ID, 0, io.MultiReader(bytes.NewReader(data))) // which does not
		d.Refused(err, fault.InvalidInput)
		if u, err = d.files.Upload(d.Context(), d.owner.Editor.Actor, u.ID); err != nil || u.Received != 0 {
			d.Errorf("%d, %v", u.Received, err)
		}
		_, err = d.files.Receive(d.Context(), d.owner.Editor.Actor, u.ID, 0, bytes.NewReader(data[:1000]))
		d.Refused(err, fault.InvalidInput)
		for _, size := range []int64{0, -1, files.MaxSize + 1} {
			_, err = d.files.Begin(d.Context(), d.owner.Editor, files.Input{Kind: "result", Object: d.result, Name: "a.pdf", Size: size})
			d.Refused(err, fault.InvalidInput)
		}
	})
}

// Public content that is the same is stored once, and stays as long as one file holds it.
func TestTheSameContentIsStoredOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		data := pdf(5 * mega)
		first, second := d.hang("一.pdf", data, true), d.hang("二.pdf", data, true)
		if first.ContentID != second.ContentID || d.objects() != 3 {
			d.Errorf("stored twice: %d objects", d.objects())
		}
		inner := d.hang("三.pdf", data, false)
		if inner.ContentID == first.ContentID || d.objects() != 6 || inner.Digest != "" {
			d.Errorf("what is sealed is shared: %d objects", d.objects())
		}
		remove := func(v files.View) {
			_, err := d.files.Remove(d.Context(), d.owner.Editor, v.ID, 1)
			d.Must(err)
		}
		sweep := func(at string, want int) {
			c.Clock.Set(at)
			d.Must(d.files.Sweep(d.Context()))
			if got := d.objects(); got != want {
				d.Errorf("at %s: %d objects, want %d", at, got, want)
			}
		}
		remove(first)
		sweep("2026-03-12T04:00:00Z", 6)
		remove(second)
		sweep("2026-03-12T05:00:00Z", 6) // not at once: somebody may be reading it
		third := d.hang("四.pdf", data, true)
		if third.ContentID != first.ContentID {
			d.Error("what is still there is not taken")
		}
		sweep("2026-03-14T05:00:00Z", 6)
		remove(third)
		remove(inner)
		sweep("2026-03-14T06:00:00Z", 6)
		sweep("2026-03-16T06:00:00Z", 0)
		if report, err := d.files.Verify(d.Context()); err != nil || report.Contents != 0 || len(report.Problems) > 0 {
			d.Errorf("%+v, %v", report, err)
		}
	})
}

func TestUploadsAreBoundedAndExpire(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		var all []files.Upload
		for range files.MaxUploads {
			u := d.begin("a.pdf", 5*mega, true)
			d.send(u.ID, 0, pdf(5 * mega)[:mega])
			all = append(all, u)
		}
		_, err := d.files.Begin(d.Context(), d.owner.Editor, files.Input{Kind: "result", Object: d.result, Name: "a.pdf", Size: 9})
		d.Refused(err, fault.TooManyUploads)
		d.Refused(d.files.Cancel(d.Context(), d.owner.Second, all[0].ID), fault.NotVisible)
		d.Must(d.files.Cancel(d.Context(), d.owner.Editor, all[0].ID))
		if d.objects() != files.MaxUploads-1 {
			d.Errorf("%d objects", d.objects())
		}
		c.Clock.Set("2026-03-11T04:00:00Z")
		d.send(all[1].ID, mega, pdf(5 * mega)[mega:2*mega])
		c.Clock.Set("2026-03-12T05:00:00Z")
		d.Must(d.files.Sweep(d.Context()))
		if d.objects() != 2 {
			d.Errorf("%d objects, want those of the one that went on", d.objects())
		}
		_, err = d.files.Upload(d.Context(), d.owner.Editor.Actor, all[2].ID)
		d.Refused(err, fault.NotVisible)
	})
}

// A content that is refused ends its upload, which holds no place any more; a digest that differs leaves it, to be completed.
func TestARefusedContentHoldsNoPlace(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		page := []byte("<!DOCTYPE html><html><script>1</script></html>")
		for range files.MaxUploads + 1 {
			u := d.begin("a.pdf", len(page), true)
			d.send(u.ID, 0, page)
			_, err := d.files.Complete(d.Context(), d.owner.Editor, u.ID, files.Completion{})
			if refused, is := fault.As(err); !is || !fault.FileRefused.Of(err) || !strings.Contains(refused.Detail.ZH, "已取消") {
				d.Fatalf("%v", err)
			}
			_, err = d.files.Upload(d.Context(), d.owner.Editor.Actor, u.ID)
			d.Refused(err, fault.NotVisible)
		}
		if d.objects() != 0 {
			d.Errorf("%d objects", d.objects())
		}
		content := pdf(mega)
		u := d.begin("a.pdf", mega, true)
		d.send(u.ID, 0, content)
		_, err := d.files.Complete(d.Context(), d.owner.Editor, u.ID, files.Completion{SHA256: strings.Repeat("0", 64)})
		if refused, is := fault.As(err); !is || len(refused.Fields) != 1 || !strings.Contains(refused.Fields[0].Message.ZH, "取消") {
			d.Errorf("%v", err)
		}
		if _, err = d.files.Complete(d.Context(), d.owner.Editor, u.ID, files.Completion{}); err != nil {
			d.Errorf("again: %v", err)
		}
	})
}

// A record's files go with it.
func TestADeletedDraftLeavesNoFiles(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		v := d.hang("a.pdf", pdf(100), true)
		_, err := d.results.Delete(d.Context(), d.owner.Editor, d.result, 1)
		d.Must(err)
		_, err = d.files.Get(d.Context(), d.owner.Editor.Actor, v.ID)
		d.Refused(err, fault.NotVisible)
		c.Clock.Set("2026-03-12T05:00:00Z")
		d.Must(d.files.Sweep(d.Context()))
		if d.objects() != 0 {
			d.Errorf("%d objects", d.objects())
		}
	})
}

func TestVerifyTellsWhatIsMissingOrChanged(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		for i, public := range []bool{true, true, false, false} {
			d.hang("a.pdf", pdf(1000+i), public)
		}
		i := 0
		for list := d.bucket.List(nil); ; i++ {
			o, err := list.Next(d.Context())
			if errors.Is(err, io.EOF) {
				break
			}
			d.Must(err)
			if i%2 == 0 {
				d.Must(d.bucket.Delete(d.Context(), o.Key))
			} else {
				d.Must(d.bucket.WriteAll(d.Context(), o.Key, make([]byte, o.Size), nil))
			}
		}
		report, err := d.files.Verify(d.Context())
		if err != nil || len(report.Problems) != 4 {
			d.Errorf("%+v, %v", report, err)
		}
		found, err := d.files.List(d.Context(), d.owner.Editor.Actor, files.Query{Kind: "result", Object: d.result})
		d.Must(err)
		for _, f := range found {
			if _, err := d.read(d.owner.Editor.Actor, f.ID); err == nil {
				d.Errorf("%s: damaged content is read", f.ID)
			}
		}
	})
}
