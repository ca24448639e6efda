package results

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
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
			return fault.InvalidInput.At("", fault.TooManyItems, "一次最多 %d 条 At most %d at a time", MaxBulk, MaxBulk)
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
		if o.State != orgs.Verified {
			return fault.OrganizationPending.New()
		}
		there, err := byExternal(tx.DB, owner, rows)
		if err != nil {
			return err
		}
		var fresh []*Result
		for _, in := range rows {
			if r, found := there[key(in.External)]; found {
				known++
				if r.State == Submitted && !slices.Contains(waiting, r.ID) {
					waiting = append(waiting, r.ID)
				}
				continue
			}
			r := &Result{Head: tx.NewHead(), State: Draft, OwnerID: owner}
			if err := r.Edit(in.Content, in.External); err != nil {
				return err
			}
			if err := r.Submit(call.Actor.Account); err != nil {
				return err
			}
			fresh, waiting = append(fresh, r), append(waiting, r.ID)
			there[key(in.External)] = r // a line that comes twice is one result
		}
		return work.UniqueExternalID(work.InsertAll(tx, work.Did(policy.ResultSubmit), fresh))
	})
	return waiting, known, err
}

// PublishAll publishes many submitted results; the same rules hold for each as for one.
func (s *Service) PublishAll(ctx context.Context, call work.Call, ids []uuid.UUID) error {
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if len(ids) > MaxBulk {
			return fault.InvalidInput.At("", fault.TooManyItems, "一次最多 %d 条 At most %d at a time", MaxBulk, MaxBulk)
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
		for i := range rows {
			r := &rows[i]
			facts := r.Facts()
			facts.SoleOwner = sole[r.OwnerID]
			if err := policy.Check(call.Actor, policy.ResultPublish, facts); err != nil {
				return err
			}
			if err := work.Move(tx, r, work.Did(policy.ResultPublish), func() error { return r.Publish(tx.Now) }); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// Check tells what is wrong with a row before it is given to Import.
func (in Input) Check() error { return in.Content.check() }

func byExternal(q *gorm.DB, owner uuid.UUID, rows []Input) (map[string]*Result, error) {
	byScheme := map[string][]string{}
	for _, in := range rows {
		if in.External.Scheme == nil || in.External.ID == nil {
			return nil, fault.InvalidInput.At("/external_id", fault.Required, "导入须有外部编号 An import needs external ids")
		}
		byScheme[*in.External.Scheme] = append(byScheme[*in.External.Scheme], *in.External.ID)
	}
	out := map[string]*Result{}
	for scheme, ids := range byScheme {
		var found []Result
		if err := q.Where("owner_id = ? AND external_scheme = ? AND external_id IN ?", owner, scheme, ids).Find(&found).Error; err != nil {
			return nil, err
		}
		for i := range found {
			out[key(found[i].External)] = &found[i]
		}
	}
	return out, nil
}

func key(x ExternalID) string { return *x.Scheme + "\x00" + *x.ID }
