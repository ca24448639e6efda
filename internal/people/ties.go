package people

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// TieKind is how a person is tied to an organization.
type TieKind string

// The kinds of tie.
const (
	Employer       TieKind = "employer"
	FormerEmployer TieKind = "former_employer"
	Family         TieKind = "family"
	AdviserOf      TieKind = "adviser"
	Shareholder    TieKind = "shareholder"
	OtherTie       TieKind = "other"
)

var tieKinds = []TieKind{Employer, FormerEmployer, Family, AdviserOf, Shareholder, OtherTie}

// Tie is what a person, or an operator for them, has declared that ties them to an organization: whoever has one decides on nothing of its. The
// organization is one of those here, or is known by its name and code.
type Tie struct {
	work.Head
	AccountID        uuid.UUID
	Kind             TieKind
	OrganizationID   *uuid.UUID
	OrganizationName string
	OrganizationCode string // unified social credit code, or the number of a body abroad
	ValidFrom        when.Day
	ValidTo          when.Day `json:",omitzero"` // the last day; none while it goes on
	Note             string
	DeclaredBy       uuid.UUID
}

func (Tie) TableName() string { return "expert_ties" }
func (*Tie) Noun() string     { return "expert_tie" }

// Facts: it is about the person, and no other than they and operators know of it.
func (t *Tie) Facts() policy.Facts { return policy.Facts{Subject: t.AccountID} }

// TieInput is what declaring one takes.
type TieInput struct {
	Username           string // whose it is; empty: one's own
	Kind               TieKind
	Organization       *uuid.UUID
	Name, Code         string // of an organization that is not here
	ValidFrom, ValidTo when.Day
	Note               string
}

