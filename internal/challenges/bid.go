package challenges

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// BidState is where a bid stands.
type BidState string

// The states of a bid. Until the opening only its own side sees any of them.
const (
	BidDraft       BidState = "draft"
	BidSubmitted   BidState = "submitted"   // sealed, with a receipt; it may be replaced or withdrawn until the deadline
	BidWithdrawn   BidState = "withdrawn"   // in time, and may be submitted again in time
	BidUnsubmitted BidState = "unsubmitted" // the deadline came first
	BidEligible    BidState = "eligible"    // opened, and reviewed
	BidIneligible  BidState = "ineligible"  // opened, and kept out for a stated reason
	BidWon         BidState = "won"
	BidLost        BidState = "lost"
)

// BidStates are all states, in their order.
var BidStates = []BidState{BidDraft, BidSubmitted, BidWithdrawn, BidUnsubmitted, BidEligible, BidIneligible, BidWon, BidLost}

var bidWords = fault.Words[BidState]{
	BidDraft:       {ZH: "草稿", EN: "Draft"},
	BidSubmitted:   {ZH: "已投递", EN: "Submitted"},
	BidWithdrawn:   {ZH: "已撤回", EN: "Withdrawn"},
	BidUnsubmitted: {ZH: "未投递", EN: "Not submitted"},
	BidEligible:    {ZH: "资格审查通过", EN: "Eligible"},
	BidIneligible:  {ZH: "资格审查未通过", EN: "Not eligible"},
	BidWon:         {ZH: "中榜", EN: "Awarded"},
	BidLost:        {ZH: "未中榜", EN: "Not awarded"},
}

// Text is what people call it.
func (s BidState) Text() fault.Text { return bidWords.Of(s) }

// BidWays are all ways of a bid. What is handed in is changed until the deadline alone, which the use cases ask of the challenge.
var BidWays = work.Ways[BidState]{
	{Operation: "replaceBid", Action: policy.BidEdit, Text: fault.Text{ZH: "修改", EN: "written anew"}, From: []BidState{BidDraft, BidSubmitted, BidWithdrawn}},
	{Operation: "submitBid", Action: policy.BidSubmit, Text: fault.Text{ZH: "投递", EN: "handed in"}, From: []BidState{BidDraft, BidSubmitted, BidWithdrawn}, To: BidSubmitted},
	{Operation: "withdrawBid", Action: policy.BidWithdraw, Text: fault.Text{ZH: "撤回", EN: "withdrawn"}, From: []BidState{BidSubmitted}, To: BidWithdrawn},
	{Operation: "deleteBid", Action: policy.BidEdit, Text: fault.Text{ZH: "删除", EN: "deleted"}, From: []BidState{BidDraft, BidUnsubmitted}},
	{Name: "lapse", Text: fault.Text{ZH: "截止时未投递", EN: "not handed in by the deadline"}, From: []BidState{BidDraft}, To: BidUnsubmitted},
	{Name: "judge", Text: fault.Text{ZH: "开榜，通过资格审查", EN: "opened, eligible"}, From: []BidState{BidSubmitted}, To: BidEligible},
	{Name: "judge", Text: fault.Text{ZH: "开榜，未通过资格审查", EN: "opened, not eligible"}, From: []BidState{BidSubmitted}, To: BidIneligible},
	{Name: "fall", Text: fault.Text{ZH: "定榜前不再合格", EN: "not eligible any more"}, From: []BidState{BidEligible}, To: BidIneligible},
	{Name: "end", Text: fault.Text{ZH: "中榜", EN: "awarded"}, From: []BidState{BidEligible}, To: BidWon},
	{Name: "end", Text: fault.Text{ZH: "未中榜", EN: "not awarded"}, From: []BidState{BidEligible}, To: BidLost},
	{Operation: "answerBid", Action: policy.BidAnswer, Text: fault.Text{ZH: "答复", EN: "answered"}, From: []BidState{BidIneligible, BidWon, BidLost}},
}

// Yuan is an amount that is written as a decimal number of yuan in text, so that a receipt holds no number that a reader might round.
type Yuan struct{ money.Fen }

