package demo_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/accounts"
	"jiebang/internal/app"
	"jiebang/internal/challenges"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/demo"
	"jiebang/internal/indicators"
	"jiebang/internal/ledger"
	"jiebang/internal/match"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

func open(t *testing.T, o db.Options, clock when.Clock) *app.App {
	t.Helper()
	data := o.Dir
	if data == "" {
		data = t.TempDir()
	}
	secrets := filepath.Join(data, "secrets.json")
	if _, err := seal.Open(secrets, true); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Config{DatabaseURL: o.URL, Secrets: secrets, Data: data, DBConns: 4, Busy: time.Second, Poll: time.Second}, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func seed(t *testing.T, o db.Options, today string) (*app.App, ledger.Turnover) {
	t.Helper()
	clock := &demo.Clock{}
	a := open(t, o, clock.Now)
	now, err := time.Parse(time.RFC3339, today)
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Seed(t.Context(), a, clock, now, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	month := when.DayOf(now).Month()
	figures, err := a.Ledger.Turnover(t.Context(), policy.Actor{Account: uuid.New(), Operator: true}, ledger.Query{From: month.AddMonths(-12).First(), To: month.Last(), By: ledger.Monthly})
	if err != nil {
		t.Fatal(err)
	}
	return a, figures
}

func TestTheDemoHoldsAYearThatAddsUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		a, figures := seed(t, o, "2026-11-25T06:00:00Z")
		funnelAddsUp(t, a)
		if n := figures.Total.Contracts; n != 17 { // sixteen, one of them cancelled, one revoked, and those of three projects
			t.Errorf("%d contracts count", n)
		}
		found, err := a.Verify(t.Context())
		if err != nil || len(found.Problems) > 0 {
			t.Errorf("verify: %v %v", err, found.Problems)
		}
		if attachments, err := a.Files.Verify(t.Context()); err != nil || attachments.Files < 4 {
			t.Errorf("%+v, %v", attachments, err)
		}
		if n, err := a.Settle(t.Context()); err != nil || n != 68 { // thirty results, eight teams, and the needs and challenges that are public
			t.Errorf("%d documents in the index, %v", n, err)
		}
		var shown []challenges.State
		if err := a.Unit.Query(t.Context()).Model(&challenges.Challenge{}).Distinct("state").Pluck("state", &shown).Error; err != nil {
			t.Error(err)
		}
		for _, s := range challenges.States {
			if !slices.Contains(shown, s) {
				t.Errorf("no challenge is %s", s)
			}
		}
		answered(t, a)
		for _, c := range []relay.Consumer{a.Match.Standing(), a.Inbox.Consumer()} {
			for n := 1; n > 0 && err == nil; {
				if _, err = a.Relay.Stamp(t.Context()); err == nil {
					n, err = a.Relay.Step(t.Context(), c)
				}
			}
		}
		told := map[string]int64{}
		for _, deed := range []string{"match.own", "match.other", "search.hit"} {
			var n int64
			err = errors.Join(err, a.Unit.Query(t.Context()).Table("inbox_items").Where("deed = ?", deed).Count(&n).Error)
			told[deed] = n
		}
		if err != nil || told["match.own"] == 0 || told["match.other"] == 0 || told["search.hit"] == 0 {
			t.Errorf("told: %v, %v", told, err)
		}
		if reports, err := a.Indicators.ListReports(t.Context(), policy.Actor{}, indicators.ReportFilter{}, db.Paging{Limit: 10}); err != nil || len(reports.Items) != 1 || reports.Items[0].Month != "2026-10" {
			t.Errorf("reports: %+v %v", reports.Items, err)
		}
		again, err := demo.Seeded(t.Context(), a)
		if err != nil || !again {
			t.Errorf("seeded: %v %v", again, err)
		}
	})
}

