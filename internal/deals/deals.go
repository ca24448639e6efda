package deals

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/work"
)

// opened names a deal's beginning in the audit trail and in Changes. Policy has no rule for it: nobody opens a deal by itself.
const opened policy.Action = "deal.open"

// What the log says where no person writes the note.
const (
	noteOpened     = "对接获同意，建立撮合项目。"
	noteContracted = "技术合同已提交登记。"
	noteReopened   = "技术合同未予登记，可修改后另行提交。"
)

// open begins the deal of an accepted introduction, in the transaction that accepts it.
func open(tx *work.Tx, i *Introduction) error {
	supplier, demander, err := roles(tx, i)
	if err != nil {
		return err
	}
	d := &Deal{
		Head: tx.NewHead(), Stage: StageLead, IntroductionID: i.ID, SupplierID: supplier, DemanderID: demander,
		ResultID: i.ResultID, NeedID: i.NeedID,
	}
	d.ID = *i.DealID
	if err := work.Insert(tx, opened, d); err != nil {
		return err
	}
	return note(tx, d, noteOpened)
}

// roles tells which side supplies: the owner of the result, or, where only a need is named, whoever offered to meet it.
func roles(tx *work.Tx, i *Introduction) (supplier, demander uuid.UUID, err error) {
	if i.ResultID != nil {
		owner, err := results.OwnerOf(tx.DB, *i.ResultID)
		if err != nil {
			return uuid.Nil, uuid.Nil, err
		}
		if owner == i.ToID {
			return i.ToID, i.FromID, nil
		}
	}
	return i.FromID, i.ToID, nil
}

// note adds a line to the log: the deal's stage as it is now.
func note(tx *work.Tx, d *Deal, text string) error {
	s := Step{ID: work.NewID(), DealID: d.ID, Stage: d.Stage, Note: text, AccountID: tx.Call.Actor.Account, CreatedAt: tx.Now}
	return tx.Create(&s).Error
}

// Advance moves a deal one stage on, up to agreed, or ends it as lost; by a member of either side.
func (s *Service) Advance(ctx context.Context, call work.Call, id uuid.UUID, version int64, to Stage, text string) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		d, err := work.Load[Deal](tx.DB, id)
		if err != nil {
			return err
		}
		return work.Change(tx, d, version, policy.DealAdvance, func() error {
			if err := d.Advance(to, text); err != nil {
				return err
			}
			return note(tx, d, text)
		})
	})
}

// LoadForContract reads, for another package's use case, the deal that a contract names, as far as the actor may know of it.
// Whether the contract's parties are the deal's is for the contract to check.
func LoadForContract(tx *work.Tx, id uuid.UUID) (*Deal, error) {
	d, err := work.Load[Deal](tx.DB, id)
	if err != nil {
		return nil, err
	}
	return d, policy.Check(tx.Call.Actor, policy.DealRead, d.Facts())
}

// Contracted moves an agreed deal to its last stage, in the transaction that files its contract. Of two contracts that are
// filed at once for the same deal, the second is refused.
func Contracted(tx *work.Tx, deal, contract uuid.UUID) error {
	d, err := work.Load[Deal](db.ForUpdate(tx.DB), deal)
	if err != nil {
		return err
	}
	return work.Move(tx, d, policy.DealAdvance, func() error {
		if err := d.Sign(contract); err != nil {
			return err
		}
		return note(tx, d, noteContracted)
	})
}

// Reopened brings a deal back to agreed when the registration of its contract was refused: the two sides may file another.
func Reopened(tx *work.Tx, deal uuid.UUID) error {
	d, err := work.Load[Deal](db.ForUpdate(tx.DB), deal)
	if err != nil {
		return err
	}
	return work.Move(tx, d, policy.DealAdvance, func() error {
		if err := d.Unsign(); err != nil {
			return err
		}
		return note(tx, d, noteReopened)
	})
}

// GetDeal reads one deal with its log; by its two sides and the operator.
func (s *Service) GetDeal(ctx context.Context, actor policy.Actor, id uuid.UUID) (*DealView, error) {
	var seen []DealView
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		d, err := work.Load[Deal](q, id)
		if err != nil {
			return err
		}
		if err := policy.Check(actor, policy.DealRead, d.Facts()); err != nil {
			return err
		}
		seen, err = dealViews(q, []Deal{*d})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &seen[0], nil
}

// DealFilter asks for one organization's deals, on either side; an empty stage does not narrow.
type DealFilter struct {
	Organization uuid.UUID
	Stage        Stage
}

// ListDeals lists the deals of an organization that the actor belongs to, and of any for an operator.
func (s *Service) ListDeals(ctx context.Context, actor policy.Actor, f DealFilter, p db.Paging) (db.Page[DealView], error) {
	if err := policy.Check(actor, policy.DealList, policy.Facts{Owner: f.Organization}); err != nil {
		return db.Page[DealView]{}, err
	}
	var out db.Page[DealView]
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		list := q.Model(&Deal{}).Where("(supplier_id = ? OR demander_id = ?)", f.Organization, f.Organization)
		if f.Stage != "" {
			list = list.Where("stage = ?", f.Stage)
		}
		page, err := db.List(list, p, "id", func(d Deal) uuid.UUID { return d.ID })
		if err != nil {
			return err
		}
		out.Next = page.Next
		out.Items, err = dealViews(q, page.Items)
		return err
	})
	return out, err
}
