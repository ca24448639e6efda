package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func fresh(t *testing.T) *Keys {
	t.Helper()
	k, err := Open(filepath.Join(t.TempDir(), "secrets.json"), true)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestASealedValueComesBackAtItsPlaceOnly(t *testing.T) {
	k := fresh(t)
	rapid.Check(t, func(t *rapid.T) {
		plain, place := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "plain"), rapid.String().Draw(t, "place")
		sealed, err := k.Seal(plain, place)
		if err != nil {
			t.Fatal(err)
		}
		if len(plain) > 8 && strings.Contains(sealed, string(plain)) {
			t.Error("the plain text shows")
		}
		if got, err := k.Unseal(sealed, place); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%q %v", got, err)
		}
		if other := rapid.String().Draw(t, "other"); other != place {
			if _, err := k.Unseal(sealed, other); !errors.Is(err, ErrBroken) {
				t.Errorf("at another place: %v", err)
			}
		}
		if again, _ := k.Seal(plain, place); again == sealed {
			t.Error("the same value looks the same twice")
		}
	})
}

func TestAChangedCharacterIsNoticed(t *testing.T) {
	k := fresh(t)
	sealed, err := k.Seal([]byte("210102199003071234"), "p:1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(sealed) {
		for _, bit := range []byte{1, 2, 4, 8, 16, 32, 64, 128} {
			bad := []byte(sealed)
			bad[i] ^= bit
			if plain, err := k.Unseal(string(bad), "p:1"); err == nil {
				t.Fatalf("byte %d, bit %d: opened as %q", i, bit, plain)
			}
		}
		if _, err := k.Unseal(sealed[:i], "p:1"); err == nil {
			t.Fatalf("cut at %d: opened", i)
		}
	}
}

func TestKeysOfBothAgesOpen(t *testing.T) {
	k := fresh(t)
	old, _ := k.Seal([]byte("old"), "p")
	was, _ := k.Mark([]byte("x"), "m")
	id, err := k.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	young, _ := k.Seal([]byte("young"), "p")
	if got, _ := KeyOf(young); got != id {
		t.Errorf("the newest key is not used: %s", got)
	}
	for sealed, want := range map[string]string{old: "old", young: "young"} {
		if got, err := k.Unseal(sealed, "p"); err != nil || string(got) != want {
			t.Errorf("%q %v", got, err)
		}
	}
	now, _ := k.Mark([]byte("x"), "m")
	if marks, _ := k.Marks([]byte("x"), "m"); len(marks) != 2 || marks[0] != now || marks[1] != was {
		t.Errorf("%v", marks)
	}
	if err := k.Drop(id); err == nil {
		t.Error("the newest key was dropped")
	}
	before, _ := KeyOf(old)
	if err := k.Drop(before); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Unseal(old, "p"); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("%v", err)
	}
}

func TestAnotherProcessRotates(t *testing.T) {
	k := fresh(t)
	other, err := Open(k.Path(), false)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := other.Rotate(); err != nil {
			t.Fatal(err)
		}
		sealed, _ := other.Seal([]byte("x"), "p")
		if _, err := k.Unseal(sealed, "p"); err != nil {
			t.Fatal(err)
		}
	}
	if len(k.List()) != 4 {
		t.Errorf("%v", k.List())
	}
}

func TestWhatIsWrongWithTheFileIsTold(t *testing.T) {
	damage := map[string]struct {
		do   func(t *testing.T, path string)
		kind error
	}{
		"missing":        {func(t *testing.T, path string) { must(t, os.Remove(path)) }, ErrMissing},
		"read by others": {func(t *testing.T, path string) { must(t, os.Chmod(path, 0o644)) }, ErrExposed},
		"a folder": {func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, os.Mkdir(path, 0o700))
		}, ErrUnreadable},
		"empty": {func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) }, ErrDamaged},
		"cut":   {func(t *testing.T, path string) { must(t, os.Truncate(path, 100)) }, ErrDamaged},
		"one character of the secret": {func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			must(t, err)
			at := bytes.Index(data, []byte(`"secret": "`)) + len(`"secret": "`)
			if data[at] == 'A' {
				data[at] = 'B'
			} else {
				data[at] = 'A'
			}
			must(t, os.WriteFile(path, data, 0o600))
		}, ErrDamaged},
	}
	for name, c := range damage {
		t.Run(name, func(t *testing.T) {
			k := fresh(t)
			c.do(t, k.Path())
			before, _ := os.ReadFile(k.Path())
			for _, make := range []bool{false, name != "missing"} {
				_, err := Open(k.Path(), make)
				var is *FileError
				if !errors.Is(err, c.kind) || !errors.As(err, &is) || is.Path != k.Path() {
					t.Errorf("make %v: %v", make, err)
				}
				// Whoever starts the program reads it in Chinese first.
				var kind told
				if !errors.As(c.kind, &kind) {
					t.Fatalf("%v is not told in two languages", c.kind)
				}
				if text := err.Error(); !strings.HasPrefix(text, kind.zh+"："+k.Path()) || !strings.Contains(text, "。 "+kind.en+": "+k.Path()) {
					t.Errorf("make %v: %s", make, text)
				}
			}
			if after, _ := os.ReadFile(k.Path()); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
