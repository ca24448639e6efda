package db

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/when"
)

func TestACursorBelongsToItsQuery(t *testing.T) {
	key := []any{when.MustDay("2026-03-10"), "a:b", int64(-7), time.Date(2026, 3, 10, 1, 2, 3, 4000, time.UTC), uuid.New()}
	cursor := writeCursor(key, "listResults")
	got, err := readCursor(cursor, "listResults", key)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(key) {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := readCursor(cursor, "listNeeds", key); !fault.InvalidCursor.Of(err) {
		t.Errorf("another query's: %v", err)
	}
	if _, err := readCursor(cursor, "listResults", key[:4]); !fault.InvalidCursor.Of(err) {
		t.Errorf("another order's: %v", err)
	}
	if _, err := readCursor(cursor, "listResults", []any{int64(0), "", int64(0), time.Time{}, uuid.Nil}); !fault.InvalidCursor.Of(err) {
		t.Errorf("another kind of key: %v", err)
	}
}

func FuzzCursor(f *testing.F) {
	like := []any{when.Day{}, uuid.Nil}
	f.Add(writeCursor([]any{when.MustDay("2026-01-31"), uuid.New()}, "q"), "q")
	f.Add(writeCursor([]any{int64(7)}, "q"), "q")
	f.Add("", "q")
	f.Add("not base64!", "q")
	f.Fuzz(func(t *testing.T, cursor, query string) {
		if key, err := readCursor(cursor, query, like); err == nil && writeCursor(key, query) != cursor {
			t.Errorf("%q was read as %v, which is written otherwise", cursor, key)
		} else if err != nil && !fault.InvalidCursor.Of(err) {
			t.Errorf("%q: %v", cursor, err)
		}
	})
}

type row struct {
	ID    uuid.UUID
	DueOn when.Day
}

// dry is a database that only writes SQL down.
func dry(t *testing.T) *gorm.DB {
	t.Helper()
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: &sql.DB{}}), &gorm.Config{DryRun: true, DisableAutomaticPing: true, SkipDefaultTransaction: true})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestAListGoesOnBehindTheLastRowInItsOrder(t *testing.T) {
	due := Order[row]{Name: "due", Columns: []string{"due_on", "id"}, Key: func(r *row) []any { return []any{r.DueOn, r.ID} }}
	last := row{uuid.MustParse("0197f000-0000-7000-8000-000000000001"), when.MustDay("2026-03-10")}
	for _, c := range []struct {
		order Order[row]
		want  string
	}{
		{due, `(due_on, id) > ('2026-03-10', '0197f000-0000-7000-8000-000000000001') ORDER BY due_on ASC, id ASC LIMIT 3`},
		{Newest(func(r *row) uuid.UUID { return r.ID }), `(id) < ('0197f000-0000-7000-8000-000000000001') ORDER BY id DESC LIMIT 3`},
	} {
		p := Paging{Limit: 2, Query: "q", Cursor: writeCursor(c.order.Key(&last), "q")}
		sql := dry(t).ToSQL(func(q *gorm.DB) *gorm.DB {
			q, err := c.order.after(q.Table("rows"), p)
			if err != nil {
				t.Fatal(err)
			}
			return q.Order(c.order.clause()).Limit(p.Limit + 1).Find(&[]row{})
		})
		if want := `SELECT * FROM "rows" WHERE ` + c.want; sql != want {
			t.Errorf("got  %s\nwant %s", sql, want)
		}
	}
}

type filter struct {
	Owner  uuid.UUID `where:"owner_id = ?"`
	Side   uuid.UUID `where:"(from_id = ? OR to_id = ?)"`
	State  string    `where:"state = ?"`
	Urgent *bool     `where:"urgent = ?"`
	Other  string    // somebody else's
}

type ofOne struct {
	Owner uuid.UUID `where:"owner_id = ?" required:"yes"`
}

func TestARequiredFilterNarrowsToNothingAsWell(t *testing.T) {
	sql := dry(t).ToSQL(func(q *gorm.DB) *gorm.DB { return Filter(q.Table("rows"), ofOne{}).Find(&[]row{}) })
	if want := `SELECT * FROM "rows" WHERE owner_id = '00000000-0000-0000-0000-000000000000'`; sql != want {
		t.Errorf("got  %s\nwant %s", sql, want)
	}
}

func TestAFilterNarrowsByTheFieldsThatAreSet(t *testing.T) {
	id, no := uuid.MustParse("0197f000-0000-7000-8000-000000000001"), false
	for _, c := range []struct {
		filter filter
		want   string
	}{
		{filter{}, ``},
		{filter{Other: "x"}, ``},
		{filter{State: "open"}, ` WHERE state = 'open'`},
		{filter{Side: id, State: "open"}, ` WHERE ((from_id = '` + id.String() + `' OR to_id = '` + id.String() + `')) AND state = 'open'`},
		{filter{Urgent: &no}, ` WHERE urgent = false`},
	} {
		sql := dry(t).ToSQL(func(q *gorm.DB) *gorm.DB { return Filter(q.Table("rows"), c.filter).Find(&[]row{}) })
		if want := `SELECT * FROM "rows"` + c.want; sql != want {
			t.Errorf("got  %s\nwant %s", sql, want)
		}
	}
}
