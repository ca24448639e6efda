// Package reference serves what people read about the API: the reference itself, the pages of docs beside it, and a page for each
// code of a problem. Nothing in it is loaded from elsewhere.
package reference

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"

	"jiebang/api/edge"
	"jiebang/docs"
	"jiebang/internal/fault"
)

//go:embed page
var files embed.FS

// The renderer makes styles as it runs and shows drawings that it makes: its styles carry a nonce that each answer makes anew. Scripts are
// this server's own files, and nobody else is asked for anything.
const (
	policyOfReference = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
	policyOfPages     = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
	policyOfDrawings  = "default-src 'none'; frame-ancestors 'none'"
)

// Register hangs the pages on a server.
func Register(e *echo.Echo, spec *edge.Spec) error {
	index, err := template.ParseFS(files, "page/index.html")
	if err != nil {
		return err
	}
	edge.Page(e, "/docs", func(c echo.Context) error { return c.Redirect(http.StatusFound, "/docs/") })
	edge.Page(e, "/docs/", func(c echo.Context) error { return sendReference(c, index) })
	for name, kind := range map[string]string{"page.js": "text/javascript; charset=utf-8", "nonce.js": "text/javascript; charset=utf-8", "page.css": "text/css; charset=utf-8", "LICENSE.scalar": "text/plain; charset=utf-8"} {
		text, err := files.ReadFile("page/" + name)
		if err != nil {
			return err
		}
		edge.Page(e, "/docs/"+name, sending(policyOfPages, kind, text))
	}
	packed, err := files.ReadFile("page/scalar.js.gz")
	if err != nil {
		return err
	}
	edge.Page(e, "/docs/scalar.js", func(c echo.Context) error { return sendPacked(c, packed) })
	pages, err := fs.Glob(docs.Pages, "*.md")
	if err != nil {
		return err
	}
	for _, page := range pages {
		name := strings.TrimSuffix(page, ".md")
		html, err := render(name)
		if err != nil {
			return err
		}
		edge.Page(e, "/docs/"+name, sending(policyOfPages, "text/html; charset=utf-8", html))
		edge.Page(e, "/docs/"+name+".md", func(c echo.Context) error { return c.Redirect(http.StatusMovedPermanently, "/docs/"+name) }) // as pages link to each other
	}
	edge.Page(e, "/docs/states/:drawing", drawing)
	p := problems{spec}
	edge.Page(e, "/problems/:code", p.page)
	return nil
}

func sendReference(c echo.Context, page *template.Template) error {
	nonce := rand.Text()
	var html bytes.Buffer
	if err := page.Execute(&html, struct{ Nonce string }{nonce}); err != nil {
		return err
	}
	return send(c, fmt.Sprintf(policyOfReference, nonce), "text/html; charset=utf-8", html.Bytes())
}

// sending answers with what stays as it is.
func sending(policy, kind string, text []byte) echo.HandlerFunc {
	page := edge.NewDocument(kind, text)
	return func(c echo.Context) error {
		c.Response().Header().Set("Content-Security-Policy", policy)
		return page.Send(c)
	}
}

func send(c echo.Context, policy, kind string, text []byte) error {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", policy)
	h.Set(echo.HeaderCacheControl, "no-cache")
	return c.Blob(http.StatusOK, kind, text)
}

// sendPacked sends the renderer as it is kept, compressed, to those who take it so: almost everybody.
func sendPacked(c echo.Context, packed []byte) error {
	h := c.Response().Header()
	h.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	h.Set(echo.HeaderCacheControl, "public, max-age=86400")
	const kind = "text/javascript; charset=utf-8"
	if strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		h.Set(echo.HeaderContentEncoding, "gzip")
		return c.Blob(http.StatusOK, kind, packed)
	}
	in, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	return c.Stream(http.StatusOK, kind, in) // megabytes, which nobody needs at once
}

func drawing(c echo.Context) error {
	text, err := fs.ReadFile(docs.Pages, "states/"+c.Param("drawing"))
	if err != nil {
		return fault.NotVisible.New()
	}
	return send(c, policyOfDrawings, "image/svg+xml", text)
}

// frame is the page around a text.
var frame = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Title}} · 揭榜 jiebang</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/page.css"></head>
<body>
<header class="bar"><a class="home" href="/docs/">揭榜 接口参考</a><nav><a href="/docs/story">故事 Story</a><a href="/docs/states">状态 States</a><a href="/docs/errors">错误 Errors</a><a href="/docs/permissions">权限 Permissions</a><a href="/docs/score">匹配度 Score</a><a href="/openapi.yaml">openapi.yaml</a></nav></header>
<main class="prose">{{.Body}}</main>
</body></html>
`))

type framed struct {
	Title string
	Body  template.HTML
}

// outside is a link to what lies in the source beside docs, which is not served.
var outside = regexp.MustCompile(`\[([^\]]*)\]\(\.\./[^)]*\)`)

// render makes a page of one of docs.
func render(name string) ([]byte, error) {
	text, err := docs.Pages.ReadFile(name + ".md")
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	// Raw HTML stays out: goldmark leaves it away unless asked.
	md := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	if err := md.Convert(outside.ReplaceAll(text, []byte("`$1`")), &body); err != nil {
		return nil, fmt.Errorf("reference: %s: %w", name, err)
	}
	title, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# "), "\n")
	return enclose(title, template.HTML(body.String())) //nolint:gosec // made of our own pages by goldmark, which escapes
}

func enclose(title string, body template.HTML) ([]byte, error) {
	var out bytes.Buffer
	err := frame.Execute(&out, framed{title, body})
	return out.Bytes(), err
}
