package people

import (
	"time"

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
	Expertise   `gorm:"embedded"` // of an expert; of a broker chains and agency
	Licence     `gorm:"embedded"` // of a broker
	ValidFrom   when.Day
	ValidTo     when.Day `json:",omitzero"` // the last day; none when open
	// An entry counts on the days that an operator confirmed who neither proposed them nor is the person. They are days of the entry.
	ProposedBy    *uuid.UUID // whose word the last days that were added are; unknown of some that are old
	ConfirmedBy   *uuid.UUID
	ConfirmedAt   *time.Time
	ConfirmedFrom when.Day `json:",omitzero"`
	ConfirmedTo   when.Day `json:",omitzero"`
}

func (Entry) TableName() string { return "register_entries" }
func (*Entry) Noun() string     { return "register_entry" }

// Facts: who proposed it does not confirm it, nor does the person.
func (e *Entry) Facts() policy.Facts {
	f := policy.Facts{Subject: e.AccountID}
	if e.ProposedBy != nil {
		f.Submitter = *e.ProposedBy
	}
	return f
}

// ValidOn tells whether the entry holds on a day: it is one of its days, and was confirmed.
func (e *Entry) ValidOn(d when.Day) bool {
	return d.Within(e.ValidFrom, e.ValidTo) && !e.ConfirmedFrom.IsZero() && d.Within(e.ConfirmedFrom, e.ConfirmedTo)
}

// Confirmed tells whether all its days were confirmed.
func (e *Entry) Confirmed() bool {
	return !e.ConfirmedFrom.IsZero() && !e.ValidFrom.Before(e.ConfirmedFrom) && !later(e.ValidTo, e.ConfirmedTo)
}

// later tells whether a last day is later than another; none is later than any.
func later(a, b when.Day) bool { return !b.IsZero() && (a.IsZero() || a.After(b)) }

// shorten keeps what is confirmed within the entry's days: what was taken away comes back by another confirmation only.
func (e *Entry) shorten() {
	if e.ConfirmedFrom.IsZero() {
		return
	}
	if e.ConfirmedFrom.Before(e.ValidFrom) {
		e.ConfirmedFrom = e.ValidFrom
	}
	if later(e.ConfirmedTo, e.ValidTo) {
		e.ConfirmedTo = e.ValidTo
	}
	if !e.ConfirmedTo.IsZero() && e.ConfirmedTo.Before(e.ConfirmedFrom) { // none of the confirmed days is left
		e.ConfirmedFrom, e.ConfirmedTo = when.Day{}, when.Day{}
	}
}

// confirm is the word of a second operator.
func (e *Entry) confirm(by uuid.UUID, now time.Time) error {
	if err := e.notOver(when.DayOf(now)); err != nil {
		return err
	}
	if e.Confirmed() {
		return fault.NothingToConfirm.New()
	}
	if before := e.ConfirmedFrom; (before.IsZero() || e.ValidFrom.Before(before)) && tooOld(e.ValidFrom, when.DayOf(now)) {
		return fault.EntryTooOld.New()
	}
	e.ConfirmedBy, e.ConfirmedAt, e.ConfirmedFrom, e.ConfirmedTo = &by, &now, e.ValidFrom, e.ValidTo
	return nil
}

// over tells that the entry's last day lies behind.
func (e *Entry) over(today when.Day) bool { return !e.ValidTo.IsZero() && e.ValidTo.Before(today) }

func (e *Entry) notOver(today when.Day) error {
	if e.over(today) {
		return fault.EntryOver.New()
	}
	return nil
}

func (e *Entry) notBegun(today when.Day) error {
	if e.ConfirmedAt != nil && !e.ValidFrom.After(today) { // one that nobody confirmed never was in force
		return fault.EntryBegun.New()
	}
	return nil
}

// Correction is what may change of an entry: who it is about, and where, may not; that is another entry.
type Correction struct {
	Certificate        string
	Expertise          Expertise
	Licence            Licence
	ValidFrom, ValidTo when.Day
}

// correct changes an entry that is not over. What has been is not changed: the first day of one that has begun, and days before today.
func (e *Entry) correct(in Correction, today when.Day) error {
	if err := e.notOver(today); err != nil {
		return err
	}
	var bad fault.Fields
	moved := in.ValidFrom != e.ValidFrom
	bad.Check(!moved || e.ValidFrom.After(today), "/valid_from", fault.Immutable, "条目已经生效，起日不可更改", "The entry has begun; its first day cannot change")
	bad.Check(!moved || !in.ValidFrom.Before(today), "/valid_from", fault.TooEarly, "起日须为今日或以后", "It begins today or later")
	bad.Check(in.ValidTo.IsZero() || !in.ValidTo.Before(today), "/valid_to", fault.TooEarly, "止日须为今日或以后", "It ends today or later")
	bad.Check(in.ValidTo.IsZero() || !in.ValidTo.Before(in.ValidFrom), "/valid_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	bad.Length(in.Certificate, "/certificate", 0, 100)
	bad.Check(in.Licence.Level == e.Level || e.Level == "" || e.ValidFrom.After(today), "/level", fault.Immutable,
		"条目已经生效，等级不可更改；升级请结束本条目并另立一条", "The entry has begun and keeps its level; end it and enter another at the new one")
	if err := bad.Err(); err != nil {
		return err
	}
	e.Certificate, e.Expertise, e.Licence, e.ValidFrom, e.ValidTo = in.Certificate, in.Expertise, in.Licence, in.ValidFrom, in.ValidTo
	return nil
}

// end gives an entry its last day, which is today or later.
func (e *Entry) end(last, today when.Day) error {
	if err := e.notOver(today); err != nil {
		return err
	}
	var bad fault.Fields
	bad.Check(!last.Before(today), "/last_day", fault.TooEarly, "止日须为今日或以后", "It ends today or later")
	bad.Check(!last.Before(e.ValidFrom), "/last_day", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	bad.Check(last != e.ValidTo, "/last_day", fault.Unchanged, "止日没有变化", "It ends on that day already")
	if err := bad.Err(); err != nil {
		return err
	}
	e.ValidTo = last
	return nil
}

// Input is what an entry takes.
type Input struct {
	Kind                          Register
	Username, Office, Certificate string
	Expertise                     Expertise
	Licence                       Licence
	ValidFrom, ValidTo            when.Day
}

// longest is how far back an entry may begin, in days: power is given for what comes, and for a past that those who give it can overlook.
const longest = 366

func tooOld(from, today when.Day) bool { return from.Before(today.AddDays(-longest)) }

func (in Input) check(today when.Day) error {
	var bad fault.Fields
	bad.Check(!tooOld(in.ValidFrom, today), "/valid_from", fault.OutOfRange, "起日至多可追溯一年，不早于 %[1]s", "It begins a year ago at most, not before %[1]s", today.AddDays(-longest))
	bad.Check(in.Kind != policy.Registrar || in.Office != "", "/office", fault.Required, "登记员须属于一个登记机构", "A registrar belongs to an office")
	bad.Check(in.Kind == policy.Registrar || in.Office == "", "/office", fault.NotOffered, "只有登记员有登记机构", "Only a registrar has an office")
	bad.Check(in.ValidTo.IsZero() || !in.ValidTo.Before(in.ValidFrom), "/valid_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	return bad.Err()
}
