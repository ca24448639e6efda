package projects

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/challenges"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/when"
)

var now = time.Date(2026, 3, 10, 4, 0, 0, 0, time.UTC)

func sample(state State) *Project {
	return &Project{State: state, Title: "喷漆废气深度净化", Bottleneck: true, Targets: []challenges.Indicator{
		{Name: "去除率", Unit: "%", Comparison: challenges.AtLeast, Value: "95"}, {Name: "温升", Unit: "℃", Comparison: challenges.Between, Value: "-5", Upper: "12.5"},
	}}
}

// Every step from every state: it goes where the list says, and from nowhere else.
func TestStepsFromEveryState(t *testing.T) {
	for _, s := range Steps {
		for _, from := range States {
			p := sample(from)
			err := p.take(s.Name, now)
			allowed := false
			for _, f := range s.From {
				allowed = allowed || f == from
			}
			switch {
			case allowed && (err != nil || p.State != s.To || (p.EndedAt != nil) != s.To.over()):
				t.Errorf("%s from %s: %s, %v", s.Name, from, p.State, err)
			case !allowed && (!fault.WrongState.Of(err) || p.State != from || p.EndedAt != nil):
				t.Errorf("%s from %s was not refused: %s, %v", s.Name, from, p.State, err)
			}
		}
	}
	for _, s := range States {
		if s.Text().ZH == "" || s.Text().EN == "" {
			t.Errorf("%s has no words", s)
		}
	}
}

