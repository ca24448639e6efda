package contracts

import (
	"cmp"
	"fmt"

	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/control"
	"jiebang/internal/fault"
	"jiebang/internal/when"
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
	Rule string
}

// benefits are those of parties under one control. Relief is for income from a transfer or licence, and none of it where one party holds the
// other whole; local awards are not given between parties under one control at all.
func benefits(kind codes.ContractKind, wholly bool) []Benefit {
	award := Benefit{LocalAward, false, "关联方之间的技术交易不享受地方奖补"}
	if kind != codes.Assignment && kind != codes.License {
		return []Benefit{award}
	}
	return []Benefit{{IncomeTaxRelief, !wholly, "财税〔2010〕111号第四条：从直接或间接持股之和达到 100% 的关联方取得的技术转让所得，不享受企业所得税优惠"}, award}
}

// related finds the sellers and buyers under one control. Parties without a code are known by no link.
func related(q *gorm.DB, kind codes.ContractKind, t Terms, day when.Day) ([]Related, error) {
	var out []Related
	for i, seller := range t.Sellers {
		for k, buyer := range t.Buyers {
			a, b := cmp.Or(seller.CreditCode, seller.ForeignNumber), cmp.Or(buyer.CreditCode, buyer.ForeignNumber)
			if a == "" || b == "" || control.CompanyKey(a) == control.CompanyKey(b) {
				continue
			}
			ties, err := control.Common(q, a, b, day)
			if fault.ControlTooWide.Of(err) { // the office asks the bureau; the application is read all the same
				continue
			}
			if err != nil {
				return nil, err
			}
			if len(ties) == 0 {
				continue
			}
			r := Related{Seller: fmt.Sprintf("/terms/sellers/%d", i), Buyer: fmt.Sprintf("/terms/buyers/%d", k), Ties: ties}
			for _, tie := range ties {
				r.Wholly = r.Wholly || tie.Wholly(a, b)
			}
			r.Benefits = benefits(kind, r.Wholly)
			out = append(out, r)
		}
	}
	return out, nil
}
