package webhooks

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/orgs"
	"jiebang/internal/relay"
	"jiebang/internal/work"
)

const (
	atOnce     = 32                     // webhooks that one process sends to at a time; to each, one message after another
	atOnceSlow = 8                      // of them those that failed last: who hangs takes no place from those who do not
	turn       = 20                     // messages to one webhook before others have their turn
	lease      = patience + time.Minute // how long a process that died keeps others from a webhook
	givenUp    = 5 * 24 * time.Hour     // after which time of failure a webhook is switched off
	longest    = 24 * time.Hour         // that a receiver may ask us to wait
)

// schedule is when a message is tried, each time reckoned from the one before, as the specification has it.
var schedule = []time.Duration{
	0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// alone is how long a webhook is left alone that failed so often in a row: so one that is dead costs an attempt now and then, however many
// messages wait for it.
func alone(failures int64) time.Duration {
	return min(5*time.Second<<min(max(failures-1, 0), 10), 10*time.Minute)
}

// Start sends in the background until Stop.
func (s *Service) Start() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.done.Go(func() {
		failures := 0
		for ctx.Err() == nil {
			failures++
			if _, err := s.look(ctx); err == nil {
				failures = 0
			} else if ctx.Err() == nil {
				slog.Log(ctx, relay.Severity(err, failures), "messages to webhooks could not be looked for", "failures", failures, "cause", err)
			}
			relay.Wait(ctx, s.wake, s.poll)
		}
	})
}

// Stop waits for what is being sent to end, or cuts it short.
func (s *Service) Stop() {
	if s.stop == nil {
		return
	}
	s.stop()
	s.done.Wait()
}

// Wake has the sender look at once.
func (s *Service) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// look begins to send to the webhooks for which something is due and which nobody sends to, as far as there are places. It tells how many.
func (s *Service) look(ctx context.Context) (int, error) {
	now := s.unit.Now()
	var due []Status
	err := s.unit.Query(ctx).Table("webhook_states AS s").Joins("JOIN webhooks AS w ON w.id = s.webhook_id").
		Where("w.enabled AND (s.until IS NULL OR s.until < ?) AND (s.hold_until IS NULL OR s.hold_until <= ?)", now, now).
		Where("EXISTS (SELECT 1 FROM webhook_deliveries AS d WHERE d.webhook_id = s.webhook_id AND d.state = 'waiting' AND d.due_at <= ?)", now).
		Order("s.failures, s.last_at, s.webhook_id").Limit(2 * atOnce).Select(db.Columns(&Status{}, "s")).Scan(&due).Error
	if err != nil {
		return 0, err
	}
	begun := 0
	for _, status := range due {
		if s.begin(ctx, status) {
			begun++
		}
	}
	return begun, nil
}

// begin takes a place and sends to one webhook in the background.
func (s *Service) begin(ctx context.Context, status Status) bool {
	id, slow := status.WebhookID, status.Failures > 0
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[id] || slow && !take(s.slow) {
		return false
	}
	if !take(s.places) {
		if slow {
			<-s.slow
		}
		return false
	}
	s.busy[id] = true
	s.done.Go(func() {
		err := s.serve(ctx, id)
		if err != nil && ctx.Err() == nil {
			slog.Log(ctx, relay.Severity(err, 1), "messages to a webhook could not be sent", "webhook", id, "cause", err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, id)
		<-s.places
		if slow {
			<-s.slow
		}
		if err == nil {
			s.Wake() // there may be more, and there is a place
		}
	})
	return true
}

func take(places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
		return false
	}
}

// serve sends what is due to one webhook, one message after another, until one fails.
func (s *Service) serve(ctx context.Context, id uuid.UUID) error {
	if held, err := s.hold(ctx, id); err != nil || !held {
		return err
	}
	defer s.release(ctx, id)
	for range turn {
		w, d, err := s.next(ctx, id)
		if err != nil || d == nil {
			return err
		}
		at := s.unit.Now()
		a, wait := s.send(ctx, w, d, at)
		if ctx.Err() != nil { // we are stopping: what became of it is not known, and it is sent again
			return nil
		}
		// What was done outside is noted whatever happens to this process meanwhile.
		stop, err := s.note(context.WithoutCancel(ctx), *d, a, wait)
		if err == nil && stop != "" {
			err = s.switchOff(ctx, id, stop)
		}
		if err != nil || a.Outcome != Arrived {
			return err
		}
		if held, err := s.hold(ctx, id); err != nil || !held {
			return err
		}
	}
	return nil
}

