package edge

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Authenticator turns a bearer token into its actor, or refuses it.
type Authenticator func(ctx context.Context, token string) (policy.Actor, error)

// request is what the edge knows of one request; it travels with its context.
type request struct {
	id          string // X-Request-Id of the answer
	theirs      string // X-Request-Id as the caller sent it; empty where there was none that can stand in a log line
	client      string // where it comes from
	local       bool   // this very machine, and nobody says for whom
	operation   *Operation
	actor       policy.Actor    // the zero Actor is a visitor
	token       string          // that showed the actor
	key         string          // Idempotency-Key, where the operation takes one
	fingerprint string          // with a key
	body        []byte          // validated
	read        func()          // takes the limit on the time of its sender away; nil where there is none
	patient     context.Context // the request's own, without the limit of time
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// RequestID is the identifier that the request that ctx belongs to was given here, or empty.
func RequestID(ctx context.Context) string { return requestOf(ctx).id }

// Token is the bearer token of the request that ctx belongs to, or empty.
func Token(ctx context.Context) string { return requestOf(ctx).token }

// call is the request as a call of a use case.
func (r *request) call() work.Call {
	return work.Call{Operation: r.operation.ID, Actor: r.actor, Key: r.key, Fingerprint: r.fingerprint, RequestID: r.id}
}

// authenticate turns a bearer token into an actor. A request without a token is a visitor's; one with a broken token is
// refused even where visitors are welcome, so that nobody works as a visitor without noticing.
func (e *Edge) authenticate(r *http.Request, state *request) (err error) {
	if r.Header.Get(echo.HeaderAuthorization) == "" {
		return nil
	}
	if state.token = bearer(r); state.token == "" {
		return fault.TokenInvalid.New()
	}
	state.actor, err = e.actor(r.Context(), state.token)
	return err
}

// admitKey holds a program that calls by a key of an organization to what the key may do: its scopes, by the operation's tag and whether it only
// reads, and the networks that it is good at. Each call is counted for the key.
func (e *Edge) admitKey(op *Operation, r *request) (err error) {
	key := r.actor.Key
	if key == nil {
		return nil
	}
	switch {
	case !key.From(r.client):
		err = fault.TokenInvalid.Because("该密钥不能在此网络地址使用。", "The key is not good at this network address.")
	case op.Reads && !op.TokenRequired: // what every visitor may read
	case !key.Has(op.Tag, !op.Reads):
		doing := map[bool]string{true: "read", false: "write"}[op.Reads]
		err = fault.NotAllowed.Because("该密钥没有 %[1]s:%[2]s 权限。", "The key has no scope %[1]s:%[2]s.", op.Tag, doing)
	}
	if e.keyUsed != nil {
		e.keyUsed(key.ID, err != nil)
	}
	return err
}

// CountKeys has each call by a key told to used.
func (e *Edge) CountKeys(used func(key uuid.UUID, refused bool)) { e.keyUsed = used }

// bearer is the token that was sent, or empty; whether it is any good is for authentication to say.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
