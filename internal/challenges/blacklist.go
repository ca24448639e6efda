package challenges

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Listed is one entry of the integrity blacklist (科研失信名单): an organization, known by its code, that takes no part on these days.
type Listed struct {
	work.Head
	Name string
	Code string
	// ValidFrom and ValidTo are its first and its last day; ValidTo none while it goes on.
	ValidFrom when.Day
	ValidTo   when.Day `json:",omitzero"`
	Reason    string   // what for, and by whose decision
	EnteredBy uuid.UUID
}

func (Listed) TableName() string    { return "integrity_blacklist" }
func (*Listed) Noun() string        { return "blacklist_entry" }
func (*Listed) Facts() policy.Facts { return policy.Facts{} }

type (
	// ListedView is an entry as an operator sees it.
	ListedView struct {
		Listed
		EnteredBy *accounts.Person
		work.Acts
	}
	// ListedAnswer is the outcome of writing an entry.
	ListedAnswer = work.Answer[ListedView]
	// ListedInput is what an entry takes.
	ListedInput struct {
		Name, Code         string
		ValidFrom, ValidTo when.Day
		Reason             string
	}
)

const unlisted work.Deed = "blacklist_entry.delete"

var listedRecords = work.Records[Listed, *Listed, ListedView]{
	Read: policy.BlacklistRead,
	Acts: []work.Act[*Listed, ListedView]{
		{Operation: "replaceBlacklistEntry", Action: policy.BlacklistEdit}, {Operation: "deleteBlacklistEntry", Action: policy.BlacklistEdit},
	},
	Show: func(q *gorm.DB, _ policy.Actor, rows []Listed) ([]ListedView, error) {
		out, people := make([]ListedView, len(rows)), accounts.Roll{}
		for i, r := range rows {
			out[i] = ListedView{Listed: r}
			people.Name(&r.EnteredBy, &out[i].EnteredBy)
		}
		return out, people.Call(q)
	},
}

// into writes the input where it is sound, and refuses days that another entry of the same organization has already.
func (in ListedInput) into(tx *work.Tx, l *Listed) error {
	var bad fault.Fields
	text.Named(&bad, in.Name, "/name", 2, 100)
	codes.CreditCodeInto(&bad, &in.Code, "/code")
	bad.Length(in.Reason, "/reason", 5, 500)
	bad.Check(in.ValidTo.IsZero() || !in.ValidTo.Before(in.ValidFrom), "/valid_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	if err := bad.Err(); err != nil {
		return err
	}
	l.Name, l.Code, l.ValidFrom, l.ValidTo, l.Reason = in.Name, in.Code, in.ValidFrom, in.ValidTo, in.Reason
	q := db.ForUpdate(tx.DB).Where("code = ? AND id <> ? AND (valid_to IS NULL OR valid_to >= ?)", l.Code, l.ID, l.ValidFrom)
	if !l.ValidTo.IsZero() {
		q = q.Where("valid_from <= ?", l.ValidTo)
	}
	var others []Listed
	if err := q.Limit(1).Find(&others).Error; err != nil {
		return err
	}
	if len(others) > 0 {
		return fault.BlacklistThere.New()
	}
	return nil
}

// CreateListed enters an organization; by an operator.
func (s *Service) CreateListed(ctx context.Context, call work.Call, in ListedInput) (ListedAnswer, error) {
	return listedRecords.Do(ctx, s.unit, call, func(tx *work.Tx) (*Listed, error) {
		if err := policy.Check(call.Actor, policy.BlacklistEnter, policy.Facts{}); err != nil {
			return nil, err
		}
		l := &Listed{Head: tx.NewHead(), EnteredBy: call.Actor.Account}
		if err := in.into(tx, l); err != nil {
			return nil, err
		}
		return l, work.Insert(tx, work.Did(policy.BlacklistEnter), l)
	})
}

// ReplaceListed corrects an entry, or gives it its last day; by an operator. What it was stays in the audit trail.
func (s *Service) ReplaceListed(ctx context.Context, call work.Call, id uuid.UUID, version int64, in ListedInput) (ListedAnswer, error) {
	return listedRecords.Change(ctx, s.unit, call, id, version, policy.BlacklistEdit, in.into)
}

// DeleteListed takes out an entry that never should have been; by an operator.
func (s *Service) DeleteListed(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return listedRecords.Delete(ctx, s.unit, call, id, version, policy.BlacklistEdit, unlisted, nil)
}

// GetListed reads one entry.
func (s *Service) GetListed(ctx context.Context, reader policy.Actor, id uuid.UUID) (ListedView, error) {
	return listedRecords.Get(ctx, s.unit, reader, id)
}

// ListedFilter narrows the blacklist; empty fields do not.
type ListedFilter struct {
	Code string   `query:"code" where:"code = ?"`
	On   when.Day `query:"on" where:"valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)"`
}

// ListListed lists the blacklist; for operators.
func (s *Service) ListListed(ctx context.Context, reader policy.Actor, f ListedFilter, p db.Paging) (db.Page[ListedView], error) {
	if err := policy.Check(reader, policy.BlacklistEnter, policy.Facts{}); err != nil {
		return db.Page[ListedView]{}, err
	}
	if f.Code != "" {
		code, err := codes.ReadCreditCode(f.Code, "query:code")
		if err != nil {
			return db.Page[ListedView]{}, err
		}
		f.Code = code
	}
	return listedRecords.List(ctx, s.unit, reader, f, p)
}

// listedOn are the entries of these organizations that hold on a day.
func listedOn(q *gorm.DB, of []string, on when.Day) ([]Listed, error) {
	var rows []Listed
	err := q.Where("code IN ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)", db.Among(of), on, on).Order("id").Find(&rows).Error
	return rows, err
}
