package contracts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/ref"
	"jiebang/internal/text"
	"jiebang/internal/when"
)

// Terms are what the parties agreed, as the registration form asks for it. They are stored as one document, with amounts in fen.
type Terms struct {
	Title       string                `json:"title"`
	PaperNumber string                `json:"paper_number,omitempty"` // that the parties gave it (合同编号), as they wrote it
	Subkind     codes.ContractSubkind `json:"subkind"`
	Sellers     []Party               `json:"sellers"` // the first files, and is whom the contract counts under
	Buyers      []Party               `json:"buyers"`  // the first is whom the contract counts under
	SignedOn    when.Day              `json:"signed_on"`
	EffectiveOn when.Day              `json:"effective_on"`
	ExpiresOn   when.Day              `json:"expires_on"` // the last day of its validity
	Turnover    money.Fen             `json:"turnover"`   // turnover amount (成交额): the whole price
	Deductions  []Deduction           `json:"deductions,omitempty"`
	Payment     *PaymentTerms         `json:"payment,omitempty"`     // how the price is paid
	Conversions []Conversion          `json:"conversions,omitempty"` // of a contract in a foreign currency: together they are the turnover amount
	Field       codes.Field           `json:"field"`
	Chain       string                `json:"chain,omitempty"` // code of the industry chain that it serves
	// What intellectual property it is about; of a patent its number, and the last day of its life.
	IPKind      codes.IPKind `json:"ip_kind,omitempty"`
	IPNumber    string       `json:"ip_number,omitempty"`
	IPExpiresOn when.Day     `json:"ip_expires_on,omitzero"`
	Targets     string       `json:"targets"`    // measurable targets; offices ask for them in development contracts
	Acceptance  string       `json:"acceptance"` // how it is accepted
}

// Party is who a party was when the contract was made: a snapshot by the writer, not kept in step with the organization. What
// identifies it goes by its nature: a credit code or its organization here, a number of its own country for a body abroad, a document
// for a natural person.
type Party struct {
	OrganizationID *uuid.UUID        `json:"organization_id,omitempty"` // its organization here, if any
	Name           string            `json:"name"`
	CreditCode     string            `json:"credit_code,omitempty"`    // GB 32100-2015
	ForeignNumber  string            `json:"foreign_number,omitempty"` // in the register of its own country
	Person         *Person           `json:"person,omitempty"`
	NoCodeReason   string            `json:"no_code_reason,omitempty"` // why it has no code or number: a military unit, a body that is in no register
	Country        string            `json:"country,omitempty"`        // ISO 3166-1, three letters, as the customs use them; empty is China
	Region         string            `json:"region,omitempty"`         // GB/T 2260 on the day of signing; empty when unknown or abroad
	Nature         codes.PartyNature `json:"nature"`
}

// Deduction is one non-technical part of the price: equipment, materials and the like that are bought with it. A reasonable
// quantity of what the contract delivers is none (《技术合同认定规则》国科发政字〔2001〕253号).
type Deduction struct {
	Kind   DeductionKind `json:"kind"`
	Reason string        `json:"reason"`
	Amount money.Fen     `json:"amount"`
}

// DeductionKind says what a non-technical part pays for.
type DeductionKind string

// The kinds of deduction.
const (
	Equipment DeductionKind = "equipment"
	Materials DeductionKind = "materials"
	Other     DeductionKind = "other"
)

// Technology is the technology amount (技术交易额): the price without its non-technical parts.
func (t Terms) Technology() (money.Fen, error) {
	rest := t.Turnover
	for _, d := range t.Deductions {
		var err error
		if rest, err = money.Add(rest, -d.Amount); err != nil {
			return 0, err
		}
	}
	return rest, nil
}

