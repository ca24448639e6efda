package files

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/seal"
)

// pipeline stores the bytes of an upload in four steps that go on at once: one part is received and the digest goes on over it, the one
// before is sealed, where it has to be, the one before that is written, and what was written is made to last and noted. What waits to be noted is noted
// together, so that a fast sender does not wait for the disk at each part, and of a slow one each part is noted at once.
type pipeline struct {
	s    *Service
	ctx  context.Context // not the request's: what was received is kept when the sender is gone
	u    *Upload         // as it is noted; only note looks at it
	sums *digests

	id  uuid.UUID
	key *seal.Key // nil: it is public

	free    chan *[]byte
	pieces  chan piece
	sealed  chan piece
	written chan part
	ended   sync.WaitGroup
	broken  chan struct{} // closed at the first failure
	once    sync.Once
	err     error
}

// piece is a part before it is written.
type piece struct {
	part
	plain  []byte
	stored []byte // the same, or sealed
	buffer *[]byte
	box    *[]byte // of what is sealed
}

// done gives back what it held.
func (x *piece) done(p *pipeline) {
	if x.box != nil {
		sealedBuffers.Put(x.box)
	}
	p.release(x)
}

// release gives back a part's room, of which there is place for all there is.
func (p *pipeline) release(x *piece) {
	if x.buffer != nil {
		p.free <- x.buffer
		x.buffer, x.plain = nil, nil
	}
}

const (
	inHand  = 3 // parts of an upload that are in memory
	unnoted = 8 // parts that are written and not noted; a process that dies loses them
)

func (s *Service) newPipeline(ctx context.Context, u *Upload, sums *digests) (*pipeline, error) {
	var key *seal.Key
	if u.SealedBy != "" {
		by, err := s.key(s.unit.Query(ctx), u.SealedBy)
		if err != nil {
			return nil, err
		}
		key = &by
	}
	p := &pipeline{
		s: s, ctx: context.WithoutCancel(ctx), u: u, sums: sums, id: u.ID, key: key,
		free: make(chan *[]byte, inHand), pieces: make(chan piece), sealed: make(chan piece), written: make(chan part, unnoted), broken: make(chan struct{}),
	}
	room := inHand
	if key != nil {
		room-- // besides there are boxes
	}
	for range room {
		p.free <- buffers.Get().(*[]byte)
	}
	p.ended.Go(p.seal)
	p.ended.Go(p.write)
	p.ended.Go(p.note)
	return p, nil
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
		p.pieces <- piece{part: part{ContentID: p.id, Start: start, Size: int64(len(plain)), Progress: state}, plain: plain, buffer: buffer}
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

// seal seals the parts of what is not public.
func (p *pipeline) seal() {
	defer close(p.sealed)
	for x := range p.pieces {
		if !p.hasFailed() {
			if err := x.prepare(p.key, p.sums); err != nil {
				p.fail(err)
			} else if p.key != nil {
				p.release(&x) // what is written is in the box
			}
		}
		p.sealed <- x
	}
}

// write writes parts to the store.
func (p *pipeline) write() {
	defer close(p.written)
	for x := range p.sealed {
		if !p.hasFailed() {
			ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
			var err error
			x.Object, err = p.s.store.put(ctx, p.id, x.stored)
			cancel()
			if err != nil {
				p.fail(err)
			} else {
				p.written <- x.part
			}
		}
		x.done(p)
	}
	close(p.free)
	for b := range p.free {
		buffers.Put(b)
	}
}

// note makes parts last and notes them in the database, as many at once as there are. What was written before a failure is noted all the
// same; after a failure to note, what is written is taken away.
func (p *pipeline) note() {
	failed := false
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
		if failed {
			p.s.tidy(p.ctx, objectsOf(some))
		} else if err := p.noteSome(some); err != nil {
			p.fail(err)
			failed = true
		}
	}
}

func objectsOf(parts []part) []string {
	names := make([]string, len(parts))
	for i, x := range parts {
		names[i] = x.Object
	}
	return names
}

func (p *pipeline) noteSome(some []part) error {
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	names := objectsOf(some)
	next := *p.u
	for _, x := range some {
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
			return fault.UploadOffset.Because("另一个请求正在发送此文件。", "Another request is sending this file.")
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

// prepare makes a part ready to be written. How far its digests have come is sealed where the part is, since it holds the last of the bytes.
func (x *piece) prepare(key *seal.Key, sums *digests) error {
	x.stored = x.plain
	if key != nil {
		x.box = sealedBuffers.Get().(*[]byte)
		var err error
		if x.stored, err = key.AppendStream((*x.box)[:0], x.plain, place(x.ContentID, x.Start)); err != nil {
			return err
		}
		if err := sums.keep(x.stored); err != nil {
			return err
		}
		state, err := sums.sealedState(x.Progress)
		if err != nil {
			return err
		}
		if x.Progress, err = key.AppendStream(nil, state, progressAt(x.ContentID, x.Start)); err != nil {
			return err
		}
	}
	x.Stored = int64(len(x.stored))
	return nil
}
