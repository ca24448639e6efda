// Package ledger is the append-only record of what technology contracts turn over, and the source of every figure about them.
//
// It decides how an entry is numbered, dated and chained to the one before, which entries a change of a contract gives (Post), and
// how entries become figures by period and dimension, as of any day. It leaves to package contracts when a contract counts and
// for how much, and to package indicators what a figure is compared with.
//
// Two dates: an entry counts in the Shanghai day PostedOn and was written at RecordedAt, so that a figure "as of day D" is the
// sum of the entries recorded by D. The database itself refuses to change or delete entries; Verify finds what somebody did
// behind its back.
package ledger

import (
	"context"
	"time"

	"gorm.io/gorm"

	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Service answers questions about the ledger. It is written by Append only, within the use cases of others.
type Service struct {
	unit     *work.Unit
	releases releases
}

// New makes the service.
func New(unit *work.Unit) *Service { return &Service{unit: unit} }

// Head is the last link of the chain. Whoever keeps it can prove later that nothing before it was rewritten.
type Head struct {
	Seq        int64 // 0: there is no entry yet
	Hash       string
	RecordedAt time.Time
	Summed     int64 // up to which entry the sums by field are kept: a version that keeps fewer kinds may have appended since
	// ChallengesSummed is the same of those by whether a challenge led to the contract.
	ChallengesSummed int64
	Ended            when.Month // the last month that is over and public: nothing is recorded in it any more
	Month            when.Month `gorm:"-"` // of what the public sees: the month that ends with it
}

// TableName is the table whose one row is the head.
func (Head) TableName() string { return "ledger_head" }

// Head reads the last link; anyone may. The public's is that of the last month that is over.
func (s *Service) Head(ctx context.Context, actor policy.Actor) (h Head, err error) {
	if err := policy.Check(actor, policy.LedgerHead, policy.Facts{}); err != nil {
		return Head{}, err
	}
	err = s.unit.View(ctx, func(q *gorm.DB) (err error) {
		if h, err = head(q); err != nil || policy.Allowed(actor, policy.LedgerHeadNow, policy.Facts{}) {
			return err
		}
		h, err = publicHead(q, h, over(s.unit.Now()))
		return err
	})
	return h, err
}

func head(q *gorm.DB) (Head, error) {
	var h Head
	err := q.Where("one = 1").Take(&h).Error
	return h, err
}