// hold takes or prolongs the lease on a webhook.
func (s *Service) hold(ctx context.Context, id uuid.UUID) (bool, error) {
	now := s.unit.Now()
	done := s.db.Writer.WithContext(ctx).Model(&Status{}).Where("webhook_id = ? AND (holder = ? OR until IS NULL OR until < ?)", id, s.self, now).
		Updates(map[string]any{"holder": s.self, "until": now.Add(lease)})
	return done.RowsAffected == 1, done.Error
}

func (s *Service) release(ctx context.Context, id uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	err := s.db.Writer.WithContext(ctx).Model(&Status{}).Where("webhook_id = ? AND holder = ?", id, s.self).Updates(map[string]any{"holder": "", "until": nil}).Error
	if err != nil {
		slog.WarnContext(ctx, "a webhook was not let go; its lease runs out by itself", "webhook", id, "cause", err)
	}
}

// next is the message that is due longest, with its webhook as it is now; none where nothing is due, or it is switched off.
func (s *Service) next(ctx context.Context, id uuid.UUID) (*Webhook, *Delivery, error) {
	q := s.unit.Query(ctx)
	w, err := work.Load[Webhook](q, id)
	if fault.NotVisible.Of(err) || err == nil && !w.Enabled {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var due []Delivery
	err = q.Where("webhook_id = ? AND state = 'waiting' AND due_at <= ?", id, s.unit.Now()).Order("due_at, id").Limit(1).Find(&due).Error
	if err != nil || len(due) == 0 {
		return nil, nil, err
	}
	return w, &due[0], nil
}

// send makes one attempt. wait is what the receiver asked for, if anything.
func (s *Service) send(ctx context.Context, w *Webhook, d *Delivery, at time.Time) (a Attempt, wait time.Duration) {
	a = Attempt{ID: work.NewID(), DeliveryID: d.ID, At: at, Outcome: Unreachable}
	began := time.Now()
	defer func() { a.Millis = time.Since(began).Milliseconds() }()
	secrets, err := s.secretsOf(s.unit.Query(ctx), w.ID)
	if err != nil {
		slog.ErrorContext(ctx, "the secrets of a webhook could not be opened", "webhook", w.ID, "cause", err)
		return a, 0
	}
	signature, err := sign(secrets, d.EventID.String(), at, []byte(d.Body))
	if err != nil {
		slog.ErrorContext(ctx, "a message to a webhook could not be signed", "webhook", w.ID, "cause", err)
		return a, 0
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, strings.NewReader(d.Body))
	if err != nil {
		return a, 0
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "jiebang-webhooks/1")
	r.Header.Set("webhook-id", d.EventID.String())
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("webhook-signature", signature)
	answer, err := s.client.Do(r)
	if err != nil {
		a.Outcome = outcomeOf(err)
		return a, 0
	}
	defer answer.Body.Close()
	if answer.ContentLength >= 0 && answer.ContentLength <= mostBody { // otherwise the connection is cut
		_, _ = io.CopyN(io.Discard, answer.Body, mostBody)
	}
	status := int64(answer.StatusCode)
	a.Status = &status
	switch {
	case status >= 200 && status < 300:
		a.Outcome = Arrived
	case status >= 300 && status < 400:
		a.Outcome = Redirected
	default:
		a.Outcome, wait = Refused, retryAfter(answer.Header.Get("Retry-After"), at)
	}
	return a, wait
}

func outcomeOf(err error) Outcome {
	var slow net.Error
	switch {
	case errors.Is(err, errPrivate):
		return Private
	case errors.As(err, &slow) && slow.Timeout():
		return TimedOut
	}
	return Unreachable
}

// retryAfter reads how long a receiver wants to be left alone: seconds, or a time.
func retryAfter(text string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return min(max(time.Duration(n)*time.Second, 0), longest)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), longest)
	}
	return 0
}

