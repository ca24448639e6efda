package webhooks

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/changes"
	"jiebang/internal/keys"
	"jiebang/internal/work"
)

// secretRow is a secret by which messages of a webhook are signed, sealed.
type secretRow struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	WebhookID uuid.UUID
	KeyID     string
	Sealed    string
	MadeAt    time.Time
	Until     *time.Time // another has taken its place, and both sign until then
}

func (secretRow) TableName() string { return "webhook_secrets" }

// Secrets is where they are sealed.
var Secrets = keys.Column{Table: "webhook_secrets"}

const (
	prefix     = "whsec_"
	secretSize = 32 // bytes
)

// newSecret draws a secret in the form that every library of the specification reads.
func newSecret() string {
	raw := make([]byte, secretSize)
	rand.Read(raw) // never fails (crypto/rand)
	return prefix + base64.StdEncoding.EncodeToString(raw)
}

var errNoFile = errors.New("webhooks: a secret is written where there is no secret file to seal it by")

// keep seals the secret of a webhook. One of before signs beside it for the overlap; what signed before that signs no more.
func keep(tx *work.Tx, webhook uuid.UUID, secret string, overlap time.Duration) error {
	file := tx.Secrets()
	if file == nil {
		return errNoFile
	}
	key, err := keys.Use(tx, file)
	if err != nil {
		return err
	}
	if err := tx.Where("webhook_id = ? AND until IS NOT NULL", webhook).Delete(&secretRow{}).Error; err != nil {
		return err
	}
	if overlap > 0 {
		err = tx.Model(&secretRow{}).Where("webhook_id = ?", webhook).Update("until", tx.Now.Add(overlap)).Error
	} else {
		err = tx.Where("webhook_id = ?", webhook).Delete(&secretRow{}).Error
	}
	if err != nil {
		return err
	}
	id := work.NewID()
	sealed, err := Secrets.Seal(key, id, []byte(secret))
	if err != nil {
		return err
	}
	return tx.Create(&secretRow{ID: id, WebhookID: webhook, KeyID: sealed.KeyID, Sealed: sealed.Sealed, MadeAt: tx.Now}).Error
}

// secretsOf are the secrets by which a message is signed now, the newest in front.
func (s *Service) secretsOf(q *gorm.DB, webhook uuid.UUID) ([]string, error) {
	var rows []secretRow
	err := q.Where("webhook_id = ? AND (until IS NULL OR until > ?)", webhook, s.unit.Now()).Order("made_at DESC, id DESC").Find(&rows).Error
	out := make([]string, 0, len(rows))
	for _, r := range rows {
		plain, err := s.unit.Secrets().Unseal(r.Sealed, Secrets.Place(r.ID))
		if err != nil {
			return nil, err
		}
		out = append(out, string(plain))
	}
	return out, err
}

// sign is the header webhook-signature: one signature by each secret over id, time and the bytes of the body.
func sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	out := make([]string, len(secrets))
	for i, secret := range secrets {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, prefix))
		if err != nil {
			return "", errSecret
		}
		mac := hmac.New(sha256.New, raw)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		mac.Write(body)
		out[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(out, " "), nil
}

var errSecret = errors.New("webhooks: a secret is not in its form")

// message is the body: type, time and data, as the specification has it.
type message struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

// data says what happened, and where to look.
type data struct {
	Sequence int64     `json:"sequence"` // one more with each message to this address: whoever misses one reads the feed
	Kind     string    `json:"kind"`
	ID       uuid.UUID `json:"id"`
	Version  int64     `json:"version"`
	Readable bool      `json:"readable"`
	Path     string    `json:"path,omitempty"`
}

// ping is what a test says.
type ping struct {
	WebhookID uuid.UUID `json:"webhook_id"`
}

// pinged is the type of a test.
const pinged = "ping"

// newDelivery is a message to a webhook about an entry of the feed, or the test where there is none.
func newDelivery(webhook uuid.UUID, e *changes.Entry, sequence int64, now time.Time) (Delivery, error) {
	d := Delivery{ID: work.NewID(), WebhookID: webhook, EventID: work.NewID(), Type: pinged, State: Waiting, CreatedAt: now, DueAt: now}
	m := message{Timestamp: now, Data: ping{webhook}}
	if e != nil {
		d.EventID, d.Sequence, d.Type = e.ID, &sequence, e.Kind+"."+string(e.Event)
		m = message{Timestamp: e.At.UTC(), Data: data{sequence, e.Kind, e.Object, e.Version, e.Readable(), e.Path}}
	}
	m.Type = d.Type
	body, err := json.Marshal(m)
	d.Body = string(body)
	return d, err
}
