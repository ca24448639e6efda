package edgetest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"jiebang/api/edge"
)

// Bad is a request with one thing wrong in it, and what the answer must say.
type Bad struct {
	Name string
	Request
	Status  int
	Code    string // of the problem
	Pointer string // of one of its places, where Place is not empty
	Place   string // the code of that place; "*" stands for any
}

const anyPlace = "*"

// BadInputs spoils the operation's good request in one way at a time: every parameter, every field of the body at every depth.
func BadInputs(op *edge.Operation) []Bad {
	good := Valid(op)
	out := badQueries(op, good)
	for _, p := range op.Parameters {
		switch p.In {
		case openapi3.ParameterInPath:
			out = append(out, badPaths(op, p, good)...)
		case openapi3.ParameterInQuery:
			out = append(out, badQuery(p, good)...)
		case openapi3.ParameterInHeader:
			out = append(out, badHeaders(p, good)...)
		}
	}
	if op.Stream {
		return append(out, badStreams(good)...)
	}
	if op.AnyBody {
		return out
	}
	if op.Body == nil {
		return append(out, unexpectedBody(good))
	}
	return append(out, badBodies(op, good)...)
}

func invalid(name string, r Request, pointer, place string) Bad {
	return Bad{Name: name, Request: r, Status: http.StatusBadRequest, Code: "invalid_input", Pointer: pointer, Place: place}
}

// badQueries are wrong whatever the operation declares.
func badQueries(op *edge.Operation, good Request) []Bad {
	with := func(name, extra, pointer, place string) Bad {
		r := good.clone()
		r.Query = strings.TrimPrefix(r.Query+"&"+extra, "&")
		return invalid(name, r, pointer, place)
	}
	out := []Bad{
		with("unknown parameter", "no_such_parameter=1", "query:no_such_parameter", "unknown"),
		with("unknown parameter without a value", "no_such_parameter", "query:no_such_parameter", "unknown"),
		with("unknown parameter with NUL in its name", "no%00such=1", "query:no\uFFFDsuch", "unknown"),
		with("broken escape", "a=%zz", "query", "syntax"),
		with("semicolon", "a=1;b=2", "query", "syntax"),
	}
	for _, p := range op.Parameters {
		if p.In == openapi3.ParameterInQuery {
			upper := strings.ToUpper(p.Name)
			out = append(out, with("query "+upper, upper+"=1", "query:"+upper, "unknown"))
		}
	}
	return out
}

func badQuery(p edge.Parameter, good Request) []Bad {
	pointer := "query:" + p.Name
	set := func(name, value, place string) Bad {
		r := good.clone()
		q := parsed(good.Query)
		q.Del(p.Name)
		r.Query = strings.TrimPrefix(q.Encode()+"&"+p.Name+"="+value, "&")
		return invalid("query "+p.Name+" "+name, r, pointer, place)
	}
	once := url.QueryEscape(parsed(good.Query).Get(p.Name))
	out := []Bad{
		set("empty", "", "empty"),
		set("blank", "%20%E3%80%80", "empty"),
		set("repeated", once+"&"+p.Name+"="+once, "repeated"),
		set("with NUL", once+"%00", "bad_characters"),
		set("with a line break", once+"%0D%0A", "bad_characters"),
		set("with half a character", once+"%FF", "bad_characters"),
		set("with a surrogate", once+"%ED%A0%80", "bad_characters"),
	}
	for _, v := range badTexts(p.Schema) {
		if strings.TrimSpace(v.text) != "" {
			out = append(out, set(v.name, url.QueryEscape(v.text), v.place))
		}
	}
	if p.Required {
		r := good.clone()
		q := parsed(good.Query)
		q.Del(p.Name)
		r.Query = q.Encode()
		out = append(out, invalid("query "+p.Name+" missing", r, pointer, "required"))
	}
	return out
}

func parsed(query string) url.Values {
	q, err := url.ParseQuery(query)
	if err != nil {
		panic("edgetest: " + err.Error()) // our own
	}
	return q
}

