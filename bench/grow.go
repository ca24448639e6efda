package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"jiebang/bench/rig"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/jobs"
	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// What the contracts of a city are cut by.
var (
	grownOffices = []string{"SY01", "SY02", "SY03", "SY04", "SY05", "SY06"}
	grownSellers = []string{"210102", "210103", "210104", "210105", "210106", "210111", "210112", "210113", "210114", "210124", "210211", "210202"}
	grownBuyers  = []string{"", "210102", "210106", "210112", "210113", "210202", "210211", "210283", "210302", "210502", "210603", "210702", "210802", "211002", "211102", "211202",
		"110105", "110108", "120103", "130102", "140105", "150102", "220102", "230102", "310101", "310115", "320106", "320506", "330106", "340102", "350102", "360102", "370102", "410102",
		"420106", "430102", "440106", "440305", "450102", "460105", "500105", "510104", "520102", "530102", "610102", "620102", "640104", "650102"}
)

// grow fills a fresh system with so many registered contracts, evenly over the days of the last twelve months and the running one. They are
// written by the packages that own them, without the requests and the eyes that would lead each there.
func grow(ctx context.Context, r *rig.Rig, size int) (*grown, error) {
	today := when.DayOf(when.System())
	g := &grown{Rig: r, size: size, first: today.Month().AddMonths(-12).First(), last: today.AddDays(-1)}
	// Before anything else is in the ledger: what is recorded never goes back.
	seller, err := r.Organization(ctx, "盛北理工大学", "university")
	if err != nil {
		return nil, err
	}
	if err := g.fill(ctx, seller); err != nil {
		return nil, err
	}
	if g.registry, err = newRegistry(ctx, r); err != nil {
		return nil, err
	}
	for i, code := range grownOffices[1:] {
		if _, err := r.Operator.Post(ctx, "/v1/offices", rig.J{"code": code, "name": "沈阳技术合同登记处" + code, "region": grownSellers[i]}); err != nil {
			return nil, err
		}
	}
	g.registrar = g.registry.first
	return g, g.settle(ctx)
}

