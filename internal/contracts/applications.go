package contracts

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// applications is how applications are read and written. The queue of an office begins with what is due first.
var applications = work.Records[Application, *Application, ApplicationView]{
	Read: policy.ApplicationRead, Show: showApplications, Joined: true,
	Columns: work.Columns{
		string(policy.Member):      "contract_id IN (SELECT id FROM contracts WHERE owner_id IN ?)",
		string(policy.Counterpart): "contract_id IN (SELECT contract_id FROM contract_parties WHERE organization_id IN ?) OR id IN (SELECT application_id FROM application_parties WHERE organization_id IN ?)",
		string(policy.AtOffice):    "office IN ?",
		string(policy.Filed):       "TRUE",
	},
	Acts: applicationActs,
	Orders: []db.Order[Application]{
		{Name: "due", Columns: []string{"due_on", "id"}, Key: func(a *Application) []any { return []any{a.DueOn, a.ID} }},
		db.Newest(func(a *Application) uuid.UUID { return a.ID }),
	},
}

// ApplicationAnswer is the outcome of a use case that changed an application.
type ApplicationAnswer = work.Answer[ApplicationView]

// Change of a registered contract is asked for with its reason.
type Change struct {
	Terms  Terms // as they shall be
	Reason string
}

// Amend applies for other terms of a registered contract; by who may file it.
func (s *Service) Amend(ctx context.Context, call work.Call, contract uuid.UUID, in Change) (ApplicationAnswer, error) {
	return s.apply(ctx, call, contract, in.Reason, func(tx *work.Tx, c *Contract, f Filing) (*Application, error) {
		terms := in.Terms
		ps, err := s.persons(tx, c.ID, c.Terms, &terms)
		if err != nil {
			return nil, err
		}
		if err := terms.settle(tx); err != nil {
			return nil, err
		}
		a, err := c.Amend(f, terms)
		if err != nil {
			return nil, err
		}
		return a, ps.keep(tx, c)
	})
}

// Cancel applies for the end of a registration; by who may file it.
func (s *Service) Cancel(ctx context.Context, call work.Call, contract uuid.UUID, reason string) (ApplicationAnswer, error) {
	return s.apply(ctx, call, contract, reason, func(_ *work.Tx, c *Contract, f Filing) (*Application, error) { return c.Cancel(f) })
}

// apply is the body of the applications about a registered contract. They leave the contract and its version alone, so that no
// version is asked for; the contract is locked, so that nobody decides about it meanwhile.
func (s *Service) apply(ctx context.Context, call work.Call, contract uuid.UUID, reason string,
	method func(*work.Tx, *Contract, Filing) (*Application, error)) (ApplicationAnswer, error) {
	return applications.Do(ctx, s.unit, call, func(tx *work.Tx) (*Application, error) {
		c, err := work.Load[Contract](db.ForUpdate(tx.DB), contract)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.ContractFile, c.Facts()); err != nil {
			return nil, err
		}
		if err := text("/reason", reason, 2, 2000); err != nil {
			return nil, err
		}
		f, err := filing(tx, reason)
		if err != nil {
			return nil, err
		}
		a, err := method(tx, c, f)
		if err != nil {
			return nil, err
		}
		return a, file(tx, a)
	})
}

func filing(tx *work.Tx, reason string) (Filing, error) {
	calendar, err := ref.CalendarIn(tx.DB)
	return Filing{Head: tx.NewHead(), By: tx.Call.Actor.Account, Reason: reason, Calendar: calendar}, err
}

// file enters an application into the queue of its office, unless another about the same contract is open.
func file(tx *work.Tx, a *Application) error {
	err := work.Insert(tx, work.Did(policy.ContractFile), a)
	if db.Duplicate(err) {
		return fault.ApplicationOpen.New()
	} else if err != nil {
		return err
	}
	var rows []applicationParty
	for _, id := range a.Terms.organizations() {
		rows = append(rows, applicationParty{a.ID, id})
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Create(&rows).Error
}

// StartReview takes an application into the first review; by a registrar of the office with no tie to it.
func (s *Service) StartReview(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, _ *Contract) error {
		return work.Change(tx, a, version, policy.ApplicationTake, func() error { return a.Take(call.Actor.Account) })
	})
}

// Pass hands an application on to the second review.
func (s *Service) Pass(ctx context.Context, call work.Call, id uuid.UUID, version int64, note string) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, _ *Contract) error {
		return work.Change(tx, a, version, policy.ApplicationPass, func() error { return a.Pass(call.Actor.Account, note) })
	})
}

// Grant ends an application with a yes; by another registrar than the first. What it changes about the contract's figures is
// posted to the ledger at once.
func (s *Service) Grant(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Grant) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, c *Contract) error {
		return work.Change(tx, a, version, policy.ApplicationEnd, func() error {
			if err := a.Grant(call.Actor.Account, in, tx.Now); err != nil {
				return err
			}
			if err := numberFree(tx.DB, a.officialNumber, c.ID); err != nil {
				return err
			}
			return a.explained(tx.DB, c, call.Actor)
		})
	})
}

