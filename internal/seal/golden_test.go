package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/golden.json anew")

// golden is what was sealed once and must open for ever: a new version that reads it otherwise would lose what people have.
type golden struct {
	Secret string // of the key, in base64
	Key    string
	Values []struct{ Context, Plain, Sealed string }
	Marks  []struct{ Context, Plain, Mark string }
	Digest []struct{ Data, Digest string }
	Stream []struct {
		Context string
		Size    int    // of a plain text that counts 0, 1, …, 250, 0, …
		Digest  string // of the plain text
		Sealed  string // in base64; of a long one its file
	}
}

func counting(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(i % 251)
	}
	return out
}

func TestWhatWasSealedOnceOpensForEver(t *testing.T) {
	path := filepath.Join("testdata", "golden.json")
	if *update {
		writeGolden(t, path)
	}
	data, err := os.ReadFile(path)
	must(t, err)
	var g golden
	must(t, json.Unmarshal(data, &g))
	secret, err := base64.StdEncoding.DecodeString(g.Secret)
	must(t, err)
	if idOf(secret) != g.Key {
		t.Errorf("the key's id is %s", idOf(secret))
	}
	k := &Keys{}
	k.ring.Store(&ring{keys: []Key{{ID: g.Key, secret: secret}}})
	for _, v := range g.Values {
		if plain, err := k.Unseal(v.Sealed, v.Context); err != nil || string(plain) != v.Plain {
			t.Errorf("%s: %q, %v", v.Context, plain, err)
		}
	}
	for _, m := range g.Marks {
		if mark, err := k.ring.Load().keys[0].Mark([]byte(m.Plain), m.Context); err != nil || mark != m.Mark {
			t.Errorf("%s: %s, %v", m.Context, mark, err)
		}
	}
	for _, d := range g.Digest {
		if got := Digest([]byte(d.Data)); got != d.Digest {
			t.Errorf("digest %s", got)
		}
	}
	for _, s := range g.Stream {
		sealed, err := base64.StdEncoding.DecodeString(s.Sealed)
		must(t, err)
		plain, err := opened(k, sealed, s.Context)
		if err != nil || !bytes.Equal(plain, counting(s.Size)) || Digest(plain) != s.Digest {
			t.Errorf("stream of %d: %d bytes, %v", s.Size, len(plain), err)
		}
	}
	if len(g.Values) < 3 || len(g.Marks) < 2 || len(g.Digest) < 2 || len(g.Stream) < 3 {
		t.Error("little is golden")
	}
}

func writeGolden(t *testing.T, path string) {
	t.Helper()
	secret := sha256.Sum256([]byte("golden"))
	k := &Keys{clock: fixed}
	k.ring.Store(&ring{keys: []Key{{ID: idOf(secret[:]), secret: secret[:]}}})
	g := golden{Secret: base64.StdEncoding.EncodeToString(secret[:]), Key: idOf(secret[:])}
	for context, plain := range map[string]string{"a.b:1": "", "contract_persons.sealed:x": "resident_id:210102199003071233", "c": "揭榜"} {
		sealed, err := k.ring.Load().keys[0].Seal([]byte(plain), context)
		must(t, err)
		g.Values = append(g.Values, struct{ Context, Plain, Sealed string }{context, plain, sealed})
		mark, err := k.ring.Load().keys[0].Mark([]byte(plain), context)
		must(t, err)
		g.Marks = append(g.Marks, struct{ Context, Plain, Mark string }{context, plain, mark})
		g.Digest = append(g.Digest, struct{ Data, Digest string }{plain, Digest([]byte(plain))})
	}
	for _, n := range []int{0, 1, segmentSize, segmentSize + 1} {
		plain := counting(n)
		s := g.Stream
		g.Stream = append(s, struct {
			Context string
			Size    int
			Digest  string
			Sealed  string
		}{"files:1", n, Digest(plain), base64.StdEncoding.EncodeToString(stream(t, k, plain, "files:1"))})
	}
	data, err := json.MarshalIndent(g, "", " ")
	must(t, err)
	must(t, os.WriteFile(path, append(data, '\n'), 0o600))
}

// The digest of "abc" of FIPS 180-4, example B.1.
func TestADigestNamesItsAlgorithm(t *testing.T) {
	const abc = "sha-256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	d := NewDigest()
	_, _ = d.Write([]byte("a"))
	_, _ = d.Write([]byte("bc"))
	if d.String() != abc || Digest([]byte("abc")) != abc {
		t.Errorf("%s", d)
	}
	name, sum, err := ParseDigest(abc)
	if err != nil || name != "sha-256" || hex.EncodeToString(sum) != abc[8:] {
		t.Errorf("%s %x %v", name, sum, err)
	}
	for _, bad := range []string{"", "sha-256", "sha-256:", "md5:" + abc[8:], abc + "00", abc[:len(abc)-1], "sha-256:BA" + abc[10:], "sha-256:zz" + abc[10:]} {
		if _, _, err := ParseDigest(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
		if _, err := NewDigestOf(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
