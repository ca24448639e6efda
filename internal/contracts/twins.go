package contracts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// twinDays is how many days may lie between the signing of two twins.
const twinDays = 30

// maxTwins is how many twins are told of one contract at most.
const maxTwins = 20

// Sameness is what two twins have in common.
type Sameness string

// What they may have in common.
const (
	SameOfficialNumber Sameness = "official_number"
	SamePaperNumber    Sameness = "paper_number"
	SameDealing        Sameness = "parties_and_amount" // first seller, first buyer and amount, signed within a month
)

// Twin is a contract that may be the same as another: neither refused nor cancelled nor revoked, and alike in one of three ways. A reader is told no
// more of it than they may know; of one that they may not read, that it is there.
type Twin struct {
	ID     uuid.UUID // zero where the reader may not read it
	Number string    // empty where the reader is told only that it is there
	State  State
	Office string
	Same   []Sameness
}

// candidate is a contract whose twins are looked for, perhaps as an application would have it.
type candidate struct {
	contract uuid.UUID
	terms    Terms
	official string       // the form of its official number
	facts    policy.Facts // of the contract, to tell who deals with it
	none     bool         // it is over: it has no twins
}

// candidate is the contract as it stands.
func (c *Contract) candidate() candidate {
	return candidate{c.ID, c.Terms, c.officialForm(), c.Facts(), c.State == Refused || c.ended()}
}

// candidate is the contract as the application asks for it. Everybody who reads an application knows its terms, and the registrars of its
// office deal with it.
func (a *Application) candidate() candidate {
	return candidate{a.ContractID, a.Terms, codes.NumberForm(a.officialNumber), policy.Facts{Office: a.Office}, a.Kind == Cancellation || a.Kind == Revoking || a.State == Refused || a.State == Withdrawn}
}

// identity is by what a party is told from another: a code that no two have, or else its name.
func (p Party) identity() string {
	switch {
	case p.CreditCode != "":
		return "credit:" + codes.NumberForm(p.CreditCode)
	case p.ForeignNumber != "":
		return "abroad:" + p.Country + ":" + codes.NumberForm(p.ForeignNumber)
	case p.OrganizationID != nil:
		return "organization:" + p.OrganizationID.String()
	}
	return ""
}

// alike tells whether two parties may be one: by their codes where both have one, else by the form of their names.
func (p Party) alike(other Party) bool {
	if p.OrganizationID != nil && other.OrganizationID != nil {
		return *p.OrganizationID == *other.OrganizationID
	}
	kind := func(identity string) string { kind, _, _ := strings.Cut(identity, ":"); return kind }
	if a, b := p.identity(), other.identity(); a != "" && kind(a) == kind(b) {
		return a == b
	}
	if p.Person != nil && other.Person != nil && p.Person.Document == other.Person.Document && p.Person.Masked != other.Person.Masked {
		return false
	}
	return codes.NameForm(p.Name) == codes.NameForm(other.Name)
}

// dealings name first seller, first buyer and amount in each way in which a twin may: by code and by name.
func (t Terms) dealings() []string {
	if len(t.Sellers) == 0 || len(t.Buyers) == 0 {
		return nil
	}
	names := func(p Party) []string {
		return slices.DeleteFunc([]string{p.identity(), "name:" + codes.NameForm(p.Name)}, func(s string) bool { return s == "" })
	}
	var out []string
	for _, seller := range names(t.Sellers[0]) {
		for _, buyer := range names(t.Buyers[0]) {
			out = append(out, fmt.Sprintf("%d|%s|%s", t.Turnover, seller, buyer))
		}
	}
	return out
}

// sameDealing tells whether two papers may be about one dealing.
func (t Terms) sameDealing(other Terms) bool {
	return t.Turnover == other.Turnover && t.Sellers[0].alike(other.Sellers[0]) && t.Buyers[0].alike(other.Buyers[0]) &&
		!t.SignedOn.AddDays(twinDays).Before(other.SignedOn) && !other.SignedOn.AddDays(twinDays).Before(t.SignedOn)
}

// same tells what a candidate and a contract have in common.
func (x candidate) same(c *Contract) []Sameness {
	var out []Sameness
	if x.official != "" && x.official == c.officialForm() {
		out = append(out, SameOfficialNumber)
	}
	if paper := codes.NumberForm(x.terms.PaperNumber); paper != "" && paper == codes.NumberForm(c.Terms.PaperNumber) {
		out = append(out, SamePaperNumber)
	}
	if x.terms.sameDealing(c.Terms) {
		out = append(out, SameDealing)
	}
	return out
}

