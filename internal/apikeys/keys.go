package apikeys

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// records is how keys are read and written.
var records = work.Records[Key, *Key, View]{
	Read: policy.KeyRead, Show: show, Joined: true,
	Columns: work.Columns{string(policy.Admin): "organization_id IN ?"},
	Acts: []work.Act[*Key, View]{
		{Operation: "rotateApiKey", Action: policy.KeyManage, When: func(k *Key, _ *View) error { return k.open() }},
		{Operation: "revokeApiKey", Action: policy.KeyManage, When: func(k *Key, _ *View) error { return k.open() }},
	},
}

type (
	// View is a key as its organization's administrators see it.
	View struct {
		Key
		Organization orgs.Ref
		By           accounts.Person
		Secret       string // shown once, by the very call that drew it
		LastUsedAt   *time.Time
		Calls        int64 // of the last 30 days
		Refused      int64 // of these
		work.Acts
	}
	// Answer is the outcome of a use case that changed a key.
	Answer = work.Answer[View]
	// Service runs the use cases about keys, and counts their use.
	Service struct {
		unit  *work.Unit
		who   *accounts.Service
		parts func() []accounts.Part
		mu    sync.Mutex
		used  map[uuid.UUID]*use
		stop  context.CancelFunc
		done  sync.WaitGroup
	}
)

// use is what a key did since it was last written down.
type use struct{ calls, refused int64 }

// New gives the use cases about keys; parts are what an actor is by the packages that know.
func New(unit *work.Unit, who *accounts.Service, parts func() []accounts.Part) *Service {
	return &Service{unit: unit, who: who, parts: parts, used: map[uuid.UUID]*use{}}
}

// usageDays is how far back a key's use is told.
const usageDays = 30

func show(q *gorm.DB, reader policy.Actor, rows []Key) ([]View, error) {
	ids, who, standings := make([]uuid.UUID, len(rows)), make([]uuid.UUID, len(rows)), make([]orgs.Standing, len(rows))
	for i, k := range rows {
		ids[i], who[i], standings[i] = k.ID, k.AccountID, orgs.Standing{Organization: k.OrganizationID}
	}
	names, err := orgs.Shown(q, reader, standings)
	if err != nil {
		return nil, err
	}
	people, err := accounts.People(q, who)
	if err != nil {
		return nil, err
	}
	var uses []struct {
		KeyID   uuid.UUID
		Day     when.Day
		Calls   int64
		Refused int64
		LastAt  time.Time
	}
	if len(ids) > 0 {
		err = q.Session(&gorm.Session{NewDB: true}).Table("api_key_uses").Where("key_id IN ? AND day > ?", db.Among(ids), db.DayOf(q).AddDays(-usageDays)).Order("day").Scan(&uses).Error
	}
	out := make([]View, len(rows))
	for i, k := range rows {
		out[i] = View{Key: k, Organization: names[i], By: people[k.AccountID]}
		for _, u := range uses {
			if u.KeyID == k.ID {
				at := u.LastAt.UTC()
				out[i].LastUsedAt, out[i].Calls, out[i].Refused = &at, out[i].Calls+u.Calls, out[i].Refused+u.Refused
			}
		}
	}
	return out, err
}

// Create makes a key of an organization; by one of its administrators. The answer has the secret, and none after it.
func (s *Service) Create(ctx context.Context, call work.Call, organization uuid.UUID, in Input) (Answer, error) {
	secret := newSecret()
	a, err := records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Key, error) {
		o, err := orgs.Load(db.ForUpdate(tx.DB), call.Actor, organization)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.KeyCreate, o.Facts()); err != nil {
			return nil, err
		}
		networks, err := in.cleaned(tx.Now)
		if err != nil {
			return nil, err
		}
		var there int64
		if err := tx.Model(&Key{}).Where("organization_id = ? AND revoked_at IS NULL AND expires_at > ?", o.ID, tx.Now).Count(&there).Error; err != nil {
			return nil, err
		}
		if there >= maxKeys {
			return nil, fault.TooManyKeys.New()
		}
		scopes := make([]policy.Scope, 0, len(in.Scopes))
		for _, s := range slices.Sorted(slices.Values(in.Scopes)) {
			scopes = append(scopes, policy.Scope(s))
		}
		k := &Key{
			Head: tx.NewHead(), OrganizationID: o.ID, AccountID: call.Actor.Account, Name: strings.TrimSpace(in.Name), Scopes: scopes, Networks: networks,
			Mark: secret[:len(Mark)+6], Digest: digest(secret), ExpiresAt: in.ExpiresAt.UTC(),
		}
		return k, work.Insert(tx, work.Did(policy.KeyCreate), k)
	})
	if err == nil && !a.Replayed {
		a.View.Secret = secret
	}
	return a, err
}

