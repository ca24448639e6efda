package search

import "context"

// Clear takes every document out and sets the place to 0, so that the caller
// gives all documents again. An index does not know whose documents it holds:
// whoever finds that they are another collection's begins anew with it.
func (x *Index) Clear(ctx context.Context) error {
	x.writing.Lock()
	ids := make([]string, 0, len(x.byID))
	for id := range x.byID {
		ids = append(ids, id)
	}
	x.writing.Unlock()
	return x.Apply(ctx, Batch{Delete: ids})
}
