package people

import (
	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Register names a register; policy knows them all.
type Register = policy.Register

// Entry is one line of a register.
type Entry struct {
	work.Head
	Kind        Register
	AccountID   uuid.UUID
	Office      string // of a registrar; empty for others
	Certificate string
	ValidFrom   when.Day
	ValidTo     when.Day `json:",omitzero"` // the last day; none when open
}

func (Entry) TableName() string      { return "register_entries" }
func (*Entry) Noun() string          { return "register_entry" }
func (e *Entry) Facts() policy.Facts { return policy.Facts{Subject: e.AccountID} }

// ValidOn tells whether the entry holds on a day.
func (e *Entry) ValidOn(d when.Day) bool {
	return !d.Before(e.ValidFrom) && (e.ValidTo.IsZero() || !d.After(e.ValidTo))
}

// Input is what an entry takes.
type Input struct {
	Kind                          Register
	Username, Office, Certificate string
	ValidFrom, ValidTo            when.Day
}

func (in Input) check() error {
	var bad fault.Fields
	bad.Check(in.Kind != policy.Registrar || in.Office != "", "/office", fault.Required, "登记员须属于一个登记机构", "A registrar belongs to an office")
	bad.Check(in.Kind == policy.Registrar || in.Office == "", "/office", fault.NotOffered, "只有登记员有登记机构", "Only a registrar has an office")
	bad.Check(in.ValidTo.IsZero() || !in.ValidTo.Before(in.ValidFrom), "/valid_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	return bad.Err()
}
