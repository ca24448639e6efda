package edge

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// bucketsKept is how many callers are told apart; a bucket takes some 200 bytes.
const bucketsKept = 50_000

// buckets are token buckets by caller. A bucket that is full again is forgotten, which changes nothing; one that is not is kept, so that
// nobody empties theirs by coming under many names. Who comes when all are taken shares one bucket with all others who do.
type buckets struct {
	rate Rate
	mu   sync.Mutex
	of   map[string]*rate.Limiter
	rest *rate.Limiter
	most int
	next time.Time // when it is worth looking again for full ones
}

func newBuckets(r Rate) *buckets {
	b := &buckets{rate: r, of: map[string]*rate.Limiter{}, most: bucketsKept}
	b.rest = b.fresh(10)
	return b
}

func (b *buckets) fresh(times int) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(b.rate.PerSecond*float64(times)), b.rate.Burst*times)
}

// take takes a price from a caller's bucket, or tells how long it takes until that is in it.
func (b *buckets) take(caller string, price int, now time.Time) time.Duration {
	if b.rate == (Rate{}) {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.bucket(caller, now)
	if price = min(price, b.rate.Burst); l.AllowN(now, price) {
		return 0
	}
	missing := float64(price) - l.TokensAt(now)
	return max(time.Second, time.Duration(math.Ceil(missing/b.rate.PerSecond))*time.Second)
}

func (b *buckets) bucket(caller string, now time.Time) *rate.Limiter {
	if l := b.of[caller]; l != nil {
		return l
	}
	if len(b.of) >= b.most && !now.Before(b.next) {
		for other, l := range b.of {
			if l.TokensAt(now) >= float64(b.rate.Burst) {
				delete(b.of, other)
			}
		}
		b.next = now.Add(time.Second)
	}
	if len(b.of) >= b.most {
		return b.rest
	}
	l := b.fresh(1)
	b.of[caller] = l
	return l
}
