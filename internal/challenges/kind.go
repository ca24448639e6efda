package challenges

import (
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/external"
	"jiebang/internal/kinds"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// titles tells what challenges are called by people.
var titles = external.TitlesOf(func(c *Challenge) string { return c.Title })

// concealed says of a row what conceals says of a challenge.
const concealed = "masked AND state NOT IN ('awarded', 'running', 'accepted', 'failed')"

// namesPoster tells whether the name of a masked poster is told by now: from the award on, however it ends.
func (c *Challenge) namesPoster() bool {
	switch c.State {
	case Awarded, Running, Accepted, Failed:
		return true
	}
	return false
}

// conceals tells whether others than its people and the bureau are kept from knowing who posted it.
func (c *Challenge) conceals() bool { return c.Masked && !c.namesPoster() }

// visibleBy keeps a query of challenges to those of which a reader may know who posted them: whatever tells that, narrows by it.
func visibleBy(q *gorm.DB, reader policy.Actor) *gorm.DB {
	if reader.Operator {
		return q
	}
	return q.Where("(NOT ("+concealed+") OR owner_id IN ?)", append([]uuid.UUID{uuid.Nil}, reader.Member...))
}

// Kind is challenges in the registry of kinds. Files are hung on one while its poster writes it, and are frozen with its terms: public ones are
// read by everybody from its publication on, others by the poster and the bureau.
func Kind(s *Service) kinds.Kind {
	k := kinds.Of(s.records(), kinds.Kind{
		ZH: "榜题", Path: "/v1/challenges", Inner: policy.ChallengeInner, Edit: policy.ChallengeEdit,
		Hangs:    func(r work.Record, _ bool) error { return r.(*Challenge).editable() },
		Document: func(r work.Record) kinds.Document { return r.(*Challenge).document() }, Counterparts: []string{"result"},
	})
	k.Load = byIDs
	return k
}

// document is what search may know of a challenge. It is found from its publication on, whatever becomes of it but that it is cancelled, and
// takes part in matches while bids come in.
func (c *Challenge) document() kinds.Document {
	d := kinds.Document{
		Title: c.Title, Keywords: c.Keywords, Field: c.Field, Chains: c.Content.Chains, Masked: c.conceals(), Placed: true,
		Paragraphs: []kinds.Paragraph{{Field: "problem", Text: c.Problem}, {Field: "background", Text: c.Background}},
		Budget:     kinds.Range{Max: int64(c.Reward.Amount)},
		Facets:     map[string][]string{kinds.FacetBottleneck: {strconv.FormatBool(c.Bottleneck)}},
	}.Known(c)
	for i, x := range c.Indicators {
		d.Paragraphs = append(d.Paragraphs, kinds.Paragraph{Field: fmt.Sprintf("indicators/%d/name", i), Text: x.Name})
	}
	if c.WantedLevel != "" {
		d.Facets[kinds.FacetLevel] = []string{c.WantedLevel}
	}
	d.Public = d.Public && c.State != Cancelled
	d.Matched = d.Public && c.State == Published
	if c.Deadline != nil {
		d.Closes = *c.Deadline
	}
	if c.PublishedAt != nil {
		d.Confirmed = *c.PublishedAt
	}
	reward := c.Reward.Amount
	d.Terms = kinds.Terms{
		Number: deref(c.Number), State: string(c.State), StateName: c.State.Text(), Reward: &reward, Bottleneck: &c.Bottleneck, Level: c.WantedLevel, Closes: d.Closes,
	}
	return d
}

// called are the external ids of challenges, as far as a reader may know of them: what a poster that keeps its name calls its own would tell
// whose it is.
func called(q *gorm.DB, rows []Challenge, inner []bool) ([][]external.ID, error) {
	named := make([]external.Named, len(rows))
	none := ""
	for i := range rows {
		if named[i].ID = rows[i].ID; rows[i].conceals() && !inner[i] {
			named[i].Along = &none
		}
	}
	return external.Shown(q, (*Challenge)(nil).Noun(), named)
}
