package files

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/seal"
)

// pipeline stores the bytes of an upload in three steps that go on at once. A few of them at a time are received, sealed, where they have to be, and
// handed to the store: all by one processor, since each step finds in its cache what the one before has left there. The digest goes on over them beside
// that, while the next are received. A part that is whole is closed, which is where a bucket takes it; and what is closed is made to last and noted. What
// waits to be noted is noted together, so that a fast sender does not wait for the disk at each part, and of a slow one each part is noted at once.
type pipeline struct {
	s    *Service
	ctx  context.Context // not the request's: what was received is kept when the sender is gone
	u    *Upload         // as it is noted; only note looks at it
	sums *digests

	id  uuid.UUID
	key *seal.Key // nil: it is public

	refused error // why a part could not be written; those before it are kept

	whole  chan piece
	closed chan part
	ended  sync.WaitGroup
	broken chan struct{} // closed when a part that is whole cannot be kept
	once   sync.Once
	err    error
}

// piece is a part that is being written.
type piece struct {
	part
	object *object
	sealer io.WriteCloser // nil: it is public
}

const (
	inHand  = 256 << 10 // bytes of an upload that are in memory
	unnoted = 8         // parts that are closed and not noted; a process that dies loses them
)

// hands are buffers for what is in hand.
var hands = sync.Pool{New: func() any { b := make([]byte, inHand); return &b }}

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
		whole: make(chan piece), closed: make(chan part, unnoted), broken: make(chan struct{}),
	}
	p.ended.Go(p.close)
	p.ended.Go(p.note)
	return p, nil
}

// finish waits until all is noted.
func (p *pipeline) finish() error {
	close(p.whole)
	p.ended.Wait()
	if p.err != nil {
		return p.err
	}
	return p.refused
}

func (p *pipeline) fail(err error) {
	p.once.Do(func() {
		p.err = err
		close(p.broken)
	})
}

// hasFailed tells whether parts that are whole can be kept no more.
func (p *pipeline) hasFailed() bool {
	select {
	case <-p.broken:
		return true
	default:
		return false
	}
}

// receive reads one part out of a body and tells how many bytes came, and why there are no more. Fewer than are wanted are kept all the same, if there
// are enough of them. That the store fails is told by finish.
func (p *pipeline) receive(body io.Reader, start, size int64) (n int64, cut error) {
	hand, other := hands.Get().(*[]byte), hands.Get().(*[]byte)
	defer func() { hands.Put(hand); hands.Put(other) }()
	x := piece{part: part{ContentID: p.id, Start: start}}
	var digested sync.WaitGroup
	defer digested.Wait() // before its buffers are anybody else's
	for n < size && cut == nil {
		var k int
		k, cut = io.ReadFull(body, (*hand)[:min(inHand, size-n)])
		digested.Wait()
		received := (*hand)[:k]
		digested.Go(func() { p.sums.plain.Write(received) })
		if err := p.write(&x, received); err != nil {
			x.drop()
			p.refused = err
			return 0, nil
		}
		n += int64(k)
		hand, other = other, hand
	}
	digested.Wait()
	if n < size && n < leastPart {
		x.drop()
		return n, cut
	}
	x.Size = n
	if err := p.complete(&x); err != nil {
		x.drop()
		p.refused = err
		return 0, nil
	}
	p.whole <- x
	return n, cut
}

// write takes the next bytes of a part.
func (p *pipeline) write(x *piece, plain []byte) (err error) {
	if len(plain) == 0 {
		return nil
	}
	if x.object == nil {
		if x.object, err = p.s.store.create(p.ctx, p.id); err != nil {
			return err
		}
		if p.key != nil {
			if x.sealer, err = p.sums.sealing(x.object, p.key, place(x.ContentID, x.Start)); err != nil {
				return err
			}
		}
	}
	if x.sealer != nil {
		_, err = x.sealer.Write(plain)
	} else {
		_, err = x.object.Write(plain)
	}
	return err
}

// complete ends the bytes of a part. How far its digests have come is sealed where the part is, since it holds the last of the bytes.
func (p *pipeline) complete(x *piece) (err error) {
	x.Stored = x.Size
	if x.Progress, err = marshal(p.sums.plain); err != nil || x.sealer == nil {
		return err
	}
	if err = x.sealer.Close(); err != nil {
		return err
	}
	x.Stored = seal.SealedSize(x.Size)
	state, err := p.sums.sealedState(x.Progress)
	if err != nil {
		return err
	}
	x.Progress, err = p.key.AppendStream(nil, state, progressAt(x.ContentID, x.Start))
	return err
}

// drop leaves nothing of a part.
func (x *piece) drop() {
	if x.object != nil {
		x.object.drop()
	}
}

// close closes parts, by which they are in the store.
func (p *pipeline) close() {
	defer close(p.closed)
	for x := range p.whole {
		if p.hasFailed() {
			x.drop()
			continue
		}
		if err := x.object.close(); err != nil {
			p.fail(err)
			continue
		}
		x.Object = x.object.name
		p.closed <- x.part
	}
}

// note makes parts last and notes them in the database, as many at once as there are. What was written before a failure is noted all the
// same; after a failure to note, what is written is taken away.
func (p *pipeline) note() {
	failed := false
	for first := range p.closed {
		some := []part{first}
	more:
		for {
			select {
			case next, open := <-p.closed:
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
