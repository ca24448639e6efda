package contracts

import (
	"testing"

	"jiebang/internal/codes"
)

// At 99 % the relief of income tax stays, and the award of the place is gone all the same.
func TestBenefitsOfPartiesUnderOneControl(t *testing.T) {
	for _, c := range []struct {
		kind   codes.ContractKind
		wholly bool
		want   map[BenefitKind]bool
	}{
		{codes.Assignment, true, map[BenefitKind]bool{IncomeTaxRelief: false, LocalAward: false}},
		{codes.Assignment, false, map[BenefitKind]bool{IncomeTaxRelief: true, LocalAward: false}},
		{codes.License, true, map[BenefitKind]bool{IncomeTaxRelief: false, LocalAward: false}},
		{codes.Development, true, map[BenefitKind]bool{LocalAward: false}},
	} {
		got := benefits(c.kind, c.wholly)
		if len(got) != len(c.want) {
			t.Errorf("%s, wholly %v: %+v", c.kind, c.wholly, got)
		}
		for _, b := range got {
			if open, named := c.want[b.Kind]; !named || open != b.Open || b.Rule.IsZero() {
				t.Errorf("%s, wholly %v: %+v", c.kind, c.wholly, b)
			}
		}
	}
}