// note writes down what became of an attempt, and when the next is due. It tells whether, and why, the webhook is to be switched off.
func (s *Service) note(ctx context.Context, d Delivery, a Attempt, wait time.Duration) (stop Stopped, err error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	now := s.unit.Now()
	err = s.db.Writer.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var rows []Status
		if err := db.ForUpdate(tx).Where("webhook_id = ?", d.WebhookID).Find(&rows).Error; err != nil || len(rows) == 0 {
			return err // it was deleted meanwhile
		}
		status := rows[0]
		if err := tx.Create(&a).Error; err != nil {
			return err
		}
		d.Attempts++
		d.LastStatus, d.LastOutcome = a.Status, a.Outcome
		status.LastAt, status.LastStatus, status.LastOutcome = &a.At, a.Status, a.Outcome
		if a.Outcome == Arrived {
			d.State, d.EndedAt = Delivered, &now
			status.SucceededAt, status.Failures, status.FailingSince, status.HoldUntil = &a.At, 0, nil, nil
		} else {
			stop = status.fail(&d, a, wait, now)
		}
		err := tx.Model(&d).Where("state = 'waiting'").Select("state", "due_at", "attempts", "last_status", "last_outcome", "ended_at").Updates(&d).Error
		if err != nil {
			return err
		}
		return tx.Model(&status).Select("failures", "failing_since", "hold_until", "last_at", "last_status", "last_outcome", "succeeded_at").Updates(&status).Error
	})
	return stop, err
}

// fail says what follows from a failure: for the message, by the schedule; for the webhook, that it is left alone a while, or switched off.
func (s *Status) fail(d *Delivery, a Attempt, wait time.Duration, now time.Time) (stop Stopped) {
	if int(d.Attempts) >= len(schedule) {
		d.State, d.EndedAt = Failed, &now
	} else {
		pause := schedule[d.Attempts]
		d.DueAt = now.Add(max(pause+rand.N(pause/10+1), wait)) //nolint:gosec // spreads attempts, no secret
	}
	s.Failures++
	if s.FailingSince == nil {
		s.FailingSince = &a.At
	}
	until := now.Add(max(alone(s.Failures), wait))
	s.HoldUntil = &until
	switch {
	case a.Status != nil && *a.Status == http.StatusGone:
		return Gone
	case now.Sub(*s.FailingSince) >= givenUp:
		return Failing
	}
	return ""
}

// stopped is that the system switched a webhook off.
const stoppedDeed work.Deed = "webhook.stop"

// stoppedMail tells its organization's administrators.
var stoppedMail = mail.NewNews("webhook.stopped")

// switchOff stops a webhook, and tells the administrators of its organization. What waits for it stays, and is sent when it is switched on again.
func (s *Service) switchOff(ctx context.Context, id uuid.UUID, why Stopped) error {
	_, err := s.unit.Do(ctx, work.Call{Operation: "stop webhook"}, func(tx *work.Tx) error {
		w, err := work.Load[Webhook](db.ForUpdate(tx.DB), id)
		if fault.NotVisible.Of(err) || err == nil && !w.Enabled {
			return nil
		}
		if err != nil {
			return err
		}
		err = work.Move(tx, w, stoppedDeed, func() error {
			w.Enabled, w.Stopped = false, why
			return nil
		})
		if err != nil {
			return err
		}
		admins, err := orgs.AdminsOf(tx.DB, w.OrganizationID)
		if err != nil {
			return err
		}
		for _, account := range admins {
			if err := accounts.Tell(tx, account, stoppedMail, "webhook "+host(w.URL), why.says()); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

func (w Stopped) says() fault.Text {
	if w == Gone {
		return fault.Say("接收地址答复已不存在（410），系统已停用该 webhook；如仍需要，请改正地址后重新启用，期间的变更可用 /v1/changes 补取。",
			"The receiver answered that it is gone (410), and the webhook was switched off. If it is still wanted, mend its address and switch it on; what happened meanwhile is in /v1/changes.")
	}
	return fault.Say("连续 5 天未能送达，系统已停用该 webhook；请检查接收程序后重新启用，期间的变更可用 /v1/changes 补取。",
		"Nothing arrived for 5 days, and the webhook was switched off. Look after the receiver and switch it on again; what happened meanwhile is in /v1/changes.")
}
