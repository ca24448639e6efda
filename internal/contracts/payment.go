package contracts

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	texts "jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Payer is who a payment came from.
type Payer string

// The payers. What a bureau gives out of a programme is a grant of that, and no payment on a contract.
const (
	FromBuyer  Payer = "buyer"
	FromFunder Payer = "funder" // who funds it beside the buyer
	FromOther  Payer = "other"  // somebody on the buyer's behalf
)

var payers = []Payer{FromBuyer, FromFunder, FromOther}

// Side is the side of a contract that recorded a payment; empty where a use case of another package did.
type Side string

// The sides.
const (
	SellerSide Side = "seller"
	BuyerSide  Side = "buyer"
)

// Payment is money that was received on a contract, or, where it reverses one, that was not or went back. It is never changed: a mistake is
// reversed.
type Payment struct {
	work.Head
	ContractID   uuid.UUID
	Amount       money.Fen // more than 0, also of a reversal
	Reverses     *uuid.UUID
	PaidOn       when.Day
	Payer        Payer
	Advance      bool       // paid before the contract was signed
	MilestoneID  *uuid.UUID // which is another package's
	ExternalID   string     // by which the ledger of a side knows it; one payment of a contract has it
	Note         string
	RecordedSide Side
	RecordedBy   uuid.UUID
}

func (Payment) TableName() string { return "contract_payments" }
func (*Payment) Noun() string     { return "payment" }

// Facts are the contract's, which FactsIn reads.
func (*Payment) Facts() policy.Facts { return policy.Facts{} }

// FactsIn says that a payment is the contract's affair.
func (p *Payment) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	return work.FactsThrough[Contract](q, p.ContractID)
}

// PaymentInput is what recording a payment takes.
type PaymentInput struct {
	Amount     money.Fen
	PaidOn     when.Day
	Payer      Payer // FromBuyer where it is empty
	Advance    bool
	Milestone  *uuid.UUID
	ExternalID string
	Note       string
}

// ReversalInput is what reversing one takes, in part or in whole.
type ReversalInput struct {
	Amount     money.Fen
	PaidOn     when.Day // on which it went back, or turned out not to have come
	ExternalID string
	Note       string
}

// payable are the states in which payments are recorded: whenever the other parties may read the contract, be it registered or not.
var payable = []State{Submitted, SupplementRequested, UnderReview, ExpertReview, SecondReview, Registered, Recorded, Refused, Cancelled, Revoked}

func (c *Contract) mayBePaid() error { return c.in(payable...) }

// pay makes a payment on the contract.
func (c *Contract) pay(head work.Head, in PaymentInput, today when.Day) (*Payment, error) {
	if err := c.mayBePaid(); err != nil {
		return nil, err
	}
	if in.Payer == "" {
		in.Payer = FromBuyer
	}
	var bad fault.Fields
	bad.Check(in.Amount > 0, "/amount", fault.OutOfRange, "金额须大于零", "An amount is more than 0")
	fault.Offered(&bad, in.Payer, "/payer", payers)
	day(&bad, in.PaidOn, today)
	bad.Check(in.Advance || !in.PaidOn.Before(c.Terms.SignedOn), "/paid_on", fault.BeforeStart, "早于签订日期 %[1]s；确为预付的，请将 advance 设为 true",
		"It lies before the day of signing, %[1]s; set advance if it was paid ahead", c.Terms.SignedOn)
	written(&bad, &in.ExternalID, in.Note)
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return &Payment{
		Head: head, ContractID: c.ID, Amount: in.Amount, PaidOn: in.PaidOn, Payer: in.Payer, Advance: in.Advance, MilestoneID: in.Milestone, ExternalID: in.ExternalID, Note: in.Note,
	}, nil
}

// reverse makes the record that takes back some of a payment, or all; left is what is left of it.
func (p *Payment) reverse(head work.Head, in ReversalInput, left money.Fen, today when.Day) (*Payment, error) {
	if p.Reverses != nil {
		return nil, fault.ReversalStays.New()
	}
	var bad fault.Fields
	bad.Check(in.Amount > 0, "/amount", fault.OutOfRange, "金额须大于零", "An amount is more than 0")
	bad.Check(in.Amount <= left, "/amount", fault.OutOfRange, "该笔收款尚余 %[1]s 元，冲正不能超过此数", "%[1]s yuan are left of the payment; no more is reversed", left)
	day(&bad, in.PaidOn, today)
	bad.Check(!in.PaidOn.Before(p.PaidOn), "/paid_on", fault.BeforeStart, "早于所冲正的收款日期 %[1]s", "It lies before the day of the payment, %[1]s", p.PaidOn)
	written(&bad, &in.ExternalID, in.Note)
	texts.Wanted(&bad, in.Note, "/note", "请说明冲正的原因", "Say why it is reversed")
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return &Payment{
		Head: head, ContractID: p.ContractID, Amount: in.Amount, Reverses: &p.ID, PaidOn: in.PaidOn, Payer: p.Payer, MilestoneID: p.MilestoneID,
		ExternalID: in.ExternalID, Note: in.Note,
	}, nil
}

func day(bad *fault.Fields, on, today when.Day) {
	bad.Check(!on.IsZero(), "/paid_on", fault.Required, "须填日期", "The day is needed")
	when.NotAhead(bad, on, today, "/paid_on")
}

// mostNumber bounds the number of a payment in the books of a side, in characters.
const mostNumber = 100

func written(bad *fault.Fields, number *string, note string) {
	*number = external.Number(bad, *number, "/external_id", mostNumber)
	bad.Length(note, "/note", 0, 1000)
}

// sideOf tells on which side of the contract an actor is: the seller's, where they are on both.
func (c *Contract) sideOf(a policy.Actor) Side {
	for _, s := range []struct {
		side    Side
		parties []Party
	}{{SellerSide, c.Terms.Sellers}, {BuyerSide, c.Terms.Buyers}} {
		for _, p := range s.parties {
			if p.OrganizationID != nil && a.MemberOf(*p.OrganizationID) {
				return s.side
			}
		}
	}
	return ""
}
