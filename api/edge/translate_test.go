package edge_test

import (
	"fmt"
	"net/url"
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
	r.Body = fmt.Appendf(nil, `{%q:%s}`, field, value)
	if rest := marshal(t, parsed); len(parsed) > 0 {
		r.Body = fmt.Appendf(nil, `{%q:%s,%s`, field, value, rest[1:])
	}
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
	if len(found) != 1 || !strings.HasPrefix(found[0].Message, "须为 3 至 40 个字符：以小写字母开头") || !strings.Contains(found[0].Message, "例如 zhang.wei。") {
		t.Errorf("%+v", found)
	}
}

// What is wrong with a text of a form is told in words, with every form that would do; of a code also which one was given.
func TestAFormIsTold(t *testing.T) {
	e := newEdge(t)
	amount := func(text string) string { return `{"amount":"` + text + `","currency":"CNY"}` }
	for _, c := range []struct{ operation, field, value, pointer, code, zh, en string }{
		{"createNeed", "budget", `{}`, "/budget", "one_of", "请给出 min（下限）或 max（上限）", "Give min or max"},
		{"createNeed", "budget", `{"min":` + amount("-1") + `}`, "/budget/min/amount", "pattern", "金额不能为负数，例如 1250000.00。", "an amount is not negative; write it like 1250000.00."},
		{"createNeed", "budget", `{"min":` + amount("1,25") + `}`, "/budget/min/amount", "pattern", "千分位逗号的位置不对", "the commas are not between thousands"},
		{"createNeed", "budget", `{"min":` + amount("1.234") + `}`, "/budget/min/amount", "pattern", "金额最小到分", "two decimals at most"},
		{"createNeed", "budget", `{"min":` + amount("10000000000000") + `}`, "/budget/min/amount", "pattern", "金额过大，不能超过 9999999999999.99 元", "the most is 9999999999999.99 yuan"},
		{"createNeed", "budget", `{"min":` + amount("99999999999999999999.00") + `}`, "/budget/min/amount", "pattern", "金额过大", "too large"},
		{"createNeed", "budget", `{"min":` + amount("一百万") + `}`, "/budget/min/amount", "pattern", "须为以元为单位的十进制数，例如 1250000.00。", "a decimal number of yuan"},
		{"getTurnover", "seller_region", "2101", "query:seller_region", "pattern", "“2101”不是地区代码：须为 GB/T 2260 的六位数字（例如 210112）、ISO 3166-1 的三位大写国家代码（例如 DEU）、abroad（全部境外）或 unknown（地区未知）。", "Not the code of a place: “2101”."},
		{"getTurnover", "buyer_region", "abc", "query:buyer_region", "pattern", "“abc”不是地区代码", "unknown where no region is known."},
		{"getTurnover", "buyer_region", "沈阳", "query:buyer_region", "pattern", "“沈阳”不是地区代码", "Not the code of a place: “沈阳”."},
		{"getTurnover", "buyer_nature", "15", "query:buyer_nature", "pattern", "natural_person（自然人）", "/v1/reference/party_nature"},
		{"listRegions", "code", "2101", "query:code", "pattern", "“2101”不是区划代码：须为 GB/T 2260 的六位数字，例如 210112。", "Not a region code: “2101”."},
	} {
		for language, want := range map[string]string{"zh": c.zh, "en": c.en} {
			r := edgetest.Valid(e.operation(t, c.operation))
			if strings.HasPrefix(c.pointer, "query:") {
				query, err := url.ParseQuery(r.Query)
				if err != nil {
					t.Fatal(err)
				}
				query.Set(c.field, c.value)
				r.Query = query.Encode()
			} else {
				r = replace(t, e, c.operation, string(r.Body), c.field, c.value)
			}
			r.Header = r.Header.Clone()
			r.Header.Set("Accept-Language", language)
			found := places(problem(t, e.send(t, r)))
			if len(found) != 1 || found[0].Pointer != c.pointer || found[0].Code != c.code || !strings.Contains(found[0].Message, want) {
				t.Errorf("%s %s=%s in %s: %+v, want %s %s %s", c.operation, c.field, c.value, language, found, c.pointer, c.code, want)
			}
		}
	}
}

// A body that is missing is told as such, with what it must have; so is one of blanks.
func TestAMissingBodyIsAskedFor(t *testing.T) {
	e := newEdge(t)
	for _, body := range []string{"", "  \n"} {
		for language, want := range map[string]string{"zh": "须有 JSON 请求正文，其中必须有：stage、reason。", "en": "A JSON body is needed that has: stage, reason."} {
			r := edgetest.Valid(e.operation(t, "revertDeal"))
			r.Body, r.Header = []byte(body), r.Header.Clone()
			r.Header.Set("Accept-Language", language)
			p := problem(t, e.send(t, r))
			if found := places(p); p.Code != "malformed_body" || len(found) != 1 || found[0].Pointer != "" || found[0].Message != want {
				t.Errorf("%q in %s: %+v", body, language, p)
			}
		}
	}
}
