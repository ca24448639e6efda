package seal

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// What an inner key seals opens by it at its place, and nowhere else and by nothing else; the key itself likewise.
func TestAnInnerKey(t *testing.T) {
	file := fresh(t)
	inner := NewInner()
	wrapped, err := inner.Wrap(file.Newest(), "inner_keys.sealed:1")
	must(t, err)
	back, err := file.Unwrap(wrapped, "inner_keys.sealed:1")
	if err != nil || back.ID != inner.ID {
		t.Fatalf("%v, %v", back, err)
	}
	if _, err := file.Unwrap(wrapped, "inner_keys.sealed:2"); !errors.Is(err, ErrBroken) {
		t.Errorf("at another place: %v", err)
	}
	sealed, err := inner.Seal([]byte("揭榜"), "bids.sealed:1")
	must(t, err)
	if plain, err := back.Unseal(sealed, "bids.sealed:1"); err != nil || string(plain) != "揭榜" {
		t.Errorf("%q, %v", plain, err)
	}
	if _, err := back.Unseal(sealed, "bids.sealed:2"); !errors.Is(err, ErrBroken) {
		t.Errorf("at another place: %v", err)
	}
	if _, err := file.Unseal(sealed, "bids.sealed:1"); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("by the file: %v", err)
	}
	if _, err := NewInner().Unseal(sealed, "bids.sealed:1"); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("by another inner key: %v", err)
	}
	short, err := file.Seal([]byte("no key"), "p")
	must(t, err)
	if _, err := file.Unwrap(short, "p"); !errors.Is(err, ErrForm) {
		t.Errorf("not a key: %v", err)
	}

	var box bytes.Buffer
	w, err := inner.SealStream(&box, "s")
	must(t, err)
	_, err = io.Copy(w, strings.NewReader(strings.Repeat("x", 2*segmentSize+1)))
	must(t, err)
	must(t, w.Close())
	r, err := back.UnsealStream(bytes.NewReader(box.Bytes()), "s")
	must(t, err)
	if plain, err := io.ReadAll(r); err != nil || len(plain) != 2*segmentSize+1 {
		t.Errorf("%d bytes, %v", len(plain), err)
	}
	if _, err := file.UnsealStream(bytes.NewReader(box.Bytes()), "s"); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("a stream by the file: %v", err)
	}
}
