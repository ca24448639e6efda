package projects_test

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/casttest"
	"jiebang/internal/challenges"
	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/money"
	"jiebang/internal/notices"
	"jiebang/internal/people"
	"jiebang/internal/programmes"
	"jiebang/internal/projects"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// site is where projects run.
type site struct {
	*casttest.Cast
	projects       *projects.Service
	programmes     *programmes.Service
	winner, poster casttest.Organization
	round          uuid.UUID
}

func newSite(c *casttest.Cast) *site {
	s := &site{
		Cast: c, projects: projects.New(c.Unit), programmes: programmes.New(c.Unit),
		winner: c.Organization("盛北理工大学", "university", "210112"), poster: c.Organization("辽浑智造", "enterprise", "210112"),
	}
	c.Office("SY01", "210100")
	s.round = casttest.Create(c, c.Operator, s.programmes.Create, programmes.Input{
		Code: "SY2026-1", Year: 2026, Name: "2026 年揭榜挂帅", Level: programmes.City, PostFrom: when.MustDay("2020-01-01"), PostTo: when.MustDay("2039-12-31"), Budget: 9_000_000_000,
		Rules: programmes.Rules{
			Notice: notices.Lawful(7), Reviewers: 3, Criteria: []programmes.Criterion{{Name: "技术路线", Weight: 10_000}}, Winners: 2, GrantShare: 3000, AnswerDays: 10, ObjectionsDays: 15,
		},
	})
	return s
}

func (s *site) tx(fn func(tx *work.Tx) error) error {
	_, err := s.Unit.Do(s.Context(), s.poster.Editor, fn)
	return err
}

// running makes a project that runs, with a contract to be paid on.
func (s *site) running(agreed, granted money.Fen, stages ...projects.Stage) (project uuid.UUID, milestones []uuid.UUID, contract uuid.UUID) {
	s.Helper()
	s.Must(s.tx(func(tx *work.Tx) error {
		c := &challenges.Challenge{Head: tx.NewHead(), RoundID: s.round, OwnerID: s.poster.ID, State: challenges.Awarded, CreatedBy: s.Operator.Actor.Account, Advisers: []uuid.UUID{}}
		c.Title, c.Problem = "喷漆废气深度净化", "喷漆线废气风量大、浓度低。"
		c.Keywords, c.Chains, c.Indicators = []string{}, []string{}, []challenges.Indicator{}
		if err := work.Insert(tx, "test.challenge", c); err != nil {
			return err
		}
		deal, err := deals.OpenAwarded(tx, deals.Award{Challenge: c.ID, Title: c.Title, Poster: s.poster.ID, Winner: s.winner.ID})
		if err != nil {
			return err
		}
		paper := &contracts.Contract{Head: tx.NewHead(), Number: "T-" + c.ID.String(), State: contracts.Submitted, Kind: "development", Office: "SY01", EnteredBy: s.Operator.Actor.Account, DealID: &deal}
		paper.Terms = contracts.Terms{Title: c.Title, SignedOn: when.MustDay("2026-03-01"), EffectiveOn: when.MustDay("2026-03-01"), ExpiresOn: when.MustDay("2028-03-01"), Turnover: agreed + granted}
		if err := work.Insert(tx, "test.contract", paper); err != nil {
			return err
		}
		if err := tx.Exec("UPDATE deals SET contract_id = ? WHERE id = ?", paper.ID, deal).Error; err != nil {
			return err
		}
		p, err := projects.Open(tx, projects.Opening{Award: work.NewID(), Challenge: c.ID, Winner: s.winner.ID, Deal: &deal, Agreed: agreed, GrantMost: granted, Stages: stages})
		if err != nil {
			return err
		}
		project, contract = p.ID, paper.ID
		if err := tx.Model(&projects.Milestone{}).Where("project_id = ?", p.ID).Order("nth").Pluck("id", &milestones).Error; err != nil {
			return err
		}
		return tx.Exec("UPDATE projects SET state = ? WHERE id = ?", projects.Running, p.ID).Error
	}))
	return project, milestones, contract
}