func TestAPledgeIsSignedByBothAndWhatVoidsIt(t *testing.T) {
	p, winner, poster := sample(Pledging), uuid.New(), uuid.New()
	if err := p.sign("sign", winner, now); !fault.PledgeMissing.Of(err) {
		t.Errorf("signed before there is one: %v", err)
	}
	in := PledgeInput{EndsOn: when.MustDay("2027-03-31"), BarredYears: 3, Consequences: "退回经费。"}
	steps := []Milestone{{Nth: 1, Title: "联调", DueOn: when.MustDay("2026-06-30"), Amount: 65_000_000}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(p.draft(in, "盛北理工大学", "辽浑智造", steps, when.MustDay("2026-03-10")))
	must(p.deviate(DeviationInput{"去除率", "93", "", "湿度过高"}, true, poster, now))
	if p.Pledge.Text != "" {
		t.Error("a deviation leaves the pledge that was drafted")
	}
	if err := p.draft(in, "A", "B", steps, when.MustDay("2026-03-10")); !fault.InvalidInput.Of(err) {
		t.Errorf("drafted over an open deviation: %v", err)
	}
	id := p.Deviations[0].ID
	if err := p.agree(id, false, true, uuid.New(), now); !fault.OwnDecision.Of(err) {
		t.Errorf("the side that proposed agreed: %v", err)
	}
	must(p.agree(id, true, false, winner, now))
	if p.Targets[0].Value != "95" || p.agreed()[0].Value != "93" {
		t.Errorf("published %s, agreed %s", p.Targets[0].Value, p.agreed()[0].Value)
	}
	must(p.draft(in, "盛北理工大学", "辽浑智造", steps, when.MustDay("2026-03-10")))
	for _, want := range []string{"去除率：不低于 93 %。", "温升：-5 至 12.5 ℃。", "节点 1：联调，2026-06-30，对应经费 650000.00 元。", "3 年内不得揭榜", "2027-03-31"} {
		if !strings.Contains(p.Pledge.Text, want) {
			t.Errorf("the pledge lacks %q:\n%s", want, p.Pledge.Text)
		}
	}
	must(p.sign("countersign", poster, now))
	if p.State != Pledging {
		t.Error("it runs by one signature")
	}
	if err := p.deviate(DeviationInput{"去除率", "90", "", "再调整"}, true, poster, now); !fault.PledgeSigned.Of(err) {
		t.Errorf("changed after a signature: %v", err)
	}
	if err := p.sign("countersign", poster, now); !fault.PledgeSigned.Of(err) {
		t.Errorf("signed twice: %v", err)
	}
	must(p.sign("sign", winner, now))
	if p.State != Running {
		t.Errorf("both have signed, and it is %s", p.State)
	}
}

func TestADeviationIsOfATargetAndANumber(t *testing.T) {
	for _, in := range []DeviationInput{
		{"没有的指标", "93", "", "理由"}, {"去除率", "约 93", "", "理由"}, {"去除率", "93", "95", "理由"}, {"去除率", "93", "", ""}, {"温升", "3", "", "理由"}, {"温升", "3", "2", "理由"},
	} {
		if err := sample(Pledging).deviate(in, true, uuid.New(), now); !fault.InvalidInput.Of(err) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if err := sample(Pledging).deviate(DeviationInput{"温升", "-3", "9", "理由"}, true, uuid.New(), now); err != nil {
		t.Error(err)
	}
}

// What nobody agrees to does not hold the pledge up for ever: its side takes it back, or the other refuses it and says why.
func TestADeviationThatNobodyAgreesToEndsAndHoldsNothingUp(t *testing.T) {
	winner, poster := uuid.New(), uuid.New()
	for _, c := range []struct {
		name             string
		byPoster         bool
		reason           string
		asWinner, refuse bool
		state            DeviationState
	}{
		{"the poster takes its own back", true, "", false, false, TakenBack},
		{"the winner takes its own back and says why", false, "指标不变", true, false, TakenBack},
		{"the winner refuses the poster's", true, "装置不变，指标不变", true, true, Refused},
		{"the poster refuses the winner's", false, "装置不变，指标不变", false, true, Refused},
	} {
		p := sample(Pledging)
		if err := p.deviate(DeviationInput{"去除率", "93", "", "湿度过高"}, c.byPoster, uuid.New(), now); err != nil {
			t.Fatal(err)
		}
		id, by := p.Deviations[0].ID, poster
		if c.asWinner {
			by = winner
		}
		if err := p.end(id, "", c.asWinner, !c.asWinner, by, now); c.refuse != fault.InvalidInput.Of(err) {
			t.Errorf("%s, without a reason: %v", c.name, err)
		}
		if c.refuse || c.reason != "" {
			p.Deviations[0].EndedAt = nil
			if err := p.end(id, c.reason, c.asWinner, !c.asWinner, by, now); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if d := p.Deviations[0]; d.State() != c.state || d.EndedBy == nil || *d.EndedBy != by || d.EndedAt == nil || d.EndReason != c.reason {
			t.Errorf("%s: %+v", c.name, d)
		}
		if err := p.end(id, "再次", c.asWinner, !c.asWinner, by, now); !fault.WrongState.Of(err) {
			t.Errorf("%s, twice: %v", c.name, err)
		}
		if err := p.agree(id, c.byPoster, !c.byPoster, uuid.New(), now); !fault.WrongState.Of(err) {
			t.Errorf("%s, and then agreed: %v", c.name, err)
		}
		if w, b := p.awaits(); w || b || p.agreed()[0].Value != "95" {
			t.Errorf("%s: it waits for %t, %t, and %s is agreed", c.name, w, b, p.agreed()[0].Value)
		}
		in := PledgeInput{EndsOn: when.MustDay("2027-03-31"), BarredYears: 3, Consequences: "退回经费。"}
		if err := p.draft(in, "A", "B", nil, when.MustDay("2026-03-10")); err != nil {
			t.Errorf("%s, and no pledge can be drafted: %v", c.name, err)
		}
	}
}

func TestAcceptanceFollowsWhatExpertsFound(t *testing.T) {
	a, b, c := uuid.New(), uuid.New(), uuid.New()
	p := sample(Running)
	say := func(expert uuid.UUID, indicator, measured string, met bool, reason string) error {
		return p.check(CheckInput{Indicator: indicator, Measured: measured, Met: met, Evidence: "检测报告", Reason: reason}, expert, now)
	}
	conclude := func() error {
		q := *p
		return q.accept(AcceptInput{Reason: "达到", Level: "international_advanced", Solved: true}, now)
	}
	if err := say(a, "去除率", "94.99", true, ""); !fault.InvalidInput.Of(err) {
		t.Errorf("a verdict that differs without a reason: %v", err)
	}
	if err := say(a, "去除率", "约 95", true, "差不多"); !fault.InvalidInput.Of(err) {
		t.Errorf("a measured value that is no number: %v", err)
	}
	for _, step := range []struct {
		expert    uuid.UUID
		indicator string
		measured  string
		met, ok   bool
	}{
		{a, "去除率", "95", true, false},   // the other target is not checked
		{a, "温升", "12.5", true, true},   // both ends are included
		{b, "去除率", "94", false, false},  // one of two is not more than half
		{c, "去除率", "96", true, true},    // two of three
		{b, "温升", "12.6", false, false}, // one of two
		{b, "温升", "12.4", true, true},   // in place of what they found before
	} {
		if err := say(step.expert, step.indicator, step.measured, step.met, ""); err != nil {
			t.Fatal(err)
		}
		if err := conclude(); (err == nil) != step.ok || err != nil && !fault.TargetsUnmet.Of(err) {
			t.Errorf("after %+v: %v", step, err)
		}
	}
	p.Bottleneck = false
	if err := conclude(); !fault.InvalidInput.Of(err) {
		t.Errorf("what is no bottleneck was solved: %v", err)
	}
}

// Whatever is recovered, in whatever parts, it is no more than was to come back, and that no more than was granted; nothing without fault.
func TestRecoveryNeverExceedsWhatWasGranted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		granted := money.Fen(rapid.Int64Range(0, 1_000_000).Draw(t, "granted"))
		in := FailInput{Reason: "未达到", WithFault: rapid.Bool().Draw(t, "fault"), Recovery: money.Fen(rapid.Int64Range(-10, 1_100_000).Draw(t, "recovery"))}
		if in.Recovery > 0 {
			in.RecoveryDue = when.MustDay("2026-12-31")
		}
		p := sample(Running)
		err := p.fail(in, granted, now)
		if good := in.Recovery >= 0 && in.Recovery <= granted && (in.WithFault || in.Recovery == 0); good != (err == nil) {
			t.Fatalf("granted %s, %+v: %v", granted, in, err)
		}
		if err != nil {
			return
		}
		for _, n := range rapid.SliceOfN(rapid.Int64Range(-5, 500_000), 0, 6).Draw(t, "parts") {
			_ = p.recovered(money.Fen(n))
			if p.Outcome.Recovered < 0 || p.Outcome.Recovered > p.Outcome.Recovery {
				t.Fatalf("recovered %s of %s", p.Outcome.Recovered, p.Outcome.Recovery)
			}
		}
	})
}

func TestAMilestoneIsLateFromTheDayAfter(t *testing.T) {
	m := Milestone{State: Planned, DueOn: when.MustDay("2026-06-30")}
	if m.late(when.MustDay("2026-06-30")) || !m.late(when.MustDay("2026-07-01")) {
		t.Error("it is late from the day after")
	}
	if err := m.submit("报告", uuid.New(), now); err != nil || m.late(when.MustDay("2026-07-01")) {
		t.Errorf("what is before the poster is not late: %v", err)
	}
	if err := m.judge("returnMilestone", "数据不全", now); err != nil || !m.late(when.MustDay("2026-07-01")) {
		t.Errorf("what is to be reworked is: %v", err)
	}
	if err := m.judge("acceptMilestone", "", now); !fault.WrongState.Of(err) {
		t.Errorf("accepted without evidence: %v", err)
	}
}
