package db_test

import (
	"sync"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// A client hangs while one of its sessions holds a row and others queue for it, come at different times: they do not come to hold it one
// after the other, each for as long again. Whoever of another client asks for that row, whenever, is answered within five seconds, and five
// seconds after the client hung nobody stands in the way.
func TestManySessionsOfAHungClientLetGo(t *testing.T) {
	o := dbtest.Empty(t, db.Postgres)
	hung, well := dbtest.Open(t, o), dbtest.Open(t, o)
	for _, sql := range []string{"CREATE TABLE moments (id uuid, at timestamptz)", "INSERT INTO moments VALUES ('0197f000-0000-7000-8000-000000000001', now())"} {
		if err := hung.Writer.Exec(sql).Error; err != nil {
			t.Fatal(err)
		}
	}
	const change = "UPDATE moments SET at = now()"
	wake := make(chan struct{})
	var queue, others sync.WaitGroup
	for range 6 { // the first gets the row
		queue.Go(func() {
			tx := hung.Writer.Begin()
			defer tx.Rollback()
			_ = tx.Exec(change).Error // and says nothing any more, whatever came of it
			<-wake
		})
		time.Sleep(150 * time.Millisecond)
	}
	began := time.Now()
	for i := range 9 {
		others.Go(func() {
			time.Sleep(time.Duration(i) * 300 * time.Millisecond)
			at := time.Now()
			err := well.Writer.Exec(change).Error
			if took := time.Since(at); took > 5*time.Second || err != nil && !db.Unavailable(err) {
				t.Errorf("who came %s after the other hung was answered after %s: %v", at.Sub(began), took, err)
			}
		})
	}
	others.Wait()
	time.Sleep(time.Until(began.Add(5 * time.Second)))
	at := time.Now()
	if err := well.Writer.Exec(change).Error; err != nil || time.Since(at) > 500*time.Millisecond {
		t.Errorf("five seconds after the other hung a change took %s: %v", time.Since(at), err)
	}
	close(wake)
	queue.Wait()
}
