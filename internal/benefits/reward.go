package benefits

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/commissions"
	"jiebang/internal/contracts"
	"jiebang/internal/fault"
	"jiebang/internal/mandates"
	"jiebang/internal/money"
	"jiebang/internal/offices"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Question asks for the reward of a year: of the reader, or, for operators, of any broker.
type Question struct {
	Year     int    `query:"year"` // this one where it is left out
	Username string `query:"username"`
}

// Reward is what a broker may be given of public money for what was paid in a Shanghai year on the contracts that they led to.
type Reward struct {
	Broker  accounts.Person
	Year    int
	Rewards []Rewarded // one for each rule that holds in the year
	Remark  fault.Text
}

// Rewarded is what one rule comes to.
type Rewarded struct {
	Rule     Rule
	Base     money.Fen // what was received in the year, less what went back in it: the broker's share of either
	Uncapped money.Fen // the rule's part of the base, cut to the fen; 0 where more went back than came
	Amount   money.Fen // what is left of it by the cap
	Lines    []RewardLine
	More     bool // there are more contracts than are listed
}

// RewardLine is what one contract adds to the base.
type RewardLine struct {
	Contract contracts.Brief
	ShareBP  int       // the broker's, by the mandate
	Received money.Fen // on the contract in the year
	Reversed money.Fen // what went back in it, whenever it had come
	Base     money.Fen // the broker's share of the first less that of the second
}

// rewardLines is how many contracts are listed.
const rewardLines = 500

var (
	rewardRemark = fault.Say("仅供参考：按登记合同在该年（北京时间）实际到账的金额计，冲正计入其发生之年；能否兑现以主管部门审核为准。",
		"For information: by what was really received in the year, by the days of Shanghai, on registered contracts; what goes back counts in the year in which it does. The authorities decide.")
	noReward = fault.Say("该年没有经纪人奖励的规则。", "No rule rewards brokers in this year.")
)

// Reward reads what a broker may be given for a year.
func (s *Service) Reward(ctx context.Context, reader policy.Actor, ask Question) (Reward, error) {
	if err := policy.Check(reader, policy.RewardSheet, policy.Facts{}); err != nil {
		return Reward{}, err
	}
	out := Reward{Year: ask.Year, Remark: noReward}
	today := when.DayOf(s.unit.Now())
	if out.Year == 0 {
		out.Year = today.Year()
	}
	var bad fault.Fields
	when.YearNotAhead(&bad, out.Year, today, "query:year")
	if err := bad.Err(); err != nil {
		return Reward{}, err
	}
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		broker := reader.Account
		if ask.Username != "" && ask.Username != reader.Username && !reader.Operator { // whether there is one is not told
			return fault.NotAllowed.Because("只能查看本人的奖励。", "You may read your own.")
		}
		if ask.Username != "" {
			a, err := accounts.Find(q, ask.Username, "query:username")
			if err != nil {
				return err
			}
			if broker = a.ID; broker != reader.Account && !reader.Operator {
				return fault.NotAllowed.Because("只能查看本人的奖励。", "You may read your own.")
			}
		}
		people, err := accounts.People(q, []uuid.UUID{broker})
		if err != nil {
			return err
		}
		out.Broker = people[broker]
		return out.read(q, broker)
	})
	return out, err
}

func (o *Reward) read(q *gorm.DB, broker uuid.UUID) error {
	all, err := rulesFor(q, Broker)
	if err != nil {
		return err
	}
	first, last := yearOf(o.Year)
	began := map[string]when.Day{} // the first day of each code's rules
	for _, r := range all {
		if day, known := began[r.Code]; !known || r.ValidFrom.Before(day) {
			began[r.Code] = r.ValidFrom
		}
	}
	all = slices.DeleteFunc(all, func(r Rule) bool { return r.ValidFrom.After(last) || !r.ValidTo.IsZero() && r.ValidTo.Before(first) })
	if len(all) == 0 {
		return nil
	}
	o.Remark = rewardRemark
	led, err := ledBy(q, broker, first, last)
	if err != nil {
		return err
	}
	used := map[string]money.Fen{} // of the cap that rules of one code share
	owed := map[string]money.Fen{} // what went back under an earlier rule of the code in this year, beyond what came
	for i := range all {
		r := &all[i]
		w := r.reward(led, began[r.Code], owed[r.Code], used[r.Code])
		used[r.Code] += w.Amount
		owed[r.Code] = min(0, owed[r.Code]+w.Base)
		o.Rewards = append(o.Rewards, w)
	}
	return nil
}

