package contracts

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Service runs the use cases.
type Service struct{ unit *work.Unit }

// New makes a Service.
func New(unit *work.Unit) *Service { return &Service{unit} }

// Input is what entering or replacing a contract takes.
type Input struct {
	Kind  codes.ContractKind
	Deal  *uuid.UUID // the deal behind it, if any
	Terms Terms
}

// Create enters a contract; by a member of the first seller, or by a clerk of its office for a seller who came with paper.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if in.Kind != codes.Development {
			return fault.InvalidInput.At("/kind", "not_allowed", "目前只受理技术开发合同 Development contracts only, for now")
		}
		c := &Contract{Head: tx.NewHead(), State: Draft, ContractKind: in.Kind, EnteredBy: call.Actor.Account}
		if err := c.enter(tx, in); err != nil {
			return err
		}
		var err error
		if c.Number, err = nextNumber(tx); err != nil {
			return err
		}
		if err := work.Insert(tx, policy.ContractCreate, c); err != nil {
			return c.dealIsFree(err)
		}
		return keepParties(tx, c)
	})
}

// Replace writes a draft anew; by the first seller's members or the clerk who entered it. It stays with somebody who could have
// entered it so.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		c, err := work.Load[Contract](tx.DB, id)
		if err != nil {
			return err
		}
		err = work.Change(tx, c, version, policy.ContractEdit, func() error {
			if in.Kind != c.ContractKind {
				return fault.InvalidInput.At("/kind", "immutable", "合同类别不可更改 The kind cannot change")
			}
			return c.enter(tx, in)
		})
		if err != nil {
			return c.dealIsFree(err)
		}
		return keepParties(tx, c)
	})
}

// enter writes a draft, finds its office, and holds what only the database knows.
func (c *Contract) enter(tx *work.Tx, in Input) (err error) {
	if err := in.Terms.link(tx); err != nil {
		return err
	}
	if err := c.Edit(in.Terms); err != nil {
		return err
	}
	if c.Office, err = orgs.OfficeFor(tx.DB, c.Terms.Sellers[0].Region); err != nil {
		return err
	}
	if err := mayEnter(tx.Call.Actor, c); err != nil {
		return err
	}
	if err := organizationsExist(tx, c.Terms); err != nil {
		return err
	}
	return c.comeFrom(tx, in.Deal)
}

// mayEnter asks policy, and tells the buyer's side why it is not theirs to do.
func mayEnter(actor policy.Actor, c *Contract) error {
	err := policy.Check(actor, policy.ContractCreate, c.Facts())
	if fault.NotAllowed.Of(err) && slices.ContainsFunc(c.Terms.organizations(), actor.MemberOf) {
		return fault.NotAllowed.Because("技术合同由卖方(第一卖方)申请认定登记，请由卖方录入；买方与其他当事人可以查看")
	}
	return err
}

// comeFrom links the deal that led to the contract, or none. The deal's two sides must be on theirs.
func (c *Contract) comeFrom(tx *work.Tx, deal *uuid.UUID) error {
	c.DealID, c.ResultID, c.NeedID = deal, uuid.NullUUID{}, uuid.NullUUID{}
	if deal == nil {
		return nil
	}
	d, err := deals.LoadForContract(tx, *deal)
	if fault.NotVisible.Of(err) {
		return fault.InvalidInput.At("/deal_id", "unknown_deal", "没有这个撮合项目 There is no such deal")
	} else if err != nil {
		return err
	}
	if !isParty(c.Terms.Sellers, d.SupplierID) || !isParty(c.Terms.Buyers, d.DemanderID) {
		return fault.InvalidInput.At("/deal_id", "other_parties", "合同的买卖双方须为该撮合项目的双方 The deal is between others")
	}
	c.ResultID, c.NeedID = nullable(d.ResultID), nullable(d.NeedID)
	return nil
}

// Submit files a draft for registration, and brings the deal behind it to its end.
func (s *Service) Submit(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		c, err := work.Load[Contract](db.ForUpdate(tx.DB), id)
		if err != nil {
			return err
		}
		var a *Application
		err = work.Change(tx, c, version, policy.ContractFile, func() (err error) {
			if c.OwnerID != nil {
				if err := orgs.MustBeVerified(tx.DB, *c.OwnerID); err != nil {
					return err
				}
			}
			a, err = c.Submit(filing(tx, ""))
			return err
		})
		if err != nil {
			return err
		}
		if c.DealID != nil {
			if err := deals.Contracted(tx, *c.DealID, c.ID); err != nil {
				return err
			}
		}
		return file(tx, a)
	})
}

