package policy

import "slices"

// Action is one thing that somebody may want to do. Several operations of the API may stand for one action.
type Action string

// Rule says who may act, and by which reading action an actor who may not is told so instead of "no such object".
type Rule struct {
	Action Action
	Allow  []Relation
	Seen   Action // empty: that the object exists is no secret; the action itself: whoever may not read it is not told that it exists
}

// The actions.
const (
	AccountCreate   Action = "account.create"
	AccountRead     Action = "account.read"
	OrgCreate       Action = "organization.create"
	OrgRead         Action = "organization.read"
	OrgContact      Action = "organization.read_contact"
	OrgVerify       Action = "organization.verify"
	OrgAddMember    Action = "organization.add_member"
	OrgJoin         Action = "organization.join"
	RegisterEnter   Action = "register.enter"
	RegisterRead    Action = "register.read"
	OfficeCreate    Action = "office.create"
	ResultCreate    Action = "result.create"
	ResultRead      Action = "result.read"
	ResultEdit      Action = "result.edit"
	ResultSubmit    Action = "result.submit"
	ResultPublish   Action = "result.publish"
	ResultReturn    Action = "result.return"
	ResultWithdraw  Action = "result.withdraw"
	ResultInner     Action = "result.read_confidential"
	NeedCreate      Action = "need.create"
	NeedRead        Action = "need.read"
	NeedEdit        Action = "need.edit"
	NeedSubmit      Action = "need.submit"
	NeedPublish     Action = "need.publish"
	NeedReturn      Action = "need.return"
	NeedClose       Action = "need.close"
	NeedInner       Action = "need.read_confidential"
	IntroPropose    Action = "introduction.propose"
	IntroList       Action = "introduction.list"
	IntroRead       Action = "introduction.read"
	IntroContact    Action = "introduction.read_contact"
	IntroAnswer     Action = "introduction.answer"
	DealList        Action = "deal.list"
	DealRead        Action = "deal.read"
	DealAdvance     Action = "deal.advance"
	ContractCreate  Action = "contract.create"
	ContractRead    Action = "contract.read"
	ContractEdit    Action = "contract.edit"
	ContractFile    Action = "contract.file"
	ApplicationList Action = "application.list"
	ApplicationRead Action = "application.read"
	ApplicationTake Action = "application.start_review"
	ApplicationPass Action = "application.pass"
	ApplicationEnd  Action = "application.decide"
	ApplicationDeny Action = "application.refuse"
	LedgerRead      Action = "ledger.read_entries"
	TurnoverRead    Action = "turnover.read"
	LedgerHead      Action = "ledger.read_head"
)

// table is the whole policy, in the order of the chain from an account to turnover.
var table = []Rule{
	{AccountCreate, []Relation{Anyone}, ""},
	{AccountRead, []Relation{Self}, AccountRead},

	{OrgCreate, []Relation{SignedIn}, ""},
	{OrgRead, []Relation{Reader, Author, Member, Operator}, OrgRead},
	{OrgContact, []Relation{Member, Operator}, OrgRead},
	{OrgVerify, []Relation{OtherOperator}, OrgRead},
	{OrgAddMember, []Relation{Admin, Operator}, OrgRead},
	{OrgJoin, []Relation{Self}, OrgJoin},
	{RegisterEnter, []Relation{Operator}, ""},
	{RegisterRead, []Relation{Operator}, ""},
	{OfficeCreate, []Relation{Operator}, ""},

	{ResultCreate, []Relation{Member}, OrgRead},
	{ResultRead, []Relation{Reader, Member, Operator}, ResultRead},
	{ResultInner, []Relation{Member, Operator}, ResultRead},
	{ResultEdit, []Relation{Member}, ResultRead},
	{ResultSubmit, []Relation{Member}, ResultRead},
	{ResultPublish, []Relation{SecondMember, SecondOperator}, ResultRead},
	{ResultReturn, []Relation{SecondMember, SecondOperator}, ResultRead},
	{ResultWithdraw, []Relation{Member, Operator}, ResultRead},

	{NeedCreate, []Relation{Member}, OrgRead},
	{NeedRead, []Relation{Reader, Member, Operator}, NeedRead},
	{NeedInner, []Relation{Member, Operator}, NeedRead},
	{NeedEdit, []Relation{Member}, NeedRead},
	{NeedSubmit, []Relation{Member}, NeedRead},
	{NeedPublish, []Relation{SecondMember, SecondOperator}, NeedRead},
	{NeedReturn, []Relation{SecondMember, SecondOperator}, NeedRead},
	{NeedClose, []Relation{Member, Operator}, NeedRead},

	{IntroPropose, []Relation{Member}, OrgRead},
	// The lists are one organization's own: what there is in them is told to nobody else.
	{IntroList, []Relation{Member, Operator}, ""},
	{IntroRead, []Relation{Member, Counterpart, Operator}, IntroRead},
	{IntroContact, []Relation{Member, Counterpart}, IntroRead},
	{IntroAnswer, []Relation{Counterpart}, IntroRead},
	{DealList, []Relation{Member, Operator}, ""},
	{DealRead, []Relation{Member, Counterpart, Operator}, DealRead},
	{DealAdvance, []Relation{Member, Counterpart}, DealRead},

	// The seller's side files; which side a member is on is the contract's own fact (Owner is the registering party).
	// A clerk of the office enters for a seller who came with paper.
	{ContractCreate, []Relation{Member, Clerk}, ""},
	{ContractRead, []Relation{Member, Clerk, Counterpart, Registrar, Operator}, ContractRead},
	{ContractEdit, []Relation{Member, Clerk}, ContractRead},
	{ContractFile, []Relation{Member, Clerk}, ContractRead},
	{ApplicationList, []Relation{Registrar, Operator}, ""},
	{ApplicationRead, []Relation{Member, Counterpart, Registrar, Operator}, ApplicationRead},
	{ApplicationTake, []Relation{FirstReviewer}, ApplicationRead},
	{ApplicationPass, []Relation{FirstReviewer}, ApplicationRead},
	{ApplicationEnd, []Relation{SecondReviewer}, ApplicationRead},
	{ApplicationDeny, []Relation{FirstReviewer}, ApplicationRead},

	{TurnoverRead, []Relation{Anyone}, ""},
	{LedgerHead, []Relation{Anyone}, ""},
	{LedgerRead, []Relation{AnyRegistrar, Operator}, ""},
}

var rules = func() map[Action]Rule {
	m := make(map[Action]Rule, len(table))
	for _, r := range table {
		if _, twice := m[r.Action]; twice {
			panic("policy: two rules for " + string(r.Action))
		}
		m[r.Action] = r
	}
	return m
}()

// Table lists the rules in the order they are written.
func Table() []Rule { return slices.Clone(table) }
