package publication_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/results"
	"jiebang/internal/work"
)

var names = publication.Names{Public: "open", Off: "closed"}

// Each act in each state: what it leads to, or wrong_state.
func TestAnEntryGoesItsWayAndNoOther(t *testing.T) {
	acts := map[string]func(*publication.Entry) error{
		"submit":   func(e *publication.Entry) error { return e.Submit(uuid.New(), names) },
		"return":   func(e *publication.Entry) error { return e.Return("请补充可测量的指标") },
		"publish":  func(e *publication.Entry) error { return e.Publish(uuid.New(), time.Now(), names) },
		"withdraw": func(e *publication.Entry) error { return e.Withdraw(names) },
		"delete":   func(e *publication.Entry) error { return e.MayBeDeleted() },
	}
	allowed := map[publication.State]map[string]publication.State{
		"draft":     {"submit": "submitted", "delete": "draft"},
		"submitted": {"return": "draft", "publish": "open"},
		"open":      {"withdraw": "closed"},
		"closed":    {"submit": "submitted"},
	}
	for state, moves := range allowed {
		for name, act := range acts {
			e := &publication.Entry{State: state}
			err := act(e)
			want, ok := moves[name]
			if !ok {
				want = state
			}
			if e.State != want || (err == nil) != ok || (!ok && !fault.WrongState.Of(err)) {
				t.Errorf("%s of what is %s: state %s, error %v; want %s", name, state, e.State, err, want)
			}
		}
	}
	now := time.Now()
	if err := (&publication.Entry{State: publication.Draft, PublishedAt: &now}).MayBeDeleted(); !fault.WrongState.Of(err) {
		t.Errorf("what others may have seen is deleted: %v", err)
	}
}

type house struct {
	*casttest.Cast
	results        *results.Service
	org            uuid.UUID
	editor, second work.Call
}

func setUp(c *casttest.Cast) *house {
	o := c.Organization("盛北理工大学", "university", "210112")
	return &house{Cast: c, results: results.New(c.Unit), org: o.ID, editor: o.Editor, second: o.Second}
}

func (h *house) input(title string) results.Input {
	return results.Input{Owner: h.org, Content: results.Content{Title: title, Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Field: "environment"}}
}

// published makes a published result, which has version 3 then.
func (h *house) published() uuid.UUID {
	h.Helper()
	id := casttest.Create(h.Cast, h.editor, h.results.Create, h.input("低温等离子体废气净化装置"))
	casttest.Change(h.Cast, h.editor, h.results.Submit, id, 1)
	casttest.Change(h.Cast, h.second, h.results.Publish, id, 2)
	return id
}

func (h *house) read(reader policy.Actor, id uuid.UUID) results.View {
	h.Helper()
	v, err := h.results.Get(h.Context(), reader, id)
	h.Must(err)
	return v
}

func (h *house) open(reader policy.Actor, id uuid.UUID) results.View {
	h.Helper()
	v, err := h.results.GetRevision(h.Context(), reader, id)
	h.Must(err)
	return v
}

func TestWhatIsPublishedStaysUntilItsRevisionHasPassedTheSameEyes(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		ctx, id := h.Context(), h.published()
		rev := casttest.Decide(c, h.editor, h.results.Replace, id, 3, h.input("第二代废气净化装置"))
		if rev.Title != "第二代废气净化装置" || rev.Version != 4 || rev.State != results.Published || rev.Revision == nil || rev.Revision.State != publication.Draft {
			h.Errorf("the revision: %+v", rev)
		}
		for who, reader := range map[string]policy.Actor{"a visitor": {}, "a stranger": c.Person("stranger").Actor} {
			if v := h.read(reader, id); v.Title != "低温等离子体废气净化装置" || v.Version != 3 || v.Revision != nil {
				h.Errorf("%s reads %+v", who, v)
			}
			_, err := h.results.GetRevision(ctx, reader, id)
			h.Refused(err, fault.NotVisible)
		}
		if v := h.read(h.second.Actor, id); v.Version != 3 || v.Title != "低温等离子体废气净化装置" || v.Revision == nil || v.Revision.Version != 4 || v.Revision.By == "" {
			h.Errorf("a member reads %+v with %+v", v, v.Revision)
		}
		if v := h.open(c.Operator.Actor, id); v.Title != "第二代废气净化装置" || v.Version != 4 {
			h.Errorf("the operator reads %+v", v)
		}

		_, err := h.results.Submit(ctx, h.editor, id, 3) // the record's tag is not the revision's
		h.Refused(err, fault.VersionStale)
		_, err = h.results.Publish(ctx, h.second, id, 4)
		h.Refused(err, fault.WrongState)
		casttest.Change(c, h.editor, h.results.Submit, id, 4)
		_, err = h.results.Publish(ctx, h.editor, id, 5)
		h.Refused(err, fault.OwnDecision)
		_, err = h.results.Return(ctx, h.editor, id, 5, "自己退回")
		h.Refused(err, fault.OwnDecision)
		returned := casttest.Decide(c, h.second, h.results.Return, id, 5, "请写明风量")
		if returned.Revision == nil || returned.Revision.ReturnReason != "请写明风量" || returned.Revision.State != publication.Draft || returned.ReturnReason != "" {
			h.Errorf("returned: %+v, %+v", returned, returned.Revision)
		}
		casttest.Decide(c, h.editor, h.results.Replace, id, 6, h.input("第二代废气净化装置，每小时五万立方米"))
		casttest.Change(c, h.editor, h.results.Submit, id, 7)
		before := h.read(policy.Actor{}, id)
		after := casttest.Change(c, h.second, h.results.Publish, id, 8)
		if after.Title != "第二代废气净化装置，每小时五万立方米" || after.Version != 9 || after.Revision != nil || !after.PublishedAt.Equal(*before.PublishedAt) {
			h.Errorf("published: %+v, %+v", after, after.Revision)
		}
		if v := h.read(policy.Actor{}, id); v.Title != after.Title || v.Version != 9 {
			h.Errorf("a visitor reads %+v", v)
		}
		_, err = h.results.GetRevision(ctx, h.editor.Actor, id)
		h.Refused(err, fault.NoRevision)
	})
}

