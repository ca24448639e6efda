package relay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/work"
)

// Stamp gives committed outbox rows their positions and chains new audit rows; it returns how many rows it handled. Two
// stampers cannot overlap: the lease's row is locked by the transaction that writes positions.
func (r *Relay) Stamp(ctx context.Context) (int, error) {
	if idle, err := r.nothingToStamp(ctx); err != nil || idle {
		return 0, err
	}
	now, err := r.now(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	err = r.write(ctx, func(tx *gorm.DB) error {
		held, err := r.hold(tx, "stamper", now, leaseTime)
		if err != nil || !held {
			return err
		}
		changes, err := stampChanges(tx)
		if err != nil {
			return err
		}
		audits, err := chainAudit(tx)
		n = changes + audits
		return err
	})
	if n > 0 && err == nil {
		r.Wake()
	}
	return n, err
}

// nothingToStamp keeps an idle system from writing a lease five times a second.
func (r *Relay) nothingToStamp(ctx context.Context) (bool, error) {
	var some bool
	err := r.db.Reader.WithContext(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM outbox) OR EXISTS (SELECT 1 FROM audit WHERE NOT chained)`).Scan(&some).Error
	return !some, err
}

func stampChanges(tx *gorm.DB) (int, error) {
	var rows []work.OutboxRow
	if err := tx.Order("id").Limit(batch).Find(&rows).Error; err != nil || len(rows) == 0 {
		return 0, err
	}
	var last int64
	if err := tx.Model(&Change{}).Select("COALESCE(MAX(pos), 0)").Scan(&last).Error; err != nil {
		return 0, err
	}
	changes := make([]Change, len(rows))
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		changes[i] = Change{Pos: last + int64(i) + 1, OutboxID: row.ID, Kind: row.Kind, ObjectID: row.ObjectID, Version: row.Version, CreatedAt: row.CreatedAt}
		ids[i] = row.ID
	}
	if err := tx.Create(&changes).Error; err != nil {
		return 0, err
	}
	return len(rows), tx.Where("id IN ?", ids).Delete(&work.OutboxRow{}).Error
}

// auditLink is one link of the audit chain: its hash covers the link before and the row's own content.
type auditLink struct {
	Pos     int64 `gorm:"primaryKey;autoIncrement:false"`
	AuditID uuid.UUID
	Hash    string
}

func (auditLink) TableName() string { return "audit_chain" }

// link hashes an audit row together with the hash of the one before it.
func link(before string, a work.AuditRow) string {
	account := ""
	if a.AccountID != nil {
		account = a.AccountID.String()
	}
	h := sha256.New()
	for _, part := range []string{before, a.ID.String(), strconv.FormatInt(a.RecordedAt.UnixMicro(), 10), account, a.Operation, a.RequestID,
		a.Action, a.ObjectKind, a.ObjectID.String(), strconv.FormatInt(a.ObjectVersion, 10), a.Digest} {
		fmt.Fprintf(h, "%d:%s", len(part), part) // lengths keep neighbouring parts apart
	}
	return hex.EncodeToString(h.Sum(nil))
}

func chainAudit(tx *gorm.DB) (int, error) {
	var rows []work.AuditRow
	if err := tx.Where("NOT chained").Order("id").Limit(batch).Find(&rows).Error; err != nil || len(rows) == 0 {
		return 0, err
	}
	var last []auditLink
	if err := tx.Order("pos DESC").Limit(1).Find(&last).Error; err != nil {
		return 0, err
	}
	pos, before := int64(0), ""
	if len(last) == 1 {
		pos, before = last[0].Pos, last[0].Hash
	}
	links := make([]auditLink, len(rows))
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		pos++
		before = link(before, row)
		links[i] = auditLink{Pos: pos, AuditID: row.ID, Hash: before}
		ids[i] = row.ID
	}
	if err := tx.Create(&links).Error; err != nil {
		return 0, err
	}
	return len(rows), tx.Model(&work.AuditRow{}).Where("id IN ?", ids).Update("chained", true).Error
}

// VerifyAudit follows the audit chain from its beginning and returns its length; an error names the first broken link.
func (r *Relay) VerifyAudit(ctx context.Context) (int64, error) {
	before, pos := "", int64(0)
	for {
		var rows []struct {
			work.AuditRow
			Pos           int64
			Hash          string
			Salt          *string
			Before, After string
		}
		err := r.db.Reader.WithContext(ctx).Table("audit_chain AS c").Joins("JOIN audit AS a ON a.id = c.audit_id").Joins("LEFT JOIN audit_details AS d ON d.audit_id = a.id").
			Where("c.pos > ?", pos).Order("c.pos").Limit(1000).Select("a.*, c.pos, c.hash, d.salt, COALESCE(d.before, '') AS before, COALESCE(d.after, '') AS after").Scan(&rows).Error
		if err != nil {
			return pos, err
		}
		if len(rows) == 0 {
			break
		}
		for _, row := range rows {
			if row.Pos != pos+1 || link(before, row.AuditRow) != row.Hash {
				return pos, fmt.Errorf("audit chain is broken at position %d", pos+1)
			}
			if row.Salt != nil && work.Digest(*row.Salt, row.Before, row.After) != row.Digest { // nil: erased
				return pos, fmt.Errorf("the values of the audit row at position %d are not those that were recorded", pos+1)
			}
			pos, before = row.Pos, row.Hash
		}
	}
	var loose int64
	err := r.db.Reader.WithContext(ctx).Raw("SELECT COUNT(*) FROM audit WHERE chained AND NOT EXISTS (SELECT 1 FROM audit_chain WHERE audit_id = audit.id)").Scan(&loose).Error
	if err == nil && loose > 0 {
		err = fmt.Errorf("%d audit rows that were chained have no link: the chain was cut", loose)
	}
	return pos, err
}
