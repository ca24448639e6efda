package contracts

import (
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// contractActs are the operations on contracts. An application about one that is not decided yet keeps others out.
var contractActs = []work.Act[*Contract, View]{
	{Operation: "replaceContract", Action: policy.ContractEdit, When: func(c *Contract, _ *View) error { return c.in(Draft, Refused) }},
	{Operation: "deleteContract", Action: policy.ContractDelete, When: func(c *Contract, _ *View) error { return c.MayBeDeleted() }},
	{Operation: "submitContract", Action: policy.ContractFile, When: func(c *Contract, _ *View) error { return c.in(Draft, Refused) }},
	{Operation: "amendContract", Action: policy.ContractFile, When: mayBeChanged},
	{Operation: "cancelContract", Action: policy.ContractFile, When: mayBeChanged},
}

func mayBeChanged(c *Contract, v *View) error {
	if v.open {
		return fault.ApplicationOpen.New()
	}
	return c.in(Registered, Recorded)
}

// in refuses a contract that is in none of these states.
func (c *Contract) in(states ...State) error {
	return work.In(c.State, states...)
}

// applicationActs are the operations on applications. Who refuses in the second review is the second reviewer.
var applicationActs = []work.Act[*Application, ApplicationView]{
	{Operation: "withdrawApplication", Action: policy.ApplicationBack, When: func(a *Application, _ *ApplicationView) error { return a.Withdraw() }},
	{Operation: "answerSupplement", Action: policy.ApplicationFill, When: in(SupplementRequested)},
	{Operation: "startReview", Action: policy.ApplicationTake, When: func(a *Application, _ *ApplicationView) error { return a.Take(uuid.Nil, time.Time{}) }},
	{Operation: "requestSupplement", Action: policy.ApplicationWant, When: in(Submitted, UnderReview)},
	{Operation: "handOverApplication", Action: policy.ApplicationHand, When: in(UnderReview)},
	{Operation: "releaseApplication", Action: policy.ApplicationFree, When: func(a *Application, _ *ApplicationView) error { return a.Release() }},
	{Operation: "passReview", Action: policy.ApplicationPass, When: func(a *Application, _ *ApplicationView) error { return a.Pass(uuid.Nil, "", time.Time{}) }},
	{Operation: "grantApplication", Action: policy.ApplicationEnd, When: func(a *Application, _ *ApplicationView) error { return a.Grant(uuid.Nil, Grant{}, time.Time{}) }},
	{Operation: "refuseApplication", Action: policy.ApplicationDeny, When: in(UnderReview, SupplementRequested)},
	{Operation: "refuseApplication", Action: policy.ApplicationEnd, When: in(SecondReview)},
}

// in refuses an application that is in none of these states.
func in(states ...State) func(*Application, *ApplicationView) error {
	return func(a *Application, _ *ApplicationView) error {
		return work.In(a.State, states...)
	}
}
