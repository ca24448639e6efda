package search

import (
	"context"
	"slices"
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
	// Floors keep out documents whose sort keys lie too low or too high.
	Floors []Floor
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

// Outcome is the answer to a Match with how it came about.
type Outcome struct {
	Matches []Match
	// Degraded says that vectors should have taken part and did not, or not all of
	// them. The matches are right by the text.
	Degraded Degraded
}

// Degraded is why a match went without vectors that it should have had.
type Degraded string

// Ways in which a match is degraded.
const (
	// NotDegraded: all is as configured. So is a match of a probe that may not be
	// given to the EmbedFunc.
	NotDegraded Degraded = ""
	// DegradedProbe: there was no vector for the probe in time.
	DegradedProbe Degraded = "no vector for the probe"
	// DegradedDocuments: some documents have no vector yet.
	DegradedDocuments Degraded = "documents without vectors"
)

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
	f := v.facets.filter(kinds, p.Filters, p.Exclude)
	f.floors = p.Floors
	return f
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

// MatchOutcome is Match, and tells whether vectors took part as they should.
func (x *Index) MatchOutcome(ctx context.Context, q Probe) (Outcome, error) {
	v, err := x.acquire()
	if err != nil {
		return Outcome{}, err
	}
	defer v.release()
	near := x.startNear(ctx, v, &q)
	defer near.stop()
	p, err := v.newProbe(q.sources())
	if err != nil {
		return Outcome{}, err
	}
	f := q.filter(v)
	list, err := v.candidates(ctx, p, candidateCount, &f)
	if err != nil {
		return Outcome{}, err
	}
	s := newScorer(v, p)
	defer s.release()
	s.prefer, s.want, s.now = v.facets.preferences(q.Prefer), q.Terms, q.Now
	out := Outcome{}
	if list, out.Degraded, err = near.join(v, s, list); err != nil {
		return Outcome{}, err
	}
	for i := range list {
		c := &list[i]
		c.score = s.logit(s.relevance(c.forward, nil))
		s.factors(c.forward, func(_ string, x float64) { c.score += x })
	}
	slices.SortFunc(list, better)
	list = list[:min(len(list), q.limit())]
	out.Matches = make([]Match, 0, len(list))
	for _, c := range list {
		if q.Brief {
			out.Matches = append(out.Matches, Match{ID: c.forward.id, Score: percent(c.score)})
			continue
		}
		m, err := v.explain(s, c)
		if err != nil {
			return Outcome{}, err
		}
		out.Matches = append(out.Matches, m)
	}
	return out, nil
}
