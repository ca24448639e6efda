// Package benefits tells what a contract may bring those who make it (优惠与奖补), and what a broker may be given for what was paid on the contracts
// they led to: by dated rules, each with its source. It is information. It refuses nothing, counts nowhere, and decides about nobody: whoever gives a
// benefit looks at papers that this system does not have.
//
// The rules are rows that operators keep; the arithmetic is here. contracts says what was agreed, registered and paid, control who holds whom, and
// commissions which contracts a broker led to.
package benefits

import (
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/fault"
	"jiebang/internal/mandates"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Kind is what a rule gives.
type Kind string

// The kinds of benefit.
const (
	VATExemption    Kind = "vat_exemption"
	IncomeTaxRelief Kind = Kind(contracts.IncomeTaxRelief) // a band that is exempt, and a part of what lies above it
	RDDeduction     Kind = "rd_deduction"
	LocalAward      Kind = Kind(contracts.LocalAward)
	BrokerReward    Kind = "broker_reward"
)

// kinds are all kinds, and levels all levels, in the order in which rules are told.
var (
	kinds  = []Kind{VATExemption, IncomeTaxRelief, RDDeduction, LocalAward, BrokerReward}
	levels = []Level{National, Province, City}
)

// Level says whose rule it is.
type Level string

// The levels. National rules come with the program; the others an operator keeps.
const (
	National Level = "national"
	Province Level = "province"
	City     Level = "city"
)

// Side is for whom a rule is.
type Side string

// The sides.
const (
	Seller Side = "seller"
	Buyer  Side = "buyer"
	Broker Side = "broker"
)

// CapPer says what a cap is of; empty where there is none.
type CapPer string

// What caps are of. Years are Shanghai's.
const (
	PerContract CapPer = "contract"
	PerYear     CapPer = "enterprise_year"
	PerBroker   CapPer = "broker_year"
)

// Rule is one rule, from a day to a day. Rules of one code are one after the other, and share a cap of a year in which both hold.
type Rule struct {
	work.Head
	Code          string
	Kind          Kind
	Level         Level
	Region        string               // of a province's or a city's: who is within
	Side          Side                 // for whom
	ContractKinds []codes.ContractKind `gorm:"serializer:json"` // of which contracts
	// RateBP is the part that is given, in basis points: of the price (an award, what counts of a fee), of what was received (a reward), or of the
	// income above the cap that stays free (relief of income tax). 0 where the rule gives none.
	RateBP       int       `gorm:"column:rate_bp"`
	Cap          money.Fen // 0: none
	CapPer       CapPer
	LicenseYears int // a licence lasts at least so many years
	ValidFrom    when.Day
	ValidTo      when.Day   `json:",omitzero"`
	Source       string     // the paper, and where in it
	SourceLink   string     // where it can be read
	Note         string     // the rule in a sentence
	NoteEN       string     `gorm:"column:note_en"`
	Provisional  bool       // nobody has held it against the text in force
	EnteredBy    *uuid.UUID // nil of what came with the program
}

func (Rule) TableName() string    { return "benefit_rules" }
func (*Rule) Noun() string        { return "benefit_rule" }
func (*Rule) Facts() policy.Facts { return policy.Facts{Public: true} }

// Input is what a rule takes.
type Input struct {
	Code               string
	Kind               Kind
	Level              Level
	Region             string
	Side               Side
	ContractKinds      []codes.ContractKind
	RateBP             int
	Cap                money.Fen
	CapPer             CapPer
	LicenseYears       int
	ValidFrom, ValidTo when.Day
	Source, SourceLink string
	Note, NoteEN       string
	Provisional        bool
}

// check holds what an operator may enter: awards and rewards of a province or a city. Taxes are no affair of theirs.
func (in Input) check() error {
	var bad fault.Fields
	fault.Offered(&bad, in.Level, "/level", []Level{Province, City})
	fault.Offered(&bad, in.Kind, "/kind", []Kind{LocalAward, BrokerReward})
	fault.Offered(&bad, in.Side, "/side", sidesOf(in.Kind))
	region, known := ref.RegionOf(in.Region)
	bad.Check(known, "/region", fault.UnknownRegion, "没有这个区划代码", "There is no such region code")
	bad.Check(!known || string(region.Level) == string(in.Level), "/region", fault.NotOffered, "区划须与级别一致：省级的填省，市级的填市", "The region goes with the level: a province's or a city's")
	bad.Check(len(in.ContractKinds) > 0, "/contract_kinds", fault.TooFew, "至少一类合同", "At least one kind of contract")
	bad.Check(in.RateBP >= 0 && in.RateBP <= mandates.Whole, "/rate_bp", fault.OutOfRange, "比例为 1 至 10000（万分之一）", "A rate is 1 to 10000 basis points")
	bad.Check(in.RateBP > 0 || in.Kind != BrokerReward, "/rate_bp", fault.Required, "奖励须填比例", "A reward needs its rate")
	in.checkCap(&bad)
	licences := slices.Contains(in.ContractKinds, codes.License)
	bad.Check(in.LicenseYears == 0 || licences, "/license_years", fault.Unexpected, "仅许可合同填写", "Of licences only")
	bad.Check(in.ValidTo.IsZero() || !in.ValidTo.Before(in.ValidFrom), "/valid_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	bad.Length(in.Source, "/source", 5, 200)
	bad.Length(in.SourceLink, "/source_link", 0, 500)
	text.Wanted(&bad, in.Note, "/note", "请以一句话说明规则", "Say the rule in a sentence")
	text.Wanted(&bad, in.NoteEN, "/note_en", "请以英文一句话说明规则", "Say the rule in a sentence in English")
	return bad.Err()
}

func (in Input) checkCap(bad *fault.Fields) {
	bad.Check(in.Cap >= 0 && in.Cap <= money.Max, "/cap/amount", fault.OutOfRange, "金额须大于零", "The amount must be more than 0")
	bad.Check((in.Cap > 0) == (in.CapPer != ""), "/cap_per", fault.Required, "限额与其所按（每份合同、每企业每年、每人每年）须同时填写", "A cap and what it is of go together")
	bad.Check(in.Cap == 0 || in.RateBP > 0, "/cap", fault.Unexpected, "没有比例的不填限额", "There is no cap without a rate")
	if in.CapPer == "" {
		return
	}
	per := []CapPer{PerContract, PerYear}
	if in.Kind == BrokerReward {
		per = []CapPer{PerBroker}
	}
	fault.Offered(bad, in.CapPer, "/cap_per", per)
}

func sidesOf(k Kind) []Side {
	if k == BrokerReward {
		return []Side{Broker}
	}
	return []Side{Seller, Buyer}
}

func (in Input) into(r *Rule) {
	var of []codes.ContractKind // in the order of the form, each once
	for _, t := range codes.ContractKinds.Terms() {
		if slices.Contains(in.ContractKinds, t.Code) {
			of = append(of, t.Code)
		}
	}
	r.Code, r.Kind, r.Level, r.Region, r.Side, r.ContractKinds = in.Code, in.Kind, in.Level, in.Region, in.Side, of
	r.RateBP, r.Cap, r.CapPer, r.LicenseYears, r.ValidFrom, r.ValidTo = in.RateBP, in.Cap, in.CapPer, in.LicenseYears, in.ValidFrom, in.ValidTo
	r.Source, r.SourceLink, r.Note, r.NoteEN, r.Provisional = in.Source, in.SourceLink, in.Note, in.NoteEN, in.Provisional
}

// edit refuses what came with the program: it is the same everywhere, and corrected by a newer one.
func (r *Rule) edit() error {
	if r.Level == National {
		return fault.RuleNational.New()
	}
	return nil
}