// led is a registered contract that a broker led to, with what was received and went back on it in a year.
type led struct {
	commissions.Led
	contract contracts.Contract
	region   string // of its office
	paid     []paid
}

// paid is a payment of the year, or what went back in it, and the day on which that had come.
type paid struct {
	contracts.Payment
	came when.Day
}

// reward is what the rule comes to for a broker when so much of its cap is used; began is the first day of the first rule of its code, owed what went
// back before under another one.
func (r *Rule) reward(all []led, began when.Day, owed, used money.Fen) Rewarded {
	out := Rewarded{Rule: *r, Lines: []RewardLine{}}
	for i := range all {
		l := &all[i]
		if !slices.Contains(r.ContractKinds, l.contract.Kind) || r.Region != "" && !ref.Within(l.region, r.Region) {
			continue
		}
		line, any := RewardLine{ShareBP: l.Shares[l.Own]}, false
		for _, p := range l.paid {
			// What goes back of a payment that never counted takes nothing away.
			if !p.PaidOn.Within(r.ValidFrom, r.ValidTo) || p.came.Before(began) {
				continue
			}
			if any = true; p.Reverses != nil {
				line.Reversed += p.Amount
			} else {
				line.Received += p.Amount
			}
		}
		if !any {
			continue
		}
		line.Base = mandates.Split(line.Received, l.Shares)[l.Own] - mandates.Split(line.Reversed, l.Shares)[l.Own]
		out.Base += line.Base
		if len(out.Lines) == rewardLines {
			out.More = true
			continue
		}
		line.Contract = contracts.Brief{ID: l.contract.ID, Number: l.contract.Number, Title: l.contract.Title, State: l.contract.State}
		out.Lines = append(out.Lines, line)
	}
	out.Uncapped = r.part(max(0, out.Base+owed))
	out.Amount = r.capped(out.Uncapped, used)
	return out
}

// ledBy reads the registered contracts that a broker led to and on which anything was received, or went back, in a year: a fixed number of statements.
func ledBy(q *gorm.DB, broker uuid.UUID, first, last when.Day) ([]led, error) {
	claimed, err := commissions.LedBy(q, broker)
	if err != nil || len(claimed) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(claimed))
	for i, c := range claimed {
		ids[i] = c.ContractID
	}
	payments, err := contracts.PaymentsWithin(q, ids, first, last)
	if err != nil || len(payments) == 0 {
		return nil, err
	}
	var back []uuid.UUID
	for _, p := range payments {
		if p.Reverses != nil {
			back = append(back, *p.Reverses)
		}
	}
	origins, err := work.ByIDs[contracts.Payment](q, back)
	if err != nil {
		return nil, err
	}
	came := map[uuid.UUID]when.Day{}
	for _, p := range origins {
		came[p.ID] = p.PaidOn
	}
	of := map[uuid.UUID][]paid{}
	for _, p := range payments {
		on := p.PaidOn
		if p.Reverses != nil {
			on = came[*p.Reverses]
		}
		of[p.ContractID] = append(of[p.ContractID], paid{p, on})
	}
	found, err := contracts.ByIDs(q, ids)
	if err != nil {
		return nil, err
	}
	rows := make(map[uuid.UUID]contracts.Contract, len(found))
	for _, c := range found {
		rows[c.ID] = c
	}
	regions, err := offices.Regions(q)
	var out []led
	for _, c := range claimed {
		if row := rows[c.ContractID]; row.State == contracts.Registered && len(of[c.ContractID]) > 0 {
			out = append(out, led{c, row, regions[row.Office], of[c.ContractID]})
		}
	}
	return out, err
}
