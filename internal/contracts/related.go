package contracts

import (
	"cmp"
	"fmt"

	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/control"
	"jiebang/internal/fault"
)

// Related is a seller and a buyer who stand under one control on the day of signing, by what is known of links, and what that means for the
// benefits that registration opens. It refuses nothing: such a contract is registered and counts like any other.
type Related struct {
	Seller, Buyer string // their places in the terms
	Wholly        bool   // one of them holds the other whole, through whatever steps
	Ties          []control.Tie
	Benefits      []Benefit
}

// BenefitKind is what a registered contract may bring.
type BenefitKind string

// The benefits that depend on how the parties stand to each other.
const (
	IncomeTaxRelief BenefitKind = "income_tax_relief" // 技术转让所得减免企业所得税
	LocalAward      BenefitKind = "local_award"       // 地方奖补
)

// Benefit is one of them, whether the parties may have it, and the rule.
type Benefit struct {
	Kind BenefitKind
	Open bool
	Rule fault.Text
}

// benefits are those of parties under one control. Relief is for income from a transfer or licence, and none of it where one party holds the
// other whole; local awards are not given between parties under one control at all.
func benefits(kind codes.ContractKind, wholly bool) []Benefit {
	award := Benefit{LocalAward, false, fault.Say("关联方之间的技术交易不享受地方奖补", "No award of the place is given for a contract between parties under one control")}
	if kind != codes.Assignment && kind != codes.License {
		return []Benefit{award}
	}
	return []Benefit{{IncomeTaxRelief, !wholly, fault.Say("财税〔2010〕111号第四条：从直接或间接持股之和达到 100% 的关联方取得的技术转让所得，不享受企业所得税优惠",
		"Notice No. 111 of 2010 on taxes, Art. 4: income from a transfer to a party that is held whole, directly or through others, has no relief of income tax")}, award}
}

// Related finds the sellers and buyers under one control on the day of signing. Parties without a code are known by no link.
func (t Terms) Related(q *gorm.DB, kind codes.ContractKind) ([]Related, error) {
	pairs := t.pairs()
	asked := make([]control.Pair, len(pairs))
	for i, p := range pairs {
		asked[i] = p.Pair
	}
	ties, err := control.Each(q, asked)
	if fault.ControlTooWide.Of(err) { // perhaps around one of them
		ties, err = oneByOne(q, asked)
	}
	var out []Related
	for i, found := range ties {
		if len(found) > 0 {
			out = append(out, pairs[i].related(kind, found))
		}
	}
	return out, err
}

// oneByOne asks about each pair by itself. Of one with more control around it than one question looks at nothing is told: the office asks the bureau,
// and the application is read all the same.
func oneByOne(q *gorm.DB, asked []control.Pair) ([][]control.Tie, error) {
	out := make([][]control.Tie, len(asked))
	for i, p := range asked {
		ties, err := control.Common(q, p.A, p.B, p.Day)
		if err != nil && !fault.ControlTooWide.Of(err) {
			return nil, err
		}
		out[i] = ties
	}
	return out, nil
}

// pair is a seller and a buyer who may be asked about.
type pair struct {
	control.Pair
	seller, buyer int
}

func (t Terms) pairs() []pair {
	var out []pair
	for i, seller := range t.Sellers {
		for k, buyer := range t.Buyers {
			a, b := cmp.Or(seller.CreditCode, seller.ForeignNumber), cmp.Or(buyer.CreditCode, buyer.ForeignNumber)
			if a != "" && b != "" && control.CompanyKey(a) != control.CompanyKey(b) {
				out = append(out, pair{control.Pair{A: a, B: b, Day: t.SignedOn}, i, k})
			}
		}
	}
	return out
}

func (p pair) related(kind codes.ContractKind, ties []control.Tie) Related {
	r := Related{Seller: fmt.Sprintf("/terms/sellers/%d", p.seller), Buyer: fmt.Sprintf("/terms/buyers/%d", p.buyer), Ties: ties}
	for _, tie := range ties {
		r.Wholly = r.Wholly || tie.Wholly(p.A, p.B)
	}
	r.Benefits = benefits(kind, r.Wholly)
	return r
}
