package api

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/gen/accounts"
	"jiebang/api/gen/wire"
	domain "jiebang/internal/accounts"
	"jiebang/internal/app"
	"jiebang/internal/people"
)

type accountHandlers struct{ *app.App }

func (h accountHandlers) CreateSession(ctx context.Context, r accounts.CreateSessionRequestObject) (accounts.CreateSessionResponseObject, error) {
	s, err := h.Accounts.SignIn(ctx, callFor(ctx), r.Body.Username, r.Body.Password)
	if err != nil {
		return nil, err
	}
	return accounts.CreateSession201JSONResponse{Token: s.Secret, ExpiresAt: s.ExpiresAt, Account: wireAccount(&s.Account)}, nil
}

func (h accountHandlers) EndSession(ctx context.Context, _ accounts.EndSessionRequestObject) (accounts.EndSessionResponseObject, error) {
	return accounts.EndSession204Response{}, h.Accounts.SignOut(ctx, callFor(ctx), callerOf(ctx).token)
}

func (h accountHandlers) CreateAccount(ctx context.Context, r accounts.CreateAccountRequestObject) (accounts.CreateAccountResponseObject, error) {
	a, err := h.Accounts.SignUp(ctx, callFor(ctx), domain.SignUpInput{Username: r.Body.Username, Password: r.Body.Password, Name: r.Body.Name})
	if err != nil {
		return nil, err
	}
	return accounts.CreateAccount201JSONResponse(wireAccount(a)), nil
}

func (h accountHandlers) GetMe(ctx context.Context, _ accounts.GetMeRequestObject) (accounts.GetMeResponseObject, error) {
	actor := actorOf(ctx)
	a, err := h.Accounts.Get(ctx, actor)
	if err != nil {
		return nil, err
	}
	offers, err := h.Orgs.Offers(ctx, actor)
	if err != nil {
		return nil, err
	}
	names, err := h.Orgs.NamesOf(ctx, append(offers, actor.Member...)...)
	if err != nil {
		return nil, err
	}
	me := accounts.GetMe200JSONResponse{
		Account: wireAccount(a), Operator: actor.Operator, Broker: actor.Broker, Organizations: []wire.Ref{}, Invitations: []wire.Ref{}, RegistrarAt: list(&actor.RegistrarAt),
	}
	for _, id := range actor.Member {
		me.Organizations = append(me.Organizations, wire.Ref{Id: id, Name: names[id]})
	}
	for _, id := range offers {
		me.Invitations = append(me.Invitations, wire.Ref{Id: id, Name: names[id]})
	}
	return me, nil
}

func (h accountHandlers) CreateRegisterEntry(ctx context.Context, r accounts.CreateRegisterEntryRequestObject) (accounts.CreateRegisterEntryResponseObject, error) {
	in := people.Input{
		Register: people.Register(r.Body.Kind), Username: r.Body.Username, Office: text(r.Body.Office), Certificate: value(r.Body.Certificate),
		ValidFrom: dayOf(r.Body.ValidFrom), ValidTo: optionalDay(r.Body.ValidTo),
	}
	body, headers, err := created(ctx, "/v1/register-entries/", h.readEntry)(h.People.Enter(ctx, callFor(ctx), in))
	return accounts.CreateRegisterEntry201JSONResponse{Body: body, Headers: accounts.CreateRegisterEntry201ResponseHeaders(headers)}, err
}

func (h accountHandlers) GetRegisterEntry(ctx context.Context, r accounts.GetRegisterEntryRequestObject) (accounts.GetRegisterEntryResponseObject, error) {
	body, version, err := h.readEntry(ctx, r.Id)
	return accounts.GetRegisterEntry200JSONResponse{Body: body, Headers: accounts.GetRegisterEntry200ResponseHeaders{ETag: ptr(ETag(version))}}, err
}

func (h accountHandlers) ListRegisterEntries(ctx context.Context, r accounts.ListRegisterEntriesRequestObject) (accounts.ListRegisterEntriesResponseObject, error) {
	kind := text(r.Params.Kind)
	page, err := h.People.List(ctx, actorOf(ctx), kind, paging(ctx, r.Params.Limit, r.Params.Cursor, kind))
	if err != nil {
		return nil, err
	}
	out := accounts.ListRegisterEntries200JSONResponse{Items: make([]wire.RegisterEntry, len(page.Items)), NextCursor: some(page.Next)}
	for i := range page.Items {
		out.Items[i] = wireEntry(&page.Items[i])
	}
	return out, nil
}

func (h accountHandlers) readEntry(ctx context.Context, id uuid.UUID) (wire.RegisterEntry, int64, error) {
	e, err := h.People.Get(ctx, actorOf(ctx), id)
	if err != nil {
		return wire.RegisterEntry{}, 0, err
	}
	return wireEntry(e), e.Version, nil
}

func wireEntry(e *people.View) wire.RegisterEntry {
	return wire.RegisterEntry{
		Id: e.ID, Version: e.Version, Kind: wire.RegisterKind(e.Register), Account: wireAccount(&e.Account), Office: some(e.Office),
		Certificate: some(e.Certificate), ValidFrom: wireDay(e.ValidFrom), ValidTo: optionalWireDay(e.ValidTo),
	}
}

func wireAccount(a *domain.Account) wire.Account {
	return wire.Account{Id: a.ID, Username: a.Username, Name: a.Name}
}
