package main

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"
)

// times are the durations of some requests.
type times struct {
	all  []time.Duration
	wall time.Duration
	cpu  time.Duration // of this process
}

func (t *times) add(other times) {
	t.all = append(t.all, other.all...)
	t.wall += other.wall
	t.cpu += other.cpu
}

// at is the smallest time that at least a share q of the requests took at most, in milliseconds.
func (t *times) at(q float64) float64 {
	if len(t.all) == 0 {
		return 0
	}
	slices.Sort(t.all)
	i := int(math.Ceil(q*float64(len(t.all)))) - 1
	return float64(t.all[max(i, 0)]) / float64(time.Millisecond)
}

// cpuEach is the processor time of one request, in milliseconds.
func (t *times) cpuEach() float64 {
	return float64(t.cpu) / float64(time.Millisecond) / float64(max(1, len(t.all)))
}

func (t *times) perSecond() float64 { return float64(len(t.all)) / t.wall.Seconds() }

// keepAsking has clients send for d, each its next request when the last was answered.
func keepAsking(ctx context.Context, clients int, d time.Duration, send func(ctx context.Context, client int) error) (times, error) {
	each, errs := make([][]time.Duration, clients), make([]error, clients)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wait sync.WaitGroup
	before := cpu()
	start := time.Now()
	for c := range clients {
		wait.Go(func() {
			for time.Since(start) < d {
				began := time.Now()
				if errs[c] = send(ctx, c); errs[c] != nil {
					cancel() // one failure spoils the measurement
					return
				}
				each[c] = append(each[c], time.Since(began))
			}
		})
	}
	wait.Wait()
	return times{slices.Concat(each...), time.Since(start), cpu() - before}, errors.Join(errs...)
}

// compare asks two in turn, so that what else the machine does hits both alike.
func compare(ctx context.Context, clients int, ours, theirs func(ctx context.Context, client int) error) (a, b times, err error) {
	const rounds, warm, slice = 3, 200 * time.Millisecond, 500 * time.Millisecond
	for round := range rounds + 1 {
		for _, side := range []struct {
			send func(context.Context, int) error
			sum  *times
		}{{ours, &a}, {theirs, &b}} {
			d := slice
			if round == 0 {
				d = warm
			}
			got, err := keepAsking(ctx, clients, d, side.send)
			if err != nil {
				return a, b, err
			}
			if round > 0 {
				side.sum.add(got)
			}
		}
	}
	return a, b, nil
}
