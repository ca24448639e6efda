package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gorm.io/gorm"

	"jiebang/internal/challenges"
	"jiebang/internal/commissions"
	"jiebang/internal/complaints"
	"jiebang/internal/control"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/exchange"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/keys"
	"jiebang/internal/ledger"
	"jiebang/internal/listing"
	"jiebang/internal/mandates"
	"jiebang/internal/needs"
	"jiebang/internal/notices"
	"jiebang/internal/offices"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/programmes"
	"jiebang/internal/projects"
	"jiebang/internal/ref"
	"jiebang/internal/relay"
	"jiebang/internal/results"
	"jiebang/internal/teams"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// WithFolder holds the data folder while fn runs.
func WithFolder(dir string, fn func() error) error {
	a := &App{}
	if err := a.takeFolder(dir); err != nil {
		return err
	}
	return errors.Join(fn(), a.Close())
}

// DropIndex deletes the search index of a data folder that nobody uses; it is built again from the database.
func DropIndex(dir string) error {
	return WithFolder(dir, func() error { return os.RemoveAll(filepath.Join(dir, "index")) })
}

// MakeSecrets makes the first secret file for a database in which nothing was sealed yet, and returns where it is. An existing file is
// refused, and never overwritten.
func MakeSecrets(ctx context.Context, c Config) (path string, err error) {
	path, _, err = c.secrets()
	if err != nil {
		return "", err
	}
	if _, err := os.Lstat(path); err == nil {
		return "", fmt.Errorf("%s is there already; a new key is added to it by: jiebang keys rotate", path)
	}
	d, err := db.Open(ctx, db.Options{URL: c.DatabaseURL, Dir: c.Data, MaxConns: c.DBConns, Busy: c.Busy})
	if err != nil {
		return "", err
	}
	if err = d.CheckSchema(ctx); err == nil {
		_, err = keys.Open(d.Reader.WithContext(ctx), path, true)
	}
	return path, errors.Join(err, d.Close())
}

// Settle does at once what the background would do: it stamps all Changes and brings the index up to them. It returns the
// number of documents in the index.
func (a *App) Settle(ctx context.Context) (int, error) {
	if err := drain(ctx, a.Relay.Stamp); err != nil {
		return 0, err
	}
	for _, c := range []relay.Consumer{a.Index.Consumer(), a.Index.Rebuilder()} {
		if err := drain(ctx, func(ctx context.Context) (int, error) { return a.Relay.Step(ctx, c) }); err != nil {
			return 0, err
		}
	}
	return a.Index.Count(), nil
}

// drain repeats a step until it finds nothing to do.
func drain(ctx context.Context, step func(context.Context) (int, error)) error {
	for {
		if n, err := step(ctx); err != nil || n == 0 {
			return err
		}
	}
}

// Verification is what Verify found.
type Verification struct {
	Lines    []string       // what was looked at
	Problems fault.Problems // what does not agree
}