// same tells whether two papers say the same, whatever form an empty list has.
func (t Terms) same(other Terms) bool {
	a, errA := json.Marshal(t)
	b, errB := json.Marshal(other)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// check finds everything that is wrong with the terms of a contract of this kind.
func (t Terms) check(kind codes.ContractKind) error {
	var bad fault.Fields
	text.Named(&bad, t.Title, "/terms/title", 2, 200)
	checkNumber(&bad, t.PaperNumber, "/terms/paper_number", 0, 60)
	bad.Check(t.Subkind.Kind() == kind, "/terms/subkind", fault.NotOffered, "该类合同没有这个小类", "This kind of contract has no such subkind")
	bad.Check(codes.Fields.Has(t.Field), "/terms/field", fault.NotOffered, "没有这个技术领域", "There is no such technology field")
	least := map[codes.ContractKind][2]int{codes.Development: {5, 2}, codes.Consulting: {5, 2}, codes.Service: {5, 2}}[kind] // of an assignment or a licence neither is asked for
	bad.Length(t.Targets, "/terms/targets", least[0], 5000)
	bad.Length(t.Acceptance, "/terms/acceptance", least[1], 2000)
	t.checkProperty(&bad, kind)
	t.checkDates(&bad)
	t.checkAmounts(&bad)
	t.checkPayment(&bad)
	t.checkConversions(&bad)
	t.checkParties(&bad)
	return bad.Err()
}

// checkProperty holds what the Civil Code has of intellectual property: an assignment or a licence is about some (Art. 862), and a licence of a
// patent lasts no longer than the patent (Art. 865).
func (t Terms) checkProperty(bad *fault.Fields, kind codes.ContractKind) {
	if t.IPKind != "" {
		codes.IPKinds.Check(bad, t.IPKind, "/terms/ip_kind")
	}
	moves := kind == codes.Assignment || kind == codes.License
	bad.Check(!moves || t.IPKind != "" && t.IPKind != codes.NoIP, "/terms/ip_kind", fault.Required, "技术转让与技术许可须写明所涉的知识产权（民法典第八百六十二条）",
		"An assignment or a licence says which intellectual property it is about (Civil Code, Art. 862)")
	bad.Length(t.IPNumber, "/terms/ip_number", 0, 200)
	patent := t.IPKind.Patent()
	bad.Check(patent || t.IPExpiresOn.IsZero(), "/terms/ip_expires_on", fault.Unexpected, "只有专利填写届满日", "Of a patent only")
	if !moves || !patent {
		return
	}
	bad.Check(t.IPNumber != "", "/terms/ip_number", fault.Required, "须填专利号，多件以顿号分开", "Give the number of the patent; several with a comma between them")
	bad.Check(!t.IPExpiresOn.IsZero(), "/terms/ip_expires_on", fault.Required, "须填专利权的届满日，多件填最早的", "Give the last day of the patent; of several the first to end")
	over := func(on when.Day) bool { return !t.IPExpiresOn.IsZero() && t.IPExpiresOn.Before(on) }
	if kind == codes.License {
		bad.Check(!over(t.ExpiresOn), "/terms/ip_expires_on", fault.BeforeStart, "专利实施许可仅在专利权存续期内有效，许可期不能晚于专利权届满日（民法典第八百六十五条）",
			"A licence lasts no longer than the patent (Civil Code, Art. 865)")
		return
	}
	bad.Check(!over(t.EffectiveOn), "/terms/ip_expires_on", fault.BeforeStart, "专利权在合同生效之前已届满", "The patent ends before the contract takes effect")
}

func (t Terms) checkDates(bad *fault.Fields) {
	bad.Check(!t.SignedOn.IsZero(), "/terms/signed_on", fault.Required, "须填签订日期", "The day of signing is needed")
	bad.Check(!t.EffectiveOn.Before(t.SignedOn), "/terms/effective_on", fault.BeforeStart, "生效日期早于签订日期", "It takes effect before it is signed")
	bad.Check(!t.ExpiresOn.Before(t.EffectiveOn), "/terms/expires_on", fault.BeforeStart, "届满日期早于生效日期", "It expires before it takes effect")
}

func (t Terms) checkAmounts(bad *fault.Fields) {
	bad.Check(t.Turnover > 0 && t.Turnover <= money.Max, "/terms/turnover/amount", fault.OutOfRange, "成交额须大于零", "The turnover amount must be more than 0")
	bad.Check(len(t.Deductions) <= 50, "/terms/deductions", fault.TooManyItems, "至多 50 项", "At most 50 items")
	for i, d := range t.Deductions {
		at := fmt.Sprintf("/terms/deductions/%d", i)
		bad.Check(slices.Contains([]DeductionKind{Equipment, Materials, Other}, d.Kind), at+"/kind", fault.NotOffered, "没有这种费用类别", "There is no such kind")
		bad.Check(d.Amount > 0 && d.Amount <= money.Max, at+"/amount/amount", fault.OutOfRange, "金额须大于零", "The amount must be more than 0")
		bad.Length(d.Reason, at+"/reason", 2, 500)
	}
	technology, err := t.Technology()
	bad.Check(err == nil && technology > 0 || t.Turnover <= 0, "/terms/deductions", fault.TooMuch,
		"扣除非技术性费用后，技术交易额须大于零", "What remains after the deductions must be more than 0")
}

func (t Terms) checkParties(bad *fault.Fields) {
	bad.Check(len(t.Sellers) > 0, "/terms/sellers", fault.TooFew, "至少一个卖方", "At least one seller")
	bad.Check(len(t.Buyers) > 0, "/terms/buyers", fault.TooFew, "至少一个买方", "At least one buyer")
	if len(t.Sellers) > 0 && len(t.Buyers) > 0 && t.imported() {
		bad.Check(t.Buyers[0].Region != "", "/terms/buyers/0/region", fault.Required,
			"引进技术由第一买方申请，须填其所在地，以确定登记机构", "For imported technology the first buyer files, and its region decides the office")
	} else {
		bad.Check(len(t.Sellers) == 0 || t.Sellers[0].Region != "", "/terms/sellers/0/region", fault.Required,
			"第一卖方须填所在地，以确定登记机构", "The first seller's region decides the office")
	}
	once := map[any]string{}
	for at, p := range t.parties() {
		p.check(t.SignedOn, at, bad)
		for _, same := range p.marks(at) {
			if same.of == "" || same.of == uuid.Nil {
				continue
			}
			_, twice := once[same.of]
			bad.Check(!twice, same.at, fault.Repeated, "同一单位（或个人）不能重复为当事人", "An organization, or a person, is a party once")
			once[same.of] = same.at
		}
	}
}

// imported tells whether the technology comes from abroad, or from Hong Kong, Macao or Taiwan: then the first buyer files.
func (t Terms) imported() bool { return t.Sellers[0].outside() }

// parties yields all parties, sellers first, with the place where each stands in the input.
func (t Terms) parties() iter.Seq2[string, Party] {
	return func(yield func(string, Party) bool) {
		for at, p := range t.each() {
			if !yield(at, *p) {
				return
			}
		}
	}
}

// Parties yields all parties with their places, sellers first.
func (t Terms) Parties() iter.Seq2[string, Party] { return t.parties() }

// each is parties to be changed in their lists.
func (t Terms) each() iter.Seq2[string, *Party] {
	return func(yield func(string, *Party) bool) {
		for _, side := range []struct {
			name    string
			parties []Party
		}{{"sellers", t.Sellers}, {"buyers", t.Buyers}} {
			for i := range side.parties {
				if !yield(fmt.Sprintf("/terms/%s/%d", side.name, i), &side.parties[i]) {
					return
				}
			}
		}
	}
}

// organizations are those of the parties that have one here.
func (t Terms) organizations() []uuid.UUID {
	return append(organizations(t.Sellers), organizations(t.Buyers)...)
}

func organizations(parties []Party) []uuid.UUID {
	var ids []uuid.UUID
	for _, p := range parties {
		if p.OrganizationID != nil {
			ids = append(ids, *p.OrganizationID)
		}
	}
	return ids
}

// mayBeFiled holds the filing window: under the rules of 2000 once the contract was formed, under those of 2026 from the day it
// takes effect to the day it expires, both included.
func (t Terms) mayBeFiled(under ref.Regime, on when.Day) error {
	switch {
	case on.Before(t.SignedOn):
		return fault.NotInTerm.Because("合同于 %[1]s 签订，尚不能提交。", "The contract was signed on %[1]s and cannot be filed before.", t.SignedOn)
	case under.Filing == ref.FileWhileValid && on.Before(t.EffectiveOn):
		return fault.NotInTerm.Because("合同自 %[1]s 生效，尚不能提交。", "The contract takes effect on %[1]s and cannot be filed before.", t.EffectiveOn)
	case under.Filing == ref.FileWhileValid && on.After(t.ExpiresOn):
		return fault.NotInTerm.Because("合同有效期至 %[1]s，已届满。", "The contract expired on %[1]s.", t.ExpiresOn)
	}
	return nil
}
