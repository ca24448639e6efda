package edge

import (
	"context"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
)

// Where a request comes from is whoever connects, unless that is a proxy that is trusted: then it is whom the last trusted one names.
func TestWhereARequestComesFrom(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		name, remote, forwarded, want string
		proxies                       []netip.Prefix
	}{
		{"with a port", "10.1.2.3:1234", "198.51.100.1:4711", "198.51.100.1", trusted},
		{"with brackets and a port", "10.1.2.3:1234", "[2001:db8::7]:4711", "2001:db8::/64", trusted},
		{"a proxy that says nothing", "10.1.2.3:1234", "", "10.1.2.3", trusted},
		{"what is no address", "10.1.2.3:1234", "192.0.2.1, unknown", "10.1.2.3", trusted},
		{"a proxy within IPv6", "[::ffff:10.1.2.3]:1234", "198.51.100.1", "198.51.100.1", trusted},
		{"Forwarded", "10.1.2.3:1234", "for=192.0.2.99, For=198.51.100.1;proto=https", "198.51.100.1", trusted},
		{"Forwarded of IPv6", "10.1.2.3:1234", `for="[2001:db8::7]:4711"`, "2001:db8::/64", trusted},
		{"Forwarded through two", "10.1.2.3:1234", "for=198.51.100.1, for=10.1.9.9;by=10.1.2.3", "198.51.100.1", trusted},
		{"Forwarded by a stranger", "203.0.113.7:1234", "for=198.51.100.1", "203.0.113.7", trusted},
		{"Forwarded hides whom", "10.1.2.3:1234", "for=_hidden", "10.1.2.3", trusted},
		{"a quote left open", "10.1.2.3:1234", `for="192.0.2.99, for=198.51.100.1`, "198.51.100.1", trusted},
		{"both, of one mind", "10.1.2.3:1234", "198.51.100.1 | for=198.51.100.1", "198.51.100.1", trusted},
		{"both, one of them the client's own", "10.1.2.3:1234", "198.51.100.1 | for=192.0.2.99", "10.1.2.3", trusted},
		{"no proxy is trusted", "203.0.113.7:1234", "198.51.100.1", "203.0.113.7", nil},
		{"a trusted proxy's word", "10.1.2.3:1234", "198.51.100.1", "198.51.100.1", trusted},
		{"a stranger's word", "203.0.113.7:1234", "198.51.100.1", "203.0.113.7", trusted},
		{"what a client says before its proxy", "10.1.2.3:1234", "192.0.2.99, 198.51.100.1", "198.51.100.1", trusted},
		{"two proxies", "10.1.2.3:1234", "198.51.100.1, 10.1.9.9", "198.51.100.1", trusted},
		{"loopback is not trusted by itself", "127.0.0.1:1234", "198.51.100.1", "127.0.0.1", trusted},
		{"a private network neither", "192.168.0.1:1234", "198.51.100.1", "192.168.0.1", trusted},
		{"a network of IPv6 is one client", "[2001:db8:1:2:3:4:5:6]:1234", "", "2001:db8:1:2::/64", nil},
		{"IPv4 within IPv6", "[::ffff:203.0.113.7]:1234", "", "203.0.113.7", nil},
		{"a proxy of IPv6", "[fd00::1]:1234", "2001:db8::7", "2001:db8::/64", trusted},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &Edge{Echo: echo.New()}
			e.TrustProxies(c.proxies)
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.remote
			for said := range strings.SplitSeq(c.forwarded, " | ") {
				header := echo.HeaderXForwardedFor
				if strings.Contains(said, "=") {
					header = headerForwarded
				}
				if said != "" {
					r.Header.Set(header, said)
				}
			}
			var got string
			handler := e.identify(func(c echo.Context) error {
				got = Client(c.Request().Context())
				return nil
			})
			if err := handler(e.Echo.NewContext(r, httptest.NewRecorder())); err != nil || got != c.want {
				t.Errorf("%q, want %q, %v", got, c.want, err)
			}
		})
	}
	if Client(context.Background()) != "" {
		t.Error("no request comes from somewhere")
	}
}
