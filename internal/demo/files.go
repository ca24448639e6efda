package demo

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"jiebang/internal/files"
)

// withSheet is how many results come with a public sheet.
const withSheet = 3

// attach hangs a file on a record, as somebody.
func (s *seeder) attach(username, kind string, object uuid.UUID, name string, data []byte, public bool) error {
	id, err := create(s, username, s.Files.Begin, files.Input{Kind: kind, Object: object, Name: name, Size: int64(len(data)), Public: public})
	if err != nil {
		return err
	}
	call, err := s.call(username)
	if err != nil {
		return err
	}
	if _, err := s.Files.Receive(s, call.Actor, id, 0, bytes.NewReader(data)); err != nil {
		return err
	}
	_, err = under(s, username, s.Files.Complete, id, files.Completion{})
	return err
}

// sheet is what a result says of itself, to be taken along.
func sheet(r result) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\r\n\r\n%s\r\n", r.Title, r.Abstract)
	for _, p := range []struct{ heading, text string }{{"应用场景", r.Application}, {"优势", r.Advantage}} {
		if p.text != "" {
			fmt.Fprintf(&b, "\r\n%s\r\n%s\r\n", p.heading, p.text)
		}
	}
	return []byte(b.String())
}

// scan stands for the paper of a contract: a PDF of one page, which says that it is none.
func scan(key string) []byte {
	var b bytes.Buffer
	var at []int
	b.WriteString("%PDF-1.4\n")
	text := fmt.Sprintf("BT /F1 16 Tf 72 720 Td (Demonstration only: not a contract. %s) Tj ET", strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`()\`, r) {
			return '_'
		}
		return r
	}, key))
	for i, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}
