package app

import (
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"jiebang/internal/work"
)

// disk watches the file system of the data folder. Where it holds the database, and is nearly full, changes are refused while there is still
// room for the database to keep what it has in order; who reads goes on.
type disk struct {
	dir     string
	reserve int64 // bytes that stay free; 0: nobody looks
	holds   bool  // it holds the database
	room    func(dir string) (free, total int64, err error)

	mu      sync.Mutex
	looked  time.Time
	free    int64
	low     bool
	unknown bool
}

// leastShare keeps the reserve of a small file system small: one in so many.
const leastShare = 20

// state looks, once a second at most, how much is free and whether that is too little.
func (d *disk) state() (free int64, low bool) {
	if d == nil || d.reserve == 0 {
		return 0, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if time.Since(d.looked) < time.Second {
		return d.free, d.low
	}
	d.looked = time.Now() //nolint:forbidigo // how often this process looks, and no time that is told or kept
	free, total, err := d.room(d.dir)
	if err != nil {
		if !d.unknown && (d.free > 0 || !errors.Is(err, fs.ErrNotExist)) { // a folder that was never there is a command's, which needs none
			slog.Warn("how much room there is in the data folder is not known", "cause", err)
		}
		d.unknown = true
		return 0, false
	}
	was := d.low
	d.free, d.low, d.unknown = free, free < min(d.reserve, total/leastShare), false
	switch {
	case d.low && !was && d.holds:
		slog.Error("the disk of the data folder is nearly full: changes are refused until there is room", "free_mib", free>>20)
	case d.low && !was:
		slog.Error("the disk of the data folder is nearly full: the index may fall behind", "free_mib", free>>20)
	case was && !d.low:
		slog.Info("the disk of the data folder has room again", "free_mib", free>>20)
	}
	return d.free, d.low
}

// refuse is what every change asks first.
func (d *disk) refuse() error {
	if _, low := d.state(); !low || !d.holds {
		return nil
	}
	f := work.NoRoom(nil)
	f.RetryAfter = 30 * time.Second
	return f
}
