package webhooks

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// records is how webhooks are read and written.
var records = work.Records[Webhook, *Webhook, View]{
	Read: policy.WebhookRead, Joined: true, Show: show,
	Columns: work.Columns{string(policy.Admin): "organization_id IN ?"},
	Acts: []work.Act[*Webhook, View]{
		{Operation: "replaceWebhook", Action: policy.WebhookManage}, {Operation: "deleteWebhook", Action: policy.WebhookManage},
		{Operation: "rotateWebhookSecret", Action: policy.WebhookManage},
		{Operation: "pingWebhook", Action: policy.WebhookManage, When: func(w *Webhook, _ *View) error { return w.running() }},
	},
}

type (
	// View is a webhook as its organization's administrators see it.
	View struct {
		Webhook
		Organization orgs.Ref
		By           accounts.Person
		Secret       string     // shown once, by the very call that drew it
		FormerUntil  *time.Time // the secret before signs as well until then
		Status       Status
		Pending      int64 // messages that wait
		work.Acts
	}
	// Answer is the outcome of a use case that changed a webhook.
	Answer = work.Answer[View]
	// Service runs the use cases about webhooks, follows the log for them, and sends what there is to send.
	Service struct {
		unit   *work.Unit
		db     *db.DB
		open   []netip.Prefix
		client *http.Client
		poll   time.Duration
		self   string
		places chan struct{}
		slow   chan struct{}

		mu   sync.Mutex
		wake chan struct{}
		busy map[uuid.UUID]bool
		stop context.CancelFunc
		done sync.WaitGroup
	}
	// Status is what the sender noted about a webhook last.
	Status struct {
		WebhookID    uuid.UUID `gorm:"primaryKey"`
		Holder       string    // the process that sends to it now
		Until        *time.Time
		HoldUntil    *time.Time // it failed, and is left alone until then
		Failures     int64      // in a row
		FailingSince *time.Time
		LastAt       *time.Time
		LastStatus   *int64 // of HTTP; nil where there was no answer
		LastOutcome  Outcome
		SucceededAt  *time.Time
	}
)

func (Status) TableName() string { return "webhook_states" }

// New makes the service. open are private networks that may be called all the same.
func New(unit *work.Unit, d *db.DB, open []netip.Prefix, poll time.Duration) *Service {
	return &Service{
		unit: unit, db: d, open: open, client: newClient(open), poll: max(poll, 100*time.Millisecond), self: uuid.NewString(),
		places: make(chan struct{}, atOnce), slow: make(chan struct{}, atOnceSlow), wake: make(chan struct{}, 1), busy: map[uuid.UUID]bool{},
	}
}

func show(q *gorm.DB, reader policy.Actor, rows []Webhook) ([]View, error) {
	ids, who, standings := make([]uuid.UUID, len(rows)), make([]uuid.UUID, len(rows)), make([]orgs.Standing, len(rows))
	for i, w := range rows {
		ids[i], who[i], standings[i] = w.ID, w.AccountID, orgs.Standing{Organization: w.OrganizationID}
	}
	out := make([]View, len(rows))
	if len(rows) == 0 {
		return out, nil
	}
	q = q.Session(&gorm.Session{NewDB: true})
	names, err := orgs.Shown(q, reader, standings)
	if err != nil {
		return nil, err
	}
	people, err := accounts.People(q, who)
	if err != nil {
		return nil, err
	}
	var statuses []Status
	if err := q.Where("webhook_id IN ?", db.Among(ids)).Find(&statuses).Error; err != nil {
		return nil, err
	}
	var former []secretRow
	if err := q.Select("webhook_id", "until").Where("webhook_id IN ? AND until IS NOT NULL", db.Among(ids)).Find(&former).Error; err != nil {
		return nil, err
	}
	var waiting []struct {
		WebhookID uuid.UUID
		N         int64
	}
	err = q.Model(&Delivery{}).Where("webhook_id IN ? AND state = 'waiting'", db.Among(ids)).Select("webhook_id, COUNT(*) AS n").Group("webhook_id").Scan(&waiting).Error
	for i, w := range rows {
		out[i] = View{Webhook: w, Organization: names[i], By: people[w.AccountID]}
		for _, s := range statuses {
			if s.WebhookID == w.ID {
				out[i].Status = s
			}
		}
		for _, f := range former {
			if f.WebhookID == w.ID {
				out[i].FormerUntil = f.Until
			}
		}
		for _, n := range waiting {
			if n.WebhookID == w.ID {
				out[i].Pending = n.N
			}
		}
	}
	return out, err
}

