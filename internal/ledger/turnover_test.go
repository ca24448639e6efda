package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

var (
	testKinds   = []codes.ContractKind{codes.Development, codes.License, codes.Service}
	testOffices = []string{"SY01", "SY02", "DL01"}
	testRegions = []string{"210112", "210100", "210211", "210000", "110105", "419001"}
	testBuyers  = append([]string{"", "DEU", "USA"}, testRegions...)
	testFields  = []codes.Field{"nuclear", "new_materials", ""}
	testBrokers = []uuid.NullUUID{{}, {UUID: uuid.MustParse("0197a000-0000-7000-8000-000000000001"), Valid: true}, {UUID: uuid.MustParse("0197a000-0000-7000-8000-000000000002"), Valid: true}}
)

// history fills a ledger with some years of registrations, amendments and cancellations, in days that mostly go forward.
func (b *book) history(t *testing.T, dice *rand.Rand, changes int) {
	t.Helper()
	type contract struct {
		source   Source
		standing *Standing
	}
	picked := 0
	pick := func() *Standing {
		picked++
		turnover := money.Fen(dice.Int64N(1_000_000_00) + 1)
		return &Standing{
			Figures{1, turnover, money.Fen(dice.Int64N(int64(turnover)) + 1)},
			Frozen{
				Office: testOffices[dice.IntN(len(testOffices))], ContractKind: testKinds[dice.IntN(len(testKinds))], Field: testFields[dice.IntN(len(testFields))],
				ContractSubkind: []codes.ContractSubkind{"", codes.GeneralService}[dice.IntN(2)], BrokerID: testBrokers[dice.IntN(len(testBrokers))],
				ChallengeID:  testBrokers[picked%len(testBrokers)],
				SellerRegion: testRegions[dice.IntN(len(testRegions))], BuyerRegion: testBuyers[dice.IntN(len(testBuyers))],
				Elsewhere: dice.IntN(5) == 0, Origin: Entered, BuyerNature: []codes.PartyNature{"150", "022"}[dice.IntN(2)],
			},
		}
	}
	var live []*contract
	now := at("2024-11-20T10:00:00Z")
	for range changes {
		now = now.Add(time.Duration(dice.Int64N(int64(10 * 24 * time.Hour))))
		b.setTime(now)
		if dice.IntN(6) == 0 {
			b.setTime(now.Add(-time.Duration(dice.Int64N(int64(40 * 24 * time.Hour))))) // recorded later than it counts
		}
		switch roll := dice.IntN(10); {
		case roll < 6 || len(live) == 0:
			c := &contract{source(), pick()}
			live = append(live, c)
			b.append(t, Post(c.source, nil, c.standing)...)
		case roll < 9:
			c := live[dice.IntN(len(live))]
			was := *c.standing
			c.standing = pick()
			if dice.IntN(2) == 0 {
				c.standing.Frozen = was.Frozen
			}
			b.append(t, Post(c.source, &was, c.standing)...)
		default:
			i := dice.IntN(len(live))
			b.append(t, Post(live[i].source, live[i].standing, nil)...)
			live = slices.Delete(live, i, i+1)
		}
	}
}

// naive answers a query the way the words of the design say it, over all entries, in plain Go.
func naive(entries []Entry, q Query) map[string]Figures {
	out := map[string]Figures{}
	for _, e := range entries {
		day := e.PostedOn.String()
		period := map[Period]string{Daily: day, Monthly: day[:7], Quarterly: e.PostedOn.Month().Quarter(), Yearly: day[:4]}[q.By]
		switch {
		case day < q.From.String() || day > q.To.String():
		case e.Elsewhere != q.Elsewhere:
		case q.Kind != "" && e.ContractKind != q.Kind:
		case q.Office != "" && e.Office != q.Office:
		case q.SellerRegion != "" && !ref.InPlace(e.SellerRegion, q.SellerRegion):
		case q.BuyerRegion != "" && !ref.InPlace(e.BuyerRegion, q.BuyerRegion):
		case q.Field != "" && e.Field != q.Field:
		case q.Subkind != "" && e.ContractSubkind != q.Subkind:
		case q.BuyerNature != "" && e.BuyerNature != q.BuyerNature:
		case q.Broker != uuid.Nil && e.BrokerID.UUID != q.Broker:
		case q.FromChallenge != "" && e.ChallengeID.Valid != (q.FromChallenge == "yes"):
		case !q.AsOf.IsZero() && when.DayOf(e.RecordedAt).After(q.AsOf):
		default:
			group := q.GroupBy.of(e.Frozen)
			if q.GroupBy.region() && len(group) == 3 {
				group = map[RegionLevel]string{"": group, RegionCounty: group, RegionCity: group, RegionProvince: "abroad"}[q.RegionLevel]
			} else if q.GroupBy.region() && group != "" {
				group = map[RegionLevel]string{"": group, RegionCounty: group, RegionCity: cmp.Or(ref.City(group), group), RegionProvince: group[:2] + "0000"}[q.RegionLevel]
			}
			key := period + "|" + group
			out[key] = out[key].Plus(e.Figures)
		}
	}
	return out
}