// Whatever is paid, granted and taken back, and in whatever order: what the poster has paid is never more than was agreed, a milestone's payments and
// grants never more than it is worth, a grant never beyond the bureau's share of what was paid by then, and what is refused changes nothing.
func TestNoSequenceOfPaymentsGoesBeyondWhatWasAgreed(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	usual := checks.Value.String()
	if err := checks.Value.Set("25"); err != nil { // each is a project of its own in the database
		t.Fatal(err)
	}
	defer func() { _ = checks.Value.Set(usual) }()
	casttest.Each(t, func(c *casttest.Cast) {
		s := newSite(c)
		day := when.DayOf(c.Clock.Now())
		rapid.Check(t, func(t *rapid.T) {
			yuan := func(name string, most int64) money.Fen {
				return money.Fen(rapid.OneOf(rapid.Int64Range(1, most), rapid.Just(most)).Draw(t, name))
			}
			worth := []money.Fen{yuan("first", 1000), yuan("second", 1000)}
			promised := money.Fen(rapid.Int64Range(0, int64(worth[0]+worth[1])/3).Draw(t, "promised"))
			agreed := worth[0] + worth[1] - promised
			project, milestones, contract := s.running(agreed, promised, projects.Stage{Title: "联调", DueOn: day, Amount: worth[0]}, projects.Stage{Title: "连续运行", DueOn: day, Amount: worth[1]})
			type entry struct {
				id     uuid.UUID
				of     int // the milestone; 2: none
				amount money.Fen
				buyer  bool
			}
			var payments, grants []entry
			sum := func(of []entry, in func(entry) bool) (all money.Fen) {
				for _, e := range of {
					if in(e) {
						all += e.amount
					}
				}
				return all
			}
			every := func(entry) bool { return true }
			byBuyer := func(e entry) bool { return e.buyer }
			for range rapid.IntRange(1, 8).Draw(t, "steps") {
				of := rapid.IntRange(0, 2).Draw(t, "milestone")
				amount := yuan("amount", 1200)
				mine := func(e entry) bool { return e.of == of }
				room := agreed - sum(payments, every)
				if of < 2 {
					room = min(room, worth[of]-sum(payments, mine)-sum(grants, mine))
				}
				switch what := rapid.SampledFrom([]string{"pay", "pay", "pay straight", "grant", "grant", "reverse payment", "reverse grant"}).Draw(t, "what"); what {
				case "pay":
					of = min(of, 1)
					mine := func(e entry) bool { return e.of == of }
					room := min(agreed-sum(payments, every), worth[of]-sum(payments, mine)-sum(grants, mine))
					_, err := s.projects.Pay(s.Context(), s.poster.Editor, milestones[of], projects.PayInput{Amount: amount, PaidOn: day})
					if (err == nil) != (amount <= room) || err != nil && !fault.PaysTooMuch.Of(err) {
						t.Fatalf("pay %s with room for %s: %v", amount, room, err)
					}
					if err == nil {
						payments = append(payments, entry{s.last(t, contract), of, amount, true})
					}
				case "pay straight":
					in := contracts.PaymentInput{Amount: amount, PaidOn: day, Payer: rapid.SampledFrom([]contracts.Payer{contracts.FromBuyer, contracts.FromOther, contracts.FromFunder}).Draw(t, "payer")}
					if of < 2 {
						in.Milestone = &milestones[of]
					}
					err := s.tx(func(tx *work.Tx) error {
						if err := projects.Bound(tx, contract, in); err != nil {
							return err
						}
						_, err := contracts.Pay(tx, contract, in)
						return err
					})
					if (err == nil) != (amount <= room) || err != nil && !fault.PaysTooMuch.Of(err) {
						t.Fatalf("pay %s straight with room for %s: %v", amount, room, err)
					}
					if err == nil {
						payments = append(payments, entry{s.last(t, contract), of, amount, in.Payer == contracts.FromBuyer})
					}
				case "grant":
					of = min(of, 1)
					mine := func(e entry) bool { return e.of == of }
					room := min(programmes.Ceiling(sum(payments, byBuyer), 3000, promised)-sum(grants, every), worth[of]-sum(payments, mine)-sum(grants, mine))
					a, err := s.projects.Grant(s.Context(), s.Operator, milestones[of], programmes.GrantInput{Amount: amount, PaidOn: day})
					if (err == nil) != (amount <= room) || err != nil && !fault.GrantTooMuch.Of(err) && !fault.PaysTooMuch.Of(err) {
						t.Fatalf("grant %s with room for %s: %v", amount, room, err)
					}
					if err == nil {
						grants = append(grants, entry{a.ID, of, amount, false})
					}
				case "reverse payment", "reverse grant":
					list := &payments
					if what == "reverse grant" {
						list = &grants
					}
					if len(*list) == 0 {
						continue
					}
					e := &(*list)[rapid.IntRange(0, len(*list)-1).Draw(t, "which")]
					var err error
					if what == "reverse grant" {
						_, err = s.programmes.ReverseGrant(s.Context(), s.Operator, e.id, programmes.GrantReversal{Amount: amount, PaidOn: day, Note: "记错，更正"})
					} else {
						err = s.tx(func(tx *work.Tx) error {
							_, err := contracts.ReversePayment(tx, e.id, contracts.ReversalInput{Amount: amount, PaidOn: day, Note: "记错，更正"})
							return err
						})
					}
					if (err == nil) != (amount <= e.amount) || err != nil && !fault.InvalidInput.Of(err) {
						t.Fatalf("reverse %s of %s: %v", amount, e.amount, err)
					}
					if err == nil {
						e.amount -= amount
					}
				}
				v, err := s.projects.Get(s.Context(), s.Operator.Actor, project)
				if err != nil {
					t.Fatal(err)
				}
				ceiling := programmes.Ceiling(sum(payments, byBuyer), 3000, promised)
				want := projects.Sums{Paid: sum(payments, byBuyer), Received: sum(payments, every), Granted: sum(grants, every), Ceiling: ceiling, Excess: max(sum(grants, every)-ceiling, 0)}
				if v.Sums != want || v.Sums.Received > agreed {
					t.Fatalf("%+v, want %+v of %s", v.Sums, want, agreed)
				}
				for i, m := range v.Milestones {
					if m.Paid+m.Granted > worth[i] {
						t.Fatalf("milestone %d of %s has %s and %s", i, worth[i], m.Paid, m.Granted)
					}
				}
			}
		})
	})
}

