package webhooks

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// State is how far a message has come.
type State string

// The states.
const (
	Waiting   State = "waiting" // to be sent, or to be tried again
	Delivered State = "delivered"
	Failed    State = "failed" // tried as often as it is tried
)

// Outcome is what became of one attempt.
type Outcome string

// The outcomes.
const (
	Arrived     Outcome = "delivered"
	Refused     Outcome = "refused"     // another status than 2xx
	Redirected  Outcome = "redirected"  // which is not followed
	TimedOut    Outcome = "timed_out"   // no answer in time
	Unreachable Outcome = "unreachable" // no connection, or no TLS
	Private     Outcome = "private"     // the name leads to a private network
)

// Delivery is one message to one webhook. Its bytes and its id stay as they are, however often it is sent.
type Delivery struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	WebhookID   uuid.UUID
	EventID     uuid.UUID // webhook-id: that of the entry of the feed
	Sequence    *int64    // nil of a test
	Type        string
	Body        string
	State       State
	CreatedAt   time.Time `gorm:"autoCreateTime:false"`
	DueAt       time.Time
	Attempts    int64 // by the schedule; a repetition by hand begins anew
	LastStatus  *int64
	LastOutcome Outcome
	EndedAt     *time.Time
}

func (Delivery) TableName() string { return "webhook_deliveries" }

// Attempt is one time that a message was sent.
type Attempt struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	DeliveryID uuid.UUID
	At         time.Time
	Millis     int64
	Status     *int64
	Outcome    Outcome
}

func (Attempt) TableName() string { return "webhook_attempts" }

// DeliveryView is a message with the times that it was sent.
type DeliveryView struct {
	Delivery
	Tried []Attempt // the first in front
}

// DeliveryFilter names the webhook, and narrows its messages.
type DeliveryFilter struct {
	Webhook uuid.UUID `path:"id" where:"webhook_id = ?" required:"yes"`
	State   State     `query:"state" where:"state = ?"`
}

var newest = db.Newest(func(d *Delivery) uuid.UUID { return d.ID })

// Deliveries lists the messages to a webhook, the newest first; for who may read the webhook.
func (s *Service) Deliveries(ctx context.Context, reader policy.Actor, f DeliveryFilter, p db.Paging) (db.Page[DeliveryView], error) {
	var out db.Page[DeliveryView]
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		if _, err := records.Load(q, reader, f.Webhook); err != nil {
			return err
		}
		page, err := db.List(db.Filter(q.Model(&Delivery{}), f), p, newest)
		if err != nil {
			return err
		}
		out.Next, out.Total, out.More = page.Next, page.Total, page.More
		out.Items, err = tried(q, page.Items)
		return err
	})
	return out, err
}

// tried adds the attempts, in one query.
func tried(q *gorm.DB, rows []Delivery) ([]DeliveryView, error) {
	ids, out := make([]uuid.UUID, len(rows)), make([]DeliveryView, len(rows))
	for i, d := range rows {
		ids[i], out[i] = d.ID, DeliveryView{Delivery: d}
	}
	if len(rows) == 0 {
		return out, nil
	}
	var all []Attempt
	err := q.Session(&gorm.Session{NewDB: true}).Where("delivery_id IN ?", db.Among(ids)).Order("delivery_id, id").Find(&all).Error
	for _, a := range all {
		for i := range out {
			if out[i].ID == a.DeliveryID {
				out[i].Tried = append(out[i].Tried, a)
			}
		}
	}
	return out, err
}

// deeds about messages.
const (
	tested   work.Deed = "webhook.ping"
	replayed work.Deed = "webhook.replay"
)

// Ping writes a test message to a webhook that is switched on, or gives the one that waits already; by an administrator.
func (s *Service) Ping(ctx context.Context, call work.Call, id uuid.UUID) (DeliveryView, error) {
	var out DeliveryView
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		w, err := managed(tx, id)
		if err != nil {
			return err
		}
		if err := w.running(); err != nil {
			return err
		}
		var there []Delivery
		if err := tx.Where("webhook_id = ? AND type = ? AND state = 'waiting'", w.ID, pinged).Limit(1).Find(&there).Error; err != nil {
			return err
		}
		if len(there) > 0 {
			views, err := tried(tx.DB, there)
			if err == nil {
				out = views[0]
			}
			return err
		}
		d, err := newDelivery(w.ID, nil, 0, tx.Now)
		if err != nil {
			return err
		}
		out = DeliveryView{Delivery: d}
		if err := errors.Join(tx.Create(&d).Error, atOnceAgain(tx, w)); err != nil {
			return err
		}
		return tx.Record(tested, work.RefOf(w), nil, nil)
	})
	s.Wake()
	return out, err
}

// managed locks a webhook that the caller manages.
func managed(tx *work.Tx, id uuid.UUID) (*Webhook, error) {
	w, err := work.Load[Webhook](db.ForUpdate(tx.DB), id)
	if err != nil {
		return nil, err
	}
	return w, policy.Check(tx.Call.Actor, policy.WebhookManage, w.Facts())
}

// atOnceAgain ends the time for which a webhook that failed is left alone: somebody looks after it.
func atOnceAgain(tx *work.Tx, w *Webhook) error {
	return tx.Model(&Status{}).Where("webhook_id = ?", w.ID).Update("hold_until", nil).Error
}

// Replay has a message sent once more that arrived or was given up, with the same id and the same bytes; by an administrator.
func (s *Service) Replay(ctx context.Context, call work.Call, id uuid.UUID) (DeliveryView, error) {
	var out DeliveryView
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		d, err := work.Load[Delivery](tx.DB, id)
		if err != nil {
			return err
		}
		w, err := managed(tx, d.WebhookID)
		if err != nil {
			return err
		}
		if err := w.running(); err != nil {
			return err
		}
		if d, err = work.Load[Delivery](db.ForUpdate(tx.DB), id); err != nil {
			return err
		}
		if d.State == Waiting {
			return fault.DeliveryWaits.New()
		}
		d.State, d.DueAt, d.Attempts, d.EndedAt = Waiting, tx.Now, 0, nil
		if err := tx.Model(d).Select("state", "due_at", "attempts", "ended_at").Updates(d).Error; err != nil {
			return err
		}
		views, err := tried(tx.DB, []Delivery{*d})
		if err != nil {
			return err
		}
		out = views[0]
		if err := atOnceAgain(tx, w); err != nil {
			return err
		}
		return tx.Record(replayed, work.RefOf(w), nil, nil)
	})
	s.Wake()
	return out, err
}

// kept is how long messages are kept.
const kept = 30 * 24 * time.Hour

// Forget deletes old messages, but the last of each webhook, by which the next is numbered.
func (s *Service) Forget(ctx context.Context) error {
	_, err := s.unit.Tally(ctx, "DELETE FROM webhook_deliveries WHERE created_at < ? AND (sequence IS NULL OR sequence < (SELECT MAX(l.sequence) FROM webhook_deliveries AS l WHERE l.webhook_id = webhook_deliveries.webhook_id))",
		s.unit.Now().Add(-kept))
	if err != nil {
		return err
	}
	_, err = s.unit.Tally(ctx, "DELETE FROM webhook_secrets WHERE until IS NOT NULL AND until < ?", s.unit.Now())
	return err
}
