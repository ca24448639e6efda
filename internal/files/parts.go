package files

import (
	"context"
	"encoding"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/seal"
)

// digests are what is known of the bytes so far: of what was sent, and, where that is sealed, of what is stored. Of that the tags are enough,
// which prove all the rest; an upload that was begun by a version of before goes on with all bytes.
type digests struct {
	plain, stored *seal.Digester
	allBytes      bool
}

// byTags begins the address of a sealed content that is a digest of its tags.
const byTags = "tags-"

// ofTags marks the progress of such an upload.
const ofTags = 't'

// keep takes a sealed part.
func (d *digests) keep(sealed []byte) error {
	if d.allBytes {
		d.stored.Write(sealed)
		return nil
	}
	return seal.WriteTags(d.stored, sealed)
}

// sealing seals a part into w, and keeps it as it comes.
func (d *digests) sealing(w io.Writer, key *seal.Key, place string) (io.WriteCloser, error) {
	if d.allBytes {
		return key.SealStream(io.MultiWriter(w, d.stored), place)
	}
	return key.SealWithTags(w, d.stored, place)
}

// marshal is a digest's state, so that another process can go on.
func marshal(d *seal.Digester) ([]byte, error) {
	return d.Hash.(encoding.BinaryMarshaler).MarshalBinary()
}

func unmarshal(d *seal.Digester, state []byte) error {
	return d.Hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(state)
}

// digestsAt goes on from a state: of one digest, or of both.
func digestsAt(state []byte, both bool) (*digests, error) {
	d := newDigest()
	if !both {
		return d, unmarshal(d.plain, state)
	}
	if d.allBytes = len(state)%2 == 0; !d.allBytes {
		state = state[:len(state)-1]
	}
	half := len(state) / 2
	return d, errors.Join(unmarshal(d.plain, state[:half]), unmarshal(d.stored, state[half:]))
}

// sealedState is the state of both, with which another process goes on.
func (d *digests) sealedState(plain []byte) ([]byte, error) {
	state, err := marshal(d.stored)
	state = append(plain, state...)
	if !d.allBytes {
		state = append(state, ofTags)
	}
	return state, err
}

func newDigest() *digests { return &digests{plain: seal.NewDigest(), stored: seal.NewDigest()} }

// address is the address of what is stored.
func (d *digests) address(sealed bool) string {
	switch {
	case !sealed:
		return d.plain.String()
	case d.allBytes:
		return d.stored.String()
	}
	return byTags + d.stored.String()
}

// buffers hold one part each.
var buffers = sync.Pool{New: func() any { b := make([]byte, partSize); return &b }}

// sealedBuffers hold one sealed part each.
var sealedBuffers = sync.Pool{New: func() any { b := make([]byte, 0, seal.SealedSize(partSize)); return &b }}

// place binds a sealed part to where it belongs.
func place(content uuid.UUID, start int64) string {
	return fmt.Sprintf("file_parts.object:%s:%d", content, start)
}

// progress is how far the digests had come with a part of an upload.
func (s *Service) progress(p part, by opener) (*digests, error) {
	state := p.Progress
	if by != nil {
		var err error
		if state, err = by.AppendUnsealed(nil, state, progressAt(p.ContentID, p.Start)); err != nil {
			return nil, err
		}
	}
	return digestsAt(state, by != nil)
}

func progressAt(content uuid.UUID, start int64) string {
	return fmt.Sprintf("file_parts.progress:%s:%d", content, start)
}

// partsOf reads where the bytes of a content lie, in their order.
func partsOf(q *gorm.DB, id uuid.UUID) ([]part, error) {
	var rows []part
	err := q.Where("content_id = ?", id).Order("start").Find(&rows).Error
	for i := 1; i < len(rows); i++ {
		rows[i].before = rows[i-1].Progress
	}
	return rows, err
}

// whole tells whether parts follow one another without a gap up to size.
func whole(parts []part, size int64) bool {
	var at int64
	for _, p := range parts {
		if p.Start != at {
			return false
		}
		at += p.Size
	}
	return at == size
}

// held compares a part that was not sealed with what was received: the digest of the content, brought forward from the part in front of it,
// must come to where it was. That costs no digest of its own while parts are received. Parts of before have theirs in their object's name.
func (p part) held(plain []byte) error {
	if len(p.Progress) == 0 && named(p.Object) {
		return nil
	}
	was, is := seal.NewDigest(), seal.NewDigest()
	err := unmarshal(was, p.Progress)
	if err == nil && p.Start > 0 {
		err = unmarshal(is, p.before)
	}
	if err != nil {
		return fmt.Errorf("%w: %s: %w", errDamaged, p.Object, err)
	}
	is.Write(plain)
	if is.String() != was.String() {
		return fmt.Errorf("%w: %s does not have its digest", errDamaged, p.Object)
	}
	return nil
}

