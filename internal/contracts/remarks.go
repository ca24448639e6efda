package contracts

import (
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// RemarkCode says what stands out about a party.
type RemarkCode string

// What may stand out.
const (
	DiffersFromOrganization RemarkCode = "differs_from_organization" // what was entered is not what its organization here says of itself
	SameName                RemarkCode = "same_name"                 // an earlier party has the same name, though perhaps another code
	NoCode                  RemarkCode = "no_code"                   // it has neither code nor number, and says why
	NatureDiffers           RemarkCode = "nature_differs_from_code"  // its credit code is that of another kind of body
	UnusualNumber           RemarkCode = "unusual_number"            // an official number of another length than the national system's
	NotVerified             RemarkCode = "organization_not_verified" // nobody has verified its organization here, which may call itself what it likes
	PaymentsAlike           RemarkCode = "payments_alike"            // payments of one day, payer and amount, which may be one that was entered twice
	ReceivedTooMuch         RemarkCode = "received_too_much"         // more was received than the turnover amount, and no royalty explains it
	RightsGranted           RemarkCode = "rights_granted"            // ownership or use of the result that it is about was granted to the inventors
)

// unusual tells of an official number that is neither of 14 nor of 16 digits: it is taken, since offices have had others, and looked at.
func unusual(number, pointer string) []Remark {
	form := codes.NumberForm(number)
	digits := strings.IndexFunc(form, func(r rune) bool { return r < '0' || r > '9' }) < 0
	if number == "" || digits && (len(form) == 14 || len(form) == 16) {
		return nil
	}
	return []Remark{{Code: UnusualNumber, Pointer: pointer, Entered: number}}
}

// numberRemarks are those about the official number that a contract has, or says that it was given elsewhere.
func (c *Contract) numberRemarks() []Remark {
	switch {
	case c.Elsewhere != nil:
		return unusual(c.Elsewhere.OfficialNumber, "/registered_elsewhere/official_number")
	case c.OfficialNumber != nil:
		return unusual(*c.OfficialNumber, "/official_number")
	}
	return nil
}

// Remark is what a registrar should look at before deciding. It refuses nothing: the paper may be right, and the organization out of date.
type Remark struct {
	Code         RemarkCode
	Pointer      string // the place in the terms
	Entered      string // what the terms say there
	Organization string // what its organization says of itself now
	Other        string // the place of the party of the same name
	// Of payments: how many are alike, their day, and the amount of each, or what was received.
	Count  int
	PaidOn when.Day
	Amount money.Fen
	// Of rights in the result that were granted to its inventors: which, and on which days.
	Granted                results.GrantKind
	GrantedFrom, GrantedTo when.Day
}

// remarksOf tells what stands out about the parties of contracts: one query for all. What the reader may not know of an organization is
// not told; that nobody has verified it is.
func remarksOf(q *gorm.DB, reader policy.Actor, all []Terms) ([][]Remark, error) {
	var ids []uuid.UUID
	for _, t := range all {
		ids = append(ids, t.organizations()...)
	}
	rows, err := work.ByIDs[orgs.Organization](q, ids)
	if err != nil {
		return nil, err
	}
	known, pending := make(map[uuid.UUID]*orgs.Organization, len(rows)), map[uuid.UUID]bool{}
	for i := range rows {
		pending[rows[i].ID] = rows[i].State != orgs.Verified
		if policy.Allowed(reader, policy.OrgRead, rows[i].Facts()) {
			known[rows[i].ID] = &rows[i]
		}
	}
	out := make([][]Remark, len(all))
	for i, t := range all {
		out[i] = t.remarks(known, pending)
	}
	return out, nil
}

// remarks are those of one contract, by the organizations that its reader may know of, and by those that nobody has verified.
func (t Terms) remarks(known map[uuid.UUID]*orgs.Organization, pending map[uuid.UUID]bool) []Remark {
	var out []Remark
	names := map[string]string{}
	for at, p := range t.parties() {
		if p.OrganizationID != nil && pending[*p.OrganizationID] {
			out = append(out, Remark{Code: NotVerified, Pointer: at + "/organization_id", Entered: p.Name})
		}
		if p.OrganizationID != nil && known[*p.OrganizationID] != nil {
			o := known[*p.OrganizationID]
			for _, x := range []struct {
				place, entered, own string
				differs             bool
			}{
				{"/name", p.Name, o.Name, codes.NameForm(p.Name) != codes.NameForm(o.Name)},
				{"/region", p.Region, o.Region, p.Region != o.Region},
				{"/credit_code", p.CreditCode, o.CreditCode, p.CreditCode != "" && p.CreditCode != o.CreditCode},
			} {
				if x.differs {
					out = append(out, Remark{Code: DiffersFromOrganization, Pointer: at + x.place, Entered: x.entered, Organization: x.own})
				}
			}
		}
		form := codes.NameForm(p.Name)
		if other, twice := names[form]; twice {
			out = append(out, Remark{Code: SameName, Pointer: at + "/name", Entered: p.Name, Other: other})
		} else {
			names[form] = at
		}
		if !codeFits(p.Nature, p.CreditCode) {
			out = append(out, Remark{Code: NatureDiffers, Pointer: at + "/nature", Entered: string(p.Nature), Other: at + "/credit_code"})
		}
		if p.NoCodeReason != "" && p.CreditCode == "" && p.ForeignNumber == "" {
			out = append(out, Remark{Code: NoCode, Pointer: at + "/no_code_reason", Entered: p.NoCodeReason})
		}
	}
	return out
}
