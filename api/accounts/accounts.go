// Package accounts is the HTTP edge of accounts, sessions and the dated registers: their routes, and the translation between the
// API's types and theirs.
package accounts

import (
	"context"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/accounts"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Routes hangs the operations on accounts, sessions and registers on the edge.
func Routes(e *edge.Edge, s *accounts.Service, o *orgs.Service, p *people.Service) {
	edge.Plain(e, "createSession", func(ctx context.Context, call work.Call, q struct {
		Body *wire.Credentials `body:"yes"`
	}) (wire.Session, error) {
		signedIn, err := s.SignIn(accounts.From(ctx, edge.Client(ctx)), call, q.Body.Username, q.Body.Password)
		if err != nil {
			return wire.Session{}, err
		}
		return wire.Session{Token: signedIn.Secret, ExpiresAt: signedIn.ExpiresAt, Account: wire.PersonOf(signedIn.Account)}, nil
	})
	edge.Plain(e, "endSession", func(ctx context.Context, call work.Call, _ struct{}) (edge.None, error) {
		return edge.None{}, s.SignOut(ctx, call, edge.Token(ctx))
	})
	edge.Plain(e, "createAccount", func(ctx context.Context, call work.Call, q struct {
		Body *wire.AccountInput `body:"yes"`
	}) (wire.Account, error) {
		a, err := s.SignUp(accounts.From(ctx, edge.Client(ctx)), call, accounts.SignUpInput{Username: q.Body.Username, Password: q.Body.Password, Name: q.Body.Name})
		if err != nil {
			return wire.Account{}, err
		}
		return wire.PersonOf(a), nil
	})
	edge.Plain(e, "setEmail", func(ctx context.Context, call work.Call, q struct {
		Body *wire.EmailInput `body:"yes"`
	}) (edge.None, error) {
		return edge.None{}, s.SetEmail(ctx, call, q.Body.Email)
	})
	edge.Plain(e, "clearEmail", func(ctx context.Context, call work.Call, _ struct{}) (edge.None, error) {
		return edge.None{}, s.ClearEmail(ctx, call)
	})
	edge.Plain(e, "confirmEmail", func(ctx context.Context, call work.Call, q struct {
		Body *wire.LinkInput `body:"yes"`
	}) (edge.None, error) {
		return edge.None{}, s.ConfirmEmail(ctx, call, q.Body.Token)
	})
	edge.Plain(e, "requestPasswordReset", func(ctx context.Context, call work.Call, q struct {
		Body *wire.PasswordResetRequest `body:"yes"`
	}) (edge.None, error) {
		return edge.None{}, s.RequestReset(ctx, call, edge.Client(ctx), q.Body.Account)
	})
	edge.Plain(e, "resetPassword", func(ctx context.Context, call work.Call, q struct {
		Body *wire.PasswordResetInput `body:"yes"`
	}) (edge.None, error) {
		return edge.None{}, s.Reset(ctx, call, edge.Client(ctx), q.Body.Token, q.Body.Password)
	})
	edge.Plain(e, "getMe", func(ctx context.Context, call work.Call, _ struct{}) (wire.Me, error) {
		return me(ctx, call.Actor, s, o, p)
	})
	own(e, s)

	account := edge.Kind[accounts.View, wire.AccountRecord]{Path: "/v1/accounts", Get: s.Read, Wire: writtenAccount}
	edge.List(e, "listAccounts", account, s.List)
	edge.Read(e, "getAccount", account)
	edge.Decide(e, "deactivateAccount", account, reason, s.Deactivate)
	edge.Change(e, "reactivateAccount", account, s.Reactivate)

	edge.Change(e, "endAccountSessions", account, s.EndSessions)
	edge.Change(e, "proposeOperator", account, s.ProposeOperator)
	edge.Change(e, "confirmOperator", account, s.ConfirmOperator)
	edge.Change(e, "dismissOperator", account, s.DismissOperator)

	entry := edge.Kind[people.View, wire.RegisterEntry]{Path: "/v1/register-entries", Get: p.Get, Wire: written}
	edge.Create(e, "createRegisterEntry", entry, input, p.Enter)
	edge.Read(e, "getRegisterEntry", entry)
	edge.List(e, "listRegisterEntries", entry, p.List)
	edge.Decide(e, "updateRegisterEntry", entry, correction, p.Correct)
	edge.Change(e, "confirmRegisterEntry", entry, p.Confirm)
	edge.Decide(e, "endRegisterEntry", entry, last, p.End)
	edge.Delete(e, "deleteRegisterEntry", p.Delete)
	tieRoutes(e, p)
}

// me tells an account what it is.
func me(ctx context.Context, actor policy.Actor, s *accounts.Service, o *orgs.Service, p *people.Service) (wire.Me, error) {
	a, err := s.Get(ctx, actor)
	if err != nil {
		return wire.Me{}, err
	}
	member, invited, err := o.Mine(ctx, actor)
	if err != nil {
		return wire.Me{}, err
	}
	email, err := s.Email(ctx, actor)
	if err != nil {
		return wire.Me{}, err
	}
	entries, err := p.Mine(ctx, actor)
	if err != nil {
		return wire.Me{}, err
	}
	registrarAt := actor.RegistrarAt()
	return wire.Me{
		Account: wire.PersonOf(a), Email: wire.Some(email.Address), EmailVerifiedAt: email.VerifiedAt, EmailPending: wire.Some(email.Pending),
		Operator: actor.Operator, Broker: actor.Broker(), Organizations: mine(member),
		Invitations: mine(invited), EmailState: emailState(email), RegisterEntries: myEntries(entries), RegistrarAt: wire.List(&registrarAt),
	}, nil
}

func written(e *people.View) wire.RegisterEntry {
	w := wire.RegisterEntry{
		Actions: wire.ActionsOf(e.Acts), Ended: wire.Ptr(e.Over),
		Id: e.ID, Version: e.Version, Kind: wire.RegisterKind(e.Kind), Account: wire.PersonOf(e.Person), Office: wire.Some(e.Office),
		Certificate: wire.Some(e.Certificate), ValidFrom: wire.DateOf(e.ValidFrom), ValidTo: wire.OptionalDate(e.ValidTo),
		Confirmed: wire.Ptr(e.Confirmed()), ConfirmedAt: e.ConfirmedAt, ConfirmedFrom: wire.OptionalDate(e.ConfirmedFrom), ConfirmedTo: wire.OptionalDate(e.ConfirmedTo),
	}
	writtenExpertise(&w, e)
	if e.By != nil {
		w.ProposedBy = wire.Ptr(wire.PersonOf(*e.By))
	}
	if e.ConfirmedBy != nil {
		w.ConfirmedBy = wire.Ptr(wire.PersonOf(*e.ConfirmedBy))
	}
	return w
}

func input(b *wire.RegisterEntryInput) (people.Input, error) {
	x := expertise(b.Fields, b.Chains)
	x.EmployerID = b.EmployerId
	return people.Input{
		Expertise: x, Licence: licence(b.Level, wire.OptionalDay(b.CertifiedOn), b.Regions),
		Kind: people.Register(b.Kind), Username: b.Username, Office: wire.Text(b.Office), Certificate: wire.Value(b.Certificate),
		ValidFrom: wire.DayOf(b.ValidFrom), ValidTo: wire.OptionalDay(b.ValidTo),
	}, nil
}
