// Package contracts decides about technology contracts (技术合同): what one says and who its parties are, its way through
// registration (认定登记), and how a registered one is amended or cancelled. Most contracts come without a deal, a result, a need
// or an account here; all those links are optional.
//
// It leaves the sums to package ledger, to which it posts within the same transaction, the deal's stages to deals, and the
// text of the rules (periods, filing window) to the regimes of package ref.
//
// The seller's side files, once, at the office of its place; every decision is taken by two registrars who neither entered the
// contract nor belong to a party (《技术合同认定登记工作指引》国科火字〔2022〕159号).
package contracts

import (
	"reflect"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// State is where a contract or an application about one stands. A contract goes the way of its application for registration:
// draft → submitted → under_review → second_review → registered | refused, and from registered to cancelled. An application
// ends as granted | refused.
type State string

// The states.
const (
	Draft        State = "draft"         // of a contract: its writers may change it
	Submitted    State = "submitted"     // waits for a registrar
	UnderReview  State = "under_review"  // a registrar has taken it
	SecondReview State = "second_review" // waits for another registrar
	Registered   State = "registered"    // of a contract: it counts
	Refused      State = "refused"       // the end of either
	Cancelled    State = "cancelled"     // of a contract: it no longer counts
	Granted      State = "granted"       // of an application
)

// Contract is one technology contract.
type Contract struct {
	work.Head
	Number         string  // this system's own number: JB-2026-000123
	OfficialNumber *string // the national system's; opaque text that a registrar fills in
	State          State
	ContractKind   codes.ContractKind `gorm:"column:kind"`
	Title          string             // of the terms, for lists
	OwnerID        *uuid.UUID         // the first seller's organization; nil when the seller has no account here
	EnteredBy      uuid.UUID
	Office         string // takes it by the first seller's place at entry, and keeps it
	DealID         *uuid.UUID
	ResultID       uuid.NullUUID // of the deal, when the contract was entered
	NeedID         uuid.NullUUID
	Terms          Terms     `gorm:"serializer:json"`
	Turnover       money.Fen // of the terms, for the comparison with the ledger
	Technology     money.Fen
	RegisteredOn   when.Day `json:",omitzero"`

	// ApplicationID is the latest application about it; loaded for readers.
	ApplicationID *uuid.UUID `gorm:"-" json:"-"`
}

// Kind names the record in the audit trail and in Changes.
func (*Contract) Kind() string { return "contract" }

// Facts is what policy asks about a contract: it belongs to the first seller; all other parties with an organization here take
// part once it is filed. A draft is its writers' own affair.
func (c *Contract) Facts() policy.Facts {
	f := policy.Facts{Author: c.EnteredBy, Office: c.Office, Draft: c.State == Draft}
	if c.State != Draft {
		f.Others = c.Terms.organizations()
	}
	if c.OwnerID != nil {
		f.Owner = *c.OwnerID
	}
	return f
}

// Edit writes the terms of a draft.
func (c *Contract) Edit(t Terms) error {
	if c.State != Draft {
		return fault.WrongState.Because("只有草稿可以修改；已登记的合同请申请变更登记")
	}
	if err := t.check(c.ContractKind); err != nil {
		return err
	}
	return c.write(t)
}

// write sets the terms and everything that follows from them.
func (c *Contract) write(t Terms) (err error) {
	if c.Technology, err = t.Technology(); err != nil {
		return err
	}
	c.Terms, c.Title, c.Turnover, c.OwnerID = t, t.Title, t.Turnover, t.Sellers[0].OrganizationID
	return nil
}

// Submit files a draft for registration.
func (c *Contract) Submit(f Filing) (*Application, error) {
	if c.State != Draft {
		return nil, fault.WrongState.Because("只有草稿可以提交登记")
	}
	a, regime, err := c.apply(f, Registration, c.Terms)
	if err != nil {
		return nil, err
	}
	if err := c.Terms.mayBeFiled(regime, a.FiledOn); err != nil {
		return nil, err
	}
	c.State = Submitted
	return a, nil
}

// Amend applies for other terms (变更登记). The contract stays as it is until the application is granted.
func (c *Contract) Amend(f Filing, t Terms) (*Application, error) {
	if c.State != Registered {
		return nil, fault.WrongState.Because("只有已登记的合同可以申请变更")
	}
	if err := t.check(c.ContractKind); err != nil {
		return nil, err
	}
	if reflect.DeepEqual(t, c.Terms) {
		return nil, fault.InvalidInput.At("/terms", "unchanged", "条款没有变更 Nothing is changed")
	}
	a, _, err := c.apply(f, Amendment, t)
	return a, err
}

// Cancel applies for the end of the registration (注销登记).
func (c *Contract) Cancel(f Filing) (*Application, error) {
	if c.State != Registered {
		return nil, fault.WrongState.Because("只有已登记的合同可以申请注销")
	}
	a, _, err := c.apply(f, Cancellation, c.Terms)
	return a, err
}

// follow brings the contract to where an application about it stands.
func (c *Contract) follow(a *Application, today when.Day) error {
	if a.officialNumber != "" {
		if c.OfficialNumber != nil && *c.OfficialNumber != a.officialNumber {
			return fault.InvalidInput.At("/official_number", "immutable", "合同已有另一登记编号 The contract has another official number")
		}
		c.OfficialNumber = &a.officialNumber
	}
	switch {
	case a.ApplicationKind == Registration && a.State == Granted:
		c.State, c.RegisteredOn = Registered, today
	case a.ApplicationKind == Registration:
		c.State = a.State
	case a.ApplicationKind == Amendment && a.State == Granted:
		return c.write(a.Terms)
	case a.ApplicationKind == Cancellation && a.State == Granted:
		c.State = Cancelled
	}
	return nil
}

// standing is how the contract counts in the ledger: under its first seller and first buyer, as the national form does, and not
// at all while it is not registered.
func (c *Contract) standing() *ledger.Standing {
	if c.State != Registered {
		return nil
	}
	return &ledger.Standing{
		Figures: ledger.Figures{Contracts: 1, Turnover: c.Turnover, Technology: c.Technology},
		Frozen: ledger.Frozen{
			Office: c.Office, ContractKind: c.ContractKind, SellerRegion: c.Terms.Sellers[0].Region, BuyerRegion: c.Terms.Buyers[0].Region,
			Field: c.Terms.Field, ResultID: c.ResultID, NeedID: c.NeedID,
		},
	}
}
