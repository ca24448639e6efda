package work

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// AuditRow says who did what to which object. It never changes; relay chains it later.
type AuditRow struct {
	ID            uuid.UUID `gorm:"primaryKey"`
	RecordedAt    time.Time
	AccountID     *uuid.UUID
	KeyID         *uuid.UUID // of the organization's key, where a program did it for the account
	Operation     string
	RequestID     string
	Action        string
	ObjectKind    string
	ObjectID      uuid.UUID
	ObjectVersion int64
	Digest        string // SHA-256 over salt, before and after
	Chained       bool   // relay has linked it into the audit chain
}

// auditDetail holds the values, which may be about persons: it can be erased while the row and its digest stay.
type auditDetail struct {
	AuditID uuid.UUID `gorm:"primaryKey"`
	Salt    string
	Before  string
	After   string
}

// OutboxRow is a Change without a position yet.
type OutboxRow struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	Kind      string
	ObjectID  uuid.UUID
	Version   int64
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	Told
}

// Told is what a Change says of its record for those who are told of it later, when the record may be another or gone.
type Told struct {
	Noun      string     // what kind of record it is; empty of what the version before wrote
	OwnerID   *uuid.UUID // the organization that it belonged to
	WasPublic bool       // everybody could read it before,
	IsPublic  bool       // and after; neither: what happened is those people's affair who may read it in spite of that
}

func (AuditRow) TableName() string    { return "audit" }
func (auditDetail) TableName() string { return "audit_details" }
func (OutboxRow) TableName() string   { return "outbox" }

// Record notes that something was done to an object, with its values before and after (nil: there were none). Fields marked
// json:"-" are left out: secrets belong there.
func (tx *Tx) Record(deed Deed, object Ref, before, after any) error {
	b, err := snapshot(before)
	if err != nil {
		return err
	}
	a, err := snapshot(after)
	if err != nil {
		return err
	}
	if tx.subject.ID == uuid.Nil {
		tx.subject = object
	}
	salt := rand.Text()
	row := AuditRow{
		ID: NewID(), RecordedAt: tx.Now, Operation: tx.Call.Operation, RequestID: tx.Call.RequestID, Action: string(deed),
		ObjectKind: object.Noun, ObjectID: object.ID, ObjectVersion: object.Version, Digest: Digest(salt, string(b), string(a)),
	}
	if tx.Call.Actor.SignedIn() {
		row.AccountID = &tx.Call.Actor.Account
		if key := tx.Call.Actor.Key; key != nil {
			row.KeyID = &key.ID
		}
	}
	tx.audits = append(tx.audits, row)
	tx.details = append(tx.details, auditDetail{AuditID: row.ID, Salt: salt, Before: string(b), After: string(a)})
	return nil
}

// Digest is what an audit row keeps of its values.
func Digest(salt, before, after string) string {
	sum := sha256.Sum256([]byte(salt + "\x00" + before + "\x00" + after))
	return hex.EncodeToString(sum[:])
}

// Emit says that something happened which others may react to later. A Change carries no text: whoever reacts loads the
// object, as it is by then. What changes for everybody who may read the object is said by EmitOf.
func (tx *Tx) Emit(deed Deed, object Ref) { tx.EmitTold(deed, object, Told{}) }

// EmitOf is Emit of a record that everybody could read before, and can after, or not.
func (tx *Tx) EmitOf(deed Deed, r Record, was, is bool) {
	told := Told{WasPublic: was, IsPublic: is}
	if owner := r.Facts().Owner; owner != uuid.Nil {
		told.OwnerID = &owner
	}
	tx.EmitTold(deed, RefOf(r), told)
}

// EmitTold is EmitOf for who has no more of the record than where it stands.
func (tx *Tx) EmitTold(deed Deed, object Ref, told Told) {
	told.Noun = object.Noun
	tx.changes = append(tx.changes, OutboxRow{ID: NewID(), Kind: string(deed), ObjectID: object.ID, Version: object.Version, CreatedAt: tx.Now, Told: told})
}

// Audits counts the audit rows that the transaction will write; a Guard may ask.
func (tx *Tx) Audits() int { return len(tx.audits) }

// recorded holds that whatever is told was recorded: verify looks for the audit row of each Change. It is a fault of the program where not.
func (tx *Tx) recorded() error {
	type deed struct {
		what    string
		object  uuid.UUID
		version int64
	}
	told := make(map[deed]bool, len(tx.audits))
	for _, a := range tx.audits {
		told[deed{a.Action, a.ObjectID, a.ObjectVersion}] = true
	}
	for _, c := range tx.changes {
		if !told[deed{c.Kind, c.ObjectID, c.Version}] {
			return fmt.Errorf("work: %s of %s %s is told and not recorded", c.Kind, c.Told.Noun, c.ObjectID)
		}
	}
	return nil
}

// finish writes what the use case left behind in one statement each.
func (tx *Tx) finish() error {
	if err := tx.recorded(); err != nil {
		return err
	}
	if len(tx.audits) > 0 {
		if err := tx.CreateInBatches(&tx.audits, 500).Error; err != nil {
			return err
		}
		if err := tx.CreateInBatches(&tx.details, 500).Error; err != nil {
			return err
		}
	}
	if len(tx.changes) > 0 {
		if err := tx.CreateInBatches(&tx.changes, 500).Error; err != nil {
			return err
		}
	}
	if tx.Call.Key != "" {
		return tx.settle()
	}
	return nil
}

type frozen []byte // values already written as JSON

func snapshot(v any) (frozen, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case frozen:
		return v, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("audit values: %w", err)
	}
	return b, nil
}
