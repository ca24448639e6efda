package contracts

import (
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/ref"
	"jiebang/internal/when"
)

// A desk's period: four filed on 8 April, of which one was granted the same day, one refused on the 9th and one granted on the 30th, a day after it was
// due; the fourth is open, and overdue on 30 April.
func TestWhatADeskDidInAPeriod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		filedOn := when.DayOf(c.Clock.Now())
		c.registered(c.seller, c.input())
		refused := c.file(c.seller, c.create(c.seller, c.input()))
		late := c.file(c.seller, c.create(c.seller, c.input()))
		held := c.file(c.seller, c.create(c.seller, c.input()))
		due := late.DueOn

		c.set(filedOn.AddDays(1).String() + "T02:00:00Z")
		a := c.take(c.first, refused.ID)
		_, err := c.Refuse(t.Context(), as(c.first), a.ID, a.Version, "不属于技术合同")
		c.must(err)
		c.set(due.AddDays(1).String() + "T02:00:00Z")
		a = c.take(c.first, late.ID)
		_, err = c.Pass(t.Context(), as(c.first), a.ID, a.Version, "")
		c.must(err)
		_, err = c.Grant(t.Context(), as(c.second), a.ID, a.Version+1, Grant{TwinReason: "另一批次，内容不同"})
		c.must(err)
		c.take(c.first, held.ID)

		calendar, err := ref.CalendarIn(c.DB.Reader)
		c.must(err)
		longest := float64(calendar.WorkingDays(filedOn, due.AddDays(1)))
		s, err := c.Statistics(t.Context(), c.first, StatisticsOf{Office: "SY01"})
		c.must(err)
		if len(s.Offices) != 1 || s.From != filedOn.Month().First() || s.To != due.AddDays(1) {
			t.Fatalf("%+v", s)
		}
		office := s.Offices[0]
		if office.Office != "SY01" || office.Name == "" || office.Received != 4 || office.Granted != 2 || office.Refused != 1 || office.Withdrawn != 0 || office.Late != 1 ||
			office.Median == nil || *office.Median != 1 || office.Open != 1 || office.Overdue != 1 {
			t.Errorf("the office: %+v, median %v", office, office.Median)
		}
		theirs, err := c.Statistics(t.Context(), c.second, StatisticsOf{})
		c.must(err)
		all, err := c.Statistics(t.Context(), c.operator, StatisticsOf{})
		c.must(err)
		if len(s.Registrars) != 1 || len(theirs.Registrars) != 1 || len(all.Registrars) != 2 || len(all.Offices) < 2 {
			t.Errorf("a registrar reads %+v, another %+v, an operator %+v of %+v", s.Registrars, theirs.Registrars, all.Registrars, all.Offices)
		}
		by := map[string]RegistrarStatistics{}
		for _, r := range append(s.Registrars, theirs.Registrars...) {
			by[r.Registrar.Username] = r
		}
		first, second := by[c.username(c.first)], by[c.username(c.second)]
		if first.First != 3 || first.Second != 0 || first.Refused != 1 || first.Late != 1 || first.Holding != 1 || first.Overdue != 1 {
			t.Errorf("the first: %+v", first)
		}
		if second.Second != 2 || second.Granted != 2 || second.Holding != 0 || second.Median == nil || *second.Median != longest/2 {
			t.Errorf("the second: %+v, median %v, want %v", second, second.Median, longest/2)
		}

		// One day of it, and what lies outside.
		s, err = c.Statistics(t.Context(), c.first, StatisticsOf{Office: "SY01", From: filedOn.AddDays(1), To: filedOn.AddDays(1)})
		c.must(err)
		if o := s.Offices[0]; o.Received != 0 || o.Granted != 0 || o.Refused != 1 || o.Open != 1 {
			t.Errorf("the second day: %+v", o)
		}
		for name, bad := range map[string]StatisticsOf{
			"ends before it begins": {From: filedOn, To: filedOn.AddDays(-1)}, "longer than a year": {From: filedOn.AddDays(-400), To: filedOn}, "a day to come": {From: due.AddDays(2), To: due.AddDays(3)},
		} {
			if _, err := c.Statistics(t.Context(), c.first, bad); !fault.InvalidInput.Of(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = c.Statistics(t.Context(), c.elsewhere, StatisticsOf{Office: "SY01"})
		c.refused(err, fault.NotAllowed)
		_, err = c.Statistics(t.Context(), c.buyer, StatisticsOf{})
		c.refused(err, fault.NotAllowed)

		// Papers that never came: the days that they were waited for are nobody's, and what was taken back has no time.
		a, waits := c.application(held.ID), c.file(c.seller, c.create(c.seller, c.input()))
		_, err = c.RequestSupplement(t.Context(), as(c.first), a.ID, a.Version, "请补充签章页")
		c.must(err)
		_, err = c.Withdraw(t.Context(), as(c.seller), waits.ID, waits.Version)
		c.must(err)
		asked := when.DayOf(c.Clock.Now())
		c.set(asked.AddDays(20).String() + "T02:00:00Z")
		a = c.application(held.ID)
		_, err = c.Refuse(t.Context(), as(c.first), a.ID, a.Version, "材料始终未补正")
		c.must(err)
		s, err = c.Statistics(t.Context(), c.first, StatisticsOf{Office: "SY01", From: asked, To: asked.AddDays(20)})
		c.must(err)
		if o := s.Offices[0]; o.Refused != 1 || o.Granted != 1 || o.Withdrawn != 1 || *o.Median != longest || o.Late != 2 {
			t.Errorf("with papers that never came: %+v, median %v, want %v", o, *o.Median, longest)
		}
	})
}
