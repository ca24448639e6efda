package contracts

import (
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// State is where a contract or an application about one stands. A contract goes the way of its application for registration:
// draft → submitted ⇄ supplement_requested → under_review (→ expert_review) → second_review → registered | refused, and from registered to cancelled or
// revoked. A refused one is mended and filed again. An application ends as granted | refused | withdrawn.
type State string

// The states.
const (
	Draft        State = "draft"         // of a contract: its writers may change it
	Submitted    State = "submitted"     // waits for a registrar
	UnderReview  State = "under_review"  // a registrar has taken it
	ExpertReview State = "expert_review" // experts have it before them, since its technology amount calls for them
	SecondReview State = "second_review" // waits for another registrar
	Registered   State = "registered"    // of a contract: it counts
	Recorded     State = "recorded"      // of a contract that was registered elsewhere: it counts as absorbed, and not as turnover
	Refused      State = "refused"       // the end of either
	Cancelled    State = "cancelled"     // of a contract: it no longer counts
	Revoked      State = "revoked"       // of a contract: neither does it, since the office itself took the registration back
	Granted      State = "granted"       // of an application

	SupplementRequested State = "supplement_requested" // papers are missing: it is the applicant's turn
	Withdrawn           State = "withdrawn"            // of an application that its side took back before anybody acted on it
)

// final tells whether an application in this state is over.
func (s State) final() bool { return slices.Contains(over, s) }

// Contract is one technology contract.
type Contract struct {
	work.Head
	Number         string  // this system's own number: JB-2026-000123
	OfficialNumber *string // the national system's; opaque text that a registrar fills in
	State          State
	Kind           codes.ContractKind
	Title          string     // of the terms, for lists
	OwnerID        *uuid.UUID // the first seller's organization; nil when the seller has no account here
	EnteredBy      uuid.UUID
	EnteredFor     bool   `json:",omitzero"` // by a clerk of the office, for a seller who came with paper
	Office         string // takes it by the first seller's place at entry, and keeps it
	DealID         *uuid.UUID
	ResultID       *uuid.UUID // of the deal, when the contract was entered
	NeedID         *uuid.UUID
	ChallengeID    *uuid.UUID  `json:",omitzero"`                        // of the deal, or of one that was registered elsewhere as its writers say
	Elsewhere      *Elsewhere  `gorm:"serializer:json"`                  // where it was registered, if by none of the offices here
	TakenOver      *TakenOver  `gorm:"serializer:json" json:",omitzero"` // from where it was taken over, if it was registered by another system
	Revoked        *RevokedFor `gorm:"serializer:json" json:",omitzero"` // why and when its registration was revoked
	Mending        *Mending    `gorm:"serializer:json" json:",omitzero"` // of a refused one: as it shall be filed again
	Terms          Terms       `gorm:"serializer:json"`
	Turnover       money.Fen   // of the terms, for the comparison with the ledger
	Technology     money.Fen
	RegisteredOn   when.Day `json:",omitzero"`
}

// Elsewhere is the registration of a contract by an office that is none of this system's, since the seller's place has none here. Such
// a contract is recorded by the buyer's side, so that it counts as absorbed technology and for what led to it.
type Elsewhere struct {
	Office         string   // its name
	OfficialNumber string   // the national system's
	RegisteredOn   when.Day // the day of the registration there
}

func (Contract) TableName() string { return "contracts" }
func (*Contract) Noun() string     { return "contract" }

// Facts is what policy asks about a contract: it belongs to the first seller, or, where it was registered elsewhere, to the first buyer; all other parties with an organization here take
// part once it is filed. A draft is its writers' own affair.
func (c *Contract) Facts() policy.Facts {
	f := policy.Facts{Author: c.EnteredBy, Office: c.Office, Draft: c.State == Draft, Imported: c.TakenOver != nil}
	if c.State != Draft {
		f.Others = c.Terms.organizations()
	}
	if c.OwnerID != nil {
		f.Owner = *c.OwnerID
	}
	return f
}

// Edit writes the terms of a draft, or of a contract that was refused when it is filed again.
func (c *Contract) Edit(t Terms) error {
	if err := c.in(Draft, Refused); err != nil {
		return err
	}
	if err := t.check(c.Kind); err != nil {
		return err
	}
	return c.write(t)
}

// MayBeDeleted tells whether it is a draft that was never handed in: an application stays, also one that was taken back before anybody
// acted on it, and so does what it is about.
func (c *Contract) MayBeDeleted(handedIn bool) error {
	if err := work.In(c.State, Draft); err != nil {
		return err
	}
	if handedIn {
		return fault.ContractWasFiled.New()
	}
	return nil
}

// MayHang tells whether a file may be hung on it, or taken off: while its terms may be changed, while papers are missing, and for an
// amendment or a cancellation that is to come. No file of a contract is public.
func (c *Contract) MayHang(public bool) error {
	if public {
		return fault.InvalidInput.At("/public", fault.NotOffered, "合同的附件不公开", "Files of a contract are not public")
	}
	return work.In(c.State, Draft, Refused, SupplementRequested, Registered, Recorded)
}

// signing is what a deal is told of the contract that is made from it.
func (c *Contract) signing() deals.Signing {
	return deals.Signing{Kind: c.Kind, SignedOn: c.Terms.SignedOn, Price: c.Turnover}
}

// write sets the terms and everything that follows from them.
func (c *Contract) write(t Terms) (err error) {
	if c.Technology, err = t.Technology(); err != nil {
		return err
	}
	c.Terms, c.Title, c.Turnover = t, t.Title, t.Turnover
	c.OwnerID = c.filer().OrganizationID
	return nil
}

// filer is the party whose side files: the first seller, or the first buyer of a contract that was registered elsewhere or whose
// technology comes from abroad. Its place decides the office.
func (c *Contract) filer() Party { return c.Terms.filer(c.Elsewhere != nil) }

func (t Terms) filer(elsewhere bool) Party {
	if elsewhere || t.imported() {
		return t.Buyers[0]
	}
	return t.Sellers[0]
}

// Submit files a draft for registration, or to be recorded; a refused one again, under the rules that it was first filed under.
func (c *Contract) Submit(f Filing) (*Application, error) {
	if err := c.in(Draft, Refused); err != nil {
		return nil, err
	}
	kind := Registration
	if c.Elsewhere != nil {
		kind = Recording
	}
	a, regime, err := c.apply(f, kind, c.Terms)
	if err != nil {
		return nil, err
	}
	if err := c.inTime(regime, a.FiledOn); err != nil {
		return nil, err
	}
	c.State = Submitted
	return a, nil
}

// inTime holds the days of the terms when the contract is filed.
func (c *Contract) inTime(regime ref.Regime, filed when.Day) error {
	if c.Elsewhere != nil {
		return c.Elsewhere.check(c.Terms, filed)
	}
	return c.Terms.mayBeFiled(regime, filed)
}

// Amend applies for other terms (变更登记). The contract stays as it is until the application is granted.
func (c *Contract) Amend(f Filing, t Terms) (*Application, error) {
	if err := c.in(Registered, Recorded); err != nil {
		return nil, err
	}
	if err := t.check(c.Kind); err != nil {
		return nil, err
	}
	if t.same(c.Terms) {
		return nil, fault.InvalidInput.At("/terms", fault.Unchanged, "条款没有变更", "Nothing is changed")
	}
	a, _, err := c.apply(f, Amendment, t)
	if err != nil {
		return nil, err
	}
	before := c.Terms
	a.TermsBefore = &before
	return a, nil
}

// ended tells whether it was registered once, and is no more.
func (c *Contract) ended() bool { return c.State == Cancelled || c.State == Revoked }

// counts tells whether the ledger knows the contract.
func (c *Contract) counts() bool { return c.State == Registered || c.State == Recorded }

// Cancel applies for the end of the registration (注销登记).
func (c *Contract) Cancel(f Filing) (*Application, error) {
	if err := c.in(Registered, Recorded); err != nil {
		return nil, err
	}
	a, _, err := c.apply(f, Cancellation, c.Terms)
	return a, err
}

// follow brings the contract to where an application about it stands.
func (c *Contract) follow(a *Application, today when.Day) error {
	if a.officialNumber != "" {
		if c.OfficialNumber != nil && codes.NumberForm(*c.OfficialNumber) != codes.NumberForm(a.officialNumber) {
			return fault.InvalidInput.At("/official_number", fault.Immutable, "合同已有另一登记编号", "The contract has another official number")
		}
		if c.OfficialNumber == nil {
			c.OfficialNumber = &a.officialNumber
		}
	}
	switch {
	case a.Kind == Registration && a.State == Granted:
		c.State, c.RegisteredOn = Registered, today
	case a.Kind == Recording && a.State == Granted:
		c.State, c.RegisteredOn, c.OfficialNumber = Recorded, c.Elsewhere.RegisteredOn, &c.Elsewhere.OfficialNumber
	case a.Kind == Registration, a.Kind == Recording:
		return c.accompany(a)
	case a.Kind == Amendment && a.State == Granted:
		return c.write(a.Terms)
	case a.Kind == Cancellation && a.State == Granted:
		c.State = Cancelled
	case a.Kind == Revoking && a.State == Granted:
		c.revoke(a, today)
	}
	return nil
}

// accompany brings a contract that is not registered yet along with the application for its registration. One that was taken back is
// where it was before it was filed.
func (c *Contract) accompany(a *Application) error {
	c.State = a.State
	if a.State == Withdrawn {
		c.State = a.backTo
	}
	if a.supplied {
		return c.write(a.Terms)
	}
	return nil
}

// standing is how the contract counts in the ledger: under its first seller and first buyer, as the national form does, and not
// at all while it is not registered.
func (c *Contract) standing() *ledger.Standing {
	if !c.counts() {
		return nil
	}
	seller, buyer := c.Terms.Sellers[0], c.Terms.Buyers[0]
	return &ledger.Standing{
		Figures: ledger.Figures{Contracts: 1, Turnover: c.Turnover, Technology: c.Technology},
		Frozen: ledger.Frozen{
			Elsewhere: c.Elsewhere != nil, Origin: c.origin(), Office: c.Office, ContractKind: c.Kind, ContractSubkind: c.Terms.Subkind,
			SellerID: frozen(seller.OrganizationID), SellerRegion: seller.place(), SellerNature: seller.Nature,
			BuyerID: frozen(buyer.OrganizationID), BuyerRegion: buyer.place(), BuyerNature: buyer.Nature,
			Field: c.Terms.Field, Chain: c.Terms.Chain, IPKind: string(c.Terms.IPKind), ResultID: frozen(c.ResultID), NeedID: frozen(c.NeedID), ChallengeID: frozen(c.ChallengeID),
		},
	}
}

// frozen is an optional identifier in the form that the ledger compares.
func frozen(id *uuid.UUID) uuid.NullUUID {
	if id == nil {
		return uuid.NullUUID{}
	}
	return uuid.NullUUID{UUID: *id, Valid: true}
}

// origin is how the contract came here.
func (c *Contract) origin() ledger.Origin {
	if c.TakenOver != nil {
		return ledger.Imported
	}
	return ledger.Entered
}
