package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"jiebang/bench/rig"
	"jiebang/internal/app"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/jobs"
	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
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
	steadyBuyers = []string{"211402"} // of the contracts that do not grow, and of no other
)

// months is the time over which contracts are spread: twelve whole months and the running one.
func grownDays() (first, last when.Day) {
	today := when.DayOf(when.System())
	return today.Month().AddMonths(-12).First(), today.AddDays(-1)
}

// grow completes a system that was filled (fill) and serves by now.
func grow(ctx context.Context, r *rig.Rig, size int, s *settlers) (*grown, error) {
	g := &grown{Rig: r, size: size, settlers: s}
	g.first, g.last = grownDays()
	var err error
	if g.registry, err = newRegistry(ctx, r); err != nil {
		return nil, err
	}
	for i, code := range grownOffices[1:] {
		if _, err := r.Operator.Post(ctx, "/v1/offices", rig.J{"code": code, "name": "沈阳技术合同登记处" + code, "region": grownSellers[i]}); err != nil {
			return nil, err
		}
	}
	g.registrar = g.registry.first
	if g.editor, err = r.SignIn(ctx, grownEditor); err != nil {
		return nil, err
	}
	if g.member, err = r.SignIn(ctx, grownMember); err != nil {
		return nil, err
	}
	return g, g.settle(ctx)
}

// settle waits until the background has nothing to do, so that it does not stand in the way of what is measured.
func (g *grown) settle(ctx context.Context) error {
	for {
		var waiting int64
		q := g.App.DB.Reader.WithContext(ctx)
		if err := q.Table("jobs").Where("kind = 'contract.lookups'").Count(&waiting).Error; err != nil {
			return err
		}
		var kept int64 // of the two streams, those whose figures are kept up to the head
		if err := q.Raw("SELECT COUNT(*) FROM ledger_followed f, ledger_head h WHERE f.seq = h.seq").Scan(&kept).Error; err != nil {
			return err
		}
		if waiting == 0 && kept == 2 {
			break
		}
		if err := rig.Sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	if g.App.DB.Dialect == db.Postgres { // as autovacuum does sooner or later
		if err := g.App.DB.Writer.WithContext(ctx).Exec("VACUUM ANALYZE").Error; err != nil {
			return err
		}
	}
	return g.CaughtUp(ctx)
}

// fill writes so many registered contracts and so many results, evenly over the days, into a system in which nothing runs yet: by a clock that
// is set to each day, as they would have come, and by the packages that own them, without the requests and the eyes that would lead each there.
func fill(ctx context.Context, a *app.App, size int) (*settlers, error) {
	first, last := grownDays()
	var days []when.Day
	for d := first; !d.After(last); d = d.AddDays(1) {
		days = append(days, d)
	}
	var by policy.Actor
	on := func(d when.Day, fn func(tx *work.Tx) error) error {
		unit := work.New(a.DB, func() time.Time { return d.Start().Add(10 * time.Hour) }, func() {}, work.WithSecrets(a.Unit.Secrets()))
		_, err := unit.Do(ctx, work.Call{Operation: "bench", Actor: by}, fn)
		return err
	}
	s, err := people(ctx, a, on, first)
	if err != nil {
		return nil, err
	}
	by.Account = s.editor.ID
	texts, err := newWriter()
	if err != nil {
		return nil, err
	}
	for i, made := 0, 0; err == nil && i < len(days); i++ {
		for until := size * (i + 1) / len(days); err == nil && made < until; {
			n := min(until-made, 200)
			err = on(days[i], func(tx *work.Tx) error {
				if err := contractsOf(tx, s, size, made, n); err != nil {
					return err
				}
				return texts.resultsOf(tx, s, size, made, n)
			})
			made += n
		}
	}
	if err != nil {
		return nil, err
	}
	return s, on(last, func(tx *work.Tx) error { // by what they are found
		var first contracts.Contract
		if err := tx.Order("id").Take(&first).Error; err != nil {
			return err
		}
		return jobs.At(tx, contracts.Lookups().Kind, first.ID, tx.Now)
	})
}

// contractsOf writes contracts number from and on, as granting them would leave them.
func contractsOf(tx *work.Tx, s *settlers, size, from, n int) error {
	today := when.DayOf(tx.Now)
	regime, _ := ref.RegimeOn(today)
	var made []*contracts.Contract
	var applications []*contracts.Application
	var parties, sought []map[string]any
	var postings []ledger.Posting
	for i := from; i < from+n; i++ {
		seller, buyers := s.growing, grownBuyers
		if among(i, size, steady) {
			seller, buyers = s.few, steadyBuyers
		}
		c := grownContract(tx, seller, buyers, i, today)
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

func grownContract(tx *work.Tx, seller *orgs.Organization, buyers []string, i int, today when.Day) *contracts.Contract {
	dice := rand.New(rand.NewPCG(uint64(i), 7)) //nolint:gosec // always the same, not a secret
	pick := func(from []string) string { return from[dice.IntN(len(from))] }
	kinds, fields := codes.ContractKinds.All(), codes.Fields.All()
	kind := kinds[dice.IntN(len(kinds))].Code
	subkind := map[codes.ContractKind]codes.ContractSubkind{codes.Development: codes.CommissionedDevelopment, codes.Service: codes.GeneralService}[kind]
	amount := money.Fen(100_000+dice.Int64N(1_000_000)) * money.Yuan
	terms := contracts.Terms{
		Title: fmt.Sprintf("第%d号净化装置", i), Subkind: subkind,
		Sellers:  []contracts.Party{{OrganizationID: &seller.ID, Name: seller.Name, Region: pick(grownSellers), Nature: "021"}},
		Buyers:   []contracts.Party{{Name: fmt.Sprintf("辽浑智造%d号有限公司", i%500), CreditCode: buyerCode, Region: pick(buyers), Nature: "150"}},
		SignedOn: today, EffectiveOn: today, ExpiresOn: today.AddDays(365), Turnover: amount, Field: fields[dice.IntN(len(fields))].Code,
		Targets: "非甲烷总烃去除率不低于95%，连续运行一千小时。", Acceptance: "第三方检测合格后双方签署验收单。",
	}
	return &contracts.Contract{
		Head: tx.NewHead(), Number: fmt.Sprintf("JB-%d-9%06d", today.Month().Year(), i), State: contracts.Registered, Kind: kind, Title: terms.Title, OwnerID: &seller.ID,
		EnteredBy: tx.Call.Actor.Account, Office: pick(grownOffices), Terms: terms, Turnover: amount, Technology: amount, RegisteredOn: today,
	}
}
