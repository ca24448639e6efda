package main

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"jiebang/bench/rig"
	"jiebang/internal/db"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

const (
	registerClients = 8
	registerFor     = 5 * time.Second
	aloneFor        = 2 * time.Second
	bareFor         = 1500 * time.Millisecond // once before and once after
	transactions    = 5                       // create, submit, start-review, pass, grant
)

// measureRegister has eight sellers enter contracts, which two registrars register, and beside it eight writers that insert one
// row in each transaction, through database/sql, into the same database with the same settings.
func measureRegister(ctx context.Context, b *bench) error {
	return b.each(ctx, rig.Options{}, func(r *rig.Rig) error {
		g, err := newRegistry(ctx, r)
		if err != nil {
			return err
		}
		s := Section{Figure: "register", Title: "registrations, 8 clients", Database: string(r.App.DB.Dialect), Load: load()}
		bare, err := bareTransactions(ctx, r.App.DB)
		if err != nil {
			return err
		}
		alone, err := keepAsking(ctx, 1, aloneFor, g.register)
		if err != nil {
			return err
		}
		whole, err := keepAsking(ctx, registerClients, registerFor, g.register)
		if err != nil {
			return err
		}
		again, err := bareTransactions(ctx, r.App.DB)
		if err != nil {
			return err
		}
		bare.add(again)
		const one = "bare one-row transaction"
		s.add("registrations", "contracts/s", whole.perSecond(), one+"s/s", bare.perSecond())
		s.add("their transactions, 5 each", "transactions/s", transactions*whole.perSecond(), one+"s/s", bare.perSecond())
		s.add("one contract from draft to registered", "p50 ms", whole.at(.50), one, bare.at(.50))
		s.add("one contract from draft to registered", "p99 ms", whole.at(.99), one, bare.at(.99))
		s.add("one contract from draft to registered", "CPU ms", whole.cpuEach(), one, bare.cpuEach())
		s.add("registrations by 8 clients", "contracts/s", whole.perSecond(), "by 1 client", alone.perSecond())
		found, err := r.App.Verify(ctx)
		if err != nil {
			return err
		}
		synced, err := durability(ctx, r.App.DB)
		if err != nil {
			return err
		}
		s.Notes = []string{synced, fmt.Sprintf("%d contracts registered; verify afterwards: %d problems", len(alone.all)+len(whole.all), len(found.Problems))}
		b.report.Sections = append(b.report.Sections, s)
		return nil
	})
}

// registry is what registering needs.
type registry struct {
	sellers       []rig.Organization
	first, second *rig.Client
	n             atomic.Int64 // no two contracts are alike
	today         string
}

func newRegistry(ctx context.Context, r *rig.Rig) (*registry, error) {
	g := &registry{today: when.DayOf(when.System()).String()}
	var err error
	if g.first, g.second, err = r.Registrars(ctx); err != nil {
		return nil, err
	}
	for i := range registerClients {
		o, err := r.Organization(ctx, fmt.Sprintf("盛北第%d研究院", i+1), "institute")
		if err != nil {
			return nil, err
		}
		g.sellers = append(g.sellers, o)
	}
	return g, nil
}

// register takes one contract of a client from nothing to the ledger: five requests.
func (g *registry) register(ctx context.Context, client int) error {
	application, err := g.file(ctx, g.sellers[client])
	if err != nil {
		return err
	}
	path := "/v1/applications/" + application
	a, err := g.first.Act(ctx, path+"/start-review", `"1"`, nil)
	if err != nil {
		return err
	}
	if a, err = g.first.Act(ctx, path+"/pass", a.ETag, rig.J{"note": "材料齐全"}); err != nil {
		return err
	}
	_, err = g.second.Act(ctx, path+"/grant", a.ETag, rig.J{"twin_reason": "另一批次，内容不同"})
	return err
}

// file enters a contract with a buyer from outside, hands it in, and returns its application.
func (g *registry) file(ctx context.Context, seller rig.Organization) (string, error) {
	a, err := seller.Editor.Post(ctx, "/v1/contracts", rig.J{"kind": "development", "terms": g.terms(seller)})
	if err != nil {
		return "", err
	}
	a, err = seller.Editor.Act(ctx, "/v1/contracts/"+a.Text("id")+"/submit", a.ETag, nil)
	if err != nil {
		return "", err
	}
	return a.Text("application_id"), nil
}

// buyerCode is the credit code of the buyer from outside.
const buyerCode = "91210106MA0000015L"

func (g *registry) terms(seller rig.Organization) rig.J {
	n := g.n.Add(1)
	yuan := func(amount int64) rig.J { return rig.J{"amount": fmt.Sprintf("%d.00", amount), "currency": "CNY"} }
	regions := []string{"210106", "320506", "110108", "310115", "440305"}
	return rig.J{
		"title": fmt.Sprintf("第%d号净化装置委托开发", n), "subkind": "commissioned_development", "field": "environment",
		"sellers":   []any{rig.J{"name": seller.Name, "nature": "021", "region": seller.Region, "organization_id": seller.ID}},
		"buyers":    []any{rig.J{"name": "辽浑智造装备有限公司", "nature": "150", "region": regions[n%int64(len(regions))], "credit_code": buyerCode}},
		"signed_on": g.today, "effective_on": g.today, "expires_on": "2030-12-31", "turnover": yuan(1_000_000 + n),
		"deductions": []any{rig.J{"kind": "equipment", "reason": "放电电源与风机采购", "amount": yuan(200_000)}},
		"targets":    "非甲烷总烃去除率不低于95%,连续运行一千小时。", "acceptance": "第三方检测合格后双方签署验收单。",
	}
}

// bareTransactions measures eight writers with one row in each transaction, in a table of their own.
func bareTransactions(ctx context.Context, d *db.DB) (times, error) {
	return bareBy(ctx, d, registerClients)
}

func bareBy(ctx context.Context, d *db.DB, writers int) (times, error) {
	pool, err := d.Writer.DB()
	if err != nil {
		return times{}, err
	}
	if _, err := pool.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS bench_bare (id TEXT PRIMARY KEY, text TEXT NOT NULL)"); err != nil {
		return times{}, err
	}
	return keepAsking(ctx, writers, bareFor, func(ctx context.Context, _ int) error {
		tx, err := pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // does nothing after a commit
		if _, err := tx.ExecContext(ctx, "INSERT INTO bench_bare (id, text) VALUES ($1, $2)", work.NewID().String(), "一行"); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// durability is what a commit waits for, which decides how fast a bare transaction can be.
func durability(ctx context.Context, d *db.DB) (string, error) {
	pool, err := d.Writer.DB()
	if err != nil {
		return "", err
	}
	settings := []string{"PRAGMA synchronous"}
	if d.Dialect == db.Postgres {
		settings = []string{"SHOW fsync", "SHOW synchronous_commit"}
	}
	var told []string
	for _, s := range settings {
		var value string
		if err := pool.QueryRowContext(ctx, s).Scan(&value); err != nil {
			return "", err
		}
		told = append(told, s+": "+value)
	}
	return strings.Join(told, ", "), nil
}
