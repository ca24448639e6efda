package contracts

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/work"
)

const verifyBatch = 500

// Report is what Verify found.
type Report struct {
	Contracts int64 // how many were compared with their entries
	Problems  fault.Problems
}

// Verify compares every contract with the ledger, on one snapshot: the entries of a registered one sum to its amounts, under what they
// froze and nothing else, those of any other to nothing, and there are no entries besides. It compares contracts and applications with the
// audit trail, and the rows by which organizations find them with their terms.
func (s *Service) Verify(ctx context.Context) (Report, error) {
	var r Report
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		var total ledger.Figures
		for after := any(uuid.Nil); ; {
			batch, last, unread, err := db.Readable[Contract](q.Where("id > ?", after).Order("id").Limit(verifyBatch), "id")
			if err != nil {
				return err
			}
			if last == nil {
				break
			}
			for _, id := range slices.Sorted(maps.Keys(unread)) {
				r.Problems.Add("合同 %[1]s：无法读取", "contract %[1]s: it cannot be read: %[2]v", id, unread[id])
			}
			if after = last; len(batch) == 0 {
				continue
			}
			held, err := ledger.Held(q, idsOf(batch))
			if err != nil {
				return err
			}
			if err := r.persons(q, batch); err != nil {
				return err
			}
			if err := r.lookups(q, batch); err != nil {
				return err
			}
			if err := r.parties(q, batch); err != nil {
				return err
			}
			for i := range batch {
				total = total.Plus(r.compare(&batch[i], held[batch[i].ID]))
			}
		}
		counted, err := ledger.Total(q)
		if err != nil {
			return err
		}
		if counted != total {
			r.Problems.Add("台账合计为 %+[1]v，已登记合同合计为 %+[2]v", "the ledger sums to %+[1]v, the registered contracts to %+[2]v", counted, total)
		}
		if err := r.strayEntries(q); err != nil {
			return err
		}
		if err := r.applicationParties(q); err != nil {
			return err
		}
		for _, compare := range []func(*gorm.DB, *fault.Problems) error{work.Trailed[Contract], work.Trailed[Application], work.Trailed[Payment], work.Trailed[Letter]} {
			if err := compare(q, &r.Problems); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

func idsOf(contracts []Contract) []uuid.UUID {
	ids := make([]uuid.UUID, len(contracts))
	for i, c := range contracts {
		ids[i] = c.ID
	}
	return ids
}

// strayEntries names entries whose contract is gone, or whose application is not one that was granted about it.
func (r *Report) strayEntries(q *gorm.DB) error {
	for _, stray := range []struct{ where, zh, en string }{
		{"NOT EXISTS (SELECT 1 FROM contracts WHERE id = ledger_entries.contract_id)", "台账第 %[1]d 条：其合同 %[2]s 缺失", "ledger entry %[1]d: its contract %[2]s is missing"},
		{"NOT EXISTS (SELECT 1 FROM contract_applications AS a WHERE a.id = ledger_entries.application_id AND a.contract_id = ledger_entries.contract_id AND a.state = 'granted')",
			"台账第 %[1]d 条（合同 %[2]s）：没有已准予的申请与之对应", "ledger entry %[1]d of contract %[2]s: no granted application led to it"},
	} {
		var rows []struct {
			Seq        int64
			ContractID uuid.UUID
		}
		if err := q.Model(&ledger.Entry{}).Where(stray.where).Order("seq").Limit(fault.MostProblems).Select("seq", "contract_id").Find(&rows).Error; err != nil {
			return err
		}
		for _, row := range rows {
			r.Problems.Add(stray.zh, stray.en, row.Seq, row.ContractID)
		}
	}
	return nil
}

// parties compares the rows by which organizations find their contracts with the terms.
func (r *Report) parties(q *gorm.DB, batch []Contract) error {
	var rows []partyRow
	if err := q.Where("contract_id IN ?", idsOf(batch)).Find(&rows).Error; err != nil {
		return err
	}
	there := map[partyRow]bool{}
	for _, row := range rows {
		there[row] = true
	}
	for i := range batch {
		for _, row := range batch[i].partyRows() {
			if !there[row] {
				r.Problems.Add("合同 %[1]s：其 %[2]s %[3]s 查不到它，contract_parties 缺一行", "contract %[1]s: its %[2]s %[3]s does not find it: a row of contract_parties is missing", batch[i].Number, row.Side, row.OrganizationID)
			}
			delete(there, row)
		}
	}
	for row := range there {
		r.Problems.Add("合同 %[1]s：%[2]s 不是条款中的 %[3]s，contract_parties 却有一行", "contract %[1]s: %[2]s is no %[3]s of its terms, and has a row in contract_parties", row.ContractID, row.OrganizationID, row.Side)
	}
	return nil
}

// applicationParties does the same for applications.
func (r *Report) applicationParties(q *gorm.DB) error {
	for after := any(uuid.Nil); ; {
		batch, last, unread, err := db.Readable[Application](q.Where("id > ?", after).Order("id").Limit(verifyBatch), "id")
		if err != nil || last == nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(unread)) {
			r.Problems.Add("申请 %[1]s：无法读取", "application %[1]s: it cannot be read: %[2]v", id, unread[id])
		}
		if after = last; len(batch) == 0 {
			continue
		}
		ids := make([]uuid.UUID, len(batch))
		for i, a := range batch {
			ids[i] = a.ID
		}
		var rows []applicationParty
		if err := q.Where("application_id IN ?", ids).Find(&rows).Error; err != nil {
			return err
		}
		there := map[applicationParty]bool{}
		for _, row := range rows {
			there[row] = true
		}
		for i := range batch {
			for _, id := range batch[i].Terms.organizations() {
				row := applicationParty{batch[i].ID, id}
				if !there[row] {
					r.Problems.Add("申请 %[1]s：其当事人 %[2]s 查不到它，application_parties 缺一行", "application %[1]s: its party %[2]s does not find it: a row of application_parties is missing", row.ApplicationID, id)
				}
				delete(there, row)
			}
		}
		for row := range there {
			r.Problems.Add("申请 %[1]s：%[2]s 不是条款中的当事人，application_parties 却有一行", "application %[1]s: %[2]s is no party of its terms, and has a row in application_parties", row.ApplicationID, row.OrganizationID)
		}
	}
}

// persons looks for the sealed numbers that the terms name: one query for all.
func (r *Report) persons(q *gorm.DB, batch []Contract) error {
	named := map[uuid.UUID]*Contract{}
	for i := range batch {
		filed, mended := batch[i].Terms, batch[i].mended().Terms
		for _, p := range slices.Concat(filed.Sellers, filed.Buyers, mended.Sellers, mended.Buyers) {
			if p.Person != nil {
				named[p.Person.ID] = &batch[i]
			}
		}
	}
	var rows []struct{ ID, ContractID uuid.UUID }
	if len(named) > 0 {
		if err := q.Model(&personRow{}).Where("id IN ?", slices.Collect(maps.Keys(named))).Select("id", "contract_id").Find(&rows).Error; err != nil {
			return err
		}
	}
	for _, row := range rows {
		if c := named[row.ID]; c.ID == row.ContractID {
			delete(named, row.ID)
		}
	}
	for id, c := range named {
		r.Problems.Add("合同 %[1]s：条款所指的个人证件号 %[2]s 不存在", "contract %[1]s: the personal number %[2]s that its terms name is not there", c.Number, id)
	}
	return nil
}

// compare checks one contract and gives what it should count for.
func (r *Report) compare(c *Contract, held map[ledger.Frozen]ledger.Figures) ledger.Figures {
	r.Contracts++
	var want ledger.Figures
	var under ledger.Frozen
	if s := c.standing(); s != nil {
		want, under = s.Figures, s.Frozen
	}
	waits := want != (ledger.Figures{}) && c.onlyPlacesUnknown(held)
	if held[under] != want && !waits {
		r.Problems.Add("合同 %[1]s（%[2]s）：按现有内容，其条目合计为 %+[3]v，应计 %+[4]v", "contract %[1]s (%[2]s): its entries sum to %+[3]v under what it says today, it counts for %+[4]v", c.Number, c.State, held[under], want)
	}
	for frozen, f := range held {
		switch {
		case frozen == under:
		case waits:
			r.Problems.Add("合同 %[1]s（%[2]s）：仍计在未知地区名下，后台任务 %[3]s 会补正", "contract %[1]s (%[2]s): it still counts under an unknown place; the job %[3]s mends that", c.Number, c.State, placed)
		default:
			r.Problems.Add("合同 %[1]s（%[2]s）：有 %+[3]v 计在与现有内容不符之处：%[4]s", "contract %[1]s (%[2]s): its entries hold %+[3]v under what it does not say today: %[4]s", c.Number, c.State, f, frozen.Unlike(under))
		}
	}
	if technology, err := c.Terms.Technology(); err != nil || c.Turnover != c.Terms.Turnover || c.Technology != technology {
		r.Problems.Add("合同 %[1]s：金额与条款不符", "contract %[1]s: its amounts are not those of its terms", c.Number)
	}
	return want
}
