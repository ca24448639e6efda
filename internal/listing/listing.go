// Package listing is what every listing of an organization has besides publication: how a draft and an offer are written, and what stands
// beside it for whoever reads one (whose it is, what it is called elsewhere, its open revision), each as far as the reader may know it. What the
// record itself says is its kind's own.
package listing

import (
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/ref"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// Along is what was read along with a row, where it was. It is embedded in the record, and no part of it.
type Along struct {
	OwnerName string  // empty: it is looked up
	External  *string // of external.Column; nil: they are looked up
}

// ReadAlong gives what was read along with a record that embeds it.
func (a *Along) ReadAlong() *Along { return a }

// Beside is what stands beside a listing. It is embedded in the View of its kind.
type Beside struct {
	Owner    orgs.Ref
	External []external.ID
	Revision *publication.Revision // where one is open that the reader may know of
	People   People
	Chains   []ref.Chain // the industry chains that it is of
	work.Acts
	// Warnings are places that its writer may want to look at again; they stop nobody. Only those who may read all of it are told.
	Warnings fault.Fields
}

// Warn finds texts that only stand for one that is still to be written: among texts, each after the place where it stands in the input,
// and among keywords.
func Warn(keywords []string, texts ...string) fault.Fields {
	var out fault.Fields
	for i := 0; i+1 < len(texts); i += 2 {
		if text.Placeholder(texts[i+1]) {
			out = append(out, fault.Placeholder.Plain(texts[i]))
		}
	}
	for i, k := range keywords {
		if text.Placeholder(k) {
			out = append(out, fault.Placeholder.Plain(fmt.Sprintf("/keywords/%d", i)))
		}
	}
	return out
}

// The bounds of what every listing says of its subject.
const (
	maxKeywords = 20
	maxKeyword  = 50
	maxChains   = 5
)

// CheckSubject holds what every listing says of its subject to the rules: keywords, technology field and industry chains.
func CheckSubject(bad *fault.Fields, keywords []string, field string, chains []string) {
	bad.Check(len(keywords) <= maxKeywords, "/keywords", fault.TooManyItems, "至多 %[1]d 个关键词", "At most %[1]d keywords", maxKeywords)
	for i, k := range keywords {
		bad.Length(k, fmt.Sprintf("/keywords/%d", i), 1, maxKeyword)
	}
	codes.Fields.Check(bad, codes.Field(field), "/field")
	CheckChains(bad, chains)
}

// CheckChains holds the number of industry chains to its bound; whether there are such is asked of package ref.
func CheckChains(bad *fault.Fields, chains []string) {
	bad.Check(len(chains) <= maxChains, "/chains", fault.TooManyItems, "至多 %[1]d 条产业链", "At most %[1]d chains", maxChains)
}

// List is a list as it is stored: its column holds one, be it empty.
func List[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// CleanContact is whom an offer names to be asked, as it is stored; none stays none.
func CleanContact(bad *fault.Fields, c *orgs.Contact) *orgs.Contact {
	if c == nil {
		return nil
	}
	contact := *c
	contact.Clean(bad, "/contact")
	return &contact
}

// People are who made a listing, for those who may read what is confidential of it.
type People struct{ Created, Submitted, Published string }

// OpenRevision gives the open revision of a View that embeds Beside, or nil.
func (b *Beside) OpenRevision() *publication.Revision { return b.Revision }

// Masking is a listing that may keep its owner's name from all but its members and the bureau.
type Masking interface{ Conceals() bool }

// Shown gives what stands beside listings of one kind, in their order: at most one query for all of each.
func Shown[R any, P interface {
	*R
	work.Record
	Listed() *publication.Entry
	InChains() []string
	ReadAlong() *Along
}](q *gorm.DB, reader policy.Actor, rows []R, rules publication.Rules) ([]Beside, error) {
	owners := make([]orgs.Standing, len(rows))
	named := make([]external.Named, len(rows))
	var noun string
	for i := range rows {
		r := P(&rows[i])
		read := r.ReadAlong()
		noun, owners[i], named[i] = r.Noun(), orgs.Standing{Organization: r.Listed().OwnerID, Name: read.OwnerName}, external.Named{ID: r.Base().ID, Along: read.External}
		if m, is := any(r).(Masking); is && m.Conceals() {
			if owners[i].Masked = true; !policy.Allowed(reader, rules.Actions.Inner, r.Facts()) {
				named[i].Along = new(string) // what its owner calls it would tell whose it is
			}
		}
	}
	refs, err := orgs.Shown(q, reader, owners)
	if err != nil {
		return nil, err
	}
	names, err := external.Shown(q, noun, named)
	if err != nil {
		return nil, err
	}
	revisions, err := publication.Revisions[R, P](q, reader, rows, rules)
	if err != nil {
		return nil, err
	}
	people, err := whoMade[R, P](q, reader, rows, rules)
	if err != nil {
		return nil, err
	}
	chains, err := chainsOf[R, P](q, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Beside, len(rows))
	for i := range rows {
		out[i] = Beside{Chains: chains[i], People: people[i], Owner: refs[i], External: names[i], Revision: revisions[i]}
	}
	return out, nil
}

// chainsOf names the industry chains of listings, in their order: one query for all, where there are any.
func chainsOf[R any, P interface {
	*R
	InChains() []string
}](q *gorm.DB, rows []R) ([][]ref.Chain, error) {
	var all []string
	for i := range rows {
		all = append(all, P(&rows[i]).InChains()...)
	}
	named, err := ref.ChainsNamed(q, all)
	out := make([][]ref.Chain, len(rows))
	for i := range rows {
		for _, code := range P(&rows[i]).InChains() {
			out[i] = append(out[i], named[code])
		}
	}
	return out, err
}

// whoMade names who created, submitted and published listings, in their order and as far as the reader may know: one query for all.
func whoMade[R any, P interface {
	*R
	work.Record
	Listed() *publication.Entry
}](q *gorm.DB, reader policy.Actor, rows []R, rules publication.Rules) ([]People, error) {
	out := make([]People, len(rows))
	type place struct {
		account uuid.UUID
		name    *string
	}
	var places []place
	var ids []uuid.UUID
	for i := range rows {
		r := P(&rows[i])
		if !policy.Allowed(reader, rules.Actions.Inner, r.Facts()) {
			continue
		}
		e := r.Listed()
		for _, p := range []struct {
			by   *uuid.UUID
			name *string
		}{{e.CreatedBy, &out[i].Created}, {e.SubmittedBy, &out[i].Submitted}, {e.PublishedBy, &out[i].Published}} {
			if p.by != nil {
				places, ids = append(places, place{*p.by, p.name}), append(ids, *p.by)
			}
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	names, err := rules.People(q, ids)
	for _, p := range places {
		*p.name = names[p.account]
	}
	return out, err
}
