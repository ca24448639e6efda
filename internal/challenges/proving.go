package challenges

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/jobs"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Proving is the job that proves every night that what is sealed for a challenge still opens.
const Proving jobs.Kind = "bid.prove"

// errSealed is what operators are told of a challenge some bid of which does not open. It tells neither which nor how many: before the opening
// that is nobody's to know, and every challenge that takes bids has the job, whether there are any or not. The log names them.
var errSealed = errors.New("密封的揭榜申请有打不开的，服务器日志与 jiebang verify 列明是哪些。Something sealed for this challenge does not open; the log and jiebang verify name it")

// Prover proves, from the publication of a challenge to its opening, once a night that every bid for it opens and is what its receipt says,
// without anybody reading it. Where one does not, the job is parked: operators find it among the jobs, and /readyz says so, until it is mended and
// they have it run again.
func (s *Service) Prover(f *files.Service) jobs.Handler {
	return jobs.Handler{Kind: Proving, Timeout: OpeningTime, Attempts: 3, Errand: func(ctx context.Context, j jobs.Job) (func(*work.Tx) error, error) {
		c, err := work.Load[Challenge](s.unit.Query(ctx), j.ObjectID)
		switch {
		case fault.NotVisible.Of(err):
			return nil, jobs.ErrNothing
		case err != nil:
			return nil, err
		case c.State != Published:
			return nil, jobs.ErrNothing
		}
		var v Verification
		err = s.verify(ctx, f, &v, func(q *gorm.DB) *gorm.DB { return q.Where("challenge_id = ? AND nth = ?", c.ID, c.Nth) })
		switch {
		case err != nil && isAway(err):
			slog.WarnContext(ctx, "sealed bids could not be read; they are proved later", "challenge", c.ID, "cause", err)
			return nil, jobs.Later(j.Now.Add(time.Hour))
		case err != nil:
			return nil, err
		case len(v.Problems) > 0:
			for _, p := range v.Problems {
				slog.ErrorContext(ctx, "a sealed bid does not open", "challenge", c.ID, "cause", p)
			}
			return nil, errSealed
		}
		return nil, jobs.Later(night(j.Now, c.ID))
	}}
}

// night is when a challenge's bids are proved next: from two o'clock on, not all at once.
func night(now time.Time, challenge uuid.UUID) time.Time {
	return when.DayOf(now).End().Add(2*time.Hour + time.Duration(challenge[15])*30*time.Second)
}

// isAway tells a database or a store that is away for a while from a bid that does not open.
func isAway(err error) bool {
	return db.Unavailable(err) || fault.StorageUnavailable.Of(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// Verification is what Verify found.
type Verification struct {
	Sealed, Opened int
	Problems       fault.Problems
}

// Verify proves that every bid that is sealed still opens, without anybody reading it, and that each that was opened is what its receipt says.
func (s *Service) Verify(ctx context.Context, f *files.Service) (v Verification, err error) {
	err = s.verify(ctx, f, &v, func(q *gorm.DB) *gorm.DB { return q })
	return v, err
}

// verify looks through some bids, one at a time, since they may be large.
func (s *Service) verify(ctx context.Context, f *files.Service, v *Verification, which func(*gorm.DB) *gorm.DB) error {
	q := s.unit.Query(ctx)
	opened := map[uuid.UUID]seal.Key{}
	for after := uuid.Nil; ; {
		var some []Bid
		if err := which(q.Where("id > ?", after)).Order("id").Limit(1).Find(&some).Error; err != nil || len(some) == 0 {
			return err
		}
		b := &some[0]
		after = b.ID
		key, known := opened[b.ChallengeID]
		if !known {
			var err error
			if key, err = s.keyOf(q, b); err != nil {
				if isAway(err) {
					return err
				}
				v.problem(broken(b, "榜题的密钥不可用", "its challenge's key: %[3]w", err))
				continue
			}
			opened[b.ChallengeID] = key
		}
		if err := v.look(q, f, key, b); err != nil {
			return err
		}
	}
}

// look looks at one bid. An error is one of the database or the store, and not of the bid.
func (v *Verification) look(q *gorm.DB, f *files.Service, key seal.Key, b *Bid) error {
	if _, err := b.draft(key); err != nil {
		v.problem(err)
	}
	if b.Receipt == "" {
		return nil
	}
	d, err := prove(q, f, key, b)
	switch {
	case err != nil && isAway(err):
		return err
	case err != nil:
		v.problem(err)
	case b.Document == nil:
		v.Sealed++
	default:
		v.Opened++
		v.problem(b.same(d))
	}
	return nil
}

// same holds what stands open to what was sealed.
func (b *Bid) same(d *Document) error {
	was, err := seal.Canonical(d)
	if err != nil {
		return err
	}
	is, err := seal.Canonical(b.Document)
	if err == nil && string(is) != string(was) {
		err = broken(b, "公开的内容不是提交的内容", "what stands open is not what was handed in")
	}
	return err
}

func (v *Verification) problem(err error) {
	if err != nil {
		v.Problems.Tell(err.Error())
	}
}
