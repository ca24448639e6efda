package main

import (
	"context"
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiebang/bench/rig"
)

const (
	fileSize  = 200_000_000
	fileTimes = 7 // of which the middle one counts
)

// measureFiles sends a file of 200 MB, as one request and its completion, and fetches it again; beside copying it to another file with the
// same digest.
func measureFiles(ctx context.Context, b *bench) error {
	return b.each(ctx, rig.Options{}, func(r *rig.Rig) error {
		dir, err := os.MkdirTemp("", "jiebang-bench-file-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		source := filepath.Join(dir, "source.pdf")
		if err := makeFile(source); err != nil {
			return err
		}
		uni, err := r.Organization(ctx, "盛北理工大学", "university")
		if err != nil {
			return err
		}
		draft, err := uni.Editor.Post(ctx, "/v1/results", rig.J{
			"owner_id": uni.ID, "title": "一项成果", "abstract": "低温等离子体废气净化装置，去除率高。", "field": "environment",
		})
		if err != nil {
			return err
		}
		s := Section{Figure: "files", Title: "a file of 200 MB", Database: string(r.App.DB.Dialect), Load: load()}
		for _, public := range []bool{true, false} {
			f := filesRun{r, uni.Editor, source, draft.ID().String(), public}
			if err := f.measure(ctx, dir, &s); err != nil {
				return err
			}
		}
		b.report.Sections = append(b.report.Sections, s)
		return nil
	})
}

type filesRun struct {
	*rig.Rig
	editor *rig.Client
	source string
	draft  string
	public bool
}

// measure takes turns: in each round the copy and the upload, one first and then the other, each on a disk that has nothing left to write
// of what was before it, and what either wrote is taken away before the next. What counts is the middle one of the rounds, and of their ratios: a
// machine that is slow for a while is slow for both.
func (f filesRun) measure(ctx context.Context, dir string, s *Section) error {
	kind := map[bool]string{true: "public", false: "sealed"}[f.public]
	var copied, sent, fetched, fetchedBare, copiedCPU, sentCPU []float64
	var above float64
	var id, sum string
	for n := range fileTimes {
		if err := renew(f.source); err != nil {
			return err
		}
		var err error
		if sum, _, err = timedCopy(f.source, filepath.Join(dir, "warm")); err != nil { // its digest, and the source in memory for both
			return err
		}
		copying := func() error {
			before := cpu()
			_, took, err := timedCopy(f.source, filepath.Join(dir, "copy"))
			copied, copiedCPU = append(copied, megabytes(took)), append(copiedCPU, perGigabyte(cpu()-before))
			return err
		}
		sending := func() error {
			settle()
			idle, watch := resident(), watchResident()
			var took time.Duration
			before := cpu()
			id, took, err = f.upload(ctx, sum)
			sent, sentCPU = append(sent, megabytes(took)), append(sentCPU, perGigabyte(cpu()-before))
			if above = max(above, watch()-idle); err != nil {
				return fmt.Errorf("%w; memory %.1f MB above idle", err, above)
			}
			return nil
		}
		turns := []func() error{copying, sending}
		if n%2 == 1 {
			slices.Reverse(turns)
		}
		for _, turn := range turns {
			if err := turn(); err != nil {
				return err
			}
		}
		idle, watch := resident(), watchResident()
		took, err := f.download(ctx, id, sum)
		if err != nil {
			return errors.Join(err, fmt.Errorf("memory %v", watch()))
		}
		above = max(above, watch()-idle)
		fetched = append(fetched, megabytes(took))
		if took, err = digestFile(f.source); err != nil {
			return err
		}
		fetchedBare = append(fetchedBare, megabytes(took))
	}
	s.Rows = append(s.Rows,
		Row{"upload and completion, " + kind, "MB/s", middle(sent), "copy, SHA-256, fsync", middle(copied), middle(each(sent, copied))},
		Row{"download and SHA-256, " + kind, "MB/s", middle(fetched), "read and SHA-256", middle(fetchedBare), middle(each(fetched, fetchedBare))})
	s.add("CPU of the upload, client included, "+kind, "s/GB", middle(sentCPU), "copy, SHA-256, fsync", middle(copiedCPU))
	s.add("memory while it moves, "+kind, "MB above idle", above, "bound", 30)
	return nil
}

// each are the ratios of each round.
func each(ours, theirs []float64) []float64 {
	out := make([]float64, len(ours))
	for i := range ours {
		out[i] = ours[i] / theirs[i]
	}
	return out
}

// timedCopy copies a file on a disk that has nothing else to write, and takes the copy away again.
func timedCopy(from, to string) (sum string, took time.Duration, err error) {
	settle()
	sum, took, err = copyFile(from, to)
	return sum, took, errors.Join(err, os.Remove(to))
}

func middle(values []float64) float64 {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}

func megabytes(took time.Duration) float64 { return fileSize / 1e6 / took.Seconds() }

func perGigabyte(took time.Duration) float64 { return took.Seconds() / (fileSize / 1e9) }

func makeFile(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = f.WriteString("%PDF-1.7\n")
	if err == nil {
		_, err = io.CopyN(f, rand.NewChaCha8([32]byte{1}), fileSize-9)
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// renew makes it another file than before: what is the same is stored once.
func renew(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(crand.Text()), 100)
	return errors.Join(err, f.Sync(), f.Close())
}

// copyFile copies a file, on disk when it returns, and tells its digest.
func copyFile(from, to string) (sum string, took time.Duration, err error) {
	start := time.Now()
	in, err := os.Open(from)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = in.Close() }()
	out, err := os.Create(to)
	if err != nil {
		return "", 0, err
	}
	digest := sha256.New()
	_, err = io.CopyBuffer(io.MultiWriter(out, digest), onlyReader{in}, make([]byte, 1<<20))
	err = errors.Join(err, out.Sync(), out.Close())
	return hex.EncodeToString(digest.Sum(nil)), time.Since(start), err
}

// onlyReader has no short cuts.
type onlyReader struct{ io.Reader }

func digestFile(name string) (time.Duration, error) {
	start := time.Now()
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	_, err = io.CopyBuffer(sha256.New(), onlyReader{f}, make([]byte, 1<<20))
	return time.Since(start), err
}

func (f filesRun) upload(ctx context.Context, sum string) (id string, took time.Duration, err error) {
	start := time.Now()
	u, err := f.editor.Post(ctx, "/v1/uploads", rig.J{"object_kind": "result", "object_id": f.draft, "name": "source.pdf", "size": fileSize, "public": f.public})
	if err != nil {
		return "", 0, err
	}
	in, err := os.Open(f.source)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = in.Close() }()
	if err := f.editor.Send(ctx, "/v1/uploads/"+u.ID().String()+"/content", in, fileSize); err != nil {
		return "", 0, err
	}
	_, err = f.editor.Post(ctx, "/v1/uploads/"+u.ID().String()+"/complete", rig.J{"sha256": sum})
	return u.ID().String(), time.Since(start), err
}

