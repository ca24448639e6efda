package edge

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Authenticator turns a bearer token into its actor, or refuses it.
type Authenticator func(ctx context.Context, token string) (policy.Actor, error)

// request is what the edge knows of one request; it travels with its context.
type request struct {
	id          string // X-Request-Id
	client      string // where it comes from
	operation   *Operation
	actor       policy.Actor    // the zero Actor is a visitor
	token       string          // that showed the actor
	key         string          // Idempotency-Key, where the operation takes one
	fingerprint string          // with a key
	body        []byte          // validated
	patient     context.Context // the request's own, without the limit of time
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// RequestID is the identifier of the request that ctx belongs to, or empty.
func RequestID(ctx context.Context) string { return requestOf(ctx).id }

// Token is the bearer token of the request that ctx belongs to, or empty.
func Token(ctx context.Context) string { return requestOf(ctx).token }

// Client is where the request that ctx belongs to comes from: an address of IPv4, or a network of IPv6, of which one household has as
// many addresses as it likes. Empty where there is none.
func Client(ctx context.Context) string {
	text := requestOf(ctx).client
	a, err := netip.ParseAddr(text)
	if err != nil {
		return text
	}
	if a = a.Unmap(); a.Is6() {
		if network, err := a.WithZone("").Prefix(64); err == nil {
			return network.String()
		}
	}
	return a.String()
}

// TrustProxies has the edge believe what proxies of these networks say in X-Forwarded-For about where a request comes from. Without it
// that is whoever connects.
func (e *Edge) TrustProxies(networks []netip.Prefix) {
	if len(networks) == 0 {
		return
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, n := range networks {
		n = n.Masked()
		options = append(options, echo.TrustIPRange(&net.IPNet{IP: n.Addr().AsSlice(), Mask: net.CIDRMask(n.Bits(), n.Addr().BitLen())}))
	}
	e.Echo.IPExtractor = echo.ExtractIPFromXFFHeader(options...)
}

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

// bearer is the token that was sent, or empty; whether it is any good is for authentication to say.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