// last is the payment that was recorded last on a contract.
func (s *site) last(t *rapid.T, contract uuid.UUID) (id uuid.UUID) {
	var rows []contracts.Payment
	err := s.Unit.Query(s.Context()).Where("contract_id = ? AND reverses IS NULL", contract).Order("id DESC").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		t.Fatalf("no payment: %v", err)
	}
	return rows[0].ID
}

// A milestone that is named with a payment on a contract is one of its project: nobody fills another's room.
func TestAPaymentNamesAMilestoneOfItsOwnProject(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		s := newSite(c)
		day := when.DayOf(c.Clock.Now())
		_, own, contract := s.running(1000, 0, projects.Stage{Title: "联调", DueOn: day, Amount: 1000})
		_, others, _ := s.running(1000, 0, projects.Stage{Title: "联调", DueOn: day, Amount: 1000})
		none := uuid.New()
		for _, x := range []struct {
			milestone *uuid.UUID
			ok        bool
		}{{nil, true}, {&own[0], true}, {&others[0], false}, {&none, false}} {
			err := s.tx(func(tx *work.Tx) error {
				err := projects.Bound(tx, contract, contracts.PaymentInput{Amount: 1, Milestone: x.milestone})
				return errors.Join(err, tx.Record("test.bound", work.Ref{Noun: "test", ID: work.NewID(), Version: 1}, nil, nil))
			})
			if (err == nil) != x.ok || err != nil && !fault.InvalidInput.Of(err) {
				t.Errorf("%v: %v", x.milestone, err)
			}
		}
	})
}

