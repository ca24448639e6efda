package work

import (
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

// table is how a record of one is looked up, and what is said where it is not there.
type table struct {
	absent fault.Place
	known  func(q *gorm.DB, reader policy.Actor, id uuid.UUID) error
}

// Knows tells a unit how to look up whether a reader may know of a record of a table (Records.Known), for filters that name it (db.NamedBy), and with
// what code one is refused that is not there. Whoever owns the table says so while the system is put together.
func (u *Unit) Knows(name string, absent fault.Place, known func(q *gorm.DB, reader policy.Actor, id uuid.UUID) error) {
	u.tables.Store(name, table{absent, known})
}

// Known tells whether the reader may know of a record: fault.NotVisible where it is hidden from them, or is not there.
func (k Records[R, P, V]) Known(q *gorm.DB, reader policy.Actor, id uuid.UUID) error {
	_, err := k.Load(q, reader, id)
	return err
}

// known refuses a filter by a record that is in none of its tables as far as the reader may know: an empty list would say that the record is there and
// has none. What is hidden and what is not there are refused alike.
func (u *Unit) known(q *gorm.DB, reader policy.Actor, filter any) error {
	for _, one := range db.NamedBy(filter) {
		if err := u.knownIn(q, reader, one); err != nil {
			return err
		}
	}
	return nil
}

func (u *Unit) knownIn(q *gorm.DB, reader policy.Actor, one db.Named) error {
	var absent fault.Place
	for _, name := range one.Tables {
		told, is := u.tables.Load(name)
		if !is {
			return fmt.Errorf("work: a filter by %s names %s, of which nobody tells (Unit.Knows)", one.Parameter, name) // a programming error
		}
		t := told.(table)
		absent = t.absent
		if err := t.known(q.Session(&gorm.Session{NewDB: true}), reader, one.ID); err == nil || !fault.NotVisible.Of(err) {
			return err
		}
	}
	return fault.InvalidInput.At("query:"+one.Parameter, absent, "没有标识为 %[1]s 的记录，请核对", "There is no record %[1]s; check the identifier", one.ID)
}
