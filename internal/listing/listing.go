// Package listing tells what stands beside every listing that somebody reads: whose it is, what it is called elsewhere, and its open
// revision, each as far as the reader may know it. What the listing itself says is its kind's own.
package listing

import (
	"gorm.io/gorm"

	"jiebang/internal/external"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/work"
)

// Along is what was read along with a row, where it was.
type Along struct {
	OwnerName string  // empty: it is looked up
	External  *string // of external.Column; nil: they are looked up
}

// Beside is what stands beside a listing. It is embedded in the View of its kind.
type Beside struct {
	Owner    orgs.Ref
	External []external.ID
	Revision *publication.Revision // where one is open that the reader may know of
	work.Acts
}

// OpenRevision gives the open revision of a View that embeds Beside, or nil.
func (b *Beside) OpenRevision() *publication.Revision { return b.Revision }

// Shown gives what stands beside listings of one kind, in their order: at most one query for all of each.
func Shown[R any, P interface {
	*R
	work.Record
	Listed() *publication.Entry
}](q *gorm.DB, reader policy.Actor, rows []R, rules publication.Rules, along func(P) Along) ([]Beside, error) {
	owners := make([]orgs.Standing, len(rows))
	named := make([]external.Named, len(rows))
	var noun string
	for i := range rows {
		r := P(&rows[i])
		read := along(r)
		noun, owners[i], named[i] = r.Noun(), orgs.Standing{Organization: r.Listed().OwnerID, Name: read.OwnerName}, external.Named{ID: r.Base().ID, Along: read.External}
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
	out := make([]Beside, len(rows))
	for i := range rows {
		out[i] = Beside{Owner: refs[i], External: names[i], Revision: revisions[i]}
	}
	return out, nil
}
