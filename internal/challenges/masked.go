package challenges

import (
	"fmt"

	"gorm.io/gorm"

	"jiebang/internal/orgs"
)

// public are the texts that are public once a challenge is.
func (c Content) public() []orgs.Placed {
	out := []orgs.Placed{
		{Pointer: "/title", Text: c.Title}, {Pointer: "/problem", Text: c.Problem}, {Pointer: "/background", Text: c.Background}, {Pointer: "/provides", Text: c.Provides},
		{Pointer: "/ip_arrangement", Text: c.IPArrangement}, {Pointer: "/reward/terms", Text: c.Reward.Terms},
	}
	for i, k := range c.Keywords {
		out = append(out, orgs.Placed{Pointer: fmt.Sprintf("/keywords/%d", i), Text: k})
	}
	for i, x := range c.Indicators {
		at := fmt.Sprintf("/indicators/%d", i)
		out = append(out, orgs.Placed{Pointer: at + "/name", Text: x.Name}, orgs.Placed{Pointer: at + "/unit", Text: x.Unit}, orgs.Placed{Pointer: at + "/method", Text: x.Method})
	}
	for i, f := range c.Reward.Funders {
		out = append(out, orgs.Placed{Pointer: fmt.Sprintf("/reward/funders/%d/name", i), Text: f.Name})
	}
	return out
}

// staysMasked refuses texts that name the poster whose name is kept.
func (c *Challenge) staysMasked(q *gorm.DB, texts ...orgs.Placed) error {
	if !c.conceals() {
		return nil
	}
	return orgs.StaysMasked(q, c.OwnerID, texts...)
}
