package work_test

import (
	"testing"

	"gorm.io/gorm"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// noted is what a reader of these tests sees of an organization: its name, and the version that it was shown at.
type noted struct {
	orgs.Organization
	Reader string
}

var kept = work.Records[orgs.Organization, *orgs.Organization, noted]{
	Read: policy.OrgRead,
	Show: func(_ *gorm.DB, reader policy.Actor, rows []orgs.Organization) ([]noted, error) {
		out := make([]noted, len(rows))
		for i, o := range rows {
			out[i] = noted{o, reader.Username}
		}
		return out, nil
	},
	Columns: work.Columns{string(policy.Public): "state = 'verified'", string(policy.Author): "created_by IN ?", string(policy.Member): "id IN ?"},
}

// An act that takes the record out of the caller's sight is answered all the same: with the record as the act left it. The repeat is
// a new reading, under policy.
func TestAnActIsAnsweredEvenIfItsRecordIsOutOfSightAfterwards(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		o := c.Pending("待核验的单位", "enterprise", "210106")
		call := c.Person("stranger") // who may not read a pending organization
		call.Key, call.Fingerprint = "k1", "f1"
		act := func() (work.Answer[noted], error) {
			return kept.Do(c.Context(), c.Unit, call, func(tx *work.Tx) (*orgs.Organization, error) {
				row, err := work.Load[orgs.Organization](tx.DB, o.ID)
				if err != nil {
					return nil, err
				}
				return row, work.Move(tx, row, "organization.tried", func() error { row.Introduction = "改过"; return nil })
			})
		}
		a, err := act()
		c.Must(err)
		if a.ID != o.ID || a.Replayed || a.View.Version != o.Version+1 || a.View.Introduction != "改过" || a.View.Reader != "stranger" {
			c.Errorf("answered with %+v", a)
		}
		_, err = kept.Get(c.Context(), c.Unit, call.Actor, o.ID)
		c.Refused(err, fault.NotVisible)
		_, err = act()
		c.Refused(err, fault.NotVisible)
	})
}

// A write is answered with what it wrote itself, and not with somebody else's later write.
func TestAWriteIsAnsweredFromItsOwnTransaction(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		o := c.Single("盛北理工大学", "university", "210112")
		for i := range int64(3) {
			a, err := kept.Do(c.Context(), c.Unit, c.Operator, func(tx *work.Tx) (*orgs.Organization, error) {
				row, err := work.Load[orgs.Organization](db.ForUpdate(tx.DB), o.ID)
				if err != nil {
					return nil, err
				}
				return row, work.Move(tx, row, "organization.tried", func() error { return nil })
			})
			c.Must(err)
			if a.View.Version != o.Version+i+1 {
				c.Errorf("write %d is answered with version %d", i, a.View.Version)
			}
		}
		before := c.Unit.Commits()
		_, err := kept.Get(c.Context(), c.Unit, c.Operator.Actor, o.ID)
		c.Must(err)
		if c.Unit.Commits() != before {
			c.Error("a reading counts as a write")
		}
	})
}

func TestAnOrderThatAListDoesNotHaveIsRefused(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		_, err := kept.List(c.Context(), c.Unit, c.Operator.Actor, struct{}{}, db.Paging{Limit: 5, Sort: "due"})
		c.Refused(err, fault.InvalidInput)
	})
}

// A state moves on from those that are named, and from no other.
func TestAStateMovesOnFromWhereItMay(t *testing.T) {
	for _, from := range []string{"published", "paused", "draft"} {
		state := from
		err := work.Step(&state, "withdrawn", "published", "paused")
		if may := from != "draft"; may != (err == nil) || may != (state == "withdrawn") || !may && !fault.WrongState.Of(err) {
			t.Errorf("from %s: %v, now %s", from, err, state)
		}
	}
}
