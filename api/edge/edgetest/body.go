package edgetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"jiebang/api/edge"
)

// maxBody is the limit that the edge promises.
const maxBody = 1 << 20

func badBodies(op *edge.Operation, good Request) []Bad {
	out := badDocuments(good)
	if op.Bodiless { // nothing at all is good as well
		out = slices.DeleteFunc(out, func(b Bad) bool { return b.Name == "body empty" })
	}
	out = append(out, badContentTypes(good)...)
	for _, v := range spoil(op.Body, example(op.Body)) {
		r := good.clone()
		r.Body = marshal(v.value)
		b := invalid("body "+v.pointer+" "+v.name, r, v.pointer, v.place)
		if v.malformed {
			b.Code = "malformed_body"
		}
		out = append(out, b)
	}
	return out
}

// badDocuments are not one JSON document.
func badDocuments(good Request) []Bad {
	deep := strings.Repeat("[", 10_000)
	out := make([]Bad, 0, 24)
	for _, d := range []struct{ name, body, place string }{
		{"empty", "", "empty"},
		{"blank", " \n\t", "empty"},
		{"not JSON", "owner=1&title=2", "syntax"},
		{"HTML", "<html>", "syntax"},
		{"broken off", string(good.Body[:len(good.Body)-1]), "syntax"},
		{"without quotes", `{a: 1}`, "syntax"},
		{"single quotes", `{'a': 1}`, "syntax"},
		{"comment", `/**/` + string(good.Body), "syntax"},
		{"comma at the end", string(good.Body[:len(good.Body)-1]) + ",}", "syntax"},
		{"NaN", `{"a": NaN}`, "syntax"},
		{"byte order mark", "\uFEFF" + string(good.Body), "syntax"},
		{"UTF-16", "\xff\xfe{\x00}\x00", "bad_characters"},
		{"second document", string(good.Body) + " {}", "trailing"},
		{"text behind", string(good.Body) + "x", "trailing"},
		{"NUL behind", string(good.Body) + "\x00", "trailing"},
		{"bracket behind", string(good.Body) + "}", "trailing"},
		{"deep arrays", deep, "too_deep"},
		{"deep objects", strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000), "too_deep"},
	} {
		r := good.clone()
		r.Body = []byte(d.body)
		b := invalid("body "+d.name, r, "", anyPlace)
		b.Code, b.Place = "malformed_body", d.place
		if d.place != "empty" && d.place != "trailing" && d.place != "bad_characters" {
			b.Pointer, b.Place = "", "" // where the reader stops is its own affair
		}
		out = append(out, b)
	}
	r := good.clone()
	r.Body = append(bytes.Clone(good.Body), bytes.Repeat([]byte(" "), maxBody)...)
	return append(out, Bad{Name: "body over the limit", Request: r, Status: http.StatusRequestEntityTooLarge, Code: "body_too_large"})
}

