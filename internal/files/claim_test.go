package files_test

import (
	"errors"
	"sync"
	"testing"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"jiebang/internal/casttest"
	"jiebang/internal/files"
)

// A store and its database know each other, whatever another process was told.
func TestAStoreBelongsToItsDatabase(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		claim := func(b *blob.Bucket) error {
			d.serve(files.NewStore(b))
			return d.files.Claim(d.Context())
		}
		for range 2 {
			c.Must(claim(d.bucket))
		}
		own := memblob.OpenBucket(nil) // a replica's own folder
		if err := claim(own); !errors.Is(err, files.ErrOtherStore) {
			c.Errorf("a store of a replica's own: %v", err)
		}
		c.Must(own.WriteAll(d.Context(), "jiebang-store", []byte("another"), nil))
		if err := claim(own); !errors.Is(err, files.ErrOtherStore) {
			c.Errorf("a store of another database: %v", err)
		}
		c.Must(claim(d.bucket))
		d.hang("检测报告.pdf", pdf(100), true)
		c.Must(d.files.SweepStore(d.Context()))
		c.Must(claim(d.bucket)) // the sweep leaves the mark

		// A backup of the database from before the mark finds its own store, and no other's.
		c.Must(d.DB.Writer.Exec("DELETE FROM meta WHERE key = 'file_store'").Error)
		if err := claim(own); !errors.Is(err, files.ErrOtherStore) {
			c.Errorf("a store of another database: %v", err)
		}
		c.Must(claim(d.bucket))
		mark, err := d.bucket.ReadAll(d.Context(), "jiebang-store")
		c.Must(err)
		c.Must(own.WriteAll(d.Context(), "jiebang-store", mark, nil)) // as the text of the refusal says
		c.Must(claim(own))
	})
}

// Of several that claim at once, each with a store of its own, one is right.
func TestManyClaimAtOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		d := newDesk(c)
		const n = 8
		var right int
		var mu sync.Mutex
		var services [n]*files.Service
		for i := range services {
			d.serve(files.NewStore(memblob.OpenBucket(nil)))
			services[i] = d.files
		}
		together(n, func(i int) {
			err := services[i].Claim(d.Context())
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				right++
			} else if !errors.Is(err, files.ErrOtherStore) {
				c.Error(err)
			}
		})
		if right != 1 {
			c.Errorf("%d stores are right", right)
		}
	})
}
