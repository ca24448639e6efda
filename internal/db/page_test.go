package db

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/fault"
)

func TestACursorBelongsToItsQuery(t *testing.T) {
	id := uuid.New()
	cursor := writeCursor(id, "listResults{}")
	if got, err := readCursor[uuid.UUID](cursor, "listResults{}"); err != nil || got != id {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := readCursor[uuid.UUID](cursor, "listNeeds{}"); !fault.InvalidCursor.Of(err) {
		t.Errorf("another query's: %v", err)
	}
	if _, err := readCursor[int64](cursor, "listResults{}"); !fault.InvalidCursor.Of(err) {
		t.Errorf("another list's kind: %v", err)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add(writeCursor(uuid.New(), "q"), "q")
	f.Add(writeCursor(int64(7), "q"), "q")
	f.Add("", "q")
	f.Add("not base64!", "q")
	f.Fuzz(func(t *testing.T, cursor, query string) {
		if id, err := readCursor[uuid.UUID](cursor, query); err == nil && writeCursor(id, query) != cursor {
			t.Errorf("%q was read as %v, which is written otherwise", cursor, id)
		} else if err != nil && !fault.InvalidCursor.Of(err) {
			t.Errorf("%q: %v", cursor, err)
		}
	})
}