// fetch reads one part and holds it to what was stored; buffer has room for a part.
func (s *Service) fetch(ctx context.Context, p part, by opener, buffer []byte) ([]byte, error) {
	if by != nil {
		spare := sealedBuffers.Get().(*[]byte)
		defer sealedBuffers.Put(spare)
		plain, _, err := s.fetchSealed(ctx, p, by, buffer, *spare)
		return plain, err
	}
	if p.Size > partSize {
		return nil, fmt.Errorf("%w: a part of %d bytes", errDamaged, p.Stored)
	}
	if p.Size != p.Stored {
		return nil, fmt.Errorf("%w: %s", errDamaged, p.Object)
	}
	if err := s.store.get(ctx, p.Object, buffer[:p.Size]); err != nil {
		return nil, err
	}
	return buffer[:p.Size], p.held(buffer[:p.Size])
}

// fetchSealed is fetch of a part that is sealed, and gives besides what was opened; spare has room for a sealed part.
func (s *Service) fetchSealed(ctx context.Context, p part, by opener, buffer, spare []byte) (plain, sealed []byte, err error) {
	if p.Size > partSize || p.Stored != seal.SealedSize(p.Size) {
		return nil, nil, fmt.Errorf("%w: a part of %d bytes", errDamaged, p.Stored)
	}
	sealed = spare[:p.Stored]
	if err := s.store.get(ctx, p.Object, sealed); err != nil {
		return nil, nil, err
	}
	if plain, err = by.AppendUnsealed(buffer[:0], sealed, place(p.ContentID, p.Start)); err != nil {
		return nil, nil, fmt.Errorf("%w: %s: %w", errDamaged, p.Object, err)
	}
	if int64(len(plain)) != p.Size {
		return nil, nil, fmt.Errorf("%w: %s has not the size that it had", errDamaged, p.Object)
	}
	return plain, sealed, nil
}

// reader reads a content from its beginning, or anywhere in it; it holds one part at a time.
type reader struct {
	ctx    context.Context
	s      *Service
	parts  []part
	by     opener // nil: they are not sealed
	size   int64  // where reading ends
	buffer *[]byte
	held   int // which part is in the buffer; -1: none
	plain  []byte
	at     int64
}

func (s *Service) newReader(ctx context.Context, parts []part, by opener, size int64) *reader {
	return &reader{ctx: ctx, s: s, parts: parts, by: by, size: size, buffer: buffers.Get().(*[]byte), held: -1}
}

// ReadAt is for archives, whose directory is at the end. It is not for several at once.
func (r *reader) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		if off >= r.size {
			return n, io.EOF
		}
		if err := r.hold(off); err != nil {
			return n, err
		}
		k := copy(p[n:], r.plain[off-r.parts[r.held].Start:])
		n, off = n+k, off+int64(k)
	}
	return n, nil
}

// hold brings the part with a byte into the buffer.
func (r *reader) hold(off int64) error {
	if r.held >= 0 {
		if p := r.parts[r.held]; off >= p.Start && off < p.Start+p.Size {
			return nil
		}
	}
	low, high := 0, len(r.parts)
	for high-low > 1 {
		if middle := (low + high) / 2; r.parts[middle].Start <= off {
			low = middle
		} else {
			high = middle
		}
	}
	r.held = -1
	plain, err := r.s.fetch(r.ctx, r.parts[low], r.by, *r.buffer)
	if err != nil {
		return err
	}
	r.held, r.plain = low, plain
	return nil
}

func (r *reader) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if err := r.hold(r.at); err != nil {
		return 0, err
	}
	n := copy(p, r.plain[r.at-r.parts[r.held].Start:])
	r.at += int64(n)
	return n, nil
}

// fetched is a part that was read ahead.
type fetched struct {
	plain []byte
	err   error
}

// WriteTo writes what is left. While one part is written, the next is read.
func (r *reader) WriteTo(w io.Writer) (total int64, err error) {
	spare := buffers.Get().(*[]byte)
	defer func() { buffers.Put(spare) }()
	for r.at < r.size {
		if err := r.hold(r.at); err != nil {
			return total, err
		}
		next := make(chan fetched, 1)
		here := r.parts[r.held]
		following := r.held + 1
		if following < len(r.parts) && r.parts[following].Start >= r.size {
			following = len(r.parts) // behind the section's end
		}
		if following < len(r.parts) {
			go func() {
				plain, err := r.s.fetch(r.ctx, r.parts[following], r.by, *spare)
				next <- fetched{plain, err}
			}()
		}
		n, err := w.Write(r.plain[r.at-here.Start : min(here.Size, r.size-here.Start)])
		total, r.at = total+int64(n), r.at+int64(n)
		if following < len(r.parts) {
			ahead := <-next // also after a failure: it writes into the buffer
			if err == nil {
				err = ahead.err
			}
			r.held, r.plain = following, ahead.plain
			spare, r.buffer = r.buffer, spare
		}
		if err != nil {
			r.held = -1
			return total, err
		}
	}
	return total, nil
}

// Close gives its buffer back.
func (r *reader) Close() error {
	if r.buffer != nil {
		buffers.Put(r.buffer)
		r.buffer, r.plain, r.held = nil, nil, -1
	}
	return nil
}
