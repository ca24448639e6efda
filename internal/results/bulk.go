package results

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// MaxBulk is how many results one bulk call takes: one transaction, which must not keep others waiting long.
const MaxBulk = 200

// Import drafts and submits many results of one owner, each with an external id. A result whose external id is already there
// is left as it is, so that an import can be run again after it was cut off. It returns those that now wait for publication,
// and how many were there before. Every row must be sound (Check); one that is not refuses the whole batch.
func (s *Service) Import(ctx context.Context, call work.Call, owner uuid.UUID, rows []Input) (waiting []uuid.UUID, known int, err error) {
	_, err = s.unit.Do(ctx, call, func(tx *work.Tx) error {
		waiting, known = nil, 0
		if len(rows) > MaxBulk {
			return fault.InvalidInput.At("", fault.TooManyItems, "一次最多 %[1]d 条", "At most %[1]d at a time", MaxBulk)
		}
		o, err := orgs.LoadOwner(tx.DB, call.Actor, owner, "/owner_id")
		if err != nil {
			return err
		}
		for _, action := range []policy.Action{policy.ResultCreate, policy.ResultSubmit} {
			if err := policy.Check(call.Actor, action, o.Facts()); err != nil {
				return err
			}
		}
		if err := orgs.MustBeVerified(tx.DB, o.ID); err != nil {
			return err
		}
		rows := slices.Clone(rows) // the transaction may run twice
		for i := range rows {
			if rows[i], err = rows[i].Cleaned(); err != nil {
				return err
			}
		}
		there, err := byExternal(tx.DB, owner, rows)
		if err != nil {
			return err
		}
		var fresh []*Result
		var names [][]external.ID
		for _, in := range rows {
			if r, found := there[in.External[0]]; found {
				known++
				if r.State == Submitted && !slices.Contains(waiting, r.ID) {
					waiting = append(waiting, r.ID)
				}
				continue
			}
			in.Owner = owner
			r := listings.Draft(tx, in)
			if err := r.Entry.Submit(call.Actor.Account, listings.Names); err != nil {
				return err
			}
			fresh, waiting, names = append(fresh, r), append(waiting, r.ID), append(names, in.External)
			there[in.External[0]] = r // a line that comes twice is one result
		}
		if err := work.InsertAll(tx, work.Did(policy.ResultSubmit), fresh); err != nil {
			return err
		}
		refs := make([]work.Ref, len(fresh))
		for i, r := range fresh {
			refs[i] = work.RefOf(r)
		}
		return external.Add(tx, refs, owner, func(i int) []external.ID { return names[i] }, "/external_ids", listings.Titles)
	})
	return waiting, known, err
}

// PublishAll publishes many submitted results; the same rules hold for each as for one.
func (s *Service) PublishAll(ctx context.Context, call work.Call, ids []uuid.UUID) error {
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if len(ids) > MaxBulk {
			return fault.InvalidInput.At("", fault.TooManyItems, "一次最多 %[1]d 条", "At most %[1]d at a time", MaxBulk)
		}
		rows, err := ByIDs(db.ForUpdate(tx.DB), ids)
		if err != nil {
			return err
		}
		owners := make([]uuid.UUID, len(rows))
		for i := range rows {
			owners[i] = rows[i].OwnerID
		}
		sole, err := orgs.WithOneMember(tx.DB, owners)
		if err != nil {
			return err
		}
		if err := orgs.MustStand(tx.DB, owners...); err != nil {
			return err
		}
		for i := range rows {
			r := &rows[i]
			facts := r.Facts()
			facts.SoleOwner = sole[r.OwnerID]
			if err := policy.Check(call.Actor, policy.ResultPublish, facts); err != nil {
				return err
			}
			if err := work.Move(tx, r, work.Did(policy.ResultPublish), func() error { return r.Entry.Publish(call.Actor.Account, tx.Now, listings.Names) }); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// byExternal finds the results that the rows name by their first external id: two queries for each scheme.
func byExternal(q *gorm.DB, owner uuid.UUID, rows []Input) (map[external.ID]*Result, error) {
	byScheme := map[string][]string{}
	for _, in := range rows {
		if len(in.External) == 0 {
			return nil, fault.InvalidInput.At("/external_ids", fault.Required, "导入须有外部编号", "An import needs external ids")
		}
		x := in.External[0]
		byScheme[x.Scheme] = append(byScheme[x.Scheme], x.ID)
	}
	out := map[external.ID]*Result{}
	for scheme, names := range byScheme {
		held, err := external.Held(q, "result", owner, scheme, names)
		if err != nil {
			return nil, err
		}
		found, err := ByIDs(q, slices.Collect(maps.Values(held)))
		if err != nil {
			return nil, err
		}
		byID := make(map[uuid.UUID]*Result, len(found))
		for i := range found {
			byID[found[i].ID] = &found[i]
		}
		for name, id := range held {
			if r := byID[id]; r != nil {
				out[external.ID{Scheme: scheme, ID: name}] = r
			}
		}
	}
	return out, nil
}
