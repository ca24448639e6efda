package embed

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func openCache(t *testing.T, dir string, size int64) *Cache {
	t.Helper()
	c, err := OpenCache(dir, size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestCacheKeepsOverARestart(t *testing.T) {
	dir := t.TempDir()
	c := openCache(t, dir, 0)
	c.Put("m", "a", []float32{1, -2.5, 3e-8})
	c.Put("m", "b", []float32{4})
	if _, err := OpenCache(dir, 0); !errors.Is(err, ErrCacheInUse) {
		t.Errorf("opened twice: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if c.Get("m", "a") != nil {
		t.Error("found after Close")
	}
	c.Put("m", "c", []float32{1}) // kept nowhere, and no harm
	c = openCache(t, dir, 0)
	if got := c.Get("m", "a"); !slices.Equal(got, []float32{1, -2.5, 3e-8}) {
		t.Errorf("a: %v", got)
	}
	if got := c.Get("m", "b"); !slices.Equal(got, []float32{4}) {
		t.Errorf("b: %v", got)
	}
	for _, other := range [][2]string{{"n", "a"}, {"m", "c"}, {"ma", ""}, {"", "ma"}} {
		if got := c.Get(other[0], other[1]); got != nil {
			t.Errorf("%q: %v", other, got)
		}
	}
}

// However a file was cut or scratched, the cache opens, gives nothing that was
// not put, and takes new vectors.
func TestCacheSurvivesDamage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "embed-test-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		c, err := OpenCache(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		vector := func(i int) []float32 { return []float32{float32(i), 1, 2, 3} }
		for i := range 10 {
			c.Put("m", fmt.Sprint(i), vector(i))
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, "00000001"+fileExtension)
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		data = data[:rapid.IntRange(0, len(data)).Draw(t, "length")]
		for range rapid.IntRange(0, 3).Draw(t, "scratches") {
			if len(data) > 0 {
				data[rapid.IntRange(0, len(data)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
			}
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err = OpenCache(dir, 0); err != nil {
			t.Fatal(err)
		}
		for round := range 2 {
			for i := range 10 {
				if got := c.Get("m", fmt.Sprint(i)); got != nil && !slices.Equal(got, vector(i)) || got == nil && round == 1 {
					t.Fatalf("%d: %v", i, got)
				}
				c.Put("m", fmt.Sprint(i), vector(i))
			}
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			if c, err = OpenCache(dir, 0); err != nil {
				t.Fatal(err)
			}
		}
		c.Close()
	})
}

func TestCacheIsBoundedAndKeepsWhatIsUsed(t *testing.T) {
	dir := t.TempDir()
	const size = 10 * (headerSize + 4*100)
	c := openCache(t, dir, size)
	vector := make([]float32, 100)
	for i := range 100 {
		vector[0] = float32(i)
		c.Put("m", fmt.Sprint(i), vector)
		if got := c.Get("m", "0"); got == nil || got[0] != 0 {
			t.Fatalf("the vector in use is gone after %d others", i)
		}
		if i%20 == 0 {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			c = openCache(t, dir, size)
		}
	}
	if c.Get("m", "50") != nil || c.Get("m", "99") == nil {
		t.Error("the old stays or the new does not")
	}
	total := int64(0)
	files, err := filepath.Glob(filepath.Join(dir, "*"+fileExtension))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > size || len(files) != 2 {
		t.Errorf("%d bytes in %d files, bound %d", total, len(files), size)
	}
}

func TestAFailureToWriteIsToldAtTheEnd(t *testing.T) {
	c := openCache(t, t.TempDir(), 0)
	c.files[0].file.Close()
	c.Put("m", "a", []float32{1})
	if c.Get("m", "a") != nil {
		t.Error("found what could not be written")
	}
	if err := c.Close(); err == nil {
		t.Error("Close tells nothing")
	}
}
