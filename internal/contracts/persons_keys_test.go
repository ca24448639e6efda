package contracts

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/keys"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

func (c *city) keys() *keys.Service { return keys.New(c.Unit, c.Secrets, Persons) }

func TestKeysAreTurnedOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		ks, call := c.keys(), work.Call{Operation: "keys"}
		old := c.Secrets.Newest().ID
		contract := c.create(c.seller, c.withPersons())
		young, err := ks.Rotate(t.Context(), call)
		c.must(err)
		// An old number typed again is found by the mark of the old key, and a new one is sealed by the new key.
		in := c.withPersons()
		in.Terms.Sellers = append(in.Terms.Sellers, person("孙立", sun))
		v, err := c.replace(contract, in)
		c.must(err)
		counts := map[string]int{}
		for _, r := range c.rows(contract.ID) {
			counts[r.KeyID]++
		}
		if len(counts) != 2 || counts[old] != 2 || counts[young] != 1 || v.Terms.Sellers[1].Person.ID != contract.Terms.Sellers[1].Person.ID {
			t.Fatalf("%v", counts)
		}
		list, err := ks.List(t.Context())
		c.must(err)
		if len(list) != 2 || list[0].ID != old || list[0].Total() != 2 || list[1].ID != young || !list[1].Newest || list[1].Total() != 1 {
			t.Errorf("%+v", list)
		}
		if err := ks.Retire(t.Context(), call, young); err == nil {
			t.Error("the newest key was retired")
		}
		if err := ks.Retire(t.Context(), call, old); !errors.Is(err, keys.ErrInUse) || !strings.Contains(err.Error(), "contract_persons 2") {
			t.Errorf("%v", err)
		}
		done, err := ks.Reseal(t.Context(), call, func(int64) {})
		c.must(err)
		if done.Done != 2 || done.Key != young || len(done.Broken) > 0 {
			t.Errorf("%+v", done)
		}
		c.must(ks.Retire(t.Context(), call, old))
		c.must(ks.Retire(t.Context(), call, old)) // again
		if got := c.Secrets.List(); len(got) != 1 || got[0].ID != young {
			t.Errorf("%v", got)
		}
		report, err := ks.Verify(t.Context())
		c.must(err)
		if report.Values != 3 || len(report.Problems) > 0 {
			t.Errorf("%+v", report)
		}
		// The file fits the database still, and the one of before does not.
		if _, err := keys.Open(c.Unit.Query(t.Context()), c.Secrets.Path(), false); err != nil {
			t.Error(err)
		}
		if err := ks.Retire(t.Context(), call, "0123456789abcdef"); !errors.Is(err, seal.ErrUnknownKey) {
			t.Errorf("%v", err)
		}
		v, err = c.replace(v, c.withPersons()) // whose marks are new
		c.must(err)
		if v.Terms.Sellers[2].Person.ID != contract.Terms.Sellers[2].Person.ID {
			t.Error("the same number became another row")
		}
	})
}

// What cannot be opened is named, keeps its key in use, and hinders nothing else.
func TestABrokenValueIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		ks, call := c.keys(), work.Call{Operation: "keys"}
		old := c.Secrets.Newest().ID
		rows := c.rows(c.create(c.seller, c.withPersons()).ID)
		// Moved from one row to the other, as somebody might who can write to the database.
		c.must(c.DB.Writer.Exec("UPDATE contract_persons SET sealed = ? WHERE id = ?", rows[0].Sealed.Sealed, rows[1].ID).Error)
		report, err := ks.Verify(t.Context())
		c.must(err)
		if report.Values != 2 || len(report.Problems) != 1 || !strings.Contains(report.Problems[0], rows[1].ID.String()) {
			t.Errorf("%+v", report)
		}
		_, err = ks.Rotate(t.Context(), call)
		c.must(err)
		done, err := ks.Reseal(t.Context(), call, func(int64) {})
		c.must(err)
		if done.Done != 1 || len(done.Broken) != 1 {
			t.Errorf("%+v", done)
		}
		if err := ks.Retire(t.Context(), call, old); !errors.Is(err, keys.ErrInUse) {
			t.Errorf("%v", err)
		}
	})
}

func TestANumberThatIsGoneIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		contract := c.create(c.seller, c.withPersons())
		row := c.rows(contract.ID)[1]
		c.must(c.DB.Writer.Exec("DELETE FROM contract_persons WHERE id = ?", row.ID).Error)
		r, err := c.Service.Verify(t.Context())
		c.must(err)
		if len(r.Problems) != 1 || !strings.Contains(r.Problems[0], row.ID.String()) || !strings.Contains(r.Problems[0], contract.Number) {
			t.Errorf("%+v", r)
		}
	})
}

// A transaction that seals by a key holds it: retiring waits, and then finds the value.
func TestAKeyIsNotRetiredUnderAWriter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		ks, call := c.keys(), work.Call{Operation: "keys"}
		contract := c.create(c.seller, c.withPersons())
		// A process that never notices the rotation seals by the old key.
		copied, err := os.ReadFile(c.Secrets.Path())
		c.must(err)
		c.must(os.WriteFile(c.Secrets.Path()+".copy", copied, 0o600))
		late, err := seal.Open(c.Secrets.Path()+".copy", false)
		c.must(err)
		old := late.Newest()
		_, err = ks.Rotate(t.Context(), call)
		c.must(err)
		_, err = ks.Reseal(t.Context(), call, func(int64) {})
		c.must(err)

		holding, retired := make(chan struct{}), make(chan error, 1)
		go func() {
			<-holding
			retired <- ks.Retire(t.Context(), call, old.ID)
		}()
		_, err = c.Unit.Do(t.Context(), call, func(tx *work.Tx) error {
			key, err := keys.Use(tx, late)
			if err != nil {
				return err
			}
			if key.ID != old.ID {
				t.Errorf("sealed by %s", key)
			}
			row := personRow{ID: work.NewID(), ContractID: contract.ID, Document: codes.ResidentID, Masked: "310***********8884", CreatedAt: tx.Now}
			if row.Sealed, err = Persons.Seal(key, row.ID, plain(row.Document, sun)); err != nil {
				return err
			}
			if err := tx.Create(&row).Error; err != nil {
				return err
			}
			select {
			case <-holding:
			default:
				close(holding)
			}
			time.Sleep(50 * time.Millisecond) // for the other to come, and wait
			return tx.Record("test.sealed", work.Ref{Noun: "contract", ID: contract.ID, Version: 1}, nil, nil)
		})
		c.must(err)
		if err := <-retired; !errors.Is(err, keys.ErrInUse) {
			t.Errorf("retired in spite of a value: %v", err)
		}
	})
}

// Where a request is repeated, nothing that is kept of it lets one try out what stands sealed.
func TestAFingerprintTellsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		call := as(c.seller)
		call.Key, call.Fingerprint = "k1", "the digest of a body with a number in it"
		first, err := c.Create(t.Context(), call, c.withPersons())
		c.must(err)
		if strings.Contains(dump(c), call.Fingerprint) {
			t.Error("the fingerprint is kept as it came")
		}
		_, err = c.keys().Rotate(t.Context(), work.Call{Operation: "keys"})
		c.must(err)
		again, err := c.Create(t.Context(), call, c.withPersons())
		c.must(err)
		if !again.Replayed || again.ID != first.ID {
			t.Errorf("%+v", again)
		}
		call.Fingerprint = "another"
		_, err = c.Create(t.Context(), call, c.withPersons())
		c.refused(err, fault.KeyReused)
	})
}
