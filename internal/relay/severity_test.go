package relay_test

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/relay"
	"jiebang/internal/when"
)

// kept is a log that several write to.
type kept struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (k *kept) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.out.Write(p)
}

func (k *kept) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.out.String()
}

// A database that is not to be had for a moment is a warning, and an error once that lasts; any other failure is one at once.
func TestAPassingFailureIsAWarning(t *testing.T) {
	var log kept
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	r := relay.New(dbtest.Open(t, dbtest.New(t, db.SQLite)), when.System, 10*time.Millisecond)
	var tries atomic.Int64
	failing := func(name string, err error, tries *atomic.Int64) relay.Consumer {
		return relay.Consumer{Name: name, Place: func(context.Context) (relay.Place, error) { tries.Add(1); return relay.Place{}, err }}
	}
	var own atomic.Int64
	r.Start([]relay.Consumer{failing("away", fmt.Errorf("as pgx says it: %w", driver.ErrBadConn), &tries), failing("wrong", errors.New("a mistake of ours"), &own)}, nil)
	for began := time.Now(); tries.Load() < 7 && time.Since(began) < 30*time.Second; time.Sleep(10 * time.Millisecond) {
		r.Wake() // so that it need not pause for seconds
	}
	r.Stop()
	levels := map[string]string{}
	for line := range strings.Lines(log.String()) {
		for _, worker := range []string{"away", "wrong"} {
			if strings.Contains(line, "worker="+worker+" ") {
				_, level, _ := strings.Cut(line, "level=")
				levels[worker] += level[:1]
			}
		}
	}
	if !strings.HasPrefix(levels["away"], "WWWWWE") || strings.Contains(levels["wrong"], "W") || levels["wrong"] == "" {
		t.Errorf("%v", levels)
	}
}
