package search

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// What goes wrong around an index. Some of it takes another process: this test
// binary itself, which does as childVariable says, in its working directory, and
// nothing else.
const childVariable = "SEARCH_TEST_CHILD"

var children = map[string]func(dir string) error{
	"hold":  hold,
	"apply": applyForEver,
	"full":  fillDisk,
	"cut":   cutFiles,
}

func TestMain(m *testing.M) {
	if run := children[os.Getenv(childVariable)]; run != nil {
		if err := run("."); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// Every property opens indexes, so fewer draws than by default make a run; what
	// is given on the command line counts.
	for name, value := range map[string]string{"rapid.checks": "30", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func child(t *testing.T, name, dir string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program)
	c.Env = append(os.Environ(), childVariable+"="+name)
	c.Dir = dir
	c.Stderr = os.Stderr
	return c
}

// start runs a child until it says its first line.
func start(t *testing.T, c *exec.Cmd) {
	t.Helper()
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the child says %q, %v", line, err)
	}
}

func kill(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // says that it was killed
}

func hold(dir string) error {
	if _, err := Open(dir, Options{}); err != nil {
		return err
	}
	fmt.Println("ready")
	time.Sleep(time.Minute)
	return nil
}

// One process has an index; another gets it as soon as the first is gone,
// however it went.
func TestTwoProcesses(t *testing.T) {
	dir := t.TempDir()
	first := child(t, "hold", dir)
	start(t, first)
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("open in two processes: %v, want ErrLocked", err)
	}
	kill(t, first)
	put(t, openTest(t, dir), doc("a", "锂电池", ""))
}

// generation is what batch n puts: every document says which batch it is from.
func generation(n int64) Batch {
	b := Batch{Place: n, Delete: []string{fmt.Sprint("d", (n+3)%7)}}
	for _, k := range []int64{n % 7, (n + 1) % 7} {
		b.Put = append(b.Put, doc(fmt.Sprint("d", k), fmt.Sprint("批次", n), strings.Repeat("锂电池回收。", 20)))
	}
	return b
}

func applyForEver(dir string) error {
	x, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	for n := x.Place() + 1; ; n++ {
		if err := x.Apply(context.Background(), generation(n)); err != nil {
			return err
		}
		if n == 1 {
			fmt.Println("ready")
		}
	}
}

