package challenges

import (
	"jiebang/internal/needs"
	"jiebang/internal/work"
)

// hold keeps the need that a challenge was from being met in another way as long as the challenge is under way.
func hold(tx *work.Tx, c *Challenge) error {
	if c.NeedID == nil {
		return nil
	}
	return needs.Hold(tx, *c.NeedID, c.ID)
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