// Refuse ends an application with a no and its reason; in the second review, by another registrar than the first.
func (s *Service) Refuse(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (ApplicationAnswer, error) {
	return s.review(ctx, call, id, func(tx *work.Tx, a *Application, _ *Contract) error {
		action := policy.ApplicationDeny
		if a.State == SecondReview {
			action = policy.ApplicationEnd
		}
		return work.Change(tx, a, version, action, func() error { return a.Refuse(call.Actor.Account, reason, tx.Now) })
	})
}

// review is the body of every step of a registrar: the application moves, the contract follows, and the ledger counts what
// became different by that.
func (s *Service) review(ctx context.Context, call work.Call, id uuid.UUID, step func(*work.Tx, *Application, *Contract) error) (ApplicationAnswer, error) {
	return applications.Do(ctx, s.unit, call, func(tx *work.Tx) (*Application, error) {
		a, c, err := loadForReview(tx.DB, id)
		if err != nil {
			return nil, err
		}
		if err := step(tx, a, c); err != nil || !a.movesContract() {
			return a, err
		}
		return a, follow(tx, c, a)
	})
}

// follow brings a contract to where an application about it stands, and everything that hangs on it.
func follow(tx *work.Tx, c *Contract, a *Application) error {
	was := c.standing()
	err := work.Move(tx, c, followed, func() error {
		if err := c.follow(a, when.DayOf(tx.Now)); err != nil || a.State != Granted {
			return err
		}
		return claimNumber(tx, c)
	})
	if db.Duplicate(err) { // the only unique column that following changes
		return fault.OfficialNumberTaken.New()
	} else if err != nil {
		return err
	}
	if a.State == Granted {
		if err := keepFound(tx, c); err != nil {
			return err
		}
	}
	if c.State == Refused && c.DealID != nil {
		if err := deals.Reopened(tx, *c.DealID); err != nil {
			return err
		}
	}
	from := ledger.Source{ContractID: c.ID, ContractVersion: c.Version, ApplicationID: a.ID}
	return ledger.Append(tx, ledger.Post(from, was, c.standing())...)
}

// followed names what happens to a contract when an application about it moves.
const followed work.Deed = "contract.follow"

// loadForReview locks the contract and then reads the application about it. Everyone locks the contract first, so that nobody
// waits for somebody who waits for them; the application's version tells if it moved while we waited.
func loadForReview(q *gorm.DB, id uuid.UUID) (*Application, *Contract, error) {
	a, err := work.Load[Application](q, id)
	if err != nil {
		return nil, nil, err
	}
	c, err := work.Load[Contract](db.ForUpdate(q), a.ContractID)
	return a, c, err
}

// GetApplication reads one application; by the contract's parties, the registrars of its office and operators.
func (s *Service) GetApplication(ctx context.Context, reader policy.Actor, id uuid.UUID) (ApplicationView, error) {
	return applications.Get(ctx, s.unit, reader, id)
}

// ApplicationFilter asks for the queue of one office; an empty state is every state.
type ApplicationFilter struct {
	Office string `query:"office" where:"office = ?" required:"yes"`
	State  State  `query:"state" where:"state = ?"`
}

// ListApplications is the queue of one office, what is due first in front; for its registrars and operators.
func (s *Service) ListApplications(ctx context.Context, reader policy.Actor, f ApplicationFilter, p db.Paging) (db.Page[ApplicationView], error) {
	if err := policy.Check(reader, policy.ApplicationList, policy.Facts{Office: f.Office}); err != nil {
		return db.Page[ApplicationView]{}, err
	}
	return applications.List(ctx, s.unit, reader, f, p)
}

// ApplicationView is an application as its readers see it, all alike but for the twins, with the title of its contract. Twins and
// remarks are of the terms as they shall be.
type ApplicationView struct {
	Application
	ContractTitle string
	Twins         []Twin
	Remarks       []Remark
	work.Acts
}

// showApplications reads what stands with the contracts, their twins, and what stands out about the parties: a few queries for all.
func showApplications(q *gorm.DB, reader policy.Actor, rows []Application) ([]ApplicationView, error) {
	ids := make([]uuid.UUID, len(rows))
	for i, a := range rows {
		ids[i] = a.ContractID
	}
	var found []Contract
	if len(ids) > 0 {
		if err := q.Where("id IN ?", ids).Select("id", "title", "official_number", "elsewhere").Find(&found).Error; err != nil {
			return nil, err
		}
	}
	of := make(map[uuid.UUID]*Contract, len(found))
	for i := range found {
		of[found[i].ID] = &found[i]
	}
	candidates, terms := candidatesOf(rows), make([]Terms, len(rows))
	for i, a := range rows {
		candidates[i].official, terms[i] = of[a.ContractID].officialForm(), a.Terms
	}
	twins, err := twinsOf(q, reader, candidates)
	if err != nil {
		return nil, err
	}
	remarks, err := remarksOf(q, reader, terms)
	if err != nil {
		return nil, err
	}
	out := make([]ApplicationView, len(rows))
	for i, a := range rows {
		out[i] = ApplicationView{Application: a, ContractTitle: of[a.ContractID].Title, Twins: twins[i], Remarks: remarks[i]}
	}
	return out, nil
}
