package files

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/seal"
)

// pipeline stores the bytes of an upload in three steps that go on at once: one part is received, the one before is written, and what
// was written before that is made to last and noted. What waits to be noted is noted together, so that a fast sender does not wait for the
// disk at each part, and of a slow one each part is noted at once.
type pipeline struct {
	s    *Service
	ctx  context.Context // not the request's: what was received is kept when the sender is gone
	u    *Upload         // as it is noted; only note looks at it
	sums *digests

	id     uuid.UUID
	sealed bool

	free    chan *[]byte
	pieces  chan piece
	written chan part
	ended   sync.WaitGroup
	broken  chan struct{} // closed at the first failure
	once    sync.Once
	err     error
}

// piece is a part before it is written.
type piece struct {
	start  int64
	plain  []byte
	state  []byte // of the digest of all up to here
	buffer *[]byte
}

const (
	inHand  = 3 // parts of an upload that are in memory
	unnoted = 8 // parts that are written and not noted; a process that dies loses them
)

func (s *Service) newPipeline(ctx context.Context, u *Upload, sums *digests) *pipeline {
	p := &pipeline{
		s: s, ctx: context.WithoutCancel(ctx), u: u, sums: sums, id: u.ID, sealed: !u.Public,
		free: make(chan *[]byte, inHand), pieces: make(chan piece, inHand), written: make(chan part, unnoted), broken: make(chan struct{}),
	}
	for range inHand {
		p.free <- buffers.Get().(*[]byte)
	}
	p.ended.Go(p.write)
	p.ended.Go(p.note)
	return p
}

// buffer gives room for a part, or nil after a failure.
func (p *pipeline) buffer() *[]byte {
	select {
	case b := <-p.free:
		return b
	case <-p.broken:
		return nil
	}
}

// push takes the next bytes.
func (p *pipeline) push(start int64, plain []byte, buffer *[]byte) error {
	p.sums.plain.Write(plain)
	state, err := marshal(p.sums.plain)
	if err == nil {
		p.pieces <- piece{start, plain, state, buffer}
	}
	return err
}

// finish waits until all is noted.
func (p *pipeline) finish() error {
	close(p.pieces)
	p.ended.Wait()
	return p.err
}

func (p *pipeline) fail(err error) {
	p.once.Do(func() {
		p.err = err
		close(p.broken)
	})
}

func (p *pipeline) hasFailed() bool {
	select {
	case <-p.broken:
		return true
	default:
		return false
	}
}

// write writes parts to the store.
func (p *pipeline) write() {
	defer close(p.written)
	for x := range p.pieces {
		if !p.hasFailed() {
			ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
			made, err := p.s.keep(ctx, p.id, x, p.sealed, p.sums)
			cancel()
			if err != nil {
				p.fail(err)
			} else {
				p.written <- made
			}
		}
		p.free <- x.buffer // there is room for all there are
	}
	close(p.free)
	for b := range p.free {
		buffers.Put(b)
	}
}

// note makes parts last and notes them in the database, as many at once as there are.
func (p *pipeline) note() {
	for first := range p.written {
		some := []part{first}
	more:
		for {
			select {
			case next, open := <-p.written:
				if !open {
					break more
				}
				some = append(some, next)
			default:
				break more
			}
		}
		if !p.hasFailed() {
			if err := p.noteSome(some); err != nil {
				p.fail(err)
			}
		}
	}
}

func (p *pipeline) noteSome(some []part) error {
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	names := make([]string, len(some))
	next := *p.u
	for i, x := range some {
		names[i] = x.Object
		next.Received += x.Size
	}
	if err := p.s.store.sync(names); err != nil {
		return err
	}
	now := p.s.unit.Now()
	next.Parts, next.Version = p.u.Parts+int64(len(some)), p.u.Version+1
	next.UpdatedAt, next.ExpiresAt = now, now.Add(keepOpen)
	err := p.s.transaction(ctx, func(q *gorm.DB) error {
		done := q.Model(&next).Where("sender = ? AND version = ?", p.u.Sender, p.u.Version).Select("received", "parts", "updated_at", "expires_at", "version").Updates(&next)
		if done.Error == nil && done.RowsAffected != 1 {
			return fault.UploadOffset.Because("另一个请求正在发送此文件。 Another request is sending this file.")
		}
		if done.Error != nil {
			return done.Error
		}
		return q.Create(&some).Error
	})
	if err != nil {
		if !db.Unavailable(err) { // otherwise it may have been noted all the same
			p.s.tidy(ctx, names)
		}
		return err
	}
	*p.u = next
	return nil
}

// keep stores a part of a content. How far its digests have come is sealed where the part is, since it holds the last of the bytes.
func (s *Service) keep(ctx context.Context, id uuid.UUID, x piece, sealed bool, sums *digests) (p part, err error) {
	p = part{ContentID: id, Start: x.start, Size: int64(len(x.plain)), Stored: int64(len(x.plain)), Progress: x.state}
	if !sealed {
		p.Object, err = s.store.put(ctx, id, x.plain)
		return p, err
	}
	buffer := sealedBuffers.Get().(*bytes.Buffer)
	defer func() {
		buffer.Reset()
		sealedBuffers.Put(buffer)
	}()
	if err := s.seal(buffer, x.plain, place(id, x.start)); err != nil {
		return part{}, err
	}
	if p.SealedBy, err = seal.StreamKey(buffer.Bytes()); err != nil {
		return part{}, err
	}
	sums.stored.Write(buffer.Bytes())
	state, err := marshal(sums.stored)
	if err != nil {
		return part{}, err
	}
	var box bytes.Buffer
	if err := s.seal(&box, append(x.state, state...), progressAt(id, x.start)); err != nil {
		return part{}, err
	}
	p.Stored, p.Progress = int64(buffer.Len()), box.Bytes()
	p.Object, err = s.store.put(ctx, id, buffer.Bytes())
	return p, err
}