// byKey gives the rows by period and group. A row of zeros that nothing was posted for is left out, where want has none.
func byKey(rows []Row, want map[string]Figures) map[string]Figures {
	out := map[string]Figures{}
	for _, r := range rows {
		key := r.Period + "|" + r.Group
		if _, posted := want[key]; posted || r.Figures != (Figures{}) {
			out[key] = r.Figures
		}
	}
	return out
}

func drawQuery(t *rapid.T) Query {
	months := func(m int) when.Month { return when.MustDay("2024-10-01").Month().AddMonths(m) }
	first := rapid.IntRange(0, 30).Draw(t, "first month")
	last := rapid.IntRange(first, 36).Draw(t, "last month")
	q := Query{
		From: months(first).First(), To: months(last).Last(),
		By:      rapid.SampledFrom([]Period{Daily, Monthly, Quarterly, Yearly}).Draw(t, "by"),
		GroupBy: rapid.SampledFrom([]Dimension{"", ByKind, ByOffice, BySellerRegion, ByBuyerRegion, ByField, ByBuyerNature, ByBroker, ByFromChallenge}).Draw(t, "group"),
	}
	if rapid.IntRange(0, 3).Draw(t, "ragged") == 0 {
		q.From, q.To = q.From.AddDays(rapid.IntRange(0, 27).Draw(t, "from")), q.To.AddDays(rapid.IntRange(0, 20).Draw(t, "to"))
	}
	if q.By == Daily && q.To.After(q.From.AddDays(maxDays-1)) {
		q.To = q.From.AddDays(maxDays - 1)
	}
	if q.GroupBy.region() {
		q.RegionLevel = rapid.SampledFrom([]RegionLevel{"", RegionCounty, RegionCity, RegionProvince}).Draw(t, "level")
	}
	scope := rapid.IntRange(0, 9).Draw(t, "scope")
	if scope == 1 || scope == 5 {
		q.Kind = rapid.SampledFrom(testKinds).Draw(t, "kind")
	}
	if scope == 2 || scope == 5 {
		q.Office = rapid.SampledFrom(testOffices).Draw(t, "office")
	}
	if scope == 3 || scope == 6 {
		q.SellerRegion = rapid.SampledFrom(testRegions).Draw(t, "seller")
	}
	if scope == 4 || scope == 6 {
		q.BuyerRegion = rapid.SampledFrom(append([]string{"abroad", "USA"}, testRegions...)).Draw(t, "buyer")
	}
	if scope == 5 || scope == 7 {
		q.Field = rapid.SampledFrom(testFields).Draw(t, "field")
	}
	if scope == 8 {
		q.Subkind, q.BuyerNature = rapid.SampledFrom([]codes.ContractSubkind{"", codes.GeneralService}).Draw(t, "subkind"), "150"
		q.Broker = rapid.SampledFrom(testBrokers).Draw(t, "broker").UUID
	}
	if scope == 9 {
		q.FromChallenge = rapid.SampledFrom([]string{"yes", "no"}).Draw(t, "from a challenge")
	}
	q.Elsewhere = rapid.IntRange(0, 4).Draw(t, "elsewhere") == 0
	if rapid.Bool().Draw(t, "as of a day") {
		q.AsOf = when.MustDay("2024-11-01").AddDays(rapid.IntRange(0, 900).Draw(t, "as of"))
		if rapid.IntRange(0, 3).Draw(t, "as of the last of a month") == 0 {
			q.AsOf = q.AsOf.Month().Last()
		}
	}
	return q
}