func badPaths(op *edge.Operation, p edge.Parameter, good Request) []Bad {
	set := func(name, value, place string) Bad {
		r := good.clone()
		r.Path = strings.ReplaceAll(op.Path, "{"+p.Name+"}", value)
		for _, other := range op.Parameters {
			if other.In == openapi3.ParameterInPath {
				r.Path = strings.ReplaceAll(r.Path, "{"+other.Name+"}", fmt.Sprint(example(other.Schema)))
			}
		}
		return invalid("path "+p.Name+" "+name, r, "path:"+p.Name, place)
	}
	id := fmt.Sprint(example(p.Schema))
	out := []Bad{
		set("NUL", "%00", "bad_characters"),
		set("with NUL", id+"%00", "bad_characters"),
		set("with a line break", id+"%0A", "bad_characters"),
		set("with half a character", id+"%FF", "bad_characters"),
		set("with a slash", "..%2F..%2Fetc", anyPlace),
		set("with a quote", "'%20OR%20'1'='1", anyPlace),
	}
	for _, v := range badTexts(p.Schema) {
		if v.text != "" {
			out = append(out, set(v.name, url.PathEscape(v.text), v.place))
		}
	}
	return out
}

func badHeaders(p edge.Parameter, good Request) []Bad {
	set := func(name, place string, values ...string) Bad {
		r := good.clone()
		r.Header[http.CanonicalHeaderKey(p.Name)] = values
		return invalid("header "+p.Name+" "+name, r, "header:"+p.Name, place)
	}
	once := good.Header.Get(p.Name)
	out := []Bad{
		set("empty", "empty", ""),
		set("with half a character", anyPlace, once+"\xff"),
	}
	if p.Required {
		b := set("missing", "")
		b.Header.Del(p.Name)
		b.Code, b.Pointer = "idempotency_key_required", ""
		if p.Name == "If-Match" {
			b.Status, b.Code = http.StatusPreconditionRequired, "version_required"
		}
		out = append(out, b)
	}
	if p.Name != "If-Match" {
		out = append(out, set("repeated", "repeated", once, once)) // several lines of If-Match are one list
		for _, v := range badTexts(p.Schema) {
			// Blanks around a header's value do not arrive, and control characters cannot be sent.
			if v.text != "" && v.text == strings.TrimSpace(v.text) {
				out = append(out, set(v.name, v.place, v.text))
			}
		}
		return out
	}
	for _, any := range []string{"*", `*, "3"`, `"3", *`} {
		asterisk := set("any "+any, "", any)
		asterisk.Status, asterisk.Code, asterisk.Pointer = http.StatusPreconditionRequired, "version_required", ""
		out = append(out, asterisk)
	}
	for _, etag := range []string{
		`3`, `""`, `"0"`, `"-1"`, `"03"`, `"+3"`, `"3.0"`, `"three"`, `w/"3"`, `W/3`, `* "3"`, `"3" "4"`, `"3",`, `"a", "b"`, `"3`, `3"`, `'3'`, `"９"`,
		`"9223372036854775808"`, `"` + strings.Repeat("9", 1000) + `"`,
	} {
		out = append(out, set(fmt.Sprintf("%.20s", etag), "bad_format", etag))
	}
	return out
}

// badStreams are bytes that are announced as something else. What is wrong with the bytes only their taker knows.
func badStreams(good Request) []Bad {
	var out []Bad
	for _, media := range []string{"application/json", "multipart/form-data; boundary=x", "text/plain", ""} {
		r := good.clone()
		r.Header["Content-Type"] = []string{media}
		out = append(out, Bad{Name: "body as " + media, Request: r, Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type"})
	}
	r := good.clone()
	r.Header.Set("Content-Encoding", "gzip")
	return append(out, Bad{Name: "compressed body", Request: r, Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type"})
}

func unexpectedBody(good Request) Bad {
	r := good.clone()
	r.Header.Set("Content-Type", "application/json")
	r.Body = []byte(`{}`)
	return invalid("body where none is taken", r, "", "unexpected")
}
