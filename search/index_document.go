package search

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// Document is what may be found. Give only what every reader of the index may
// see: fragments, phrases, facet counts and scores all show it.
type Document struct {
	// ID is the caller's name for the document; not empty. It also orders
	// documents of equal score.
	ID string
	// Kind divides the index: "result", "need", "team". A match asks for one.
	Kind string

	Title    string
	Abstract string
	Keywords []string

	// Facets are exact values to filter and count by, for example field, owner
	// or region. A document may have several values of one facet.
	Facets map[string][]string

	// Terms are conditions that a match weighs beside the text.
	Terms Terms

	// Names are those of the organizations and people behind the document. A search
	// finds them by any part, by pinyin and by its initials; a match does not look
	// at them.
	Names []string

	// SortKeys are numbers that hits can be sorted by (see Query.Order), for example
	// seconds since 1970. KeyConfirmed is not one of them.
	SortKeys map[string]int64
}

// Field names of a Document, as positions give them.
const (
	FieldTitle    = "title"
	FieldAbstract = "abstract"
	FieldKeywords = "keywords"
	FieldNames    = "names"
)

// source is one stretch of text to be analysed, with the name that positions
// refer to it by.
type source struct {
	field string
	item  int // index in Keywords, 0 for the others
	text  string
}

func (d *Document) sources() []source {
	s := make([]source, 0, 2+len(d.Keywords))
	s = append(s, source{FieldTitle, 0, d.Title}, source{FieldAbstract, 0, d.Abstract})
	for i, k := range d.Keywords {
		s = append(s, source{FieldKeywords, i, k})
	}
	return s
}

var errRecord = errors.New("search: damaged record")

// appendRecord is the stored form of a document without its ID: strings with
// their length before them, lists with their count before them.
func appendRecord(dst []byte, d *Document) []byte {
	dst = appendString(dst, d.Kind)
	dst = appendString(dst, d.Title)
	dst = appendString(dst, d.Abstract)
	dst = appendStrings(dst, d.Keywords)
	dst = binary.AppendUvarint(dst, uint64(len(d.Facets)))
	for _, name := range slices.Sorted(maps.Keys(d.Facets)) {
		dst = appendString(dst, name)
		dst = appendStrings(dst, d.Facets[name])
	}
	dst = appendTerms(dst, d.Terms)
	dst = appendStrings(dst, d.Names)
	dst = binary.AppendUvarint(dst, uint64(len(d.SortKeys)))
	for _, key := range slices.Sorted(maps.Keys(d.SortKeys)) {
		dst = binary.AppendVarint(appendString(dst, key), d.SortKeys[key])
	}
	return dst
}

// appendTerms writes a mark whether there are any, and then all numbers; the
// day as seconds since 1970, 0 for none.
func appendTerms(dst []byte, t Terms) []byte {
	if t == (Terms{}) {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	for _, r := range []Range{t.TRL, t.Price, t.Budget} {
		dst = binary.AppendVarint(binary.AppendVarint(dst, r.Min), r.Max)
	}
	day := int64(0)
	if !t.Confirmed.IsZero() {
		day = t.Confirmed.Unix()
	}
	return binary.AppendVarint(dst, day)
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendStrings(dst []byte, list []string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(list)))
	for _, s := range list {
		dst = appendString(dst, s)
	}
	return dst
}

// decodeRecord reads what appendRecord wrote; anything else is errRecord.
func decodeRecord(id string, b []byte) (Document, error) {
	r := recordReader{rest: b}
	d := Document{ID: id, Kind: r.string(), Title: r.string(), Abstract: r.string(), Keywords: r.strings()}
	if n := r.count(); n > 0 {
		d.Facets = make(map[string][]string, n)
		for range n {
			name := r.string()
			d.Facets[name] = r.strings()
		}
	}
	d.Terms = r.terms()
	d.Names = r.strings()
	if n := r.count(); n > 0 {
		d.SortKeys = make(map[string]int64, n)
		for range n {
			key := r.string()
			d.SortKeys[key] = r.number()
		}
	}
	if r.bad || len(r.rest) > 0 {
		return Document{}, errRecord
	}
	return d, nil
}

// readRecord reads a stored document by its number in a segment.
func readRecord(ss *scorch.SegmentSnapshot, n uint64) (d Document, err error) {
	defer guard(&err)()
	var id string
	var record []byte
	err = ss.VisitDocument(n, func(field string, _ byte, value []byte, _ []uint64) bool {
		switch field {
		case "_id":
			id = string(value)
		case fieldRecord:
			record = append(record, value...) // value is only valid in here
		}
		return true
	})
	if err != nil {
		return Document{}, unreadable(err, "record %d", n)
	}
	if id == "" {
		return Document{}, unreadable(errRecord, "record %d", n)
	}
	if d, err = decodeRecord(id, record); err != nil {
		err = unreadable(err, "record %d", n)
	}
	return d, err
}

type recordReader struct {
	rest []byte
	bad  bool
}

// count reads a length. Each thing counted takes at least a byte, so a count
// above what is left is damage, found before anything is allocated for it.
func (r *recordReader) count() int {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > uint64(len(r.rest)-size) {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

func (r *recordReader) terms() Terms {
	if len(r.rest) == 0 || r.rest[0] > 1 {
		r.bad = true
		return Terms{}
	}
	has := r.rest[0] == 1
	r.rest = r.rest[1:]
	if !has {
		return Terms{}
	}
	var t Terms
	for _, x := range []*Range{&t.TRL, &t.Price, &t.Budget} {
		x.Min, x.Max = r.number(), r.number()
	}
	if day := r.number(); day != 0 {
		t.Confirmed = time.Unix(day, 0).UTC()
	}
	return t
}

func (r *recordReader) number() int64 {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *recordReader) string() string {
	n := r.count()
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func (r *recordReader) strings() []string {
	n := r.count()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.string()
	}
	return list
}
