package when

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

var errNoText = errors.New("when: no day or month has no text form; leave the field out instead")

// MarshalText writes the day as "2026-01-31", for JSON too. No day is an error, so that a forgotten date cannot leave as
// an empty text: a field that may be absent is a pointer or has omitzero.
func (d Day) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, errNoText
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what ParseDay reads.
func (d *Day) UnmarshalText(text []byte) error {
	day, err := ParseDay(string(text))
	if err == nil {
		*d = day
	}
	return err
}

// Value gives the database "2026-01-31", and NULL for no day.
func (d Day) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads a column of type date (which PostgreSQL's driver hands over as midnight UTC) or text, and NULL as no day.
// A time of day is refused: the column would then hold instants, whose day is DayOf's business.
func (d *Day) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Day{}
		return nil
	case time.Time:
		if h, m, s := v.Clock(); h != 0 || m != 0 || s != 0 || v.Nanosecond() != 0 {
			return fmt.Errorf("%w: an instant with a time of day, %s", ErrDay, v)
		}
		y, m, day := v.Date()
		if !inYears(y) {
			return fmt.Errorf("%w: the year %d", ErrDay, y)
		}
		*d = civil(y, m, day)
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("%w: a database value of type %T", ErrDay, src)
}

// MarshalText writes the month as "2026-01", for JSON too. No month is an error, as for Day.
func (m Month) MarshalText() ([]byte, error) {
	if m.IsZero() {
		return nil, errNoText
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads what ParseMonth reads.
func (m *Month) UnmarshalText(text []byte) error {
	month, err := ParseMonth(string(text))
	if err == nil {
		*m = month
	}
	return err
}

// Value gives the database "2026-01", and NULL for no month.
func (m Month) Value() (driver.Value, error) {
	if m.IsZero() {
		return nil, nil
	}
	return m.String(), nil
}

// Scan reads a text column "2026-01", a date that is the first of its month, and NULL as no month.
func (m *Month) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*m = Month{}
		return nil
	case time.Time:
		var d Day
		if err := d.Scan(v); err != nil {
			return fmt.Errorf("%w: %w", ErrMonth, err)
		}
		if d != d.Month().First() {
			return fmt.Errorf("%w: %s is not the first of a month", ErrMonth, d)
		}
		*m = d.Month()
		return nil
	case string:
		return m.UnmarshalText([]byte(v))
	case []byte:
		return m.UnmarshalText(v)
	}
	return fmt.Errorf("%w: a database value of type %T", ErrMonth, src)
}
