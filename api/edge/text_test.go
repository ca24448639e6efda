package edge_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
)

// What is typed reaches the use case as it was meant, wherever in a body it stands.
func TestTextsAreReadAsTheyWereMeant(t *testing.T) {
	e := newEdge(t)
	for _, c := range []struct{ operation, field, typed, meant string }{
		{"createResult", "title", `" \u3000低温等离子体\u00a0装置\ufeff "`, `"低温等离子体 装置"`},
		{"createResult", "abstract", `"第一行是这样的。\r\n第二行。\u2028第三行。\n"`, `"第一行是这样的。\n第二行。\n第三行。"`},
		{"createResult", "keywords", `[" 废气 ","caf\u0065\u0301"]`, `["废气","café"]`},
		{"createResult", "price", `{"kind":"fixed","min":{"amount":"１２．５ 万元","currency":"CNY"}}`, `{"kind":"fixed","min":{"amount":"125000.00","currency":"CNY"}}`},
		{"createResult", "external_ids", `[{"scheme":"csl","id":" Ａ-1"}]`, `[{"scheme":"csl","id":" Ａ-1"}]`},
		{"createNeed", "deadline", `"2026年3月1日"`, `"2026-03-01"`},
		{"setEmail", "email", `" ｌｉｎ＠bücher.example"`, `"lin@bücher.example"`},
		{"createOffice", "code", `"ｓｙ01 "`, `"SY01"`},
		{"createOffice", "region", `"２１０１１２"`, `"210112"`},
		{"createAccount", "password", `" ｐassword\u200b10 "`, `" ｐassword\u200b10 "`},
		{"createAccount", "name", `"👩‍🔬 张伟"`, `"👩‍🔬 张伟"`},
	} {
		t.Run(c.operation+" "+c.field, func(t *testing.T) {
			valid := string(edgetest.Valid(e.operation(t, c.operation)).Body)
			e.reached = nil
			if w := e.send(t, replace(t, e, c.operation, valid, c.field, c.typed)); len(e.reached) != 1 {
				t.Fatalf("%d: %s", w.Code, w.Body)
			}
			if got := string(edge.BodyOf(e.ctx)); !strings.Contains(got, `"`+c.field+`":`+c.meant) {
				t.Errorf("%s, want %s", got, c.meant)
			}
		})
	}
}

func TestTextsThatOthersCouldNotReadAreRefused(t *testing.T) {
	e := newEdge(t)
	for _, c := range []struct{ operation, field, typed, pointer, code, says string }{
		{"createResult", "title", `"\u200b\u200b\u200b"`, "/title", "invisible", "只含看不见的字符"},
		{"createResult", "title", `"发票\u202egpj.exe"`, "/title", "bad_characters", "第 3 个字符（U+202E）"},
		{"createResult", "title", `"标\n题"`, "/title", "one_line", "第 2 个字符"},
		{"createResult", "title", `"   甲   "`, "/title", "too_short", "至少 2 个字符"},
		{"createResult", "abstract", `"十个字以上的公开摘要\u0007，有响铃"`, "/abstract", "bad_characters", "控制字符"},
		{"createResult", "keywords", `["废气","\u0301"]`, "/keywords/1", "bad_characters", "附加符号"},
		{"createOrganization", "contact", `{"name":"王\u2067芳"}`, "/contact/name", "bad_characters", "改变文字方向"},
	} {
		t.Run(c.field+" "+c.code, func(t *testing.T) {
			valid := string(edgetest.Valid(e.operation(t, c.operation)).Body)
			found := places(problem(t, e.send(t, replace(t, e, c.operation, valid, c.field, c.typed))))
			if len(found) != 1 || found[0].Pointer != c.pointer || found[0].Code != c.code || !strings.Contains(found[0].Message, c.says) {
				t.Errorf("%+v, want %s %s", found, c.pointer, c.code)
			}
		})
	}
}

// Passwords, identifiers of other systems and words of lists are left as they are; every other text has the rule, also one that is
// described tomorrow.
func TestNoTextIsWithoutTheRule(t *testing.T) {
	exact := map[string]bool{}
	var walk func(s *openapi3.Schema, at string)
	walk = func(s *openapi3.Schema, at string) {
		switch {
		case s.Type.Is(openapi3.TypeObject):
			for name, p := range s.Properties {
				walk(p.Value, name)
			}
		case s.Type.Is(openapi3.TypeArray):
			walk(s.Items.Value, at)
		case s.Type.Is(openapi3.TypeString) && len(s.Enum) == 0 && s.Format == "" && s.Extensions["x-text"] != "amount":
			if _, ok := edge.Meant(s, "甲\u202e乙"); ok {
				exact[at] = true
			}
		}
	}
	for _, op := range spec(t).Operations() {
		if op.Body != nil {
			walk(op.Body, "")
		}
	}
	for _, name := range []string{"password", "scheme", "id", "external_id", "reference"} {
		if !exact[name] {
			t.Errorf("%s is touched", name)
		}
		delete(exact, name)
	}
	if len(exact) > 0 {
		t.Errorf("without the rule: %v", exact)
	}
}

