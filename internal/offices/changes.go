package offices

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

func (o *Office) over(day when.Day) bool { return !o.ValidTo.IsZero() && o.ValidTo.Before(day) }

func (o *Office) open(day when.Day) error {
	if o.over(day) {
		return fault.OfficeEnded.New()
	}
	return nil
}

func (in Input) check() error {
	var bad fault.Fields
	_, known := ref.RegionOf(in.Region)
	bad.Check(known, "/region", fault.UnknownRegion, "没有这个区划代码", "There is no such region code")
	text.Named(&bad, in.Name, "/name", 2, 100)
	return bad.Err()
}

// Edit proposes another name and region of an office; by an operator. It is so once another operator confirms it. Contracts that were filed
// stay where they are. Its code stands in contracts and ledger entries and stays.
func (s *Service) Edit(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	return s.records().Change(ctx, s.unit, call, id, version, policy.OfficeEdit, func(tx *work.Tx, o *Office) error {
		if in.Code != o.Code {
			return fault.InvalidInput.At("/code", fault.Immutable, "机构代码不可更改", "The code cannot change")
		}
		if err := o.open(when.DayOf(tx.Now)); err != nil {
			return err
		}
		if err := in.check(); err != nil {
			return err
		}
		o.Proposal = &Proposal{Name: in.Name, Region: in.Region, ValidTo: o.ValidTo, Successor: o.Successor, By: call.Actor.Account, At: tx.Now}
		return nil
	})
}

// Closing is an office's last day, and who takes over.
type Closing struct {
	Last      when.Day
	Successor string // code of the office that takes over
}

// End proposes an office's last day; by an operator. It is so once another operator confirms it: from the day after its successor takes the
// contracts of its region, its registrars review what is open here, and applications about what was registered here go there. Figures of the
// past stay under its code.
func (s *Service) End(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Closing) (Answer, error) {
	return s.among(ctx, call, id, version, policy.OfficeEnd, func(tx *work.Tx, o *Office, all map[string]*Office) error {
		if err := o.mayEnd(in, all, when.DayOf(tx.Now)); err != nil {
			return err
		}
		o.Proposal = &Proposal{Name: o.Name, Region: o.Region, ValidTo: in.Last, Successor: in.Successor, By: call.Actor.Account, At: tx.Now}
		return nil
	})
}

// Confirm puts in force what another operator has proposed of an office.
func (s *Service) Confirm(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	a, err := s.among(ctx, call, id, version, policy.OfficeConfirm, func(tx *work.Tx, o *Office, all map[string]*Office) error {
		if err := o.confirmable(); err != nil {
			return err
		}
		p, today := o.Proposal, when.DayOf(tx.Now)
		if err := o.open(today); err != nil {
			return err
		}
		if p.ValidTo != o.ValidTo || p.Successor != o.Successor { // days pass, and the other offices may have changed since
			if err := o.mayEnd(Closing{p.ValidTo, p.Successor}, all, today); err != nil {
				return err
			}
		}
		o.Name, o.Region, o.ValidTo, o.Successor = p.Name, p.Region, p.ValidTo, p.Successor
		o.Proposal, o.ConfirmedBy = nil, &call.Actor.Account
		return nil
	})
	if db.Duplicate(err) {
		err = fault.OfficeRegionTaken.New()
	}
	return a, err
}

// Drop takes back what waits; by any operator.
func (s *Service) Drop(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return s.records().Change(ctx, s.unit, call, id, version, policy.OfficeEdit, func(_ *work.Tx, o *Office) error { return o.drop() })
}

func (o *Office) confirmable() error {
	if o.Proposal == nil {
		return fault.NothingToConfirm.New()
	}
	return nil
}

func (o *Office) drop() error {
	if err := o.confirmable(); err != nil {
		return err
	}
	o.Proposal = nil
	return nil
}

// among changes one office with all of them locked, which are few: none may take over from another that it hands over to.
func (s *Service) among(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, method func(*work.Tx, *Office, map[string]*Office) error) (Answer, error) {
	return s.records().Do(ctx, s.unit, call, func(tx *work.Tx) (*Office, error) {
		var all []Office
		if err := db.ForUpdate(tx.DB).Order("id").Find(&all).Error; err != nil {
			return nil, err
		}
		byCode := map[string]*Office{}
		var o *Office
		for i := range all {
			byCode[all[i].Code] = &all[i]
			if all[i].ID == id {
				o = &all[i]
			}
		}
		if o == nil {
			return nil, orElse(policy.Check(call.Actor, action, policy.Facts{}), fault.NotVisible.New())
		}
		return o, work.Change(tx, o, version, action, func() error { return method(tx, o, byCode) })
	})
}

func (o *Office) mayEnd(in Closing, offices map[string]*Office, today when.Day) error {
	if err := o.open(today); err != nil {
		return err
	}
	var bad fault.Fields
	bad.Check(!in.Last.Before(today), "/last_day", fault.TooEarly, "末日须为今日或以后", "It ends today or later")
	next := offices[in.Successor]
	bad.Check(next != nil, "/successor", fault.UnknownOffice, "没有这个登记机构", "There is no such office")
	if next != nil {
		bad.Check(next.Code != o.Code, "/successor", fault.NotOffered, "不能由本机构接替自己", "An office does not take over from itself")
		bad.Check(next.ValidTo.IsZero(), "/successor", fault.NotOffered, "接替的机构也将撤销", "The office that takes over has an end, too")
	}
	return bad.Err()
}

// Works checks that an office which the input names at pointer is there and has not ended on a day, nor today.
func Works(q *gorm.DB, code, pointer string, days ...when.Day) error {
	if err := Exists(q, code, pointer); err != nil {
		return err
	}
	o, err := byCode(q, code)
	if err != nil {
		return err
	}
	for _, day := range days {
		if o.over(day) {
			return fault.InvalidInput.At(pointer, fault.UnknownOffice, "该登记机构已经撤销", "The office has ended")
		}
	}
	return nil
}

// Reach begins a query with the table reach(office, code): for each office that works on a day its own code, and those of the offices that
// it took over from, through any number of steps. It takes the day twice.
const Reach = "WITH RECURSIVE reach(office, code) AS (" +
	"SELECT code, code FROM offices WHERE valid_to IS NULL OR valid_to >= ?" +
	" UNION SELECT reach.office, o.code FROM offices o JOIN reach ON o.successor = reach.code WHERE o.valid_to < ?)"
