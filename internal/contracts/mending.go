package contracts

import (
	"github.com/google/uuid"

	"jiebang/internal/kinds"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Mending is what a contract that was refused shall say when it is filed again. It stands beside what was filed last, which is what the other
// parties, the office and the lists go on reading; until it is filed it is the affair of those who write it.
type Mending struct {
	Terms     Terms
	DealID    *uuid.UUID `json:",omitzero"`
	Elsewhere *Elsewhere `json:",omitzero"`
	Challenge *uuid.UUID `json:",omitzero"`
}

// Mend writes anew what was refused, and leaves what was filed as it is.
func (c *Contract) Mend(tx *work.Tx, in Input, registry *kinds.Registry) error {
	if err := c.in(Refused); err != nil {
		return err
	}
	written := *c
	if err := written.enter(tx, in, registry); err != nil {
		return err
	}
	c.Mending = &Mending{written.Terms, written.DealID, written.Elsewhere, written.ChallengeID}
	return nil
}

// mended is a contract as those see it who write it. Its terms were checked when they were written.
func (c Contract) mended() Contract {
	if m := c.Mending; m != nil {
		c.DealID, c.Elsewhere, c.ChallengeID = m.DealID, m.Elsewhere, m.Challenge
		if err := c.write(m.Terms); err != nil {
			c.Terms, c.Title = m.Terms, m.Terms.Title
		}
	}
	return c
}

// takeUp makes what was mended what the contract says, under everything that holds now; whoever files it must be somebody who could have
// entered it.
func (c *Contract) takeUp(tx *work.Tx, registry *kinds.Registry) error {
	if c.Mending == nil {
		return nil
	}
	in := Input{Kind: c.Kind, Deal: c.Mending.DealID, Terms: c.Mending.Terms, Elsewhere: c.Mending.Elsewhere, Challenge: c.Mending.Challenge}
	c.Mending = nil
	return c.enter(tx, in, registry)
}

// seenBy is a contract as one reads it who reads it as it stands: with what is mended in it, for those who write it.
func (c Contract) seenBy(reader policy.Actor) (seen Contract, unfiled bool) {
	if unfiled = c.Mending != nil && policy.Allowed(reader, policy.ContractEdit, c.Facts()); unfiled {
		c = c.mended()
	}
	c.Mending = nil
	return c, unfiled
}
