package webhooks

import (
	"context"
	"net/netip"
)

// Reachable, Schedule and LookAt for tests.
var Schedule = schedule

// Reachable tells whether an address may be called where nothing is opened.
func Reachable(a netip.Addr) bool { return reachable(a, nil) }

// Drain sends what is due now, and waits for it.
func (s *Service) Drain(ctx context.Context) error {
	for {
		n, err := s.look(ctx)
		s.done.Wait()
		if n == 0 || err != nil {
			return err
		}
	}
}
