package files_test

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"jiebang/internal/casttest"
	"jiebang/internal/fault"
	"jiebang/internal/files"
)

// together runs something several times at once.
func together(n int, fn func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	all.Wait()
}

func TestTwoOfOneContentAtOnceBothSucceed(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		data := pdf(5 * mega)
		const n = 8
		var ids [n]files.Upload
		for i := range n {
			ids[i] = d.begin("同.pdf", len(data), true)
			d.send(ids[i].ID, 0, data)
		}
		var views [n]files.View
		var errs [n]error
		together(n, func(i int) { views[i], errs[i] = d.complete(ids[i].ID) })
		for i := range n {
			if errs[i] != nil || views[i].ContentID != views[0].ContentID {
				d.Errorf("%+v, %v", views[i], errs[i])
			}
		}
		if d.objects() != 3 {
			d.Errorf("%d objects, want the parts of one", d.objects())
		}
		if report, err := d.files.Verify(t.Context()); err != nil || len(report.Problems) > 0 || report.Contents != 1 || report.Files != n {
			d.Errorf("%+v, %v", report, err)
		}
	})
}

func TestTwoWhoCompleteOneUploadMakeOneFile(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		u := d.begin("一.pdf", 1000, false)
		d.send(u.ID, 0, pdf(1000))
		var errs [8]error
		together(8, func(i int) { _, errs[i] = d.complete(u.ID) })
		done := 0
		for _, err := range errs {
			switch {
			case err == nil:
				done++
			case !fault.NotVisible.Of(err):
				d.Error(err)
			}
		}
		found, err := d.files.List(t.Context(), d.owner.Editor.Actor, files.Query{Kind: "result", Object: d.result})
		if done != 1 || err != nil || len(found) != 1 {
			d.Errorf("done %d times, %d files, %v", done, len(found), err)
		}
	})
}

// Content whose time is over is taken away at the moment in which somebody hangs the same again: either is right, and what was hung is whole.
func TestRemovalRacesWithTheSameContent(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		data := pdf(1000)
		kept, made := 0, 0
		for range 20 {
			first := d.hang("一.pdf", data, true)
			u := d.begin("二.pdf", len(data), true)
			d.send(u.ID, 0, data)
			_, err := d.files.Remove(t.Context(), d.owner.Editor, first.ID, 1)
			d.Must(err)
			d.Clock.Set(d.Clock.Now().Add(25 * time.Hour).Format(time.RFC3339))
			var second files.View
			var errs [3]error
			together(3, func(i int) {
				if i == 1 {
					second, errs[i] = d.complete(u.ID)
				} else {
					errs[i] = d.files.Sweep(t.Context())
				}
			})
			for _, err := range errs {
				d.Must(err)
			}
			if got, err := d.read(d.owner.Editor.Actor, second.ID); err != nil || !bytes.Equal(got, data) {
				d.Fatalf("what was hung is gone: %v", err)
			}
			if second.ContentID == first.ContentID {
				kept++
			} else {
				made++
			}
			if d.objects() != 1 {
				d.Fatalf("%d objects", d.objects())
			}
			_, err = d.files.Remove(t.Context(), d.owner.Editor, second.ID, 1)
			d.Must(err)
			d.Clock.Set(d.Clock.Now().Add(25 * time.Hour).Format(time.RFC3339))
			d.Must(d.files.Sweep(t.Context()))
		}
		t.Logf("the content was taken over %d times and made anew %d times", kept, made)
	})
}

// Two requests that send one upload at once do not mix their bytes: the later one goes on, and the other is told.
func TestTwoWhoSendOneUploadDoNotMix(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		data := pdf(9 * mega)
		for range 5 {
			u := d.begin("大.pdf", len(data), true)
			var errs [4]error
			together(4, func(i int) {
				_, errs[i] = d.files.Receive(t.Context(), d.owner.Editor.Actor, u.ID, 0, bytes.NewReader(data))
			})
			done := 0
			for _, err := range errs {
				if err == nil {
					done++
				} else if !fault.UploadOffset.Of(err) {
					d.Error(err)
				}
			}
			now, err := d.files.Upload(t.Context(), d.owner.Editor.Actor, u.ID)
			d.Must(err)
			if done == 0 || now.Received != int64(len(data)) {
				d.Fatalf("%d done, %d received", done, now.Received)
			}
			v, err := d.complete(u.ID)
			d.Must(err)
			if got, err := d.read(d.owner.Editor.Actor, v.ID); err != nil || !bytes.Equal(got, data) {
				d.Errorf("what is read is not what was sent: %v", err)
			}
			_, err = d.files.Remove(t.Context(), d.owner.Editor, v.ID, 1)
			d.Must(err)
		}
	})
}

func TestUploadsThatBeginAtOnceHaveTheirPlaces(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		var errs [2 * files.MaxUploads]error
		together(len(errs), func(i int) {
			_, errs[i] = d.files.Begin(t.Context(), d.owner.Editor, files.Input{Kind: "result", Object: d.result, Name: "a.pdf", Size: 9, Public: true})
		})
		begun := 0
		for _, err := range errs {
			if err == nil {
				begun++
			} else if !fault.TooManyUploads.Of(err) {
				d.Error(err)
			}
		}
		if begun != files.MaxUploads {
			d.Errorf("%d begun", begun)
		}
	})
}
