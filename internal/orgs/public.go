package orgs

import (
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
)

// publicKinds are the kinds of organization that the state sets up: universities and institutes (国家设立的研究开发机构、高等院校), and offices of the
// government.
var publicKinds = []string{"university", "institute", "government"}

// stateBodies are how the codes of organs (机关) and of public institutions (事业单位) begin, whatever they do: a university's centre of technology
// transfer may be one.
var stateBodies = []string{"11", "12"}

// privateBody is how the code of a body begins that private persons set up (民办非企业单位), a private university among them. An institute with the
// code of a company is taken for public: most are the state's that were turned into companies, and a notice too many harms nobody.
const privateBody = "52"

// PublicInstitution tells whether an organization is one whose results belong to the state in the end, so that its own members are to see what
// price it agrees for one.
func (c Checked) PublicInstitution() bool {
	if slices.ContainsFunc(stateBodies, func(front string) bool { return strings.HasPrefix(c.CreditCode, front) }) {
		return true
	}
	return slices.Contains(publicKinds, c.Kind) && !strings.HasPrefix(c.CreditCode, privateBody)
}

// PublicInstitutions tells which of some organizations are that: one query.
func PublicInstitutions(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	out := make(map[uuid.UUID]bool, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Organization
	err := q.Select("id", "kind", "credit_code").Where("id IN ?", db.Among(ids)).Find(&rows).Error
	for _, o := range rows {
		out[o.ID] = o.PublicInstitution()
	}
	return out, err
}