// Create registers a webhook of an organization; by one of its administrators. The answer has the secret, and none after it.
func (s *Service) Create(ctx context.Context, call work.Call, organization uuid.UUID, in Input) (Answer, error) {
	secret := newSecret()
	a, err := records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Webhook, error) {
		o, err := orgs.Load(db.ForUpdate(tx.DB), call.Actor, organization)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.WebhookCreate, o.Facts()); err != nil {
			return nil, err
		}
		if err := in.check(s.open); err != nil {
			return nil, err
		}
		var there int64
		if err := tx.Model(&Webhook{}).Where("organization_id = ?", o.ID).Count(&there).Error; err != nil {
			return nil, err
		}
		if there >= maxWebhooks {
			return nil, fault.TooManyWebhooks.New()
		}
		if err := once(tx, o.ID, uuid.Nil, in.URL); err != nil {
			return nil, err
		}
		w := &Webhook{Head: tx.NewHead(), OrganizationID: o.ID, AccountID: call.Actor.Account, URL: in.URL, Kinds: in.Kinds, Enabled: in.Enabled, EnabledAt: tx.Now}
		if err := work.Insert(tx, work.Did(policy.WebhookCreate), w); err != nil {
			return nil, err
		}
		if err := tx.Create(&Status{WebhookID: w.ID}).Error; err != nil {
			return nil, err
		}
		return w, keep(tx, w.ID, secret, 0)
	})
	if err == nil && !a.Replayed {
		a.View.Secret = secret
	}
	return a, err
}

// Replace writes a webhook anew, or switches it off or on; by an administrator. What it was left alone for is forgotten.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	a, err := records.Change(ctx, s.unit, call, id, version, policy.WebhookManage, func(tx *work.Tx, w *Webhook) error {
		if err := in.check(s.open); err != nil {
			return err
		}
		if err := once(tx, w.OrganizationID, w.ID, in.URL); err != nil {
			return err
		}
		w.Replace(in, tx.Now)
		return tx.Model(&Status{}).Where("webhook_id = ?", w.ID).Updates(map[string]any{"failures": 0, "failing_since": nil, "hold_until": nil}).Error
	})
	s.Wake()
	return a, err
}

// once refuses an address at which another webhook of the organization is called: it would be told everything twice.
func once(tx *work.Tx, organization, webhook uuid.UUID, address string) error {
	var there []uuid.UUID
	err := tx.Model(&Webhook{}).Where("organization_id = ? AND url = ? AND id <> ?", organization, address, webhook).Limit(1).Pluck("id", &there).Error
	if err != nil || len(there) == 0 {
		return err
	}
	return fault.InvalidInput.At("/url", fault.Repeated, "本单位已有投递到该地址的 webhook（%[1]s），请修改它的种类。", "A webhook of the organization calls this address already (%[1]s): change its kinds.", there[0])
}

// rotated is that another secret signs.
const rotated work.Deed = "webhook.rotate_secret"

// Rotate gives a webhook another secret, beside which the one before signs for a while; by an administrator.
func (s *Service) Rotate(ctx context.Context, call work.Call, id uuid.UUID, version int64, overlap time.Duration) (Answer, error) {
	secret := newSecret()
	a, err := records.Change(ctx, s.unit, call, id, version, policy.WebhookManage, func(tx *work.Tx, w *Webhook) error {
		var bad fault.Fields
		bad.Check(overlap >= 0 && overlap <= maxOverlap, "/overlap_hours", fault.OutOfRange, "并存时间为 0 至 168 小时", "0 to 168 hours")
		if err := bad.Err(); err != nil {
			return err
		}
		if err := keep(tx, w.ID, secret, overlap); err != nil {
			return err
		}
		return tx.Record(rotated, work.RefOf(w), nil, nil)
	})
	if err == nil && !a.Replayed {
		a.View.Secret = secret
	}
	return a, err
}

// Delete removes a webhook with all that was to be sent to it; by an administrator.
func (s *Service) Delete(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		w, err := work.Load[Webhook](db.ForUpdate(tx.DB), id)
		if err != nil {
			return err
		}
		return work.Delete(tx, w, version, policy.WebhookManage, "webhook.delete", func() error { return nil }) // the rest goes with it
	})
}

// Get reads one webhook.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of webhooks; empty fields do not.
type Filter struct {
	Organization uuid.UUID `query:"organization_id" where:"organization_id = ?" of:"organizations"`
}

// List lists the webhooks of organizations that the reader administers, the newest first.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	return records.List(ctx, s.unit, reader, f, p)
}

// wants tells whether a webhook is told of a kind of record.
func (w *Webhook) wants(kind string) bool { return slices.Contains(w.Kinds, kind) }
