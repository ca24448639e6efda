package records

import (
	"context"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/changes"
	"jiebang/internal/work"
)

// ChangeRoutes hangs the feed of changes on the edge.
func ChangeRoutes(e *edge.Edge, s *changes.Service) {
	edge.Plain(e, "followChanges", func(ctx context.Context, call work.Call, q changes.Query) (wire.ChangePage, error) {
		page, err := s.Follow(ctx, call.Actor, q)
		out := wire.ChangePage{Items: make([]wire.Change, len(page.Entries)), Cursor: page.Cursor, More: page.More}
		for i, c := range page.Entries {
			out.Items[i] = wire.Change{
				Id: c.ID, Kind: wire.ChangeKind(c.Kind), ObjectId: c.Object, Version: c.Version, Event: wire.ChangeEvent(c.Event), Readable: c.Readable(),
				Path: wire.Some(c.Path), At: c.At,
			}
		}
		return out, err
	})
}
