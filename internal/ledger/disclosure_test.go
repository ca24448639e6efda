package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// fable is a short ledger in memory whose amounts say which entries a figure is made of: entry n turns over 2^n fen.
type fable struct {
	entries []Entry
	sets    map[uuid.UUID]uint64 // by contract, its entries
}

var (
	fableKinds   = []codes.ContractKind{codes.Development, codes.License}
	fableOffices = []string{"SY01", "SY02"}
	fableSellers = []string{"210112", "210106", "210211"}
	fableBuyers  = []string{"", "210112", "210211", "210202", "210000", "110105", "320500", "DEU", "USA"}
	fableFields  = []codes.Field{"nuclear", "environment"}
)

// fableBegins is the first month in which something may count.
var fableBegins = when.MustDay("2025-11-01").Month()

// courseOf is the streams of a fable: as entries come, and late.
type courseOf struct{ now, late stream }

func newCourse() *courseOf {
	c := &courseOf{}
	c.late.late = true
	return c
}

func (c *courseOf) take(e *Entry) {
	c.now.take(e)
	c.late.take(e)
}

func (c *courseOf) at(over when.Month) public {
	p, late := c.now.at(over), c.late.at(over)
	p.late, p.arrears = late.released, late.arrears
	return p
}

func drawFable(t *rapid.T) fable {
	f := fable{sets: map[uuid.UUID]uint64{}}
	day := when.MustDay("2026-01-01")
	type live struct {
		id uuid.UUID
		in Frozen
	}
	var contracts []live
	pick := func() Frozen {
		return Frozen{
			ContractKind: rapid.SampledFrom(fableKinds).Draw(t, "kind"), Office: rapid.SampledFrom(fableOffices).Draw(t, "office"),
			SellerRegion: rapid.SampledFrom(fableSellers).Draw(t, "seller"), BuyerRegion: rapid.SampledFrom(fableBuyers).Draw(t, "buyer"),
			Field: rapid.SampledFrom(fableFields).Draw(t, "field"),
		}
	}
	add := func(id uuid.UUID, in Frozen, contracts int64) {
		n := len(f.entries)
		f.sets[id] |= 1 << n
		posted := day
		if f.sets[id] == 1<<n && rapid.IntRange(0, 4).Draw(t, "late") == 0 { // taken over: nothing else counts in a month that is over
			posted = fableBegins.AddMonths(rapid.IntRange(0, 2).Draw(t, "posted")).First()
		}
		f.entries = append(f.entries, Entry{
			Seq: int64(n + 1), PostedOn: posted, RecordedOn: day, RecordedAt: day.Start(),
			Posting: Posting{ContractID: id, Frozen: in, Figures: Figures{Contracts: contracts, Turnover: 1 << n}},
		})
	}
	size := rapid.IntRange(1, 58).Draw(t, "entries")
	same := pick()
	for len(f.entries) < size {
		day = day.AddDays(rapid.IntRange(0, 6).Draw(t, "days"))
		switch roll := rapid.IntRange(0, 11).Draw(t, "what"); {
		case roll < 9 || len(contracts) == 0:
			in := same // the same again, as often as not: a release within a month needs that
			if rapid.Bool().Draw(t, "elsewhere") {
				in = pick()
			}
			c := live{uuid.New(), in}
			contracts = append(contracts, c)
			add(c.id, c.in, 1)
		case roll < 10:
			c := contracts[rapid.IntRange(0, len(contracts)-1).Draw(t, "amended")]
			add(c.id, c.in, 0)
		case roll < 11:
			i := rapid.IntRange(0, len(contracts)-1).Draw(t, "moved")
			add(contracts[i].id, contracts[i].in, -1)
			contracts[i].in = pick()
			add(contracts[i].id, contracts[i].in, 1)
		default:
			i := rapid.IntRange(0, len(contracts)-1).Draw(t, "cancelled")
			add(contracts[i].id, contracts[i].in, -1)
			contracts = slices.Delete(contracts, i, i+1)
		}
	}
	return f
}

