package app

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Rate is a limit as a setting: units in a second, and at once; the zero Rate is none.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Limits is what of this process callers may take at most. A program that sets none, as a test, has no rates.
type Limits struct {
	Client, Account Rate
	Requests        int
}

// dearest is what the dearest operation costs but whole files of open data, which take all where less can be asked for at once.
const dearest = 50

var errRate = errors.New("must be off, or units a second and units at once, such as 50/2000, at least 50 at once")

// UnmarshalText reads "50/2000" or "off".
func (r *Rate) UnmarshalText(text []byte) error {
	if *r = (Rate{}); string(text) == "off" {
		return nil
	}
	second, once, _ := strings.Cut(string(text), "/")
	var failed [2]error
	r.PerSecond, failed[0] = strconv.ParseFloat(second, 64)
	r.Burst, failed[1] = strconv.Atoi(once)
	if errors.Join(failed[:]...) != nil || !(r.PerSecond > 0 && r.PerSecond <= 1e6) || r.Burst < dearest || r.Burst > 1e9 {
		return errRate
	}
	return nil
}

func (r Rate) String() string {
	if r == (Rate{}) {
		return "off"
	}
	return fmt.Sprintf("%g/%d", r.PerSecond, r.Burst)
}
