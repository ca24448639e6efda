package keys_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/casttest"
	"jiebang/internal/keys"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

var call = work.Call{Operation: "test"}

// use has a transaction borrow a key.
func use(c *casttest.Cast, file *seal.Keys) (seal.Key, error) {
	var key seal.Key
	_, err := c.Unit.Do(c.Context(), call, func(tx *work.Tx) (err error) {
		if key, err = keys.Use(tx, file); err != nil {
			return err
		}
		return tx.Record("test.used", work.Ref{Noun: "test", ID: work.NewID(), Version: 1}, nil, nil)
	})
	return key, err
}

func TestTheSecretFileIsHeldAgainstTheDatabase(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		q, path := c.Unit.Query(c.Context()), filepath.Join(c.TempDir(), "new", "secrets.json")
		if _, err := keys.Open(q, path, false); !errors.Is(err, seal.ErrMissing) {
			t.Errorf("not to be made: %v", err)
		}
		file, err := keys.Open(q, path, true) // nothing is sealed yet
		c.Must(err)
		_, err = use(c, file)
		c.Must(err)
		if _, err := keys.Open(q, path, true); err != nil {
			t.Error(err)
		}
		// Once something may be sealed, no file is made any more.
		c.Must(os.Rename(path, path+".away"))
		if _, err := keys.Open(q, path, true); !errors.Is(err, seal.ErrMissing) {
			t.Errorf("missing: %v", err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("a file was made in its place")
		}
		// Another system's file.
		_, err = seal.Open(path, true)
		c.Must(err)
		before, err := os.ReadFile(path)
		c.Must(err)
		var told *seal.FileError
		if _, err := keys.Open(q, path, true); !errors.Is(err, seal.ErrWrong) || !errors.As(err, &told) || told.Path != path {
			t.Errorf("wrong: %v", err)
		}
		if after, _ := os.ReadFile(path); string(after) != string(before) {
			t.Error("the file was changed")
		}
		// An older copy, of before a rotation.
		c.Must(os.Rename(path+".away", path))
		copied, err := os.ReadFile(path)
		c.Must(err)
		_, err = keys.New(c.Unit, file).Rotate(c.Context(), call)
		c.Must(err)
		c.Must(os.WriteFile(path, copied, 0o600))
		if _, err := keys.Open(q, path, false); !errors.Is(err, seal.ErrWrong) {
			t.Errorf("an older copy: %v", err)
		}

	})
}

func TestAnOlderCopyDoesNotSealByARetiredKey(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		file := c.Secrets
		_, err := use(c, file)
		c.Must(err)
		old := file.Newest().ID
		copied, err := os.ReadFile(file.Path())
		c.Must(err)
		ks := keys.New(c.Unit, file)
		_, err = ks.Rotate(c.Context(), call)
		c.Must(err)
		c.Must(ks.Retire(c.Context(), call, old))
		c.Must(os.WriteFile(file.Path(), copied, 0o600))
		stale, err := seal.Open(file.Path(), false)
		c.Must(err)
		if key, err := use(c, stale); err == nil {
			t.Errorf("sealed by %s, which is retired", key)
		}
		if _, err := keys.Open(c.Unit.Query(c.Context()), file.Path(), false); !errors.Is(err, seal.ErrWrong) {
			t.Errorf("%v", err)
		}
	})
}

// A process that has the old file in memory turns to the new key when it finds its own retired.
func TestAProcessThatMissedARotationCatchesUp(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		late, err := seal.Open(c.Secrets.Path(), false)
		c.Must(err)
		old, err := use(c, late)
		c.Must(err)
		ks := keys.New(c.Unit, c.Secrets)
		young, err := ks.Rotate(c.Context(), call)
		c.Must(err)
		c.Must(ks.Retire(c.Context(), call, old.ID))
		if key, err := use(c, late); err != nil || key.ID != young {
			t.Errorf("%s, %v", key, err)
		}
	})
}

func TestManyUseANewKeyAtOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := use(c, c.Secrets); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		list, err := keys.New(c.Unit, c.Secrets).List(c.Context())
		c.Must(err)
		if len(list) != 1 {
			t.Errorf("%+v", list)
		}
	})
}

// shelf is a holder in memory, of 450 values; it loses its connection after a number of batches.
type shelf struct {
	keys  map[uuid.UUID]string
	ids   []uuid.UUID
	fail  int // batches until it fails; −1 never
	steps int
}

var errCut = errors.New("cut")

func (s *shelf) Name() string { return "shelf" }

func (s *shelf) Count(*gorm.DB) (map[string]int64, error) {
	out := map[string]int64{}
	for _, k := range s.keys {
		out[k]++
	}
	return out, nil
}

func (s *shelf) Reseal(_ *work.Tx, _ *seal.Keys, by seal.Key, after uuid.UUID, most int) (keys.Batch, error) {
	if s.fail == 0 {
		return keys.Batch{}, errCut
	}
	s.fail--
	s.steps++
	b := keys.Batch{Last: after}
	for _, id := range s.ids {
		if b.Read < most && s.keys[id] != by.ID && id.String() > after.String() {
			s.keys[id], b.Last, b.Read, b.Done = by.ID, id, b.Read+1, b.Done+1
		}
	}
	return b, nil
}

func (s *shelf) Check(*gorm.DB, *seal.Keys, uuid.UUID, int) (keys.Batch, error) {
	return keys.Batch{Read: 3, Last: s.ids[2], Done: 2, Broken: s.ids[1:2]}, nil
}

func TestResealingGoesOnWhereItWasCut(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		old, err := use(c, c.Secrets)
		c.Must(err)
		s := &shelf{keys: map[uuid.UUID]string{}, fail: 1}
		for range 450 {
			id := work.NewID()
			s.ids, s.keys[id] = append(s.ids, id), old.ID
		}
		ks := keys.New(c.Unit, c.Secrets, s)
		young, err := ks.Rotate(c.Context(), call)
		c.Must(err)
		if done, err := ks.Reseal(c.Context(), call, func(int64) {}); !errors.Is(err, errCut) || done.Done != 200 {
			t.Errorf("%+v, %v", done, err)
		}
		if err := ks.Retire(c.Context(), call, old.ID); !errors.Is(err, keys.ErrInUse) {
			t.Errorf("%v", err)
		}
		s.fail = -1
		if done, err := ks.Reseal(c.Context(), call, func(int64) {}); err != nil || done.Done != 250 {
			t.Errorf("%+v, %v", done, err)
		}
		if n, _ := s.Count(nil); n[young] != 450 || len(n) != 1 {
			t.Errorf("%v", n)
		}
		c.Must(ks.Retire(c.Context(), call, old.ID))
		r, err := ks.Verify(c.Context())
		if err != nil || r.Values != 3 || len(r.Problems) != 1 {
			t.Errorf("%+v %v", r, err)
		}
	})
}