// involved is how many contracts a set of entries is of.
func (f fable) involved(set uint64) (n int) {
	for _, entries := range f.sets {
		if entries&set != 0 {
			n++
		}
	}
	return n
}

// publicQueries are all that the public may ask about a range: every grouping with every level, every filter and every two.
func publicQueries(from, to when.Month, asOf when.Day) (out []Query) {
	scopes := []Scope{{}}
	for _, k := range fableKinds {
		scopes = append(scopes, Scope{Kind: k})
	}
	for _, o := range fableOffices {
		scopes = append(scopes, Scope{Office: o})
	}
	for _, f := range fableFields {
		scopes = append(scopes, Scope{Field: f}, Scope{Field: f, BuyerRegion: "abroad"})
	}
	for _, r := range []string{"210000", "210100", "210211", "110000", "abroad", "DEU"} {
		scopes = append(scopes, Scope{SellerRegion: r}, Scope{BuyerRegion: r}, Scope{SellerRegion: "210100", BuyerRegion: r}, Scope{Office: "SY01", BuyerRegion: r})
	}
	for _, s := range scopes {
		for _, by := range []Period{Monthly, Yearly} {
			if by == Yearly && from == to {
				continue
			}
			for _, d := range append([]Dimension{""}, dimensions...) {
				levels := []RegionLevel{""}
				if d.region() {
					levels = []RegionLevel{RegionCounty, RegionCity, RegionProvince}
				}
				for _, l := range levels {
					q := Query{From: from.First(), To: to.Last(), By: by, GroupBy: d, RegionLevel: l, Scope: s, AsOf: asOf}
					if q.checkPublic(when.MustDay("2027-12-31")) == nil {
						out = append(out, q)
					}
				}
			}
		}
	}
	return out
}

// answers collects what the public may learn: the set of entries behind each row, each total, and each total less a row.
type answers map[uint64]string

func (a answers) ask(t *rapid.T, p public, q Query) {
	answer := Turnover{Query: q, Public: true}
	if err := answer.tell(p); err != nil {
		t.Fatal(err)
	}
	var sum Figures
	note := func(f Figures, what string) {
		if f.Turnover < 0 {
			t.Fatalf("%+v: %s", q, what)
		}
		if f != (Figures{}) && f.Contracts < fewest {
			t.Fatalf("%+v: %s shows %d contracts", q, what, f.Contracts)
		}
		if _, known := a[uint64(f.Turnover)]; !known {
			a[uint64(f.Turnover)] = fmt.Sprintf("%+v: %s", q, what)
		}
	}
	for _, r := range answer.Rows {
		sum = sum.Plus(r.Figures)
		note(r.Figures, fmt.Sprint("row ", r.Period, " ", r.Group, r.Merged))
		rest := answer.Total.Minus(r.Figures)
		if rest.Turnover != 0 {
			note(rest, fmt.Sprint("all but row ", r.Period, " ", r.Group, r.Merged))
		}
	}
	if sum != answer.Total {
		t.Fatalf("%+v: the rows sum to %+v, the total is %+v", q, sum, answer.Total)
	}
	note(answer.Total, "total")
}

// attack compares each two answers: what the one has and the other has not is of three contracts at the least, or nothing.
func (f fable) attack(t *rapid.T, a answers) {
	sets := slices.Sorted(maps.Keys(a))
	for _, large := range sets {
		for _, small := range sets {
			if small&^large != 0 || small == large {
				continue
			}
			if n := f.involved(large &^ small); n < fewest {
				t.Fatalf("%d contracts (entries %b) by\n  %s\nless\n  %s", n, large&^small, a[large], a[small])
			}
		}
	}
}

