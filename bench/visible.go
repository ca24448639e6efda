package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"jiebang/bench/rig"
)

const (
	publications  = 200
	mostPublished = 15 * time.Second // a case ends here, with fewer publications
	pollEvery     = time.Millisecond
)

// measureVisible publishes one result at a time over HTTP and polls the search until it finds it.
func measureVisible(ctx context.Context, b *bench) error {
	return b.each(ctx, rig.Options{}, func(r *rig.Rig) error {
		o, err := r.Organization(ctx, "盛北理工大学", "university")
		if err != nil {
			return err
		}
		if _, err := r.Published(ctx, o, 0, stock); err != nil {
			return err
		}
		s := Section{Figure: "visible", Title: "publish, then searchable", Database: string(r.App.DB.Dialect), Load: load()}
		const oneSearch = "one search"
		idle, err := publishAndFind(ctx, r, o, stock)
		if err != nil {
			return err
		}
		s.add("idle", "p50 ms", idle.found.at(.50), oneSearch, idle.search.at(.50))
		s.add("idle", "p99 ms", idle.found.at(.99), oneSearch, idle.search.at(.99))
		s.add("idle, with the publication itself", "p50 ms", idle.whole.at(.50), oneSearch, idle.search.at(.50))
		s.add("idle, with the publication itself", "p99 ms", idle.whole.at(.99), oneSearch, idle.search.at(.99))

		busy, bulk, err := besideBulk(ctx, r, func(ctx context.Context) (visibility, error) {
			return publishAndFind(ctx, r, o, stock+publications)
		})
		if err != nil {
			return err
		}
		s.add("beside a bulk import", "p50 ms", busy.found.at(.50), "idle", idle.found.at(.50))
		s.add("beside a bulk import", "p99 ms", busy.found.at(.99), "idle", idle.found.at(.99))
		s.add("beside a bulk import, with the publication itself", "p50 ms", busy.whole.at(.50), "idle", idle.whole.at(.50))
		s.add("beside a bulk import, with the publication itself", "p99 ms", busy.whole.at(.99), "idle", idle.whole.at(.99))
		s.Notes = []string{fmt.Sprintf("%d publications idle, %d beside a bulk import that published %.0f results/s", len(idle.found.all), len(busy.found.all), bulk)}
		b.report.Sections = append(b.report.Sections, s)
		return nil
	})
}

// visibility is how long publications took.
type visibility struct {
	found  times // from the answer to the publication until the search finds it
	whole  times // the publication itself too
	search times // one search, as a measure of what polling can see
}

func publishAndFind(ctx context.Context, r *rig.Rig, o rig.Organization, from int) (visibility, error) {
	var v visibility
	ids, err := r.Submitted(ctx, o, from, publications)
	if err != nil {
		return v, err
	}
	if err := r.CaughtUp(ctx); err != nil {
		return v, err
	}
	visitor := r.Visitor()
	start := time.Now()
	for i, id := range ids {
		if time.Since(start) > mostPublished {
			break
		}
		began := time.Now()
		if _, err := o.Second.Act(ctx, "/v1/results/"+id.String()+"/publish", `"1"`, nil); err != nil {
			return v, err
		}
		published := time.Since(began)
		if err := v.poll(ctx, visitor, rig.Word(from+i), id); err != nil {
			return v, err
		}
		whole := time.Since(began)
		v.found.all, v.whole.all = append(v.found.all, whole-published), append(v.whole.all, whole)
	}
	return v, nil
}

// poll searches for a word until the hit is there.
func (v *visibility) poll(ctx context.Context, visitor *rig.Client, word string, id uuid.UUID) error {
	start := time.Now()
	for time.Since(start) < 30*time.Second {
		began := time.Now()
		a, err := visitor.Get(ctx, "/v1/search?limit=1&q="+word)
		if err != nil {
			return err
		}
		v.search.all = append(v.search.all, time.Since(began))
		if strings.Contains(string(a.Raw), id.String()) {
			return nil
		}
		if err := rig.Sleep(ctx, pollEvery); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s was not found within 30 s", word)
}

// besideBulk measures while another client publishes as fast as it can, and tells how many a second.
func besideBulk(ctx context.Context, r *rig.Rig, measure func(ctx context.Context) (visibility, error)) (visibility, float64, error) {
	other, err := r.Organization(ctx, "辽浑轴承研究院", "institute")
	if err != nil {
		return visibility{}, 0, err
	}
	stop, published, failed := make(chan struct{}), 0, make(chan error, 1)
	start := time.Now()
	go func() {
		for {
			select {
			case <-stop:
				failed <- nil
				return
			default:
			}
			if _, err := r.Published(ctx, other, 100_000+published, 200); err != nil {
				failed <- err
				return
			}
			published += 200
		}
	}()
	v, err := measure(ctx)
	close(stop)
	err = errors.Join(err, <-failed)
	return v, float64(published) / time.Since(start).Seconds(), err
}
