package needs

import (
	"fmt"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/work"
)

// An enterprise may publish a need without its name: who it is, is told to its own members, to the bureau, and to the other side of an
// introduction that both want. No list, search, identifier or place closer than its city tells it to anybody else.

// public are the texts that everybody reads once a need is open.
func (c Content) public() []orgs.Placed {
	out := []orgs.Placed{
		{Pointer: "/title", Text: c.Title}, {Pointer: "/problem", Text: c.Problem}, {Pointer: "/requirements", Text: c.Requirements}, {Pointer: "/constraints", Text: c.Constraints},
	}
	for i, k := range c.Keywords {
		out = append(out, orgs.Placed{Pointer: fmt.Sprintf("/keywords/%d", i), Text: k})
	}
	for i, t := range c.TechnicalTerms {
		out = append(out, orgs.Placed{Pointer: fmt.Sprintf("/technical_terms/%d", i), Text: t})
	}
	return out
}

// staysMasked refuses texts of a masked need that name its owner.
func staysMasked(tx *work.Tx, owner uuid.UUID, c Content) error {
	if !c.Masked {
		return nil
	}
	return orgs.StaysMasked(tx.DB, owner, c.public()...)
}

// keepsName refuses to mask what was public with the name, which others have by then; and to tell it while a challenge that keeps it holds the
// need.
func (n *Need) keepsName(c Content) error {
	var bad fault.Fields
	bad.Check(n.Masked || !c.Masked || n.PublishedAt == nil, "/masked", fault.Immutable, "本需求曾以单位名称公开，不能再隐名；要隐名的，请撤下后另行起草一项",
		"It was public with the name, which cannot be hidden any more; to post without it, withdraw this one and draft another")
	bad.Check(!n.Masked || c.Masked || n.HeldBy == nil, "/masked", fault.Immutable, "本需求已转为隐名的榜题，榜题结束之前不能公开单位名称",
		"It is a challenge that keeps the name; until that ends the need tells it no more than that")
	return bad.Err()
}
