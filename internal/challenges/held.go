package challenges

import (
	"jiebang/internal/fault"
	"jiebang/internal/needs"
	"jiebang/internal/work"
)

// hold keeps the need that a challenge was from being met in another way as long as the challenge is under way.
func hold(tx *work.Tx, c *Challenge) error {
	if c.NeedID == nil {
		return nil
	}
	if err := needs.Hold(tx, *c.NeedID, c.ID); err != nil {
		return err
	}
	n, err := work.Load[needs.Need](tx.DB, *c.NeedID) // as it stays from now on
	if err != nil {
		return err
	}
	return c.Content.tellsAs(n)
}

// tellsAs refuses a need that tells who posted a challenge that does not, and one that keeps to itself what the challenge tells. Text, times and
// that it takes no introductions say which need a challenge was; so both tell the name, or neither.
func (c Content) tellsAs(n *needs.Need) error {
	var bad fault.Fields
	if c.Masked {
		bad.Check(n.Masked, "/need_id", fault.TellsName, "榜题隐名，而所据需求公开了单位名称，会由此认出发榜方；请改据隐名发布的需求，或不填 need_id",
			"The challenge keeps the poster's name, and the need that it was tells it. Name a need that was published without it, or leave need_id out")
	} else {
		bad.Check(!n.Masked, "/need_id", fault.TellsName, "所据需求隐名，而榜题公开发榜方，会由此认出其单位；请将榜题设为隐名，或先在需求中公开单位名称",
			"The need keeps its owner's name, and the challenge tells it. Mask the challenge too, or let the need tell the name first")
	}
	return bad.Err()
}

// release lets the need go on as a need.
func release(tx *work.Tx, c *Challenge) error { return releaseAs(tx, c, needs.Reopened) }

// releaseAs ends the hold with an outcome of the need's.
func releaseAs(tx *work.Tx, c *Challenge, outcome needs.CloseReason) error {
	if c.NeedID == nil {
		return nil
	}
	return needs.Release(tx, *c.NeedID, c.ID, outcome)
}
