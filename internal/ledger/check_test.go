package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

// written is an export as it is written.
func written(t *testing.T, x Export, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := x.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// parsed is an export, line by line.
func parsed(t *testing.T, file []byte) (ExportHead, []ExportLink) {
	t.Helper()
	lines := bytes.Split(bytes.TrimSpace(file), []byte("\n"))
	var head ExportHead
	links := make([]ExportLink, len(lines)-1)
	for i, line := range lines {
		into := any(&head)
		if i > 0 {
			into = &links[i-1]
		}
		if err := json.Unmarshal(line, into); err != nil {
			t.Fatal(err)
		}
	}
	return head, links
}

func composed(t *testing.T, head ExportHead, links []ExportLink) []byte {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	if err := e.Encode(head); err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		if err := e.Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// relink computes everything from an entry on anew, as somebody would who wants nothing to show.
func relink(links []ExportLink, from int) {
	prev := ""
	if from > 0 {
		prev = links[from-1].Hash
	}
	for i := from; i < len(links); i++ {
		l := &links[i]
		l.Seq, l.PrevHash = int64(i+1), prev
		if l.Payload != nil {
			l.Digest = digest(append([]string{Form, l.Salt}, l.Payload...)...)
		}
		l.Hash = l.seal(l.Seq)
		prev = l.Hash
	}
}

// An export agrees as it was made; whatever is changed, missing or added shows where it is.
func TestATamperedExportShowsItsPlace(t *testing.T) {
	b := open(t, dbtest.New(t, db.SQLite))
	b.history(t, rand.New(rand.NewPCG(3, 3)), 15)
	operator := policy.Actor{Operator: true}
	if _, err := b.AllEntries(t.Context(), policy.Actor{}); !fault.SignInRequired.Of(err) {
		t.Errorf("payloads are not for visitors: %v", err)
	}
	x, err := b.Chain(t.Context(), policy.Actor{})
	chain := written(t, x, err)
	x, err = b.AllEntries(t.Context(), operator)
	entries := written(t, x, err)
	if bytes.Contains(chain, []byte("salt")) {
		t.Error("the public chain has salts")
	}
	total, err := Total(b.db.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"chain": chain, "entries": entries} {
		c, err := Check(bytes.NewReader(file))
		if err != nil || c.Flaw != nil || c.Entries != c.Head.Seq || c.Entries < 5 || name == "entries" && c.Sums != (Sums{total.Contracts, int64(total.Turnover), int64(total.Technology)}) {
			t.Fatalf("%s as it was made: %+v %+v %v", name, c, c.Flaw, err)
		}
	}
	_, whole := parsed(t, entries)
	noted := Noted{4, whole[3].Hash}

	both := map[string][]byte{"chain": chain, "entries": entries}
	full := map[string][]byte{"entries": entries}
	for _, c := range []struct {
		name   string
		of     map[string][]byte
		tamper func(h *ExportHead, l []ExportLink) []ExportLink
		want   Wrong
		seq    int64
	}{
		{"another digest", both, func(_ *ExportHead, l []ExportLink) []ExportLink { l[2].Digest = l[1].Digest; return l }, Changed, 3},
		{"another month", both, func(_ *ExportHead, l []ExportLink) []ExportLink { l[2].PostedMonth = "1999-01"; return l }, Changed, 3},
		{"another hash", both, func(_ *ExportHead, l []ExportLink) []ExportLink { l[2].Hash = l[1].Hash; return l }, Changed, 3},
		{"a month, and its own hash anew", both, func(_ *ExportHead, l []ExportLink) []ExportLink {
			l[2].PostedMonth = "1999-01"
			l[2].Hash = l[2].seal(3)
			if l[2].Payload != nil {
				l[2].Payload[payloadPosted] = "1999-01-01"
				l[2].Digest = digest(append([]string{Form, l[2].Salt}, l[2].Payload...)...)
				l[2].Hash = l[2].seal(3)
			}
			return l
		}, Changed, 4}, // the next one follows another
		{"an amount", full, func(_ *ExportHead, l []ExportLink) []ExportLink { l[2].Payload[payloadTurnover] += "0"; return l }, Changed, 3},
		{"a salt", full, func(_ *ExportHead, l []ExportLink) []ExportLink { l[2].Salt += "0"; return l }, Changed, 3},
		{"a payload cut short", full, func(_ *ExportHead, l []ExportLink) []ExportLink { l[2].Payload = l[2].Payload[:29]; return l }, Changed, 3},
		{"a month that the payload does not say", full, func(h *ExportHead, l []ExportLink) []ExportLink {
			l[2].PostedMonth = "1999-01"
			relink(l, 2)
			return l
		}, Changed, 3},
		{"the sums", full, func(h *ExportHead, l []ExportLink) []ExportLink { h.Sums.Turnover++; return l }, Changed, 0},
		{"the head", both, func(h *ExportHead, l []ExportLink) []ExportLink { h.Hash = l[0].Hash; return l }, Changed, -1},
		{"all anew from an amount on", full, func(_ *ExportHead, l []ExportLink) []ExportLink {
			l[2].Payload[payloadTurnover] += "0"
			relink(l, 2)
			return l
		}, Changed, 4}, // by the head that was noted
		{"one taken out", both, func(_ *ExportHead, l []ExportLink) []ExportLink { return slices.Delete(l, 2, 3) }, Gone, 3},
		{"two taken out", both, func(_ *ExportHead, l []ExportLink) []ExportLink { return slices.Delete(l, 2, 4) }, Gone, 3},
		{"the first taken out", both, func(_ *ExportHead, l []ExportLink) []ExportLink { return l[1:] }, Gone, 1},
		{"the last taken out", both, func(_ *ExportHead, l []ExportLink) []ExportLink { return l[:len(l)-1] }, Gone, -1},
		{"one taken out, and the rest numbered anew", both, func(_ *ExportHead, l []ExportLink) []ExportLink {
			l = slices.Delete(l, 2, 3)
			for i := range l {
				l[i].Seq = int64(i + 1)
			}
			return l
		}, Gone, 3},
		{"the end taken out, with its head", both, func(h *ExportHead, l []ExportLink) []ExportLink {
			h.Seq, h.Hash = 2, l[1].Hash
			if h.Sums != nil {
				h.Sums = &Sums{}
				c, _ := Check(bytes.NewReader(composed(t, *h, l[:2])))
				h.Sums = &c.Sums
			}
			return l[:2]
		}, Gone, 3},
		{"one twice", both, func(_ *ExportHead, l []ExportLink) []ExportLink { return slices.Insert(l, 3, l[2]) }, Added, 3},
		{"one between, and the rest numbered anew", both, func(_ *ExportHead, l []ExportLink) []ExportLink {
			mine := l[1]
			mine.PrevHash = l[2].Hash
			mine.Hash = mine.seal(4)
			l = slices.Insert(l, 3, mine)
			for i := range l {
				l[i].Seq = int64(i + 1)
			}
			return l
		}, Added, 4},
		{"one after the end", both, func(_ *ExportHead, l []ExportLink) []ExportLink {
			mine := l[1]
			mine.Seq, mine.PrevHash = int64(len(l)+1), l[len(l)-1].Hash
			mine.Hash = mine.seal(mine.Seq)
			return append(l, mine)
		}, Added, -2},
		{"two swapped", both, func(_ *ExportHead, l []ExportLink) []ExportLink { l[2], l[3] = l[3], l[2]; return l }, Gone, 3},
	} {
		for kind, file := range c.of {
			head, links := parsed(t, file)
			n := int64(len(links))
			links = c.tamper(&head, links)
			var keep []Noted
			if strings.Contains(c.name, "all anew") || strings.Contains(c.name, "with its head") { // by the file alone nobody could tell
				keep = append(keep, noted)
			}
			found, err := Check(bytes.NewReader(composed(t, head, links)), keep...)
			want := c.seq
			switch want {
			case -1:
				want = n
			case -2:
				want = n + 1
			}
			if err != nil || found.Flaw == nil || found.Flaw.Wrong != c.want || found.Flaw.Seq != want {
				t.Errorf("%s, %s: %+v %v, want entry %d %s", kind, c.name, found.Flaw, err, want, c.want)
			}
		}
	}
	if c, err := Check(strings.NewReader(string(chain)+"{}x\n"), noted); err != nil || c.Flaw == nil || c.Flaw.Wrong != Changed {
		t.Errorf("a line that cannot be read: %+v %v", c.Flaw, err)
	}
	for _, file := range []string{"", "编号,名称\n", `{"form":"jiebang-ledger-1","export":"chain","seq":0,"hash":""}`} {
		if _, err := Check(strings.NewReader(file)); !errors.Is(err, ErrNoExport) {
			t.Errorf("%q: %v", file, err)
		}
	}
}
