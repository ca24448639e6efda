// Package assets is what pages load: styles, scripts and pictures of this server's own, each under a name that changes with its content, so that
// browsers keep them for good.
package assets

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
)

//go:embed files
var files embed.FS

// Assets are the files by their names.
type Assets struct {
	paths map[string]string // name → path with the hash of its content
	files map[string]*edge.Document
}

// New reads them.
func New() *Assets {
	a := &Assets{map[string]string{}, map[string]*edge.Document{}}
	err := fs.WalkDir(files, "files", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		base, sum := path.Base(name), sha256.Sum256(text)
		end := path.Ext(base)
		hashed := strings.TrimSuffix(base, end) + "-" + hex.EncodeToString(sum[:6]) + end
		a.paths[base] = "/assets/" + hashed
		a.files[hashed] = edge.NewDocument(kindOf(end), text)
		return nil
	})
	if err != nil {
		panic("assets: " + err.Error()) // they are part of the program
	}
	return a
}

func kindOf(end string) string {
	switch end { // by hand: what a machine believes of them differs
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(end)
}

// Path is where a file is loaded from.
func (a *Assets) Path(name string) string { return a.paths[name] }

// Register serves them.
func (a *Assets) Register(e *echo.Echo) {
	edge.Page(e, "/assets/:name", func(c echo.Context) error {
		file, ok := a.files[c.Param("name")]
		if !ok {
			return echo.ErrNotFound
		}
		c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
		c.Response().Header().Set(echo.HeaderContentSecurityPolicy, "default-src 'none'")
		return file.Send(c)
	})
}
