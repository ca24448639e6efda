package desk

import (
	"crypto/rand"
	"maps"
	"slices"

	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// newKey is an Idempotency-Key of a form: a second click on its button does what the first did.
func newKey() string { return rand.Text() }

func keptNames(keep map[string]string) []string { return slices.Sorted(maps.Keys(keep)) }

func without(fields []*contract.Field, names ...string) []*contract.Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f *contract.Field) bool { return slices.Contains(names, f.Name) })
}

func titled(p *site.Page, value map[string]any) string { return ui.TitleOf(p, value) }

func aboutTitle(p *site.Page, d *doing) string {
	if d.About == nil {
		return ""
	}
	return ui.TitleOf(p, d.About)
}

func valueOf(f *ui.Form, name string) string { return text(contract.Dig(f.Values, name)) }

func collectionOf(p *site.Page) string {
	if p.Collection != "" {
		return p.Collection
	}
	return p.Context.Param("collection")
}
