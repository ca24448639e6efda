package indicators

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"jiebang/internal/work"
)

// Verification is what Verify found.
type Verification struct {
	Reports  int64
	Problems []string
}

func (v *Verification) problem(format string, args ...any) {
	if len(v.Problems) < 100 {
		v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
	}
}

// Verify computes the digests of all frozen reports again, looks for the ledger's heads that they name, and compares targets, actuals and reports
// with what the audit trail says of them.
func (s *Service) Verify(ctx context.Context) (Verification, error) {
	var v Verification
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		var all []Report
		if err := q.Order("month").Find(&all).Error; err != nil {
			return err
		}
		v.Reports = int64(len(all))
		for _, r := range all {
			if digestOf(r.Content) != r.Digest || digestOf(r.FullText) != r.FullDigest {
				v.problem("the report of %s is not what its digests were made of", r.Month)
			}
			for _, text := range []string{r.Content, r.FullText} {
				if err := v.headOf(q, r.Month, text); err != nil {
					return err
				}
			}
		}
		for _, compare := range []func(*gorm.DB, func(string, ...any)) error{work.Trailed[Target], work.Trailed[Actual], work.Trailed[Report]} {
			if err := compare(q, v.problem); err != nil {
				return err
			}
		}
		return nil
	})
	return v, err
}

// headOf holds the head that a report names against the chain: it is there for ever.
func (v *Verification) headOf(q *gorm.DB, month, text string) error {
	var said ReportContent
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		v.problem("the report of %s cannot be read", month)
		return nil
	}
	if said.Head.Seq == 0 {
		return nil
	}
	var hashes []string
	err := q.Table("ledger_entries").Where("seq = ?", said.Head.Seq).Pluck("hash", &hashes).Error
	if err == nil && (len(hashes) == 0 || hashes[0] != said.Head.Hash) {
		v.problem("the report of %s names a head of the ledger, entry %d, that is another now", month, said.Head.Seq)
	}
	return err
}
