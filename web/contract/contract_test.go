package contract_test

import (
	"os"
	"strings"
	"testing"

	"jiebang/api/edge"
	"jiebang/web/contract"
)

func book(t *testing.T) *contract.Book {
	t.Helper()
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := edge.ReadSpec(text)
	if err != nil {
		t.Fatal(err)
	}
	return contract.Read(spec)
}

// Each field that a person fills in or reads is called something of its own in both languages: what its schema says where others share that
// would stand under several headings.
func TestEachFieldHasANameInBothLanguages(t *testing.T) {
	b, fields := book(t), 0
	var walk func(where string, f *contract.Field)
	walk = func(where string, f *contract.Field) {
		fields++
		where += "/" + f.Name
		if f.Label.Chinese == "" || f.Label.English == "" || f.Label.Chinese == f.Label.English && f.Kind != contract.Number {
			t.Errorf("%s is called %q", where, f.Label)
		}
		if f.Kind == contract.Yes && (strings.Contains(f.Label.Chinese, "true") || strings.Contains(f.Label.English, " true ")) {
			t.Errorf("%s is called %q, as a program is told", where, f.Label)
		}
		for _, other := range []string{"另一条记录", "金额 An amount", "十进制数", "账号 An account"} {
			if f.Label.Chinese == other {
				t.Errorf("%s is called %q, which says nothing of what it is for: give it a name in names.txt", where, other)
			}
		}
		for _, inner := range f.Fields {
			walk(where, inner)
		}
		if f.Item != nil && f.Item.Kind == contract.Object {
			walk(where, f.Item)
		}
	}
	for _, o := range b.Operations() {
		if o.Title.Chinese == o.Title.English {
			t.Errorf("%s has one title: %q", o.ID, o.Title.Chinese)
		}
		if o.Body != nil {
			for _, f := range o.Body.Fields {
				walk(o.ID, f)
			}
		}
		for _, f := range o.Query {
			walk(o.ID+"?", f)
		}
		for _, schema := range []string{o.Answer, o.Item} {
			for _, f := range b.Fields(schema) {
				walk(schema, f)
			}
		}
	}
	if fields < 3000 {
		t.Errorf("only %d fields were looked at", fields)
	}
}
