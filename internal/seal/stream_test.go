package seal

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func stream(t interface{ Fatal(...any) }, k *Keys, plain []byte, place string) []byte {
	var out bytes.Buffer
	w, err := k.SealStream(&out, place)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func opened(k *Keys, sealed []byte, place string) ([]byte, error) {
	r, err := k.UnsealStream(bytes.NewReader(sealed), place)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// sizes are around the ends of segments.
var sizes = []int{0, 1, 100, segmentSize - 1, segmentSize, segmentSize + 1, 2 * segmentSize, 3*segmentSize + 17}

func TestAStreamComesBack(t *testing.T) {
	k := fresh(t)
	for _, n := range sizes {
		plain := bytes.Repeat([]byte("abcdefg"), n/7+1)[:n]
		sealed := stream(t, k, plain, "files:1")
		if int64(len(sealed)) != SealedSize(int64(n)) {
			t.Errorf("%d bytes became %d, not %d", n, len(sealed), SealedSize(int64(n)))
		}
		if got, err := opened(k, sealed, "files:1"); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: %d came back, %v", n, len(got), err)
		}
		if got, err := opened(k, sealed, "files:2"); !errors.Is(err, ErrBroken) || len(got) > 0 {
			t.Errorf("%d bytes at another place: %d, %v", n, len(got), err)
		}
	}
}

// Whatever is done to a stream, what is read is a beginning of what was sealed, and no end comes but the one that was sealed.
func TestAStreamThatWasTamperedWithHasNoEnd(t *testing.T) {
	k := fresh(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(sizes).Draw(t, "size")
		plain := bytes.Repeat([]byte("0123456789a"), n/11+1)[:n]
		sealed := stream(t, k, plain, "p")
		bad := bytes.Clone(sealed)
		switch rapid.SampledFrom([]string{"cut", "cut at a segment", "bit", "append", "swap", "drop", "double", "join"}).Draw(t, "how") {
		case "cut":
			bad = bad[:rapid.IntRange(0, len(bad)-1).Draw(t, "at")]
		case "cut at a segment":
			bad = bad[:StreamOverhead+boxSize*rapid.IntRange(0, n/segmentSize).Draw(t, "at")]
		case "bit":
			bad[rapid.IntRange(0, len(bad)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		case "append":
			bad = append(bad, rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "more")...)
		case "swap":
			if n > 2*segmentSize {
				a, b := bad[StreamOverhead:StreamOverhead+boxSize], bytes.Clone(bad[StreamOverhead+boxSize:StreamOverhead+2*boxSize])
				copy(bad[StreamOverhead+boxSize:], a)
				copy(a, b)
			}
		case "drop":
			if n > segmentSize {
				bad = append(bad[:StreamOverhead], bad[StreamOverhead+boxSize:]...)
			}
		case "double":
			if n >= segmentSize {
				bad = append(bytes.Clone(bad[:StreamOverhead+boxSize]), bad[StreamOverhead:]...)
			}
		case "join":
			bad = append(bad, stream(t, k, plain, "p")[StreamOverhead:]...)
		}
		if bytes.Equal(bad, sealed) {
			return
		}
		got, err := opened(k, bad, "p")
		if err == nil || !bytes.HasPrefix(plain, got) {
			t.Fatalf("%d of %d bytes, %v", len(got), n, err)
		}
		if r, err := k.UnsealAt(bytes.NewReader(bad), int64(len(bad)), "p"); err == nil {
			if got, err := io.ReadAll(r); err == nil || !bytes.HasPrefix(plain, got) {
				t.Fatalf("from anywhere: %d of %d bytes, %v", len(got), n, err)
			}
		}
	})
}

func TestAStreamIsReadFromAnywhere(t *testing.T) {
	k := fresh(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(sizes).Draw(t, "size")
		plain := rapid.SliceOfN(rapid.Byte(), n%97, n%97).Draw(t, "seed")
		for len(plain) < n {
			plain = append(plain, byte(len(plain)*31>>3))
		}
		plain = plain[:n]
		sealed := stream(t, k, plain, "p")
		r, err := k.UnsealAt(bytes.NewReader(sealed), int64(len(sealed)), "p")
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			off := rapid.IntRange(0, n).Draw(t, "off")
			if _, err := r.Seek(int64(off), io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain[off:]) {
				t.Fatalf("from %d: %d bytes, %v", off, len(got), err)
			}
		}
	})
}

