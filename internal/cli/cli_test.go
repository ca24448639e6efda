package cli

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiebang/internal/exchange"
	"jiebang/internal/fault"
	"jiebang/search/lines"
)

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// cut is a gzip file that breaks off.
func cut(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(strings.Repeat("{\"id\":\"低温等离子体\",\"title\":\"一种装置\"}\n", 20))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()[:b.Len()-10]
}

// What a file, standard input or an endpoint does is not said of the database; what the database does still is.
func TestTheDatabaseIsNotBlamedForAFile(t *testing.T) {
	whole := write(t, "whole.jsonl", []byte("{\"id\":\"a\",\"title\":\"一种装置\"}\n"))
	needs := write(t, "needs.jsonl", []byte("{\"id\":\"n\",\"need_title\":\"一种装置\",\"relevant\":{\"a\":1}}\n"))
	broken := write(t, "cut.gz", cut(t))
	_, synonyms := trySynonyms{Queries: broken}.texts()
	_, opened := lines.Open(bytes.NewReader(cut(t)[:5])) // as an import tells it
	stdin, err := os.Open(write(t, "nothing", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer func(was *os.File) { os.Stdin = was; _ = stdin.Close() }(os.Stdin)
	os.Stdin = stdin
	t.Setenv("JIEBANG_PASSWORD", "")
	_, password := readPassword()
	for name, err := range map[string]error{
		"cut documents":  evalCommand{Docs: broken, Needs: []string{needs}}.Run(t.Context()),
		"cut needs":      evalCommand{Docs: whole, Needs: []string{broken}}.Run(t.Context()),
		"no endpoint":    apart{&net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}},
		"cut searches":   synonyms,
		"a cut import":   opened,
		"empty password": password,
	} {
		if err == nil || fault.DatabaseUnavailable.Of(blamed(err)) || strings.Contains(said(blamed(err)), "数据库") {
			t.Errorf("%s: %v", name, blamed(err))
		}
	}
	if !fault.DatabaseUnavailable.Of(blamed(io.ErrUnexpectedEOF)) {
		t.Error("a connection that died is not told")
	}
}

// What became of a file is told in Chinese, with English beside it, and so are placeholders in what went in.
func TestAReportIsInBothLanguages(t *testing.T) {
	bad := func(place fault.Place, pointer string) error {
		return &fault.Error{Definition: fault.InvalidInput, Fields: fault.Fields{place.Plain(pointer)}}
	}
	r := exchange.Report{Lines: 3, Created: 2, Refused: []exchange.RowError{{Line: 2, Err: bad(fault.Required, "/title")}}, Warned: []exchange.RowError{{Line: 3, Err: bad(fault.Placeholder, "/keywords/0")}}}
	var out strings.Builder
	printReport(&out, r)
	for _, want := range []string{"部分写入：共 3 行，新增 2", "some went in: lines 3", "第 2 行 line 2: /title required: 必填。 Required.", "提醒 note: 第 3 行 line 3: /keywords/0 placeholder"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in %s", want, out.String())
		}
	}
	if s := summaryOf(r); len(s.Warned) != 1 || s.Warned[0].Errors[0].Code != "placeholder" || len(s.Refused) != 1 {
		t.Errorf("%+v", s)
	}
	if _, err := (trySynonyms{}).texts(); err == nil || !strings.HasPrefix(err.Error(), "请用 -q") {
		t.Errorf("no search: %v", err)
	}
}
