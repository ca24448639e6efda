package ledger

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/money"
	"jiebang/internal/offices"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

var operator = policy.Actor{Account: uuid.New(), Operator: true}

var registrar = policy.Actor{Account: uuid.New(), Registers: map[policy.Register][]string{policy.Registrar: {"SY01"}}}

// book is a ledger with a clock that the test sets.
type book struct {
	*Service
	db   *db.DB
	unit *work.Unit

	mu  sync.Mutex
	now time.Time
}

func open(t *testing.T, o db.Options) *book {
	t.Helper()
	b := &book{db: dbtest.Open(t, o), now: at("2026-01-05T02:00:00Z")}
	b.unit = work.New(b.db, b.clock, func() {})
	b.Service = New(b.unit)
	return b
}

func (b *book) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *book) set(instant string) { b.setTime(at(instant)) }

func (b *book) setTime(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = now
}

func (b *book) append(t *testing.T, postings ...Posting) {
	t.Helper()
	_, err := b.unit.Do(t.Context(), work.Call{Operation: "test"}, func(tx *work.Tx) error { return Append(tx, postings...) })
	if err != nil {
		t.Fatalf("append: %v", err)
	}
}

func (b *book) verified(t *testing.T) Report {
	t.Helper()
	r, err := b.Verify(t.Context())
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	for _, p := range r.Problems {
		t.Errorf("verify: %s", p)
	}
	return r
}

func (b *book) all(t *testing.T) []Entry {
	t.Helper()
	var entries []Entry
	if err := b.db.Reader.Order("seq").Find(&entries).Error; err != nil {
		t.Fatal(err)
	}
	return entries
}

// offices makes the offices that the tests post under.
func (b *book) offices(t *testing.T) {
	t.Helper()
	for i, code := range testOffices {
		now := b.clock()
		err := b.db.Writer.Create(&offices.Office{Head: work.Head{ID: work.NewID(), Version: 1, CreatedAt: now, UpdatedAt: now}, Code: code, Name: code + "登记处", Region: testRegions[i]}).Error
		if err != nil {
			t.Fatal(err)
		}
	}
}

// one is a development contract of one million yuan between a university of Shenyang and an enterprise in Dalian.
func one() Standing {
	return Standing{
		Figures{1, 1_000_000 * money.Yuan, 800_000 * money.Yuan},
		Frozen{Office: "SY01", ContractKind: codes.Development, SellerRegion: "210112", BuyerRegion: "210211", Field: "new_materials"},
	}
}

func source() Source {
	return Source{ContractID: work.NewID(), ContractVersion: 5, ApplicationID: work.NewID()}
}

func registered(s Standing) []Posting { return Post(source(), nil, &s) }

func at(instant string) time.Time {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func TestAnEntryCountsInItsShanghaiDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		b.set("2025-12-31T16:00:00Z") // midnight in Shanghai: the first of January
		b.append(t, registered(one())...)
		b.set("2026-01-31T15:59:59Z")
		b.append(t, registered(one())...)
		b.set("2026-01-31T16:30:00Z") // half past midnight on the first of February
		b.append(t, registered(one())...)

		figures, err := b.Turnover(t.Context(), operator, Query{From: when.MustDay("2025-12-01"), To: when.MustDay("2026-12-31"), By: Monthly})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, r := range figures.Rows {
			got[r.Period] = r.Contracts
		}
		if len(got) != 13 || got["2026-01"] != 2 || got["2026-02"] != 1 {
			t.Errorf("contracts by month: %v; two belong to January 2026 and one to February", got)
		}
		if figures.Total.Turnover != 3_000_000*money.Yuan {
			t.Errorf("total %s", figures.Total.Turnover)
		}
	})
}

func TestRecordingNeverGoesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		b.set("2026-02-01T00:00:00Z")
		b.append(t, registered(one())...)
		b.set("2026-01-31T12:00:00Z") // a transaction that began earlier and waited for its turn
		b.append(t, registered(one())...)

		entries := b.all(t)
		if got := entries[1]; got.PostedOn != when.MustDay("2026-01-31") || !got.RecordedAt.Equal(entries[0].RecordedAt) || got.RecordedOn != when.MustDay("2026-02-01") {
			t.Errorf("posted on %s, recorded at %s on %s", got.PostedOn, got.RecordedAt, got.RecordedOn)
		}
		b.verified(t)
	})
}

