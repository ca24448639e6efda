package search

import (
	"fmt"

	"jiebang/search/han"
)

// formatVersion names how an index is written: fields, records, the meaning of
// frequencies. One of another format cannot be read and is thrown away. One whose
// analysis or content alone is another (see han.Version and Options.Content) can
// be read: it is stale.
const formatVersion = "2"

// version names the analysis and the content of an index that is made today.
func (o Options) version() string {
	if o.Content == "" {
		return han.Version
	}
	return han.Version + "/" + o.Content
}

// Stale tells whether an older analysis made the index, or it was filled with
// other content. It answers and takes new documents, but terms that are cut
// otherwise today are not found in old ones, and what was not put in is not
// there, so it should be replaced (see package keeper).
func (x *Index) Stale() bool { return x.stale.Load() }

// Outdate makes the index a stale one, durably: it is to be replaced although its
// analysis is today's.
func (x *Index) Outdate() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if x.current == nil {
		return ErrClosed
	}
	if err := x.store.SetInternal([]byte(keyVersion), []byte("outdated")); err != nil {
		return fmt.Errorf("search: %w", err)
	}
	x.stale.Store(true)
	return nil
}
