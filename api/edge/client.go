package edge

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

const headerForwarded = "Forwarded"

// Client is where the request that ctx belongs to comes from: an address of IPv4, or a network of IPv6, of which one household has as
// many addresses as it likes. Empty where there is none.
func Client(ctx context.Context) string { return requestOf(ctx).client }

// TrustProxies has the edge believe what proxies of these networks say in X-Forwarded-For or Forwarded (RFC 7239) about where a request
// comes from. Without it that is whoever connects.
func (e *Edge) TrustProxies(networks []netip.Prefix) {
	p := make(proxies, len(networks))
	for i, n := range networks {
		p[i] = n.Masked()
	}
	e.Echo.IPExtractor, e.alone = p.client, len(p) == 0
}

// loopback tells an address of this very machine. While no proxy is trusted it is a tool of whoever runs the system, or everybody behind a
// proxy that was not named; neither is one client.
func loopback(address string) bool {
	a, err := netip.ParseAddr(address)
	return err == nil && a.Unmap().IsLoopback()
}

// network is what stands for a client in limits and in the log.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		if n, err := a.Prefix(64); err == nil {
			return n.String()
		}
	}
	return a.String()
}

// proxies are the networks whose word is believed.
type proxies []netip.Prefix

func (p proxies) trust(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(a) })
}

// client is who stands before the last trusted proxy. A proxy writes one of the two headers and passes the other on as the sender made it;
// so where both are there and differ, neither is believed, and all who send such are the proxy's one client.
func (p proxies) client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	direct, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	direct = direct.Unmap()
	usual, standard := items(r.Header.Values(echo.HeaderXForwardedFor)), forwarded(r.Header.Values(headerForwarded))
	one, other := p.walk(direct, usual), p.walk(direct, standard)
	switch {
	case len(usual) == 0:
		return other.String()
	case len(standard) == 0 || one == other:
		return one.String()
	}
	return direct.String()
}

// walk goes from whoever connects to whom it names, as long as it is believed. What names nobody ends the way.
func (p proxies) walk(at netip.Addr, hops []string) netip.Addr {
	for _, hop := range slices.Backward(hops) {
		next, ok := addressOf(hop)
		if !p.trust(at) || !ok {
			break
		}
		at = next
	}
	return at
}

// addressOf reads an address with or without port and brackets.
func addressOf(hop string) (netip.Addr, bool) {
	hop = strings.TrimSpace(hop)
	if with, err := netip.ParseAddrPort(hop); err == nil {
		return with.Addr().Unmap(), true
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(hop, "["), "]"))
	return a.Unmap(), err == nil
}

// items parts the values of a header that is a list.
func items(values []string) []string {
	if len(values) == 0 {
		return nil
	}
	return strings.Split(strings.Join(values, ","), ",")
}

// forwarded is whom the elements of Forwarded are for. They are parted at each comma, be it within quotes: a quote that a client leaves
// open must not swallow what its proxy adds behind it.
func forwarded(values []string) []string {
	elements := items(values)
	for i, element := range elements {
		elements[i] = ""
		for pair := range strings.SplitSeq(element, ";") {
			if name, value, _ := strings.Cut(strings.TrimSpace(pair), "="); strings.EqualFold(name, "for") {
				elements[i] = strings.Trim(value, `"`)
			}
		}
	}
	return elements
}