func (in TieInput) into(tx *work.Tx, t *Tie) error {
	in.Name, in.Code = strings.TrimSpace(in.Name), strings.TrimSpace(in.Code)
	var bad fault.Fields
	fault.Offered(&bad, in.Kind, "/kind", tieKinds)
	if in.Organization == nil {
		text.Named(&bad, in.Name, "/organization_name", 2, 200)
		codes.CompanyCodeInto(&bad, &in.Code, "/organization_code")
		bad.Length(in.Code, "/organization_code", 0, 50)
	} else {
		bad.Check(in.Name == "" && in.Code == "", "/organization_name", fault.Unexpected, "已指明本系统的单位，不再填名称与代码", "The organization is named by its id; leave name and code out")
	}
	bad.Check(!in.ValidFrom.IsZero(), "/valid_from", fault.Required, "须填起日", "The first day is needed")
	bad.Check(in.ValidTo.IsZero() || !in.ValidTo.Before(in.ValidFrom), "/valid_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	bad.Length(in.Note, "/note", 0, 1000)
	if in.Kind == OtherTie {
		text.Wanted(&bad, in.Note, "/note", "“其他”须说明是何关系", "Say what it is, where it is another")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := thereIs(tx.DB, in.Organization, "/organization_id"); err != nil {
		return err
	}
	t.Kind, t.OrganizationID, t.OrganizationName, t.OrganizationCode = in.Kind, in.Organization, in.Name, in.Code
	t.ValidFrom, t.ValidTo, t.Note = in.ValidFrom, in.ValidTo, in.Note
	return nil
}

// alike tells whether another tie of the person says the same on some of the same days. What "other" is, its note says.
func (t *Tie) alike(o Tie) bool {
	if t.Kind != o.Kind || t.Kind == OtherTie && t.Note != o.Note || (t.OrganizationID == nil) != (o.OrganizationID == nil) {
		return false
	}
	switch {
	case t.OrganizationID != nil:
		return *t.OrganizationID == *o.OrganizationID
	case t.OrganizationCode != "" && o.OrganizationCode != "":
		return t.OrganizationCode == o.OrganizationCode
	}
	return codes.NameForm(t.OrganizationName) == codes.NameForm(o.OrganizationName)
}

// once refuses a tie that was declared already. The account is held, so that of two at once one is refused.
func (t *Tie) once(tx *work.Tx) error {
	if err := accounts.Hold(tx, t.AccountID); err != nil {
		return err
	}
	q := tx.Where("account_id = ? AND kind = ? AND id <> ? AND (valid_to IS NULL OR valid_to >= ?)", t.AccountID, t.Kind, t.ID, t.ValidFrom)
	if !t.ValidTo.IsZero() {
		q = q.Where("valid_from <= ?", t.ValidTo)
	}
	var rows []Tie
	if err := q.Order("valid_from, id").Find(&rows).Error; err != nil {
		return err
	}
	for _, o := range rows {
		if !t.alike(o) {
			continue
		}
		if o.ValidTo.IsZero() {
			return fault.TieThere.Because("已有一条 %[1]s，自 %[2]s 起，无止日。", "It is %[1]s, from %[2]s on, without an end.", o.ID, o.ValidFrom)
		}
		return fault.TieThere.Because("已有一条 %[1]s，%[2]s 至 %[3]s。", "It is %[1]s, from %[2]s to %[3]s.", o.ID, o.ValidFrom, o.ValidTo)
	}
	return nil
}

// ties is how ties are read and written.
var ties = work.Records[Tie, *Tie, TieView]{
	Read: policy.TieRead, Show: showTies, Joined: true,
	Columns: work.Columns{string(policy.Self): "account_id IN ?"},
	Acts:    []work.Act[*Tie, TieView]{{Operation: "replaceExpertTie", Action: policy.TieEdit}},
}

// TieView is a tie with the person and the organization that it names.
type TieView struct {
	Tie
	Person       accounts.Person
	DeclaredBy   accounts.Person
	Organization *orgs.Ref // one of those here
	work.Acts
}

// TieAnswer is the outcome of declaring a tie.
type TieAnswer = work.Answer[TieView]

func showTies(q *gorm.DB, reader policy.Actor, rows []Tie) ([]TieView, error) {
	ids, named := make([]uuid.UUID, 0, 2*len(rows)), make([]orgs.Standing, len(rows))
	for i, t := range rows {
		ids = append(ids, t.AccountID, t.DeclaredBy)
		if t.OrganizationID != nil {
			named[i].Organization = *t.OrganizationID
		}
	}
	people, err := accounts.People(q, ids)
	if err != nil {
		return nil, err
	}
	refs, err := orgs.Shown(q, reader, named)
	out := make([]TieView, len(rows))
	for i, t := range rows {
		out[i] = TieView{Tie: t, Person: people[t.AccountID], DeclaredBy: people[t.DeclaredBy]}
		if t.OrganizationID != nil && err == nil {
			out[i].Organization = &refs[i]
		}
	}
	return out, err
}

// DeclareTie enters a tie; by the person, or by an operator for them.
func (s *Service) DeclareTie(ctx context.Context, call work.Call, in TieInput) (TieAnswer, error) {
	return ties.Do(ctx, s.unit, call, func(tx *work.Tx) (*Tie, error) {
		t := &Tie{Head: tx.NewHead(), AccountID: call.Actor.Account, DeclaredBy: call.Actor.Account}
		if in.Username != "" && in.Username != call.Actor.Username {
			if err := policy.Check(call.Actor, policy.TieDeclareFor, policy.Facts{}); err != nil {
				return nil, err
			}
			account, err := accounts.Find(tx.DB, in.Username, "/username")
			if err != nil {
				return nil, err
			}
			t.AccountID = account.ID
		}
		if err := policy.Check(call.Actor, policy.TieDeclare, t.Facts()); err != nil {
			return nil, err
		}
		if err := in.into(tx, t); err != nil {
			return nil, err
		}
		if err := t.once(tx); err != nil {
			return nil, err
		}
		return t, work.Insert(tx, work.Did(policy.TieDeclare), t)
	})
}

// ReplaceTie corrects a tie, or gives it its last day; by the person or an operator. What it was stays in the audit trail.
func (s *Service) ReplaceTie(ctx context.Context, call work.Call, id uuid.UUID, version int64, in TieInput) (TieAnswer, error) {
	return ties.Change(ctx, s.unit, call, id, version, policy.TieEdit, func(tx *work.Tx, t *Tie) error {
		was := *t
		if err := in.into(tx, t); err != nil {
			return err
		}
		if t.alike(was) && !t.ValidFrom.Before(was.ValidFrom) && !later(t.ValidTo, was.ValidTo) {
			return nil // of two that were declared before this was asked, either can be ended
		}
		return t.once(tx)
	})
}

// GetTie reads one tie; by the person and operators.
func (s *Service) GetTie(ctx context.Context, reader policy.Actor, id uuid.UUID) (TieView, error) {
	return ties.Get(ctx, s.unit, reader, id)
}

// TieFilter narrows a list of ties; empty fields do not.
type TieFilter struct {
	Username     string    `query:"username" where:"account_id IN (SELECT a.id FROM accounts a WHERE a.username = ?)"`
	Organization uuid.UUID `query:"organization_id" where:"organization_id = ?" of:"organizations"`
	On           when.Day  `query:"on" where:"valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)"`
}

// ListTies lists one's own ties, and for an operator everybody's.
func (s *Service) ListTies(ctx context.Context, reader policy.Actor, f TieFilter, p db.Paging) (db.Page[TieView], error) {
	if err := policy.Check(reader, policy.TieList, policy.Facts{}); err != nil {
		return db.Page[TieView]{}, err
	}
	return ties.List(ctx, s.unit, reader, f, p)
}

// TiesOf are the ties of accounts on a day, by account: what was declared, and who the register of experts says employs them. A tie says what
// it is to by the organization's id, or by name and code. It asks no policy.
func TiesOf(q *gorm.DB, of []uuid.UUID, day when.Day) (map[uuid.UUID][]Tie, error) {
	out := map[uuid.UUID][]Tie{}
	if len(of) == 0 {
		return out, nil
	}
	q = q.Session(&gorm.Session{NewDB: true})
	var rows []Tie
	err := q.Where("account_id IN ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)", of, day, day).Order("id").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	var entries []Entry
	err = q.Table("register_entries AS e").Where("e.kind = ? AND e.account_id IN ? AND e.employer_id IS NOT NULL AND "+inForce, policy.Expert, of, day, day, day, day).
		Order("e.id").Find(&entries).Error
	for _, t := range rows {
		out[t.AccountID] = append(out[t.AccountID], t)
	}
	for _, e := range entries {
		out[e.AccountID] = append(out[e.AccountID], Tie{AccountID: e.AccountID, Kind: Employer, OrganizationID: e.EmployerID, ValidFrom: e.ValidFrom, ValidTo: e.ValidTo})
	}
	return out, err
}
