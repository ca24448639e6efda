package relay

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/work"
)

const (
	verifyBatch = 1000
	maxProblems = 100 // told one by one; a broken trail needs a person, not a longer list
)

// Report is what Verify found about the trail and the change log.
type Report struct {
	Links, Changes int64
	Erased         int64    // of Links: audit rows whose values are gone
	Head           string   // hash of the last link of the trail; whoever keeps it elsewhere sees whether the whole was written anew
	Problems       []string // empty: everything agrees
}

func (r *Report) problem(format string, args ...any) {
	switch {
	case len(r.Problems) < maxProblems:
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	case len(r.Problems) == maxProblems:
		r.Problems = append(r.Problems, "and more")
	}
}

// gap names the positions from one to another that are not there.
func (r *Report) gap(chain string, from, to int64) {
	switch {
	case from == to:
		r.problem("%s: position %d is missing", chain, from)
	case from < to:
		r.problem("%s: positions %d to %d are missing", chain, from, to)
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
func (v *Report) end(q *gorm.DB, name, title string, last int64, hashAt func(pos int64) (string, error)) error {
	h, err := headOf(q, name)
	if err != nil {
		return err
	}
	if last > h.Pos && h.Pos == 0 {
		v.problem("%s: its head, kept apart from it, is missing", title)
	}
	v.gap(title, last+1, h.Pos)
	if h.Pos == 0 || h.Pos > last {
		return nil
	}
	hash, err := hashAt(h.Pos)
	if err == nil && hash != h.Hash {
		v.problem("%s: position %d does not have the hash that its head, kept apart from it, says", title, h.Pos)
	}
	return err
}

const auditTitle = "审计链 audit chain"

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
				v.problem("%s: the audit row %s of position %d is missing", auditTitle, row.Link, row.Pos)
			case row.Pos == pos+1 && link(before, row.AuditRow) != row.Hash:
				v.problem("%s: the audit row %s is not what its link at position %d was made of", auditTitle, row.Link, row.Pos)
			case row.Salt == nil: // nothing erases values yet; what will has to leave a record, and that is looked for here then
				v.problem("%s: the values of the audit row %s at position %d are missing", auditTitle, row.Link, row.Pos)
			case work.Digest(*row.Salt, row.Before, row.After) != row.Digest:
				v.problem("%s: the values of the audit row %s at position %d are not those that were recorded", auditTitle, row.Link, row.Pos)
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
	for _, loose := range []struct{ sql, says string }{
		{"SELECT id FROM audit WHERE chained AND NOT EXISTS (SELECT 1 FROM audit_chain WHERE audit_id = audit.id) ORDER BY id LIMIT ?", "the audit row %s has no link"},
		{"SELECT audit_id FROM audit_details WHERE NOT EXISTS (SELECT 1 FROM audit WHERE id = audit_details.audit_id) ORDER BY audit_id LIMIT ?", "the values %s have no audit row"},
	} {
		var ids []uuid.UUID
		if err := q.Raw(loose.sql, maxProblems).Scan(&ids).Error; err != nil {
			return err
		}
		for _, id := range ids {
			v.problem("%s: "+loose.says, auditTitle, id)
		}
	}
	return nil
}

const changeTitle = "变更日志 change log"

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
				v.problem("%s: the Change at position %d (%s of %s) is not what was chained", changeTitle, row.Pos, row.Kind, row.ObjectID)
			}
			if !row.Told {
				v.problem("%s: the Change at position %d (%s of %s) has no audit row", changeTitle, row.Pos, row.Kind, row.ObjectID)
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
