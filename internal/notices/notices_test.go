package notices_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/kinds"
	"jiebang/internal/notices"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// bureau is a cast with the use cases about notices.
type bureau struct {
	*casttest.Cast
	*notices.Service
}

func each(t *testing.T, fn func(b bureau)) {
	t.Helper()
	casttest.Each(t, func(c *casttest.Cast) { fn(bureau{c, notices.New(c.Unit, c.Secrets)}) })
}

var about = kinds.Subject{Kind: "challenge", ID: uuid.MustParse("0197f000-0000-7000-8000-000000000001"), Title: "低温电解液"}

func proposal(o casttest.Organization, concealed ...string) notices.Input {
	return notices.Input{
		Title: "关于拟揭榜单位的公示", Contact: "市科技局成果处，024-00000000",
		Lines:  []notices.Line{{Name: "盛北理工大学", Organization: o.ID, What: "低温电解液研制"}},
		Period: notices.Period{Length: 7, Unit: notices.CalendarDays, DayOneCounts: true, LastOff: notices.NextWorkingDay}, Concealed: concealed,
	}
}

func (b bureau) open(o casttest.Organization, concealed ...string) *notices.Notice {
	b.Helper()
	var n *notices.Notice
	_, err := b.Unit.Do(b.Context(), b.Operator, func(tx *work.Tx) (err error) {
		n, err = notices.Open(tx, about, proposal(o, concealed...))
		return err
	})
	b.Must(err)
	return n
}

// end runs the job that ends a notice.
func (b bureau) end(id uuid.UUID) error {
	_, err := b.Unit.Do(b.Context(), work.Call{Operation: "job"}, func(tx *work.Tx) error {
		return notices.Ending().Do(tx, jobs.Job{ObjectID: id, Now: tx.Now})
	})
	return err
}

func (b bureau) settled() (notices.Settlement, bool) {
	b.Helper()
	s, over, err := notices.Settled(b.Unit.Query(b.Context()), about)
	b.Must(err)
	return s, over
}

var (
	person = notices.ObjectionInput{Kind: notices.Person, From: notices.Filer{Name: "张三", Telephone: "13800000000"}, Text: "该单位不具备公示所述的试验条件。"}
	body   = notices.ObjectionInput{Kind: notices.Body, From: notices.Filer{Name: "辽浑智造有限公司", LegalRepresentative: "李四", Signed: true, Sealed: true}, Text: "公示的成果系本公司所有，附证明。"}
)

func without(in notices.ObjectionInput, change func(*notices.Filer)) notices.ObjectionInput {
	change(&in.From)
	return in
}

// CH-02: 13 March 2023 is a Monday, and the seventh day a Sunday.
func TestAnObjectionIsInTimeUntilTheLastInstantOfTheLastDay(t *testing.T) {
	each(t, func(b bureau) {
		uni := b.Organization("盛北理工大学", "university", "210112")
		b.Clock.Set("2023-03-13T02:00:00Z")
		n := b.open(uni)
		if n.FirstDay.String() != "2023-03-13" || n.LastDay.String() != "2023-03-20" {
			b.Fatalf("from %s to %s", n.FirstDay, n.LastDay)
		}
		visitor := work.Call{Operation: "test"}
		for _, c := range []struct {
			at   string
			want notices.Outcome
		}{
			{"2023-03-19T20:00:00+08:00", ""}, {"2023-03-20T23:59:59.999999+08:00", ""},
			{"2023-03-21T00:00:00+08:00", notices.OutOfTime}, {"2023-03-20T11:00:00-05:00", notices.OutOfTime},
		} {
			b.Clock.Set(c.at)
			a, err := b.File(b.Context(), visitor, n.ID, person)
			if c.want == "" {
				b.Must(err)
			} else if !fault.NoticeOver.Of(err) || !strings.Contains(err.Error(), "2023-03-20") || !strings.Contains(err.Error(), "2023-03-21 00:00:00") {
				b.Errorf("%s: %v", c.at, err)
			}
			if a.View.Outcome != c.want {
				b.Errorf("%s: %s, want %q", c.at, a.View.Outcome, c.want)
			}
		}
		v, err := b.Get(b.Context(), policy.Actor{}, n.ID)
		b.Must(err)
		if v.Open != 2 || v.Outcomes[notices.OutOfTime] != 2 {
			b.Errorf("%d open, %v", v.Open, v.Outcomes)
		}
	})
}

