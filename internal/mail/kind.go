package mail

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	html "html/template"
	"net/url"
	"strings"
	text "text/template"
	"time"
	"unicode"

	"jiebang/internal/when"
)

// Kind is one kind of mail; D is what its text is made of, as it is kept with the mail until it is sent. Secrets are no part of D.
type Kind[D any] struct{ name string }

// known holds the kinds of all packages by their names.
var known = map[string]*texts{}

// texts is how a kind reads.
type texts struct {
	subject, plain *text.Template
	unsubscribe    *text.Template // the address by which its reader ends mails of the kind (RFC 8058); nil: it cannot be ended
	html           *html.Template
	decode         func(data []byte) (any, error)
}

//go:embed layout.html
var layout string

// NewKind makes a kind of a file of templates, which defines "subject", "text" and "html": Chinese first, English beside it; and "unsubscribe", where its
// reader may end such mails, an address that takes a POST. They are given a Letter. Two kinds of one name, and a file that cannot be read, are programming errors.
func NewKind[D any](name, source string) Kind[D] {
	if known[name] != nil {
		panic("mail: kind defined twice: " + name)
	}
	t := &texts{
		plain: text.Must(text.New(name).Option("missingkey=error").Parse(source)),
		html:  html.Must(html.Must(html.New("layout").Option("missingkey=error").Parse(layout)).Parse(source)),
		decode: func(data []byte) (any, error) {
			var d D
			err := json.Unmarshal(data, &d)
			return d, err
		},
	}
	if t.subject = t.plain.Lookup("subject"); t.subject == nil || t.plain.Lookup("text") == nil || t.html.Lookup("html") == nil {
		panic("mail: a kind has a subject, a text and an html: " + name)
	}
	t.unsubscribe = t.plain.Lookup("unsubscribe")
	known[name] = t
	return Kind[D]{name}
}

// Letter is what the templates of a kind are given.
type Letter struct {
	Data   any        // a D
	Secret string     // for the one who reads the mail, or empty
	Until  *time.Time // what the mail offers is over then, or nil
	base   string
}

// Link is the address of a page with the secret behind its #: browsers do not send that part, so no server's log and no Referer has it.
func (l Letter) Link(page string) string {
	return l.base + "/links/" + page + "#" + url.PathEscape(l.Secret)
}

// Address is the address of something of the API, with the secret where that stands in it: for programs of mail, which know of no #.
func (l Letter) Address(path string) string { return l.base + path }

// End is Until as people read it, in Shanghai.
func (l Letter) End() string {
	if l.Until == nil {
		return ""
	}
	return l.Until.In(when.Shanghai).Format("2006-01-02 15:04")
}

// written is a mail as its reader sees it.
type written struct{ subject, plain, html, unsubscribe string }

// lineMost is how many characters a subject, and each text that is put into a mail, has at most.
const lineMost = 120

// write fills in the templates. base is the address under which the system is reached.
func (t *texts) write(m *Mail, base string) (w written, err error) {
	flat, err := flatten([]byte(m.Data))
	if err != nil {
		return w, err
	}
	data, err := t.decode(flat)
	if err != nil {
		return w, err
	}
	l := Letter{Data: data, Secret: m.Secret, Until: m.Until, base: base}
	type part struct {
		into *string
		run  func(b *bytes.Buffer) error
	}
	parts := []part{
		{&w.subject, func(b *bytes.Buffer) error { return t.subject.Execute(b, l) }},
		{&w.plain, func(b *bytes.Buffer) error { return t.plain.ExecuteTemplate(b, "text", l) }},
		{&w.html, func(b *bytes.Buffer) error { return t.html.ExecuteTemplate(b, "layout", l) }},
	}
	if t.unsubscribe != nil && m.Secret != "" {
		parts = append(parts, part{&w.unsubscribe, func(b *bytes.Buffer) error { return t.unsubscribe.Execute(b, l) }})
	}
	for _, part := range parts {
		var b bytes.Buffer
		if err := part.run(&b); err != nil {
			return w, fmt.Errorf("write the mail: %w", err)
		}
		*part.into = strings.TrimSpace(b.String()) + "\n"
	}
	w.subject, w.unsubscribe = line(w.subject), strings.TrimSpace(w.unsubscribe)
	return w, nil
}

// flatten makes one short line of each text in a mail's data: a name that somebody gave themselves cannot write lines of its own into a
// mail that others trust.
func flatten(data []byte) ([]byte, error) {
	var v any
	in := json.NewDecoder(bytes.NewReader(data))
	in.UseNumber()
	if err := in.Decode(&v); err != nil {
		return nil, err
	}
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			return line(v)
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case map[string]any:
			for k := range v {
				v[k] = walk(v[k])
			}
		}
		return v
	}
	return json.Marshal(walk(v))
}

// line makes one short line of a text: no line break and no control character of a name gets into a header, and none that turns the
// direction of what follows.
func line(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}), " ")
	if runes := []rune(s); len(runes) > lineMost {
		return string(runes[:lineMost-1]) + "…"
	}
	return s
}
