// Package casttest is the cast of test people: organizations with their members, offices with their registrars, operators and
// strangers, made by direct calls of the use cases. It is for tests of packages below orgs; tests over HTTP have api/apitest.
package casttest

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/offices"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Cheap is a password hash that costs next to nothing.
var Cheap = accounts.Cost{Memory: 64, Passes: 1, Lanes: 1}

// Password is everybody's.
const Password = "correct horse battery"

// Clock is a clock that tests set. It stands still, or moves on by Tick at each look, as time does.
type Clock struct {
	Tick time.Duration
	mu   sync.Mutex
	now  time.Time
}

// Now is the when.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(c.Tick)
	return c.now
}

// Set moves the clock to an instant in RFC 3339.
func (c *Clock) Set(instant string) {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		panic(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t.UTC()
}

// Cast is a database with an operator.
type Cast struct {
	*testing.T
	DB       *db.DB
	Unit     *work.Unit
	Secrets  *seal.Keys
	Clock    *Clock
	Accounts *accounts.Service
	Orgs     *orgs.Service
	Offices  *offices.Service
	People   *people.Service
	Operator work.Call
	Deputy   work.Call // another operator, who confirms
	Wake     func()    // called after each commit that emitted a Change; set it before the first
	serial   int
}

// Each runs fn with a cast on each database.
func Each(t *testing.T, fn func(c *Cast)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, o db.Options) { fn(New(t, o)) })
}

// New opens a database.
func New(t *testing.T, o db.Options, options ...work.Option) *Cast {
	t.Helper()
	c := &Cast{T: t, DB: dbtest.Open(t, o), Clock: &Clock{}}
	c.Clock.Set("2026-03-10T04:00:00Z") // a Tuesday, noon in Shanghai
	var err error
	c.Secrets, err = seal.Open(filepath.Join(t.TempDir(), "secrets.json"), true)
	c.Must(err)
	c.Unit = work.New(c.DB, c.Clock.Now, func() {
		if c.Wake != nil {
			c.Wake()
		}
	}, append(options, work.WithSecrets(c.Secrets))...)
	c.Accounts, c.Orgs, c.Offices, c.People = accounts.New(c.Unit, Cheap), orgs.New(c.Unit), offices.New(c.Unit), people.New(c.Unit)
	c.Accounts.AtEnd(orgs.AccountEnds, people.AccountEnds)
	a, err := c.Accounts.CreateOperator(t.Context(), accounts.SignUpInput{Username: "operator", Password: Password, Name: "周运营"}, "")
	c.Must(err)
	c.Operator = c.As(policy.Actor{Account: a.ID, Username: a.Username, Operator: true})
	a, err = c.Accounts.CreateOperator(t.Context(), accounts.SignUpInput{Username: "deputy", Password: Password, Name: "金副手"}, "")
	c.Must(err)
	c.Deputy = c.As(policy.Actor{Account: a.ID, Username: a.Username, Operator: true})
	return c
}

// Operator is what signing up somebody of the bureau takes.
func Operator(username string) accounts.SignUpInput {
	return accounts.SignUpInput{Username: username, Password: Password, Name: username}
}

// As is a call by somebody.
func (c *Cast) As(actor policy.Actor) work.Call { return work.Call{Operation: "test", Actor: actor} }

// Person signs up; an account alone may do little.
func (c *Cast) Person(username string) work.Call {
	c.Helper()
	a, err := c.Accounts.SignUp(c.Context(), work.Call{Operation: "test"}, accounts.SignUpInput{Username: username, Password: Password, Name: username})
	c.Must(err)
	return c.As(policy.Actor{Account: a.ID, Username: username})
}

// Organization is an organization and its people.
type Organization struct {
	ID             uuid.UUID
	Version        int64
	Code           string    // credit code
	Editor, Second work.Call // its administrator, and another member where there is one
}

// Pending makes an organization of one member that nobody has verified.
func (c *Cast) Pending(name, kind, region string) Organization {
	c.Helper()
	editor := c.Person(c.name("editor"))
	o := Organization{Code: c.CreditCode()}
	a, err := c.Orgs.Create(c.Context(), editor, orgs.Input{
		Name: name, Kind: kind, CreditCode: o.Code, Region: region,
		Contact: orgs.Contact{Name: "联系人", Phone: "024-00000000", Email: editor.Actor.Username + "@example.org"},
	})
	c.Must(err)
	o.ID, o.Version, o.Editor = a.ID, a.View.Version, c.Again(editor)
	return o
}

