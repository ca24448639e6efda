package api

import (
	"net/http"
	"net/http/httptest"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/internal/assist"
)

// assistants answers tools by the operations of this process, with the key and in the language that they came with.
func assistants(e *echo.Echo, site string) {
	e.Any(assist.Path, echo.WrapHandler(assist.Handler(site, func(q, from *http.Request) (int, []byte) {
		edge.Inside(q, from, echo.HeaderAuthorization, "Accept-Language")
		w := httptest.NewRecorder()
		e.ServeHTTP(w, q)
		return w.Code, w.Body.Bytes()
	})))
}