// Get reads one contract; by its parties, the registrars of its office and operators.
func (s *Service) Get(ctx context.Context, actor policy.Actor, id uuid.UUID) (*Contract, error) {
	q := s.unit.Query(ctx)
	c, err := work.Load[Contract](q, id)
	if err != nil {
		return nil, work.Fault(err)
	}
	if err := policy.Check(actor, policy.ContractRead, c.Facts()); err != nil {
		return nil, err
	}
	return c, work.Fault(withApplications(q, c))
}

// Filter narrows a list. Who is not an operator asks for the contracts of one organization of theirs, or of one office of theirs.
type Filter struct {
	Organization uuid.UUID // a party
	Office       string
	State        State
}

func (f Filter) check(actor policy.Actor) error {
	if !actor.Operator && (f.Organization == uuid.Nil) == (f.Office == "") {
		return fault.InvalidInput.At("query:organization_id", "one_of", "organization_id 与 office 须给出其一 Give either organization_id or office")
	}
	err := policy.Check(actor, policy.ContractRead, policy.Facts{Owner: f.Organization, Office: f.Office})
	if fault.NotVisible.Of(err) {
		return fault.NotAllowed.Because("只能查看本单位或本登记机构的合同")
	}
	return err
}

// List lists contracts.
func (s *Service) List(ctx context.Context, actor policy.Actor, f Filter, p db.Paging) (db.Page[Contract], error) {
	if err := f.check(actor); err != nil {
		return db.Page[Contract]{}, err
	}
	q := s.unit.Query(ctx)
	rows := q.Model(&Contract{})
	if f.Organization != uuid.Nil {
		rows = rows.Where("id IN (?) AND (state <> ? OR owner_id = ?)",
			q.Model(&partyRow{}).Where("organization_id = ?", f.Organization).Select("contract_id"), Draft, f.Organization)
	}
	if f.Office != "" {
		rows = rows.Where("office = ?", f.Office)
		if !actor.Operator {
			rows = rows.Where("(state <> ? OR entered_by = ?)", Draft, actor.Account)
		}
	}
	if f.State != "" {
		rows = rows.Where("state = ?", f.State)
	}
	page, err := db.List(rows, p, "id", func(c Contract) uuid.UUID { return c.ID })
	if err != nil {
		return page, work.Fault(err)
	}
	contracts := make([]*Contract, len(page.Items))
	for i := range page.Items {
		contracts[i] = &page.Items[i]
	}
	return page, work.Fault(withApplications(q, contracts...))
}

// withApplications notes on each contract the latest application about it: one query for all.
func withApplications(q *gorm.DB, contracts ...*Contract) error {
	ids := make([]uuid.UUID, len(contracts))
	for i, c := range contracts {
		ids[i] = c.ID
	}
	var latest []struct{ ID, ContractID uuid.UUID }
	if len(ids) > 0 {
		err := q.Model(&Application{}).Where("contract_id IN ?", ids).Select("id", "contract_id").
			Where("NOT EXISTS (SELECT 1 FROM contract_applications AS later WHERE later.contract_id = contract_applications.contract_id AND later.id > contract_applications.id)").
			Find(&latest).Error
		if err != nil {
			return err
		}
	}
	of := make(map[uuid.UUID]uuid.UUID, len(latest))
	for _, a := range latest {
		of[a.ContractID] = a.ID
	}
	for _, c := range contracts {
		if id, some := of[c.ID]; some {
			c.ApplicationID = &id
		}
	}
	return nil
}

// dealIsFree tells the writer that another contract has the deal: of a contract with one, it is the only unique index that a
// writer can run into.
func (c *Contract) dealIsFree(err error) error {
	if c.DealID != nil && db.Duplicate(err) {
		return fault.DealHasContract.New()
	}
	return err
}

func nullable(id *uuid.UUID) uuid.NullUUID {
	if id == nil {
		return uuid.NullUUID{}
	}
	return uuid.NullUUID{UUID: *id, Valid: true}
}
