package ledger

import (
	"math/rand/v2"
	"strings"
	"testing"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
)

func TestTamperingShows(t *testing.T) {
	for _, c := range []struct {
		name, statement string
		says            string
	}{
		{"another amount", "UPDATE ledger_entries SET turnover = turnover + 1 WHERE seq = 3", "entry 3 does not say what its digest was made of"},
		{"another salt", "UPDATE ledger_entries SET salt = salt || 'x' WHERE seq = 3", "entry 3 does not say what its digest was made of"},
		{"another digest", "UPDATE ledger_entries SET digest = 'sha256:00' WHERE seq = 3", "entry 3 is not what its hash was made of"},
		{"counted as registered elsewhere", "UPDATE ledger_entries SET elsewhere = NOT elsewhere WHERE seq = 3", "the entries sum to all"},
		{"another broker", "UPDATE ledger_entries SET broker_id = id WHERE seq = 3", "entry 3 does not say"},
		{"another region", "UPDATE ledger_entries SET buyer_region = '310101' WHERE seq = 3", "the entries sum to buyer_region"},
		{"another day", "UPDATE ledger_entries SET posted_on = '2024-01-01' WHERE seq = 3", "entry 3 does not say"},
		{"an entry taken out", "DELETE FROM ledger_entries WHERE seq = 3", "entry 3 is missing"},
		{"the first entry taken out", "DELETE FROM ledger_entries WHERE seq = 1", "entry 1 is missing"},
		{"two entries taken out", "DELETE FROM ledger_entries WHERE seq IN (3, 4)", "entries 3 to 4 are missing"},
		{"the last entries taken out", "DELETE FROM ledger_entries WHERE seq > (SELECT MAX(seq) - 3 FROM ledger_entries)", "are missing"},
		{"all entries taken out", "DELETE FROM ledger_entries", "entries 1 to"},
		{"two entries swapped", "UPDATE ledger_entries SET seq = CASE seq WHEN 3 THEN -4 ELSE -3 END WHERE seq IN (3, 4)", "entries 3 to 4 are missing"},
		{"an entry besides", "INSERT INTO ledger_entries SELECT seq + 100, '0197a000-0000-7000-8000-000000000000', kind, contract_id, contract_version, application_id, posted_on, recorded_on, recorded_at, " +
			"contracts, turnover, technology, elsewhere, origin, office, contract_kind, contract_subkind, seller_id, seller_region, seller_nature, buyer_id, buyer_region, buyer_nature, chain, field, ip_kind, programme, " +
			"challenge_id, broker_id, result_id, need_id, salt, digest, prev_hash, 'x', belongs_to FROM ledger_entries WHERE seq = 1", "entry 101 is not what its hash was made of"},
		{"no head", "DELETE FROM ledger_head", "the head is missing"},
		{"a month's end", "DELETE FROM ledger_months WHERE month = (SELECT MIN(month) FROM ledger_months)", "which is not kept so"},
		{"a month's end besides", "INSERT INTO ledger_months VALUES ('1999-01', 1, 'x')", "1999-01 is kept to end"},
		{"another end of a month", "UPDATE ledger_months SET hash = 'x'", "another end or none"},
		{"sums of no kind", "INSERT INTO ledger_rollups SELECT elsewhere, period, 'town', posted, value, second, recorded, 1, 1, 1 FROM ledger_rollups WHERE dimension = 'all' AND period = 'day' AND posted = (SELECT MAX(posted) FROM ledger_rollups WHERE period = 'day')", "a sum of no kind"},
		{"all sums", "DELETE FROM ledger_rollups", "which is not kept so"},
		{"the last entry taken out", "DELETE FROM ledger_entries WHERE seq = (SELECT MAX(seq) FROM ledger_entries)", "the head"},
		{"a link that leads elsewhere", "UPDATE ledger_entries SET prev_hash = '00' WHERE seq = 3", "entry 3 does not carry the hash"},
		{"a head that was set back", "UPDATE ledger_head SET seq = seq - 1", "the head"},
		{"a sum that was raised", "UPDATE ledger_rollups SET turnover = turnover + 1 WHERE dimension = 'kind' AND period = 'month' AND posted = (SELECT MIN(posted) FROM ledger_rollups)", "the sums keep kind"},
		{"a sum by field that was lowered", "UPDATE ledger_rollups SET technology = technology - 1 WHERE dimension = 'office+field' AND period = 'day'", "the sums keep office+field"},
		{"a sum that was taken out", "DELETE FROM ledger_rollups WHERE dimension = 'all' AND period = 'day' AND posted = (SELECT MAX(posted) FROM ledger_rollups WHERE period = 'day')", "the entries sum to all"},
		{"a sum of nothing", "INSERT INTO ledger_rollups SELECT elsewhere, period, dimension, '1999-01', value, second, recorded, 1, 1, 1 FROM ledger_rollups WHERE dimension = 'all' LIMIT 1", "the sums keep all"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, o db.Options) {
				b := open(t, o)
				b.history(t, rand.New(rand.NewPCG(3, 3)), 15)
				triggers := []string{"DROP TRIGGER ledger_entries_no_update", "DROP TRIGGER ledger_entries_no_delete"}
				if b.db.Dialect == db.Postgres {
					triggers = []string{"DROP TRIGGER ledger_entries_no_change ON ledger_entries"}
				}
				for _, statement := range append(triggers, c.statement) {
					if err := b.db.Writer.Exec(statement).Error; err != nil {
						t.Fatal(err)
					}
				}
				r, err := b.Verify(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if found := strings.Join(r.Problems, "\n"); !strings.Contains(found, c.says) {
					t.Errorf("found: %s\nexpected: %s", found, c.says)
				}
				if len(r.Problems) > fault.MostProblems+1 {
					t.Errorf("%d problems", len(r.Problems))
				}
			})
		})
	}
}

func TestAnEmptyLedgerIsWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		b := open(t, o)
		if r := b.verified(t); r.Entries != 0 || r.Head.Seq != 0 || r.Head.Hash != "" {
			t.Errorf("%+v", r)
		}
		if total, err := Total(b.db.Reader); err != nil || total != (Figures{}) {
			t.Errorf("total %+v, %v", total, err)
		}
	})
}
