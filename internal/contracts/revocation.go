package contracts

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// An office revokes a registration itself (撤销登记): nobody applies for it. One registrar of the office proposes it with its ground, another confirms or
// refuses it, or the proposer takes it back; nobody of them wrote in the contract, or belongs to a party. It stands in the queue as an application whose
// first review is over, so that the same rules keep the two apart. Until it is confirmed the contract stays as it is.

// Ground says why a registration is revoked.
type Ground string

// The grounds.
const (
	Forged          Ground = "forged"           // the contract, or its papers
	Void            Ground = "void"             // the contract has no effect in law
	RegisteredTwice Ground = "registered_twice" // another registration is of the same contract
)

// groundWords are what people call them.
var groundWords = fault.Words[Ground]{
	Forged:          {ZH: "合同或材料系伪造", EN: "The contract or its papers were forged"},
	Void:            {ZH: "合同无效", EN: "The contract is void"},
	RegisteredTwice: {ZH: "同一合同重复登记", EN: "The contract was registered twice"},
}

// Text is what people call it.
func (g Ground) Text() fault.Text { return groundWords.Of(g) }

// Revocation is why an office revokes a registration, and what shows it.
type Revocation struct {
	Ground   Ground    `json:"ground"`
	Evidence string    `json:"evidence"`         // what shows it and where that is kept; for the office and the bureau
	Twin     string    `json:"twin,omitempty"`   // number of the other contract that was registered
	TwinID   uuid.UUID `json:"twin_id,omitzero"` // which it is
}

// RevokedFor is what a contract says of the revocation of its registration.
type RevokedFor struct {
	Ground Ground   `json:"ground"`
	On     when.Day `json:"on"`
	Twin   string   `json:"twin,omitempty"` // number of the other contract, of what was registered twice
}

// RevocationInput proposes a revocation.
type RevocationInput struct {
	Ground   Ground
	Reason   string // for the parties to read
	Evidence string
	Twin     string // number in this system of the other contract
	Version  int64  // as in Change
}

// check holds what can be told of it alone.
func (in *RevocationInput) check() error {
	var bad fault.Fields
	bad.Check(groundWords[in.Ground] != fault.Text{}, "/ground", fault.NotOffered, "没有这种事由", "There is no such ground")
	bad.Length(in.Reason, "/reason", 2, 2000)
	bad.Length(in.Evidence, "/evidence", 2, 5000)
	in.Twin = strings.TrimSpace(in.Twin)
	if in.Ground == RegisteredTwice {
		bad.Check(in.Twin != "", "/twin_number", fault.Required, "须写明另一份合同的编号", "The number of the other contract is needed")
	} else {
		bad.Check(in.Twin == "", "/twin_number", fault.Unexpected, "只有重复登记的才填另一份合同", "Only of what was registered twice another contract is named")
	}
	return bad.Err()
}

// twin finds the other contract by its number: one that counts, and not this one.
func (in *RevocationInput) twin(q *gorm.DB, c *Contract) (out Revocation, err error) {
	out = Revocation{Ground: in.Ground, Evidence: in.Evidence}
	if in.Ground != RegisteredTwice {
		return out, nil
	}
	var rows []Contract
	err = q.Select("id", "number").Where("id IN (SELECT contract_id FROM contract_lookups WHERE kind = ? AND value = ?) AND state IN ?", byNumber, codes.NumberForm(in.Twin), []State{Registered, Recorded}).
		Order("id").Limit(1).Find(&rows).Error
	if err != nil {
		return out, err
	}
	if len(rows) == 0 {
		return out, fault.InvalidInput.At("/twin_number", fault.UnknownRecord, "没有登记在册的这份合同", "No contract of this number is registered")
	}
	if rows[0].ID == c.ID {
		return out, fault.InvalidInput.At("/twin_number", fault.Repeated, "须为另一份合同", "It must be another contract")
	}
	out.Twin, out.TwinID = rows[0].Number, rows[0].ID
	return out, nil
}

// Revoke proposes to revoke the registration. Whoever proposes it is its first reviewer.
func (c *Contract) Revoke(f Filing, why Revocation) (*Application, error) {
	if err := c.in(Registered, Recorded); err != nil {
		return nil, err
	}
	a, _, err := c.apply(f, Revoking, c.Terms)
	if err != nil {
		return nil, err
	}
	a.State, a.Revocation, a.HandedAt = SecondReview, &why, nil // no papers of the parties are handed in with it
	a.hold(f.By, f.Head.CreatedAt)
	a.PassedAt = &f.Head.CreatedAt
	return a, nil
}

// revoke is its end.
func (c *Contract) revoke(a *Application, today when.Day) {
	c.State, c.Revoked = Revoked, &RevokedFor{Ground: a.Revocation.Ground, On: today, Twin: a.Revocation.Twin}
}

// Retract takes a proposal to revoke back.
func (a *Application) Retract() error {
	if a.Kind != Revoking {
		return fault.WrongState.Because("只有撤销登记的提议由登记员撤回。", "Registrars take back no more than what they proposed themselves.")
	}
	return work.Step(&a.State, Withdrawn, SecondReview)
}

// ProposeRevocation proposes to revoke a registration; by a registrar of its office with no tie to it.
func (s *Service) ProposeRevocation(ctx context.Context, call work.Call, contract uuid.UUID, in RevocationInput) (ApplicationAnswer, error) {
	return s.do(ctx, call, func(tx *work.Tx) (*Application, error) {
		in := in // the transaction may run twice
		c, err := work.Load[Contract](db.ForUpdate(tx.DB), contract)
		if err != nil {
			return nil, err
		}
		if err := lookAgain(tx); err != nil {
			return nil, err
		}
		facts, err := c.FactsIn(tx.DB, policy.ContractRevoke)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(tx.Call.Actor, policy.ContractRevoke, facts); err != nil {
			return nil, err
		}
		if in.Version != 0 && in.Version != c.Version {
			return nil, fault.VersionStale.New()
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		if err := c.in(Registered, Recorded); err != nil {
			return nil, err
		}
		why, err := in.twin(tx.DB, c)
		if err != nil {
			return nil, err
		}
		f, err := filing(tx, in.Reason)
		if err != nil {
			return nil, err
		}
		a, err := c.Revoke(f, why)
		if err != nil {
			return nil, err
		}
		return a, enqueue(tx, a, work.Did(policy.ContractRevoke))
	})
}

// revoked names what becomes of a contract whose revocation is confirmed.
const revoked work.Deed = "contract.revoked"

// twinStands refuses to confirm that a contract was registered twice when the other registration is gone by now.
func (a *Application) twinStands(q *gorm.DB) error {
	if a.Revocation == nil || a.Revocation.Ground != RegisteredTwice {
		return nil
	}
	// Locked, so that of two contracts that are each other's twin not both go at once.
	other, err := work.Load[Contract](db.ForUpdate(q), a.Revocation.TwinID)
	if err != nil {
		return err
	}
	if !other.counts() {
		return fault.WrongState.Because("另一份合同 %[1]s 已不在册，不能以重复登记撤销。", "The other contract %[1]s is registered no longer, so this one is not registered twice.", other.Number)
	}
	return nil
}