// The job writes down, once, that a milestone's day went by, and says so as a Change of its own; not before, and not of what is before the poster or over.
func TestALateMilestoneIsWrittenDownOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		s := newSite(c)
		due := when.DayOf(c.Clock.Now())
		project, milestones, _ := s.running(1000, 0, projects.Stage{Title: "联调", DueOn: due, Amount: 600}, projects.Stage{Title: "连续运行", DueOn: due, Amount: 400})
		run := func(milestone uuid.UUID, at time.Time) error {
			_, err := c.Unit.Do(c.Context(), work.Call{Operation: "job"}, func(tx *work.Tx) error {
				return projects.Lateness().Do(tx, jobs.Job{Kind: projects.Lateness().Kind, ObjectID: milestone, Now: at})
			})
			return err
		}
		since := func(milestone uuid.UUID) *time.Time {
			m, err := s.projects.GetMilestone(c.Context(), s.winner.Editor.Actor, milestone)
			c.Must(err)
			return m.LateSince
		}
		var due0 []jobs.Job
		c.Must(c.Unit.Query(c.Context()).Where("kind = ? AND object_id IN ?", projects.Lateness().Kind, milestones).Find(&due0).Error)
		if len(due0) != 2 || !due0[0].DueAt.Equal(due.End()) {
			t.Errorf("jobs: %+v", due0)
		}
		if err := run(milestones[0], due.End().Add(-time.Microsecond)); err == nil || errors.Is(err, jobs.ErrNothing) || since(milestones[0]) != nil {
			t.Errorf("on its last instant: %v", err)
		}
		c.Clock.Set(due.End().Format(time.RFC3339))
		c.Must(run(milestones[0], due.End()))
		if at := since(milestones[0]); at == nil || !at.Equal(due.End()) {
			t.Errorf("late since %v", at)
		}
		if err := run(milestones[0], due.End().Add(time.Hour)); !errors.Is(err, jobs.ErrNothing) {
			t.Errorf("once more: %v", err)
		}
		var told int64
		c.Must(c.DB.Reader.Table("outbox").Where("kind = 'milestone.late' AND object_id = ?", milestones[0]).Count(&told).Error)
		if told != 1 {
			t.Errorf("it was told %d times", told)
		}
		casttest.Decide(c, s.winner.Editor, s.projects.SubmitMilestone, milestones[1], 1, "联调记录见附件。")
		if err := run(milestones[1], due.End()); !errors.Is(err, jobs.ErrNothing) || since(milestones[1]) != nil {
			t.Errorf("what is before the poster: %v", err)
		}
		if err := run(uuid.New(), due.End()); !errors.Is(err, jobs.ErrNothing) {
			t.Errorf("what is not there: %v", err)
		}
		page, err := s.projects.List(c.Context(), s.winner.Editor.Actor, projects.Filter{}, db.Paging{Limit: 5})
		c.Must(err)
		if i := slices.IndexFunc(page.Items, func(v projects.View) bool { return v.ID == project }); i < 0 || page.Items[i].Late != 1 {
			t.Errorf("late milestones: %s", fmt.Sprint(page.Items))
		}
	})
}

// Who has declared a tie to the poster checks none of its targets.
func TestAnExpertWhoIsTiedIsNotAsked(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		s := newSite(c)
		project, _, _ := s.running(1000, 0)
		tied, free := s.Person("expert.tied"), s.Person("expert.free")
		casttest.Create(c, c.Operator, c.People.DeclareTie, people.TieInput{
			Username: tied.Actor.Username, Kind: people.Shareholder, Name: "辽浑智造", Code: s.poster.Code, ValidFrom: when.DayOf(c.Clock.Now()),
		})
		_, err := s.projects.NameExperts(c.Context(), c.Operator, project, 1, []string{free.Actor.Username, tied.Actor.Username})
		c.Refused(err, fault.InvalidInput)
		casttest.Decide(c, c.Operator, s.projects.NameExperts, project, 1, []string{free.Actor.Username})
	})
}