func TestARevisionChangesSomethingAndNothingThatIsLive(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		ctx, id := h.Context(), h.published()
		_, err := h.results.Replace(ctx, h.editor, id, 3, h.input("低温等离子体废气净化装置"))
		h.Refused(err, fault.InvalidInput)
		in := h.input("第二代废气净化装置")
		in.Offer.Price = &results.Price{Kind: "negotiable"}
		_, err = h.results.Replace(ctx, h.editor, id, 3, in)
		h.Refused(err, fault.InvalidInput)
		casttest.Decide(c, h.editor, h.results.Replace, id, 3, h.input("第二代废气净化装置"))
		// Back to what is published: there would be nothing to look at.
		_, err = h.results.Replace(ctx, h.editor, id, 4, h.input("低温等离子体废气净化装置"))
		h.Refused(err, fault.InvalidInput)
		if v := h.open(h.editor.Actor, id); v.Title != "第二代废气净化装置" || v.Version != 4 {
			h.Errorf("%+v", v)
		}

		live := results.OfferInput{Offer: results.Offer{Price: &results.Price{Kind: "negotiable"}, Availability: results.InNegotiation}}
		_, err = h.results.SetOffer(ctx, h.editor, id, 4, live)
		h.Refused(err, fault.VersionStale) // the revision's tag is not the record's
		v := casttest.Decide(c, h.editor, h.results.SetOffer, id, 3, live)
		if v.Version != 5 || v.Availability != results.InNegotiation || v.Title != "低温等离子体废气净化装置" || v.Revision == nil || v.Revision.Version != 4 {
			h.Errorf("the offer: %+v, %+v", v, v.Revision)
		}
		casttest.Change(c, h.editor, h.results.Submit, id, 4)
		if v := casttest.Change(c, h.second, h.results.Publish, id, 6); v.Price == nil || v.Availability != results.InNegotiation || v.Title != "第二代废气净化装置" {
			h.Errorf("a revision lost what had gone live beside it: %+v", v)
		}
	})
}

func TestNoTagIsGivenTwice(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		ctx, id := h.Context(), h.published()
		casttest.Decide(c, h.editor, h.results.Replace, id, 3, h.input("修订一"))
		dropped := casttest.Change(c, h.editor, h.results.Drop, id, 4)
		if dropped.Version != 3 || dropped.Revision != nil || dropped.Title != "低温等离子体废气净化装置" {
			h.Errorf("dropped: %+v, %+v", dropped, dropped.Revision)
		}
		_, err := h.results.Drop(ctx, h.editor, id, 4)
		h.Refused(err, fault.NoRevision)
		again := casttest.Decide(c, h.second, h.results.Replace, id, 3, h.input("修订二"))
		if again.Version <= 4 {
			h.Errorf("the new revision bears tag %d, which the dropped one had", again.Version)
		}
		_, err = h.results.Replace(ctx, h.editor, id, 4, h.input("修订一，接着写"))
		h.Refused(err, fault.VersionStale)
		_, err = h.results.Replace(ctx, h.editor, id, 3, h.input("没有看到修订二"))
		h.Refused(err, fault.VersionStale)
	})
}