// twinsOf finds the twins of contracts, as far as the reader may be told of them: two queries for all.
func twinsOf(q *gorm.DB, reader policy.Actor, of []candidate) ([][]Twin, error) {
	all, err := alikeOf(q, of)
	if err != nil {
		return nil, err
	}
	out := make([][]Twin, len(of))
	for i, x := range of {
		for _, c := range all[i] {
			if t, told := c.shown(reader, x); told && len(out[i]) < maxTwins {
				out[i] = append(out[i], t)
			}
		}
	}
	return out, nil
}

// shown is the contract as the twin of another. A draft is its writers' own affair. Who deals with the other is told by which number to
// ask for one that they may not read: the same contract would be registered twice by two offices. Nobody else is told that there is one: by
// guessing amounts in drafts of their own, anybody could find what others have agreed.
func (c *Contract) shown(reader policy.Actor, beside candidate) (Twin, bool) {
	t := Twin{Same: beside.same(c)}
	switch {
	case policy.Allowed(reader, policy.ContractNow, c.Facts()):
		t.ID, t.Number, t.State, t.Office = c.ID, c.Number, c.State, c.Office
		return t, true
	case c.State != Draft && policy.Allowed(reader, policy.ContractTwins, beside.facts):
		t.Number, t.State, t.Office = c.Number, c.State, c.Office
		return t, true
	}
	return t, false
}

// alikeOf finds the contracts that are alike, whoever may know of them, the oldest first.
func alikeOf(q *gorm.DB, of []candidate) ([][]*Contract, error) {
	out := make([][]*Contract, len(of))
	values := map[string][]string{byOfficial: {""}, byPaper: {""}, byDealing: {""}}
	some := false
	for _, x := range of {
		if x.none {
			continue
		}
		some = true
		values[byOfficial] = append(values[byOfficial], x.official)
		values[byPaper] = append(values[byPaper], codes.NumberForm(x.terms.PaperNumber))
		values[byDealing] = append(values[byDealing], x.terms.dealings()...)
	}
	if !some {
		return out, nil
	}
	var rows []Contract
	err := q.Where("state NOT IN ?", []State{Refused, Cancelled, Revoked}).
		Where("id IN (SELECT contract_id FROM contract_lookups WHERE kind = ? AND value IN ? OR kind = ? AND value IN ? OR kind = ? AND value IN ?)",
			byOfficial, values[byOfficial], byPaper, values[byPaper], byDealing, values[byDealing]).
		Order("id").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	for i, x := range of {
		for j := range rows {
			if c := &rows[j]; !x.none && c.ID != x.contract && len(x.same(c)) > 0 {
				out[i] = append(out[i], c)
			}
		}
	}
	return out, nil
}

// explained holds a grant beside a live twin: a contract that is handed in or counts already. Somebody must have looked, and say why it
// is another contract all the same. An amendment answers for the twins that only its new terms make.
func (a *Application) explained(q *gorm.DB, c *Contract, reader policy.Actor) error {
	x := a.candidate()
	x.official = cmp.Or(x.official, c.officialForm())
	all, err := alikeOf(q, []candidate{x})
	if err != nil {
		return err
	}
	var told []string
	before := c.candidate()
	for _, twin := range all[0] {
		if twin.State == Draft || a.Kind == Amendment && len(before.same(twin)) > 0 {
			continue
		}
		t, _ := twin.shown(reader, x)
		told = append(told, cmp.Or(t.Number, "-"))
	}
	if len(told) == 0 || strings.TrimSpace(a.TwinReason) != "" {
		return nil
	}
	list := strings.Join(told[:min(len(told), 5)], " ")
	e := fault.TwinUnexplained.Because("疑似重复：%[1]s。经核对确非同一合同的，请在 twin_reason 中说明理由。", "Possible twins: %[1]s. Where it is another contract, say why in twin_reason.", list)
	e.Fields = append(e.Fields, fault.Required.Field("/twin_reason", "须说明理由", "The reason is needed"))
	return e
}

// candidatesOf are rows as candidates.
func candidatesOf[R any, P interface {
	*R
	candidate() candidate
}](rows []R) []candidate {
	out := make([]candidate, len(rows))
	for i := range rows {
		out[i] = P(&rows[i]).candidate()
	}
	return out
}

// keepFound writes anew by what a contract is found, after it was written.
func keepFound(tx *work.Tx, c *Contract) error {
	if err := keepParties(tx, c); err != nil {
		return err
	}
	return keepLookups(tx, c)
}
