package contracts

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// city is a place with one office, a university that sells, two enterprises that buy, and the people around them.
type city struct {
	*casttest.Cast
	*Service
	ledger *ledger.Service

	university, enterprise, other uuid.UUID

	seller, colleague policy.Actor // members of the university
	buyer             policy.Actor // member of the enterprise
	clerk             policy.Actor // registrar who enters paper contracts
	first, second     policy.Actor // registrars
	tied              policy.Actor // registrar and member of the enterprise
	tiedToOther       policy.Actor // registrar and member of the other enterprise
	elsewhere         policy.Actor // registrar of another office
	operator          policy.Actor
	stranger          policy.Actor
}

// challengeKind is a kind of record that contracts know by its noun alone; what is a challenge here is a published result.
func challengeKind() kinds.Kind {
	k := results.Kind
	k.Noun, k.Counterparts = "challenge", nil
	return k
}

func open(t *testing.T, o db.Options) *city {
	t.Helper()
	// Whatever writes leaves an audit row.
	audited := work.WithGuard(func(tx *work.Tx) error {
		if tx.Audits() == 0 {
			return errors.New("a use case without an audit row")
		}
		return nil
	})
	c := &city{Cast: casttest.New(t, o, audited)}
	c.set("2026-04-08T02:00:00Z")
	c.Service, c.ledger, c.operator = New(c.Unit, c.Secrets, kinds.New(challengeKind())), ledger.New(c.Unit), c.Operator.Actor
	c.Office("SY01", "210100")
	c.Office("DL01", "210200")
	university := c.Organization("盛北理工大学", "university", "210112")
	enterprise, other := c.Single("大连海澜装备有限公司", "enterprise", "210211"), c.Single("沈阳浑河材料有限公司", "enterprise", "210112")
	c.university, c.enterprise, c.other = university.ID, enterprise.ID, other.ID
	c.seller, c.colleague, c.buyer, c.stranger = university.Editor.Actor, university.Second.Actor, enterprise.Editor.Actor, c.Person("stranger").Actor
	registrar := func(office string) policy.Actor { return c.Registrar(office).Actor }
	c.clerk, c.first, c.second, c.elsewhere = registrar("SY01"), registrar("SY01"), registrar("SY01"), registrar("DL01")
	c.tied, c.tiedToOther = registrar("SY01"), registrar("SY01")
	c.tied.Member, c.tiedToOther.Member = []uuid.UUID{c.enterprise}, []uuid.UUID{c.other}
	return c
}

// creditCode makes a code out of a name, the same every time.
func creditCode(name string) string {
	code, err := codes.CompleteCreditCode("91210112", fmt.Sprintf("MA%06d", len(name)*1000+int([]rune(name)[0])%1000))
	if err != nil {
		panic(err)
	}
	return code
}

func (c *city) set(instant string) { c.Clock.Set(instant) }

func (c *city) must(err error) {
	c.Helper()
	c.Must(err)
}

func as(a policy.Actor) work.Call { return work.Call{Operation: "test", Actor: a} }

// terms are a contract of 1.25 million yuan, of which 250,000 buy equipment.
func (c *city) terms() Terms {
	return Terms{
		Title: "高温合金叶片涂层工艺委托开发", Subkind: codes.CommissionedDevelopment,
		Sellers:  []Party{{OrganizationID: &c.university, Name: "盛北理工大学", Region: "210112", Nature: "022"}},
		Buyers:   []Party{{OrganizationID: &c.enterprise, Name: "大连海澜装备有限公司", Region: "210211", Nature: "150"}},
		SignedOn: when.MustDay("2025-11-20"), EffectiveOn: when.MustDay("2025-12-01"), ExpiresOn: when.MustDay("2027-11-30"),
		Turnover: 1_250_000 * money.Yuan, Deductions: []Deduction{{Equipment, "购置喷涂设备一套", 250_000 * money.Yuan}},
		Field: "new_materials", Targets: "涂层结合强度不低于 60 MPa", Acceptance: "双方组织专家验收",
	}
}

func (c *city) input() Input { return Input{Kind: codes.Development, Terms: c.terms()} }

// paper is a contract whose seller has no account here.
func (c *city) paper() Input {
	in := c.input()
	in.Terms.Sellers[0] = Party{Name: "沈阳北方研究所", CreditCode: creditCode("沈阳北方研究所"), Region: "210102", Nature: "021"}
	return in
}

func (c *city) create(by policy.Actor, in Input) *View {
	c.Helper()
	done, err := c.Create(c.Context(), as(by), in)
	c.must(err)
	return c.get(done.ID)
}

func (c *city) get(id uuid.UUID) *View {
	c.Helper()
	contract, err := c.Get(c.Context(), c.operator, id)
	c.must(err)
	return &contract
}

func (c *city) application(id uuid.UUID) *ApplicationView {
	c.Helper()
	a, err := c.GetApplication(c.Context(), c.operator, id)
	c.must(err)
	return &a
}

// file submits a draft and gives its application.
func (c *city) file(by policy.Actor, contract *View) *ApplicationView {
	c.Helper()
	_, err := c.Submit(c.Context(), as(by), contract.ID, contract.Version)
	c.must(err)
	return c.application(*c.get(contract.ID).ApplicationID)
}

// another is why a contract is granted beside its twin: most contracts of these tests are alike.
const another = "另一批次，内容不同"

// grant leads an application through both reviews.
func (c *city) grant(a *ApplicationView) {
	c.Helper()
	_, err := c.StartReview(c.Context(), as(c.first), a.ID, 1)
	c.must(err)
	passed, err := c.Pass(c.Context(), as(c.first), a.ID, 2, "材料齐全，属技术开发")
	c.must(err)
	if passed.View.State == ExpertReview {
		passed, err = c.RecordOpinion(c.Context(), as(c.first), a.ID, 3, c.opinion(Favourable))
		c.must(err)
	}
	_, err = c.Grant(c.Context(), as(c.second), a.ID, passed.View.Version, Grant{TwinReason: another})
	c.must(err)
}

// opinion is what experts say today.
func (c *city) opinion(o Outcome) Opinion {
	return Opinion{HeldOn: when.DayOf(c.Clock.Now()), Experts: []Expert{{Name: "沈以宁", Affiliation: "盛北理工大学"}}, Text: "技术内容完整，交易额构成合理", Outcome: o}
}

func (c *city) registered(by policy.Actor, in Input) *View {
	c.Helper()
	contract := c.create(by, in)
	c.grant(c.file(by, contract))
	return c.get(contract.ID)
}

// entries are the ledger's entries of a contract, the first first.
func (c *city) entries(id uuid.UUID) []ledger.Entry {
	c.Helper()
	page, err := c.ledger.Entries(c.Context(), c.first, ledger.Filter{ContractID: id}, db.Paging{Limit: 100})
	if fault.InvalidInput.Of(err) { // it is not registered
		return nil
	}
	c.must(err)
	out := make([]ledger.Entry, len(page.Items))
	for i, e := range page.Items {
		out[len(out)-1-i] = e
	}
	return out
}

func (c *city) turnover(q ledger.Query) ledger.Turnover {
	c.Helper()
	t, err := c.ledger.Turnover(c.Context(), policy.Actor{Account: uuid.New(), Operator: true}, q)
	c.must(err)
	return t
}

// verify holds every invariant that can be computed again.
func (c *city) verify() {
	c.Helper()
	ours, err := c.Service.Verify(c.Context())
	c.must(err)
	chain, err := c.ledger.Verify(c.Context())
	c.must(err)
	for _, p := range append(ours.Problems, chain.Problems...) {
		c.Error(p)
	}
}
