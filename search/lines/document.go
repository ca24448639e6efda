package lines

import (
	"bytes"
	"encoding/json"
)

// document tells a text that begins with an object, but is one JSON document of another shape and no rows: an object over several lines, a list
// without its brackets, or nothing but an object that has the rows in a list. One of its lines may well be an object, which is no row. all: the
// text is all there is. A row that is damaged is none of that, and is refused alone.
func document(head []byte, all bool) error {
	text := content(head)
	d := reading{in: json.NewDecoder(bytes.NewReader(text)), line: bytes.IndexByte(text, '\n')}
	if d.line < 0 {
		d.line = len(text)
	}
	ended := d.read()
	rest := bytes.TrimLeft(text[d.in.InputOffset():], " \t\r")
	switch alone := d.line == len(text) && (!ended || all && len(rest) == 0); {
	case d.list != "" && (d.over || alone):
		return &KindError{"这是一个 JSON 文档（条目在成员 " + d.list + " 的数组里），不是 JSON Lines；请把数组里的条目改为每行一个 JSON 对象。",
			"This is one JSON document with its entries in the list " + d.list + ", and no JSON Lines; write each entry as a JSON object in a line of its own."}
	case d.over:
		return &KindError{"一个 JSON 对象占了多行；请写成每行一个对象。", "One JSON object takes several lines; write each in one."}
	case ended && len(rest) > 0 && rest[0] == ',':
		return &KindError{"对象之间有逗号，像是去掉了方括号的 JSON 数组；请写成每行一个 JSON 对象，行末不加逗号。",
			"There are commas between the objects, as in a JSON array without its brackets; write a JSON object a line, without commas between them."}
	}
	return nil
}

// reading is an object as far as it was read.
type reading struct {
	in     *json.Decoder
	line   int // where the first line ends
	over   bool
	list   string // the member that is a list of objects
	within []within
}

// within is an object or a list that is open.
type within struct {
	object, value bool // a value follows, and not a name
	name          string
}

// read reads an object, and tells whether it has ended.
func (d *reading) read() (ended bool) {
	for {
		t, err := d.in.Token()
		if err != nil {
			return false
		}
		d.over = d.over || len(d.within) > 0 && int(d.in.InputOffset()) > d.line
		if len(d.within) == 0 {
			d.within = []within{{object: true}} // whoever calls has seen its brace
			continue
		}
		top := &d.within[len(d.within)-1]
		if delim, is := t.(json.Delim); is && (delim == '}' || delim == ']') {
			if d.within = d.within[:len(d.within)-1]; len(d.within) == 0 {
				return true
			}
			continue
		} else if name, is := t.(string); is && top.object && !top.value {
			top.name, top.value = name, true
			continue
		} else if is := delim == '{' || delim == '['; is {
			if delim == '{' && !top.object && d.list == "" {
				d.list = top.name
			}
			d.within = append(d.within, within{object: delim == '{', name: top.name})
		}
		top.value = false
	}
}
