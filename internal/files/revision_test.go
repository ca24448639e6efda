package files_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/policy"
	"jiebang/internal/results"
)

// seen tells which files a reader finds on the result: name, whether it is public, and what it waits for.
func (d *desk) seen(reader policy.Actor) string {
	d.Helper()
	found, err := d.files.List(d.Context(), reader, files.Query{Kind: "result", Object: d.result})
	d.Must(err)
	var out []string
	for _, f := range found {
		out = append(out, fmt.Sprint(f.Name, f.Public, f.Revision))
	}
	slices.Sort(out)
	return fmt.Sprint(out)
}

func (d *desk) want(who string, reader policy.Actor, want ...string) {
	d.Helper()
	slices.Sort(want)
	if got := d.seen(reader); got != fmt.Sprint(want) {
		d.Errorf("%s finds %s, want %v", who, got, want)
	}
}

func (d *desk) revision() results.View {
	d.Helper()
	v, err := d.results.GetRevision(d.Context(), d.owner.Editor.Actor, d.result)
	d.Must(err)
	return v
}

func (d *desk) off(id uuid.UUID, version int64) {
	d.Helper()
	_, err := d.files.Remove(d.Context(), d.owner.Editor, id, version)
	d.Must(err)
}

// What everybody may read of a published result changes with its revision, which another person has looked at: files are no other than words.
func TestPublicFilesChangeWithTheRevision(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		visitor, member := policy.Actor{}, d.owner.Second.Actor
		old := d.hang("旧.pdf", pdf(100), true)
		casttest.Change(c, d.owner.Editor, d.results.Submit, d.result, 1)
		casttest.Change(c, d.owner.Second, d.results.Publish, d.result, 2)

		// Hanging one opens the revision; the published version stands still.
		fresh := d.hang("新.pdf", pdf(3*mega), true)
		d.want("a visitor", visitor, "旧.pdftrue")
		d.want("a member", member, "旧.pdftrue", "新.pdffalseadded")
		if _, err := d.read(visitor, fresh.ID); !fault.NotVisible.Of(err) {
			c.Errorf("a visitor reads what is not published: %v", err)
		}
		if got, err := d.read(member, fresh.ID); err != nil || len(got) != 3*mega {
			c.Errorf("a member reads %d bytes, %v", len(got), err)
		}
		d.off(old.ID, 1)
		d.want("a visitor", visitor, "旧.pdftrue")
		d.want("a member", member, "旧.pdftrueremoved", "新.pdffalseadded")
		_, err := d.files.Remove(d.Context(), d.owner.Editor, old.ID, 2)
		c.Refused(err, fault.WrongState)

		// A second person looks at what was submitted, and at nothing that changes meanwhile.
		rev := d.revision()
		submitted := casttest.Change(c, d.owner.Editor, d.results.Submit, d.result, rev.Version)
		_, err = d.files.Begin(d.Context(), d.owner.Editor, files.Input{Kind: "result", Object: d.result, Name: "x.pdf", Size: 9, Public: true})
		c.Refused(err, fault.WrongState)
		_, err = d.files.Remove(d.Context(), d.owner.Editor, fresh.ID, 1)
		c.Refused(err, fault.WrongState)
		_, err = d.results.Publish(d.Context(), d.owner.Editor, d.result, submitted.Version)
		c.Refused(err, fault.OwnDecision)
		published := casttest.Change(c, d.owner.Second, d.results.Publish, d.result, submitted.Version)
		d.want("a visitor", visitor, "新.pdftrue")
		d.want("a member", member, "新.pdftrue")
		if got, err := d.read(visitor, fresh.ID); err != nil || len(got) != 3*mega {
			c.Errorf("a visitor reads %d bytes, %v", len(got), err)
		}
		_, err = d.files.Get(d.Context(), member, old.ID)
		c.Refused(err, fault.NotVisible)

		// Dropped, it is as if nothing had been.
		d.hang("弃.pdf", pdf(200), true)
		d.off(fresh.ID, 2)
		casttest.Change(c, d.owner.Editor, d.results.Drop, d.result, d.revision().Version)
		d.want("a member", member, "新.pdftrue")

		// Likewise with a withdrawal, which closes the revision.
		d.hang("撤.pdf", pdf(300), true)
		casttest.Change(c, d.owner.Editor, d.results.Withdraw, d.result, published.Version)
		d.want("a member", member, "新.pdftrue")
		d.hang("补.pdf", pdf(400), true) // of what is off, at once
		d.want("a member", member, "新.pdftrue", "补.pdftrue")
		if report, err := d.files.Verify(d.Context()); err != nil || len(report.Problems) > 0 || report.Files != 2 {
			c.Errorf("%+v, %v", report, err)
		}
	})
}

