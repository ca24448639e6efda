// Package when holds the project's idea of time: a clock that is passed in, civil days and months as they pass in
// Shanghai, and working days by a calendar of holidays.
//
// It decides which day an instant falls in, when a day ends, how days and months are written and stored, and how working
// days are counted. It leaves to its callers which holidays there are (package ref loads them), how long anything may
// take, and what to do about a date that is only provisional.
package when

import (
	"os"
	"time"
	_ "time/tzdata" // the zone must be there on machines without a zone database
)

// Shanghai is the zone in which statistical days, months and deadlines are meant: Asia/Shanghai.
var Shanghai = mustLoad("Asia/Shanghai")

// Clock tells the present instant in UTC, cut to microseconds, which is what both databases keep. Code asks the clock
// that it was given, so that a test can set the time.
type Clock func() time.Time

// System is the machine's clock.
func System() time.Time { return time.Now().Add(skew).UTC().Truncate(time.Microsecond) }

// skewedBy names the environment variable that says how far the machine's clock is off. It is empty in every program but the one that a test
// links with -X: Go asks the kernel for the time by itself, so that nothing can be put before that from outside.
var skewedBy string

var skew = func() time.Duration {
	if skewedBy == "" {
		return 0
	}
	off, err := time.ParseDuration(os.Getenv(skewedBy))
	if err != nil {
		panic("when: " + err.Error())
	}
	return off
}()

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic("when: " + err.Error()) // unreachable: the zone data are linked in
	}
	return loc
}
