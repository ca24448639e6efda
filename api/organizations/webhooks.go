package organizations

import (
	"context"
	"time"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/webhooks"
	"jiebang/internal/work"
)

// WebhookRoutes hangs the operations on webhooks of organizations on the edge.
func WebhookRoutes(e *edge.Edge, s *webhooks.Service) {
	hook := edge.Kind[webhooks.View, wire.Webhook]{Path: "/v1/webhooks", Get: s.Get, Wire: writtenHook}
	edge.CreateUnder(e, "createWebhook", hook, hookInput, s.Create)
	edge.Read(e, "getWebhook", hook)
	edge.List(e, "listWebhooks", hook, s.List)
	edge.Decide(e, "replaceWebhook", hook, hookInput, s.Replace)
	edge.Delete(e, "deleteWebhook", s.Delete)
	edge.Decide(e, "rotateWebhookSecret", hook, func(b *wire.RotateWebhookSecretInput) (time.Duration, error) {
		return time.Duration(wire.ValueOr(b.OverlapHours, 24)) * time.Hour, nil
	}, s.Rotate)
	edge.Plain(e, "pingWebhook", delivery(s.Ping))
	edge.List(e, "listWebhookDeliveries", edge.Kind[webhooks.DeliveryView, wire.WebhookDelivery]{Wire: writtenDelivery}, s.Deliveries)
	edge.Plain(e, "replayWebhookDelivery", delivery(s.Replay))
}

// delivery is an operation on one thing that answers a message.
func delivery(run func(ctx context.Context, call work.Call, id uuid.UUID) (webhooks.DeliveryView, error)) func(context.Context, work.Call, one) (wire.WebhookDelivery, error) {
	return func(ctx context.Context, call work.Call, q one) (wire.WebhookDelivery, error) {
		d, err := run(ctx, call, q.ID)
		return writtenDelivery(&d), err
	}
}

func hookInput(b *wire.WebhookInput) (webhooks.Input, error) {
	return webhooks.Input{URL: b.Url, Kinds: wire.Plain(b.Kinds), Enabled: wire.ValueOr(b.Enabled, true)}, nil
}

func writtenHook(v *webhooks.View) wire.Webhook {
	w := wire.Webhook{
		Actions: wire.ActionsOf(v.Acts), Id: v.ID, Version: v.Version, Organization: wire.RefOf(v.Organization), Url: v.URL, Kinds: make([]wire.ChangeKind, len(v.Kinds)),
		Enabled: v.Enabled, Stopped: wire.Some(wire.WebhookStopped(v.Stopped)), Secret: wire.Some(v.Secret), FormerUntil: v.FormerUntil, By: v.By.Name, Pending: v.Pending,
		Failures: v.Status.Failures, FailingSince: v.Status.FailingSince, ResumesAt: v.Status.HoldUntil, LastAt: v.Status.LastAt, LastStatus: v.Status.LastStatus,
		LastOutcome: wire.Some(wire.WebhookOutcome(v.Status.LastOutcome)), SucceededAt: v.Status.SucceededAt, CreatedAt: v.CreatedAt,
	}
	for i, k := range v.Kinds {
		w.Kinds[i] = wire.ChangeKind(k)
	}
	return w
}

func writtenDelivery(d *webhooks.DeliveryView) wire.WebhookDelivery {
	w := wire.WebhookDelivery{
		Id: d.ID, WebhookId: d.WebhookID, EventId: d.EventID, Sequence: d.Sequence, Type: d.Type, Body: d.Body, State: wire.WebhookDeliveryState(d.State),
		CreatedAt: d.CreatedAt, EndedAt: d.EndedAt, Attempts: make([]wire.WebhookAttempt, len(d.Tried)),
	}
	if d.State == webhooks.Waiting {
		w.NextAt = &d.DueAt
	}
	for i, a := range d.Tried {
		w.Attempts[i] = wire.WebhookAttempt{At: a.At, Millis: a.Millis, Status: a.Status, Outcome: wire.WebhookOutcome(a.Outcome)}
	}
	return w
}
