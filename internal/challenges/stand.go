package challenges

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/work"
)

// What is held when an organization is suspended: nothing of it is handed in, published, proposed or awarded until that is lifted, and what is public
// goes on for everybody else. A published challenge stays as it is, with its clock: others have their bids in it, and of a masked poster a challenge
// that stopped on the day would tell the name. A sealed bid stays sealed, is opened and reviewed with all others: that an organization is held is no
// judgement of its plan, and whom the register keeps out for good stands on the blacklist. Both meet the hold where the poster says whom it takes.

// posterStands refuses a step of a challenge whose poster is suspended.
func posterStands(q *gorm.DB, c *Challenge) error { return orgs.MustStand(q, c.OwnerID) }

// stand refuses to go on while the poster, or a member of one of the bids that would win, is suspended, and says which bid.
func stand(tx *work.Tx, c *Challenge, winners []uuid.UUID) error {
	if err := posterStands(tx.DB, c); err != nil {
		return err
	}
	for _, id := range winners {
		b, err := work.Load[Bid](tx.DB, id)
		if err != nil {
			return err
		}
		members := []uuid.UUID{b.OwnerID}
		if b.Document != nil {
			found, err := orgs.WithCreditCodes(tx.DB, b.Document.codes())
			if err != nil {
				return err
			}
			for _, id := range found {
				members = append(members, id)
			}
		}
		err = orgs.MustStand(tx.DB, members...)
		if fault.OrganizationHeld.Of(err) && b.Document != nil {
			err = fault.OrganizationHeld.Because("“%[1]s”的揭榜申请中有单位已被暂停，解除之前不能定榜。", "A member of the bid of “%[1]s” is suspended; nothing is awarded before that is lifted.", b.Document.Lead.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