func TestNoTwoPublicAnswersTellFewContracts(t *testing.T) {
	released, late := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		f := drawFable(rt)
		learnt := answers{0: "nothing"}
		s, first := newCourse(), fableBegins
		for i := range f.entries {
			e := &f.entries[i]
			month := e.RecordedOn.Month()
			if i > 0 {
				// At the end of each month that is over meanwhile, everything is asked.
				for m := f.entries[i-1].RecordedOn.Month(); m.Before(month); m = m.AddMonths(1) {
					for _, q := range publicQueries(first, m, when.Day{}) {
						learnt.ask(rt, s.at(m), q)
					}
				}
			}
			s.take(e)
			// And within the month after each entry, what moves.
			for _, d := range append([]Dimension{""}, dimensions...) {
				learnt.ask(rt, s.at(month.AddMonths(-1)), Query{From: first.First(), To: month.Last(), By: Monthly, GroupBy: d})
			}
		}
		last := f.entries[len(f.entries)-1].RecordedOn.Month()
		p := s.at(last)
		released, late = released+len(p.released), late+len(p.late)
		for _, q := range publicQueries(first, last, when.Day{}) {
			learnt.ask(rt, p, q)
		}
		for m := first; m.Before(last); m = m.AddMonths(1) {
			for _, q := range publicQueries(first, last, m.Last()) {
				learnt.ask(rt, p, q)
			}
			for _, q := range publicQueries(m, m, when.Day{}) {
				learnt.ask(rt, p, q)
			}
		}
		f.attack(rt, learnt)
	})
	if released == 0 || late == 0 {
		t.Errorf("%d were ever released, and %d of what came late", released, late)
	}
}

// All of the ledger becomes public, once enough is together: what the bureau sees and what the public sees differ by what waits.
func TestWhatIsReleasedIsTheLedger(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := drawFable(rt)
		s := newCourse()
		for i := range f.entries {
			s.take(&f.entries[i])
		}
		last := f.entries[len(f.entries)-1].RecordedOn.Month()
		p := s.at(last)
		answer := Turnover{Query: Query{From: fableBegins.First(), To: last.Last(), By: Yearly}}
		if err := answer.tell(p); err != nil {
			rt.Fatal(err)
		}
		want := uint64(1)<<len(f.entries) - 1
		for i := range f.entries {
			if e := &f.entries[i]; e.late() && slices.Contains(p.arrears, e.PostedOn.Month()) || !e.late() && !p.waiting.IsZero() && !e.RecordedOn.Month().Before(p.waiting) {
				want &^= 1 << i
			}
		}
		if got := uint64(answer.Total.Turnover); got&want != want {
			rt.Fatalf("public are %b of the entries %b; waiting since %q", got, want, p.waiting)
		}
	})
}

// what the public reads of a ledger: rows as "period group contracts".
func (b *book) told(t *testing.T, actor policy.Actor, q Query) string {
	t.Helper()
	answer, err := b.Turnover(t.Context(), actor, q)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range answer.Rows {
		if r.Figures == (Figures{}) {
			continue
		}
		words := []string{r.Period}
		switch {
		case r.Merged != nil:
			words = append(words, strings.Join(r.Merged, "+"))
		case q.GroupBy != "":
			words = append(words, cmp.Or(r.Group, "unknown"))
		}
		out = append(out, fmt.Sprint(strings.Join(words, " "), " ", r.Contracts))
	}
	return strings.Join(out, ", ")
}

func (b *book) register(t *testing.T, buyers ...string) {
	t.Helper()
	for _, buyer := range buyers {
		s := one()
		s.BuyerRegion = buyer
		b.append(t, registered(s)...)
	}
}

// Every period that was asked for has a row, by whatever period, and of a group that is nowhere shown by itself, too.
func TestAPublicSeriesIsWhole(t *testing.T) {
	b := open(t, dbtest.New(t, db.SQLite))
	b.offices(t)
	b.register(t, "210112", "210112", "210211", "210211")
	b.set("2026-02-05T03:00:00Z")
	for by, want := range map[Period]string{Monthly: "2025-11 2025-12 2026-01 2026-02", Quarterly: "2025-Q4 2026-Q1", Yearly: "2025 2026"} {
		answer, err := b.Turnover(t.Context(), policy.Actor{}, Query{From: when.MustDay("2025-11-01"), To: when.MustDay("2026-02-28"), By: by, GroupBy: ByBuyerRegion})
		if err != nil {
			t.Fatal(err)
		}
		var periods []string
		for _, r := range answer.Rows {
			if (r.Merged == nil) != (r.Contracts == 0) {
				t.Errorf("by %s: %+v", by, r)
			}
			if !slices.Contains(periods, r.Period) {
				periods = append(periods, r.Period)
			}
		}
		if got := strings.Join(periods, " "); got != want || answer.Total.Contracts != 4 {
			t.Errorf("by %s: %s, want %s; %+v in all", by, got, want, answer.Total)
		}
	}
}

