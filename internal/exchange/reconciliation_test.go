package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebang/internal/casttest"
	"jiebang/internal/contracts"
	"jiebang/internal/ledger"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/teams"
	"jiebang/internal/work"
)

// registrations is a table of contracts that were registered in 2025.
func registrations(rows int) []byte {
	var b strings.Builder
	b.WriteString("合同登记编号,合同名称,合同类别,登记日期,签订日期,成交额（万元）,卖方名称,卖方所在地,买方名称,买方所在地,技术领域\n")
	for i := range rows {
		fmt.Fprintf(&b, "20252101%08d,第 %d 份合同,技术服务,2025-%02d-%02d,2025-01-02,%d.5,沈北研究院,210112,第 %d 机械厂,210106,先进制造\n", i, i, 1+i%12, 3+i%20, 1+i%90, i)
	}
	return []byte(b.String())
}

// bureau is an office with two registrars, and a table that the first brought.
type bureau struct {
	*casttest.Cast
	*Service
	first, second work.Call
	rec           *Reconciliation
}

func newBureau(c *casttest.Cast) *bureau {
	c.Office("SY01", "210100")
	b := &bureau{Cast: c, Service: New(c.Unit, nil, nil, results.New(c.Unit), needs.New(c.Unit), teams.New(c.Unit), nil), first: c.Registrar("SY01"), second: c.Registrar("SY01")}
	b.rec = &Reconciliation{Office: "SY01", Source: NationalSystem, State: TableQueued, CreatedBy: b.first.Actor.Account, Mapping: map[string]string{}}
	if _, err := c.Unit.Do(c.Context(), b.first, func(tx *work.Tx) error {
		b.rec.Head, b.rec.StartedAt = tx.NewHead(), &tx.Now
		return work.Insert(tx, work.Did(policy.ReconciliationCreate), b.rec)
	}); err != nil {
		c.Fatal(err)
	}
	return b
}

// again is the table as another process finds it.
func (b *bureau) again(call work.Call) *held {
	rec, err := work.Load[Reconciliation](b.DB.Reader, b.rec.ID)
	b.Must(err)
	return &held{b.Service, rec, call.Actor, call}
}

func (b *bureau) compares(file []byte) error {
	return b.again(b.first).compareFile(b.Context(), &upload{ReaderAt: bytes.NewReader(file), size: int64(len(file))})
}

// confirmed ends the comparison and has what only the table has taken over.
func (b *bureau) confirmed() {
	h := b.again(b.first)
	_, err := b.Unit.Do(b.Context(), b.first, func(tx *work.Tx) error { return h.endComparison(tx, nil) })
	b.Must(err)
	_, err = b.Unit.Do(b.Context(), b.second, func(tx *work.Tx) error {
		r, err := reconciliations.Lock(tx, b.rec.ID)
		if err != nil {
			return err
		}
		return work.Move(tx, r, work.Deed("reconciliation.confirm"), func() error {
			if err := r.propose(b.first.Actor.Account, tx.Now); err != nil {
				return err
			}
			return r.confirm(b.second.Actor.Account, tx.Now)
		})
	})
	b.Must(err)
}

func (b *bureau) takes() (err error) {
	h := b.again(b.second)
	for more := true; more && err == nil; {
		more, err = h.takeSome(b.Context(), b.first.Actor)
	}
	return err
}

func (b *bureau) counted() (contracts_, entries int64) {
	b.Must(b.DB.Reader.Model(&contracts.Contract{}).Where("state = 'registered'").Count(&contracts_).Error)
	b.Must(b.DB.Reader.Model(&ledger.Entry{}).Where("origin = 'imported' AND posted_on < '2026-01-01'").Count(&entries).Error)
	return contracts_, entries
}

// A process that ends in the middle of a comparison or of a takeover leaves whole batches with their place: others go on behind it, also two at once,
// and nothing is doubled.
func TestAReconciliationGoesOnWhereItsProcessEnded(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		b := newBureau(c)
		file := registrations(450)
		half := bytes.SplitAfter(file, []byte("2025210100000249"))[0]
		cut := append(bytes.Clone(half[:bytes.LastIndexByte(half, '\n')+1]), "\"broken"...)
		if err := b.compares(cut); err == nil {
			t.Fatal("a broken file was read to its end")
		}
		if r := b.again(b.first).rec; r.Place != 201 || r.OnlyThere != 200 {
			t.Fatalf("it stands at %+v", r.Tally)
		}
		if err := b.compares(file); err != nil {
			t.Fatal(err)
		}
		if r := b.again(b.first).rec; r.Total != 450 || r.OnlyThere != 450 {
			t.Fatalf("compared %+v", r.Tally)
		}
		b.confirmed()
		if more, err := b.again(b.second).takeSome(b.Context(), b.first.Actor); err != nil || !more {
			t.Fatalf("the first batch: %v", err)
		}
		var all sync.WaitGroup
		errs := make([]error, 3)
		for i := range errs {
			all.Go(func() { errs[i] = b.takes() })
		}
		all.Wait()
		for _, err := range errs {
			if err != nil && !errors.Is(err, errStopped) {
				t.Error(err)
			}
		}
		b.Must(b.takes())
		if n, entries := b.counted(); n != 450 || entries != 450 {
			t.Errorf("%d contracts, %d entries", n, entries)
		}
		if r := b.again(b.first).rec; r.Taken != 450 || r.OnlyThere != 0 || r.LeftOut != 0 {
			t.Errorf("taken over %+v", r.Tally)
		}
		report, err := contracts.New(c.Unit, nil, nil).Verify(c.Context())
		b.Must(err)
		for _, p := range report.Problems {
			t.Errorf("verify: %s", p)
		}
	})
}

// A registrar who belongs to a party takes its contract over neither as the first nor as the second.
func TestATiedRegistrarTakesNothingOver(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		b := newBureau(c)
		if err := b.compares(registrations(3)); err != nil {
			t.Fatal(err)
		}
		b.confirmed()
		o := c.Organization("沈北研究院", "institute", "210112")
		tied := b.first.Actor
		tied.Member = append(tied.Member, o.ID)
		tied.Ties = append(tied.Ties, o.Editor.Actor.Ties...)
		more, err := b.again(b.second).takeSome(c.Context(), policy.Actor{Account: tied.Account, Member: tied.Member, Ties: c.Again(o.Editor).Actor.Ties, Registers: tied.Registers})
		if err != nil || !more {
			t.Fatal(err)
		}
		if r := b.again(b.first).rec; r.LeftOut != 3 || r.Taken != 0 || r.Unsettled != 3 {
			t.Errorf("taken over %+v", r.Tally)
		}
	})
}

// TestMeasureTakeover tells how fast 8,000 registered contracts are compared and taken over on each database:
//
//	JIEBANG_MEASURE=1 go test ./internal/exchange -run MeasureTakeover -v
func TestMeasureTakeover(t *testing.T) {
	if os.Getenv("JIEBANG_MEASURE") == "" {
		t.Skip("a measurement: set JIEBANG_MEASURE")
	}
	casttest.Each(t, func(c *casttest.Cast) {
		b := newBureau(c)
		file := registrations(8000)
		begin := time.Now()
		b.Must(b.compares(file))
		compared := time.Since(begin)
		b.confirmed()
		begin = time.Now()
		b.Must(b.takes())
		t.Logf("8,000 rows: compared in %.1f s, taken over in %.1f s", compared.Seconds(), time.Since(begin).Seconds())
		if n, _ := b.counted(); n != 8000 {
			t.Errorf("%d are there", n)
		}
	})
}
