package results

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/text"
)

// Inventor is one of those who made a result, in their order. Names are public with it, as is usual; what each contributed is the owner's affair, and
// so is the account.
type Inventor struct {
	Name           string
	Organization   string     `json:",omitempty"` // as it was then
	OrganizationID *uuid.UUID `json:",omitempty"` // one of those here
	AccountID      *uuid.UUID `json:",omitempty"`
	Share          *int       `json:",omitempty"` // basis points of the whole
}

// BottleneckLevel is how far a result goes that solves a problem on which others could choke an industry (卡脖子).
type BottleneckLevel string

// The levels, each above the one before.
const (
	DomesticLead          BottleneckLevel = "domestic_lead"
	InternationalAdvanced BottleneckLevel = "international_advanced"
	InternationalLead     BottleneckLevel = "international_lead"
)

var bottleneckLevels = []BottleneckLevel{DomesticLead, InternationalAdvanced, InternationalLead}

// Bottleneck says that a result solves such a problem, with the evidence for it, which is confidential unless its owner says otherwise.
type Bottleneck struct {
	Level    BottleneckLevel
	Evidence string
	Public   bool `json:",omitempty"`
}

const (
	maxInventors = 30
	allShares    = 10_000
)

// checkMakers holds the inventors and the mark to their rules.
func (c Content) checkMakers(bad *fault.Fields) {
	bad.Check(len(c.Inventors) <= maxInventors, "/inventors", fault.TooManyItems, "至多 %[1]d 名完成人", "At most %[1]d inventors", maxInventors)
	sum := 0
	for i, v := range c.Inventors {
		at := fmt.Sprintf("/inventors/%d", i)
		text.Named(bad, v.Name, at+"/name", 1, 50)
		text.Named(bad, v.Organization, at+"/organization_name", 0, 200)
		if v.Share != nil {
			bad.Check(*v.Share >= 0 && *v.Share <= allShares, at+"/share_bp", fault.OutOfRange, "贡献比例为 0 至 10000（万分之一）", "A share is 0 to 10000 basis points")
			sum += *v.Share
		}
	}
	bad.Check(sum <= allShares, "/inventors", fault.OutOfRange, "贡献比例合计 %[1]d，超过 10000（万分之一）", "The shares sum to %[1]d basis points, more than the whole", sum)
	if b := c.Bottleneck; b != nil {
		fault.Offered(bad, b.Level, "/solves_bottleneck/level", bottleneckLevels)
		bad.Length(strings.TrimSpace(b.Evidence), "/solves_bottleneck/evidence", 5, 5000)
	}
}

// public takes out what only the owner's members and the bureau read of it.
func (c *Content) public() {
	made := make([]Inventor, len(c.Inventors))
	for i, v := range c.Inventors {
		made[i] = Inventor{Name: v.Name, Organization: v.Organization, OrganizationID: v.OrganizationID}
	}
	c.Inventors = made
	if b := c.Bottleneck; b != nil && !b.Public {
		c.Bottleneck = &Bottleneck{Level: b.Level}
	}
}

// CoInvention is a published result that somebody made together with others.
type CoInvention struct {
	Result                  uuid.UUID
	Accounts, Organizations []uuid.UUID // of all its inventors, as far as they are known here
	Names, Bodies           []string    // what they, and their organizations of then, are called
}

// coInventedAtOnce is how many accounts and organizations one statement looks for.
const coInventedAtOnce = 100

// CoInventors are the published results that these accounts, or people of these organizations, are inventors of, by account or organization:
// who made one together is tied. It asks no policy.
func CoInventors(q *gorm.DB, of []uuid.UUID) (map[uuid.UUID][]CoInvention, error) {
	out := map[uuid.UUID][]CoInvention{}
	for some := range slices.Chunk(of, coInventedAtOnce) {
		looked := make([]string, len(some))
		args := make([]any, len(some))
		for i, id := range some {
			looked[i], args[i] = "inventors LIKE ?", "%"+id.String()+"%"
		}
		var rows []Result
		err := q.Session(&gorm.Session{NewDB: true}).Where("state = ?", Published).Where(strings.Join(looked, " OR "), args...).
			Select("id", "inventors").Order("id").Find(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			made := r.coInvention()
			for _, id := range some {
				if slices.Contains(made.Accounts, id) || slices.Contains(made.Organizations, id) {
					out[id] = append(out[id], made)
				}
			}
		}
	}
	return out, nil
}

func (r *Result) coInvention() CoInvention {
	made := CoInvention{Result: r.ID}
	for _, v := range r.Inventors {
		made.Names = append(made.Names, v.Name)
		if v.Organization != "" {
			made.Bodies = append(made.Bodies, v.Organization)
		}
		if v.AccountID != nil {
			made.Accounts = append(made.Accounts, *v.AccountID)
		}
		if v.OrganizationID != nil {
			made.Organizations = append(made.Organizations, *v.OrganizationID)
		}
	}
	return made
}
