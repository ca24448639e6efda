package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"jiebang/bench/rig"
)

// beginWith is the variable that tells this program to be a server that begins, and with what.
const beginWith = "JIEBANG_BENCH_BEGIN"

// begun is what a start took: until the system says that it is ready, and in memory some seconds later, with nobody asking.
type begun struct {
	Milliseconds float64 `json:"-"` // whoever began it measures that
	Resident     float64 // MiB of the process
	Anonymous    float64 // of those, what lies in no file
	Heap         float64 // of those, what the program holds
}

// beginAgain is what such a process does instead of measuring: it opens the system, tells that it is ready, then what memory it has, and ends.
func beginAgain() bool {
	settings := os.Getenv(beginWith)
	if settings == "" {
		return false
	}
	if err := begin(context.Background(), settings); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	return true
}

func begin(ctx context.Context, settings string) error {
	rig.Quiet()
	var left rig.Left
	if err := json.Unmarshal([]byte(settings), &left); err != nil {
		return err
	}
	r, err := rig.Open(ctx, left)
	if err != nil {
		return err
	}
	for {
		if _, err := r.Visitor().Get(ctx, "/readyz"); err == nil && r.App.Health(ctx).Good() {
			break
		}
		if err := rig.Sleep(ctx, time.Millisecond); err != nil {
			return errors.Join(err, r.Close())
		}
	}
	fmt.Println("ready")
	if err := rig.Sleep(ctx, 3*time.Second); err != nil {
		return errors.Join(err, r.Close())
	}
	var b begun
	b.Resident, b.Anonymous = residence()
	runtime.GC()
	b.Heap = live()
	return errors.Join(json.NewEncoder(os.Stdout).Encode(b), r.Close())
}

// residence is how much memory the process has, and how much of that lies in no file; nothing where the system does not tell.
func residence() (all, anonymous float64) {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(raw)) {
		parts := strings.Fields(line)
		if len(parts) != 3 {
			continue
		}
		kib, _ := strconv.ParseFloat(parts[1], 64)
		switch parts[0] {
		case "VmRSS:":
			all = kib / 1024
		case "RssAnon:":
			anonymous = kib / 1024
		}
	}
	return all, anonymous
}

// startTime ends the system and begins it three times in processes of their own, as serve does. The time is that of the fastest, the
// memory that of the largest.
func startTime(ctx context.Context, g *grown) (float64, error) {
	left, err := g.Stop()
	if err != nil {
		return 0, err
	}
	settings, err := json.Marshal(left)
	if err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	var all [3]begun
	for i := range all {
		if all[i], err = beginProcess(ctx, self, settings); err != nil {
			return 0, err
		}
	}
	g.began = all[0]
	for _, b := range all[1:] {
		g.began.Milliseconds = min(g.began.Milliseconds, b.Milliseconds)
		g.began.Resident, g.began.Anonymous, g.began.Heap = max(g.began.Resident, b.Resident), max(g.began.Anonymous, b.Anonymous), max(g.began.Heap, b.Heap)
	}
	return g.began.Milliseconds, nil
}

func beginProcess(ctx context.Context, self string, settings []byte) (begun, error) {
	var b begun
	process := exec.CommandContext(ctx, self) // this program
	process.Env = append(os.Environ(), beginWith+"="+string(settings))
	var said bytes.Buffer
	process.Stderr = &said
	out, err := process.StdoutPipe()
	if err != nil {
		return b, err
	}
	began := time.Now()
	if err := process.Start(); err != nil {
		return b, err
	}
	lines := bufio.NewScanner(out)
	if lines.Scan() && lines.Text() == "ready" {
		b.Milliseconds = float64(time.Since(began)) / float64(time.Millisecond)
		if lines.Scan() {
			err = json.Unmarshal(lines.Bytes(), &b)
		}
	}
	if err := errors.Join(lines.Err(), err, process.Wait()); err != nil {
		return b, fmt.Errorf("a process that begins: %w\n%s", err, said.String())
	}
	if b.Heap == 0 {
		return b, fmt.Errorf("a process that begins told nothing\n%s", said.String())
	}
	return b, nil
}

func startMemory(_ context.Context, g *grown) (float64, error)    { return g.began.Resident, nil }
func startAnonymous(_ context.Context, g *grown) (float64, error) { return g.began.Anonymous, nil }
func startHeap(_ context.Context, g *grown) (float64, error)      { return g.began.Heap, nil }
