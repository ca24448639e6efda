package accounts

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/accounts"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// own hangs up what an account does about itself.
func own(e *edge.Edge, s *accounts.Service) {
	edge.Plain(e, "updateAccount", func(ctx context.Context, call work.Call, q struct {
		Body *wire.AccountUpdate `body:"yes"`
	}) (wire.Account, error) {
		a, err := s.Rename(ctx, call, q.Body.Name)
		return wire.PersonOf(a), err
	})
	edge.Plain(e, "changePassword", func(ctx context.Context, call work.Call, q struct {
		Body *wire.PasswordChangeInput `body:"yes"`
	}) (edge.None, error) {
		in := accounts.PasswordInput{Present: q.Body.CurrentPassword, Password: q.Body.Password, Keep: edge.Token(ctx)}
		return edge.None{}, s.ChangePassword(accounts.From(ctx, edge.Client(ctx)), call, in)
	})
	edge.Plain(e, "deactivateOwnAccount", func(ctx context.Context, call work.Call, q struct {
		Body *wire.PasswordInput `body:"yes"`
	}) (edge.None, error) {
		return edge.None{}, s.Leave(accounts.From(ctx, edge.Client(ctx)), call, q.Body.Password)
	})
	edge.Plain(e, "listSessions", func(ctx context.Context, call work.Call, _ struct{}) (wire.SessionList, error) {
		found, err := s.Sessions(ctx, call.Actor, edge.Token(ctx))
		out := wire.SessionList{Items: make([]wire.OwnSession, len(found))}
		for i, t := range found {
			out.Items[i] = wire.OwnSession{Id: t.ID, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, Current: t.Current}
		}
		return out, err
	})
	edge.Plain(e, "endOtherSessions", func(ctx context.Context, call work.Call, _ struct{}) (edge.None, error) {
		return edge.None{}, s.EndOtherSessions(ctx, call, edge.Token(ctx))
	})
	edge.Plain(e, "endOwnSession", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (edge.None, error) {
		return edge.None{}, s.EndSession(ctx, call, q.ID)
	})
}

func reason(b *wire.ReasonInput) (string, error) { return b.Reason, nil }

func last(b *wire.LastDayInput) (when.Day, error) { return wire.DayOf(b.LastDay), nil }

func correction(b *wire.RegisterEntryUpdate) (people.Correction, error) {
	x := expertise(b.Fields, b.Chains)
	x.EmployerID = b.EmployerId
	return people.Correction{Certificate: wire.Value(b.Certificate), Expertise: x, Licence: licence(b.Level, wire.OptionalDay(b.CertifiedOn), b.Regions), ValidFrom: wire.DayOf(b.ValidFrom), ValidTo: wire.OptionalDay(b.ValidTo)}, nil
}

func writtenAccount(a *accounts.View) wire.AccountRecord {
	w := wire.AccountRecord{
		Actions: wire.ActionsOf(a.Acts),
		Id:      a.ID, Version: a.Version, Username: a.Username, Name: a.Name, State: wire.AccountState(a.State()), Operator: a.Operator,
		CreatedAt: a.CreatedAt, DeactivatedAt: a.DeactivatedAt, DeactivationReason: wire.Some(a.DeactivationReason),
	}
	w.DeactivatedBy, w.OperatorProposedBy, w.OperatorConfirmedBy = wire.SomePerson(a.Ended), wire.SomePerson(a.ProposedBy), wire.SomePerson(a.ConfirmedBy)
	return w
}

// mine are organizations as the account itself sees them.
func mine(in []orgs.MyOrganization) []wire.MyOrganization {
	out := make([]wire.MyOrganization, len(in))
	for i := range in {
		out[i] = wire.MyOrganizationOf(&in[i])
	}
	return out
}

func myEntries(in []people.Entry) []wire.MyRegisterEntry {
	out := make([]wire.MyRegisterEntry, len(in))
	for i, e := range in {
		out[i] = wire.MyRegisterEntry{
			Id: e.ID, Kind: wire.RegisterKind(e.Kind), Office: wire.Some(e.Office), Certificate: wire.Some(e.Certificate),
			ValidFrom: wire.DateOf(e.ValidFrom), ValidTo: wire.OptionalDate(e.ValidTo), Confirmed: wire.Ptr(e.Confirmed()),
		}
	}
	return out
}

func emailState(e accounts.Email) wire.EmailState {
	switch {
	case e.Address != "":
		return wire.EmailStateVerified
	case e.Pending != "":
		return wire.EmailStatePending
	}
	return wire.EmailStateNone
}