// However large the pieces are in which a stream is written and read, it is the same.
func TestAStreamIsReadInPiecesOfAnySize(t *testing.T) {
	k := fresh(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(sizes).Draw(t, "size")
		pieces := rapid.SampledFrom([]int{1000, segmentSize - 1, segmentSize, segmentSize + 1, 2*segmentSize + 5})
		plain := bytes.Repeat([]byte("0123456789a"), n/11+1)[:n]
		var sealed bytes.Buffer
		w, err := k.SealStream(&sealed, "files:1")
		if err != nil {
			t.Fatal(err)
		}
		for rest := plain; len(rest) > 0; {
			m := min(len(rest), pieces.Draw(t, "write"))
			if written, err := w.Write(rest[:m]); written != m || err != nil {
				t.Fatal(written, err)
			}
			rest = rest[m:]
		}
		if err := w.Close(); err != nil || int64(sealed.Len()) != SealedSize(int64(n)) {
			t.Fatal(sealed.Len(), err)
		}
		r, err := k.UnsealStream(iotest.DataErrReader(&sealed), "files:1")
		if err != nil {
			t.Fatal(err)
		}
		var got []byte
		for err == nil {
			piece := make([]byte, pieces.Draw(t, "read"))
			var m int
			m, err = r.Read(piece)
			got = append(got, piece[:m]...)
		}
		if !errors.Is(err, io.EOF) || !bytes.Equal(got, plain) {
			t.Fatalf("%d of %d bytes came back, %v", len(got), n, err)
		}
	})
}

// What is sealed as a whole is the stream, and what is opened as a whole is what a stream holds; its tags change with each byte of it.
func TestAWholeIsAStream(t *testing.T) {
	k := fresh(t)
	tags := func(sealed []byte) string {
		d := NewDigest()
		if err := WriteTags(d, sealed); err != nil {
			t.Fatal(err)
		}
		return d.String()
	}
	for _, n := range sizes {
		plain := bytes.Repeat([]byte("abcdefg"), n/7+1)[:n]
		sealed, err := k.Newest().AppendStream([]byte("before"), plain, "files:1")
		if err != nil || int64(len(sealed)) != 6+SealedSize(int64(n)) || string(sealed[:6]) != "before" {
			t.Fatalf("%d bytes became %d, %v", n, len(sealed), err)
		}
		sealed = sealed[6:]
		if got, err := opened(k, sealed, "files:1"); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes as a stream: %d came back, %v", n, len(got), err)
		}
		for _, s := range [][]byte{sealed, stream(t, k, plain, "files:1")} {
			if got, err := k.AppendUnsealed([]byte("before"), s, "files:1"); err != nil || string(got) != "before"+string(plain) {
				t.Errorf("%d bytes as a whole: %d came back, %v", n, len(got), err)
			}
		}
		was := tags(sealed)
		var written bytes.Buffer
		came := NewDigest()
		w, err := k.Newest().SealWithTags(&written, came, "files:1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err = w.Write(plain); err != nil || w.Close() != nil || came.String() != tags(written.Bytes()) {
			t.Errorf("%d bytes: the tags that come along are not those of the stream, %v", n, err)
		}
		for _, at := range []int{StreamOverhead - 1, len(sealed) - 1, len(sealed) - tagSize} {
			changed := bytes.Clone(sealed)
			changed[at] ^= 1
			if got, err := k.AppendUnsealed(nil, changed, "files:1"); !errors.Is(err, ErrBroken) || got != nil || tags(changed) == was {
				t.Errorf("%d bytes, changed at %d: %d, %v", n, at, len(got), err)
			}
		}
		for cut := range sealed {
			if n > 100 && cut%4096 != 0 {
				continue
			}
			if got, err := k.AppendUnsealed(nil, sealed[:cut], "files:1"); err == nil || got != nil {
				t.Errorf("%d bytes, cut to %d: %d, %v", n, cut, len(got), err)
			}
		}
		if got, err := k.AppendUnsealed(nil, append(bytes.Clone(sealed), 0), "files:1"); err == nil || got != nil {
			t.Errorf("%d bytes and one more: %d, %v", n, len(got), err)
		}
	}
	if err := WriteTags(NewDigest(), []byte("short")); !errors.Is(err, ErrForm) {
		t.Error(err)
	}
}
