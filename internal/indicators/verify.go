package indicators

import (
	"context"
	"encoding/json"

	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/work"
)

// Verification is what Verify found.
type Verification struct {
	Reports  int64
	Problems fault.Problems
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
				v.Problems.Add("%[1]s 的月报与其摘要不符", "the report of %[1]s is not what its digests were made of", r.Month)
			}
			for _, text := range []string{r.Content, r.FullText} {
				if err := v.headOf(q, r.Month, text); err != nil {
					return err
				}
			}
		}
		for _, compare := range []func(*gorm.DB, *fault.Problems) error{work.Trailed[Target], work.Trailed[Actual], work.Trailed[Report]} {
			if err := compare(q, &v.Problems); err != nil {
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
		v.Problems.Add("%[1]s 的月报无法读取", "the report of %[1]s cannot be read", month)
		return nil
	}
	if said.Head.Seq == 0 {
		return nil
	}
	var hashes []string
	err := q.Table("ledger_entries").Where("seq = ?", said.Head.Seq).Pluck("hash", &hashes).Error
	if err == nil && (len(hashes) == 0 || hashes[0] != said.Head.Hash) {
		v.Problems.Add("%[1]s 的月报所载台账链头（第 %[2]d 条）已与现在不同", "the report of %[1]s names a head of the ledger, entry %[2]d, that is another now", month, said.Head.Seq)
	}
	return err
}
