package benefits

import (
	"gorm.io/gorm"

	"jiebang/internal/commissions"
	"jiebang/internal/contracts"
)

// givers are who gives what the rules of each kind give.
var givers = map[Kind]contracts.Authority{
	VATExemption: contracts.TaxOffice, IncomeTaxRelief: contracts.TaxOffice, RDDeduction: contracts.TaxOffice,
	LocalAward: contracts.Finance, BrokerReward: contracts.ScienceBureau,
}

// Concerned tells which authorities give benefits of a contract as it stands, and the codes of the rules by which they do: whoever had one may have had it
// wrongly, so how the parties stand to each other closes none here.
func Concerned(q *gorm.DB, c *contracts.Contract) (map[contracts.Authority][]string, error) {
	out := map[contracts.Authority][]string{}
	all, err := rulesFor(q, Seller, Buyer, Broker)
	if err != nil {
		return nil, err
	}
	led, asked := false, false
	for i := range all {
		r := &all[i]
		if !r.covers(c) {
			continue
		}
		if r.Side == Broker {
			if !asked {
				if led, err = commissions.WasLed(q, c.ID); err != nil {
					return nil, err
				}
				asked = true
			}
			if led {
				out[givers[r.Kind]] = append(out[givers[r.Kind]], r.Code)
			}
			continue
		}
		for _, p := range r.of(c) {
			if r.reaches(p) {
				out[givers[r.Kind]] = append(out[givers[r.Kind]], r.Code)
				break
			}
		}
	}
	return out, nil
}
