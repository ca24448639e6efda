package publication

import (
	"context"

	"github.com/google/uuid"

	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Service is the use cases of a kind that need nothing of it but its rules. The kind's own service embeds it.
type Service[R any, P Listing[R, C], C Content, V any] struct {
	unit     *work.Unit
	listings *Listings[R, P, C, V]
}

// NewService makes the use cases of a kind.
func NewService[R any, P Listing[R, C], C Content, V any](u *work.Unit, l *Listings[R, P, C, V]) Service[R, P, C, V] {
	return Service[R, P, C, V]{u, l}
}

// Get reads one record.
func (s Service[R, P, C, V]) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (V, error) {
	return s.listings.Get(ctx, s.unit, reader, id)
}

// GetRevision reads the open revision of a record whole.
func (s Service[R, P, C, V]) GetRevision(ctx context.Context, reader policy.Actor, id uuid.UUID) (V, error) {
	return s.listings.Open(ctx, s.unit, reader, id)
}

// Submit hands a draft, what was taken off, or the open revision to a second person; the owner must be one who may publish.
func (s Service[R, P, C, V]) Submit(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Answer[V], error) {
	return s.listings.Submit(ctx, s.unit, call, id, version)
}

// Return sends what was submitted back with a reason; by another than the one who submitted.
func (s Service[R, P, C, V]) Return(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (work.Answer[V], error) {
	return s.listings.Return(ctx, s.unit, call, id, version, reason)
}

// TakeBack gives what was submitted back to its writers; by the one who submitted it.
func (s Service[R, P, C, V]) TakeBack(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Answer[V], error) {
	return s.listings.TakeBack(ctx, s.unit, call, id, version)
}

// Publish makes what was submitted public; by another than the one who submitted.
func (s Service[R, P, C, V]) Publish(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Answer[V], error) {
	return s.listings.Publish(ctx, s.unit, call, id, version)
}

// Drop ends the open revision.
func (s Service[R, P, C, V]) Drop(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Answer[V], error) {
	return s.listings.Drop(ctx, s.unit, call, id, version)
}

// Delete removes a draft that never was public.
func (s Service[R, P, C, V]) Delete(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.listings.Delete(ctx, s.unit, call, id, version)
}