// settle waits until the background has nothing to do, so that it does not stand in the way of what is measured.
func (g *grown) settle(ctx context.Context) error {
	for {
		var waiting int64
		if err := g.App.DB.Reader.WithContext(ctx).Table("jobs").Where("kind = 'contract.lookups'").Count(&waiting).Error; err != nil {
			return err
		}
		if waiting == 0 {
			break
		}
		if err := rig.Sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	if g.App.DB.Dialect == db.Postgres { // as autovacuum does sooner or later
		if err := g.App.DB.Writer.WithContext(ctx).Exec("ANALYZE").Error; err != nil {
			return err
		}
	}
	return g.CaughtUp(ctx)
}

// fill writes the contracts day by day, by a clock that is set to each.
func (g *grown) fill(ctx context.Context, seller rig.Organization) error {
	entered, err := g.App.ActorNamed(ctx, seller.Editor.Username)
	if err != nil {
		return err
	}
	var days []when.Day
	for d := g.first; !d.After(g.last); d = d.AddDays(1) {
		days = append(days, d)
	}
	made := 0
	for i, d := range days {
		until := g.size * (i + 1) / len(days)
		for made < until {
			n := min(until-made, 200)
			unit := work.New(g.App.DB, func() time.Time { return d.Start().Add(10 * time.Hour) }, func() {}, work.WithSecrets(g.App.Unit.Secrets()))
			if _, err := unit.Do(ctx, work.Call{Operation: "bench", Actor: entered}, func(tx *work.Tx) error { return contractsOf(tx, seller, made, n) }); err != nil {
				return err
			}
			made += n
		}
	}
	_, err = g.App.Unit.Do(ctx, work.Call{Operation: "bench"}, func(tx *work.Tx) error {
		var first []contracts.Contract
		if err := tx.Order("id").Limit(1).Find(&first).Error; err != nil || len(first) == 0 {
			return err
		}
		return jobs.At(tx, contracts.Lookups().Kind, first[0].ID, tx.Now)
	})
	return err
}

// contractsOf writes contracts number from and on, as granting them would leave them.
func contractsOf(tx *work.Tx, seller rig.Organization, from, n int) error {
	today := when.DayOf(tx.Now)
	regime, _ := ref.RegimeOn(today)
	var made []*contracts.Contract
	var applications []*contracts.Application
	var parties, sought []map[string]any
	var postings []ledger.Posting
	for i := from; i < from+n; i++ {
		c := grownContract(tx, seller, i, today)
		a := &contracts.Application{
			Head: tx.NewHead(), ContractID: c.ID, Kind: contracts.Registration, State: contracts.Granted, Office: c.Office, Regime: regime.Code, Terms: c.Terms,
			SubmittedBy: c.EnteredBy, FiledOn: today, ClockFrom: today, DueOn: today.AddDays(30), DecidedAt: &tx.Now,
		}
		made, applications = append(made, c), append(applications, a)
		parties = append(parties, map[string]any{"contract_id": c.ID, "organization_id": seller.ID, "side": "seller"})
		sought = append(sought, map[string]any{"application_id": a.ID, "organization_id": seller.ID})
		is := &ledger.Standing{
			Figures: ledger.Figures{Contracts: 1, Turnover: c.Turnover, Technology: c.Technology},
			Frozen: ledger.Frozen{
				Origin: ledger.Entered, Office: c.Office, ContractKind: c.Kind, ContractSubkind: c.Terms.Subkind,
				SellerID: uuid.NullUUID{UUID: seller.ID, Valid: true}, SellerRegion: c.Terms.Sellers[0].Region, SellerNature: c.Terms.Sellers[0].Nature,
				BuyerRegion: c.Terms.Buyers[0].Region, BuyerNature: c.Terms.Buyers[0].Nature, Field: c.Terms.Field,
			},
		}
		postings = append(postings, ledger.Post(ledger.Source{ContractID: c.ID, ContractVersion: 1, ApplicationID: a.ID}, nil, is)...)
	}
	if err := work.InsertAll(tx, work.Did(policy.ContractCreate), made); err != nil {
		return err
	}
	if err := work.InsertAll(tx, work.Did(policy.ContractFile), applications); err != nil {
		return err
	}
	if err := tx.Table("contract_parties").Create(parties).Error; err != nil {
		return err
	}
	if err := tx.Table("application_parties").Create(sought).Error; err != nil {
		return err
	}
	return ledger.Append(tx, postings...)
}

func grownContract(tx *work.Tx, seller rig.Organization, i int, today when.Day) *contracts.Contract {
	dice := rand.New(rand.NewPCG(uint64(i), 7)) // always the same
	pick := func(from []string) string { return from[dice.IntN(len(from))] }
	kinds, fields := codes.ContractKinds.All(), codes.Fields.All()
	kind := kinds[dice.IntN(len(kinds))].Code
	subkind := map[codes.ContractKind]codes.ContractSubkind{codes.Development: codes.CommissionedDevelopment, codes.Service: codes.GeneralService}[kind]
	amount := money.Fen(100_000+dice.Int64N(1_000_000)) * money.Yuan
	terms := contracts.Terms{
		Title: fmt.Sprintf("第%d号净化装置", i), Subkind: subkind,
		Sellers:  []contracts.Party{{OrganizationID: &seller.ID, Name: seller.Name, Region: pick(grownSellers), Nature: "021"}},
		Buyers:   []contracts.Party{{Name: fmt.Sprintf("辽浑智造%d号有限公司", i%500), CreditCode: buyerCode, Region: pick(grownBuyers), Nature: "150"}},
		SignedOn: today, EffectiveOn: today, ExpiresOn: today.AddDays(365), Turnover: amount, Field: fields[dice.IntN(len(fields))].Code,
		Targets: "非甲烷总烃去除率不低于95%，连续运行一千小时。", Acceptance: "第三方检测合格后双方签署验收单。",
	}
	return &contracts.Contract{
		Head: tx.NewHead(), Number: fmt.Sprintf("JB-%d-9%06d", today.Month().Year(), i), State: contracts.Registered, Kind: kind, Title: terms.Title, OwnerID: &seller.ID,
		EnteredBy: tx.Call.Actor.Account, Office: pick(grownOffices), Terms: terms, Turnover: amount, Technology: amount, RegisteredOn: today,
	}
}
