package match

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
	"jiebang/search"
)

// Similar is another record that says the same in slightly other words, or has the number of a patent in common.
type Similar struct {
	Listing
	Overlap float64  // share of terms in common, from 0 to 1
	Numbers []string // that both have, in their normal form
}

// Doubles looks for doubles of a record that the actor may read, such as a draft of theirs before submission: those that have a patent in common in
// front, then those of nearly the same words. Of a record whose revision is open, and may be read by the actor, the revision is what is compared: it
// is what will be submitted.
func (s *Service) Doubles(ctx context.Context, actor policy.Actor, noun string, id uuid.UUID) ([]Similar, error) {
	kind, p, err := s.writtenPaper(ctx, actor, noun, id)
	if err != nil {
		return nil, err
	}
	out, err := s.similar(ctx, actor, p)
	if err != nil {
		return nil, err
	}
	own, err := s.ownDoubles(ctx, actor, kind, p)
	if err != nil {
		return nil, err
	}
	out = append(out, own...)
	slices.SortStableFunc(out, func(a, b Similar) int {
		return cmp.Or(cmp.Compare(len(b.Numbers), len(a.Numbers)), cmp.Compare(b.Overlap, a.Overlap))
	})
	return out, nil
}

// writtenPaper is the paper of a record as it is written last, as far as the actor may read that.
func (s *Service) writtenPaper(ctx context.Context, actor policy.Actor, noun string, id uuid.UUID) (kinds.Kind, paper, error) {
	q := s.unit.Query(ctx)
	kind, record, err := s.kinds.One(q, actor, noun, id)
	if err != nil {
		return kind, paper{}, err
	}
	written := work.Record(record)
	if kind.Written != nil && policy.Allowed(actor, kind.Inner, record.Facts()) {
		if written, err = kind.Written(q, record); err != nil {
			return kind, paper{}, err
		}
	}
	return kind, paperOf(kind.Document(written), s.now()), nil
}

// common are the numbers of patents that two papers have.
func (p paper) common(other paper) []string {
	var out []string
	for _, n := range p.Facets[kinds.FacetNumber] {
		if slices.Contains(other.Facets[kinds.FacetNumber], n) {
			out = append(out, n)
		}
	}
	return out
}

// said is the text of which overlaps are told.
func (p paper) said() string { return p.Title + "\n" + p.Abstract }

// ownCompared is how many of an organization's own records a draft is compared with, those that changed last.
const ownCompared = 500

// ownDoubles are the doubles of a record among what its owner has besides and is in no index, drafts above all: the same thing entered twice
// shows before it is submitted. They are told to whoever may read what the owner keeps to itself.
func (s *Service) ownDoubles(ctx context.Context, actor policy.Actor, kind kinds.Kind, p paper) ([]Similar, error) {
	owner := p.listing.Owner.ID
	if kind.Own == nil || owner == uuid.Nil || !policy.Allowed(actor, kind.Inner, policy.Facts{Owner: owner}) {
		return nil, nil
	}
	q := s.unit.Query(ctx)
	records, err := kind.Own(q, owner, ownCompared)
	if err != nil {
		return nil, err
	}
	var out []Similar
	for _, r := range records {
		other := paperOf(kind.Document(r), s.now())
		if other.listing.public || other.listing.ID == p.listing.ID {
			continue
		}
		o, numbers := search.Overlap(p.said(), other.said()), p.common(other)
		if o >= search.NearDuplicate || len(numbers) > 0 {
			out = append(out, Similar{other.listing, o, numbers})
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	names, err := orgs.Shown(q, actor, []orgs.Standing{{Organization: owner}})
	for i := range out {
		out[i].Owner = names[0]
	}
	return out, err
}

// sameNumbers is how many records with a number in common are looked for.
const sameNumbers = 20

// similar are the doubles among what is public.
func (s *Service) similar(ctx context.Context, reader policy.Actor, p paper) ([]Similar, error) {
	found, err := s.index.Similar(ctx, p.probe(p.Kind), search.NearDuplicate)
	if err != nil {
		return nil, searchFault(err)
	}
	ids, overlaps := make([]string, len(found)), map[string]float64{}
	for i, f := range found {
		ids[i], overlaps[f.ID] = f.ID, f.Overlap
	}
	if numbers := p.Facets[kinds.FacetNumber]; len(numbers) > 0 {
		page, err := s.index.Search(ctx, search.Query{Kinds: []string{p.Kind}, Filters: map[string][]string{kinds.FacetNumber: numbers}, Limit: sameNumbers, Brief: true})
		if err != nil {
			return nil, searchFault(err)
		}
		for _, h := range page.Hits {
			if _, there := overlaps[h.ID]; !there && h.ID != p.ID {
				ids = append(ids, h.ID)
			}
		}
	}
	papers, err := s.papers(ctx, reader, ids)
	if err != nil {
		return nil, err
	}
	var out []Similar
	for _, id := range ids {
		other, there := papers[id]
		if !there {
			continue
		}
		o, known := overlaps[id]
		if !known {
			o = search.Overlap(p.said(), other.said())
		}
		out = append(out, Similar{other.listing, o, p.common(other)})
	}
	return out, nil
}