// A process that dies while it applies batches leaves an index in which Place
// and documents agree.
func TestKilledWhileApplying(t *testing.T) {
	for round := range 3 {
		dir := t.TempDir()
		c := child(t, "apply", dir)
		start(t, c)
		time.Sleep(time.Duration(30+70*round) * time.Millisecond)
		kill(t, c)
		x := openTest(t, dir)
		place := x.Place()
		if place == 0 {
			t.Fatal("nothing is left of what was applied")
		}
		want := map[string]string{}
		for n := int64(1); n <= place; n++ {
			b := generation(n)
			for _, id := range b.Delete {
				delete(want, id)
			}
			for _, d := range b.Put {
				want[d.ID] = d.Title
			}
		}
		page, err := x.Search(t.Context(), Query{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, h := range page.Hits {
			got[h.ID] = h.Fragments[0].Text
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("at %d the index has %v, want %v", place, got, want)
		}
		if err := x.Apply(t.Context(), generation(place+1)); err != nil {
			t.Errorf("the next batch: %v", err)
		}
	}
}

func TestDiskFull(t *testing.T) {
	c := child(t, "full", t.TempDir())
	if out, err := c.Output(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// The files go while the index serves. Queries answer from what is open, and a
// batch is refused; opening again begins anew.
func TestFolderDeletedWhileServing(t *testing.T) {
	dir := t.TempDir()
	x := openTest(t, dir)
	put(t, x, doc("a", "锂电池回收", "湿法"))
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		if got := matchIDs(t, x, Probe{Text: "电池怎样回收"}); !slices.Equal(got, []string{"a"}) {
			t.Errorf("matches %v", got)
		}
		page, err := x.Search(t.Context(), Query{Text: "湿法"})
		if err != nil || page.Total != 1 {
			t.Errorf("search: %v, %d hits", err, page.Total)
		}
		err = x.Apply(t.Context(), Batch{Put: []Document{doc("b", "水处理", "")}, Place: 2})
		if err == nil || round > 0 && !errors.Is(err, ErrDamaged) {
			t.Errorf("a batch for a folder that is gone: %v", err)
		}
		if x.Place() != 1 || x.Count() != 1 {
			t.Errorf("at %d with %d documents after a refused batch", x.Place(), x.Count())
		}
	}
	if err := x.Close(); err != nil {
		t.Log(err)
	}
	y := openTest(t, dir)
	if y.Place() != 0 {
		t.Errorf("opened at %d", y.Place())
	}
	put(t, y, doc("a", "锂电池回收", ""))
}

func TestFilesDamagedWhileServing(t *testing.T) {
	for name, damage := range map[string]func(path string, size int64) error{
		"cut off": func(path string, _ int64) error { return os.Truncate(path, 10) },
		"overwritten": func(path string, size int64) error {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteString(strings.Repeat("\xa5", int(size)))
			return errors.Join(err, f.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			x := openTest(t, dir)
			var docs []Document
			for i := range 50 {
				docs = append(docs, doc(fmt.Sprint("d", i), "锂电池回收", strings.Repeat("废旧锂电池中钴和镍的回收。", i)))
			}
			put(t, x, docs...)
			files, err := filepath.Glob(filepath.Join(dir, dataDir, "*.zap"))
			if err != nil || len(files) != 1 {
				t.Fatalf("%v, segments %v", err, files)
			}
			info, err := os.Stat(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := damage(files[0], info.Size()); err != nil {
				t.Fatal(err)
			}
			damaged := false
			ask := func(what string, err error) {
				damaged = damaged || errors.Is(err, ErrDamaged)
				if err != nil {
					t.Logf("%s: %v", what, err)
				}
			}
			_, err = x.Match(t.Context(), Probe{Text: "电池怎样回收"})
			ask("match", err)
			_, err = x.Search(t.Context(), Query{Text: "电池 grapheme"})
			ask("search", err)
			_, err = x.Suggest(t.Context(), Query{Text: "gra"})
			ask("suggest", err)
			_, err = x.Similar(t.Context(), Probe{Text: "锂电池回收"}, 0)
			ask("similar", err)
			ask("apply", x.Apply(t.Context(), Batch{Delete: []string{"d1"}, Place: 2}))
			if name == "cut off" && !damaged {
				t.Error("nothing noticed that a file was cut off")
			}
			ask("close", x.Close())
			y := openTest(t, dir)
			if y.Place() != 0 {
				t.Errorf("opened at %d", y.Place())
			}
			put(t, y, doc("a", "锂电池回收", ""))
		})
	}
}

// cutFiles cuts every file of an index that is open, and goes on with it: batches
// that have to be written, merges that have to read what was cut, queries. The
// process lives, all of it is told as damage, and nothing waits for ever.
func cutFiles(dir string) error {
	ctx := context.Background()
	x, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	for n := int64(1); n <= 12; n++ {
		if err := x.Apply(ctx, generation(n)); err != nil {
			return err
		}
	}
	if err := x.Check(); err != nil {
		return fmt.Errorf("before: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(dir, dataDir, "*"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := os.Truncate(file, 10); err != nil {
			return err
		}
	}
	for n := int64(13); n <= 40; n++ {
		if err := x.Apply(ctx, generation(n)); err != nil && !errors.Is(err, ErrDamaged) {
			fmt.Println(err)
		}
		if _, err := x.Search(ctx, Query{Text: "锂电池"}); err != nil && !errors.Is(err, ErrDamaged) {
			return fmt.Errorf("search: %w", err)
		}
		if _, err := x.Suggest(ctx, Query{Text: "锂"}); err != nil && !errors.Is(err, ErrDamaged) {
			return fmt.Errorf("suggest: %w", err)
		}
		if _, err := x.Match(ctx, Probe{Text: "电池怎样回收"}); err != nil && !errors.Is(err, ErrDamaged) {
			return fmt.Errorf("match: %w", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := x.Check(); !errors.Is(err, ErrDamaged) {
		return fmt.Errorf("the damage is told as %w", err)
	}
	fmt.Println("told:", x.Damage())
	began := time.Now()
	if err := x.Close(); err != nil {
		fmt.Println("closed:", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		return fmt.Errorf("to close it took %s", took)
	}
	x, err = Open(dir, Options{})
	if err != nil {
		return err
	}
	if x.Place() != 0 {
		return fmt.Errorf("opened at %d", x.Place())
	}
	return x.Apply(ctx, generation(1))
}

func TestFilesCutUnderTheRunningStore(t *testing.T) {
	ended := 0
	for range 3 {
		c := child(t, "cut", t.TempDir())
		out, err := c.Output()
		if err != nil { // in a goroutine of Bleve's that fires no event, the fault cannot be caught: see ErrDamaged
			ended++
			t.Logf("ended: %v", err)
		}
		t.Logf("%s", out)
	}
	if ended > 1 {
		t.Errorf("%d of 3 processes ended by a file that was cut", ended)
	}
}

// A file that is gone or shorter is noticed without reading it, and one that was
// only merged into another is no damage.
func TestCheckNoticesWhatIsGone(t *testing.T) {
	for name, damage := range map[string]func(files []string) error{
		"nothing":            func([]string) error { return nil },
		"a segment is gone":  func(files []string) error { return os.Remove(files[0]) },
		"a segment was cut":  func(files []string) error { return os.Truncate(files[0], 100) },
		"the root is gone":   func(files []string) error { return os.Remove(filepath.Join(filepath.Dir(files[0]), rootFile)) },
		"the folder is gone": func(files []string) error { return os.RemoveAll(filepath.Dir(files[0])) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			x := openTest(t, dir)
			for n := int64(1); n <= 30; n++ {
				if err := x.Apply(t.Context(), generation(n)); err != nil {
					t.Fatal(err)
				}
				if err := x.Check(); err != nil {
					t.Fatalf("after %d: %v", n, err)
				}
			}
			time.Sleep(500 * time.Millisecond) // until nothing is merged any more
			x.writing.Lock()
			x.refresh()
			x.writing.Unlock()
			var files []string
			v, err := x.acquire()
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range v.segments {
				if file, ok := s.store.Segment().(interface{ Path() string }); ok {
					files = append(files, file.Path())
				}
			}
			v.release()
			if len(files) == 0 {
				t.Fatal("nothing is on disk")
			}
			if err := damage(files); err != nil {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Millisecond)
			if err := x.Check(); errors.Is(err, ErrDamaged) == (name == "nothing") {
				t.Errorf("told %v", err)
			}
		})
	}
}
