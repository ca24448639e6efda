package deals

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/needs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Award is what a deal takes that comes from the award of a challenge instead of an introduction.
type Award struct {
	Challenge      uuid.UUID
	Title          string     // what the challenge is called
	Poster, Winner uuid.UUID  // who needs the technology, and who brings it
	Need           *uuid.UUID // which the challenge came from, if any
	Price          *money.Fen // what was awarded; nil: it is still to be agreed
}

// OpenAwarded opens the deal of one winner, and joins the transaction that awards. The two have each other's terms already, so it begins by
// negotiating; from there it goes as any other: both sides agree, and its contract does the rest. Once more for the same challenge and
// winner gives the deal that there is.
func OpenAwarded(tx *work.Tx, a Award) (uuid.UUID, error) {
	if a.Poster == a.Winner {
		return uuid.Nil, fault.OwnDecision.Because("发榜方不能同时是中榜方。", "Who posted a challenge does not win it.")
	}
	var there []Deal
	if err := db.ForUpdate(tx.DB).Where("challenge_id = ? AND supplier_id = ?", a.Challenge, a.Winner).Limit(1).Find(&there).Error; err != nil {
		return uuid.Nil, err
	}
	if len(there) > 0 {
		return there[0].ID, nil
	}
	d := &Deal{
		Head: tx.NewHead(), Stage: StageNegotiating, SupplierID: a.Winner, DemanderID: a.Poster,
		ChallengeID: &a.Challenge, Title: a.Title, Price: a.Price, Subject: Subject{NeedID: a.Need},
	}
	if a.Need != nil {
		n, err := needs.ByIDs(tx.DB, []uuid.UUID{*a.Need})
		if err != nil {
			return uuid.Nil, err
		}
		if len(n) > 0 {
			d.NeedTitle = n[0].Title
		}
	}
	return d.ID, open(tx, d)
}

// SideContacts tells the two sides of what an award began how to reach each other.
type SideContacts struct{ Supplier, Demander orgs.Contact }

// contactsOf tells a reader of one of the two sides how to reach them, by the ids of those deals that an award began: one query for all.
func contactsOf(q *gorm.DB, reader policy.Actor, rows []Deal) (map[uuid.UUID]*SideContacts, error) {
	var told []Deal
	var sides []uuid.UUID
	for _, d := range rows {
		if d.ChallengeID != nil && policy.Allowed(reader, policy.DealContact, d.Facts()) {
			told, sides = append(told, d), append(sides, d.SupplierID, d.DemanderID)
		}
	}
	if len(told) == 0 {
		return nil, nil
	}
	contacts, err := orgs.Contacts(q, sides)
	out := make(map[uuid.UUID]*SideContacts, len(told))
	for _, d := range told {
		out[d.ID] = &SideContacts{Supplier: contacts[d.SupplierID], Demander: contacts[d.DemanderID]}
	}
	return out, err
}