// CH-05: who may object, and in which form.
func TestWhoMayObject(t *testing.T) {
	each(t, func(b bureau) {
		uni, rival := b.Organization("盛北理工大学", "university", "210112"), b.Organization("浑河材料", "enterprise", "210112")
		n := b.open(uni)
		visitor := work.Call{Operation: "test"}
		for name, c := range map[string]struct {
			by    work.Call
			in    notices.ObjectionInput
			state notices.ObjectionState
			lacks int
		}{
			"a competitor, signed and sealed":   {rival.Editor, body, notices.Received, 0},
			"a private person":                  {visitor, person, notices.Received, 0},
			"a person by address":               {visitor, without(person, func(f *notices.Filer) { f.Telephone, f.Address = "", "沈阳市浑南区" }), notices.Received, 0},
			"no name":                           {visitor, without(person, func(f *notices.Filer) { f.Name = "" }), notices.Answered, 0},
			"a name of blanks":                  {visitor, without(body, func(f *notices.Filer) { f.Name = "  " }), notices.Answered, 0},
			"a unit's letter without a seal":    {visitor, without(body, func(f *notices.Filer) { f.Sealed = false }), notices.Incomplete, 1},
			"a unit's letter with nothing":      {visitor, without(body, func(f *notices.Filer) { *f = notices.Filer{Name: f.Name} }), notices.Incomplete, 3},
			"a person who cannot be reached":    {visitor, without(person, func(f *notices.Filer) { f.Telephone = "" }), notices.Incomplete, 1},
			"a losing bidder, the winner's own": {uni.Editor, person, notices.Received, 0},
		} {
			a, err := b.File(b.Context(), c.by, n.ID, c.in)
			b.Must(err)
			v := a.View
			if v.State != c.state || len(v.Lacks) != c.lacks || (v.Outcome == notices.NotAccepted) != (c.state == notices.Answered) {
				b.Errorf("%s: %s, lacks %v, %s", name, v.State, v.Lacks, v.Outcome)
			}
			if (v.State == notices.Received) == v.AnswerDue.IsZero() {
				b.Errorf("%s: an answer is due on %q", name, v.AnswerDue)
			}
		}
		_, err := b.File(b.Context(), visitor, n.ID, without(person, func(f *notices.Filer) { f.CreditCode = uni.Code }))
		b.Refused(err, fault.InvalidInput)
	})
}

func TestWhatIsIncompleteIsCompletedUntilTheLastDay(t *testing.T) {
	each(t, func(b bureau) {
		uni, rival := b.Organization("盛北理工大学", "university", "210112"), b.Organization("浑河材料", "enterprise", "210112")
		n := b.open(uni) // 10 March 2026, a Tuesday; the seventh day is Monday the 16th
		unsealed := without(body, func(f *notices.Filer) { f.Sealed = false })
		mended, err := b.File(b.Context(), rival.Editor, n.ID, unsealed)
		b.Must(err)
		late, err := b.File(b.Context(), rival.Editor, n.ID, unsealed)
		b.Must(err)

		_, err = b.Complete(b.Context(), rival.Editor, mended.ID, 1, notices.Filer{Telephone: "024-1"})
		b.Refused(err, fault.InvalidInput)
		_, err = b.Service.Accept(b.Context(), b.Operator, mended.ID, 1)
		b.Refused(err, fault.WrongState)
		b.Clock.Set("2026-03-16T23:59:59+08:00")
		v := casttest.Decide(b.Cast, rival.Editor, b.Complete, mended.ID, 1, notices.Filer{Sealed: true})
		if v.State != notices.Received || v.AnswerDue.String() != "2026-03-30" {
			b.Errorf("%s, an answer is due on %s", v.State, v.AnswerDue)
		}
		v = casttest.Decide(b.Cast, b.Operator, b.Want, mended.ID, v.Version, notices.WantInput{Lacks: []notices.Lack{notices.LacksSeal}, Text: "所附扫描件上没有公章"})
		if v.State != notices.Incomplete || !v.AnswerDue.IsZero() || v.From.Sealed || v.Wants == "" {
			b.Errorf("%+v", v)
		}
		v = casttest.Decide(b.Cast, b.Operator, b.Complete, mended.ID, v.Version, notices.Filer{Sealed: true})

		b.Clock.Set("2026-03-17T00:00:00+08:00")
		_, err = b.Complete(b.Context(), rival.Editor, late.ID, 1, notices.Filer{Sealed: true})
		b.Refused(err, fault.NoticeOver)
		b.Must(b.end(n.ID))
		o, err := b.GetObjection(b.Context(), rival.Editor.Actor, late.ID)
		b.Must(err)
		if o.Outcome != notices.NotAccepted || o.Grounds != notices.StillLacking {
			b.Errorf("%s, %s", o.Outcome, o.Grounds)
		}
		if s, over := b.settled(); over || s.Open != 1 {
			b.Errorf("over: %t, open: %d", over, s.Open)
		}
		v = casttest.Change(b.Cast, b.Operator, b.Service.Accept, mended.ID, v.Version)
		v = casttest.Decide(b.Cast, b.Operator, b.Answer, mended.ID, v.Version, notices.AnswerInput{Outcome: notices.Dismissed, Text: "经核查，公示内容属实。"})
		if s, over := b.settled(); !over || s.Upheld() || s.Outcomes[notices.Dismissed] != 1 {
			b.Errorf("over: %t, %v", over, s.Outcomes)
		}
		if v.Answer == "" || v.AnsweredAt == nil {
			b.Error("the filer is told nothing")
		}
	})
}

