package projects

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/challenges"
	"jiebang/internal/fault"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// DeviationInput is what proposing a deviation takes.
type DeviationInput struct{ Indicator, Value, Upper, Reason string }

// EndInput names a deviation that is taken back or refused, and why.
type EndInput struct {
	Deviation uuid.UUID
	Reason    string // of what is refused; who takes one back need not say
}

// PledgeInput is what the poster writes of the pledge; the rest follows from the agreed targets.
type PledgeInput struct {
	EndsOn       when.Day
	BarredYears  int
	Consequences string
}

// unsigned refuses to change what somebody has signed.
func (p *Project) unsigned() error {
	if err := work.In(p.State, Pledging); err != nil {
		return err
	}
	if p.Pledge.signed() {
		return fault.PledgeSigned.New()
	}
	return nil
}

const maxDeviations = 100

// deviate proposes that the agreement differs from a published target. What was written of the pledge is void by it.
func (p *Project) deviate(in DeviationInput, byPoster bool, by uuid.UUID, now time.Time) error {
	if err := p.unsigned(); err != nil {
		return err
	}
	t, err := p.target(in.Indicator)
	if err != nil {
		return err
	}
	var bad fault.Fields
	_, number := t.Met(in.Value)
	bad.Check(number, "/value", fault.BadFormat, "须为十进制数，如 0.05", "It is a decimal number, like 0.05")
	t.Value, t.Upper = in.Value, in.Upper
	met, fits := t.Met(in.Value)
	if t.Comparison == challenges.Between {
		bad.Check(!number || met && fits, "/upper", fault.Reversed, "区间须有上限，且不低于下限", "A range has an upper end, which is not below the lower")
	} else {
		bad.Check(in.Upper == "", "/upper", fault.Unexpected, "仅区间指标填写上限", "Of a range only")
	}
	bad.Length(in.Reason, "/reason", 2, 2000)
	bad.Check(len(p.Deviations) < maxDeviations, "", fault.TooManyItems, "调整过多", "Too many deviations")
	if err := bad.Err(); err != nil {
		return err
	}
	p.Deviations = append(p.Deviations, Deviation{
		ID: work.NewID(), Indicator: in.Indicator, Value: in.Value, Upper: in.Upper, Reason: in.Reason, ByPoster: byPoster, ProposedBy: by, ProposedAt: now,
	})
	p.Pledge = Pledge{}
	return nil
}

// awaits tells which side's word a deviation waits for.
func (p *Project) awaits() (winner, poster bool) {
	for _, d := range p.Deviations {
		if d.open() {
			winner, poster = winner || d.ByPoster, poster || !d.ByPoster
		}
	}
	return winner, poster
}

// waiting is the deviation with an identifier, which waits for a word.
func (p *Project) waiting(id uuid.UUID) (*Deviation, error) {
	i := slices.IndexFunc(p.Deviations, func(d Deviation) bool { return d.ID == id })
	if i < 0 {
		return nil, fault.InvalidInput.At("/deviation_id", fault.NotOffered, "没有这项调整", "There is no such deviation")
	}
	if !p.Deviations[i].open() {
		return nil, fault.WrongState.New()
	}
	return &p.Deviations[i], nil
}

// end ends one that nobody agreed to: the side that proposed it takes it back, the other refuses it and says why.
func (p *Project) end(id uuid.UUID, reason string, winner, poster bool, by uuid.UUID, now time.Time) error {
	if err := p.unsigned(); err != nil {
		return err
	}
	d, err := p.waiting(id)
	if err != nil {
		return err
	}
	refused := d.ByPoster && !poster || !d.ByPoster && !winner
	if refused || reason != "" {
		var bad fault.Fields
		bad.Length(reason, "/reason", 2, 2000)
		if err := bad.Err(); err != nil {
			return err
		}
	}
	d.Refused, d.EndedBy, d.EndedAt, d.EndReason = refused, &by, &now, reason
	return nil
}

// agree is the other side's word to a deviation.
func (p *Project) agree(id uuid.UUID, winner, poster bool, by uuid.UUID, now time.Time) error {
	if err := p.unsigned(); err != nil {
		return err
	}
	d, err := p.waiting(id)
	if err != nil {
		return err
	}
	if d.ByPoster && !winner || !d.ByPoster && !poster || d.ProposedBy == by {
		return fault.OwnDecision.New()
	}
	d.AgreedBy, d.AgreedAt, p.Pledge = &by, &now, Pledge{}
	return nil
}

