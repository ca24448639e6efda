package edge_test

import (
	"fmt"
	"strings"
	"testing"

	"jiebang/api/edge/edgetest"
)

func TestMessagesSayWhatIsWanted(t *testing.T) {
	e := newEdge(t)
	valid := string(edgetest.Valid(e.operation(t, "createResult")).Body)
	for _, c := range []struct{ field, value, code, message string }{
		{"title", `"短"`, "too_short", "至少 2 个字符。"},
		{"title", `"` + strings.Repeat("长", 201) + `"`, "too_long", "不能超过 200 个字符。"},
		{"title", `7`, "wrong_type", "须为字符串。"},
		{"title", `null`, "null", "不可为 null；没有值时请整项省略。"},
		{"title", `"a\u0000"`, "bad_characters", "含有不可用的字符或不是合法的 UTF-8。"},
		{"trl", `10`, "out_of_range", "须在 1 与 9 之间。"},
		{"trl", `99999999999999999999`, "out_of_range", "须在 1 与 9 之间。"},
		{"trl", `1.0`, "wrong_type", "须为整数，不带小数点与指数。"},
		{"keywords", `{}`, "wrong_type", "须为数组。"},
		{"keywords", `[` + strings.Repeat(`"词",`, 20) + `"词"]`, "too_many", "不能超过 20 项。"},
		{"price", `[]`, "wrong_type", "须为对象。"},
		{"owner_id", `"x"`, "bad_format", "须为 36 个字符的 UUID。"},
		{"transfer_modes", `["equity","equity"]`, "repeated", "不可重复。"},
		{"field", `"alchemy"`, "not_allowed", "取值应为：electronics（电子信息）、aerospace（航空航天）、"},
	} {
		t.Run(c.field+" "+c.code, func(t *testing.T) {
			w := e.send(t, replace(t, e, "createResult", valid, c.field, c.value))
			found := places(problem(t, w))
			if len(found) != 1 || found[0].Pointer != "/"+c.field || found[0].Code != c.code || !strings.HasPrefix(found[0].Message, c.message) {
				t.Errorf("%+v, want %s %s", found, c.code, c.message)
			}
		})
	}
}

// Bounds are written as people write numbers, and those of bytes in MiB besides.
func TestBoundsAreWrittenPlainly(t *testing.T) {
	e := newEdge(t)
	valid := string(edgetest.Valid(e.operation(t, "createUpload")).Body)
	found := places(problem(t, e.send(t, replace(t, e, "createUpload", valid, "size", "0"))))
	if len(found) != 1 || found[0].Message != "须在 1 与 209715200 (200 MiB) 之间。" {
		t.Errorf("%+v", found)
	}
}

// replace is the valid request with one field of its body changed.
func replace(t *testing.T, e *stub, operation, body, field, value string) edgetest.Request {
	t.Helper()
	r := edgetest.Valid(e.operation(t, operation))
	parsed := map[string]any{}
	unmarshal(t, body, &parsed)
	delete(parsed, field)
	rest := marshal(t, parsed)
	r.Body = fmt.Appendf(nil, `{%q:%s,%s`, field, value, rest[1:])
	return r
}

func TestFormats(t *testing.T) {
	e := newEdge(t)
	valid := string(edgetest.Valid(e.operation(t, "createNeed")).Body)
	for deadline, right := range map[string]bool{
		"1900-01-01": true, "2200-12-31": true, "2024-02-29": true, "2026-1-1": true, " 2026-01-01": true, "2026/3/1": true, "２０２６年３月１日": true,
		"1899-12-31": false, "2201-01-01": false, "2026-02-29": false, "2026-04-31": false, "2026-13-01": false, "2026-00-10": false,
		"3/1/2026": false, "": false, "2026-01-01T00:00:00Z": false, "2026年": false,
	} {
		e.reached = nil
		e.send(t, replace(t, e, "createNeed", valid, "deadline", `"`+deadline+`"`))
		if (len(e.reached) == 1) != right {
			t.Errorf("%q passes: %v", deadline, !right)
		}
	}
}

func TestPatternQuotesTheContractsExample(t *testing.T) {
	e := newEdge(t)
	r := edgetest.Valid(e.operation(t, "createSession"))
	r.Body = []byte(`{"username":"张伟","password":"x"}`)
	found := places(problem(t, e.send(t, r)))
	if len(found) != 1 || found[0].Message != "格式不符合要求，例如 zhang.wei。" {
		t.Errorf("%+v", found)
	}
}
