package projects

import (
	"github.com/google/uuid"

	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/work"
)

// payable refuses money on a milestone of a project that never ran.
func (p *Project) payable() error { return work.In(p.State, Running, Accepted, Eliminated, Overtaken) }

// room is what is left of what was agreed for a milestone, whoever pays it.
func (m *Milestone) room(tx *work.Tx) (money.Fen, error) {
	views, err := showMilestones(tx.DB, tx.Call.Actor, []Milestone{*m})
	if err != nil {
		return 0, err
	}
	return max(m.Amount-views[0].Paid-views[0].Granted, 0), nil
}

// mayPay refuses a payment beyond what was agreed: of the poster in all, whoever pays on its behalf, and for the milestone that it is for, if any.
// Whoever asks holds the project, knows what was received, and has asked whether a milestone of it is payable.
func (p *Project) mayPay(tx *work.Tx, m *Milestone, received, amount money.Fen) error {
	left := max(p.Agreed-received, 0)
	if m != nil {
		room, err := m.room(tx)
		if err != nil {
			return err
		}
		left = min(left, room)
	}
	if amount > left {
		return fault.PaysTooMuch.Because("发榜方尚可支付 %[1]s 元。", "The poster may still pay %[1]s yuan.", left)
	}
	return nil
}

// Bound holds what is recorded straight on the contract of a project to what was agreed in it, as what is paid for its milestones is. A milestone
// that is named is one of that project.
func Bound(tx *work.Tx, contract uuid.UUID, in contracts.PaymentInput) error {
	var of []uuid.UUID
	if err := tx.Model(&deals.Deal{}).Where("contract_id = ?", contract).Pluck("id", &of).Error; err != nil {
		return err
	}
	var found []Project
	if len(of) > 0 {
		if err := db.ForUpdate(tx.DB).Where("deal_id IN ?", of).Order("id").Find(&found).Error; err != nil {
			return err
		}
	}
	var m *Milestone
	if in.Milestone != nil {
		var err error
		m, err = work.Load[Milestone](tx.DB, *in.Milestone)
		if fault.NotVisible.Of(err) || err == nil && (len(found) == 0 || m.ProjectID != found[0].ID) {
			return fault.InvalidInput.At("/milestone_id", fault.NotOffered, "不是本合同所属项目的节点", "It is no milestone of the project of this contract")
		}
		if err != nil {
			return err
		}
	}
	if len(found) == 0 {
		return nil
	}
	p := &found[0]
	if m != nil {
		if err := p.payable(); err != nil {
			return err
		}
	}
	sums, _, err := moneyOf(tx.DB, []Project{*p})
	if err != nil {
		return err
	}
	return p.mayPay(tx, m, sums[p.ID].Received, in.Amount)
}
