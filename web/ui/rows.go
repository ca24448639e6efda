package ui

import (
	"slices"

	"jiebang/web/contract"
	"jiebang/web/site"
)

const widestTable = 9

// fits tells whether rows of these fields make a table that can be read.
func fits(fields []*contract.Field) bool {
	return len(fields) <= widestTable && !slices.ContainsFunc(fields, func(f *contract.Field) bool { return f.Kind == contract.Rows })
}

// used are the fields that any of the rows has.
func used(p *site.Page, fields []*contract.Field, rows []any) (out []*contract.Field) {
	for _, f := range fields {
		if slices.ContainsFunc(rows, func(row any) bool { return len(shown(p, []*contract.Field{f}, object(row))) > 0 }) {
			out = append(out, f)
		}
	}
	return out
}

// whole tells a field whose value takes the whole width: a table, or a record within the record.
func whole(f *contract.Field) bool {
	return f.Kind == contract.Object && !refers(f) || f.Kind == contract.Rows && !refers(f.Item)
}