// draft writes the pledge from what is agreed.
func (p *Project) draft(in PledgeInput, winner, poster string, milestones []Milestone, today when.Day) error {
	if err := p.unsigned(); err != nil {
		return err
	}
	var bad fault.Fields
	bad.Check(!in.EndsOn.Before(today), "/ends_on", fault.TooEarly, "完成日期已过", "It lies behind")
	bad.Check(in.BarredYears >= 0 && in.BarredYears <= 10, "/barred_years", fault.OutOfRange, "须为 0 至 10 年", "It is 0 to 10 years")
	bad.Length(in.Consequences, "/consequences", 2, 5000)
	bad.Check(!slices.ContainsFunc(p.Deviations, Deviation.open), "", fault.Required, "尚有等待另一方答复的指标调整", "A deviation waits for the other side's word")
	for _, m := range milestones {
		bad.Check(!m.DueOn.After(in.EndsOn), "/ends_on", fault.TooEarly, "早于节点“%[1]s”的期限 %[2]s", "It lies before the milestone %[1]s is due, %[2]s", m.Title, m.DueOn)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	p.Pledge = Pledge{EndsOn: in.EndsOn, BarredYears: in.BarredYears, Consequences: in.Consequences}
	p.Pledge.Text = p.text(winner, poster, milestones)
	return nil
}

// text is the pledge as people read and sign it.
func (p *Project) text(winner, poster string, milestones []Milestone) string {
	var b strings.Builder
	fmt.Fprintf(&b, "军令状\n\n%s揭榜承担%s发布的榜题“%s”，郑重承诺：\n\n一、指标\n", winner, poster, p.Title)
	for i, t := range p.agreed() {
		fmt.Fprintf(&b, "%d. %s：%s。", i+1, t.Name, goal(t))
		if t.Method != "" {
			fmt.Fprintf(&b, "测试方法：%s。", t.Method)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\n二、期限\n于 %s 前（含当日）完成全部指标。\n", p.Pledge.EndsOn)
	for _, m := range milestones {
		fmt.Fprintf(&b, "节点 %d：%s，%s，对应经费 %s 元。\n", m.Nth, m.Title, m.DueOn, m.Amount)
	}
	fmt.Fprintf(&b, "\n三、后果\n%s\n因揭榜方过错未完成的，退回财政经费，%s。已尽职履责仍未完成的，予以免责。\n", p.Pledge.Consequences, barred(p.Pledge.BarredYears))
	return b.String()
}

func barred(years int) string {
	if years == 0 {
		return "不限制其后续申报"
	}
	return fmt.Sprintf("%d 年内不得揭榜", years)
}

// goal is a target in words.
func goal(t challenges.Indicator) string {
	words := map[challenges.Comparison]string{challenges.AtLeast: "不低于", challenges.AtMost: "不高于", challenges.Equal: "等于"}
	if t.Comparison == challenges.Between {
		return fmt.Sprintf("%s 至 %s%s", t.Value, t.Upper, spaced(t.Unit))
	}
	return fmt.Sprintf("%s %s%s", words[t.Comparison], t.Value, spaced(t.Unit))
}

func spaced(unit string) string {
	if unit == "" {
		return ""
	}
	return " " + unit
}

// sign signs for one side; when both have, the project runs.
func (p *Project) sign(step string, by uuid.UUID, now time.Time) error {
	if err := work.In(p.State, Pledging); err != nil {
		return err
	}
	if p.Pledge.Text == "" {
		return fault.PledgeMissing.New()
	}
	who, at := &p.Pledge.WinnerBy, &p.Pledge.WinnerAt
	if step == "countersign" {
		who, at = &p.Pledge.PosterBy, &p.Pledge.PosterAt
	}
	if *at != nil {
		return fault.PledgeSigned.New()
	}
	*who, *at = &by, &now
	if p.Pledge.WinnerAt != nil && p.Pledge.PosterAt != nil {
		return p.take(step, now)
	}
	return nil
}