// A clock that was set back over the end of a month that is published does not add to that month.
func TestWhatIsPublishedOfAMonthStaysAllThereIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		b.register(t, "210112", "210112", "210112")
		b.set("2026-02-01T03:00:00Z")
		if err := b.Keep(t.Context(), b.db); err != nil {
			t.Fatal(err)
		}
		b.set("2026-01-31T03:00:00Z")
		b.register(t, "210112")
		entries := b.all(t)
		if e := entries[3]; e.RecordedOn != when.MustDay("2026-02-01") || e.PostedOn != when.MustDay("2026-01-31") {
			t.Errorf("recorded on %s, posted on %s", e.RecordedOn, e.PostedOn)
		}
		b.set("2026-03-01T03:00:00Z")
		if err := b.Keep(t.Context(), b.db); err != nil {
			t.Fatal(err)
		}
		b.verified(t)
	})
}

func TestAppendersTakeTurns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		const clients, each = 8, 10
		var wait sync.WaitGroup
		errs := make(chan error, clients*each)
		for range clients {
			wait.Go(func() {
				for i := range each {
					was, is := one(), one()
					is.BuyerRegion = "210112"
					postings := registered(one())
					if i%2 == 1 {
						postings = append(postings, Post(source(), &was, &is)...)
					}
					_, err := b.unit.Do(t.Context(), work.Call{Operation: "test"}, func(tx *work.Tx) error { return Append(tx, postings...) })
					errs <- err
				}
			})
		}
		wait.Wait()
		close(errs)
		for err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		if r := b.verified(t); r.Entries != clients*each*2 || r.Head.Seq != r.Entries {
			t.Errorf("%d entries, head %d", r.Entries, r.Head.Seq)
		}
	})
}

func TestTheDatabaseRefusesToChangeEntries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		b.append(t, registered(one())...)
		b.append(t, registered(one())...)
		before := fmt.Sprint(b.all(t))
		statements := []string{
			"UPDATE ledger_entries SET turnover = 1 WHERE seq = 1",
			"UPDATE ledger_entries SET seq = 9 WHERE seq = 2",
			"DELETE FROM ledger_entries WHERE seq = 2",
			"DELETE FROM ledger_entries",
		}
		columns := "id, kind, contract_id, contract_version, application_id, posted_on, recorded_on, recorded_at, contracts, turnover, technology, " +
			"elsewhere, origin, office, contract_kind, contract_subkind, seller_id, seller_region, seller_nature, buyer_id, buyer_region, buyer_nature, chain, field, ip_kind, " +
			"programme, challenge_id, broker_id, result_id, need_id, salt, digest, prev_hash, hash"
		if b.db.Dialect == db.Postgres {
			statements = append(statements, "TRUNCATE ledger_entries", "TRUNCATE ledger_entries CASCADE",
				"INSERT INTO ledger_entries (seq, "+columns+") SELECT 1, "+columns+" FROM ledger_entries WHERE seq = 2 ON CONFLICT (seq) DO UPDATE SET turnover = 1")
		} else {
			for _, replaced := range []string{"1, " + columns, "2, " + columns, "3, " + columns} { // by seq, by all, by id and hash
				statements = append(statements, "INSERT OR REPLACE INTO ledger_entries (seq, "+columns+") SELECT "+replaced+" FROM ledger_entries WHERE seq = 2")
			}
			statements = append(statements, "UPDATE OR REPLACE ledger_entries SET seq = 1 WHERE seq = 2")
		}
		for _, statement := range statements {
			if err := b.db.Writer.Session(&gorm.Session{}).Exec(statement).Error; err == nil {
				t.Errorf("accepted: %s", statement)
			}
		}
		if after := fmt.Sprint(b.all(t)); after != before {
			t.Errorf("entries are now %s", after)
		}
		b.verified(t)
	})
}
