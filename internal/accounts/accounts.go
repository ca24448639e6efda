// Package accounts decides who somebody is: signing up, signing in, and the bearer tokens that stand for an account.
// What an account may do is asked of policy; which organizations and registers it is in, of orgs and people.
package accounts

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// Account is a person who can sign in.
type Account struct {
	work.Head
	Username string
	// What the user name looks like: another that looks the same is not given. Empty of those that a program of before made.
	UsernameLooks string `json:"-"`
	Name          string
	PasswordHash  string `json:"-"`
	Operator      bool   // works for the bureau that runs the marketplace
	// Who proposed that it does, and who confirmed it. Without them it came by a command on the server, of those beyond the first two for a reason.
	OperatorProposedBy  *uuid.UUID
	OperatorConfirmedBy *uuid.UUID
	OperatorReason      string `json:",omitempty"`
	// The address that mails go to. It was shown to be the account's, and is no other's; empty without one.
	Email           string
	EmailKey        string
	EmailVerifiedAt *time.Time
	// An account that was deactivated signs in no more; its name stays beside what it did.
	DeactivatedAt      *time.Time
	DeactivatedBy      *uuid.UUID
	DeactivationReason string
}

func (Account) TableName() string { return "accounts" }
func (*Account) Noun() string     { return "account" }
func (a *Account) String() string { return a.Username }

// Facts are who it is about, and who proposed that it shall be an operator's.
func (a *Account) Facts() policy.Facts {
	f := policy.Facts{Subject: a.ID}
	if a.proposed() {
		f.Submitter = *a.OperatorProposedBy
	}
	return f
}

// hashed is the hash for try, where the account is read already.
func (a *Account) hashed() (string, error) { return a.PasswordHash, nil }

// Bureau tells whether the account is an operator's.
func (a *Account) Bureau() bool { return a.Operator }
func (a *Account) actor() *policy.Actor {
	return &policy.Actor{Account: a.ID, Username: a.Username, Operator: a.Operator}
}

// SignUpInput is what signing up takes. Lengths and characters are checked by the OpenAPI description.
type SignUpInput struct{ Username, Password, Name string }

// Bounds of a password's length, in characters.
const (
	passwordLeast = 10
	passwordMost  = 200
)

var username = regexp.MustCompile(`^[a-z][a-z0-9._-]{2,39}$`)

// check holds the OpenAPI description's bounds, and its rules of texts and names, also for callers that do not come through the edge.
func (in *SignUpInput) check() error {
	var bad fault.Fields
	text.Into(&bad, &in.Name, "/name", text.Line)
	bad.Check(username.MatchString(in.Username), "/username", fault.Pattern, "三至四十个小写字母、数字或 . _ -", "Three to forty of a-z, 0-9 . _ -")
	text.Named(&bad, in.Name, "/name", 1, 50)
	return bad.Err()
}

// Service signs people up and in, and keeps their sessions and tokens.
type Service struct {
	unit    *work.Unit
	cost    Cost
	in, up  *queue // before hashes: of signing in, and of new passwords
	endings []Ending
	namings []Naming
}

func New(unit *work.Unit, cost Cost) *Service {
	s := &Service{unit: unit, cost: cost}
	s.in, s.up = newQueues()
	return s
}

// SignUp creates an account. Anyone may; an account alone may do little. Done again by the same user name and password, because the
// answer was lost, it gives the account that is there: whoever has both could sign in as well. Under any other password the name is taken.
func (s *Service) SignUp(ctx context.Context, call work.Call, in SignUpInput) (Person, error) {
	if err := policy.Check(call.Actor, policy.AccountCreate, policy.Facts{}); err != nil {
		return Person{}, err
	}
	if known, err := s.again(ctx, in); err != nil || known != nil {
		return known.orNobody(), err
	}
	a, err := s.create(ctx, call, in, nil)
	if fault.UsernameTaken.Of(err) { // by the first of two requests that came at once
		var known *Account
		if known, err = s.again(ctx, in); err == nil && known == nil {
			err = fault.UsernameTaken.New()
		}
		return known.orNobody(), err
	}
	return a, err
}

// again gives the account of somebody who signs up as they did before, or nil where the user name is free.
func (s *Service) again(ctx context.Context, in SignUpInput) (*Account, error) {
	a, err := named(s.unit.Query(ctx), in.Username)
	if err != nil || a == nil {
		return nil, err
	}
	right, err := s.try(ctx, in.Username, a.hashed, in.Password)
	if err == nil && (!right || a.DeactivatedAt != nil) {
		err = fault.UsernameTaken.New()
	}
	if err != nil {
		return nil, err
	}
	s.hit(ctx, in.Username)
	return a, nil
}

func (a *Account) orNobody() Person {
	if a == nil {
		return Person{}
	}
	return a.Person()
}

