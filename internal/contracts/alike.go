package contracts

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// Two payments are alike where day, payer and amount are the same and nothing of either was reversed. They may be two instalments of one day, so
// that neither is refused; or one that was entered twice, so that whoever reads the contract or either of them is told.

// untouched is of a payment by its alias: it reverses none, and nothing of it was reversed.
func untouched(p string) string {
	return p + ".reverses IS NULL AND NOT EXISTS (SELECT 1 FROM contract_payments AS back WHERE back.reverses = " + p + ".id)"
}

// alikeTo are, of payments, the others of their contracts that are alike.
func alikeTo(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	out := map[uuid.UUID][]uuid.UUID{}
	if len(ids) == 0 {
		return out, nil
	}
	var found []struct{ Of, ID uuid.UUID }
	err := q.Session(&gorm.Session{NewDB: true}).Raw("SELECT p.id AS of, o.id FROM contract_payments p JOIN contract_payments o ON o.contract_id = p.contract_id AND o.id <> p.id"+
		" AND o.paid_on = p.paid_on AND o.payer = p.payer AND o.amount = p.amount WHERE p.id IN ? AND "+untouched("p")+" AND "+untouched("o")+" ORDER BY o.id LIMIT ?", ids, mostAlike*len(ids)).Scan(&found).Error
	for _, f := range found {
		if len(out[f.Of]) < mostAlike {
			out[f.Of] = append(out[f.Of], f.ID)
		}
	}
	return out, err
}

// mostAlike bounds what is told of payments that are alike.
const mostAlike = 20

// alike is a group of payments of a contract that look the same.
type alike struct {
	ContractID uuid.UUID
	PaidOn     when.Day
	Amount     money.Fen
	Count      int
}

// alikeOn are the groups on contracts: one query, and none where nothing was received.
func alikeOn(q *gorm.DB, received map[uuid.UUID]money.Fen) (map[uuid.UUID][]alike, error) {
	out := map[uuid.UUID][]alike{}
	var ids []uuid.UUID
	for id, sum := range received {
		if sum > 0 {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	var found []alike
	err := q.Session(&gorm.Session{NewDB: true}).Raw("SELECT p.contract_id, p.paid_on, p.amount, COUNT(*) AS count FROM contract_payments p WHERE p.contract_id IN ? AND "+untouched("p")+
		" GROUP BY p.contract_id, p.paid_on, p.payer, p.amount HAVING COUNT(*) > 1 ORDER BY p.contract_id, p.paid_on, p.amount, p.payer", ids).Scan(&found).Error
	for _, a := range found {
		if len(out[a.ContractID]) < mostAlike {
			out[a.ContractID] = append(out[a.ContractID], a)
		}
	}
	return out, err
}

// paymentRemarks are what stands out about the payments on a contract with these terms. A royalty brings more than was certain when it was signed.
func (t Terms) paymentRemarks(received money.Fen, groups []alike) (out []Remark) {
	turnover := Remark{Pointer: "/terms/turnover/amount", Entered: t.Turnover.String()}
	for _, a := range groups {
		r := turnover
		r.Code, r.Count, r.PaidOn, r.Amount = PaymentsAlike, a.Count, a.PaidOn, a.Amount
		out = append(out, r)
	}
	if received > t.Turnover && (t.Payment == nil || t.Payment.Royalty == nil) {
		turnover.Code, turnover.Amount = ReceivedTooMuch, received
		out = append(out, turnover)
	}
	return out
}

// paymentsFor are what was received on contracts, and the groups there, as far as a reader may read the contracts as they stand.
func paymentsFor(q *gorm.DB, reader policy.Actor, of map[uuid.UUID]*Contract) (map[uuid.UUID]money.Fen, map[uuid.UUID][]alike, error) {
	var ids []uuid.UUID
	for id, c := range of {
		if policy.Allowed(reader, policy.ContractNow, c.Facts()) {
			ids = append(ids, id)
		}
	}
	sums, err := Paid(q, ids)
	if err != nil {
		return nil, nil, err
	}
	received := make(map[uuid.UUID]money.Fen, len(sums))
	for id, s := range sums {
		received[id] = s.Total
	}
	groups, err := alikeOn(q, received)
	return received, groups, err
}
