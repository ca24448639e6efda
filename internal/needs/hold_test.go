package needs_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/listing"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// hold and release are what a challenge does with the need that it came from.
func (h *house) hold(need, challenge uuid.UUID) error {
	_, err := h.Unit.Do(h.Context(), h.operator, func(tx *work.Tx) error { return needs.Hold(tx, need, challenge) })
	return err
}

func (h *house) release(need, challenge uuid.UUID, outcome needs.CloseReason) error {
	_, err := h.Unit.Do(h.Context(), h.operator, func(tx *work.Tx) error { return needs.Release(tx, need, challenge, outcome) })
	return err
}

func (h *house) read(ctx context.Context, reader policy.Actor, id uuid.UUID) needs.View {
	h.Helper()
	v, err := h.needs.Get(ctx, reader, id)
	h.Must(err)
	return v
}

// found is what search may know of a need.
func (h *house) found(id uuid.UUID) kinds.Document {
	h.Helper()
	records, err := needs.Kind.Load(db.AsStored(h.DB.Reader.WithContext(h.Context())), []uuid.UUID{id})
	h.Must(err)
	return needs.Kind.Document(records[0])
}

func TestAChallengeHoldsItsNeedUntilItEnds(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := verified(c), c.Context()
		id, challenge := h.open(), work.NewID()
		if d := h.found(id); !d.Public || !d.Matched {
			h.Fatalf("before: %+v", d)
		}
		h.Must(h.hold(id, challenge))
		h.Must(h.hold(id, challenge)) // once more does nothing
		h.Refused(h.hold(id, work.NewID()), fault.NeedHeld)

		for who, reader := range map[string]policy.Actor{"a visitor": {}, "a stranger": h.stranger.Actor} {
			if n := h.read(ctx, reader, id); n.State != needs.Open || !n.Held || n.HeldBy != nil {
				h.Errorf("%s reads %+v", who, n)
			}
		}
		n := h.read(ctx, h.editor.Actor, id)
		if n.Version != 4 || !n.Held || n.HeldBy == nil || *n.HeldBy != challenge {
			h.Errorf("a member reads %+v", n)
		}
		for _, act := range n.Actions {
			if act == "closeNeed" {
				h.Error("closeNeed is offered of a held need")
			}
		}
		if d := h.found(id); d.Public || d.Matched {
			h.Errorf("a held need is found or matched: %+v", d)
		}
		h.refused(fault.NeedHeld)(h.needs.Close(ctx, h.editor, id, 4, needs.Withdrawn))
		for who, reader := range map[string]policy.Actor{"a visitor": {}, "a stranger": h.stranger.Actor} {
			_, err := h.needs.List(ctx, reader, needs.Filter{Held: true}, db.Paging{Limit: 20})
			if h.Refused(err, fault.InvalidInput); err == nil {
				h.Errorf("%s finds what is held", who)
			}
		}
		for _, reader := range []policy.Actor{h.operator.Actor, h.editor.Actor} {
			held, err := h.needs.List(ctx, reader, needs.Filter{Held: true, Narrowing: listing.Narrowing{Owner: n.Owner.ID}}, db.Paging{Limit: 20})
			if h.Must(err); len(held.Items) != 1 {
				h.Errorf("%d held needs are listed", len(held.Items))
			}
		}

		h.Must(h.release(id, work.NewID(), needs.Solved)) // another's hold stays
		if n := h.read(ctx, h.editor.Actor, id); !n.Held {
			h.Error("another challenge released it")
		}
		h.Must(h.release(id, challenge, needs.Reopened))
		h.Must(h.release(id, challenge, needs.Solved)) // what is held no more stays as it is
		if n := h.read(ctx, policy.Actor{}, id); n.State != needs.Open || n.Held || n.Version != 5 {
			h.Errorf("released: %+v", n)
		}
		if d := h.found(id); !d.Public || !d.Matched {
			h.Errorf("released: %+v", d)
		}
		h.Must(h.hold(id, work.NewID()))
	})
}

func TestAHeldNeedClosesAsItsChallengeEnds(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := verified(c), c.Context()
		id, challenge := h.open(), work.NewID()
		h.Must(h.hold(id, challenge))
		h.Must(h.release(id, challenge, needs.Solved))
		if n := h.read(ctx, h.editor.Actor, id); n.State != needs.Closed || n.CloseReason != needs.Solved || n.Held {
			h.Errorf("%+v", n)
		}
		h.Refused(h.hold(id, challenge), fault.WrongState)
		h.Refused(h.hold(h.draft(content("冷却水结垢")), challenge), fault.WrongState)
		h.Refused(h.hold(uuid.New(), challenge), fault.NotVisible)
	})
}

func TestAHeldNeedOutlivesItsDeadlineAndNotTheHold(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := verified(c)
		id, late, challenge := h.open(), h.open(), work.NewID()
		h.Must(h.hold(id, challenge))
		h.Clock.Set(content("").Deadline.End().Format(time.RFC3339))
		ctx := h.Context()
		if n := h.read(ctx, policy.Actor{}, id); n.State != needs.Open || !n.Held {
			h.Errorf("past its deadline: %+v", n)
		}
		open, err := h.needs.List(ctx, h.editor.Actor, needs.Filter{State: needs.Open}, db.Paging{Limit: 20})
		if h.Must(err); len(open.Items) != 1 || open.Items[0].ID != id {
			h.Errorf("open past the deadline: %+v", open.Items)
		}
		_, err = h.Unit.Do(ctx, h.operator, func(tx *work.Tx) error { return needs.Hold(tx, late, work.NewID()) })
		h.Refused(err, fault.WrongState)

		_, err = h.Unit.Do(ctx, h.operator, func(tx *work.Tx) error { return needs.Release(tx, id, challenge, needs.Reopened) })
		h.Must(err)
		if n := h.read(ctx, h.editor.Actor, id); n.State != needs.Closed || n.CloseReason != needs.Expired {
			h.Errorf("released past its deadline: %+v", n)
		}
	})
}

// When a need became a challenge, and was one no more, is told to no stranger: neither by its time nor by a public Change.
func TestWhenANeedIsHeldIsToldToNoStranger(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h, ctx := verified(c), c.Context()
		id, challenge := h.open(), work.NewID()
		before := h.read(ctx, policy.Actor{}, id)
		check := func(deed work.Deed, version int64) {
			h.Helper()
			now := h.read(ctx, policy.Actor{}, id)
			if !now.UpdatedAt.Equal(before.UpdatedAt) || now.Version != version {
				h.Errorf("%s: version %d of %s, before %d of %s", deed, now.Version, now.UpdatedAt, before.Version, before.UpdatedAt)
			}
			var told []work.OutboxRow
			h.Must(h.DB.Reader.Where("object_id = ? AND kind = ?", id, deed).Find(&told).Error)
			if len(told) != 1 || told[0].WasPublic || told[0].IsPublic || told[0].OwnerID == nil {
				h.Errorf("%s is told by %+v", deed, told)
			}
		}
		h.Clock.Set("2026-03-20T02:00:00Z")
		h.Must(h.hold(id, challenge))
		check("need.hold", before.Version+1)
		h.Clock.Set("2026-03-21T02:00:00Z")
		h.Must(h.release(id, challenge, needs.Reopened))
		check("need.release", before.Version+2)
	})
}