// Verify recomputes the ledger's chain, sums and roll-ups, compares them with the contracts, opens every sealed value, and follows the
// audit chain.
func (a *App) Verify(ctx context.Context) (Verification, error) {
	var v Verification
	// What no server has chained yet is chained first, so that nothing is left out.
	if err := drain(ctx, a.Relay.Stamp); err != nil {
		return v, err
	}
	if moved, err := a.Relay.Moved(ctx); err != nil {
		return v, err
	} else if moved {
		v.Problems = append(v.Problems, "标识 identity: 数据库是恢复或复制而来（或主备切换过），仍用原来的标识，请运行 jiebang restored。"+
			"The database was restored or copied, or has failed over, and still has the identity of the one before: run `jiebang restored`")
	}
	// What one part cannot read is a problem of that part; the others are looked at all the same.
	for _, part := range []struct {
		name string
		look func() ([]string, fault.Problems, error)
	}{
		{"台账 ledger", func() ([]string, fault.Problems, error) {
			r, err := a.Ledger.Verify(ctx)
			return []string{fmt.Sprintf("台账 ledger: 共 %[1]d 条，链头 %[2]s。%[1]d entries, head %[2]s", r.Entries, r.Head.Hash)}, r.Problems, err
		}},
		{"合同 contracts", func() ([]string, fault.Problems, error) {
			r, err := a.Contracts.Verify(ctx)
			return []string{fmt.Sprintf("合同 contracts: %[1]d 份已与其条目核对。%[1]d compared with their entries", r.Contracts)}, r.Problems, err
		}},
		{"评审 reviews", func() ([]string, fault.Problems, error) {
			r, err := a.Review.Verify(ctx)
			return []string{fmt.Sprintf("评审 reviews: 重新计算 %[1]d 次评审，重新抽取 %[2]d 次。%[1]d panels reckoned again, %[2]d draws drawn again", r.Panels, r.Draws)}, r.Problems, err
		}},
		{"指标 indicators", func() ([]string, fault.Problems, error) {
			r, err := a.Indicators.Verify(ctx)
			return []string{fmt.Sprintf("指标 indicators: %[1]d 份冻结报告与其摘要相符。%[1]d frozen reports are what their digests say", r.Reports)}, r.Problems, err
		}},
		{"名册 registers", func() (lines []string, _ fault.Problems, _ error) {
			both, err := a.operatingRegistrars(ctx)
			for _, name := range both {
				lines = append(lines, fmt.Sprintf("运营方兼登记员 operator and registrar: %s; 登记员条目不生效，请结束 the entry does not count, end it", name))
			}
			return lines, nil, err
		}},
		{"附件 files", func() ([]string, fault.Problems, error) {
			var problems fault.Problems
			if err := a.Files.Claim(ctx); err != nil {
				problems = append(problems, err.Error())
			}
			r, err := a.Files.Verify(ctx)
			return []string{fmt.Sprintf("附件 files: %[1]d 个，内容 %[2]d 份，共 %[3]d 字节；无人引用、待清理的对象 %[4]d 个。%[1]d, content %[2]d, %[3]d bytes; objects that nothing refers to and the sweep will take: %[4]d", r.Files, r.Contents, r.Bytes, r.Orphans)},
				append(problems, r.Problems...), err
		}},
		{"揭榜申请 bids", func() ([]string, fault.Problems, error) {
			r, err := a.Challenges.Verify(ctx, a.Files)
			return []string{fmt.Sprintf("揭榜申请 bids: 密封的 %[1]d 份可以开启，已开启的 %[2]d 份与回执相符。%[1]d sealed that open, %[2]d open that are what their receipts say", r.Sealed, r.Opened)}, r.Problems, err
		}},
		{"密封值 sealed values", func() ([]string, fault.Problems, error) {
			r, err := a.Keys.Verify(ctx)
			return []string{fmt.Sprintf("密封值 sealed values: 开启 %[1]d 个。%[1]d opened", r.Values)}, r.Problems, err
		}},
		{"记录 records", func() ([]string, fault.Problems, error) {
			var t Verification
			err := a.trailed(ctx, &t)
			return nil, t.Problems, err
		}},
		{"审计链 audit chain", func() ([]string, fault.Problems, error) {
			r, err := a.Relay.Verify(ctx)
			return []string{fmt.Sprintf("审计链 audit chain: 共 %[1]d 节，链头 %[2]s。%[1]d links, head %[2]s", r.Links, r.Head), fmt.Sprintf("变更日志 change log: 共 %[1]d 条。%[1]d changes", r.Changes)}, r.Problems, err
		}},
	} {
		lines, problems, err := part.look()
		switch {
		case err != nil && (db.Unavailable(err) || ctx.Err() != nil):
			return v, err
		case err != nil:
			problems = append(problems, fmt.Sprintf("%s: 其中有无法读取的内容，其余未能核对 it holds what cannot be read, and was not compared any further: %v", part.name, err))
		default:
			v.Lines = append(v.Lines, lines...)
		}
		v.Problems = append(v.Problems, problems...)
	}
	return v, nil
}

// trailed compares the records whose whole is in the audit trail with what that says of each last; contracts do so themselves.
func (a *App) trailed(ctx context.Context, v *Verification) error {
	return a.Unit.View(ctx, func(q *gorm.DB) error {
		for _, compare := range []func(*gorm.DB, *fault.Problems) error{
			work.Trailed[files.File], work.Trailed[offices.Office], work.Trailed[people.Entry], work.Trailed[orgs.Organization],
			work.Trailed[results.Result], work.Trailed[needs.Need], work.Trailed[teams.Team], work.Trailed[deals.Introduction], work.Trailed[deals.Deal],
			work.Trailed[notices.Notice], work.Trailed[notices.Objection],
			work.Trailed[ref.CalendarYear], work.Trailed[exchange.Reconciliation], work.Trailed[ledger.Closing],
			listing.Marked("result", "results"), listing.Marked("need", "needs"), listing.Marked("team", "teams"),
			work.Trailed[orgs.Grade], work.Trailed[people.Tie], work.Trailed[control.Link], work.Trailed[complaints.Complaint],
			work.Trailed[challenges.Challenge], work.Trailed[challenges.Addendum], work.Trailed[challenges.Bid], work.Trailed[challenges.Award],
			work.Trailed[challenges.Question], work.Trailed[challenges.Comment], work.Trailed[challenges.Listed],
			work.Trailed[programmes.Round], work.Trailed[programmes.Grant], work.Trailed[programmes.Template],
			work.Trailed[projects.Project], work.Trailed[projects.Milestone],
			work.Trailed[mandates.Mandate], work.Trailed[commissions.Claim], work.Trailed[commissions.Line],
		} {
			if err := compare(q, &v.Problems); err != nil {
				return err
			}
		}
		return nil
	})
}

// operatingRegistrars lists the operators whose entry as a registrar counts no more.
func (a *App) operatingRegistrars(ctx context.Context) ([]string, error) {
	return people.Both(a.Unit.Query(ctx), when.DayOf(a.Unit.Now()))
}
