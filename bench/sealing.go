package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"time"

	"jiebang/bench/rig"
	"jiebang/internal/files"
	"jiebang/internal/keys"
	"jiebang/internal/work"
)

// sealedBytes is how much is sealed and opened in one round.
var sealedBytes = int64(200_000_000)

const sealingRounds = 5 // of which the middle one counts

// measureSealing receives a file of a bid and proves it, as an upload and an opening do, with a store in memory, so that no disk has a part in it; beside
// digest and cipher over the same bytes, bare and one after the other.
func measureSealing(ctx context.Context, b *bench) error {
	return b.each(ctx, rig.Options{}, func(r *rig.Rig) error {
		bids := openedBids
		openedBids = 1
		defer func() { openedBids = bids }()
		h, err := newHall(ctx, r)
		if err != nil {
			return err
		}
		size := openedBytes
		openedBytes = 1000
		defer func() { openedBytes = size }()
		if err := h.draftAll(ctx); err != nil {
			return err
		}
		dir, err := os.MkdirTemp(memory(), "jiebang-bench-store-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		store, err := files.OpenStore(ctx, "file://"+dir)
		if err != nil {
			return err
		}
		f := files.New(r.App.Unit, r.App.DB, r.App.Kinds, store, r.App.Unit.Secrets())
		data, err := io.ReadAll(pages(sealedBytes, 1))
		if err != nil {
			return err
		}
		s := Section{Figure: "sealing", Title: "a file of a bid, 200 MB, no disk", Database: string(r.App.DB.Dialect), Load: load()}
		var sealed, opened, bare []float64
		for range sealingRounds {
			took, err := bareBoth(data)
			if err != nil {
				return err
			}
			bare = append(bare, rate(took))
			in, out, err := h.sealAndProve(ctx, f, data)
			if err != nil {
				return err
			}
			sealed, opened = append(sealed, rate(in)), append(opened, rate(out))
		}
		for _, x := range []struct {
			name string
			ours []float64
		}{{"sealing", sealed}, {"opening and digest", opened}} {
			s.Rows = append(s.Rows, Row{x.name, "MB/s", middle(x.ours), "cipher and digest, bare", middle(bare), middle(each(x.ours, bare))})
		}
		b.report.Sections = append(b.report.Sections, s)
		return errors.Join(store.Close())
	})
}

func rate(took time.Duration) float64 { return float64(sealedBytes) / 1e6 / took.Seconds() }

// memory is a folder in memory where there is one.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

func bareBoth(data []byte) (time.Duration, error) {
	box, err := bareCipher()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	sum, room := sha256.New(), make([]byte, 0, 64<<10+16)
	for rest := data; len(rest) > 0; {
		n := min(2<<20, len(rest))
		sum.Write(rest[:n])
		bareSeal(box, room, rest[:n])
		rest = rest[n:]
	}
	return time.Since(began), nil
}

// sealAndProve receives the bytes as a file of the bid, proves it, and takes it away.
func (h *hall) sealAndProve(ctx context.Context, f *files.Service, data []byte) (in, out time.Duration, err error) {
	u, err := f.Begin(ctx, h.call, files.Input{Kind: "bid", Object: h.bids[0], Name: "方案.pdf", Size: int64(len(data))})
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	if _, err := f.Receive(ctx, h.call.Actor, u.ID, 0, newBytes(data)); err != nil {
		return 0, 0, err
	}
	in = time.Since(began)
	a, err := f.Complete(ctx, h.call, u.ID, files.Completion{})
	if err != nil {
		return 0, 0, err
	}
	q := h.App.Unit.Query(ctx)
	key, err := keys.Inner(q, h.App.Unit.Secrets(), h.challenge)
	if err != nil {
		return 0, 0, err
	}
	began = time.Now()
	if _, _, err := f.Prove(q, key, a.ID); err != nil {
		return 0, 0, err
	}
	out = time.Since(began)
	_, err = f.Remove(ctx, work.Call{Operation: "bench", Actor: h.call.Actor}, a.ID, a.View.Version)
	return in, out, err
}

// newBytes reads data without the short cuts that a bytes.Reader has.
func newBytes(data []byte) io.Reader { return &onlyBytes{data} }

type onlyBytes struct{ rest []byte }

func (o *onlyBytes) Read(p []byte) (int, error) {
	if len(o.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, o.rest)
	o.rest = o.rest[n:]
	return n, nil
}
