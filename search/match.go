package search

import (
	"context"
	"time"
)

// Probe is a text to find counterparts for: a need for which results are
// wanted, or the other way round.
type Probe struct {
	Title    string
	Text     string
	Keywords []string

	// Kind of document wanted; empty means any.
	Kind string
	// Filters are names of facets and the values allowed: every name has to hold,
	// with any one of its values.
	Filters map[string][]string
	// Prefer are wishes about facets, Terms the conditions that the probe brings.
	Prefer []Preference
	Terms  Terms
	// Now is the day that the age of documents is counted to; zero leaves age out
	// of the score.
	Now time.Time
	// Exclude lists documents by ID that are not wanted, such as the probe itself.
	Exclude []string
	// Limit is how many matches to return, at most MaxMatches; 0 means 10.
	Limit int
	// Public says that everybody may read the text, so that it may be given to
	// Options.Embed, which may send it elsewhere. Other probes are matched without
	// vectors.
	Public bool
	// Brief leaves out Parts and Phrases, which cost more than the ranking does.
	Brief bool
}

// MaxMatches bounds Probe.Limit. Below it stage two has enough candidates.
const MaxMatches = 200

// Match is a document that fits a probe.
type Match struct {
	ID    string
	Score float64 // 0–100
	// Parts say what the score is made of; their points sum to it.
	Parts []Part
	// Phrases are what the two texts have in common, the most telling first.
	Phrases []Phrase
}

func (p *Probe) sources() []source {
	s := make([]source, 0, 2+len(p.Keywords))
	s = append(s, source{FieldTitle, 0, p.Title}, source{FieldText, 0, p.Text})
	for i, k := range p.Keywords {
		s = append(s, source{FieldKeywords, i, k})
	}
	return s
}

func (p *Probe) filter(v *view) filter {
	var kinds []string
	if p.Kind != "" {
		kinds = []string{p.Kind}
	}
	return v.facets.filter(kinds, p.Filters, p.Exclude)
}

func (p *Probe) limit() int {
	if p.Limit <= 0 {
		return 10
	}
	return min(p.Limit, MaxMatches)
}

// FieldText is the field name of Probe.Text.
const FieldText = "text"

// Match returns the documents that fit the probe best. They are chosen in two
// stages: candidates by the index alone, then an exact comparison of each with
// the probe. A probe without any character that is in the index has no matches.
func (x *Index) Match(ctx context.Context, q Probe) ([]Match, error) {
	o, err := x.MatchOutcome(ctx, q)
	return o.Matches, err
}
