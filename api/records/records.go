// Package records is the HTTP edge of what records of every kind have in common.
package records

import (
	"context"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/external"
	"jiebang/internal/work"
)

// Routes hangs it on the edge.
func Routes(e *edge.Edge, s *external.Service) {
	edge.Plain(e, "findExternalId", func(ctx context.Context, call work.Call, q external.Query) (wire.RecordRefList, error) {
		found, err := s.Find(ctx, call.Actor, q)
		out := wire.RecordRefList{Items: make([]wire.RecordRef, len(found))}
		for i, f := range found {
			out.Items[i] = wire.RecordRef{Kind: wire.RecordKind(f.Kind.Noun), KindName: f.Kind.ZH, Id: f.ID, Path: f.Kind.Path + "/" + f.ID.String()}
		}
		return out, err
	})
}