func TestAPeriodEndsOnceAndWaitsForAnswers(t *testing.T) {
	each(t, func(b bureau) {
		uni := b.Organization("盛北理工大学", "university", "210112")
		n := b.open(uni)
		_, err := b.Unit.Do(b.Context(), b.Operator, func(tx *work.Tx) error {
			_, err := notices.Open(tx, about, proposal(uni))
			return err
		})
		b.Refused(err, fault.NoticeRunning)
		if err := b.end(n.ID); err == nil || errors.Is(err, jobs.ErrNothing) {
			b.Errorf("a period that goes on is ended: %v", err)
		}
		a, err := b.File(b.Context(), work.Call{Operation: "test"}, n.ID, person)
		b.Must(err)
		open, err := notices.OpenObjections(b.Unit.Query(b.Context()), about)
		b.Must(err)
		if open != 1 {
			b.Errorf("%d open", open)
		}
		b.Clock.Set("2026-03-17T00:00:01+08:00")
		if err := b.end(n.ID); !errors.Is(err, jobs.ErrNothing) {
			b.Errorf("an objection is open, and the job: %v", err)
		}
		_, err = b.Answer(b.Context(), b.Operator, a.ID, 1, notices.AnswerInput{Outcome: notices.Upheld, Text: "经核查，反映的情况属实。"})
		b.Refused(err, fault.WrongState) // it was not taken up
		v := casttest.Change(b.Cast, b.Operator, b.Service.Accept, a.ID, 1)
		casttest.Decide(b.Cast, b.Operator, b.Answer, a.ID, v.Version, notices.AnswerInput{Outcome: notices.Upheld, Text: "经核查，反映的情况属实。"})
		if s, over := b.settled(); !over || !s.Upheld() {
			b.Errorf("over: %t, %v", over, s.Outcomes)
		}
		if err := b.end(n.ID); !errors.Is(err, jobs.ErrNothing) {
			b.Errorf("it is ended again: %v", err)
		}
		var kinds []string
		b.Must(b.DB.Reader.Table("outbox").Where("object_id = ?", n.ID).Order("id").Pluck("kind", &kinds).Error)
		if got := strings.Join(kinds, " "); !strings.Contains(got, "notice.open") || !strings.Contains(got, "notice.objection_upheld") || !strings.Contains(got, "notice.close") {
			b.Errorf("told of: %s", got)
		}
		b.open(uni) // what is proposed in its place has a notice of its own
		if s, over := b.settled(); over || s.Notice.ID == n.ID {
			b.Errorf("over: %t", over)
		}
		_, err = b.Unit.Do(b.Context(), b.Operator, func(tx *work.Tx) error { return notices.Withdraw(tx, about, "拟定方案有误，重新公示") })
		b.Must(err)
		s, over := b.settled()
		if over || s.Notice.State != notices.Withdrawn {
			b.Errorf("over: %t, %s", over, s.Notice.State)
		}
		_, err = b.File(b.Context(), work.Call{Operation: "test"}, s.Notice.ID, person)
		b.Refused(err, fault.WrongState)
	})
}

