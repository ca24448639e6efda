package api

import "time"

// SetPatience shortens how long a request may take, for tests; it returns what sets it back.
func SetPatience(d time.Duration) (restore func()) {
	was := patience
	patience = d
	return func() { patience = was }
}