// MarshalText writes it as "1250000.00".
func (y Yuan) MarshalText() ([]byte, error) { return []byte(y.Fen.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (y *Yuan) UnmarshalText(text []byte) (err error) {
	y.Fen, err = money.Parse(string(text))
	return err
}

// Partner is another organization of the team, from anywhere in the country, whether it is registered here or not.
type Partner struct {
	Name string `json:"name"`
	Code string `json:"code"` // unified social credit code
	Part string `json:"part"`
}

// Person is somebody of the team, and what they do in it.
type Person struct {
	Name             string `json:"name"`
	OrganizationCode string `json:"organization_code"` // of the lead, or of a partner
	Part             string `json:"part"`
}

// Plan is how the team would solve it, in several texts.
type Plan struct {
	Approach    string `json:"approach"`
	Advantage   string `json:"advantage,omitempty"`
	Foundation  string `json:"foundation,omitempty"`
	Schedule    string `json:"schedule,omitempty"`
	Risks       string `json:"risks,omitempty"`
	Application string `json:"application,omitempty"`
}

// Milestone is one step of the plan and what is paid when it is reached.
type Milestone struct {
	Title  string   `json:"title"`
	Due    when.Day `json:"due"`
	Amount Yuan     `json:"amount"`
}

// Deviation is where the bid offers something else than a published target, and why.
type Deviation struct {
	Indicator string `json:"indicator"`
	Offer     string `json:"offer"`
	Reason    string `json:"reason"`
}

// Offer is what a bidder writes. It is sealed from its first draft on. A natural person takes part as a member of an organization: who leads a
// team answers for public money, and is an organization.
type Offer struct {
	Partners   []Partner   `json:"partners"`
	Members    []Person    `json:"members"`
	Plan       Plan        `json:"plan"`
	Milestones []Milestone `json:"milestones"`
	Price      Yuan        `json:"price"`
	Deviations []Deviation `json:"deviations"`
	Contact    string      `json:"contact,omitempty"`
}

func (o Offer) complete() Offer {
	if o.Partners == nil {
		o.Partners = []Partner{}
	}
	if o.Members == nil {
		o.Members = []Person{}
	}
	if o.Milestones == nil {
		o.Milestones = []Milestone{}
	}
	if o.Deviations == nil {
		o.Deviations = []Deviation{}
	}
	return o
}

// check holds the rules of what is written, be it a draft, of a lead with this code.
func (o *Offer) check(lead string) error {
	var bad fault.Fields
	bad.Check(len(o.Partners) <= 20, "/partners", fault.TooManyItems, "至多 20 个合作单位", "At most 20 partners")
	seen := map[string]bool{lead: true}
	for i := range o.Partners {
		p, at := &o.Partners[i], fmt.Sprintf("/partners/%d", i)
		text.Named(&bad, p.Name, at+"/name", 2, 100)
		bad.Length(p.Part, at+"/part", 0, 500)
		codes.CreditCodeInto(&bad, &p.Code, at+"/code")
		bad.Check(!seen[p.Code], at+"/code", fault.Repeated, "同一单位只列一次", "An organization is named once")
		seen[p.Code] = true
	}
	bad.Check(len(o.Members) <= 100, "/members", fault.TooManyItems, "至多 100 名成员", "At most 100 members")
	for i := range o.Members {
		m, at := &o.Members[i], fmt.Sprintf("/members/%d", i)
		text.Named(&bad, m.Name, at+"/name", 2, 50)
		bad.Length(m.Part, at+"/part", 0, 500)
		codes.CreditCodeInto(&bad, &m.OrganizationCode, at+"/organization_code")
		bad.Check(seen[m.OrganizationCode], at+"/organization_code", fault.NotOffered, "须为牵头单位或合作单位的代码", "It is the code of the lead or of a partner")
	}
	for _, t := range o.Plan.texts() {
		bad.Length(t.text, "/plan/"+t.name, 0, 20_000)
	}
	bad.Check(len(o.Milestones) <= 50, "/milestones", fault.TooManyItems, "至多 50 个节点", "At most 50 milestones")
	for i, m := range o.Milestones {
		at := fmt.Sprintf("/milestones/%d", i)
		text.Named(&bad, m.Title, at+"/title", 2, 200)
		bad.Check(m.Amount.Fen >= 0, at+"/amount", fault.OutOfRange, "金额不能小于零", "An amount is not less than 0")
	}
	bad.Check(o.Price.Fen >= 0, "/price", fault.OutOfRange, "金额不能小于零", "An amount is not less than 0")
	bad.Check(len(o.Deviations) <= 50, "/deviations", fault.TooManyItems, "至多 50 项偏离", "At most 50 deviations")
	for i, d := range o.Deviations {
		at := fmt.Sprintf("/deviations/%d", i)
		bad.Length(d.Indicator, at+"/indicator", 1, 100)
		bad.Length(d.Offer, at+"/offer", 1, 500)
		bad.Length(d.Reason, at+"/reason", 1, 2000)
	}
	bad.Length(o.Contact, "/contact", 0, 200)
	return bad.Err()
}

type planText struct{ name, text string }

func (p Plan) texts() []planText {
	return []planText{
		{"approach", p.Approach}, {"advantage", p.Advantage}, {"foundation", p.Foundation}, {"schedule", p.Schedule}, {"risks", p.Risks}, {"application", p.Application},
	}
}

// ready refuses to hand in what leaves out what a reviewer must have, or whose payments are not its price.
func (o Offer) ready(indicators []Indicator) error {
	var bad fault.Fields
	bad.Check(len(o.Members) > 0, "/members", fault.Required, "至少一名团队成员", "At least one member of the team")
	bad.Length(o.Plan.Approach, "/plan/approach", 10, 20_000)
	bad.Check(o.Price.Fen > 0, "/price", fault.NotPositive, "报价须大于零", "The price is more than 0")
	bad.Check(len(o.Milestones) > 0, "/milestones", fault.Required, "至少一个节点", "At least one milestone")
	var sum money.Fen
	for i, m := range o.Milestones {
		var err error
		if sum, err = money.Add(sum, m.Amount.Fen); err != nil {
			bad.Check(false, fmt.Sprintf("/milestones/%d/amount", i), fault.TooMuch, "合计过大", "Too much in all")
			return bad.Err()
		}
	}
	bad.Check(sum == o.Price.Fen, "/milestones", fault.Amounts, "各节点合计 %[1]s 元，应等于报价 %[2]s 元", "The payments sum to %[1]s yuan and the price is %[2]s", sum, o.Price.Fen)
	known := map[string]bool{}
	for _, x := range indicators {
		known[x.Name] = true
	}
	for i, d := range o.Deviations {
		bad.Check(known[d.Indicator], fmt.Sprintf("/deviations/%d/indicator", i), fault.NotOffered, "榜题没有名为“%[1]s”的指标", "The challenge has no indicator “%[1]s”", d.Indicator)
	}
	return bad.Err()
}

// Reason is why a bid is kept out.
type Reason string

// The reasons. Withheld stands for any of them as long as the poster's name is kept, since a tie to the poster would tell it.
const (
	TiedToPoster Reason = "tied_to_poster"
	TiedToBidder Reason = "tied_to_bidder"   // a member stands under one control with a member of another bid: both fall
	InTwoBids    Reason = "in_two_bids"      // a member takes part in another bid as well: both fall
	Blacklisted  Reason = "blacklisted"      // on the integrity blacklist on that day
	TooManyOpen  Reason = "too_many_running" // it has as many running challenges as the round lets one have
	Withheld     Reason = "withheld"
)

// Evidence is what a decision about eligibility rests on; for operators.
type Evidence struct {
	Reason Reason     `json:"reason"`
	On     when.Day   `json:"on"`
	Code   string     `json:"code"`            // of the member
	Other  string     `json:"other,omitempty"` // of whom it is tied to
	Bid    *uuid.UUID `json:"bid,omitempty"`   // the other bid
	By     string     `json:"by,omitempty"`    // the hand that controls both, by name
	// Rows are the control links, or the entry of the blacklist, by their ids.
	Rows  []uuid.UUID `json:"rows,omitempty"`
	Count int         `json:"count,omitempty"` // of running challenges
}

// Bid is one bid (揭榜申请) for one publication of a challenge.
type Bid struct {
	work.Head
	ChallengeID uuid.UUID
	Nth         int       // the publication
	OwnerID     uuid.UUID // the lead
	PosterID    uuid.UUID // of the challenge; it reads the bid once that is open
	State       BidState
	CreatedBy   uuid.UUID
	SubmittedBy *uuid.UUID
	SubmittedAt *time.Time
	WithdrawnAt *time.Time
	WrittenAt   time.Time // when the draft was written last
	// Draft is what its people are writing and Sealed the document that was handed in, both sealed by the challenge's key.
	Draft   string `json:"-"`
	Sealed  string `json:"-"`
	Receipt string // digest of the document; public from the closing on
	// Document is the document, from when it was opened; OpenedAt is when all of the challenge's were.
	Document *Document `gorm:"serializer:json" json:"-"`
	OpenedAt *time.Time
	// Answer is what its bidder was told of the outcome.
	Answer     string
	AnsweredBy *uuid.UUID
	AnsweredAt *time.Time
	Reasons    []Reason   `gorm:"serializer:json"`
	Evidence   []Evidence `gorm:"serializer:json"`
	// Named are the places at which the texts of a bid of a blind round name who bids, from its opening on; for operators.
	Named []NamedAt `gorm:"serializer:json" json:"-"`
}

func (Bid) TableName() string { return "bids" }
func (*Bid) Noun() string     { return "bid" }

// Facts: until it is open a bid is its own side's alone.
func (b *Bid) Facts() policy.Facts {
	return policy.Facts{Owner: b.OwnerID, Others: []uuid.UUID{b.PosterID}, Author: b.CreatedBy, Opened: b.OpenedAt != nil}
}

// writable refuses to write what is decided.
func (b *Bid) writable() error { return BidWays.In(b.State, "submitBid") }

// draftPlace and sealedPlace are where the two texts of a bid open.
func (b *Bid) draftPlace() string  { return "bids.draft:" + b.ID.String() }
func (b *Bid) sealedPlace() string { return "bids.sealed:" + b.ID.String() }
