// Package benefits is the HTTP edge of what a contract may bring those who make it: rules, what they come to for a contract, and the translation between
// the API's types and theirs.
package benefits

import (
	"context"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/benefits"
	"jiebang/internal/codes"
	"jiebang/internal/money"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

// Routes hangs the operations on benefits on the edge.
func Routes(e *edge.Edge, s *benefits.Service) {
	rule := edge.Kind[benefits.View, wire.BenefitRule]{Path: "/v1/benefit-rules", Get: s.Get, Wire: written}
	edge.Create(e, "createBenefitRule", rule, input, s.Create)
	edge.Read(e, "getBenefitRule", rule)
	edge.List(e, "listBenefitRules", rule, s.List)
	edge.Decide(e, "replaceBenefitRule", rule, input, s.Replace)
	edge.Plain(e, "getContractBenefits", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (wire.ContractBenefits, error) {
		b, err := s.OfContract(ctx, call.Actor, q.ID)
		if err != nil {
			return wire.ContractBenefits{}, err
		}
		return writtenContract(&b), nil
	})
	edge.Plain(e, "getBrokerReward", func(ctx context.Context, call work.Call, q benefits.Question) (wire.BrokerReward, error) {
		r, err := s.Reward(ctx, call.Actor, q)
		if err != nil {
			return wire.BrokerReward{}, err
		}
		return writtenReward(&r), nil
	})
}

func input(b *wire.BenefitRuleInput) (benefits.Input, error) {
	in := benefits.Input{
		Code: b.Code, Kind: benefits.Kind(b.Kind), Level: benefits.Level(b.Level), Region: b.Region, Side: benefits.Side(b.Side), RateBP: wire.Value(b.RateBp),
		CapPer: benefits.CapPer(wire.Text(b.CapPer)), LicenseYears: wire.Value(b.LicenseYears), ValidFrom: wire.DayOf(b.ValidFrom), ValidTo: wire.OptionalDay(b.ValidTo),
		Source: b.Source, SourceLink: wire.Value(b.SourceLink), Note: b.Note, NoteEN: b.NoteEn, Provisional: b.Provisional,
	}
	for _, k := range b.ContractKinds {
		in.ContractKinds = append(in.ContractKinds, codes.ContractKind(k))
	}
	if b.Cap == nil {
		return in, nil
	}
	var err error
	in.Cap, err = wire.Fen(*b.Cap, "/cap/amount")
	return in, err
}

func written(v *benefits.View) wire.BenefitRule {
	w := writtenRule(&v.Rule)
	w.Actions, w.EnteredBy = wire.ActionsOf(v.Acts), wire.SomePerson(v.EnteredBy)
	return w
}

// writtenRule is a rule without what its reader may do with it.
func writtenRule(r *benefits.Rule) wire.BenefitRule {
	name, _ := ref.NameOf(r.Region)
	w := wire.BenefitRule{
		Id: r.ID, Version: r.Version, Code: r.Code, Kind: wire.BenefitKind(r.Kind), Level: wire.BenefitLevel(r.Level), Region: wire.Some(r.Region), RegionName: wire.Some(name),
		Side: wire.BenefitSide(r.Side), ContractKinds: make([]wire.ContractKind, len(r.ContractKinds)), RateBp: wire.Some(r.RateBP), CapPer: wire.Some(wire.BenefitCapPer(r.CapPer)),
		LicenseYears: wire.Some(r.LicenseYears), ValidFrom: wire.DateOf(r.ValidFrom), ValidTo: wire.OptionalDate(r.ValidTo), Source: r.Source, SourceLink: wire.Some(r.SourceLink),
		Note: r.Note, NoteEn: r.NoteEN, Provisional: r.Provisional, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	for i, k := range r.ContractKinds {
		w.ContractKinds[i] = wire.ContractKind(k)
	}
	if r.Cap > 0 {
		w.Cap = wire.Ptr(wire.MoneyOf(r.Cap))
	}
	return w
}

func writtenContract(b *benefits.OfContract) wire.ContractBenefits {
	w := wire.ContractBenefits{
		ContractId: b.ContractID, Information: true, Day: wire.DateOf(b.Day), Year: b.Year, YearPresumed: b.Presumed, Items: make([]wire.ContractBenefit, len(b.Items)),
		Remark: b.Remark.ZH, RemarkEn: b.Remark.EN,
	}
	for i, item := range b.Items {
		w.Items[i] = wire.ContractBenefit{
			Rule: writtenRule(&item.Rule), Party: item.Party, PartyName: item.Name, Open: item.Open, ClosedBy: wire.Some(item.Closed.ZH), ClosedByEn: wire.Some(item.Closed.EN),
			Amount: amount(item.Amount), Uncapped: amount(item.Uncapped), Used: amount(item.Used), Exempt: amount(item.Exempt), Above: amount(item.Reduced),
		}
	}
	return w
}

func amount(f *money.Fen) *wire.Money {
	if f == nil {
		return nil
	}
	return wire.Ptr(wire.MoneyOf(*f))
}

func writtenReward(r *benefits.Reward) wire.BrokerReward {
	w := wire.BrokerReward{
		Broker: wire.BrokerRef{Username: r.Broker.Username, Name: r.Broker.Name}, Year: r.Year, Information: true, Rewards: make([]wire.RewardOfRule, len(r.Rewards)),
		Remark: r.Remark.ZH, RemarkEn: r.Remark.EN,
	}
	for i, of := range r.Rewards {
		out := wire.RewardOfRule{
			Rule: writtenRule(&of.Rule), Base: wire.AmountOf(of.Base), Uncapped: wire.AmountOf(of.Uncapped), Amount: wire.AmountOf(of.Amount), Lines: make([]wire.RewardLine, len(of.Lines)), More: of.More,
		}
		for k, l := range of.Lines {
			out.Lines[k] = wire.RewardLine{
				Contract: wire.BriefContract{Id: l.Contract.ID, Number: l.Contract.Number, Title: l.Contract.Title, State: wire.ContractState(l.Contract.State)},
				ShareBp:  l.ShareBP, Received: wire.AmountOf(l.Received), Reversed: wire.AmountOf(l.Reversed), Base: wire.AmountOf(l.Base),
			}
		}
		w.Rewards[i] = out
	}
	return w
}