// Single makes a verified organization of one member.
func (c *Cast) Single(name, kind, region string) Organization {
	c.Helper()
	o := c.Pending(name, kind, region)
	c.Verify(&o)
	return o
}

// Organization makes a verified organization of two members.
func (c *Cast) Organization(name, kind, region string) Organization {
	c.Helper()
	o := c.Pending(name, kind, region)
	c.Enlarge(&o)
	c.Verify(&o)
	return o
}

// Enlarge gives an organization its second member.
func (c *Cast) Enlarge(o *Organization) {
	c.Helper()
	second := c.Person(c.name("second"))
	a, err := c.Orgs.AddMember(c.Context(), o.Editor, o.ID, o.Version, orgs.Offer{Username: second.Actor.Username})
	c.Must(err)
	c.Must(c.Orgs.Join(c.Context(), second, o.ID))
	o.Version, o.Second = a.View.Version, c.Again(second)
}

// Verify has the operator verify an organization.
func (c *Cast) Verify(o *Organization) {
	c.Helper()
	a, err := c.Orgs.Verify(c.Context(), c.Operator, o.ID, o.Version)
	c.Must(err)
	o.Version = a.View.Version
}

// Office sets up a registration office.
func (c *Cast) Office(code, region string) {
	c.Helper()
	_, err := c.Offices.Create(c.Context(), c.Operator, offices.Input{Code: code, Name: "登记机构 " + code, Region: region})
	c.Must(err)
}

// Registrar makes a registrar of an office.
func (c *Cast) Registrar(office string) work.Call {
	c.Helper()
	person := c.Person(c.name("registrar"))
	c.Enter(people.Input{Kind: policy.Registrar, Username: person.Actor.Username, Office: office, ValidFrom: when.DayOf(c.Clock.Now()).AddDays(-300)})
	return c.Again(person)
}

// Enter has an operator enter somebody in a register, and the other confirm it.
func (c *Cast) Enter(in people.Input) uuid.UUID {
	c.Helper()
	a, err := c.People.Enter(c.Context(), c.Operator, in)
	c.Must(err)
	_, err = c.People.Confirm(c.Context(), c.Deputy, a.ID, a.View.Version)
	c.Must(err)
	return a.ID
}

// Again is somebody as they are by now: with their memberships and registers.
func (c *Cast) Again(call work.Call) work.Call {
	c.Helper()
	actor, err := c.Accounts.Named(c.Context(), call.Actor.Username, orgs.ActorPart(), orgs.TiesPart(c.Clock.Now()), people.ActorPart(when.DayOf(c.Clock.Now())))
	c.Must(err)
	return c.As(actor)
}

// CreditCode makes another valid credit code.
func (c *Cast) CreditCode() string {
	c.serial++
	code, err := codes.CompleteCreditCode("91210112", fmt.Sprintf("MA%06d", c.serial))
	c.Must(err)
	return code
}

func (c *Cast) name(role string) string {
	c.serial++
	return fmt.Sprintf("%s%d", role, c.serial)
}

// Must ends the test on an error.
func (c *Cast) Must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// Refused fails the test unless the error is a fault of this definition.
func (c *Cast) Refused(err error, want fault.Definition) {
	c.Helper()
	if !want.Of(err) {
		c.Errorf("got %v, want %s", err, want.Code)
	}
}

// Create runs a use case that makes a record and returns its id; it must go well.
func Create[C, V any](c *Cast, call work.Call, run func(context.Context, work.Call, C) (work.Answer[V], error), in C) uuid.UUID {
	c.Helper()
	a, err := run(c.Context(), call, in)
	c.Must(err)
	return a.ID
}

// Change runs a use case that changes a record; it must go well.
func Change[V any](c *Cast, call work.Call, run func(context.Context, work.Call, uuid.UUID, int64) (work.Answer[V], error),
	id uuid.UUID, version int64) V {
	c.Helper()
	a, err := run(c.Context(), call, id, version)
	c.Must(err)
	return a.View
}

// Decide is Change for a use case that takes something besides.
func Decide[C, V any](c *Cast, call work.Call, run func(context.Context, work.Call, uuid.UUID, int64, C) (work.Answer[V], error),
	id uuid.UUID, version int64, in C) V {
	c.Helper()
	a, err := run(c.Context(), call, id, version, in)
	c.Must(err)
	return a.View
}
