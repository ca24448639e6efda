package challenges

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
)

// placed is a text that everybody will read, and where it stands in the input.
type placed struct{ pointer, text string }

// public are the texts that are public once a challenge is.
func (c Content) public() []placed {
	out := []placed{
		{"/title", c.Title}, {"/problem", c.Problem}, {"/background", c.Background}, {"/provides", c.Provides}, {"/ip_arrangement", c.IPArrangement}, {"/reward/terms", c.Reward.Terms},
	}
	for i, k := range c.Keywords {
		out = append(out, placed{fmt.Sprintf("/keywords/%d", i), k})
	}
	for i, x := range c.Indicators {
		at := fmt.Sprintf("/indicators/%d", i)
		out = append(out, placed{at + "/name", x.Name}, placed{at + "/unit", x.Unit}, placed{at + "/method", x.Method})
	}
	for i, f := range c.Reward.Funders {
		out = append(out, placed{fmt.Sprintf("/reward/funders/%d/name", i), f.Name})
	}
	return out
}

// staysMasked refuses texts that name the poster whose name is kept: whoever reads or searches them would know it. Names of before and the
// credit code tell it as well. A name that is cut short is for people to see.
func (c *Challenge) staysMasked(q *gorm.DB, texts ...placed) error {
	texts = slices.DeleteFunc(texts, func(t placed) bool { return t.text == "" })
	if len(texts) == 0 || !c.conceals() {
		return nil
	}
	names, err := orgs.CallsOf(q, c.OwnerID)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for _, t := range texts {
		for _, name := range names {
			if found := codes.NameWithin(t.text, name); len(found) > 0 {
				said := t.text[found[0].From:found[0].To]
				bad.Check(false, t.pointer, fault.TellsName, "发榜方隐名，此处写出了其名称或代码“%[1]s”，请改写", "The poster's name is kept, and this tells it, or its code: “%[1]s”. Write it another way", said)
				break
			}
		}
	}
	return bad.Err()
}
