package edge

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// Inside makes q, a request that is answered in this process, come from where from came: what an operation knows of its caller's address is what it
// would know if they had asked it themselves. What else is to be as it was sent is named.
func Inside(q, from *http.Request, headers ...string) {
	q.RequestURI, q.RemoteAddr, q.Host = q.URL.RequestURI(), from.RemoteAddr, from.Host
	for _, name := range append(headers, echo.HeaderXForwardedFor, echo.HeaderXForwardedProto, "Forwarded", echo.HeaderXRealIP) {
		if v := from.Header.Values(name); len(v) > 0 {
			q.Header[http.CanonicalHeaderKey(name)] = v
		}
	}
}
