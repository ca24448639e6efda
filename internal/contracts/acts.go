package contracts

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// contractActs are the operations on contracts. An application about one that is not decided yet keeps others out.
var contractActs = []work.Act[*Contract, View]{
	{Operation: "replaceContract", Action: policy.ContractEdit, When: func(c *Contract, _ *View) error { return c.in(Draft, Refused) }},
	{Operation: "deleteContract", Action: policy.ContractDelete, When: func(c *Contract, v *View) error { return c.MayBeDeleted(v.ApplicationID != nil) }},
	{Operation: "submitContract", Action: policy.ContractFile, When: func(c *Contract, _ *View) error { return c.in(Draft, Refused) }, Asks: ownerVerified},
	{Operation: "recordPayment", Action: policy.ContractPay, When: func(c *Contract, _ *View) error { return c.mayBePaid() }},
	{Operation: "amendContract", Action: policy.ContractFile, When: mayBeChanged},
	{Operation: "cancelContract", Action: policy.ContractFile, When: mayBeChanged},
	{Operation: "proposeRevocation", Action: policy.ContractRevoke, When: mayBeChanged},
}

// ownerVerified refuses to file for an organization that nobody has verified.
func ownerVerified(q *gorm.DB, c *Contract) error {
	owner := c.mended().OwnerID
	if owner == nil {
		return nil
	}
	return orgs.MustBeVerified(q, *owner)
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
	{Operation: "withdrawApplication", Action: policy.RevocationWithdraw, When: func(a *Application, _ *ApplicationView) error { return a.Retract() }},
	{Operation: "answerSupplement", Action: policy.ApplicationFill, When: in(SupplementRequested)},
	{Operation: "startReview", Action: policy.ApplicationTake, When: func(a *Application, v *ApplicationView) error { return a.Take(uuid.Nil, time.Time{}, v.free) }},
	{Operation: "requestSupplement", Action: policy.ApplicationWant, When: ours(in(Submitted, UnderReview, ExpertReview))},
	{Operation: "handOverApplication", Action: policy.ApplicationHand, When: func(a *Application, _ *ApplicationView) error { return a.HandOver(uuid.Nil, time.Time{}) }},
	{Operation: "releaseApplication", Action: policy.ApplicationFree, When: func(a *Application, _ *ApplicationView) error { return a.Release() }},
	{Operation: "passReview", Action: policy.ApplicationPass, When: ours(in(UnderReview))},
	{Operation: "recordExpertOpinion", Action: policy.ApplicationHear, When: ours(in(ExpertReview))},
	{Operation: "noteApplication", Action: policy.ApplicationNote},
	{Operation: "grantApplication", Action: policy.ApplicationEnd, When: func(a *Application, _ *ApplicationView) error { return a.Grant(uuid.Nil, Grant{}, time.Time{}) }},
	{Operation: "refuseApplication", Action: policy.ApplicationDeny, When: ours(in(UnderReview, ExpertReview, SupplementRequested))},
	{Operation: "refuseApplication", Action: policy.ApplicationEnd, When: in(SecondReview)},
}

// in refuses an application that is in none of these states.
func in(states ...State) func(*Application, *ApplicationView) error {
	return func(a *Application, _ *ApplicationView) error {
		return work.In(a.State, states...)
	}
}

// ours refuses besides what another registrar has taken.
func ours(when func(*Application, *ApplicationView) error) func(*Application, *ApplicationView) error {
	return func(a *Application, v *ApplicationView) error {
		if v.another {
			return fault.TakenByAnother.New()
		}
		return when(a, v)
	}
}
