package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// A sealed stream is a first line, "jiebang-stream-1 aes-256-gcm:<key>:", 32 random bytes, and segments of 64 KiB of plain text
// with a tag each. A segment's nonce is its number and whether it is the last one (the STREAM construction: Hoang, Reyhanitabar,
// Rogaway, Vizár, CRYPTO 2015), so that none can be changed, moved, left out or added, and the end is an end that was meant.
const (
	streamForm  = "jiebang-stream-1 "
	segmentSize = 64 << 10
	tagSize     = 16
	boxSize     = segmentSize + tagSize
	lineSize    = len(streamForm) + len(cipherName) + 1 + 16 + 2
)

// StreamOverhead is the number of bytes before the first segment of a sealed stream.
const StreamOverhead = lineSize + saltSize

// SealedSize is how many bytes a stream of so many plain bytes has once it is sealed.
func SealedSize(plain int64) int64 {
	segments := max((plain+segmentSize-1)/segmentSize, 1) // an empty stream has one empty segment
	return int64(StreamOverhead) + plain + segments*tagSize
}

// SealStream is that of the newest key.
func (k *Keys) SealStream(w io.Writer, context string) (io.WriteCloser, error) {
	return k.Newest().SealStream(w, context)
}

// SealStream encrypts for its place what is written to it. Close writes the end and leaves w open; without it the stream is cut and
// cannot be opened as a whole.
func (k Key) SealStream(w io.Writer, context string) (io.WriteCloser, error) {
	return k.SealWithTags(w, io.Discard, context)
}

// SealWithTags is SealStream that besides writes to tags what WriteTags would write of the whole stream, as it comes.
func (k Key) SealWithTags(w, tags io.Writer, context string) (io.WriteCloser, error) {
	head, box, err := k.streamHead(context)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(head); err != nil {
		return nil, err
	}
	if _, err := tags.Write(head); err != nil {
		return nil, err
	}
	return &sealer{w: w, tags: tags, box: box, room: rooms.Get().(*room)}, nil
}

// room is what a sealer needs: for what is not yet written, a segment at most, and for a sealed segment.
type room struct {
	plain  []byte
	sealed [boxSize]byte
}

var rooms = sync.Pool{New: func() any { return &room{plain: make([]byte, 0, segmentSize)} }}

// streamHead is what stands before the segments of a new stream for its place, and the cipher of these.
func (k Key) streamHead(context string) ([]byte, cipher.AEAD, error) {
	line := streamForm + cipherName + ":" + k.ID + ":\n"
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails (crypto/rand)
	box, err := k.cipher("stream", line, context, salt)
	return append([]byte(line), salt...), box, err
}

type sealer struct {
	w, tags io.Writer
	box     cipher.AEAD
	*room   // given back by Close
	next    uint64
	err     error
}

var errClosed = errors.New("seal: the stream is closed")

func (s *sealer) Write(p []byte) (n int, err error) {
	for len(p) > 0 && s.err == nil {
		if len(s.plain) == segmentSize { // not before there is more: the last segment is sealed by Close
			if s.err = s.flush(false); s.err != nil {
				break
			}
		}
		if len(s.plain) == 0 && len(p) > segmentSize { // sealed from where it is
			if s.err = s.segment(p[:segmentSize], false); s.err != nil {
				break
			}
			p, n = p[segmentSize:], n+segmentSize
			continue
		}
		m := min(len(p), segmentSize-len(s.plain))
		s.plain = append(s.plain, p[:m]...)
		p, n = p[m:], n+m
	}
	return n, s.err
}

func (s *sealer) Close() error {
	if s.err != nil {
		return s.err
	}
	if err := s.flush(true); err != nil {
		s.err = err
		return err
	}
	s.err = errClosed
	rooms.Put(s.room)
	s.room = nil
	return nil
}

func (s *sealer) flush(last bool) error {
	err := s.segment(s.plain, last)
	s.plain = s.plain[:0]
	return err
}

func (s *sealer) segment(plain []byte, last bool) error {
	sealed := s.box.Seal(s.sealed[:0], nonce(s.next, last), plain, nil)
	s.next++
	if _, err := s.w.Write(sealed); err != nil {
		return err
	}
	_, err := s.tags.Write(sealed[len(plain):])
	return err
}

// nonce numbers a segment: 3 zero bytes, the number, and whether it is the last.
func nonce(number uint64, last bool) []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint64(n[3:], number)
	if last {
		n[11] = 1
	}
	return n
}

// UnsealStream opens a stream at its place. What Read gives is authentic; io.EOF comes only after the end that was sealed, so a
// stream that was cut or prolonged ends in ErrBroken. Errors that r has are passed on.
func (k *Keys) UnsealStream(r io.Reader, context string) (io.Reader, error) {
	return unsealStream(k.find, r, context)
}

func unsealStream(find finder, r io.Reader, context string) (io.Reader, error) {
	box, err := streamCipher(find, r, context)
	if err != nil {
		return nil, err
	}
	return &opener{r: r, box: box, sealed: make([]byte, boxSize+1)}, nil
}