func TestRollupsEntriesAndPlainSumsAgree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		seed := uint64(time.Now().UnixNano())
		t.Logf("history of seed %d", seed)
		b.history(t, rand.New(rand.NewPCG(seed, 1)), 150)
		entries := b.all(t)
		b.verified(t)
		b.offices(t)
		b.set("2027-12-31T12:00:00Z") // no day that is asked for lies ahead
		ready := 0
		rapid.Check(t, func(rt *rapid.T) {
			q := drawQuery(rt)
			want := naive(entries, q)
			answer, err := b.Turnover(t.Context(), operator, q)
			if err != nil {
				rt.Fatal(err)
			}
			if got := byKey(answer.Rows, want); !reflect.DeepEqual(got, want) {
				rt.Fatalf("%+v\nanswers %v\nnot     %v", q, got, want)
			}
			var total Figures
			for _, f := range want {
				total = total.Plus(f)
			}
			if answer.Total != total || answer.Head.Seq != int64(len(entries)) {
				rt.Fatalf("total %+v instead of %+v, head %d", answer.Total, total, answer.Head.Seq)
			}
			if c := q.cut(q.GroupBy); len(c) > 2 || slices.ContainsFunc(c, func(d Dimension) bool { return !d.public() }) {
				if _, err := b.Turnover(t.Context(), policy.Actor{}, q); !fault.InvalidInput.Of(err) {
					rt.Fatalf("a visitor had figures by three dimensions, or by one of the bureau's own: %v", err)
				}
			}
			if !q.cut(q.GroupBy).kept() {
				return
			}
			ready++
			sums, err := q.fromEntries(b.db.Reader.Session(&gorm.Session{}))
			if err != nil {
				rt.Fatal(err)
			}
			rows, _, err := q.fold(sums)
			if err == nil {
				rows, err = q.series(rows)
			}
			if err != nil || !reflect.DeepEqual(rows, answer.Rows) {
				rt.Fatalf("%+v\nsums kept ready %v\nentries        %v %v", q, answer.Rows, rows, err)
			}
		})
		if ready == 0 {
			t.Error("no query was answered from the sums kept ready")
		}
	})
}

func TestEachRowLeadsToItsEntries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		b.history(t, rand.New(rand.NewPCG(7, 7)), 120)
		b.offices(t)
		year := Query{From: when.MustDay("2025-01-10"), To: when.MustDay("2025-12-20"), By: Monthly}
		for _, change := range []func(*Query){
			func(*Query) {},
			func(q *Query) { q.By, q.GroupBy = Quarterly, ByKind },
			func(q *Query) { q.By, q.GroupBy = Yearly, ByFromChallenge },
			func(q *Query) { q.GroupBy = BySellerRegion }, // 210000, 210100 and 210112 are three rows, none within another
			func(q *Query) { q.By, q.GroupBy, q.SellerRegion = Yearly, ByBuyerRegion, "210000" },
			func(q *Query) { q.By, q.GroupBy, q.RegionLevel = Quarterly, ByBuyerRegion, RegionCity },
			func(q *Query) { q.By, q.GroupBy, q.RegionLevel = Yearly, BySellerRegion, RegionProvince },
			func(q *Query) { q.By, q.GroupBy, q.AsOf = Yearly, ByOffice, when.MustDay("2025-07-15") },
			func(q *Query) { q.By, q.Kind, q.BuyerRegion = Daily, codes.License, "210100" },
			func(q *Query) { q.By, q.GroupBy, q.RegionLevel = Yearly, ByBuyerRegion, RegionProvince }, // with all countries in one row
			func(q *Query) { q.By, q.GroupBy, q.BuyerRegion = Yearly, ByField, "abroad" },
			func(q *Query) { q.By, q.GroupBy, q.BuyerNature = Yearly, ByBroker, "150" },
			func(q *Query) { q.By, q.GroupBy, q.Broker = Yearly, BySubkind, testBrokers[1].UUID },
		} {
			q := year
			change(&q)
			figures, err := b.Turnover(t.Context(), operator, q)
			if err != nil {
				t.Fatal(err)
			}
			if len(figures.Rows) == 0 {
				t.Errorf("%+v has no rows", q)
			}
			for _, row := range figures.Rows {
				filter := figures.Entries(row)
				paging := db.Paging{Limit: 3, Query: fmt.Sprint("listLedgerEntries", filter)}
				var sum Figures
				last := int64(1 << 62)
				for {
					page, err := b.Entries(t.Context(), operator, filter, paging)
					if err != nil {
						t.Fatal(err)
					}
					for _, e := range page.Items {
						if e.Seq >= last {
							t.Fatalf("entry %d after entry %d", e.Seq, last)
						}
						last = e.Seq
						sum = sum.Plus(e.Figures)
					}
					if paging.Cursor = page.Next; page.Next == "" {
						break
					}
				}
				if sum != row.Figures {
					t.Errorf("%+v: row %s %q says %+v, its entries sum to %+v", q, row.Period, row.Group, row.Figures, sum)
				}
			}
		}
	})
}

