// Package changes tells programs what has changed, in the order of the log of Changes: which record, by kind, id and version, and whether the
// reader may read it now. It tells each reader of what they may know, as policy has it when they ask, and never what a record says: they read that
// where it is.
package changes

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// Query is what a follower asks.
type Query struct {
	After string `query:"after"` // the cursor of the page before; empty is the beginning, Latest the end
	Kind  string `query:"kind"`
	Limit int    `query:"limit"`
	Wait  int    `query:"wait"` // seconds to wait for a Change where there is none yet
}

// Latest is the place behind everything that has happened so far.
const Latest = "latest"

// Page is what a follower gets. Cursor is where to go on from, whether there was anything or not.
type Page struct {
	Entries []Entry
	Cursor  string
	More    bool // there may be more at once
}

// How much one call looks at.
const (
	step  = 500 // Changes at a time
	steps = 4
)

// Service tells followers.
type Service struct {
	unit    *work.Unit
	relay   *relay.Relay
	secrets *seal.Keys
	poll    time.Duration
	waiting waiting
	head    head
	quit    chan struct{}
	once    sync.Once
}

// New makes the service. At most so many followers wait at a time, half of them visitors.
func New(unit *work.Unit, r *relay.Relay, secrets *seal.Keys, poll time.Duration, most int) *Service {
	return &Service{unit: unit, relay: r, secrets: secrets, poll: poll, waiting: waiting{most: most, by: map[uuid.UUID]int{}}, quit: make(chan struct{})}
}

// Stop lets everybody go who waits, so that a server that ends need not wait for them.
func (s *Service) Stop() { s.once.Do(func() { close(s.quit) }) }

// Follow reads what has changed behind a cursor, as far as the reader may be told, and waits for it for a while where they want that.
func (s *Service) Follow(ctx context.Context, reader policy.Actor, q Query) (Page, error) {
	mark, err := s.mark(ctx, q.After)
	if err != nil {
		return Page{}, err
	}
	woken := s.relay.Woken() // taken before the log is read: what is stamped meanwhile wakes
	page, at, err := s.read(ctx, reader, q, mark)
	if err != nil || q.Wait == 0 || len(page.Entries) > 0 || page.More {
		return page, err
	}
	leave, err := s.waiting.enter(reader.Account)
	if err != nil {
		return Page{}, err
	}
	defer leave()
	until, cancel := context.WithTimeout(ctx, time.Duration(q.Wait)*time.Second)
	defer cancel()
	for {
		select {
		case <-until.Done():
			return page, ctx.Err()
		case <-s.quit:
			return page, nil
		case <-woken:
		case <-time.After(s.poll):
		}
		woken = s.relay.Woken()
		if pos, err := s.head.get(ctx, s.relay, woken, s.poll); err != nil || pos == at.Pos {
			continue // a database that is away for a moment ends no wait
		}
		page, at, err = s.read(ctx, reader, q, at)
		if err != nil || len(page.Entries) > 0 || page.More {
			return page, err
		}
	}
}

// read looks at the log behind a mark until the page is full, or for so many steps.
func (s *Service) read(ctx context.Context, reader policy.Actor, q Query, at relay.Mark) (Page, relay.Mark, error) {
	page := Page{Entries: []Entry{}, More: true}
	handle := s.unit.Query(ctx)
	for range steps {
		// Of the rest a visitor is told nothing, so they are led past it.
		found, fits, err := s.relay.After(handle, at, !reader.SignedIn(), step)
		if err == nil && !fits {
			err = astray()
		}
		if err != nil {
			return page, at, err
		}
		batch, err := Load(handle, found)
		if err != nil {
			return page, at, err
		}
		for i, c := range found {
			if len(page.Entries) == q.Limit {
				page.Cursor, err = s.cursor(at)
				return page, at, err
			}
			if e, tell := batch.Entry(i, reader); tell && (q.Kind == "" || q.Kind == e.Kind) {
				page.Entries = append(page.Entries, e)
			}
			at = relay.MarkOf(c)
		}
		if len(found) < step {
			page.More = false
			break
		}
	}
	var err error
	page.Cursor, err = s.cursor(at)
	return page, at, err
}

// place is where cursors are sealed for.
const place = "changes.cursor"

// cursor seals a mark: positions would tell how much happens that the reader may not know of, such as how many bids come in.
func (s *Service) cursor(m relay.Mark) (string, error) {
	sealed, err := s.secrets.Seal(append(binary.BigEndian.AppendUint64(nil, uint64(m.Pos)), m.Last[:]...), place)
	return base64.RawURLEncoding.EncodeToString([]byte(sealed)), err
}

func (s *Service) mark(ctx context.Context, cursor string) (relay.Mark, error) {
	switch cursor {
	case "":
		return relay.Mark{}, nil
	case Latest:
		return s.relay.Latest(ctx)
	}
	var m relay.Mark
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return m, astray()
	}
	plain, err := s.secrets.Unseal(string(sealed), place)
	if err != nil || len(plain) != 8+len(m.Last) {
		return m, astray()
	}
	m.Pos = int64(binary.BigEndian.Uint64(plain))
	copy(m.Last[:], plain[8:])
	return m, nil
}

func astray() error {
	return fault.InvalidCursor.Because("游标无效，或数据库已恢复到较早的时刻；请不带 after 从头读取，或重新取一遍列表后从 after=latest 继续。",
		"The cursor is broken, or the database went back to an earlier time. Read from the beginning without after, or read the lists again and go on from after=latest.")
}

// Visible tells, for consumers of the log, whether a Change is about a kind that is told of.
func Visible(c relay.Change) bool { return Known(nounOf(c)) }
