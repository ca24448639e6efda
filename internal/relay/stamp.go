package relay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

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
	err := r.db.Reader.WithContext(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM outbox) OR EXISTS (SELECT 1 FROM audit WHERE NOT chained)
		OR EXISTS (SELECT 1 FROM change_log WHERE pos > (SELECT pos FROM chain_heads WHERE name = ?))`, changeChain).Scan(&some).Error
	return !some, err
}

// The chains that the stamper writes.
const (
	auditChain  = "audit"
	changeChain = "changes"
)

// head is the end of a chain, kept apart from it, so that what is cut off at the end shows.
type head struct {
	Name string `gorm:"primaryKey"`
	Pos  int64
	Hash string
}

func (head) TableName() string { return "chain_heads" }

func headOf(q *gorm.DB, name string) (head, error) {
	h := head{Name: name}
	rows := []head{}
	err := q.Where("name = ?", name).Find(&rows).Error
	if len(rows) == 1 {
		h = rows[0]
	}
	return h, err
}

// keep writes the head.
func (h head) keep(tx *gorm.DB) error {
	return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&h).Error
}

func stampChanges(tx *gorm.DB) (int, error) {
	end, err := headOf(tx, changeChain)
	if err != nil {
		return 0, err
	}
	caughtUp, err := chainOlder(tx, &end)
	if err != nil || caughtUp > 0 {
		return caughtUp, err
	}
	var rows []work.OutboxRow
	if err := tx.Order("id").Limit(batch).Find(&rows).Error; err != nil || len(rows) == 0 {
		return 0, err
	}
	changes := make([]Change, len(rows))
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		end.Pos++
		changes[i] = Change{Pos: end.Pos, OutboxID: row.ID, Kind: row.Kind, ObjectID: row.ObjectID, Version: row.Version, CreatedAt: row.CreatedAt, Told: row.Told}
		end.Hash = changes[i].link(end.Hash)
		hash := end.Hash
		changes[i].Hash = &hash
		ids[i] = row.ID
	}
	if err := tx.Create(&changes).Error; err != nil {
		return 0, err
	}
	if err := end.keep(tx); err != nil {
		return 0, err
	}
	return len(rows), tx.Where("id IN ?", ids).Delete(&work.OutboxRow{}).Error
}

// chainOlder chains Changes that the version before has put into the log, which knows no chain.
func chainOlder(tx *gorm.DB, end *head) (int, error) {
	var rows []Change
	if err := tx.Where("pos > ?", end.Pos).Order("pos").Limit(batch).Find(&rows).Error; err != nil || len(rows) == 0 {
		return 0, err
	}
	for i := range rows {
		end.Pos, end.Hash = rows[i].Pos, rows[i].link(end.Hash)
		if err := tx.Model(&rows[i]).Update("hash", end.Hash).Error; err != nil {
			return 0, err
		}
	}
	return len(rows), end.keep(tx)
}

// link hashes a Change together with the hash of the one before it.
func (c Change) link(before string) string {
	return hashOf(before, strconv.FormatInt(c.Pos, 10), c.OutboxID.String(), c.Kind, c.ObjectID.String(), strconv.FormatInt(c.Version, 10),
		strconv.FormatInt(c.CreatedAt.UnixMicro(), 10))
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
	return hashOf(before, a.ID.String(), strconv.FormatInt(a.RecordedAt.UnixMicro(), 10), account, a.Operation, a.RequestID,
		a.Action, a.ObjectKind, a.ObjectID.String(), strconv.FormatInt(a.ObjectVersion, 10), a.Digest)
}

func hashOf(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
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
	end, err := headOf(tx, auditChain)
	if err != nil {
		return 0, err
	}
	if len(last) == 1 && last[0].Pos > end.Pos { // the version before has gone on
		end.Pos, end.Hash = last[0].Pos, last[0].Hash
	}
	links := make([]auditLink, len(rows))
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		end.Pos, end.Hash = end.Pos+1, link(end.Hash, row)
		links[i] = auditLink{Pos: end.Pos, AuditID: row.ID, Hash: end.Hash}
		ids[i] = row.ID
	}
	if err := tx.Create(&links).Error; err != nil {
		return 0, err
	}
	if err := end.keep(tx); err != nil {
		return 0, err
	}
	return len(rows), tx.Model(&work.AuditRow{}).Where("id IN ?", ids).Update("chained", true).Error
}