// download fetches the file, compares its digest, and removes it, so that the next is written anew.
func (f filesRun) download(ctx context.Context, id, sum string) (time.Duration, error) {
	start := time.Now()
	digest := sha256.New()
	if err := f.editor.Fetch(ctx, "/v1/files/"+id+"/content", digest); err != nil {
		return 0, err
	}
	took := time.Since(start)
	defer f.forget()
	if got := hex.EncodeToString(digest.Sum(nil)); got != sum {
		return 0, fmt.Errorf("the digest is %s, not %s", got, sum)
	}
	return took, f.editor.Delete(ctx, "/v1/files/"+id, `"1"`)
}

// forget takes away the stored bytes at once, which the sweep would a day later: or the copies, which are taken away, would find memory for
// their pages that the machine has used before, and the uploads memory that it has to ask for.
func (f filesRun) forget() {
	folders, _ := filepath.Glob(filepath.Join(f.Data, "files", "??"))
	for _, folder := range folders {
		_ = os.RemoveAll(folder)
	}
}

// resident is the memory of this process in MB, clients included, after what is free was given back; 0 where the system does not tell.
func resident() float64 {
	debug.FreeOSMemory()
	return residentNow()
}

func residentNow() float64 {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "RssAnon:" {
			kB, _ := strconv.ParseFloat(fields[1], 64)
			return kB / 1000
		}
	}
	return 0
}

// watchResident looks at the memory many times a second until it is asked for the most.
func watchResident() func() float64 {
	stop, most := make(chan struct{}), make(chan float64)
	go func() {
		top := 0.0
		for {
			top = max(top, residentNow())
			select {
			case <-stop:
				most <- top
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() float64 {
		close(stop)
		defer runtime.GC()
		return <-most
	}
}
