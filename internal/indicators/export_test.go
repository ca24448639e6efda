package indicators

// Release leaves of a funnel what is public.
func (f *Funnel) Release() { f.release() }

// Reach counts records whose furthest step this is.
func (s *Steps) Reach(furthest int, n int64) { s.reach(furthest, n) }

// Posting is an entry of the ledger as one of a broker's.
type Posting = posting

// Released is what is public of them.
var Released = released