// streamCipher reads what stands before the segments.
func streamCipher(find finder, r io.Reader, context string) (cipher.AEAD, error) {
	head := make([]byte, StreamOverhead)
	if _, err := io.ReadFull(r, head); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("%w: the stream is cut", ErrForm)
	} else if err != nil {
		return nil, err
	}
	id, err := StreamKey(head)
	if err != nil {
		return nil, err
	}
	key, err := find(id)
	if err != nil {
		return nil, err
	}
	return key.cipher("stream", string(head[:lineSize]), context, head[lineSize:])
}

// StreamKey is the key that a sealed stream names in its first bytes, of which StreamOverhead are enough.
func StreamKey(head []byte) (string, error) {
	rest, ok := bytes.CutPrefix(head, []byte(streamForm))
	if !ok || len(head) < lineSize || rest[lineSize-len(streamForm)-1] != '\n' {
		return "", fmt.Errorf("%w: not a sealed stream", ErrForm)
	}
	name, id, text, err := parts(string(rest[:lineSize-len(streamForm)-1]))
	if err != nil || name != cipherName || text != "" {
		return "", fmt.Errorf("%w: not a sealed stream of a known algorithm", ErrForm)
	}
	return id, nil
}

type opener struct {
	r      io.Reader
	box    cipher.AEAD
	sealed []byte // room for one segment and the byte after it
	ahead  byte   // the first of the next segment
	plain  []byte // opened and not yet read
	next   uint64
	err    error // io.EOF after the last segment
}

func (o *opener) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(o.plain) == 0 {
		if o.err != nil {
			return 0, o.err
		}
		if len(p) < segmentSize {
			o.plain, o.err = o.segment(o.sealed[:0])
			continue
		}
		var plain []byte // opened into where it is wanted
		if plain, o.err = o.segment(p[:0]); len(plain) > 0 {
			return len(plain), nil
		}
	}
	n := copy(p, o.plain)
	o.plain = o.plain[n:]
	return n, nil
}

// segment opens the next one. It is the last if nothing follows it, and then must have been sealed as the last.
func (o *opener) segment(into []byte) ([]byte, error) {
	have := 0
	if o.next > 0 {
		o.sealed[0], have = o.ahead, 1
	}
	n, err := io.ReadFull(o.r, o.sealed[have:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	n += have
	last := n <= boxSize
	o.ahead = o.sealed[boxSize]
	plain, err := o.box.Open(into, nonce(o.next, last), o.sealed[:min(n, boxSize)], nil)
	if err != nil || len(plain) == 0 && o.next > 0 { // only an empty stream has an empty segment
		return nil, ErrBroken
	}
	o.next++
	if last {
		return plain, io.EOF
	}
	return plain, nil
}

// UnsealAt opens a sealed stream of a known size at its place, to be read from anywhere in it, as a download that goes on where it
// was cut needs it. The last segment is opened at once, so that the size is authentic; each other one when it is read.
func (k *Keys) UnsealAt(r io.ReaderAt, size int64, context string) (*io.SectionReader, error) {
	return unsealAt(k.find, r, size, context)
}

func unsealAt(find finder, r io.ReaderAt, size int64, context string) (*io.SectionReader, error) {
	box, err := streamCipher(find, io.NewSectionReader(r, 0, size), context)
	if err != nil {
		return nil, err
	}
	sealed := size - int64(StreamOverhead)
	segments := (sealed + boxSize - 1) / boxSize
	o := &anywhere{r: r, box: box, segments: segments, sealed: sealed, plain: sealed - segments*tagSize, at: -1}
	if o.plain < 0 || segments == 0 || o.plain == 0 && segments > 1 {
		return nil, ErrBroken
	}
	if err := o.open(segments - 1); err != nil {
		return nil, err
	}
	if segments > 1 && len(o.segment) == 0 {
		return nil, ErrBroken
	}
	return io.NewSectionReader(o, 0, o.plain), nil
}

// anywhere reads plain text from anywhere in a stream, and keeps the segment that was read last.
type anywhere struct {
	r             io.ReaderAt
	box           cipher.AEAD
	segments      int64
	sealed, plain int64 // bytes of all segments
	at            int64 // number of the kept segment
	segment       []byte
	room          []byte
}

func (o *anywhere) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		if off >= o.plain {
			return n, io.EOF
		}
		if number := off / segmentSize; number != o.at {
			if err := o.open(number); err != nil {
				return n, err
			}
		}
		m := copy(p[n:], o.segment[off%segmentSize:])
		n, off = n+m, off+int64(m)
	}
	return n, nil
}

func (o *anywhere) open(number int64) error {
	if o.room == nil {
		o.room = make([]byte, boxSize)
	}
	o.at = -1
	from := number * boxSize
	sealed := o.room[:min(boxSize, o.sealed-from)]
	if n, err := o.r.ReadAt(sealed, int64(StreamOverhead)+from); n < len(sealed) {
		if errors.Is(err, io.EOF) {
			return ErrBroken
		}
		return err
	}
	plain, err := o.box.Open(sealed[:0], nonce(uint64(number), number == o.segments-1), sealed, nil)
	if err != nil {
		return ErrBroken
	}
	o.at, o.segment = number, plain
	return nil
}