// Who objected is known to themselves and to those who handle it; a handler has no tie to anybody whom the notice names, or conceals.
func TestWhoObjectedIsKeptFromAllButThoseWhoHandleIt(t *testing.T) {
	each(t, func(b bureau) {
		uni, poster := b.Organization("盛北理工大学", "university", "210112"), b.Organization("浑河材料", "enterprise", "210112")
		n := b.open(uni, orgs.IDTie(poster.ID))
		filer, other := b.Person("filer"), b.Person("other")
		a, err := b.File(b.Context(), filer, n.ID, person)
		b.Must(err)
		tied := b.Operator
		tied.Actor.Ties = []string{orgs.IDTie(poster.ID)}
		own := b.Deputy
		mine, err := b.File(b.Context(), own, n.ID, person)
		b.Must(err)
		for name, c := range map[string]struct {
			by    policy.Actor
			id    uuid.UUID
			reads bool
		}{
			"the filer": {filer.Actor, a.ID, true}, "an operator": {b.Operator.Actor, a.ID, true}, "an operator of the masked poster's": {tied.Actor, a.ID, false},
			"somebody else": {other.Actor, a.ID, false}, "the winner": {uni.Editor.Actor, a.ID, false}, "the poster": {poster.Editor.Actor, a.ID, false},
			"a visitor": {policy.Actor{}, a.ID, false}, "an operator who objects": {own.Actor, mine.ID, true},
		} {
			v, err := b.GetObjection(b.Context(), c.by, c.id)
			if (err == nil) != c.reads || (v.From.Name != "") != c.reads {
				b.Errorf("%s: %v", name, err)
			}
			if !c.by.SignedIn() {
				continue
			}
			page, err := b.ListObjections(b.Context(), c.by, notices.ObjectionFilter{Notice: n.ID}, db.Paging{Limit: 10})
			b.Must(err)
			listed := false
			for _, o := range page.Items {
				listed = listed || o.ID == c.id
			}
			if listed != c.reads {
				b.Errorf("%s: listed %t", name, listed)
			}
		}
		_, err = b.Service.Accept(b.Context(), own, mine.ID, 1)
		b.Refused(err, fault.OwnDecision)
		_, err = b.Service.Accept(b.Context(), tied, a.ID, 1)
		b.Refused(err, fault.NotVisible)

		// Nothing in the database, the trail included, tells name, telephone or text.
		for _, table := range []string{"objections", "objection_contents", "audit_details", "notices"} {
			var rows []map[string]any
			b.Must(b.DB.Reader.Table(table).Find(&rows).Error)
			for _, row := range rows {
				for column, value := range row {
					if s, is := value.(string); is && (strings.Contains(s, person.From.Telephone) || strings.Contains(s, person.Text) || strings.Contains(s, person.From.Name)) {
						b.Errorf("%s.%s: %s", table, column, s)
					}
				}
			}
		}

		v := casttest.Change(b.Cast, filer, b.Service.Withdraw, a.ID, 1)
		if v.Outcome != notices.TakenBack {
			b.Errorf("%s", v.Outcome)
		}
		_, err = b.Erase(b.Context(), filer, a.ID, v.Version)
		b.Refused(err, fault.NotAllowed)
		v = casttest.Change(b.Cast, b.Operator, b.Erase, a.ID, v.Version)
		if v.From.Name != "" || v.Text != "" || v.Outcome != notices.TakenBack {
			b.Errorf("%+v", v)
		}
		_, err = b.Erase(b.Context(), b.Operator, a.ID, v.Version)
		b.Refused(err, fault.WrongState)
	})
}

// Many object at the last moment; none is taken by a time from before it waited for the notice.
func TestWhatCountsIsTheTimeOnceTheNoticeIsLocked(t *testing.T) {
	each(t, func(b bureau) {
		uni := b.Organization("盛北理工大学", "university", "210112")
		n := b.open(uni)
		b.Clock.Set("2026-03-16T23:59:59.999990+08:00")
		b.Clock.Tick = time.Microsecond
		in, late := 0, 0
		for range 8 {
			a, err := b.File(b.Context(), work.Call{Operation: "test"}, n.ID, person)
			if inTime := a.View.FiledAt.Before(n.LastDay.End()); inTime != (err == nil) {
				b.Fatalf("filed at %s: %v", a.View.FiledAt, err)
			}
			if err == nil {
				in++
			} else {
				late++
			}
		}
		if in == 0 || late == 0 {
			b.Errorf("%d in time, %d late", in, late)
		}
	})
}
