package policy

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/fault"
)

var (
	org, other       = uuid.New(), uuid.New()
	me, somebodyElse = uuid.New(), uuid.New()
)

func TestWhatEachRelationMeans(t *testing.T) {
	member := Actor{Account: me, Member: []uuid.UUID{org}}
	registrar := Actor{Account: me, RegistrarAt: []string{"SY01"}}
	tied := Actor{Account: me, RegistrarAt: []string{"SY01"}, Member: []uuid.UUID{org}}
	for _, c := range []struct {
		relation Relation
		actor    Actor
		facts    Facts
		holds    bool
	}{
		{Anyone, Actor{}, Facts{}, true},
		{Reader, Actor{}, Facts{Public: true}, true},
		{Reader, Actor{}, Facts{}, false},
		{SignedIn, Actor{}, Facts{}, false},
		{SignedIn, member, Facts{}, true},
		{Self, member, Facts{Account: me}, true},
		{Self, Actor{}, Facts{}, false}, // a visitor is nobody's account, not even the one without an id
		{Author, Actor{}, Facts{}, false},
		{Member, member, Facts{Owner: org}, true},
		{Member, member, Facts{Owner: other}, false},
		{Member, member, Facts{}, false}, // a record without an owner belongs to nobody
		{SecondMember, member, Facts{Owner: org, Author: somebodyElse}, true},
		{SecondMember, member, Facts{Owner: org, Author: me}, false},
		{Counterpart, member, Facts{Owner: other, Others: []uuid.UUID{org}}, true},
		{Counterpart, member, Facts{Owner: other}, false},
		{Registrar, registrar, Facts{Office: "SY01"}, true},
		{Registrar, registrar, Facts{Office: "DL01"}, false},
		{Registrar, registrar, Facts{}, false},
		{Clerk, registrar, Facts{Office: "SY01", Author: me}, true},
		{Clerk, registrar, Facts{Office: "SY01", Author: somebodyElse}, false},
		{FirstReviewer, registrar, Facts{Office: "SY01", Author: somebodyElse}, true},
		{FirstReviewer, registrar, Facts{Office: "SY01", Author: me}, false},
		{FirstReviewer, tied, Facts{Office: "SY01", Owner: org}, false},
		{FirstReviewer, tied, Facts{Office: "SY01", Others: []uuid.UUID{org}}, false},
		{SecondReviewer, registrar, Facts{Office: "SY01", Author: somebodyElse, Reviewer: somebodyElse}, true},
		{SecondReviewer, registrar, Facts{Office: "SY01", Author: somebodyElse, Reviewer: me}, false},
		{SecondOperator, Actor{Account: me, Operator: true}, Facts{SingleOwner: true, Author: somebodyElse}, true},
		{SecondOperator, Actor{Account: me, Operator: true}, Facts{Author: somebodyElse}, false},
		{SecondOperator, Actor{Account: me, Operator: true}, Facts{SingleOwner: true, Author: me}, false},
	} {
		if got := c.relation.holds(c.actor, c.facts); got != c.holds {
			t.Errorf("%s: %v, want %v (%+v towards %+v)", c.relation, got, c.holds, c.actor, c.facts)
		}
	}
}

func TestARefusalTellsNoMoreThanTheActorMayKnow(t *testing.T) {
	stranger := Actor{Account: me}
	member := Actor{Account: me, Member: []uuid.UUID{org}}
	for _, c := range []struct {
		what   string
		actor  Actor
		action Action
		facts  Facts
		want   fault.Definition
	}{
		{"a visitor reads a draft", Actor{}, ResultRead, Facts{Owner: org}, fault.NotVisible},
		{"a stranger edits a draft", stranger, ResultEdit, Facts{Owner: org}, fault.NotVisible},
		{"a stranger edits what is published", stranger, ResultEdit, Facts{Owner: org, Public: true}, fault.NotAllowed},
		{"a visitor edits what is published", Actor{}, ResultEdit, Facts{Owner: org, Public: true}, fault.SignInRequired},
		{"the submitter publishes", member, ResultPublish, Facts{Owner: org, Author: me}, fault.OwnDecision},
		{"a member makes themself an operator", member, OrgVerify, Facts{Owner: org, Public: true}, fault.NotAllowed},
	} {
		err := Check(c.actor, c.action, c.facts)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != c.want.Code {
			t.Errorf("%s: %v, want %s", c.what, err, c.want.Code)
		}
	}
}

// Whatever the facts, a visitor never does more than read.
func TestAVisitorChangesNothing(t *testing.T) {
	reading := map[Action]bool{
		AccountCreate: true, // signing up is how a visitor becomes somebody
		OrgRead:       true, ResultRead: true, NeedRead: true, TurnoverRead: true, LedgerHead: true,
	}
	for _, r := range Table() {
		if err := Check(Actor{}, r.Action, Facts{Public: true}); err == nil && !reading[r.Action] {
			t.Errorf("a visitor may %s", r.Action)
		}
	}
}

// Reading actions that others refer to are in the table, and every rule allows somebody.
func TestTheTableIsWhole(t *testing.T) {
	for _, r := range Table() {
		if len(r.Allow) == 0 {
			t.Errorf("nobody may %s", r.Action)
		}
		if r.Seen != "" {
			if _, there := rules[r.Seen]; !there {
				t.Errorf("%s refers to %s, which has no rule", r.Action, r.Seen)
			}
		}
	}
}
