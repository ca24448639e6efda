package relay_test

import (
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/relay"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

func verified(t *testing.T, r *relay.Relay) relay.Report {
	t.Helper()
	v, err := r.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVerifyNamesEachRowThatIsMissingChangedOrBesides(t *testing.T) {
	const (
		first  = "(SELECT audit_id FROM audit_chain WHERE pos = 1)"
		middle = "(SELECT audit_id FROM audit_chain WHERE pos = 3)"
		last   = "(SELECT audit_id FROM audit_chain WHERE pos = 5)"
	)
	missing := func(which string) string { return "DELETE FROM audit WHERE id = " + which }
	row := func(id string) string {
		return "INSERT INTO audit (id, recorded_at, account_id, operation, request_id, action, object_kind, object_id, object_version, digest, chained) SELECT " + id + ", recorded_at, account_id, operation, request_id, action, object_kind, object_id, object_version, digest, chained FROM audit WHERE id = " + first
	}
	for what, c := range map[string]struct {
		forge []string
		says  []string // in this order; none: all agrees
	}{
		"nothing":              {nil, nil},
		"no values":            {[]string{"DELETE FROM audit_details WHERE audit_id = " + middle}, []string{"at position 3 are missing"}},
		"the first audit row":  {[]string{missing(first)}, []string{"of position 1 is missing"}},
		"a middle audit row":   {[]string{missing(middle)}, []string{"of position 3 is missing"}},
		"the last audit row":   {[]string{missing(last)}, []string{"of position 5 is missing"}},
		"all audit rows":       {[]string{"DELETE FROM audit"}, []string{"of position 1 is missing", "of position 2 is missing", "of position 3 is missing", "of position 4 is missing", "of position 5 is missing"}},
		"the last two rows":    {[]string{"DELETE FROM audit WHERE id IN (SELECT audit_id FROM audit_chain WHERE pos > 3)"}, []string{"of position 4 is missing", "of position 5 is missing"}},
		"an audit row besides": {[]string{row("'0197a000-0000-7000-8000-000000000000'")}, []string{"0197a000-0000-7000-8000-000000000000 has no link"}},
		"a changed audit row":  {[]string{"UPDATE audit SET action = 'thing.undone' WHERE id = " + middle}, []string{"at position 3 was made of"}},
		"changed values":       {[]string{`UPDATE audit_details SET after = '{"forged":true}' WHERE audit_id = ` + middle}, []string{"at position 3 are not those"}},
		"values besides":       {[]string{"INSERT INTO audit_details VALUES ('0197a000-0000-7000-8000-000000000001', '', '', '')"}, []string{"0197a000-0000-7000-8000-000000000001 have no audit row"}},
		"the first link":       {[]string{"DELETE FROM audit_chain WHERE pos = 1"}, []string{"position 1 is missing", "has no link"}},
		"a middle link":        {[]string{"DELETE FROM audit_chain WHERE pos = 3"}, []string{"position 3 is missing", "has no link"}},
		"the last link":        {[]string{"DELETE FROM audit_chain WHERE pos = 5"}, []string{"position 5 is missing", "has no link"}},
		"all links":            {[]string{"DELETE FROM audit_chain"}, []string{"positions 1 to 5 are missing", "has no link"}},
		"the last rows and their links": {
			[]string{"DELETE FROM audit WHERE id IN (SELECT audit_id FROM audit_chain WHERE pos > 3)", "DELETE FROM audit_chain WHERE pos > 3"},
			[]string{"positions 4 to 5 are missing", "the Change at position 4 (thing.done", "the Change at position 5 (thing.done"},
		},
		"all rows and links": {[]string{"DELETE FROM audit", "DELETE FROM audit_chain"}, []string{"positions 1 to 5 are missing"}},
		"two rows swapped": {
			[]string{"UPDATE audit_chain SET audit_id = '0197a000-0000-7000-8000-000000000000' WHERE pos = 2",
				"UPDATE audit_chain SET audit_id = (SELECT id FROM audit WHERE NOT EXISTS (SELECT 1 FROM audit_chain WHERE audit_id = audit.id)) WHERE pos = 4",
				"UPDATE audit_chain SET audit_id = (SELECT id FROM audit WHERE NOT EXISTS (SELECT 1 FROM audit_chain WHERE audit_id = audit.id)) WHERE pos = 2"},
			[]string{"at position 2 was made of", "at position 4 was made of"},
		},
		"the hash of a link":     {[]string{"UPDATE audit_chain SET hash = 'ff' WHERE pos = 5"}, []string{"at position 5 was made of", "position 5 does not have the hash"}},
		"the head of the trail":  {[]string{"UPDATE chain_heads SET pos = 6 WHERE name = 'audit'"}, []string{"position 6 is missing"}},
		"no head of the trail":   {[]string{"DELETE FROM chain_heads WHERE name = 'audit'"}, []string{"its head, kept apart from it, is missing"}},
		"the first Change":       {[]string{"DELETE FROM change_log WHERE pos = 1"}, []string{"change log: position 1 is missing"}},
		"a middle Change":        {[]string{"DELETE FROM change_log WHERE pos = 3"}, []string{"change log: position 3 is missing"}},
		"the last Changes":       {[]string{"DELETE FROM change_log WHERE pos > 3"}, []string{"change log: positions 4 to 5 are missing"}},
		"all Changes":            {[]string{"DELETE FROM change_log"}, []string{"change log: positions 1 to 5 are missing"}},
		"a changed Change":       {[]string{"UPDATE change_log SET version = 7 WHERE pos = 3"}, []string{"the Change at position 3", "the Change at position 3"}},
		"another time of Change": {[]string{"UPDATE change_log SET created_at = (SELECT created_at FROM change_log WHERE pos = 1) WHERE pos = 3"}, []string{"position 3"}},
		"two Changes swapped": {
			[]string{"UPDATE change_log SET pos = 99 WHERE pos = 2", "UPDATE change_log SET pos = 2 WHERE pos = 4", "UPDATE change_log SET pos = 4 WHERE pos = 99"},
			[]string{"the Change at position 2", "the Change at position 4"},
		},
		"the whole log written anew": {[]string{"UPDATE chain_heads SET hash = 'ff' WHERE name = 'changes'"}, []string{"position 5 does not have the hash"}},
	} {
		t.Run(what, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, o db.Options) {
				d := dbtest.Open(t, o)
				now := at("2026-03-01T00:00:00Z")
				clock := func() time.Time { now = now.Add(time.Second); return now }
				unit, r := work.New(d, clock, func() {}), relay.New(d, when.System, time.Second)
				for range 5 {
					emit(t, unit, "thing.done", nil)
				}
				drain(t, r)
				for _, statement := range c.forge {
					if err := d.Writer.Session(&gorm.Session{}).Exec(statement).Error; err != nil {
						t.Fatal(err)
					}
				}
				v := verified(t, r)
				if (len(v.Problems) == 0) != (len(c.says) == 0) {
					t.Fatalf("%q", v.Problems)
				}
				rest := strings.Join(v.Problems, "\n")
				for _, says := range c.says {
					_, after, found := strings.Cut(rest, says)
					if !found {
						t.Errorf("%q is not said in %q", says, v.Problems)
					}
					rest = after
				}
			})
		})
	}
}

// What the version before has put into the log is chained by the next stamper.
func TestALogWithoutAChainIsChained(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		unit, r := work.New(d, when.System, func() {}), relay.New(d, when.System, time.Second)
		for range 5 {
			emit(t, unit, "thing.done", nil)
		}
		drain(t, r)
		for _, statement := range []string{"UPDATE change_log SET hash = NULL WHERE pos > 2", "UPDATE chain_heads SET pos = 2, hash = (SELECT hash FROM change_log WHERE pos = 2) WHERE name = 'changes'",
			"UPDATE chain_heads SET pos = 3, hash = (SELECT hash FROM audit_chain WHERE pos = 3) WHERE name = 'audit'"} {
			if err := d.Writer.Session(&gorm.Session{}).Exec(statement).Error; err != nil {
				t.Fatal(err)
			}
		}
		emit(t, unit, "thing.done", nil)
		drain(t, r)
		if v := verified(t, r); len(v.Problems) > 0 || v.Changes != 6 || v.Links != 6 {
			t.Errorf("%+v", v)
		}
	})
}

func at(instant string) time.Time {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		panic(err)
	}
	return t
}
