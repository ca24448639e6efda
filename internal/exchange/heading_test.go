package exchange

import (
	"testing"

	"jiebang/internal/results"
	"jiebang/internal/tables"
	"jiebang/internal/work"
)

// headed are the fields that the headings of a row were taken for.
func headed(t *testing.T, mapping map[string]string, texts ...string) ([]string, error) {
	t.Helper()
	row := tables.Row{Number: 1}
	for _, s := range texts {
		row.Cells = append(row.Cells, tables.Cell{Text: s})
	}
	got := &table{at: 1}
	err := newHeadings(newResults(results.New(&work.Unit{})).fields(), mapping).take(got, row, "")
	var out []string
	for _, h := range got.headings {
		out = append(out, h.Field)
	}
	return out, err
}

// Whatever an organization has mapped, what templates and exports call a field is that field.
func TestAnExportIsReadWhateverIsMapped(t *testing.T) {
	mapping := map[string]string{"状态": "availability"}
	for _, texts := range [][]string{{"编号", "成果名称", "可转化状态", "状态"}, {"编号", "成果名称", "状态", "可转化状态"}} {
		got, err := headed(t, mapping, texts...)
		if err != nil {
			t.Errorf("%q: %v", texts, err)
			continue
		}
		for i, text := range texts {
			if want := map[string]string{"编号": "id", "成果名称": "title", "可转化状态": "availability"}[text]; got[i] != want {
				t.Errorf("%q: %s is read as %q", texts, text, got[i])
			}
		}
	}
	if _, err := headed(t, map[string]string{"甲": "availability", "乙": "availability"}, "编号", "成果名称", "甲", "乙"); err == nil {
		t.Error("two columns of which neither is ours are both read")
	}
}

func TestSeveralOfAListArePartedByWhatPeoplePutBetween(t *testing.T) {
	for in, want := range map[string]int{"合作开发/作价入股": 2, "许可（独占）；转让": 2, "普通许可、 合作开发 ，转让": 3, "": 0, "/": 0} {
		if got := splitTerms(in); len(got) != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
