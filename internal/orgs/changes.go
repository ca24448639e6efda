package orgs

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Renamed is the deed by which what others may know an organization by changes.
var Renamed = work.Did(policy.OrgAccept)

// Edit writes what an organization's administrators keep of it: contact and introduction at once; name, kind, code and region of a verified
// one as a proposal that an operator accepts or refuses.
func (s *Service) Edit(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.OrgEdit, func(tx *work.Tx, o *Organization) error {
		in, err := in.cleaned()
		if err != nil {
			return err
		}
		o.Edit(in, call.Actor.Account, tx.Now)
		return o.apart(tx.DB, in.checked())
	})
}

// Refuse refuses to verify an organization, with a reason; by an operator who did not enter it.
func (s *Service) Refuse(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.OrgRefuse, func(_ *work.Tx, o *Organization) error { return o.Refuse(reason) })
}

// AskAgain asks for the verification of an organization that was refused; by its administrator.
func (s *Service) AskAgain(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.OrgAskAgain, func(tx *work.Tx, o *Organization) error {
		if err := o.apart(tx.DB, o.Checked); err != nil {
			return err
		}
		return o.AskAgain()
	})
}

// Accept verifies the proposed change of an organization; by an operator who did not propose it.
func (s *Service) Accept(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	a, err := records.Change(ctx, s.unit, call, id, version, policy.OrgAccept, func(tx *work.Tx, o *Organization) error {
		before := o.Name
		if err := o.Accept(call.Actor.Account, tx.Now); err != nil {
			return err
		}
		if err := o.keepName(tx, before); err != nil {
			return err
		}
		return o.nameAlone(tx.DB)
	})
	if db.Duplicate(err) {
		err = fault.CreditCodeTaken.New()
	}
	return a, err
}

// Reject refuses the proposed change of an organization, with a reason; by an operator who did not propose it.
func (s *Service) Reject(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.OrgReject, func(_ *work.Tx, o *Organization) error { return o.Reject(reason) })
}

// TakeBack takes back the proposed change of an organization, or puts away one that was refused; by its administrator.
func (s *Service) TakeBack(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.OrgTakeBack, func(_ *work.Tx, o *Organization) error { return o.TakeBack() })
}

// apart refuses what others would take for another verified organization: its credit code, and a name that only looks like its name.
func (o *Organization) apart(q *gorm.DB, c Checked) error {
	if err := o.codeFree(q, c.CreditCode); err != nil {
		return err
	}
	return o.nameApart(q, c.Name)
}

// enteredOnce refuses to enter a credit code a second time while one that the same person has entered waits, or was refused and can be mended.
// Others may claim it, too: who is verified tells.
func (o *Organization) enteredOnce(tx *work.Tx) error {
	if err := accounts.Hold(tx, o.CreatedBy); err != nil {
		return err
	}
	var mine []Organization
	err := tx.Where("credit_code = ? AND created_by = ? AND state IN ?", o.CreditCode, o.CreatedBy, []State{Pending, Refused}).Order("id").Limit(1).Find(&mine).Error
	if err == nil && len(mine) > 0 {
		err = fault.CreditCodeTaken.Because("本人已用该代码填报“%[1]s”（%[2]s），请在该单位上修改，不必另填。", "You have entered %[1]s with this code already (%[3]s); change that one.",
			mine[0].Name, mine[0].State.Text().ZH, mine[0].State.Text().EN)
	}
	return err
}

// codeFree refuses a credit code that another verified organization has. Two that claim one at once are told apart by who is verified.
func (o *Organization) codeFree(q *gorm.DB, code string) error {
	holders, err := WithCreditCodes(q, []string{code})
	if holder, taken := holders[code]; err == nil && taken && holder != o.ID {
		err = fault.CreditCodeTaken.New()
	}
	return err
}
