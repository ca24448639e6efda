package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// What docs/ledger-chain.md says of digests, written once more.
func chained(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// The command says whether an export agrees, and otherwise names the entry, by the file alone.
func TestAnExportIsCheckedByTheFileAlone(t *testing.T) {
	first := chained("jiebang-ledger-2", "", "1", "2026-01", "sha256:aa")
	second := chained("jiebang-ledger-2", first, "2", "2026-02", "sha256:bb")
	line := func(seq int, month, digest, prev, hash string) string {
		return fmt.Sprintf(`{"seq":%d,"posted_month":%q,"digest":%q,"prev_hash":%q,"hash":%q}`, seq, month, digest, prev, hash)
	}
	head := fmt.Sprintf(`{"form":"jiebang-ledger-2","export":"chain","month":"2026-02","seq":2,"hash":%q}`, second)
	one, two := line(1, "2026-01", "sha256:aa", "", first), line(2, "2026-02", "sha256:bb", first, second)
	for _, c := range []struct {
		name, says string
		lines      []string
		noted      []string
	}{
		{"as it was made", "", []string{head, one, two}, []string{"1:" + first}},
		{"changed", "entry 2 is changed", []string{head, one, line(2, "2026-03", "sha256:bb", first, second)}, nil},
		{"missing", "entry 1 is missing", []string{head, two}, nil},
		{"added", "entry 1 is added", []string{head, one, one, two}, nil},
		{"another head than the one that was noted", "entry 1 is changed", []string{head, one, two}, []string{"1:" + second}},
		{"no export", "no export", []string{"编号,名称"}, nil},
		{"another kind of file", "UTF-16", []string{"\xff\xfe" + head}, nil},
		{"a download that was cut", "entry 2", []string{head, one, two[:30]}, nil},
		{"not whole", "fetch it again", []string{head, one, two[:30]}, nil},
		{"no head", "7:sha256", []string{head, one, two}, []string{"head"}},
	} {
		err := checkCommand{File: write(t, "chain.jsonl", []byte(strings.Join(c.lines, "\n")+"\n")), Noted: c.noted}.Run()
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