// A note that is wanted says something: marks alone are refused, wherever one is asked for.
func TestANoteThatIsWantedSaysSomething(t *testing.T) {
	asks := map[string]bool{"reason": true, "note": true, "opinion": true, "answer": true, "comment": true, "message": true, "question": true}
	asked := 0
	for _, op := range spec(t).Operations() {
		if op.Body == nil {
			continue
		}
		for name, p := range op.Body.Properties {
			if !asks[name] || !p.Value.Type.Is(openapi3.TypeString) || p.Value.MinLength == 0 || len(p.Value.Enum) > 0 {
				continue
			}
			asked++
			if said := p.Value.Extensions["x-text"]; said != "note" {
				t.Errorf("%s takes a %s of marks alone: x-text is %v", op.ID, name, said)
			}
		}
	}
	if asked < 30 {
		t.Errorf("only %d notes were asked", asked)
	}
	e := newEdge(t)
	for _, typed := range []string{`"。。。。。。"`, `"……"`, `"——"`, `"👍👍"`} {
		valid := string(edgetest.Valid(e.operation(t, "revertDeal")).Body)
		found := places(problem(t, e.send(t, replace(t, e, "revertDeal", valid, "reason", typed))))
		if len(found) != 1 || found[0].Pointer != "/reason" || found[0].Code != "placeholder" {
			t.Errorf("%s: %+v", typed, found)
		}
	}
}

// namelike tells of a property of a request that somebody or something is called by it.
func namelike(name string) bool {
	return name == "name" || name == "title" || strings.HasSuffix(name, "_name") || strings.HasSuffix(name, "name_en") || name == "affiliation" || name == "legal_representative"
}

// notNames are properties that look like names and may be of marks, each with why.
var notNames = map[string]string{
	"fileObjection /filer/name": "who gives no name that can be read objects without one, which is kept on record and not taken up",
	"matchText /title":          "part of a text that is looked for, and kept nowhere",
	"createUpload /name":        "a file is called as its maker calls it; its ending says what it is",
}

// A name or a title has something that can be read, wherever one is given: punctuation and symbols alone are refused, in words for that.
func TestANameIsNotOfMarksAlone(t *testing.T) {
	asked := 0
	e := newEdge(t)
	var walk func(id string, s *openapi3.Schema, at string)
	walk = func(id string, s *openapi3.Schema, at string) {
		switch {
		case s.Type.Is(openapi3.TypeObject):
			for name, p := range s.Properties {
				v := p.Value
				where := id + " " + at + "/" + name
				if v.Type.Is(openapi3.TypeString) && namelike(name) && len(v.Enum) == 0 && v.Pattern == "" && v.Format == "" && notNames[where] == "" {
					asked++
					if said := v.Extensions["x-text"]; said != "name" {
						t.Errorf("%s takes marks alone: x-text is %v", where, said)
					}
				}
				walk(id, v, at+"/"+name)
			}
		case s.Type.Is(openapi3.TypeArray):
			walk(id, s.Items.Value, at+"/0")
		}
	}
	for _, op := range spec(t).Operations() {
		if op.Body != nil {
			walk(op.ID, op.Body, "")
		}
	}
	if asked < 60 {
		t.Errorf("only %d names were asked", asked)
	}
	for id, name := range map[string]string{"createResult": "title", "createNeed": "title", "createOrganization": "name", "createAccount": "name", "createRound": "name"} {
		valid := string(edgetest.Valid(e.operation(t, id)).Body)
		for _, typed := range []string{`"。。。。"`, `"----"`, `"……"`, `"★☆★☆"`, `"ˉˇˉˇ"`, `"（）【】"`} {
			found := places(problem(t, e.send(t, replace(t, e, id, valid, name, typed))))
			if len(found) != 1 || found[0].Pointer != "/"+name || found[0].Code != "placeholder" || !strings.Contains(found[0].Message, "标点或符号") {
				t.Errorf("%s, %s: %+v", id, typed, found)
			}
		}
		for _, typed := range []string{`"№3"`, `"中国！"`, `"A-1"`, `"①号"`} {
			if w := e.send(t, replace(t, e, id, valid, name, typed)); w.Code != http.StatusNoContent {
				t.Errorf("%s, %s: %d %s", id, typed, w.Code, w.Body)
			}
		}
	}
}