func TestEntriesAreForRegistrarsAndOperators(t *testing.T) {
	b := open(t, dbtest.New(t, db.SQLite))
	for _, c := range []struct {
		name  string
		actor policy.Actor
		want  error
	}{
		{"registrar", registrar, nil},
		{"operator", operator, nil},
		{"member of an organization", policy.Actor{Account: work.NewID(), Member: nil}, fault.NotAllowed.New()},
		{"visitor", policy.Actor{}, fault.SignInRequired.New()},
	} {
		if _, err := b.Entries(t.Context(), c.actor, Filter{}, db.Paging{Limit: 1}); fmt.Sprint(err) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// saying is everything that a refusal tells of its places.
func saying(err error) string {
	var refused *fault.Error
	if !errors.As(err, &refused) {
		return ""
	}
	return fmt.Sprint(refused.Fields)
}

func TestWhatIsNotAQuery(t *testing.T) {
	b := open(t, dbtest.New(t, db.SQLite))
	b.offices(t)
	b.set("2026-11-28T04:00:00Z")
	good := Query{From: when.MustDay("2026-01-01"), To: when.MustDay("2026-12-31"), By: Monthly}
	for _, c := range []struct {
		name   string
		change func(*Query)
		at     string // where the fault lies for an operator; empty: there is none
		public string // and for a visitor
	}{
		{"a year by month", func(*Query) {}, "", ""},
		{"a leap year by day", func(q *Query) { q.From, q.To, q.By = when.MustDay("2024-01-01"), when.MustDay("2024-12-31"), Daily }, "", "query:by"},
		{"a day more than 366 by day", func(q *Query) { q.To, q.By = when.MustDay("2027-01-02"), Daily }, "query:to", "query:to"},
		{"a hundred years", func(q *Query) { q.To = when.MustDay("2125-11-30") }, "", ""},
		{"more than a hundred years", func(q *Query) { q.To = when.MustDay("2126-01-02") }, "query:to", "query:to"},
		{"ends before it begins", func(q *Query) { q.To = when.MustDay("2025-12-31") }, "query:to", "query:to"},
		{"one day", func(q *Query) { q.To = q.From }, "", "query:to"},
		{"from within a month", func(q *Query) { q.From = when.MustDay("2026-01-02") }, "", "query:from"},
		{"to today", func(q *Query) { q.To = when.MustDay("2026-11-28") }, "", ""},
		{"to yesterday", func(q *Query) { q.To = when.MustDay("2026-11-27") }, "", "query:to"},
		{"no first day", func(q *Query) { q.From = when.Day{} }, "query:from", "query:from"},
		{"a week", func(q *Query) { q.By = "week" }, "query:by", "query:by"},
		{"by no dimension that there is", func(q *Query) { q.GroupBy = "all" }, "query:group_by", "query:group_by"},
		{"by three dimensions", func(q *Query) { q.GroupBy, q.Office, q.Kind = BySellerRegion, "SY01", codes.License }, "", "query:group_by"},
		{"half a region", func(q *Query) { q.BuyerRegion = "2101" }, "query:buyer_region", "query:buyer_region"},
		{"no region", func(q *Query) { q.SellerRegion = "210012" }, "query:seller_region", "query:seller_region"},
		{"a region that there never was", func(q *Query) { q.SellerRegion = "219999" }, "没有区划代码 219999", "query:seller_region"},
		{"a region of an older edition", func(q *Query) { q.BuyerRegion = "210122" }, "", ""},
		{"a country", func(q *Query) { q.BuyerRegion = "DEU" }, "", ""},
		{"all abroad", func(q *Query) { q.BuyerRegion = "abroad" }, "", ""},
		{"no country", func(q *Query) { q.BuyerRegion = "XXX" }, "没有国家代码 XXX", "query:buyer_region"},
		{"a country that is counted as a region", func(q *Query) { q.BuyerRegion = "HKG" }, "请用区划代码，如 810000", "query:buyer_region"},
		{"by field", func(q *Query) { q.GroupBy, q.Office = ByField, "SY01" }, "", ""},
		{"by what is the bureau's own", func(q *Query) { q.GroupBy = BySellerNature }, "", "query:group_by"},
		{"of what is the bureau's own", func(q *Query) { q.Origin = Imported }, "", "query:origin"},
		{"whether a challenge led to it", func(q *Query) { q.FromChallenge = "yes" }, "", "query:from_challenge"},
		{"neither yes nor no", func(q *Query) { q.FromChallenge = "true" }, "没有 true 这个取值", "query:from_challenge"},
		{"no subkind", func(q *Query) { q.Subkind = "town" }, "没有 town 这个取值", "query:subkind"},
		{"an office that there is not", func(q *Query) { q.Office = "XX99" }, "没有登记机构 XX99", "query:office"},
		{"as of today", func(q *Query) { q.AsOf = when.MustDay("2026-11-28") }, "", "query:as_of"},
		{"as of tomorrow", func(q *Query) { q.AsOf = when.MustDay("2026-11-29") }, "2026-11-29 尚未到来", "query:as_of"},
		{"as of the end of this month", func(q *Query) { q.AsOf = when.MustDay("2026-11-30") }, "query:as_of", "query:as_of"},
		{"as of the end of the last month", func(q *Query) { q.AsOf = when.MustDay("2026-10-31") }, "", ""},
		{"a level without regions", func(q *Query) { q.GroupBy, q.RegionLevel = ByKind, RegionCity }, "query:region_level", "query:region_level"},
		{"no level", func(q *Query) { q.GroupBy, q.RegionLevel = ByBuyerRegion, "town" }, "query:region_level", "query:region_level"},
	} {
		q := good
		c.change(&q)
		for actor, at := range map[*policy.Actor]string{&operator: c.at, {}: c.public} {
			_, err := b.Turnover(t.Context(), *actor, q)
			if (err == nil) != (at == "") || (err != nil && !strings.Contains(saying(err), at)) {
				t.Errorf("%s, operator: %v: %v, expected at %q", c.name, actor.Operator, err, at)
			}
		}
	}
}

// What the day must be is said at once: who corrects it as the message says is not refused again.
func TestADayAsOfWhichTheresNothingIsToldWhole(t *testing.T) {
	for asOf, today := range map[string]string{"2026-11-29": "2026-11-28", "2026-12-31": "2026-11-28", "2026-10-15": "2026-11-28", "2026-12-01": "2026-10-31"} {
		var bad fault.Fields
		checkAsOf(&bad, when.MustDay(asOf), when.MustDay(today), true)
		if len(bad) != 1 || bad[0].Pointer != "query:as_of" || !strings.Contains(bad[0].Message.ZH, "2026-10-31") || !strings.Contains(bad[0].Message.EN, "end of a month that is not after today") {
			t.Errorf("%s on %s: %+v", asOf, today, bad)
		}
	}
	for _, public := range []bool{true, false} {
		var bad fault.Fields
		checkAsOf(&bad, when.MustDay("2026-11-30"), when.MustDay("2026-11-30"), public)
		checkAsOf(&bad, when.Day{}, when.MustDay("2026-11-30"), public)
		if len(bad) > 0 {
			t.Errorf("public %t: %+v", public, bad)
		}
	}
}

func TestARegionHasItsPlaceInSQLAndInGo(t *testing.T) {
	b := open(t, dbtest.New(t, db.SQLite))
	b.append(t, registered(one())...)
	for _, code := range testBuyers {
		for _, of := range append([]string{"abroad", "unknown", "DEU", "FRA"}, testRegions...) {
			var n int64
			q := b.db.Reader.Table("(SELECT ? AS code) AS t", code)
			if err := (Scope{SellerRegion: of}).narrow(q, BySellerRegion, "code").Count(&n).Error; err != nil {
				t.Fatal(err)
			}
			if (n == 1) != ref.InPlace(code, of) {
				t.Errorf("%s within %s: SQL says %t", code, of, n == 1)
			}
		}
	}
}

// Versions before keep no sums by field, or by whether a challenge led to a contract: what they appended beside this one is counted all the same,
// and the next append makes up for it.
func TestWhatAnEarlierVersionAppendedIsInTheSums(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		b.history(t, rand.New(rand.NewPCG(11, 3)), 30)
		q := Query{From: when.MustDay("2024-01-01"), To: when.MustDay("2026-12-31"), By: Yearly, GroupBy: ByField}
		b.set("2027-01-01T12:00:00Z")
		before := len(b.all(t))
		for _, sql := range []string{"DELETE FROM ledger_rollups WHERE dimension LIKE '%field%' OR dimension = 'from_challenge'", "UPDATE ledger_head SET summed = 0, challenges_summed = 0"} {
			if err := b.db.Writer.Exec(sql).Error; err != nil {
				t.Fatal(err)
			}
		}
		holds := func() {
			t.Helper()
			b.verified(t)
			answer, err := b.Turnover(t.Context(), operator, q)
			if want := naive(b.all(t), q); err != nil || !reflect.DeepEqual(byKey(answer.Rows, want), want) {
				t.Errorf("%+v, want %v; %v", answer.Rows, want, err)
			}
		}
		holds()
		b.append(t, registered(one())...)
		holds()
		if h, err := head(b.db.Reader.Session(&gorm.Session{})); err != nil || h.Summed != h.Seq || h.ChallengesSummed != h.Seq || h.Seq != int64(before+1) {
			t.Errorf("%+v, %v", h, err)
		}
	})
}

