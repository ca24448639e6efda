// Package wire holds the types of the API as openapi.yaml has them (generated), and the few translations that every capability
// needs: amounts, days, options, lists.
package wire

import (
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime/types"

	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/publication"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

//go:generate go run -C ../.. ./openapi/bundle
//go:generate go run -C ../.. ./openapi/bundle -shared api/wire/shared.yaml
//go:generate go tool oapi-codegen -config models.yaml shared.yaml
//go:generate rm shared.yaml
//go:generate go run -C ../.. ./openapi/bundle -order web/contract/order.txt

// Ptr is a field that is there.
func Ptr[T any](v T) *T { return &v }

// Value is what an optional field holds, or its zero.
func Value[T any](p *T) T {
	var none T
	return ValueOr(p, none)
}

// ValueOr is what an optional field holds, or something else.
func ValueOr[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// Text is an optional string filter or field of any string type.
func Text[T ~string](p *T) string { return string(Value(p)) }

// Some is an optional field of an answer: absent when there is nothing.
func Some[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}

// List makes sure that an empty list is written as one.
func List[T any](p *[]T) []T {
	if p == nil || *p == nil {
		return []T{}
	}
	return *p
}

// Plain turns a list of an enumeration into plain strings.
func Plain[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, v := range in {
		out[i] = string(v)
	}
	return out
}

// Named turns plain strings into a list of an enumeration.
func Named[T ~string](in []string) []T {
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = T(v)
	}
	return out
}

// MoneyOf writes an amount that is not negative.
func MoneyOf(f money.Fen) Money {
	return Money{Amount: f.String(), Currency: CurrencyCNY}
}

// AmountOf writes an amount of statistics.
func AmountOf(f money.Fen) Amount {
	return Amount{Amount: f.String(), Currency: CurrencyCNY}
}

// Fen reads an amount of the body; pointer says where it stands.
func Fen(m Money, pointer string) (money.Fen, error) {
	f, err := money.Parse(m.Amount)
	if err != nil {
		return 0, fault.InvalidInput.At(pointer+"/amount", fault.BadAmount, "金额应为以元为单位的十进制数", "An amount is a decimal number of yuan")
	}
	return f, nil
}

// DayOf reads a day; validation has checked the form and the years.
func DayOf(d types.Date) when.Day { return when.MustDay(d.String()) }

// OptionalDay reads a day that may be left out.
func OptionalDay(d *types.Date) when.Day {
	if d == nil {
		return when.Day{}
	}
	return DayOf(*d)
}

// DateOf writes a day.
func DateOf(d when.Day) types.Date {
	t, err := time.Parse(time.DateOnly, d.String())
	if err != nil {
		panic("wire: a day that is none: " + d.String())
	}
	return types.Date{Time: t}
}

// OptionalDate writes a day that there may be none of.
func OptionalDate(d when.Day) *types.Date {
	if d.IsZero() {
		return nil
	}
	return Ptr(DateOf(d))
}

// RefOf is a reference to an organization, as far as the reader may know it.
func RefOf(r orgs.Ref) Ref {
	out := Ref{Id: r.ID, Name: r.Name}
	if r.ID == uuid.Nil { // masked: what stands there is nobody's, and of the format
		out.Id = uuid.Max
	}
	if r.Unverified {
		out.Unverified = Ptr(true)
	}
	return out
}

// ChainsOf names industry chains.
func ChainsOf(in []ref.Chain) Chains {
	out := make(Chains, len(in))
	for i, c := range in {
		out[i] = Chain{Code: c.Code, Name: c.Name, NameEn: c.NameEN}
	}
	return out
}

// ID is an optional identifier.
func ID(id uuid.NullUUID) *uuid.UUID {
	if !id.Valid {
		return nil
	}
	return &id.UUID
}

// Reason reads a body that is a reason alone.
func Reason(b *ReasonInput) (string, error) { return b.Reason, nil }

// Note reads a body that is an optional note alone.
func Note(b *NoteInput) (string, error) { return Value(b.Note), nil }

// ExternalIDsOf are what a record is called elsewhere: the first of them, and all.
func ExternalIDsOf(ids []external.ID) (first *ExternalId, all []ExternalId) {
	all = make([]ExternalId, len(ids))
	for i, x := range ids {
		all[i] = ExternalId{Scheme: x.Scheme, Id: x.ID}
	}
	if len(all) > 0 {
		first = &all[0]
	}
	return first, all
}

// ExternalIDs reads what a record is called elsewhere: one identifier, or any number.
func ExternalIDs(one *ExternalId, many *[]ExternalId) ([]external.ID, error) {
	switch {
	case one != nil && many != nil:
		return nil, fault.InvalidInput.At("/external_id", fault.OneOf, "external_id 与 external_ids 只填其一", "Give external_id or external_ids, not both")
	case one != nil:
		return []external.ID{{Scheme: one.Scheme, ID: one.Id}}, nil
	}
	var out []external.ID
	for _, x := range List(many) {
		out = append(out, external.ID{Scheme: x.Scheme, ID: x.Id})
	}
	return out, nil
}

// ActionsOf are the operations that a reader may take on a record; absent where nobody asked, as in lists.
func ActionsOf(a work.Acts) *Actions {
	if a.Actions == nil {
		return nil
	}
	return &a.Actions
}

// MemberRoleOf is the role of a member.
func MemberRoleOf(admin bool) MemberRole {
	if admin {
		return MemberRoleAdministrator
	}
	return MemberRoleMember
}

// WarningsOf are places to look at again, where there are any.
func WarningsOf(all fault.Fields) *Warnings {
	if len(all) == 0 {
		return nil
	}
	out := make(Warnings, len(all))
	for i, f := range all {
		out[i] = Warning{Pointer: f.Pointer, Code: f.Code, Message: f.Message.ZH, MessageEn: f.Message.EN}
	}
	return &out
}

// RevisionOf is the open revision of a record, where the reader may know of one.
func RevisionOf(r *publication.Revision) *Revision {
	if r == nil {
		return nil
	}
	return &Revision{State: RevisionState(r.State), Version: r.Version, By: r.By, At: r.At, ReturnReason: Some(r.ReturnReason)}
}

// OptionalContact is whom to ask, where somebody is named.
func OptionalContact(c *orgs.Contact) *Contact {
	if c == nil {
		return nil
	}
	return ContactOf(*c)
}

// ReadContact reads whom to ask.
func ReadContact(c *Contact) *orgs.Contact {
	if c == nil {
		return nil
	}
	return &orgs.Contact{Name: c.Name, Phone: Value(c.Phone), Email: Value(c.Email)}
}

// ContactOf is how to reach an organization.
func ContactOf(c orgs.Contact) *Contact {
	return &Contact{Name: c.Name, Phone: Some(c.Phone), Email: Some(c.Email)}
}

// SomeList is a list that is absent where it is empty.
func SomeList[T any](list []T) *[]T {
	if len(list) == 0 {
		return nil
	}
	return &list
}
