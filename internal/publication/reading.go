package publication

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Open reads the open revision of a record whole: the record as it would be. Who may not read what is confidential of the record does
// not learn whether there is one.
func (l Listings[R, P, C, V]) Open(ctx context.Context, u *work.Unit, reader policy.Actor, id uuid.UUID) (V, error) {
	var view V
	err := u.View(ctx, func(q *gorm.DB) error {
		r, err := l.Load(q, reader, id)
		if err != nil {
			return err
		}
		if !policy.Allowed(reader, l.Actions.Inner, r.Facts()) {
			return fault.NotVisible.New()
		}
		rev, err := load(q, r.Noun(), id)
		if err != nil {
			return err
		}
		if !rev.open() {
			return fault.NoRevision.New()
		}
		p, err := l.as(r, rev)
		if err != nil {
			return err
		}
		view, err = l.ShowOne(q, reader, p, r.Facts())
		return err
	})
	return view, err
}

// Revisions tells of the open revisions of records, in their order, to a reader who may know of them: nil where there is none to tell of.
func Revisions[R any, P interface {
	*R
	work.Record
	Listed() *Entry
}](q *gorm.DB, reader policy.Actor, rows []R, l Rules) ([]*Revision, error) {
	out := make([]*Revision, len(rows))
	var ids []uuid.UUID
	noun := ""
	for i := range rows {
		r := P(&rows[i])
		if e := r.Listed(); e.State == l.Names.Public && policy.Allowed(reader, l.Actions.Inner, r.Facts()) {
			ids, noun = append(ids, r.Base().ID), r.Noun()
		}
	}
	open, err := openOf(q, noun, ids)
	if err != nil || len(open) == 0 {
		return out, err
	}
	var who []uuid.UUID
	for _, rev := range open {
		who = append(who, rev.MadeBy)
	}
	names, err := l.People(q, who)
	for i := range rows {
		if rev, there := open[P(&rows[i]).Base().ID]; there {
			out[i] = &Revision{State: rev.State, Version: rev.Version, By: names[rev.MadeBy], At: rev.UpdatedAt, SubmittedBy: rev.SubmittedBy, ReturnReason: rev.ReturnReason}
		}
	}
	return out, err
}