func TestThePublicSeesThreeContractsInEachCellAtTheLeast(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		b.offices(t)
		member := policy.Actor{Account: uuid.New(), Member: []uuid.UUID{uuid.New()}}
		another := policy.Actor{Account: uuid.New(), Registers: map[policy.Register][]string{policy.Registrar: {"DL01"}}}
		q := Query{From: when.MustDay("2026-01-01"), To: when.MustDay("2026-12-31"), By: Monthly, GroupBy: ByBuyerRegion}
		same := func(want string) {
			t.Helper()
			for _, actor := range []policy.Actor{{}, member, registrar, another} {
				if got := b.told(t, actor, q); got != want {
					t.Errorf("told %q, want %q", got, want)
				}
			}
		}
		b.register(t, "210112", "210112")
		same("") // the running month has gained two
		b.register(t, "210112")
		same("2026-01 210112 3")
		b.register(t, "210112", "210211", "210202", "110105", "110105", "110105", "")
		same("2026-01 210112 3") // and one or two in other cells

		b.set("2026-02-01T03:00:00Z") // the month is over; of what came since, 110105 has three, the others had to be merged with the next smallest
		same("2026-01 110105 3, 2026-01 +210112+210202+210211 7")
		q.RegionLevel = RegionProvince
		same("2026-01 110000 3, 2026-01 +210000 7")
		q.RegionLevel = ""
		q.GroupBy, q.BuyerRegion = "", "210211"
		same("") // no filter tells it either
		q.BuyerRegion = "110000"
		same("2026-01 3")
		q.BuyerRegion = "unknown"
		same("") // nor one that asks for what is not known
		q.BuyerRegion = ""
		same("2026-01 10")

		office := q
		office.Office, office.GroupBy = "SY01", ByBuyerRegion
		if got := b.told(t, registrar, office); got != "2026-01 unknown 1, 2026-01 110105 3, 2026-01 210112 4, 2026-01 210202 1, 2026-01 210211 1" {
			t.Errorf("a registrar of the office is told %q", got)
		}
		unknown := office
		unknown.GroupBy, unknown.BuyerRegion = "", "unknown"
		if got := b.told(t, registrar, unknown); got != "2026-01 1" {
			t.Errorf("of what is not known a registrar of the office is told %q", got)
		}
		if got := b.told(t, another, office); got != "2026-01 110105 3, 2026-01 +210112+210202+210211 7" {
			t.Errorf("a registrar of another office is told %q", got)
		}

		// A month of one contract waits for the next.
		b.set("2026-02-10T03:00:00Z")
		b.register(t, "110105")
		b.set("2026-03-05T03:00:00Z")
		same("2026-01 10")
		b.register(t, "110105", "210112", "210112")
		b.set("2026-04-05T03:00:00Z")
		same("2026-01 10, 2026-03 4")
		answer, err := b.Turnover(t.Context(), policy.Actor{}, q)
		if err != nil || answer.Rows[2].Since != when.MustDay("2026-02-01").Month() || !answer.Rows[1].Withheld || answer.Rows[0].Withheld || answer.Rows[2].Withheld || !answer.Rows[3].Withheld {
			t.Errorf("%+v, %v", answer.Rows, err)
		}
		// As of February it had not been released.
		q.AsOf = when.MustDay("2026-02-28")
		same("2026-01 10")
		answer, err = b.Turnover(t.Context(), policy.Actor{}, q)
		if err != nil || !answer.Rows[1].Withheld || answer.Rows[0].Withheld {
			t.Errorf("as of February: %+v, %v", answer.Rows, err)
		}
		if answer.Head.Month.String() != "2026-03" || answer.Head.Seq != 14 || !answer.Head.RecordedAt.IsZero() {
			t.Errorf("the public head is %+v", answer.Head)
		}
	})
}

