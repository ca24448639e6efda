package webhooks

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/changes"
	"jiebang/internal/db"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
)

// Consumer writes the messages.
func (s *Service) Consumer() relay.Consumer {
	return relay.Consumer{Name: "webhooks", Handle: s.follow}
}

// stale is how old a Change may be to be told: a log that is followed from its beginning, or after a long while, tells nobody what is long over.
const stale = 7 * 24 * time.Hour

// sent names a message: what happened, to whom it is told.
type sent struct{ WebhookID, EventID uuid.UUID }

// follow writes a message for each Change to each webhook that is to be told of it. A Change that is handled twice is told once: where another
// process handles the same ones at the same time, one of two that would get one number fails, and is handled again.
func (s *Service) follow(ctx context.Context, log []relay.Change) error {
	now := s.unit.Now()
	log = slices.DeleteFunc(slices.Clone(log), func(c relay.Change) bool { return !changes.Visible(c) || now.Sub(c.CreatedAt) > stale })
	if len(log) == 0 {
		return nil
	}
	q := s.unit.Query(ctx)
	var hooks []Webhook
	if err := q.Where("enabled").Order("id").Find(&hooks).Error; err != nil || len(hooks) == 0 {
		return err
	}
	batch, err := changes.Load(q, log)
	if err != nil {
		return err
	}
	there, last, err := written(q, log)
	if err != nil {
		return err
	}
	var messages []Delivery
	for _, w := range hooks {
		member := policy.Actor{Member: []uuid.UUID{w.OrganizationID}} // what its members know as such, and no account's own
		for i, c := range log {
			e, tell := batch.Entry(i, member)
			if !tell || !w.wants(e.Kind) || c.CreatedAt.Before(w.EnabledAt) || there[sent{w.ID, e.ID}] {
				continue
			}
			last[w.ID]++
			d, err := newDelivery(w.ID, &e, last[w.ID], now)
			if err != nil {
				return err
			}
			messages = append(messages, d)
		}
	}
	if err := s.write(ctx, messages); err != nil {
		return err
	}
	if len(messages) > 0 {
		s.Wake()
	}
	return nil
}

// written are the messages about Changes that are there already, and the number of the last message to each webhook.
func written(q *gorm.DB, log []relay.Change) (map[sent]bool, map[uuid.UUID]int64, error) {
	events := make([]uuid.UUID, len(log))
	for i, c := range log {
		events[i] = c.OutboxID
	}
	var rows []sent
	if err := q.Model(&Delivery{}).Where("event_id IN ?", db.Among(events)).Select("webhook_id, event_id").Scan(&rows).Error; err != nil {
		return nil, nil, err
	}
	there := make(map[sent]bool, len(rows))
	for _, r := range rows {
		there[r] = true
	}
	var numbers []struct {
		ID   uuid.UUID
		Last int64
	}
	err := q.Model(&Webhook{}).Where("enabled").Select("id, COALESCE((SELECT MAX(d.sequence) FROM webhook_deliveries AS d WHERE d.webhook_id = webhooks.id), 0) AS last").Scan(&numbers).Error
	last := make(map[uuid.UUID]int64, len(numbers))
	for _, n := range numbers {
		last[n.ID] = n.Last
	}
	return there, last, err
}

// write writes messages in the order of their numbers: what is there is there with all before it.
func (s *Service) write(ctx context.Context, messages []Delivery) error {
	for some := range slices.Chunk(messages, 100) {
		row, args := ", (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '')", make([]any, 0, 9*len(some))
		for _, d := range some {
			args = append(args, d.ID, d.WebhookID, d.EventID, d.Sequence, d.Type, d.Body, d.State, d.CreatedAt, d.DueAt)
		}
		sql := "INSERT INTO webhook_deliveries (id, webhook_id, event_id, sequence, type, body, state, created_at, due_at, attempts, last_outcome) VALUES " +
			strings.Repeat(row, len(some))[2:] + " ON CONFLICT (webhook_id, event_id) DO NOTHING"
		if _, err := s.unit.Tally(ctx, sql, args...); err != nil {
			return err
		}
	}
	return nil
}
