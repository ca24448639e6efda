package mail

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiebang/internal/work"
)

// Whatever stands in a name, the mail has the headers that it always has, two parts, lines that mail carries, and the name as one line.
func TestNoNameBreaksAMail(t *testing.T) {
	letters := []rune("张伟é€😀 ab:<>&\"'\\=?_.,;@\r\n\t\x00\u2028\u202e\u00a0-")
	sender := Sender{From: &netmail.Address{Name: "揭榜", Address: "jiebang@example.org"}, Public: "https://jiebang.example.org"}
	headers := []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.SampledFrom(letters), 0, 300, -1).Draw(t, "name")
		data, err := json.Marshal(hello{name})
		if err != nil {
			t.Fatal(err)
		}
		m := &Mail{Head: work.Head{ID: work.NewID(), CreatedAt: time.Unix(1e9, 0)}, Kind: "test.hello", Address: "a@example.org", Data: string(data), Secret: secret}
		raw, err := sender.Render(m)
		if err != nil {
			t.Fatal(err)
		}
		for l := range bytes.SplitSeq(raw, []byte("\r\n")) {
			if len(l) > 998 || bytes.ContainsAny(l, "\r\n\x00") || bytes.ContainsFunc(l, func(r rune) bool { return r >= 0x7f }) {
				t.Fatalf("a line that mail does not carry: %q", l)
			}
		}
		read, err := netmail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(read.Header)); !slices.Equal(got, headers) {
			t.Fatalf("headers: %v", got)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
		if want := line("你好 " + line(name)); err != nil || subject != want {
			t.Fatalf("subject %q, want %q, %v", subject, want, err)
		}
		_, params, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		parts := multipart.NewReader(read.Body, params["boundary"])
		plain, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(plain)
		if err != nil || !strings.HasPrefix(string(text), strings.TrimSpace(line(name)+":")) {
			t.Fatalf("%q %v", text, err)
		}
		if _, err := parts.NextPart(); err != nil {
			t.Fatal(err)
		}
		if _, err := parts.NextPart(); err == nil {
			t.Fatal("a third part")
		}
	})
}

func TestNumbersOfAMailStayWhatTheyAre(t *testing.T) {
	got, err := flatten([]byte(`{"fen":9007199254740993,"names":["a\nb",{"x":"c\td"}],"none":null,"yes":true}`))
	if want := `{"fen":9007199254740993,"names":["a b",{"x":"c d"}],"none":null,"yes":true}`; err != nil || string(got) != want {
		t.Errorf("%s %v", got, err)
	}
}
