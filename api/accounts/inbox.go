package accounts

import (
	"context"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/inbox"
	"jiebang/internal/match"
	"jiebang/internal/work"
)

// InboxRoutes hangs the operations on messages on the edge.
func InboxRoutes(e *edge.Edge, s *inbox.Service) {
	edge.List(e, "listInbox", edge.Kind[inbox.View, wire.InboxItem]{Wire: writtenItem}, s.List)
	edge.Plain(e, "readInbox", func(ctx context.Context, call work.Call, q struct {
		Body *wire.InboxRead `body:"yes"`
	}) (wire.InboxMarked, error) {
		var in inbox.Marked
		if q.Body != nil { // it may be left out, and is refused for that like an empty one
			in = inbox.Marked{IDs: wire.List(q.Body.Ids), Until: q.Body.Until}
		}
		n, err := s.MarkRead(ctx, call.Actor, in)
		return wire.InboxMarked{Marked: n}, err
	})
	edge.Plain(e, "getInboxMail", func(ctx context.Context, call work.Call, _ struct{}) (wire.InboxMail, error) {
		return mailed(s.Mailing(ctx, call.Actor))
	})
	edge.Plain(e, "setInboxMail", func(ctx context.Context, call work.Call, q struct {
		Body *wire.InboxMailInput `body:"yes"`
	}) (wire.InboxMail, error) {
		return mailed(s.SetMailing(ctx, call, match.Frequency(q.Body.Frequency)))
	})
	edge.Plain(e, "unsubscribeInbox", func(ctx context.Context, call work.Call, q struct {
		Token string `query:"token"`
	}) (edge.None, error) {
		return edge.None{}, s.Unsubscribe(ctx, call, q.Token)
	})
}

func mailed(m inbox.Mailing, err error) (wire.InboxMail, error) {
	return wire.InboxMail{Frequency: wire.InboxMailFrequency(m.Frequency), HasAddress: m.HasAddress}, err
}

func writtenItem(v *inbox.View) wire.InboxItem {
	w := wire.InboxItem{
		Id: v.ID, Event: v.Deed, Text: v.Text.ZH, TextEn: v.Text.EN, ObjectKind: v.ObjectKind, ObjectId: v.ObjectID, Title: wire.Some(v.Title), Path: v.Path, At: v.At.UTC(), ReadAt: v.ReadAt,
		ForKind: wire.Some(v.ForKind), ForId: v.ForID, ForPath: wire.Some(v.ForPath),
	}
	if !v.FoundOn.IsZero() || v.ForKind != "" || v.Amount > 1 {
		w.Amount = wire.Ptr(int32(v.Amount))
	}
	return w
}
