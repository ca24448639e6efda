package projects

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/challenges"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// CheckInput is what an expert says of a target.
type CheckInput struct {
	Indicator, Measured string
	Met                 bool
	Evidence, Reason    string
}

// check records what an expert finds of a target, in place of what they found before.
func (p *Project) check(in CheckInput, by uuid.UUID, now time.Time) error {
	if err := work.In(p.State, Running); err != nil {
		return err
	}
	t, err := p.target(in.Indicator)
	if err != nil {
		return err
	}
	says, number := t.Met(in.Measured)
	var bad fault.Fields
	bad.Check(number, "/measured", fault.BadFormat, "须为十进制数，如 0.05", "It is a decimal number, like 0.05")
	bad.Length(in.Evidence, "/evidence", 2, 5000)
	bad.Length(in.Reason, "/reason", 0, 2000)
	if number && says != in.Met {
		text.Wanted(&bad, in.Reason, "/reason", "结论与测得值不一致，请说明理由", "The verdict differs from what the number says; say why")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	p.Checks = slices.DeleteFunc(slices.Clone(p.Checks), func(c Check) bool { return c.Expert == by && c.Indicator == in.Indicator })
	p.Checks = append(p.Checks, Check{Expert: by, Indicator: in.Indicator, Measured: in.Measured, Met: in.Met, Evidence: in.Evidence, Reason: in.Reason, At: now})
	return nil
}

// Finding is what experts together find of a target: met where more than half of them say so.
type Finding struct {
	Target      challenges.Indicator
	Checked     int
	Met         bool
	MetSayings  int
	MeasuredAll []string
}

// findings sums up the checks, in the order of the targets.
func (p *Project) findings() []Finding {
	out := make([]Finding, 0, len(p.Targets))
	for _, t := range p.agreed() {
		f := Finding{Target: t}
		for _, c := range p.Checks {
			if c.Indicator == t.Name {
				f.Checked++
				f.MeasuredAll = append(f.MeasuredAll, c.Measured)
				if c.Met {
					f.MetSayings++
				}
			}
		}
		f.Met = 2*f.MetSayings > f.Checked
		out = append(out, f)
	}
	return out
}

// AcceptInput is what concludes a project that reached its targets.
type AcceptInput struct {
	Reason, Level string
	Solved        bool
	Result        *uuid.UUID // the listed result that solves it, so that one result is not counted twice
	EndsOthers    bool       // it was the first: those that run beside it end without fault
}

// FailInput is what concludes one that did not.
type FailInput struct {
	Reason      string
	WithFault   bool
	Recovery    money.Fen
	RecoveryDue when.Day
}

var levels = []string{"", "domestic_lead", "international_advanced", "international_lead"}

// accept concludes that the targets were reached, as the experts found of each.
func (p *Project) accept(in AcceptInput, now time.Time) error {
	if err := p.take("accept", now); err != nil {
		return err
	}
	var bad fault.Fields
	bad.Length(in.Reason, "/reason", 2, 5000)
	fault.Offered(&bad, in.Level, "/level", levels)
	bad.Check(!in.Solved || p.Bottleneck, "/solved", fault.Unexpected, "该榜题不是卡脖子技术", "The challenge is no bottleneck")
	bad.Check(!in.Solved || in.Level != "", "/level", fault.Required, "请注明达到的水平", "Say which level it reached")
	if err := bad.Err(); err != nil {
		return err
	}
	for _, f := range p.findings() {
		if f.Checked == 0 {
			return fault.TargetsUnmet.Because("“%[1]s”尚未核验。", "%[1]s was not checked yet.", f.Target.Name)
		}
		if !f.Met {
			return fault.TargetsUnmet.Because("“%[1]s”未达到。", "%[1]s was not reached.", f.Target.Name)
		}
	}
	p.Outcome = Outcome{Reason: in.Reason, Level: in.Level, Solved: in.Solved, ResultID: in.Result}
	return nil
}

// fail concludes that they were not. Without fault (尽职免责) nothing is recovered; granted is what the bureau has paid.
func (p *Project) fail(in FailInput, granted money.Fen, now time.Time) error {
	if err := p.take("fail", now); err != nil {
		return err
	}
	var bad fault.Fields
	bad.Length(in.Reason, "/reason", 2, 5000)
	bad.Check(in.Recovery >= 0 && in.Recovery <= granted, "/recovery", fault.OutOfRange, "须为 0 至已拨付的 %[1]s 元", "It is 0 to what was granted, %[1]s yuan", granted)
	bad.Check(in.WithFault || in.Recovery == 0, "/recovery", fault.Unexpected, "尽职免责的不追回经费", "Nothing is recovered from who is without fault")
	bad.Check((in.Recovery > 0) == !in.RecoveryDue.IsZero(), "/recovery_due", fault.Required, "追回经费须注明期限，不追回则不填", "What is recovered has a day by which, and only that")
	if err := bad.Err(); err != nil {
		return err
	}
	p.Outcome = Outcome{Reason: in.Reason, WithFault: in.WithFault, Recovery: in.Recovery, RecoveryDue: in.RecoveryDue}
	return nil
}

// recover records that money came back.
func (p *Project) recovered(amount money.Fen) error {
	if err := work.In(p.State, Failed); err != nil {
		return err
	}
	left := p.Outcome.Recovery - p.Outcome.Recovered
	if left == 0 {
		return fault.WrongState.New()
	}
	if amount <= 0 || amount > left {
		return fault.InvalidInput.At("/amount", fault.OutOfRange, "尚应追回 %[1]s 元，金额须大于零且不超过此数", "%[1]s yuan are still to come back; it is more than 0 and no more than that", left)
	}
	p.Outcome.Recovered += amount
	return nil
}
