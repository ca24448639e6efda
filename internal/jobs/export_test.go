package jobs

import (
	"context"
	"time"

	"jiebang/internal/when"
)

// OnMachine gives a runner the clock of another machine, which may be wrong.
func (r *Runner) OnMachine(clock when.Clock) *Runner {
	r.machine = clock
	return r
}

// Leasing gives a runner another time for its leases.
func (r *Runner) Leasing(d time.Duration) *Runner {
	r.lease = d
	return r
}

// Take is what a process does before it dies.
func (r *Runner) Take(ctx context.Context, kind Kind) ([]Job, error) { return r.take(ctx, kind) }