// A table whose rows are rounded for people need not add up to its rounded total: the total is of the entries, and exact, and so is each row.
func TestATotalIsOfEntriesAndNotOfRoundedRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		cities := []string{"340100", "340200", "340300", "340400", "340500", "340600", "340700", "340800"}
		each, err := money.Read("0.0454亿元") // 0.05 亿 as people read it
		if err != nil {
			t.Fatal(err)
		}
		for _, city := range cities {
			s := one()
			s.BuyerRegion, s.Turnover, s.Technology = city, each, each
			b.append(t, registered(s)...)
		}
		answer, err := b.Turnover(t.Context(), operator, Query{From: when.MustDay("2026-01-01"), To: when.MustDay("2026-12-31"), By: Yearly, GroupBy: ByBuyerRegion, RegionLevel: RegionCity})
		if err != nil {
			t.Fatal(err)
		}
		hundredths := func(f money.Fen) money.Fen { const unit = 1_000_000 * money.Yuan; return (f + unit/2) / unit } // of 亿
		var rounded, sum money.Fen
		for _, r := range answer.Rows {
			rounded, sum = rounded+hundredths(r.Turnover), sum+r.Turnover
		}
		if want := 36_320_000 * money.Yuan; answer.Total.Turnover != want || sum != want || len(answer.Rows) != len(cities) {
			t.Errorf("the total is %s, the rows sum to %s, want %s", answer.Total.Turnover, sum, want)
		}
		if hundredths(answer.Total.Turnover) == rounded {
			t.Errorf("the example shows nothing: %d both ways", rounded)
		}
	})
}
