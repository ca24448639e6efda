package contracts

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/work"
	"jiebang/internal/work/worktest"
)

// expected are the refusals that a well-formed step may meet. Anything else is a bug.
var expected = []fault.Definition{
	fault.WrongState, fault.VersionStale, fault.NotAllowed, fault.OwnDecision, fault.NotVisible, fault.ApplicationOpen, fault.InvalidInput, fault.TakenByAnother,
}

// Whatever anybody does in whatever order, the entries sum to what is registered, one application is open at a time, and three
// people who belong to no party stand behind each decision.
func TestNoSequenceOfActionsBreaksARule(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		c := open(t, o)
		people := map[string]policy.Actor{
			"seller": c.seller, "colleague": c.colleague, "buyer": c.buyer, "clerk": c.clerk, "first": c.first, "second": c.second, "tied": c.tied,
			"tied to other": c.tiedToOther, "elsewhere": c.elsewhere, "operator": c.operator, "stranger": c.stranger,
		}
		names := slices.Sorted(maps.Keys(people))
		granted := 0
		rapid.Check(t, func(rt *rapid.T) {
			enterer := rapid.SampledFrom([]string{"seller", "clerk"}).Draw(rt, "entered by")
			done, err := c.Create(t.Context(), as(people[enterer]), Input{Kind: codes.Development, Terms: c.draw(rt)})
			if err != nil {
				rt.Fatal(err)
			}
			for range rapid.IntRange(4, 24).Draw(rt, "steps") {
				what, by := rapid.SampledFrom(actions).Draw(rt, "action"), rapid.SampledFrom(names).Draw(rt, "by")
				if rapid.IntRange(0, 4).Draw(rt, "astray") < 4 { // mostly what comes next, by who has to do with it
					what = rapid.SampledFrom(c.next(done.ID)).Draw(rt, "next")
					by = rapid.SampledFrom(near[what]).Draw(rt, "by one near")
				}
				err := c.step(rt, done.ID, what, people[by])
				if err != nil && !isExpected(err) {
					rt.Fatalf("%s by %s: %v", what, by, err)
				}
				if err == nil {
					granted += count(what == "grant")
					c.holds(rt, done.ID, people)
				}
			}
			c.holds(rt, done.ID, people) // a refused step has left nothing behind
		})
		if granted == 0 {
			t.Error("no sequence led to a decision")
		}
		t.Logf("%d applications were granted", granted)
		c.verify()
		// Wherever contracts and applications have come to, lists and Check agree about them.
		worktest.ListsWhatCheckAllows(t, c.DB.Reader, contracts)
		worktest.ListsWhatCheckAllows(t, c.DB.Reader, applications)
	})
}

func isExpected(err error) bool {
	for _, d := range expected {
		if d.Of(err) {
			return true
		}
	}
	return false
}

// draw gives terms that differ in price, in the buyer and in the field.
func (c *city) draw(rt *rapid.T) Terms {
	t := c.terms()
	t.Turnover = money.Fen(rapid.Int64Range(250_001, 9_000_000).Draw(rt, "price")) * money.Yuan
	switch rapid.IntRange(0, 3).Draw(rt, "buyer") {
	case 0:
		t.Buyers[0] = Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"}
	case 1:
		t.Buyers = append(t.Buyers, Party{OrganizationID: &c.other, Name: "沈阳浑河材料有限公司", Region: "210112", Nature: "150"})
	case 2:
		t.Buyers[0].Region = ""
	}
	t.Field = rapid.SampledFrom([]codes.Field{"new_materials", "aerospace"}).Draw(rt, "field")
	return t
}

var actions = []string{"replace", "submit", "amend", "cancel", "take", "pass", "hear", "grant", "refuse"}

// near are those who have to do with an action, whether or not they may.
var near = map[string][]string{
	"submit": {"seller", "clerk"}, "amend": {"seller", "clerk"}, "cancel": {"seller", "colleague"}, "take": {"first", "second", "clerk", "tied"},
	"pass": {"first", "second", "tied to other"}, "hear": {"first", "second"}, "grant": {"second", "first", "clerk"}, "refuse": {"second", "first"},
}

// next are the actions that lead on from where the contract and its latest application are.
func (c *city) next(id uuid.UUID) []string {
	contract := c.get(id)
	if contract.ApplicationID == nil {
		return []string{"submit"}
	}
	switch c.application(*contract.ApplicationID).State {
	case Submitted:
		return []string{"take"}
	case UnderReview:
		return []string{"pass", "pass", "pass", "refuse"}
	case ExpertReview:
		return []string{"hear", "hear", "refuse"}
	case SecondReview:
		return []string{"grant", "grant", "grant", "refuse"}
	}
	return []string{"amend", "amend", "amend", "cancel"}
}

