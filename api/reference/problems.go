package reference

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/internal/fault"
)

// problems is where the type of a problem document leads: what the code means, what to do about it, and who is refused with it.
type problems struct{ spec *edge.Spec }

var explained = template.Must(template.New("problem").Parse(`<h1><code>{{.Code}}</code></h1>
<p>HTTP {{.Status}}</p>
<dl>
<dt>说明</dt><dd>{{.ZH}}</dd>
<dt>怎么办</dt><dd>{{.Remedy.ZH}}</dd>
<dt lang="en">Meaning</dt><dd lang="en">{{.EN}}</dd>
<dt lang="en">What to do</dt><dd lang="en">{{.Remedy.EN}}</dd>
{{if .Operations}}<dt>可能出现于 Operations</dt><dd><ul>{{range .Operations}}<li><code>{{.Method}} {{.Path}}</code></li>{{end}}</ul></dd>{{end}}
</dl>
<p><a href="/docs/errors">全部错误代码 All codes</a></p>
`))

func (p problems) page(c echo.Context) error {
	for _, d := range fault.Catalogue() {
		if d.Code != c.Param("code") {
			continue
		}
		c.Response().Header().Add(echo.HeaderVary, echo.HeaderAccept)
		remedy := fault.Remedy(d.Code)
		if !strings.Contains(c.Request().Header.Get(echo.HeaderAccept), "text/html") {
			return c.JSON(http.StatusOK, map[string]any{"code": d.Code, "status": edge.StatusOf(d.Kind), "title": d.ZH, "title_en": d.EN, "remedy": remedy.ZH, "remedy_en": remedy.EN})
		}
		var body bytes.Buffer
		if err := explained.Execute(&body, map[string]any{
			"Code": d.Code, "Status": edge.StatusOf(d.Kind), "ZH": d.ZH, "EN": d.EN, "Remedy": remedy, "Operations": p.spec.RefusedWith(d.Code),
		}); err != nil {
			return err
		}
		html, err := enclose(d.Code, template.HTML(body.String())) //nolint:gosec // made by the template above, which escapes
		if err != nil {
			return err
		}
		return send(c, policyOfPages, "text/html; charset=utf-8", html)
	}
	return fault.NotVisible.New()
}
