package accounts

import (
	"context"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/inbox"
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
}

func writtenItem(v *inbox.View) wire.InboxItem {
	return wire.InboxItem{
		Id: v.ID, Event: v.Deed, Text: v.Text.ZH, TextEn: v.Text.EN, ObjectKind: v.ObjectKind, ObjectId: v.ObjectID, Title: wire.Some(v.Title), Path: v.Path, At: v.At.UTC(), ReadAt: v.ReadAt,
	}
}