// step does one thing about the contract, mostly with the version that is current.
func (c *city) step(rt *rapid.T, id uuid.UUID, what string, by policy.Actor) error {
	contract, call := c.get(id), as(by)
	a := &ApplicationView{Application: Application{Head: work.Head{ID: uuid.New()}}} // where there is none yet, one that nobody knows
	if contract.ApplicationID != nil {
		a = c.application(*contract.ApplicationID)
	}
	stale := int64(0)
	if rapid.IntRange(0, 9).Draw(rt, "stale") == 0 {
		stale = 1
	}
	did := func(_ any, err error) error { return err }
	switch what {
	case "replace":
		return did(c.Replace(c.Context(), call, id, contract.Version-stale, Input{Kind: codes.Development, Terms: c.draw(rt)}))
	case "submit":
		return did(c.Submit(c.Context(), call, id, contract.Version-stale))
	case "amend":
		return did(c.Amend(c.Context(), call, id, Change{Terms: c.draw(rt), Reason: "情况变化"}))
	case "cancel":
		return did(c.Cancel(c.Context(), call, id, Ending{Reason: "合同解除"}))
	case "take":
		return did(c.StartReview(c.Context(), call, a.ID, a.Version-stale))
	case "pass":
		return did(c.Pass(c.Context(), call, a.ID, a.Version-stale, ""))
	case "hear":
		return did(c.RecordOpinion(c.Context(), call, a.ID, a.Version-stale, c.opinion(rapid.SampledFrom([]Outcome{Favourable, Favourable, Unfavourable}).Draw(rt, "outcome"))))
	case "grant":
		return did(c.Grant(c.Context(), call, a.ID, a.Version-stale, Grant{TwinReason: another}))
	default:
		return did(c.Refuse(c.Context(), call, a.ID, a.Version-stale, "材料不齐"))
	}
}

// holds checks the invariants of one contract.
func (c *city) holds(rt *rapid.T, id uuid.UUID, people map[string]policy.Actor) {
	contract := c.get(id)
	sums := map[ledger.Frozen]ledger.Figures{}
	var total ledger.Figures
	for _, e := range c.entries(id) {
		sums[e.Frozen] = sums[e.Frozen].Plus(e.Figures)
		total = total.Plus(e.Figures)
	}
	want, under := ledger.Figures{}, ledger.Frozen{}
	if s := contract.standing(); s != nil {
		want, under = s.Figures, s.Frozen
	}
	if total != want || sums[under] != want {
		rt.Fatalf("contract is %s and should count %+v; its entries sum to %+v", contract.State, want, sums)
	}

	var applications []Application
	if err := c.DB.Reader.Where("contract_id = ?", id).Order("id").Find(&applications).Error; err != nil {
		rt.Fatal(err)
	}
	open := 0
	for _, a := range applications {
		if a.State != Granted && a.State != Refused {
			open++
		}
		if a.FirstReviewer == nil {
			continue
		}
		three := map[uuid.UUID]string{*a.FirstReviewer: "first"}
		if a.SecondReviewer != nil {
			three[*a.SecondReviewer] = "second"
		}
		if want := 1 + count(a.SecondReviewer != nil); len(three) != want || three[a.SubmittedBy] != "" || three[contract.Contract.EnteredBy] != "" {
			rt.Fatalf("application %s: entered by %s, submitted by %s, reviewed by %v", a.Kind, contract.Contract.EnteredBy, a.SubmittedBy, three)
		}
		if (a.State == Granted) && a.SecondReviewer == nil {
			rt.Fatalf("granted by one person")
		}
		for name, p := range people {
			if _, decided := three[p.Account]; decided {
				if err := c.untied(p, a); err != nil {
					rt.Fatalf("%s decided: %v", name, err)
				}
			}
		}
	}
	if open > 1 {
		rt.Fatalf("%d applications are open", open)
	}
}

// untied tells whether a reviewer belongs to the office and to no party of the application.
func (c *city) untied(p policy.Actor, a Application) error {
	for _, org := range a.Terms.organizations() {
		if p.MemberOf(org) {
			return fmt.Errorf("a member of %s", org)
		}
	}
	if at := p.Registers[policy.Registrar]; len(at) != 1 || at[0] != a.Office {
		return fmt.Errorf("a registrar of %v decided for %s", at, a.Office)
	}
	return nil
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