func badContentTypes(good Request) []Bad {
	with := func(name string, values ...string) Bad {
		r := good.clone()
		r.Header["Content-Type"] = values
		return Bad{Name: "content type " + name, Request: r, Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type"}
	}
	zipped := with("of a compressed body", "application/json")
	zipped.Header.Set("Content-Encoding", "gzip")
	missing := with("missing")
	missing.Header.Del("Content-Type")
	out := []Bad{missing, zipped, with("twice", "application/json", "application/json")}
	for _, t := range []string{
		"text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
		"application/json; charset=gbk", "application/json; a=b", "application/*", "json", "application/problem+json", ";",
	} {
		out = append(out, with(t, t))
	}
	return out
}

// variant is a document with one thing wrong in it.
type variant struct {
	name, pointer, place string
	value                any
	malformed            bool // not even JSON, as strictly as we read it
}

// spoil makes all variants of a good value: of the value itself, and of each value inside it.
func spoil(s *openapi3.Schema, good any) []variant {
	out := wrongKinds(s)
	switch {
	case s.Type.Is(openapi3.TypeObject):
		return append(out, spoilObject(s, good.(map[string]any))...)
	case s.Type.Is(openapi3.TypeArray):
		return append(out, spoilArray(s, good.([]any))...)
	case s.Type.Is(openapi3.TypeInteger):
		for _, v := range badTexts(s) {
			if json.Valid([]byte(v.text)) {
				out = append(out, variant{name: v.name, place: v.place, value: json.RawMessage(v.text)})
			}
		}
	case s.Type.Is(openapi3.TypeString):
		for _, v := range badTexts(s) {
			switch meant, readable := edge.Meant(s, v.text); {
			case !readable:
				out = append(out, variant{name: v.name, place: anyPlace, value: v.text})
			case meant == v.text: // otherwise it is read as another
				out = append(out, variant{name: v.name, place: v.place, value: v.text})
			}
		}
		for _, hidden := range []string{"\u202e", "\u2066", "\x07", "\x7f", "\u0085a", "\ue000", "\ufffe", "\u3164"} {
			bad := text(s) + hidden + text(s)
			if _, readable := edge.Meant(s, bad); !readable {
				out = append(out, variant{name: fmt.Sprintf("with %+q", hidden), place: anyPlace, value: bad})
			}
		}
		out = append(out,
			variant{name: "with NUL", place: "bad_characters", value: "a\x00b"},
			variant{name: "half a pair", place: "bad_characters", value: json.RawMessage(`"a\ud83d"`), malformed: true},
			variant{name: "the other half", place: "bad_characters", value: json.RawMessage(`"\uDE00b"`), malformed: true},
			variant{name: "nested", place: "wrong_type", value: json.RawMessage(strings.Repeat("[", 20) + strings.Repeat("]", 20))},
		)
	}
	return out
}

// wrongKinds are values of every other type, and null.
func wrongKinds(s *openapi3.Schema) []variant {
	out := []variant{{name: "null", place: "null", value: nil}}
	for kind, value := range map[string]any{
		openapi3.TypeString: "x", openapi3.TypeInteger: 7, openapi3.TypeBoolean: true,
		openapi3.TypeArray: []any{}, openapi3.TypeObject: map[string]any{},
	} {
		if !s.Type.Is(kind) && (kind != openapi3.TypeInteger || !s.Type.Is(openapi3.TypeNumber)) {
			out = append(out, variant{name: "as " + kind, place: "wrong_type", value: value})
		}
	}
	return append(out, variant{name: "as a number that no float holds", place: anyPlace, value: json.RawMessage("1e999")})
}

func spoilObject(s *openapi3.Schema, good map[string]any) []variant {
	with := func(name string, value any) map[string]any {
		object := maps.Clone(good)
		object[name] = value
		return object
	}
	out := []variant{
		{name: "unknown field", pointer: "/no_such_field", place: "unknown", value: with("no_such_field", 1)},
		{name: "unknown field of an odd name", pointer: "/a~1b~0c", place: "unknown", value: with("a/b~c", nil)},
		{name: "unknown field without a name", pointer: "/", place: "unknown", value: with("", nil)},
		{name: "NUL in a name", pointer: "/a\uFFFDb", place: "bad_characters", value: with("a\x00b", 1)},
	}
	for _, name := range s.Required {
		less := maps.Clone(good)
		delete(less, name)
		out = append(out, variant{name: "without " + name, pointer: "/" + name, place: "required", value: less})
	}
	for _, name := range slices.Sorted(maps.Keys(good)) {
		upper := with(strings.ToUpper(name), good[name])
		twice := append([]byte("{"+strconv.Quote(name)+":"+string(marshal(good[name]))+","), marshal(good)[1:]...)
		out = append(out,
			variant{name: "misspelt", pointer: "/" + strings.ToUpper(name), place: "unknown", value: upper},
			variant{name: "twice", pointer: "/" + name, place: "duplicate", value: json.RawMessage(twice), malformed: true})
		for _, v := range spoil(s.Properties[name].Value, good[name]) {
			v.pointer, v.value = "/"+name+v.pointer, with(name, v.value)
			out = append(out, v)
		}
	}
	return out
}

func spoilArray(s *openapi3.Schema, good []any) []variant {
	var out []variant
	if s.MaxItems != nil {
		many := slices.Repeat([]any{good[0]}, int(*s.MaxItems)+1)
		out = append(out, variant{name: "too many", place: "too_many", value: many})
	}
	if s.MinItems > 0 {
		out = append(out, variant{name: "too few", place: "too_few", value: good[:s.MinItems-1]})
	}
	if s.UniqueItems {
		out = append(out, variant{name: "same twice", place: "repeated", value: []any{good[0], good[0]}})
	}
	for _, v := range spoil(s.Items.Value, good[0]) {
		items := slices.Clone(good)
		items[0] = v.value
		v.pointer, v.value = "/0"+v.pointer, items
		out = append(out, v)
	}
	return out
}

type badText struct{ name, text, place string }

// badTexts are texts that a single value of this schema may not have; for a body's integer they are its spelling.
func badTexts(s *openapi3.Schema) []badText {
	var out []badText
	add := func(place string, texts ...string) {
		for _, t := range texts {
			out = append(out, badText{name: fmt.Sprintf("%.24q", t), text: t, place: place})
		}
	}
	switch {
	case s.Type.Is(openapi3.TypeBoolean):
		add("wrong_type", "yes", "1", "TRUE")
		return out
	case s.Type.Is(openapi3.TypeInteger):
		add("wrong_type", "x", "1.0", "1e3", "1.5", "-0", "0x1", "1_000", "+1", "01", "１")
		add("out_of_range", "99999999999999999999", "-99999999999999999999")
		if s.Min != nil {
			add("out_of_range", strconv.FormatInt(int64(*s.Min)-1, 10))
		}
		if s.Max != nil {
			add("out_of_range", strconv.FormatInt(int64(*s.Max)+1, 10))
		}
		return out
	case len(s.Enum) > 0:
		first := fmt.Sprint(s.Enum[0])
		add("not_allowed", "no_such_value", strings.ToUpper(first)+"_", " "+first, first+","+first)
		return out
	}
	switch s.Format {
	case "uuid":
		id := text(s)
		add("bad_format", "1", "x"+id[1:], id+"0", id[1:], strings.ReplaceAll(id, "-", ""), "{"+id+"}", "urn:uuid:"+id, "undefined")
	case "date":
		add("bad_format", "2026-02-30", "2025-02-29", "2026-1-1", "20260101", "2026/01/01", "2026-01-01T00:00:00Z", "0000-00-00",
			"1899-12-31", "2201-01-01", "-2026-01-01", "２０２６-01-01", "今天")
	case "date-time":
		add("bad_format", "2026-01-31", "2026-01-31T08:00:00", "2026-02-30T08:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31 08:00:00Z")
	}
	if s.MinLength > 0 {
		add(anyPlace, strings.Repeat("字", int(s.MinLength)-1))
	}
	if s.MaxLength != nil {
		add(anyPlace, strings.Repeat("字", int(*s.MaxLength)+1), strings.Repeat("9", int(*s.MaxLength)+1))
	}
	if s.Pattern != "" {
		add("pattern", notMatching(s.Pattern)...)
		add(anyPlace, matching(s.Pattern)+"\n")
	}
	return out
}

// notMatching are texts that a pattern refuses: of money, those that mean another amount than they seem to, or none.
func notMatching(pattern string) []string {
	re := regexp.MustCompile(pattern)
	good := matching(pattern)
	candidates := []string{
		" ", " " + good, good + " ", good + "中", "\u200b" + good, strings.Repeat(good, 30), "'; DROP TABLE results; --",
		"-1.00", "-0", "99999999999999.00", "9223372036854775808", "1e5", "1.", ".5", "1.234", "1,000.00", "1，5", "1万", "¥1", "+1",
		"00.1", "0x10", "NaN", "Infinity", "１２",
	}
	return slices.DeleteFunc(candidates, re.MatchString)
}