// named reads the account with a user name, or nil.
func named(q *gorm.DB, username string) (*Account, error) {
	var rows []Account
	if err := q.Where("username = ?", username).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// create makes an account; made, where there is one, has the last word.
func (s *Service) create(ctx context.Context, call work.Call, in SignUpInput, made func(*work.Tx, *Account) error) (Person, error) {
	if err := policy.Check(call.Actor, policy.AccountCreate, policy.Facts{}); err != nil {
		return Person{}, err
	}
	if err := in.check(); err != nil {
		return Person{}, err
	}
	if err := s.fit(s.unit.Query(ctx), &Account{Username: in.Username, Name: in.Name}, in.Password); err != nil {
		return Person{}, err
	}
	hash, err := s.hash(ctx, in.Password)
	if err != nil {
		return Person{}, err
	}
	var a *Account
	_, err = s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if err := apart(tx.DB, in.Username); err != nil {
			return err
		}
		a = &Account{Head: tx.NewHead(), Username: in.Username, UsernameLooks: looks.Replace(in.Username), Name: in.Name, PasswordHash: hash}
		if made != nil {
			if err := made(tx, a); err != nil {
				return err
			}
		}
		err := work.Insert(tx, work.Did(policy.AccountCreate), a)
		if db.Duplicate(err) {
			return fault.UsernameTaken.New()
		}
		return err
	})
	if err != nil {
		return Person{}, err
	}
	return a.Person(), nil
}

// looks writes a user name so that two which a reader takes for each other are the same. The migration that gave the column does likewise.
var looks = strings.NewReplacer("_", ".", "-", ".", "0", "o", "1", "l", "i", "l", "rn", "m", "vv", "w")

// apart refuses a user name that looks like another's.
func apart(q *gorm.DB, username string) error {
	var n int64
	err := q.Model(&Account{}).Where("username_looks = ? AND username <> ?", looks.Replace(username), username).Count(&n).Error
	if err == nil && n > 0 {
		err = fault.UsernameTaken.Because("已有一个看上去相同的用户名（如 l 与 1、o 与 0、. 与 _），请换一个。", "There is a user name that looks the same, as l and 1, o and 0, . and _ do; choose another.")
	}
	return err
}

// Find returns the account with this user name, or says at which place of the input it was not found.
func Find(q *gorm.DB, username, pointer string) (*Account, error) {
	a, err := named(q, username)
	switch {
	case err != nil:
		return nil, err
	case a == nil:
		return nil, fault.InvalidInput.At(pointer, fault.UnknownAccount, "没有这个用户名", "There is no such account")
	case a.DeactivatedAt != nil:
		return nil, fault.InvalidInput.At(pointer, fault.AccountEnded, "该账号已停用", "The account is deactivated")
	}
	return a, nil
}

// CheckNamed refuses a question about a user name that nobody has.
func CheckNamed(q *gorm.DB, username, pointer string) error {
	a, err := named(q, username)
	if err == nil && a == nil {
		err = fault.InvalidInput.At(pointer, fault.UnknownAccount, "没有用户名 %[1]s，请核对", "There is no account %[1]s; check the user name", username)
	}
	return err
}

// Hold locks an account's row, for a use case that bounds how much the account has of something.
func Hold(tx *work.Tx, id uuid.UUID) error {
	_, err := work.Load[Account](db.ForUpdate(tx.DB), id)
	return err
}

// Person is an account as others see it.
type Person struct {
	ID             uuid.UUID
	Username, Name string
}

// Person is the account as others see it.
func (a *Account) Person() Person { return Person{a.ID, a.Username, a.Name} }

// People tells who accounts are, in one query; those that are gone are left out.
func People(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]Person, error) {
	rows, err := work.ByIDs[Account](q, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]Person, len(rows))
	for i := range rows {
		out[rows[i].ID] = rows[i].Person()
	}
	return out, nil
}

// Roll is who is to be named where, in one query for all: first each place is put down with Name, then Call fills them.
type Roll map[uuid.UUID][]**Person

// Name asks for an account, if there is one, to be named at a place.
func (r Roll) Name(id *uuid.UUID, place **Person) {
	if id != nil {
		r[*id] = append(r[*id], place)
	}
}

// Call names everybody; a place of somebody who is gone stays empty.
func (r Roll) Call(q *gorm.DB) error {
	if len(r) == 0 {
		return nil
	}
	people, err := People(q, slices.Collect(maps.Keys(r)))
	for id, places := range r {
		if p, known := people[id]; known {
			for _, place := range places {
				*place = &p
			}
		}
	}
	return err
}

// Names gives the names of accounts, in one query.
func Names(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	people, err := People(q, ids)
	out := make(map[uuid.UUID]string, len(people))
	for id, p := range people {
		out[id] = p.Name
	}
	return out, err
}

// Get reads the account itself.
func (s *Service) Get(ctx context.Context, actor policy.Actor) (Person, error) {
	a, err := work.Load[Account](s.unit.Query(ctx), actor.Account)
	if err != nil {
		return Person{}, err
	}
	return a.Person(), policy.Check(actor, policy.AccountRead, a.Facts())
}