// answered holds the demo's teams to what they say they can take up: each stands among the first three teams of the need.
func answered(t *testing.T, a *app.App) {
	t.Helper()
	takes := map[string]string{
		"送片模块连续跑几小时后放片越来越偏": "半导体装备真空机器人团队", "单子杂、插单多，车间排产全凭调度员脑子": "离散制造智能排产团队",
		"老小区近端开窗、远端挨冻，怎么调都不匀": "城镇供热系统节能调控团队", "苗子送到乡镇，冰箱一停电就废了": "动物疫苗制剂与冷链稳定性团队",
		"秋天埋下的玉米杆子来年开春还不烂": "寒地农业微生物团队", "种蛋照检还靠人眼，漏挑死胚拖累整批": "农产品机器视觉分选团队",
		"浇到第六七炉就堵，板子探伤总有点子": "洁净钢与夹杂物控制团队", "高炉煤气烧完总冒硫，后头分散治不起": "冶金煤气源头净化团队",
	}
	list, err := a.Needs.List(t.Context(), policy.Actor{}, needs.Filter{}, db.Paging{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	first, met := 0, 0
	for _, n := range list.Items {
		want, asked := takes[n.Title]
		if !asked {
			continue
		}
		found, err := a.Match.For(t.Context(), policy.Actor{}, "need", n.ID, match.Options{Kind: "team", Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		met++
		there := slices.IndexFunc(found.Items, func(m match.Match) bool { return m.Title == want })
		if there < 0 {
			t.Errorf("%s: %s is not among the first three teams: %+v", n.Title, want, found.Items)
		}
		if there == 0 {
			first++
		}
		if both, err := a.Match.For(t.Context(), policy.Actor{}, "need", n.ID, match.Options{Limit: 5}); err != nil || !slices.ContainsFunc(both.Items, func(m match.Match) bool { return m.Title == want }) {
			t.Errorf("%s: %s is not among the first five of results and teams: %v", n.Title, want, err)
		}
	}
	if met != len(takes) || first < met-1 {
		t.Errorf("%d needs, of which %d find their team first", met, first)
	}
}

// Whatever day the demo starts on, its year is whole.
func TestTheDemoCanStartOnAnyDay(t *testing.T) {
	for _, day := range []string{"2026-03-01T00:00:00Z", "2026-02-28T17:00:00Z", "2028-02-29T08:00:00Z", "2026-12-31T20:00:00Z"} {
		t.Run(day, func(t *testing.T) {
			t.Parallel()
			_, figures := seed(t, dbtest.New(t, db.SQLite), day)
			if figures.Total.Contracts != 17 {
				t.Errorf("%d contracts count", figures.Total.Contracts)
			}
		})
	}
}

func TestADatabaseInUseIsLeftAlone(t *testing.T) {
	a := open(t, dbtest.New(t, db.SQLite), when.System)
	if _, err := a.Accounts.SignUp(t.Context(), work.Call{}, accounts.SignUpInput{Username: "someone", Password: "correct horse", Name: "某人"}); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Seeded(t.Context(), a); !errors.Is(err, demo.ErrNotEmpty) {
		t.Errorf("got %v", err)
	}
}

// funnelAddsUp holds the demo's funnel against itself: however it is grouped its rows add up to one total, no step exceeds the one before, and
// something came all the way.
func funnelAddsUp(t *testing.T, a *app.App) {
	t.Helper()
	var first indicators.Steps
	for _, by := range []indicators.FunnelGroup{indicators.ByMonth, indicators.ByKind, indicators.ByChain, indicators.ByOrganizationKind} {
		f, err := a.Indicators.Funnel(t.Context(), policy.Actor{Account: uuid.New(), Operator: true}, indicators.FunnelQuery{GroupBy: by})
		if err != nil {
			t.Fatal(err)
		}
		var sum indicators.Steps
		for _, r := range f.Rows {
			for k, n := range r.Steps {
				sum[k] += n
				if k > 0 && n > r.Steps[k-1] {
					t.Errorf("by %s: %s grows: %v", by, r.Group, r.Steps)
				}
			}
		}
		if by == indicators.ByMonth {
			first = f.Total.Steps
		}
		if sum != f.Total.Steps || first != f.Total.Steps || sum[indicators.Registered] == 0 || sum[indicators.Published] < 20 {
			t.Errorf("by %s: rows have %v, the total is %v, by months %v", by, sum, f.Total.Steps, first)
		}
	}
	t.Logf("the demo's funnel: %v", first)
	f, err := a.Indicators.Funnel(t.Context(), policy.Actor{}, indicators.FunnelQuery{})
	if err != nil || f.Total.Steps[indicators.Published] == 0 {
		t.Errorf("what is public: %+v, %v", f, err)
	}
	t.Logf("what is public of it until %s: %v, of which %d steps are told", f.AsOf, f.Total.Steps, f.Total.Told)
}
