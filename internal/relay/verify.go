package relay

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/work"
)

const verifyBatch = 1000

// Report is what Verify found about the trail and the change log.
type Report struct {
	Links, Changes int64
	Erased         int64          // of Links: audit rows whose values are gone
	Head           string         // hash of the last link of the trail; whoever keeps it elsewhere sees whether the whole was written anew
	Problems       fault.Problems // empty: everything agrees
}

// broken tells a problem of one of the two chains.
func (r *Report) broken(chain fault.Text, zh, en string, args ...any) {
	r.Problems.Add(chain.ZH+"："+zh, chain.EN+": "+en, args...)
}

// gap names the positions from one to another that are not there.
func (r *Report) gap(chain fault.Text, from, to int64) {
	switch {
	case from == to:
		r.broken(chain, "第 %[1]d 位缺失", "position %[1]d is missing", from)
	case from < to:
		r.broken(chain, "第 %[1]d 至 %[2]d 位缺失", "positions %[1]d to %[2]d are missing", from, to)
	}
}

// Verify follows the audit chain and the change log from their beginnings to the heads that are kept apart from them, and names every row
// that is missing, was changed, or is there besides.
func (r *Relay) Verify(ctx context.Context) (Report, error) {
	var v Report
	q := r.db.Reader.WithContext(ctx)
	for _, step := range []func(*gorm.DB) error{v.followAudit, v.looseAudit, v.followChanges} {
		if err := step(q); err != nil {
			return v, err
		}
	}
	return v, nil
}

// end compares where a chain ends with its head. One that goes on after its head was written by the version before.
func (v *Report) end(q *gorm.DB, name string, title fault.Text, last int64, hashAt func(pos int64) (string, error)) error {
	h, err := headOf(q, name)
	if err != nil {
		return err
	}
	if last > h.Pos && h.Pos == 0 {
		v.broken(title, "另存的链头缺失", "its head, kept apart from it, is missing")
	}
	v.gap(title, last+1, h.Pos)
	if h.Pos == 0 || h.Pos > last {
		return nil
	}
	hash, err := hashAt(h.Pos)
	if err == nil && hash != h.Hash {
		v.broken(title, "第 %[1]d 位的哈希与另存的链头不符", "position %[1]d does not have the hash that its head, kept apart from it, says", h.Pos)
	}
	return err
}

var auditTitle = fault.Text{ZH: "审计链", EN: "audit chain"}

// followAudit reads the links with what they are made of. A link whose row is gone is told, and so is each row that is not what its link
// was made of.
func (v *Report) followAudit(q *gorm.DB) error {
	before, pos := "", int64(0)
	for {
		var rows []struct {
			work.AuditRow
			Pos           int64
			Link          uuid.UUID
			Hash          string
			Row           *uuid.UUID
			Salt          *string
			Before, After string
		}
		err := q.Table("audit_chain AS c").Joins("LEFT JOIN audit AS a ON a.id = c.audit_id").Joins("LEFT JOIN audit_details AS d ON d.audit_id = a.id").
			Where("c.pos > ?", pos).Order("c.pos").Limit(verifyBatch).
			Select(db.Columns(&work.AuditRow{}, "a") + ", a.id AS row, c.pos, c.audit_id AS link, c.hash, d.salt, COALESCE(d.before, '') AS before, COALESCE(d.after, '') AS after").Scan(&rows).Error
		if err != nil {
			return err
		}
		for _, row := range rows {
			v.gap(auditTitle, pos+1, row.Pos-1)
			switch {
			case row.Row == nil:
				v.broken(auditTitle, "第 %[2]d 位的审计行 %[1]s 缺失", "the audit row %[1]s of position %[2]d is missing", row.Link, row.Pos)
			case row.Pos == pos+1 && link(before, row.AuditRow) != row.Hash:
				v.broken(auditTitle, "审计行 %[1]s 与第 %[2]d 位的链节不符", "the audit row %[1]s is not what its link at position %[2]d was made of", row.Link, row.Pos)
			case row.Salt == nil: // nothing erases values yet; what will has to leave a record, and that is looked for here then
				v.broken(auditTitle, "第 %[2]d 位审计行 %[1]s 的内容缺失", "the values of the audit row %[1]s at position %[2]d are missing", row.Link, row.Pos)
			case work.Digest(*row.Salt, row.Before, row.After) != row.Digest:
				v.broken(auditTitle, "第 %[2]d 位审计行 %[1]s 的内容不是当时所记", "the values of the audit row %[1]s at position %[2]d are not those that were recorded", row.Link, row.Pos)
			}
			pos, before = row.Pos, row.Hash
			v.Links++
		}
		if len(rows) < verifyBatch {
			break
		}
	}
	v.Head = before
	return v.end(q, auditChain, auditTitle, pos, func(pos int64) (hash string, err error) {
		err = q.Model(&auditLink{}).Where("pos = ?", pos).Select("hash").Scan(&hash).Error
		return hash, err
	})
}

