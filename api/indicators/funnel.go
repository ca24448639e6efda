package indicators

import (
	"cmp"

	"jiebang/api/wire"
	"jiebang/internal/fault"
	"jiebang/internal/indicators"
)

// funnelCovers goes with every funnel, so that nobody takes it for more than it is.
var funnelCovers = fault.Text{
	ZH: "计在所列年份公开的成果与需求，各归入其（最近一次）公开的月份，按截至日走到的最远一步计入该步及之前各步；撤下的仍计。计的是成果与需求，不是对接、合同或金额：一份合同同时涉及成果与需求的，两项各计一次。",
	EN: "Results and needs that became public in the year, each in the month of its (last) publication, counted in the furthest step that it had reached by the day and in all before; those withdrawn since count too. " +
		"These are results and needs, no introductions, contracts or amounts: where a contract is about both, each counts once.",
}

var funnelDisclosed = fault.Text{
	ZH: "公开数字中，一步不足三项、或与上一步相差不足三项的不单列，与次小的合并。",
	EN: "Of public figures a step of fewer than three, or fewer than three short of the one before, is told together with the next smallest.",
}

var funnelOfBroker = fault.Text{
	ZH: "只计该技术经纪人依据委托对接的，合同只计委托方认可由其促成的。",
	EN: "Only what this broker introduced under mandates, and of contracts those that the principal accepts that they led to.",
}

func funnel(f indicators.Funnel) wire.Funnel {
	said := funnelCovers
	more := func(t fault.Text) { said = fault.Text{ZH: said.ZH + t.ZH, EN: said.EN + " " + t.EN} }
	if !f.Full {
		more(funnelDisclosed)
	}
	if f.Broker != [16]byte{} {
		more(funnelOfBroker)
	}
	w := wire.Funnel{
		Year: f.Year, AsOf: wire.DateOf(f.AsOf), Disclosure: disclosure(f.Full), GroupBy: wire.FunnelGroup(f.GroupBy),
		Rows: make([]wire.FunnelRow, len(f.Rows)), Total: steps(f.Total), Coverage: said.ZH, CoverageEn: said.EN,
	}
	for i, r := range f.Rows {
		w.Rows[i] = wire.FunnelRow{Group: cmp.Or(r.Group, "unknown"), GroupName: r.Name.ZH, GroupNameEn: r.Name.EN, Steps: steps(r)}
		if r.Told < len(r.Steps) {
			w.Rows[i].Withheld = wire.Ptr(true)
		}
	}
	return w
}

func steps(r indicators.FunnelRow) wire.FunnelSteps {
	told := func(k int) *int64 {
		if k >= r.Told {
			return nil
		}
		return &r.Steps[k]
	}
	return wire.FunnelSteps{
		Published: r.Steps[indicators.Published], Matched: told(indicators.Matched), Introduced: told(indicators.Introduced), Answered: told(indicators.Answered),
		Deal: told(indicators.Dealt), Contract: told(indicators.Filed), Registered: told(indicators.Registered), Paid: told(indicators.Paid),
	}
}
