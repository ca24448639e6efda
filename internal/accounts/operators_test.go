package accounts_test

import (
	"testing"

	"jiebang/internal/accounts"
	"jiebang/internal/casttest"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

// One operator gives nobody the bureau's power: who is proposed is an operator once another confirms it, who is not the person.
func TestAnOperatorIsAppointedByTwo(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		c.Office("SY01", "210100")
		person := c.Registrar("SY01")
		read := func() accounts.View {
			v, err := c.Accounts.Read(c.Context(), c.Operator.Actor, person.Actor.Account)
			c.Must(err)
			return v
		}
		id, v := person.Actor.Account, read()
		_, err := c.Accounts.ConfirmOperator(c.Context(), c.Deputy, id, v.Version)
		c.Refused(err, fault.NothingToConfirm)
		_, err = c.Accounts.ProposeOperator(c.Context(), person, id, v.Version)
		c.Refused(err, fault.NotAllowed)
		v = casttest.Change(c, c.Operator, c.Accounts.ProposeOperator, id, v.Version)
		if v.ProposedBy.Username != "operator" || v.Operator || c.Again(person).Actor.Operator {
			c.Errorf("one made an operator: %+v", v)
		}
		_, err = c.Accounts.ProposeOperator(c.Context(), c.Deputy, id, v.Version)
		c.Refused(err, fault.OperatorAlready)
		_, err = c.Accounts.ConfirmOperator(c.Context(), c.Operator, id, v.Version)
		c.Refused(err, fault.OwnDecision)
		v = casttest.Change(c, c.Deputy, c.Accounts.ConfirmOperator, id, v.Version)
		if v.ConfirmedBy.Username != "deputy" || !c.Again(person).Actor.Operator || c.Again(person).Actor.Is(policy.Registrar) {
			c.Errorf("two made no operator, or one who is a registrar still: %+v", v)
		}

		// One takes it away, and it does not come back with the account.
		_, err = c.Accounts.DismissOperator(c.Context(), c.Again(person), id, v.Version)
		c.Refused(err, fault.OwnDecision)
		v = casttest.Change(c, c.Operator, c.Accounts.DismissOperator, id, v.Version)
		if c.Again(person).Actor.Operator || v.ProposedBy != nil {
			c.Errorf("still an operator: %+v", v)
		}
		_, err = c.Accounts.DismissOperator(c.Context(), c.Operator, id, v.Version)
		c.Refused(err, fault.NotOperator)
		deputy := c.Deputy.Actor.Account
		v, err = c.Accounts.Read(c.Context(), c.Operator.Actor, deputy)
		c.Must(err)
		v = casttest.Decide(c, c.Operator, c.Accounts.Deactivate, deputy, v.Version, "已离职")
		v = casttest.Change(c, c.Operator, c.Accounts.Reactivate, deputy, v.Version)
		if v.Operator || c.Again(c.Deputy).Actor.Operator {
			c.Errorf("one operator gave the power back: %+v", v)
		}
		_, err = c.Accounts.DismissOperator(c.Context(), c.Again(c.Operator), c.Operator.Actor.Account, 1)
		c.Refused(err, fault.OwnDecision) // and the last one stays
	})
}
