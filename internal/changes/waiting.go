package changes

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/relay"
)

// each is how many calls of one account wait at a time.
const each = 4

// waiting counts who waits, so that followers leave room for everybody else.
type waiting struct {
	mu   sync.Mutex
	most int
	all  int
	by   map[uuid.UUID]int // visitors together by the zero id
}

func (w *waiting) enter(account uuid.UUID) (leave func(), err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	mine := each
	if account == uuid.Nil {
		mine = max(1, w.most/2)
	}
	if w.all >= w.most || w.by[account] >= mine {
		f := fault.RateLimited.Because("同时等待变更的请求过多；请稍后再来，或不带 wait 读取。", "Too many calls wait for changes; come again later, or read without wait.")
		f.RetryAfter = 5 * time.Second
		return nil, f
	}
	w.all++
	w.by[account]++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.all--; w.by[account] == 1 {
			delete(w.by, account)
		} else {
			w.by[account]--
		}
	}, nil
}

// head is the end of the log, read once for all who wait: after each wake, and each time that another process may have written.
type head struct {
	mu    sync.Mutex
	woken <-chan struct{} // the wake that had not come yet when it was read
	at    time.Time
	pos   int64
}

func (h *head) get(ctx context.Context, r *relay.Relay, woken <-chan struct{}, fresh time.Duration) (int64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now() //nolint:forbidigo // how old the reading is, and no time that is told or kept
	if h.woken == woken && now.Sub(h.at) < fresh {
		return h.pos, nil
	}
	pos, err := r.Head(ctx)
	if err == nil {
		h.woken, h.at, h.pos = woken, now, pos
	}
	return pos, err
}
