package ledger

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Wrong is what somebody did to an export.
type Wrong string

// What may be wrong with an entry.
const (
	Changed Wrong = "changed"
	Gone    Wrong = "missing"
	Added   Wrong = "added"
)

// Flaw is the first place at which an export is not what it says it is.
type Flaw struct {
	Wrong Wrong
	Seq   int64 // of the entry; 0: the export's first line
	Why   string
}

// Noted is a head that somebody kept: the entry of its sequence must have its hash, for ever.
type Noted struct {
	Seq  int64
	Hash string
}

// Checked is what Check found.
type Checked struct {
	Head    ExportHead
	Entries int64
	Sums    Sums  // of payloads
	Flaw    *Flaw // nil: everything agrees
}

// ErrNoExport says that a file is no export of the ledger.
var ErrNoExport = errors.New("no export of the ledger")

// ErrCut says that an export breaks off, as a download does that was not finished: nothing can be said of it.
var ErrCut = errors.New("the export breaks off")

// mostLine bounds a line of an export.
const mostLine = 64 << 10

// Check computes the chain of an export anew, and of an export of entries each digest and the sums, by the file alone. It stops at the first
// place that does not agree. Of a file that is none, or is not whole, it says so (ErrNoExport, ErrCut).
func Check(r io.Reader, noted ...Noted) (Checked, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), mostLine)
	var c Checked
	if !lines.Scan() {
		return c, errors.Join(ErrNoExport, lines.Err())
	}
	if err := strictly(lines.Bytes(), &c.Head); err != nil || c.Head.Form != Form || c.Head.Export != ExportChain && c.Head.Export != ExportEntries {
		return c, ErrNoExport
	}
	last := ExportLink{}
	for lines.Scan() {
		var l ExportLink
		if err := strictly(lines.Bytes(), &l); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) && !lines.Scan() {
				return c, fmt.Errorf("%w in entry %d", ErrCut, last.Seq+1)
			}
			c.flaw(Changed, last.Seq+1, "the line cannot be read: %v", err)
			return c, nil
		}
		if c.follows(last, l); c.Flaw == nil {
			c.says(l)
		}
		for _, n := range noted {
			if c.Flaw == nil && n.Seq == l.Seq && n.Hash != l.Hash {
				c.flaw(Changed, l.Seq, "the head that was noted is %s, and not %s: it, or an entry before it, was written anew", n.Hash, l.Hash)
			}
		}
		if c.Flaw != nil {
			return c, nil
		}
		last = l
		c.Entries++
	}
	if err := lines.Err(); err != nil {
		return c, err
	}
	c.ends(last, noted)
	return c, nil
}

func strictly(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows")
	}
	return nil
}

func (c *Checked) flaw(w Wrong, seq int64, why string, args ...any) {
	if c.Flaw == nil {
		c.Flaw = &Flaw{w, seq, fmt.Sprintf(why, args...)}
	}
}

// seal is what an entry's hash must be, were its number another.
func (l ExportLink) seal(seq int64) string {
	return digest(Form, l.PrevHash, number(seq), l.PostedMonth, l.Digest)
}

// shifted is how far numbers are looked for that somebody changed to hide that entries were taken out or put in.
const shifted = 1000

// follows holds an entry against the one before it.
func (c *Checked) follows(last, l ExportLink) {
	switch {
	case l.Seq > last.Seq+1:
		c.flaw(Gone, last.Seq+1, "entry %d follows entry %d", l.Seq, last.Seq)
	case l.Seq <= last.Seq:
		c.flaw(Added, l.Seq, "entry %d stands after entry %d", l.Seq, last.Seq)
	case l.Seq > c.Head.Seq:
		c.flaw(Added, l.Seq, "the chain ends with entry %d", c.Head.Seq)
	case l.Hash == l.seal(l.Seq) && l.PrevHash == last.Hash:
	case l.Hash == l.seal(l.Seq):
		c.flaw(Changed, l.Seq, "it follows an entry with the hash %s, and the one before has %s: one of the two is another", l.PrevHash, last.Hash)
	default:
		for n := int64(1); n <= shifted; n++ {
			if l.Hash == l.seal(l.Seq+n) {
				c.flaw(Gone, l.Seq, "what stands here was entry %d", l.Seq+n)
			}
			if l.Hash == l.seal(l.Seq-n) {
				c.flaw(Added, l.Seq-n, "what stands as entry %d was entry %d", l.Seq, l.Seq-n)
			}
		}
		c.flaw(Changed, l.Seq, "its hash is not made of what it says")
	}
}

// What an entry of an export says stands in its payload: by the order of Entry.Payload.
const (
	payloadParts      = 30 // one more of what came late for a closed month
	payloadPosted     = 5
	payloadContracts  = 8
	payloadTurnover   = 9
	payloadTechnology = 10
)

// says holds what an entry says against its digest, and adds it up.
func (c *Checked) says(l ExportLink) {
	if c.Head.Export == ExportChain {
		if l.Salt != "" || l.Payload != nil {
			c.flaw(Changed, l.Seq, "the public chain has no payload")
		}
		return
	}
	if n := len(l.Payload) - payloadParts; n < 0 || n > 1 || l.Digest != digest(append([]string{Form, l.Salt}, l.Payload...)...) {
		c.flaw(Changed, l.Seq, "its digest is not made of its payload")
		return
	}
	if posted := l.Payload[payloadPosted]; len(posted) < len(l.PostedMonth) || posted[:len(l.PostedMonth)] != l.PostedMonth {
		c.flaw(Changed, l.Seq, "it counts on %s, and not in %s", posted, l.PostedMonth)
	}
	for part, sum := range map[int]*int64{payloadContracts: &c.Sums.Contracts, payloadTurnover: &c.Sums.Turnover, payloadTechnology: &c.Sums.Technology} {
		n, err := strconv.ParseInt(l.Payload[part], 10, 64)
		if err != nil {
			c.flaw(Changed, l.Seq, "%q is no number", l.Payload[part])
		}
		*sum += n
	}
}

// ends holds the last entry against the head that the export began with.
func (c *Checked) ends(last ExportLink, noted []Noted) {
	switch {
	case last.Seq < c.Head.Seq:
		c.flaw(Gone, last.Seq+1, "the chain ends with entry %d, the file with entry %d", c.Head.Seq, last.Seq)
	case last.Hash != c.Head.Hash:
		c.flaw(Changed, last.Seq, "the head is %s, and the last entry %s", c.Head.Hash, last.Hash)
	case c.Head.Export == ExportEntries && (c.Head.Sums == nil || *c.Head.Sums != c.Sums):
		c.flaw(Changed, 0, "the sums are not those of the entries: %+v", c.Sums)
	}
	for _, n := range noted {
		if n.Seq > last.Seq {
			c.flaw(Gone, last.Seq+1, "the head that was noted is that of entry %d", n.Seq)
		}
	}
}