// looseAudit names rows that hang on nothing. What is not chained yet waits for the stamper.
func (v *Report) looseAudit(q *gorm.DB) error {
	for _, loose := range []struct{ sql, zh, en string }{
		{"SELECT id FROM audit WHERE chained AND NOT EXISTS (SELECT 1 FROM audit_chain WHERE audit_id = audit.id) ORDER BY id LIMIT ?", "审计行 %[1]s 没有链节", "the audit row %[1]s has no link"},
		{"SELECT audit_id FROM audit_details WHERE NOT EXISTS (SELECT 1 FROM audit WHERE id = audit_details.audit_id) ORDER BY audit_id LIMIT ?", "内容 %[1]s 没有审计行", "the values %[1]s have no audit row"},
	} {
		var ids []uuid.UUID
		if err := q.Raw(loose.sql, fault.MostProblems).Scan(&ids).Error; err != nil {
			return err
		}
		for _, id := range ids {
			v.broken(auditTitle, loose.zh, loose.en, id)
		}
	}
	return nil
}

var changeTitle = fault.Text{ZH: "变更日志", EN: "change log"}

// followChanges reads the log, and compares each Change with the audit row of the same deed.
func (v *Report) followChanges(q *gorm.DB) error {
	before, pos := "", int64(0)
	for {
		var rows []struct {
			Change
			Told bool
		}
		err := q.Table("change_log AS c").Where("c.pos > ?", pos).Order("c.pos").Limit(verifyBatch).
			Select(db.Columns(&Change{}, "c") + ", EXISTS (SELECT 1 FROM audit WHERE object_id = c.object_id AND object_version = c.version AND action = c.kind) AS told").Scan(&rows).Error
		if err != nil {
			return err
		}
		for _, row := range rows {
			v.gap(changeTitle, pos+1, row.Pos-1)
			hash := row.link(before)
			if row.Hash == nil || row.Pos == pos+1 && *row.Hash != hash {
				v.broken(changeTitle, "第 %[1]d 位的变更（%[3]s 的 %[2]s）与链节不符", "the Change at position %[1]d (%[2]s of %[3]s) is not what was chained", row.Pos, row.Kind, row.ObjectID)
			}
			if !row.Told {
				v.broken(changeTitle, "第 %[1]d 位的变更（%[3]s 的 %[2]s）没有审计行", "the Change at position %[1]d (%[2]s of %[3]s) has no audit row", row.Pos, row.Kind, row.ObjectID)
			}
			if row.Hash != nil {
				hash = *row.Hash
			}
			pos, before = row.Pos, hash
			v.Changes++
		}
		if len(rows) < verifyBatch {
			break
		}
	}
	return v.end(q, changeChain, changeTitle, pos, func(pos int64) (hash string, err error) {
		err = q.Model(&Change{}).Where("pos = ?", pos).Select("COALESCE(hash, '')").Scan(&hash).Error
		return hash, err
	})
}