// A revision changes something: its words, or what hangs on it.
func TestARevisionOfFilesAloneChangesSomething(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		casttest.Change(c, d.owner.Editor, d.results.Submit, d.result, 1)
		casttest.Change(c, d.owner.Second, d.results.Publish, d.result, 2)
		same := results.Input{Owner: d.owner.ID, Content: d.published().Content}
		_, err := d.results.Replace(d.Context(), d.owner.Editor, d.result, 3, same)
		c.Refused(err, fault.InvalidInput)
		hung := d.hang("新.pdf", pdf(100), true)
		casttest.Decide(c, d.owner.Editor, d.results.Replace, d.result, d.revision().Version, same) // its words are as they were, and a file is new
		d.off(hung.ID, 1)
		d.want("a member", d.owner.Editor.Actor)
		_, err = d.results.Submit(d.Context(), d.owner.Editor, d.result, d.revision().Version)
		c.Refused(err, fault.InvalidInput) // nothing is left of it
		_, err = d.results.Replace(d.Context(), d.owner.Editor, d.result, d.revision().Version, same)
		c.Refused(err, fault.InvalidInput)
		// An upload that is never completed leaves no revision behind.
		casttest.Change(c, d.owner.Editor, d.results.Drop, d.result, d.revision().Version)
		d.begin("x.pdf", 9, true)
		_, err = d.results.GetRevision(d.Context(), d.owner.Editor.Actor, d.result)
		c.Refused(err, fault.NoRevision)
		// Nor does a removal that comes with an old version.
		_, err = d.files.Remove(d.Context(), d.owner.Editor, d.hang("内部.pdf", pdf(10), false).ID, 7)
		c.Refused(err, fault.VersionStale)
	})
}

func (d *desk) published() results.View {
	d.Helper()
	v, err := d.results.Get(d.Context(), d.owner.Editor.Actor, d.result)
	d.Must(err)
	return v
}

// The publication of a revision and another file at once: either the file is part of what was looked at, or of a revision to come.
func TestAFileAndThePublicationAtOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		casttest.Change(c, d.owner.Editor, d.results.Submit, d.result, 1)
		casttest.Change(c, d.owner.Second, d.results.Publish, d.result, 2)
		d.hang("一.pdf", pdf(100), true)
		submitted := casttest.Change(c, d.owner.Editor, d.results.Submit, d.result, d.revision().Version)
		returned := casttest.Decide(c, d.owner.Second, d.results.Return, d.result, submitted.Version, "请补充")
		late := d.begin("二.pdf", 200, true)
		d.send(late.ID, 0, pdf(200))
		again := casttest.Change(c, d.owner.Editor, d.results.Submit, d.result, returned.Version)
		var completed, published error
		together(2, func(i int) {
			if i == 0 {
				_, completed = d.complete(late.ID)
			} else {
				_, published = d.results.Publish(d.Context(), d.owner.Second, d.result, again.Version)
			}
		})
		c.Must(published)
		if completed != nil && !fault.WrongState.Of(completed) {
			c.Errorf("completed: %v", completed)
		}
		d.want("a visitor", policy.Actor{}, "一.pdftrue")
		if completed == nil {
			d.want("a member", d.owner.Second.Actor, "一.pdftrue", "二.pdffalseadded")
		}
	})
}
