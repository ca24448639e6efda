package webhooks

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// How long a receiver may take, and how much of it is listened to.
const (
	patience   = 15 * time.Second
	connecting = 5 * time.Second
	mostHeader = 32 << 10
	mostBody   = 4 << 10 // read so that the connection can be used again; more is not read
)

var errPrivate = errors.New("webhooks: the name leads to an address of a private network")

// closed are networks beyond those that net/netip knows as private, which lead to this machine, to its neighbours, or to nobody.
var closed = func() (out []netip.Prefix) {
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}()

// reachable tells whether an address may be called: one of the public network, or of one that was opened.
func reachable(a netip.Addr, open []netip.Prefix) bool {
	a = a.Unmap().WithZone("")
	within := func(p netip.Prefix) bool { return p.Contains(a) }
	if slices.ContainsFunc(open, within) {
		return true
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !slices.ContainsFunc(closed, within)
}

// loopbackOpen tells whether programs on this machine may be called, as in a demo.
func loopbackOpen(open []netip.Prefix) bool {
	return reachable(netip.MustParseAddr("127.0.0.1"), open) || reachable(netip.IPv6Loopback(), open)
}

// newClient calls receivers. The address is looked at when the name has been resolved and the connection is made, so that a name that leads to a
// public address at first and to a private one later gains nothing. No redirect is followed, and no proxy of the environment asked.
func newClient(open []netip.Prefix) *http.Client {
	dialer := &net.Dialer{Timeout: connecting, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !reachable(to.Addr(), open) {
			return errPrivate
		}
		return nil
	}}
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, address)
			},
			TLSHandshakeTimeout: connecting, ResponseHeaderTimeout: patience, MaxResponseHeaderBytes: mostHeader, DisableCompression: true,
			MaxIdleConns: 64, MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
		},
	}
}
