package app

import (
	"context"
	"log/slog"
	"time"
)

// Health is what /readyz tells.
type Health struct {
	Database bool
	Search   string // Well, Stale, Behind, Degraded, or Unknown
	// BehindChanges and BehindSeconds say how far the index is behind the log of Changes; nothing while that is not known.
	BehindChanges int64
	BehindSeconds int64
	// Changes is Behind where committed Changes wait for their position, and so for everybody who reacts to them.
	Changes string // Well, Behind, or Unknown
	Jobs    string // Well, or Degraded: some failed too often and wait for an operator; everything else goes on; or Unknown
	Disk    string // Well or Low
	FreeMiB int64  // in the data folder; 0: not known
	Writes  string // Well, or Refused as long as the disk of the database is nearly full, or there is no database
}

// Good tells whether nothing ails.
func (h Health) Good() bool {
	return h.Database && h.Search == Well && h.Changes == Well && h.Jobs == Well && h.Disk == Well && h.Writes == Well
}

// How a part is.
const (
	Well     = "ok"
	Stale    = "stale"    // search: works, while an index of today's analysis is made beside it
	Behind   = "behind"   // works, and does not know of what was written for more than a few seconds
	Degraded = "degraded" // search: the index is being filled, or replaced since it was damaged
	Low      = "low"
	Refused  = "refused"
	Unknown  = "unknown" // the database could not be asked
)

// late is how old a Change may be that has not arrived.
const late = 5 * time.Second

// Health asks the parts how they are.
func (a *App) Health(ctx context.Context) Health {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	h := Health{Database: true, Search: Well, Changes: Well, Jobs: Well, Disk: Well, Writes: Well}
	if err := a.DB.Ping(ctx); err != nil {
		h.Database, h.Search, h.Changes, h.Jobs, h.Writes = false, Unknown, Unknown, Unknown, Refused
		slog.WarnContext(ctx, "database does not answer", "cause", err)
	}
	if h.Database && a.Index.Stale() {
		h.Search = Stale
	}
	free, low := a.disk.state()
	if h.FreeMiB = free >> 20; low {
		h.Disk = Low
		if a.disk.holds {
			h.Writes = Refused
		}
	}
	if h.Database {
		a.askDatabase(ctx, &h)
	}
	if !a.Index.Ready() && h.Search != Unknown {
		h.Search = Degraded
	}
	return h
}

// askDatabase tells of what waits in it.
func (a *App) askDatabase(ctx context.Context, h *Health) {
	parked, err := a.Jobs.CountParked(ctx)
	if err != nil {
		h.Jobs = Unknown
		slog.WarnContext(ctx, "parked jobs could not be counted", "cause", err)
	}
	if parked > 0 {
		h.Jobs = Degraded
	}
	lag, err := a.Relay.Lag(ctx, a.Index.Place())
	if err != nil {
		h.Search, h.Changes = Unknown, Unknown
		slog.WarnContext(ctx, "how far the Changes have come is not known", "cause", err)
		return
	}
	h.BehindChanges, h.BehindSeconds = lag.Changes, int64(max(lag.Age, 0)/time.Second)
	if lag.Age > late {
		h.Search = Behind
	}
	if lag.Unstamped > late {
		h.Changes = Behind
	}
}