// Rotate gives a key another secret, beside which the one before stays good for some hours; by an administrator.
func (s *Service) Rotate(ctx context.Context, call work.Call, id uuid.UUID, version int64, overlap time.Duration) (Answer, error) {
	secret := newSecret()
	a, err := records.Change(ctx, s.unit, call, id, version, policy.KeyManage, func(tx *work.Tx, k *Key) error { return k.Rotate(secret, overlap, tx.Now) })
	if err == nil && !a.Replayed {
		a.View.Secret = secret
	}
	return a, err
}

// Revoke ends a key at once; by an administrator.
func (s *Service) Revoke(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.KeyManage, func(tx *work.Tx, k *Key) error { return k.Revoke(call.Actor.Account, tx.Now) })
}

// Get reads one key.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of keys; empty fields do not.
type Filter struct {
	Organization uuid.UUID `query:"organization_id" where:"organization_id = ?" of:"organizations"`
}

// List lists the keys of organizations that the reader administers, the newest first, revoked and expired ones too.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	return records.List(ctx, s.unit, reader, f, p)
}

// Authenticate turns a key into the actor that it stands for: who made it, as far as that goes within the one organization, which they still have
// to belong to. They administer nothing by it and are in no register.
func (s *Service) Authenticate(ctx context.Context, secret string) (policy.Actor, error) {
	if !wellFormed(secret) {
		return policy.Actor{}, fault.TokenInvalid.New()
	}
	hash, now := digest(secret), s.unit.Now()
	var rows []Key
	err := s.unit.Query(ctx).Where("(digest = ? OR former = ? AND former_until > ?) AND revoked_at IS NULL AND expires_at > ?", hash, hash, now, now).Limit(1).Find(&rows).Error
	if err != nil {
		return policy.Actor{}, err
	}
	if len(rows) == 0 {
		return policy.Actor{}, fault.TokenInvalid.New()
	}
	k := &rows[0]
	actor, err := s.who.ByID(ctx, k.AccountID, s.parts()...)
	if fault.NotAllowed.Of(err) || err == nil && !actor.MemberOf(k.OrganizationID) {
		return policy.Actor{}, fault.TokenInvalid.New()
	} else if err != nil {
		return policy.Actor{}, err
	}
	until := k.ExpiresAt
	if k.Digest != hash {
		until = *k.FormerUntil
	}
	return policy.Actor{
		Account: actor.Account, Username: actor.Username, Member: []uuid.UUID{k.OrganizationID}, Ties: actor.Ties,
		Key: &policy.Key{ID: k.ID, Organization: k.OrganizationID, Scopes: k.Scopes, Networks: k.Networks, ExpiresAt: until},
	}, nil
}

// Used counts a call by a key. It is written down within seconds; what a process that dies had not written is not counted.
func (s *Service) Used(key uuid.UUID, refused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.used[key]
	if u == nil {
		u = &use{}
		s.used[key] = u
	}
	u.calls++
	if refused {
		u.refused++
	}
}

// keepEvery is how long it takes until a use is written down.
const keepEvery = 2 * time.Second

// Start writes down how keys are used, in the background until Stop. Each process does so for itself.
func (s *Service) Start() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.done.Go(func() {
		for relay.Wait(ctx, nil, keepEvery); ctx.Err() == nil; relay.Wait(ctx, nil, keepEvery) {
			s.keepAll(ctx)
		}
	})
}

// Stop writes down what is left.
func (s *Service) Stop() {
	if s.stop == nil {
		return
	}
	s.stop()
	s.done.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s.keepAll(ctx)
}

func (s *Service) keepAll(ctx context.Context) {
	if err := s.keep(ctx); err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "how keys were used was not written down, and is not counted", "cause", err)
	}
}

// keep writes down how keys were used.
func (s *Service) keep(ctx context.Context) error {
	s.mu.Lock()
	used := s.used
	s.used = map[uuid.UUID]*use{}
	s.mu.Unlock()
	now := s.unit.Now()
	for key, u := range used {
		_, err := s.unit.Tally(ctx, "INSERT INTO api_key_uses (key_id, day, calls, refused, last_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key_id, day) DO UPDATE"+
			" SET calls = api_key_uses.calls + ?, refused = api_key_uses.refused + ?, last_at = ?", key, when.DayOf(now), u.calls, u.refused, now, u.calls, u.refused, now)
		if err != nil {
			return err
		}
	}
	return nil
}
