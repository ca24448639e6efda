package accounts

import (
	"context"
	"log/slog"
	"time"

	"jiebang/internal/fault"
	"jiebang/internal/work"
)

// allowance is how many attempts may be made in a row, and how often another one after that. It is counted in the database, so that all
// processes count together and none forgets what is full.
type allowance struct {
	of     string
	burst  int
	refill time.Duration
}

var (
	// Ten wrong passwords in a row for a user name from one client, then one every thirty seconds. By name and client: whoever names
	// somebody keeps nobody out but themself.
	throws = allowance{"password", 10, 30 * time.Second}
	// Passwords of any names from one client: who tries one password with many names.
	sprays = allowance{"client", 200, 2 * time.Second}
	// Requests about forgotten passwords and mailed links, for each client.
	links = allowance{"links", 30, 20 * time.Second}
)

// full is how long it takes until an allowance that is used up is whole again.
func (a allowance) full() time.Duration { return time.Duration(a.burst) * a.refill }

// throttle is one row: until when what was taken weighs. Who somebody is stands there as a digest only, since people type passwords in the
// place of names.
type throttle struct {
	Bucket string `gorm:"primaryKey"`
	Until  int64  // microseconds
}

func (throttle) TableName() string { return "throttles" }

func (a allowance) bucket(who ...string) string {
	text := a.of
	for _, w := range who {
		text += "\x00" + w
	}
	return digest(text)
}

// take counts an attempt before its password is looked at, so that many at once are as few as many in a row. It is one statement: of any
// number of processes none counts past the other.
func (s *Service) take(ctx context.Context, a allowance, who ...string) error {
	now, bucket := s.unit.Now(), a.bucket(who...)
	at, refill := now.UnixMicro(), a.refill.Microseconds()
	// What weighs more than all of it was counted a moment later, by whoever came after and was faster, or by a clock a little ahead: it is
	// full. Only what weighs more than twice as much was counted by a clock that was far ahead, and weighs nothing.
	whole := at + a.full().Microseconds()
	ahead := whole + a.full().Microseconds()
	n, err := s.unit.Tally(ctx, "INSERT INTO throttles (bucket, until) VALUES (?, ?) ON CONFLICT (bucket) DO UPDATE"+
		" SET until = CASE WHEN throttles.until > ? AND throttles.until <= ? THEN throttles.until ELSE ? END + ? WHERE throttles.until <= ? OR throttles.until > ?",
		bucket, at+refill, at, ahead, at, refill, whole-refill, ahead)
	if err != nil || n > 0 {
		return err
	}
	var rows []throttle
	if err := s.unit.Query(ctx).Where("bucket = ?", bucket).Find(&rows).Error; err != nil {
		return err
	}
	f := fault.RateLimited.New()
	f.RetryAfter = a.refill
	if len(rows) > 0 {
		if wait := time.UnixMicro(rows[0].Until).Sub(now) - a.full() + a.refill; wait > 0 {
			f.RetryAfter = min(wait, a.full())
		}
	}
	return f
}

// give takes back an attempt that was none: the password was right.
func (s *Service) give(ctx context.Context, a allowance, all bool, who ...string) {
	sql, args := "UPDATE throttles SET until = until - ? WHERE bucket = ?", []any{a.refill.Microseconds(), a.bucket(who...)}
	if all {
		sql, args = "DELETE FROM throttles WHERE bucket = ?", args[1:]
	}
	if _, err := s.unit.Tally(ctx, sql, args...); err != nil {
		slog.WarnContext(ctx, "an attempt that was right still counts", "cause", err)
	}
}

// throw counts an attempt at somebody's password by the client that ctx belongs to.
func (s *Service) throw(ctx context.Context, username string) error {
	client := clientOf(ctx)
	if client != "" {
		if err := s.take(ctx, sprays, client); err != nil {
			return err
		}
	}
	return s.take(ctx, throws, username, client)
}

// try counts an attempt and looks at the password. Where it could not be looked at, because too many wait, it was no attempt.
// Whoever finds no place in the queue is told so before anything else is done for them.
func (s *Service) try(ctx context.Context, username string, hash func() (string, error), password string) (right bool, err error) {
	leave, err := s.in.stand(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	stored, err := hash()
	if err != nil {
		return false, err
	}
	if err := s.throw(ctx, username); err != nil {
		return false, err
	}
	right, err = s.check(ctx, stored, password)
	if err != nil {
		s.give(context.WithoutCancel(ctx), throws, false, username, clientOf(ctx))
		s.give(context.WithoutCancel(ctx), sprays, false, clientOf(ctx))
	}
	return right, err
}

// hit forgets the attempts at a password that was shown.
func (s *Service) hit(ctx context.Context, username string) {
	client := clientOf(ctx)
	s.give(ctx, throws, true, username, client)
	if client != "" {
		s.give(ctx, sprays, false, client)
	}
}

// forgetThrottles deletes the rows of allowances that are whole again; what is full stays.
func (s *Service) forgetThrottles(ctx context.Context) error {
	_, err := s.unit.Tally(ctx, "DELETE FROM throttles WHERE until < ?", s.unit.Now().UnixMicro())
	return err
}

// missed notes an attempt that failed: the account where there is one, and never what was typed, which may be a password.
func missed(ctx context.Context, a *Account, call work.Call) {
	account := "none"
	if a != nil {
		account = a.Username
	}
	slog.WarnContext(ctx, "sign-in failed", "account", account, "client", clientOf(ctx), "request", call.RequestID)
}
