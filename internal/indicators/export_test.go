package indicators

// Release leaves of a funnel what is public.
func (f *Funnel) Release() { f.release() }

// Reach counts records whose furthest step this is.
func (s *Steps) Reach(furthest int, n int64) { s.reach(furthest, n) }
