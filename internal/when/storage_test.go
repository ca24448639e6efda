package when

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	_ sql.Scanner   = (*Day)(nil)
	_ sql.Scanner   = (*Month)(nil)
	_ driver.Valuer = Day{}
	_ driver.Valuer = Month{}
)

func TestADayIsReadFromWhatDatabasesHandOver(t *testing.T) {
	want := MustDay("2026-01-31")
	for name, src := range map[string]any{
		"PostgreSQL date, midnight UTC": time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		// The date is what it says where it stands; no zone is applied to it.
		"a date in Shanghai":    time.Date(2026, 1, 31, 0, 0, 0, 0, Shanghai),
		"a date west of London": time.Date(2026, 1, 31, 0, 0, 0, 0, time.FixedZone("", -8*60*60)),
		"text":                  "2026-01-31",
		"bytes":                 []byte("2026-01-31"),
	} {
		var d Day
		if err := d.Scan(src); err != nil || d != want {
			t.Errorf("%s: %s, %v", name, d, err)
		}
	}
	d := want
	if err := d.Scan(nil); err != nil || !d.IsZero() {
		t.Errorf("NULL: %s, %v", d, err)
	}
}

func TestADayIsNotReadFromAnythingElse(t *testing.T) {
	for _, src := range []any{
		time.Date(2026, 1, 31, 16, 0, 0, 0, time.UTC), // an instant: midnight in Shanghai is not midnight here
		time.Date(2026, 1, 31, 0, 0, 0, 1, time.UTC),
		time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC),
		time.Date(2201, 1, 1, 0, 0, 0, 0, time.UTC),
		"", "2026-01", "2026-01-31 00:00:00", []byte("x"), int64(20260131), 1.5, true,
	} {
		d := MustDay("2000-01-01")
		if err := d.Scan(src); !errors.Is(err, ErrDay) || d != MustDay("2000-01-01") {
			t.Errorf("Scan(%v) = %v, leaving %s", src, err, d)
		}
	}
}

func TestAMonthIsReadFromWhatDatabasesHandOver(t *testing.T) {
	want := month(t, "2026-01")
	for _, src := range []any{"2026-01", []byte("2026-01"), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} {
		var m Month
		if err := m.Scan(src); err != nil || m != want {
			t.Errorf("Scan(%v) = %s, %v", src, m, err)
		}
	}
	m := want
	if err := m.Scan(nil); err != nil || !m.IsZero() {
		t.Errorf("NULL: %s, %v", m, err)
	}
	for _, src := range []any{
		"", "2026-01-01", []byte("2026"), int64(202601),
		time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC),
	} {
		m := want
		if err := m.Scan(src); !errors.Is(err, ErrMonth) || m != want {
			t.Errorf("Scan(%v) = %v, leaving %s", src, err, m)
		}
	}
}

func TestStoredDaysAndMonthsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDay(t)
		if rapid.Bool().Draw(t, "none") {
			d = Day{}
		}
		v, err := d.Value()
		var back Day
		if err != nil || !driver.IsValue(v) || back.Scan(v) != nil || back != d {
			t.Fatalf("%s is stored as %v (%v) and comes back as %s", d, v, err, back)
		}
		v, err = d.Month().Value()
		var monthBack Month
		if err != nil || !driver.IsValue(v) || monthBack.Scan(v) != nil || monthBack != d.Month() {
			t.Fatalf("%s is stored as %v (%v) and comes back as %s", d.Month(), v, err, monthBack)
		}
	})
}

func TestJSON(t *testing.T) {
	type record struct {
		On   Day         `json:"on"`
		In   Month       `json:"in"`
		By   *Day        `json:"by,omitempty"`
		Till Day         `json:"till,omitzero"`
		Sums map[Day]int `json:"sums"`
	}
	const text = `{"on":"2026-01-31","in":"2026-01","sums":{"2026-02-01":3}}`
	in := record{On: MustDay("2026-01-31"), In: month(t, "2026-01"), Sums: map[Day]int{MustDay("2026-02-01"): 3}}
	out, err := json.Marshal(in)
	if err != nil || string(out) != text {
		t.Errorf("got %s, %v", out, err)
	}
	var back record
	if err := json.Unmarshal([]byte(text), &back); err != nil || back.On != in.On || back.In != in.In || back.By != nil {
		t.Errorf("got %+v, %v", back, err)
	}
	for _, bad := range []string{`{"on":""}`, `{"on":"31.01.2026"}`, `{"on":20260131}`, `{"in":"2026-01-31"}`} {
		if err := json.Unmarshal([]byte(bad), new(record)); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
	if _, err := json.Marshal(record{In: in.In}); err == nil {
		t.Error("a forgotten day was written")
	}
	if _, err := json.Marshal(record{On: in.On}); err == nil {
		t.Error("a forgotten month was written")
	}
}