func TestThePublicHeadIsThatOfAMonth(t *testing.T) {
	b := open(t, dbtest.New(t, db.SQLite))
	for _, c := range []struct {
		now, month string
		seq        int64
	}{{"2026-01-31T15:59:00Z", "", 0}, {"2026-01-31T16:10:00Z", "", 0}, {"2026-01-31T16:16:00Z", "2026-01", 1}} {
		if c.month == "" && len(b.all(t)) == 0 {
			b.register(t, "210112")
		}
		b.set(c.now)
		h, err := b.Head(t.Context(), policy.Actor{})
		if err != nil || h.Month.String() != c.month || h.Seq != c.seq {
			t.Errorf("at %s: %+v, %v", c.now, h, err)
		}
		if h, err := b.Head(t.Context(), registrar); err != nil || h.Seq != 1 || h.RecordedAt.IsZero() {
			t.Errorf("at %s a registrar sees %+v, %v", c.now, h, err)
		}
	}
}

func TestARegistrarReadsTheEntriesOfTheirOffice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		b.offices(t)
		b.history(t, rand.New(rand.NewPCG(5, 5)), 40)
		counts := map[string]int{}
		for _, e := range b.all(t) {
			counts[e.Office]++
		}
		page, err := b.Entries(t.Context(), registrar, Filter{}, db.Paging{Limit: 100})
		if err != nil || len(page.Items) != counts["SY01"] || counts["SY01"] == 0 || counts["DL01"] == 0 {
			t.Errorf("%d entries of %v, %v", len(page.Items), counts, err)
		}
		if _, err := b.Entries(t.Context(), registrar, Filter{Scope: Scope{Office: "DL01"}}, db.Paging{Limit: 100}); err == nil {
			t.Error("a registrar reads the entries of another office")
		}
		if page, err = b.Entries(t.Context(), operator, Filter{Scope: Scope{Office: "DL01"}}, db.Paging{Limit: 100}); err != nil || len(page.Items) != counts["DL01"] {
			t.Errorf("%d entries, %v", len(page.Items), err)
		}
	})
}

// A year of a city: tables are cut in a moment, and most of what is large enough is told.
func TestACitysYearIsCutInAMoment(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	var s stream
	day := when.MustDay("2026-01-01")
	for n := range 8000 {
		at := day.AddDays(n * 365 / 8000)
		in := Frozen{ContractKind: testKinds[dice.IntN(3)], Office: testOffices[dice.IntN(3)], SellerRegion: fmt.Sprintf("2101%02d", 1+dice.IntN(12)),
			BuyerRegion: fmt.Sprintf("%02d01%02d", 11+dice.IntN(1+dice.IntN(40)), 1+dice.IntN(5))}
		s.take(&Entry{Seq: int64(n + 1), RecordedOn: at, PostedOn: at, Posting: Posting{ContractID: uuid.New(), Frozen: in,
			Figures: Figures{1, money.Fen(dice.Int64N(1e9)), 1}}})
	}
	answer := Turnover{Query: Query{From: day, To: when.MustDay("2026-12-31"), By: Monthly, GroupBy: ByBuyerRegion, RegionLevel: RegionProvince}}
	if err := answer.tell(s.at(day.Month().AddMonths(11))); err != nil {
		t.Fatal(err)
	}
	var merged, all int64
	for _, r := range answer.Rows {
		all += r.Contracts
		if r.Merged != nil {
			merged += r.Contracts
		}
	}
	if all != 8000 || merged*20 > all {
		t.Errorf("of %d contracts %d are in merged rows", all, merged)
	}
}
