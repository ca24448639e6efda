package api

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime/types"

	"jiebang/api/gen/wire"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// callFor is the request as a call of a use case.
func callFor(ctx context.Context) work.Call {
	return work.Call{
		Operation: OperationID(ctx), Actor: actorOf(ctx), Key: KeyOf(ctx), Fingerprint: FingerprintOf(ctx), RequestID: RequestID(ctx),
	}
}

// changedHeaders and createdHeaders have the shape of every generated header type of a change and of a creation.
type changedHeaders struct {
	ETag                *string
	IdempotencyReplayed *bool
}

type createdHeaders struct {
	ETag                *string
	IdempotencyReplayed *bool
	Location            *string
}

// reader reads one object as the caller may see it, with its version.
type reader[T any] func(ctx context.Context, id uuid.UUID) (T, int64, error)

// changed answers a change or transition: with the object as it is now, which is also the answer to a replay.
func changed[T any](ctx context.Context, read reader[T]) func(work.Done, error) (T, changedHeaders, error) {
	return func(done work.Done, err error) (T, changedHeaders, error) {
		var none T
		if err != nil {
			return none, changedHeaders{}, err
		}
		object, version, err := read(ctx, done.ID)
		if err != nil {
			return none, changedHeaders{}, err
		}
		h := changedHeaders{ETag: ptr(ETag(version))}
		if done.Replayed {
			h.IdempotencyReplayed = ptr(true)
		}
		return object, h, nil
	}
}

// created is changed for a new object, which lives at path and its id.
func created[T any](ctx context.Context, path string, read reader[T]) func(work.Done, error) (T, createdHeaders, error) {
	return func(done work.Done, err error) (T, createdHeaders, error) {
		object, h, err := changed(ctx, read)(done, err)
		return object, createdHeaders{ETag: h.ETag, IdempotencyReplayed: h.IdempotencyReplayed, Location: ptr(path + done.ID.String())}, err
	}
}

// versionOf is the version in an If-Match header, which validation has let through.
func versionOf(ifMatch string) int64 {
	v, _ := ParseETag(ifMatch)
	return v
}

const defaultLimit = 20

// paging is the page that a list operation asks for; filters are what its cursor is bound to.
func paging(ctx context.Context, limit *int, cursor *string, filters any) db.Paging {
	return db.Paging{Limit: valueOr(limit, defaultLimit), Cursor: value(cursor), Query: db.QueryKey(OperationID(ctx), filters)}
}

func ptr[T any](v T) *T { return &v }

// value is what an optional field holds, or its zero.
func value[T any](p *T) T {
	var none T
	return valueOr(p, none)
}

func valueOr[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// text is an optional string filter or field of any string type.
func text[T ~string](p *T) string { return string(value(p)) }

// some is an optional field of an answer: absent when there is nothing.
func some[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}

// list makes sure that an empty list is written as one.
func list[T any](p *[]T) []T {
	if p == nil || *p == nil {
		return []T{}
	}
	return *p
}

// plain turns a list of an enumeration into plain strings.
func plain[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, v := range in {
		out[i] = string(v)
	}
	return out
}

// named turns plain strings into a list of an enumeration.
func named[T ~string](in []string) []T {
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = T(v)
	}
	return out
}

func wireMoney(f money.Fen) wire.Money {
	return wire.Money{Amount: f.String(), Currency: wire.CurrencyCNY}
}

func wireAmount(f money.Fen) wire.Amount {
	return wire.Amount{Amount: f.String(), Currency: wire.CurrencyCNY}
}

// fen reads an amount of the body; pointer says where it stands.
func fen(m wire.Money, pointer string) (money.Fen, error) {
	f, err := money.Parse(m.Amount)
	if err != nil {
		return 0, fault.InvalidInput.At(pointer+"/amount", "bad_amount", "金额应为以元为单位的十进制数 An amount is a decimal number of yuan")
	}
	return f, nil
}

func dayOf(d types.Date) when.Day { return when.MustDay(d.String()) } // validation has checked the form and the years

func optionalDay(d *types.Date) when.Day {
	if d == nil {
		return when.Day{}
	}
	return dayOf(*d)
}

func wireDay(d when.Day) types.Date {
	t, err := time.Parse(time.DateOnly, d.String())
	if err != nil {
		panic("api: a day that is none: " + d.String())
	}
	return types.Date{Time: t}
}

func optionalWireDay(d when.Day) *types.Date {
	if d.IsZero() {
		return nil
	}
	return ptr(wireDay(d))
}
