package contracts

import (
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/offices"
	"jiebang/internal/text"
	"jiebang/internal/when"
)

// elsewhere holds what must be so for a contract to be recorded instead of registered: the seller's place has no office here, and nobody
// has the official number. It cleans the input.
func (in *Input) elsewhere(q *gorm.DB, today when.Day) error {
	if in.Elsewhere == nil {
		return nil
	}
	e := *in.Elsewhere
	var bad fault.Fields
	e.Office = strings.TrimSpace(e.Office)
	text.Named(&bad, e.Office, "/registered_elsewhere/office", 2, 100)
	e.OfficialNumber = checkNumber(&bad, e.OfficialNumber, "/registered_elsewhere/official_number", 1, 40)
	in.Elsewhere = &e
	bad.Check(!e.RegisteredOn.IsZero(), "/registered_elsewhere/registered_on", fault.Required, "须填登记日期", "The day of registration is needed")
	bad.Check(len(in.Terms.Buyers) > 0 && in.Terms.Buyers[0].Region != "", "/terms/buyers/0/region", fault.Required,
		"第一买方须填所在地，以确定由哪个机构备案", "The first buyer's region decides the office that records it")
	if err := bad.Err(); err != nil {
		return err
	}
	if len(in.Terms.Sellers) > 0 {
		here, err := offices.For(q, in.Terms.Sellers[0].Region, today)
		if err == nil {
			return fault.InvalidInput.At("/registered_elsewhere", fault.RegisteredHere,
				"卖方所在地由本系统的登记机构 %[1]s 认定登记，请由卖方在此申请", "The seller's place has an office here, %[1]s: the contract is registered there, by the seller", here)
		} else if !fault.NoOffice.Of(err) {
			return err
		}
	}
	return numberFree(q, e.OfficialNumber, uuid.Nil)
}

// check holds the days of a registration elsewhere when the contract is filed to be recorded.
func (e Elsewhere) check(t Terms, today when.Day) error {
	var bad fault.Fields
	bad.Check(!e.RegisteredOn.Before(t.SignedOn), "/registered_elsewhere/registered_on", fault.BeforeStart, "登记日期早于签订日期", "It was registered before it was signed")
	when.NotAhead(&bad, e.RegisteredOn, today, "/registered_elsewhere/registered_on")
	return bad.Err()
}
