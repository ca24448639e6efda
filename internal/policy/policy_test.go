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

func TestWhatEachExpressionMeans(t *testing.T) {
	member := Actor{Account: me, Member: []uuid.UUID{org}}
	admin := Actor{Account: me, Member: []uuid.UUID{org}, Admin: []uuid.UUID{org}}
	registering := Actor{Account: me, Registers: map[Register][]string{Registrar: {"SY01"}}}
	tied := Actor{Account: me, Registers: registering.Registers, Member: []uuid.UUID{org}}
	operating := Actor{Account: me, Operator: true}
	for _, c := range []struct {
		who   Who
		actor Actor
		facts Facts
		holds bool
	}{
		{Anyone, Actor{}, Facts{}, true},
		{Public, Actor{}, Facts{Public: true}, true},
		{Public, Actor{}, Facts{}, false},
		{SignedIn, Actor{}, Facts{}, false},
		{SignedIn, member, Facts{}, true},
		{Self, member, Facts{Subject: me}, true},
		{Self, Actor{}, Facts{}, false}, // a visitor is nobody's account, not even the one without an id
		{Author, Actor{}, Facts{}, false},
		{Submitter, Actor{}, Facts{}, false},
		{Decider, Actor{}, Facts{}, false},
		{Member, member, Facts{Owner: org}, true},
		{Member, member, Facts{Owner: other}, false},
		{Member, member, Facts{}, false}, // a record without an owner belongs to nobody
		{Admin, admin, Facts{Owner: org}, true},
		{Admin, member, Facts{Owner: org}, false},
		{Admin, Actor{Account: me, Admin: []uuid.UUID{uuid.Nil}}, Facts{}, false},
		{secondPair, member, Facts{Owner: org, Submitter: somebodyElse}, true},
		{secondPair, member, Facts{Owner: org, Submitter: me}, false},
		{secondPair, operating, Facts{Owner: org, SoleOwner: true, Submitter: somebodyElse}, true},
		{secondPair, operating, Facts{Owner: org, Submitter: somebodyElse}, false},
		{secondPair, operating, Facts{Owner: org, SoleOwner: true, Submitter: me}, false},
		{Counterpart, member, Facts{Owner: other, Others: []uuid.UUID{org}}, true},
		{Counterpart, member, Facts{Owner: other}, false},
		{AtOffice, registering, Facts{Office: "SY01"}, true},
		{AtOffice, registering, Facts{Office: "DL01"}, false},
		{AtOffice, registering, Facts{}, false},
		{registrar, registering, Facts{Office: "SY01", Draft: true}, false},
		{clerk, registering, Facts{Office: "SY01", Author: me, Draft: true}, true},
		{clerk, registering, Facts{Office: "SY01", Author: somebodyElse}, false},
		{reviewer, registering, Facts{Office: "SY01", Author: somebodyElse}, true},
		{reviewer, registering, Facts{Office: "SY01", Author: me}, false},
		{reviewer, registering, Facts{Office: "SY01", Writers: []uuid.UUID{somebodyElse, me}}, false},
		{reviewer, Actor{Account: me, Registers: registering.Registers, Ties: []string{"name:甲"}}, Facts{Office: "SY01", Named: []string{"name:乙", "name:甲"}}, false},
		{reviewer, Actor{Account: me, Registers: registering.Registers, Ties: []string{"name:甲"}}, Facts{Office: "SY01", Named: []string{"code:甲"}}, true},
		{reviewer, registering, Facts{Office: "SY01", Submitter: me}, false},
		{reviewer, tied, Facts{Office: "SY01", Owner: org}, false},
		{reviewer, tied, Facts{Office: "SY01", Others: []uuid.UUID{org}}, false},
		{reviewer.But(Decider), registering, Facts{Office: "SY01", Decider: somebodyElse}, true},
		{reviewer.But(Decider), registering, Facts{Office: "SY01", Decider: me}, false},
	} {
		if got := c.who.holds(&c.actor, &c.facts, false); got != c.holds {
			t.Errorf("%s: %v, want %v (%+v towards %+v)", c.who, got, c.holds, c.actor, c.facts)
		}
	}
}

func TestARefusalTellsNoMoreThanTheActorMayKnow(t *testing.T) {
	stranger := Actor{Account: me}
	member := Actor{Account: me, Member: []uuid.UUID{org}}
	registering := Actor{Account: me, Registers: map[Register][]string{Registrar: {"SY01"}}}
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
		{"the submitter publishes", member, ResultPublish, Facts{Owner: org, Submitter: me}, fault.OwnDecision},
		{"an operator verifies what they entered", Actor{Account: me, Operator: true}, OrgVerify, Facts{Owner: org, Author: me}, fault.OwnDecision},
		{"the first reviewer decides", registering, ApplicationEnd, Facts{Office: "SY01", Decider: me}, fault.OwnDecision},
		{"a registrar of another office decides", registering, ApplicationEnd, Facts{Office: "DL01"}, fault.NotVisible},
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
		// Whoever comes with the secret of a mail is known by it, and asks for such a mail without being known.
		EmailConfirm: true, ResetRequest: true, PasswordReset: true, InvitationLookUp: true, InvitationDecline: true, InboxUnsubscribe: true,
		ObjectionFile: true, // anybody may object, by name and in a way to be reached; an account is not asked for
		NoticeRead:    true, RoundRead: true, ChallengeRead: true, FiguresRead: true, PanelList: true, PanelRead: true,
		OrgRead: true, ZoneRead: true, GradeRead: true, GradeCount: true, BenefitRuleRead: true, OfficeRead: true, ResultRead: true, NeedRead: true, TeamRead: true,
		TurnoverRead: true, OpenDataRead: true, LedgerHead: true, LedgerChain: true, CalendarRead: true, ReferenceRead: true, ChainRead: true,
		IndicatorRead: true, FunnelRead: true, BrokerRead: true, DefinitionRead: true, TargetRead: true, ActualRead: true, ReportRead: true, ClosingRead: true,
		Search: true, MatchText: true,
	}
	for _, r := range Table() {
		if err := Check(Actor{}, r.Action, Facts{Public: true}); err == nil && !reading[r.Action] {
			t.Errorf("a visitor may %s", r.Action)
		}
	}
}

// Reading actions that others refer to are in the table, and every rule has words for the page of permissions.
func TestTheTableIsWhole(t *testing.T) {
	for _, r := range Table() {
		if r.Who.String() == "" {
			t.Errorf("nobody may %s", r.Action)
		}
		if r.Seen != "" {
			if _, there := rules[r.Seen]; !there {
				t.Errorf("%s refers to %s, which has no rule", r.Action, r.Seen)
			}
		}
	}
}
