package contracts

import (
	"github.com/google/uuid"

	"jiebang/api/wire"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
)

func writtenChecklist(contract uuid.UUID, l *contracts.Checklist) wire.ContractChecklist {
	out := wire.ContractChecklist{ContractId: contract, Regime: l.Regime.Code, Provisional: l.Regime.Provisional, Ready: l.Ready(), Items: make([]wire.ContractCheck, len(l.Checks))}
	for i, c := range l.Checks {
		out.Items[i] = wire.ContractCheck{
			Code: wire.ContractCheckCode(c.Code), CodeName: wire.Value(wire.Term(codes.ContractChecks, c.Code)),
			Outcome: wire.CheckOutcome(c.Outcome), OutcomeName: wire.Value(wire.Term(codes.CheckOutcomes, c.Outcome)),
			Pointer: wire.Some(c.Pointer), Message: c.Message.ZH, MessageEn: c.Message.EN, Rule: c.Rule.ZH, RuleEn: c.Rule.EN,
		}
	}
	return out
}
