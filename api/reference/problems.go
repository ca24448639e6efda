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

// problems is where the type of a problem document leads, and where the code of a place in it can be looked up: what it means, what to do
// about it, and who is refused with it.
type problems struct{ spec *edge.Spec }

var explained = template.Must(template.New("problem").Parse(`<h1><code>{{.Code}}</code></h1>
{{range .Meanings}}<p>{{if .Status}}HTTP {{.Status}}{{else}}输入中一处的代码，见 <code>errors</code> <span lang="en">The code of a place in <code>errors</code></span>{{end}}</p>
<dl>
<dt>说明</dt><dd>{{.ZH}}</dd>
<dt>怎么办</dt><dd>{{.Remedy.ZH}}</dd>
<dt lang="en">Meaning</dt><dd lang="en">{{.EN}}</dd>
<dt lang="en">What to do</dt><dd lang="en">{{.Remedy.EN}}</dd>
</dl>
{{end}}{{if .Operations}}<dl><dt>可能出现于 Operations</dt><dd><ul>{{range .Operations}}<li><code>{{.Method}} {{.Path}}</code></li>{{end}}</ul></dd></dl>{{end}}
<p><a href="/docs/errors">全部错误代码 All codes</a></p>
`))

// meaning is what a code says: of a refusal, or without a status of a place in the input.
type meaning struct {
	Status int
	fault.Text
	Remedy fault.Text
}

// meanings are what a code stands for; a few stand for a refusal and for a place.
func meanings(code string) (out []meaning) {
	for _, d := range fault.Catalogue() {
		if d.Code == code {
			out = append(out, meaning{edge.StatusOf(d.Kind), d.Text, fault.Remedy(code)})
		}
	}
	for _, p := range fault.Places() {
		if p.Code == code {
			out = append(out, meaning{0, p.Text, fault.PlaceRemedy(code)})
		}
	}
	return out
}

func (p problems) page(c echo.Context) error {
	code := c.Param("code")
	known := meanings(code)
	if len(known) == 0 {
		return fault.NotVisible.New()
	}
	c.Response().Header().Add(echo.HeaderVary, echo.HeaderAccept)
	if !strings.Contains(c.Request().Header.Get(echo.HeaderAccept), "text/html") {
		first := known[0]
		out := map[string]any{"code": code, "title": first.ZH, "title_en": first.EN, "remedy": first.Remedy.ZH, "remedy_en": first.Remedy.EN}
		if first.Status > 0 {
			out["status"] = first.Status
		}
		return c.JSON(http.StatusOK, out)
	}
	var body bytes.Buffer
	if err := explained.Execute(&body, map[string]any{"Code": code, "Meanings": known, "Operations": p.spec.RefusedWith(code)}); err != nil {
		return err
	}
	html, err := enclose(code, template.HTML(body.String())) //nolint:gosec // made by the template above, which escapes
	if err != nil {
		return err
	}
	return send(c, policyOfPages, "text/html; charset=utf-8", html)
}
