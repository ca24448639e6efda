package contracts

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// RemarkCode says what stands out about a party.
type RemarkCode string

// What may stand out.
const (
	DiffersFromOrganization RemarkCode = "differs_from_organization" // what was entered is not what its organization here says of itself
	SameName                RemarkCode = "same_name"                 // an earlier party has the same name, though perhaps another code
	NoCode                  RemarkCode = "no_code"                   // it has neither code nor number, and says why
)

// Remark is what a registrar should look at before deciding. It refuses nothing: the paper may be right, and the organization out of date.
type Remark struct {
	Code         RemarkCode
	Pointer      string // the place in the terms
	Entered      string // what the terms say there
	Organization string // what its organization says of itself now
	Other        string // the place of the party of the same name
}

// remarksOf tells what stands out about the parties of contracts: one query for all. What the reader may not know of an organization is
// not told.
func remarksOf(q *gorm.DB, reader policy.Actor, all []Terms) ([][]Remark, error) {
	var ids []uuid.UUID
	for _, t := range all {
		ids = append(ids, t.organizations()...)
	}
	rows, err := work.ByIDs[orgs.Organization](q, ids)
	if err != nil {
		return nil, err
	}
	known := make(map[uuid.UUID]*orgs.Organization, len(rows))
	for i := range rows {
		if policy.Allowed(reader, policy.OrgRead, rows[i].Facts()) {
			known[rows[i].ID] = &rows[i]
		}
	}
	out := make([][]Remark, len(all))
	for i, t := range all {
		out[i] = t.remarks(known)
	}
	return out, nil
}

// remarks are those of one contract, by the organizations that its reader may know of.
func (t Terms) remarks(known map[uuid.UUID]*orgs.Organization) []Remark {
	var out []Remark
	names := map[string]string{}
	for at, p := range t.parties() {
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
		if p.NoCodeReason != "" && p.CreditCode == "" && p.ForeignNumber == "" {
			out = append(out, Remark{Code: NoCode, Pointer: at + "/no_code_reason", Entered: p.NoCodeReason})
		}
	}
	return out
}
