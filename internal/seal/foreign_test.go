package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func fixed() time.Time { return time.Date(2026, 3, 10, 4, 0, 0, 0, time.UTC) }

func testKeys() *Keys {
	secret := sha256.Sum256([]byte("fuzz"))
	k := &Keys{clock: fixed, path: "/nonexistent/secrets.json"}
	k.ring.Store(&ring{keys: []Key{{ID: idOf(secret[:]), secret: secret[:]}}})
	return k
}

// Whatever stands in the database: an error of ours, or what we sealed, and nothing else.
func FuzzUnseal(f *testing.F) {
	k := testKeys()
	good, err := k.ring.Load().keys[0].Seal([]byte("plain"), "p")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, "", ":", "::", "aes-256-gcm", "aes-256-gcm::", good[:30], good + "=", strings.ToUpper(good), "sm4-gcm:0123456789abcdef:AAAA", "aes-256-gcm:0123456789abcdef:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sealed string) {
		plain, err := k.Unseal(sealed, "p")
		switch {
		case err == nil && string(plain) != "plain": // workers seal their own seeds
			t.Fatalf("%q opens as %q", sealed, plain)
		case err != nil && !errors.Is(err, ErrForm) && !errors.Is(err, ErrUnknownKey) && !errors.Is(err, ErrBroken):
			t.Fatal(err)
		}
	})
}

func FuzzUnsealStream(f *testing.F) {
	k := testKeys()
	good := stream(f, k, []byte("plain"), "p")
	f.Add(good)
	f.Add(good[:StreamOverhead])
	f.Add([]byte("jiebang-stream-1 aes-256-gcm:"))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		plain, err := opened(k, sealed, "p")
		if err == nil && string(plain) != "plain" {
			t.Fatalf("%q opens as %q", sealed, plain)
		}
		if r, err := k.UnsealAt(bytes.NewReader(sealed), int64(len(sealed)), "p"); err == nil {
			if plain, err := io.ReadAll(r); err == nil && string(plain) != "plain" {
				t.Fatalf("%q opens from anywhere as %q", sealed, plain)
			}
		}
	})
}

// A file is read whole as it was written, or refused without a word of what is in it.
func FuzzSecretFile(f *testing.F) {
	secret := sha256.Sum256([]byte("fuzz"))
	text := base64.StdEncoding.EncodeToString(secret[:])
	key := fmt.Sprintf(`{"id":%q,"created_at":"2026-03-10T04:00:00Z","secret":%q}`, idOf(secret[:]), text)
	for _, seed := range []string{
		`{"form":"jiebang-secrets-1","keys":[` + key + `]}`, `{"form":"jiebang-secrets-1","keys":[` + key + `,` + key + `]}`,
		`{"form":"jiebang-secrets-2","keys":[` + key + `]}`, `{"form":"jiebang-secrets-1","keys":[]}`, `{}`, `null`, ``, `[`, text,
		`{"form":"jiebang-secrets-1","keys":[` + key + `]}{}`, `{"form":"jiebang-secrets-1","keys":[` + key + `],"more":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := parseFile(data)
		if err != nil {
			if strings.Contains(err.Error(), text[:12]) {
				t.Fatalf("the error tells the secret: %v", err)
			}
			return
		}
		if len(keys) == 0 {
			t.Fatal("a file without keys is taken")
		}
		for _, k := range keys {
			if len(k.secret) != keySize || idOf(k.secret) != k.ID {
				t.Fatalf("%q gives a key that is none", data)
			}
		}
	})
}

// A key shows nothing but its id, however it is printed.
func TestNoSecretIsPrinted(t *testing.T) {
	k := fresh(t)
	key := k.Newest()
	secret := base64.StdEncoding.EncodeToString(key.secret)
	j, err := json.Marshal(key)
	must(t, err)
	for _, s := range []string{fmt.Sprint(key), fmt.Sprintf("%v %+v %#v %s", key, key, key, key), fmt.Sprintf("%+v", k.List()), string(j)} {
		if strings.Contains(s, secret) || strings.Contains(s, fmt.Sprint(key.secret)) || strings.Contains(s, fmt.Sprintf("%x", key.secret)) {
			t.Errorf("printed: %s", s)
		}
	}
}

func TestTheFileIsItsOwnersAlone(t *testing.T) {
	k := fresh(t)
	_, err := k.Rotate()
	must(t, err)
	info, err := os.Stat(k.Path())
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("%v", info.Mode())
	}
}

// Keys that several processes add at once are all there, and a link to the file stays one.
func TestRotationsAtOnce(t *testing.T) {
	k := fresh(t)
	link := k.Path() + ".link"
	must(t, os.Symlink(k.Path(), link))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			path := k.Path()
			if i%2 == 0 {
				path = link
			}
			other, err := Open(path, false)
			if err == nil {
				_, err = other.Rotate()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	again, err := Open(link, false)
	must(t, err)
	if n := len(again.List()); n != 9 {
		t.Errorf("%d keys", n)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
}

// Two hundred megabytes take buffers of a segment or two.
func TestALongStreamTakesLittleMemory(t *testing.T) {
	k := fresh(t)
	const size = 200 << 20
	r, w := io.Pipe()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	go func() {
		s, err := k.SealStream(w, "p")
		if err == nil {
			_, err = io.CopyN(s, zeros{}, size)
		}
		if err == nil {
			err = s.Close()
		}
		_ = w.CloseWithError(err)
	}()
	plain, err := k.UnsealStream(r, "p")
	must(t, err)
	n, err := io.Copy(io.Discard, plain)
	runtime.ReadMemStats(&after)
	if err != nil || n != size {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// A writer that fails is told, and goes on failing.
func TestAStreamThatCannotBeWritten(t *testing.T) {
	k := fresh(t)
	full := &limited{left: StreamOverhead + boxSize}
	w, err := k.SealStream(full, "p")
	must(t, err)
	_, err = w.Write(make([]byte, 3*segmentSize))
	if !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("write: %v", err)
	}
	if err := w.Close(); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("close: %v", err)
	}
}

type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func BenchmarkSealStream(b *testing.B) {
	k := testKeys()
	buf := make([]byte, 8<<20)
	b.SetBytes(int64(len(buf)))
	for b.Loop() {
		w, err := k.SealStream(io.Discard, "p")
		if err != nil {
			b.Fatal(err)
		}
		_, _ = w.Write(buf)
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	key := testKeys().ring.Load().keys[0]
	for b.Loop() {
		if _, err := key.Seal([]byte("resident_id:210102199003071233"), "p"); err != nil {
			b.Fatal(err)
		}
	}
}