func TestWithdrawalClosesTheRevisionAndTheRecordComesBackByTheSameEyes(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		ctx, id := h.Context(), h.published()
		rev := casttest.Decide(c, h.editor, h.results.Replace, id, 3, h.input("修订"))
		casttest.Change(c, h.editor, h.results.Submit, id, rev.Version)
		off := casttest.Change(c, h.second, h.results.Withdraw, id, 3)
		if off.State != results.Withdrawn || off.Revision != nil || off.Version <= rev.Version+1 || off.Title != "低温等离子体废气净化装置" {
			h.Errorf("withdrawn: %+v, %+v", off, off.Revision)
		}
		_, err := h.results.Publish(ctx, h.second, id, rev.Version+1)
		h.Refused(err, fault.VersionStale)
		_, err = h.results.GetRevision(ctx, h.editor.Actor, id)
		h.Refused(err, fault.NoRevision)
		_, err = h.results.Delete(ctx, h.editor, id, off.Version)
		h.Refused(err, fault.WrongState)

		edited := casttest.Decide(c, h.editor, h.results.Replace, id, off.Version, h.input("重新整理的装置"))
		if edited.State != results.Withdrawn || edited.Revision != nil {
			h.Errorf("edited: %+v", edited)
		}
		_, err = h.results.Get(ctx, policy.Actor{}, id)
		h.Refused(err, fault.NotVisible)
		waiting := casttest.Change(c, h.editor, h.results.Submit, id, edited.Version)
		_, err = h.results.Publish(ctx, h.editor, id, waiting.Version)
		h.Refused(err, fault.OwnDecision)
		back := casttest.Change(c, h.second, h.results.Publish, id, waiting.Version)
		if back.State != results.Published || h.read(policy.Actor{}, id).Title != "重新整理的装置" {
			h.Errorf("back: %+v", back)
		}
	})
}

func TestADraftIsDeletedWithWhatItIsCalledElsewhere(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		in := h.input("写错了的草稿")
		in.External = named("erp", "N-7")
		id := casttest.Create(c, h.editor, h.results.Create, in)
		_, err := h.results.Create(h.Context(), h.editor, in)
		h.Refused(err, fault.ExternalIDTaken)
		_, err = h.results.Delete(h.Context(), c.Operator, id, 1)
		h.Refused(err, fault.NotAllowed)
		_, err = h.results.Delete(h.Context(), h.second, id, 2)
		h.Refused(err, fault.VersionStale)
		call := h.second
		call.Operation, call.Key, call.Fingerprint = "deleteResult", "k", "f"
		for range 2 { // the second time is a replay
			_, err = h.results.Delete(h.Context(), call, id, 1)
			h.Must(err)
		}
		_, err = h.results.Get(h.Context(), h.editor.Actor, id)
		h.Refused(err, fault.NotVisible)
		casttest.Create(c, h.editor, h.results.Create, in)
	})
}

// The answer to a repeated call is the revision as it is now.
func TestARepeatedRevisionIsMadeOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		id := h.published()
		call := h.editor
		call.Operation, call.Key, call.Fingerprint = "replaceResult", "k", "f"
		first, err := h.results.Replace(h.Context(), call, id, 3, h.input("修订"))
		h.Must(err)
		again, err := h.results.Replace(h.Context(), call, id, 3, h.input("修订"))
		h.Must(err)
		if first.Replayed || !again.Replayed || again.View.Version != 4 || again.View.Title != "修订" {
			h.Errorf("first %+v, again %+v", first, again)
		}
	})
}

// Whatever comes first, one of them finds the other's work: never is there a revision of what was withdrawn, and no change is lost.
func TestARevisionAndAWithdrawalAtOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		for round := range 6 {
			id := h.published()
			var all sync.WaitGroup
			var revised, withdrawn error
			all.Go(func() {
				_, revised = h.results.Replace(h.Context(), h.editor, id, 3, h.input(fmt.Sprint("修订", round)))
			})
			all.Go(func() { _, withdrawn = h.results.Withdraw(h.Context(), h.second, id, 3) })
			all.Wait()
			h.Must(withdrawn) // the record's version stands still while it is revised
			if revised != nil && !fault.VersionStale.Of(revised) {
				h.Errorf("revised: %v", revised)
			}
			if v := h.read(h.editor.Actor, id); v.State != results.Withdrawn || v.Revision != nil {
				h.Errorf("%+v, %+v", v, v.Revision)
			}
			_, err := h.results.GetRevision(h.Context(), h.editor.Actor, id)
			h.Refused(err, fault.NoRevision)
		}
	})
}

func TestOfManyRevisionsAtOnceOneIsMade(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		id := h.published()
		outcomes := make([]error, 8)
		var all sync.WaitGroup
		for i := range outcomes {
			all.Go(func() {
				_, outcomes[i] = h.results.Replace(h.Context(), h.editor, id, 3, h.input(fmt.Sprint("修订", i)))
			})
		}
		all.Wait()
		made := -1
		for i, err := range outcomes {
			switch {
			case err == nil && made < 0:
				made = i
			case !fault.VersionStale.Of(err):
				h.Errorf("%d: %v, after %d", i, err, made)
			}
		}
		if v := h.open(h.editor.Actor, id); made < 0 || v.Title != fmt.Sprint("修订", made) || v.Version != 4 {
			h.Errorf("made %d, read %+v", made, v)
		}
	})
}
func named(scheme, id string) []external.ID { return []external.ID{{Scheme: scheme, ID: id}} }
