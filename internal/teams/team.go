package teams

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// State is where a team stands: draft → submitted → published → withdrawn; a returned one is a draft again, and a withdrawn one can be
// submitted again.
type State = publication.State

const (
	Draft     = publication.Draft
	Submitted = publication.Submitted
	Published = State("published")
	Withdrawn = State("withdrawn")
)

// Offer is what an owner says of a team and may change from one hour to the next: it goes live at once.
type Offer struct {
	// Contact is whom to ask about this team; without one, the owner's. It is shown like the owner's.
	Contact *orgs.Contact `gorm:"serializer:json"`
	// Paused says that the team takes nothing new on for now: it can be read and found, and is matched no longer.
	Paused bool
	// Withheld are people of the team who took back their consent: their names are public no longer, whatever was published.
	Withheld []string `gorm:"serializer:json"`
}

// Team is one research team.
type Team struct {
	work.Head
	publication.Entry `gorm:"embedded"`
	Content           `gorm:"embedded"`
	Offer             `gorm:"embedded"`
	// Kept are the programmes that an operator keeps a record of the team's part in.
	Kept []Programme `gorm:"column:kept_programmes;serializer:json"`
	listing.Held
	listing.Along `gorm:"-" json:"-"`
}

// Content is what the owner writes, and a second person looks at before others see it.
type Content struct {
	Title        string // what it is called
	Introduction string
	Keywords     []string `gorm:"serializer:json"`
	Field        string   // the one that it is foremost of
	OtherFields  []string `gorm:"serializer:json"`
	Chains       []string `gorm:"serializer:json"` // codes of industry chains
	Leader       Person   `gorm:"serializer:json"`
	People       []Person `gorm:"serializer:json"` // the others
	Capabilities string   // what it can take up
	Seeks        string   // what it looks for
	Equipment    string
	PastResults  string      // in its own words
	ResultIDs    []uuid.UUID `gorm:"column:result_ids;serializer:json"`         // and as they are listed here
	Claimed      []Programme `gorm:"column:claimed_programmes;serializer:json"` // programmes that it took part in, each with its evidence
	Confidential string      // never shown to others, never indexed
}

func (Team) TableName() string { return "teams" }
func (*Team) Noun() string     { return "team" }

// Facts is what policy asks about a team.
func (t *Team) Facts() policy.Facts { return t.Known(t.Standing(rules.Names)) }

// FactsIn adds what only other tables know.
func (t *Team) FactsIn(q *gorm.DB, action policy.Action) (policy.Facts, error) {
	return orgs.FactsOfOwner(q, t.Facts(), action)
}

// Written gives what a second person looks at.
func (t *Team) Written() *Content { return &t.Content }

// Offered gives what goes live at once.
func (t *Team) Offered() *Offer { return &t.Offer }

// The bounds of a team's lists.
const (
	maxOtherFields = 4
	maxPeople      = 50
	maxResults     = 50
)

// Check holds the rules of the content. The OpenAPI description says the bounds too; here they hold for whoever calls without it.
func (c Content) Check() error {
	var bad fault.Fields
	text.Named(&bad, c.Title, "/title", 2, 200)
	bad.Length(c.Introduction, "/introduction", 10, 5000)
	bad.Length(c.Capabilities, "/capabilities", 0, 5000)
	bad.Length(c.Seeks, "/seeks", 0, 2000)
	bad.Length(c.Equipment, "/equipment", 0, 5000)
	bad.Length(c.PastResults, "/past_results", 0, 5000)
	bad.Length(c.Confidential, "/confidential", 0, 20000)
	listing.CheckSubject(&bad, c.Keywords, c.Field, c.Chains)
	bad.Check(len(c.OtherFields) <= maxOtherFields, "/other_fields", fault.TooManyItems, "至多 %[1]d 个其他领域", "At most %[1]d other fields", maxOtherFields)
	for i, f := range c.OtherFields {
		at := fmt.Sprintf("/other_fields/%d", i)
		codes.Fields.Check(&bad, codes.Field(f), at)
		bad.Check(f != c.Field && !slices.Contains(c.OtherFields[:i], f), at, fault.Repeated, "此领域已列出", "This field is named already")
	}
	c.Leader.check(&bad, "/leader")
	bad.Check(len(c.People) <= maxPeople, "/people", fault.TooManyItems, "至多 %[1]d 名成员", "At most %[1]d people", maxPeople)
	for i, p := range c.People {
		p.check(&bad, fmt.Sprintf("/people/%d", i))
	}
	bad.Check(len(c.ResultIDs) <= maxResults, "/result_ids", fault.TooManyItems, "至多 %[1]d 项成果", "At most %[1]d results", maxResults)
	for i, id := range c.ResultIDs {
		bad.Check(!slices.Contains(c.ResultIDs[:i], id), fmt.Sprintf("/result_ids/%d", i), fault.Repeated, "此成果已列出", "This result is named already")
	}
	checkProgrammes(&bad, c.Claimed, true)
	return bad.Err()
}

// Warn names what the writer may want to look at again before it is submitted.
func (c Content) Warn() fault.Fields {
	return listing.Warn(c.Keywords, "/title", c.Title, "/introduction", c.Introduction, "/capabilities", c.Capabilities, "/seeks", c.Seeks,
		"/equipment", c.Equipment, "/past_results", c.PastResults)
}

// InChains are the codes of the industry chains that it is of.
func (c Content) InChains() []string { return c.Chains }

// Ready tells whether a team may be put before others today: it always may.
func (Content) Ready(time.Time) error { return nil }

// Complete writes out what leaving a field empty means: a leader goes by name, anybody else does not, unless it is said.
func (c Content) Complete() Content {
	c.Keywords, c.Chains, c.OtherFields = text.Keywords(c.Keywords), listing.List(c.Chains), listing.List(c.OtherFields)
	c.ResultIDs, c.Claimed = listing.List(c.ResultIDs), listing.List(c.Claimed)
	c.Leader = c.Leader.complete(true)
	people := make([]Person, len(c.People))
	for i, p := range c.People {
		people[i] = p.complete(false)
	}
	c.People = people
	return c
}

// Cleaned is the offer as it is stored, if it is sound.
func (o Offer) Cleaned() (Offer, error) {
	var bad fault.Fields
	o.Contact = listing.CleanContact(&bad, o.Contact)
	bad.Check(len(o.Withheld) <= maxPeople+1, "/withheld_names", fault.TooManyItems, "至多 %[1]d 人", "At most %[1]d people", maxPeople+1)
	for i, name := range o.Withheld {
		bad.Length(name, fmt.Sprintf("/withheld_names/%d", i), 1, maxName)
	}
	o.Withheld = listing.List(o.Withheld)
	return o, bad.Err()
}

// Drafted takes nothing: all of it is set by itself.
func (o Offer) Drafted(was Offer) Offer { return was }
