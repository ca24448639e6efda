package search

import (
	"github.com/blevesearch/bleve/v2/document"
	index "github.com/blevesearch/bleve_index_api"

	"jiebang/search/han"
)

// The fields of the Bleve index. Terms are indexed with their frequency and
// nothing else; the record is stored and not indexed. Bleve adds "_id".
const (
	fieldTerms  = "t"
	fieldRecord = "r"
)

// A term's frequency in a document is written together with whether the title
// has the term: seven bits for the one, the eighth for the other. BM25 saturates
// long before 127, and a frequency of 1 outside titles keeps the compact form
// that the segment format has for terms of one document.
const (
	maxFrequency = 127
	inTitle      = 128
)

// entry is a Document on its way into Bleve. Its analysis runs on Bleve's
// workers and leaves the forward form behind.
type entry struct {
	doc      Document
	forward  *forward
	titleEnd int // tokens before this one are the title's
	fields   []index.Field
	terms    index.TokenFrequencies
}

func newEntry(doc Document) *entry {
	e := &entry{doc: doc}
	e.fields = []index.Field{
		termsField{e},
		document.NewTextFieldCustom(fieldRecord, nil, appendRecord(nil, &doc), index.StoreField, nil),
	}
	return e
}

// read tokenises the document into buf and sets its forward form.
func (e *entry) read(buf []han.Token) []han.Token {
	buf = buf[:0]
	for i, s := range e.doc.sources() {
		from := len(buf)
		buf = han.Tokenize(buf, s.text)
		if i == 0 {
			e.titleEnd = len(buf)
		}
		buf = endSource(buf, from)
	}
	e.forward = newForward(e.doc.ID, buf)
	if terms := e.doc.Terms; terms != (Terms{}) {
		e.forward.terms = &terms // a copy: it must not keep the document
	}
	e.forward.keys = newSortKeys(e.doc.SortKeys)
	return buf
}

// analyse tokenises the document once for both of its forms.
func (e *entry) analyse() {
	buf := e.read(nil)
	e.terms = make(index.TokenFrequencies, e.forward.pairs)
	var text []byte
	for _, s := range e.doc.Names {
		if _, term := foldName(nil, s); term != "" {
			tf := &index.TokenFreq{Term: []byte(term)}
			tf.SetFrequency(1)
			e.terms[term] = tf
		}
	}
	var block []index.TokenFreq // allocated together: a document has hundreds
	han.EachTerm(len(buf), func(i int) han.Symbol { return buf[i].Sym }, func(first, span int, _ han.TermKey) {
		text = han.AppendTermText(text[:0], buf, first, span)
		tf := e.terms[string(text)]
		if tf == nil {
			if len(block) == 0 {
				block = make([]index.TokenFreq, 64)
			}
			tf, block = &block[0], block[1:]
			key := string(text)
			tf.Term = []byte(key)
			e.terms[key] = tf
		}
		n := tf.Frequency()
		if n&^inTitle < maxFrequency {
			n++
		}
		if first < e.titleEnd {
			n |= inTitle
		}
		tf.SetFrequency(n)
	})
}

func (e *entry) ID() string                                 { return e.doc.ID }
func (e *entry) Size() int                                  { return len(e.doc.Title) + len(e.doc.Abstract) }
func (e *entry) VisitComposite(index.CompositeFieldVisitor) {}
func (e *entry) HasComposite() bool                         { return false }
func (e *entry) NumPlainTextBytes() uint64                  { return uint64(e.Size()) }
func (e *entry) StoredFieldsBytes() uint64                  { return 0 }
func (e *entry) Indexed() bool                              { return false }

func (e *entry) AddIDField() {
	e.fields = append(e.fields, document.NewTextFieldCustom("_id", nil, []byte(e.doc.ID), index.IndexField|index.StoreField, nil))
}

func (e *entry) VisitFields(visit index.FieldVisitor) {
	for _, f := range e.fields {
		visit(f)
	}
}

// termsField is the entry seen as the one field that is searched.
type termsField struct{ e *entry }

func (f termsField) Name() string                        { return fieldTerms }
func (f termsField) Value() []byte                       { return nil }
func (f termsField) ArrayPositions() []uint64            { return nil }
func (f termsField) EncodedFieldType() byte              { return 't' }
func (f termsField) Analyze()                            { f.e.analyse() }
func (f termsField) Options() index.FieldIndexingOptions { return index.IndexField }

// AnalyzedLength is what Bleve would normalise by, written beside every
// posting. Lengths are kept in the forward form, so it gets the shortest one
// there is. 0 would not do: the segment format takes a list of one document for
// an empty one then.
func (f termsField) AnalyzedLength() int { return 1 }

func (f termsField) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.e.terms }
func (f termsField) NumPlainTextBytes() uint64                        { return 0 }
