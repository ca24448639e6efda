package people

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Expertise is what an entry of an expert says beside its days: what they know of, and who employs them. What a draw asks is asked of it; it
// judges nobody's titles. Of a broker it is the chains that they work in, and their agency.
type Expertise struct {
	Fields     []string   `gorm:"serializer:json" json:",omitempty"` // technology fields
	Chains     []string   `gorm:"serializer:json" json:",omitempty"` // codes of industry chains
	EmployerID *uuid.UUID `json:",omitzero"`                         // their organization here, if any
}

const maxExpertChains = 20

// cleaned is the expertise as it is stored, if it is sound.
func (x Expertise) cleaned(tx *work.Tx, kind Register) (Expertise, error) {
	if x.Fields == nil {
		x.Fields = []string{}
	}
	if x.Chains == nil {
		x.Chains = []string{}
	}
	var bad fault.Fields
	if kind == policy.Registrar {
		const zh, en = "只有专家与技术经纪人填写", "Of experts and brokers only"
		bad.Check(len(x.Chains) == 0, "/chains", fault.Unexpected, zh, en)
		bad.Check(x.EmployerID == nil, "/employer_id", fault.Unexpected, zh, en)
	}
	if kind == policy.Expert {
		bad.Check(len(x.Fields) > 0, "/fields", fault.Required, "专家至少有一个技术领域", "An expert has one field at least")
	} else {
		bad.Check(len(x.Fields) == 0, "/fields", fault.Unexpected, "只有专家填写", "Of an expert only")
	}
	for i, f := range x.Fields {
		at := fmt.Sprintf("/fields/%d", i)
		codes.Fields.Check(&bad, codes.Field(f), at)
		bad.Check(!slices.Contains(x.Fields[:i], f), at, fault.Repeated, "领域重复", "The field is given twice")
	}
	bad.Check(len(x.Chains) <= maxExpertChains, "/chains", fault.TooManyItems, "至多 %[1]d 条产业链", "At most %[1]d chains", maxExpertChains)
	if err := bad.Err(); err != nil {
		return x, err
	}
	if err := ref.CheckChains(tx.DB, x.Chains, "/chains", when.DayOf(tx.Now)); err != nil {
		return x, err
	}
	return x, thereIs(tx.DB, x.EmployerID, "/employer_id")
}

// thereIs refuses an organization that there is not.
func thereIs(q *gorm.DB, organization *uuid.UUID, pointer string) error {
	if organization == nil {
		return nil
	}
	_, err := work.Load[orgs.Organization](q, *organization)
	if fault.NotVisible.Of(err) {
		return fault.InvalidInput.At(pointer, fault.UnknownOrganization, "没有这个单位", "There is no such organization")
	}
	return err
}

// Expert is who is in the register of experts on a day.
type Expert struct {
	Account, Entry uuid.UUID
	Fields, Chains []string
	Employer       *uuid.UUID
}

// ExpertsFor are the experts who are in force on a day and know of one of these fields and of one of these chains, in the order of their accounts,
// which a draw can rely on; without fields, or without chains, that does not narrow. It asks no policy.
func ExpertsFor(q *gorm.DB, day when.Day, fields, chains []string) ([]Expert, error) {
	var rows []Entry
	err := q.Session(&gorm.Session{NewDB: true}).Table("register_entries AS e").Where("e.kind = ? AND "+inForce, policy.Expert, day, day, day, day).
		Where("e.account_id IN (SELECT id FROM accounts WHERE " + accounts.Live + ")").Order("e.account_id, e.id").Find(&rows).Error
	var out []Expert
	for _, e := range rows {
		if anyOf(e.Fields, fields) && anyOf(e.Chains, chains) && (len(out) == 0 || out[len(out)-1].Account != e.AccountID) {
			out = append(out, Expert{e.AccountID, e.ID, e.Fields, e.Chains, e.EmployerID})
		}
	}
	return out, err
}

func anyOf(has, wanted []string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return slices.Contains(has, w) })
}

// showExpertise names chains and employers of experts: one query for all of each, where there are any.
func showExpertise(q *gorm.DB, reader policy.Actor, out []View) error {
	var codes []string
	var named []orgs.Standing
	for _, v := range out {
		codes = append(codes, v.Expertise.Chains...)
		if v.EmployerID != nil {
			named = append(named, orgs.Standing{Organization: *v.EmployerID})
		}
	}
	chains, err := ref.ChainsNamed(q, codes)
	if err != nil || len(codes)+len(named) == 0 {
		return err
	}
	employers, err := orgs.Shown(q, reader, named)
	if err != nil {
		return err
	}
	next := 0
	for i := range out {
		for _, code := range out[i].Expertise.Chains {
			out[i].Chains = append(out[i].Chains, chains[code])
		}
		if out[i].EmployerID != nil {
			out[i].Employer = &employers[next]
			next++
		}
	}
	return nil
}
