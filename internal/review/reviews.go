package review

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

type (
	// ReviewView is a reviewer's part as they see it, or the bureau: which sees none of the scores before scoring is over.
	ReviewView struct {
		Review
		Panel   Panel
		Leads   bool // is the first of those who serve, and leads the consensus on every item that it has not left to the others
		Items   []ItemView
		Results []Result // once scoring is over
		work.Acts
	}
	// ItemView is one item with what its reader may see of its scores.
	ItemView struct {
		ID        uuid.UUID
		Pseudonym string
		Withdrawn bool
		Leads     bool      // records what the reviewers agree on about it
		Sheet     *SheetRow // the reviewer's own
		Others    []SheetRow
		Agreed    *Agreed
	}
	// ReviewAnswer is the outcome of a use case that changed one.
	ReviewAnswer = work.Answer[ReviewView]
)

// reviews is how reviews are read and written.
var reviews = work.Records[Review, *Review, ReviewView]{
	Read: policy.ReviewRead, Show: showReviews, Joined: true,
	Columns: work.Columns{string(policy.Self): "account_id IN ?"},
	Acts: []work.Act[*Review, ReviewView]{
		{Operation: "acceptReview", Action: policy.ReviewAnswer, When: func(r *Review, v *ReviewView) error { return firstOf(v.during(Scoring), r.Accept(r.UpdatedAt)) }},
		{Operation: "refuseReview", Action: policy.ReviewAnswer, When: func(r *Review, v *ReviewView) error {
			return firstOf(v.during(Scoring, Consensus), r.Refuse(Conflict, "", r.UpdatedAt))
		}},
		{Operation: "scoreReviewItem", Action: policy.ReviewScore, When: func(r *Review, v *ReviewView) error {
			return firstOf(v.during(Scoring), ReviewWays.In(r.State, "scoreReviewItem"))
		}},
		{Operation: "recuseFromReviewItem", Action: policy.ReviewScore, When: func(r *Review, v *ReviewView) error {
			return firstOf(v.during(Scoring), ReviewWays.In(r.State, "recuseFromReviewItem"))
		}},
		{Operation: "recordReviewConsensus", Action: policy.ReviewAgree, When: func(_ *Review, v *ReviewView) error {
			if err := v.during(Consensus); err != nil {
				return err
			}
			if !slices.ContainsFunc(v.Items, func(x ItemView) bool { return x.Leads && !x.Withdrawn }) {
				return fault.NotTheChair.New()
			}
			return nil
		}},
	},
}

func (v *ReviewView) during(states ...State) error { return work.In(v.Panel.State, states...) }

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// showReviews adds panels to reviews, in two statements, and to a single one its items with what may be seen of their scores.
func showReviews(q *gorm.DB, reader policy.Actor, rows []Review) ([]ReviewView, error) {
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.PanelID
	}
	found, err := work.ByIDs[Panel](q, ids)
	if err != nil {
		return nil, err
	}
	var serve []Review
	if err := q.Where("panel_id IN ? AND state = ?", db.Among(ids), Accepted).Order("panel_id, place").Find(&serve).Error; err != nil {
		return nil, err
	}
	out := make([]ReviewView, len(rows))
	for i, r := range rows {
		out[i] = ReviewView{Review: r, Leads: leads(serve, &r)}
		for _, p := range found {
			if p.ID == r.PanelID {
				out[i].Panel = p
			}
		}
		out[i].Panel.Results = nil
	}
	if len(rows) != 1 {
		return out, nil
	}
	return out, out[0].fill(q, reader, serve)
}

// leads tells whether a reviewer is the first, in the order of the draw, of those who serve.
func leads(serve []Review, r *Review) bool {
	for _, other := range serve {
		if other.PanelID == r.PanelID {
			return other.ID == r.ID
		}
	}
	return false
}

// leads tells whether the reviewer is the first, in the order of the draw, of those who serve and have not left the item to the others.
func (v *ReviewView) leads(serve []Review, item uuid.UUID, sheets []SheetRow) bool {
	for _, r := range serve {
		gone := slices.ContainsFunc(sheets, func(s SheetRow) bool { return s.ReviewID == r.ID && s.ItemID == item && s.State == Recused })
		if !gone {
			return r.ID == v.ID
		}
	}
	return false
}

// fill adds items and scores: the reviewer's own to themselves, and others' once their own are final for that item or scoring is over; to the
// bureau none before that. Who recused themselves from an item, or serves no more, sees nothing that others gave.
func (v *ReviewView) fill(q *gorm.DB, reader policy.Actor, serve []Review) error {
	own := reader.Account == v.AccountID
	over := v.Panel.State == Consensus || v.Panel.State == Finished
	if own && v.State != Accepted || !own && !over {
		return nil
	}
	var items []Item
	if err := q.Where("panel_id = ?", v.PanelID).Order("id").Find(&items).Error; err != nil {
		return err
	}
	var sheets []SheetRow
	if err := q.Where("panel_id = ?", v.PanelID).Order("id").Find(&sheets).Error; err != nil {
		return err
	}
	var agreed []Agreed
	if err := q.Where("panel_id = ?", v.PanelID).Order("id").Find(&agreed).Error; err != nil {
		return err
	}
	for _, item := range items {
		x := ItemView{ID: item.ID, Pseudonym: item.Pseudonym, Withdrawn: item.Withdrawn}
		var others []SheetRow
		for _, s := range sheets {
			switch {
			case s.ItemID != item.ID:
			case s.ReviewID == v.ID:
				x.Sheet = &s
			case s.State == Final && slices.ContainsFunc(serve, func(r Review) bool { return r.ID == s.ReviewID }):
				others = append(others, s)
			}
		}
		recused := x.Sheet != nil && x.Sheet.State == Recused
		x.Leads = v.leads(serve, item.ID, sheets)
		if !recused && (over || x.Sheet != nil && x.Sheet.State == Final) {
			x.Others = others
			slices.SortFunc(x.Others, func(a, b SheetRow) int { return cmp.Compare(v.Panel.Rules.weigh(b), v.Panel.Rules.weigh(a)) })
		}
		for _, a := range agreed {
			if a.ItemID == item.ID && over && !recused {
				x.Agreed = &a
			}
		}
		v.Items = append(v.Items, x)
	}
	if !over {
		return nil
	}
	var err error
	v.Results, err = ResultsOf(q, &v.Panel)
	return err
}

func (r Rules) weigh(s SheetRow) (sum int64) {
	for i, m := range s.Marks {
		sum += int64(r.Criteria[i].Weight) * int64(m.Score)
	}
	return sum
}

// within runs a use case of a reviewer while their panel is locked, in one of some states.
func (s *Service) within(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, states []State,
	method func(tx *work.Tx, p *Panel, r *Review) error) (ReviewAnswer, error) {
	a, err := reviews.Do(ctx, s.unit, call, func(tx *work.Tx) (*Review, error) {
		known, err := work.Load[Review](tx.DB, id)
		if err != nil {
			return nil, err
		}
		p, err := panels.Lock(tx, known.PanelID)
		if err != nil {
			return nil, err
		}
		r, err := work.Load[Review](db.ForUpdate(tx.DB), id)
		if err != nil {
			return nil, err
		}
		return r, work.Change(tx, r, version, action, func() error {
			if err := work.In(p.State, states...); err != nil {
				return err
			}
			return method(tx, p, r)
		})
	})
	return a, s.refusal(ctx, call, id, err)
}

// taking is within for what nobody does who has a tie.
func (s *Service) taking(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, states []State,
	method func(tx *work.Tx, p *Panel, r *Review) error) (ReviewAnswer, error) {
	return s.within(ctx, call, id, version, action, states, func(tx *work.Tx, p *Panel, r *Review) error {
		if err := s.untied(tx, p, r); err != nil {
			return err
		}
		return method(tx, p, r)
	})
}

// Accept takes a reviewer's part.
func (s *Service) Accept(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ReviewAnswer, error) {
	return s.taking(ctx, call, id, version, policy.ReviewAnswer, []State{Scoring}, func(tx *work.Tx, _ *Panel, r *Review) error { return r.Accept(tx.Now) })
}

// RefuseInput says why somebody does not review, or does so no more.
type RefuseInput struct {
	Reason Reason
	Note   string
}

// Refuse leaves a reviewer's part, or gives it up: what was scored counts no more then.
func (s *Service) Refuse(ctx context.Context, call work.Call, id uuid.UUID, version int64, in RefuseInput) (ReviewAnswer, error) {
	return s.within(ctx, call, id, version, policy.ReviewAnswer, []State{Scoring, Consensus}, func(tx *work.Tx, _ *Panel, r *Review) error {
		var bad fault.Fields
		fault.Offered(&bad, in.Reason, "/reason", reasons)
		bad.Length(in.Note, "/note", 0, 1000)
		if err := bad.Err(); err != nil {
			return err
		}
		return r.Refuse(in.Reason, in.Note, tx.Now)
	})
}

// ScoreInput is what a reviewer gives to an item.
type ScoreInput struct {
	Item    uuid.UUID
	Marks   []Mark // in the order of the criteria
	Comment string
	Final   bool // it is handed in, and does not change any more; otherwise a draft is saved
}

// Score saves what a reviewer gives to an item, or hands it in.
func (s *Service) Score(ctx context.Context, call work.Call, id uuid.UUID, version int64, in ScoreInput) (ReviewAnswer, error) {
	return s.taking(ctx, call, id, version, policy.ReviewScore, []State{Scoring}, func(tx *work.Tx, p *Panel, r *Review) error {
		if err := ReviewWays.In(r.State, "scoreReviewItem"); err != nil {
			return err
		}
		if err := p.Rules.checkMarks(in.Marks, in.Comment, in.Final); err != nil {
			return err
		}
		return onSheet(tx, r, in.Item, func(sheet *SheetRow) error { return sheet.write(in.Marks, in.Comment, in.Final) })
	})
}

// RecuseInput says from which item, and why.
type RecuseInput struct {
	Item   uuid.UUID
	Reason string
}

// Recuse leaves one item to the others.
func (s *Service) Recuse(ctx context.Context, call work.Call, id uuid.UUID, version int64, in RecuseInput) (ReviewAnswer, error) {
	return s.within(ctx, call, id, version, policy.ReviewScore, []State{Scoring}, func(tx *work.Tx, _ *Panel, r *Review) error {
		if err := ReviewWays.In(r.State, "recuseFromReviewItem"); err != nil {
			return err
		}
		var bad fault.Fields
		bad.Length(in.Reason, "/reason", 2, 1000)
		if err := bad.Err(); err != nil {
			return err
		}
		return onSheet(tx, r, in.Item, func(sheet *SheetRow) error { return sheet.recuse(in.Reason) })
	})
}

// What becomes of a sheet follows from what its reviewer does.
const (
	sheetSaved  work.Deed = "review_sheet.save"
	agreedSaved work.Deed = "review_consensus.save"
)

// onItem refuses an item that is not of the panel, or has left it.
func onItem(tx *work.Tx, panel, item uuid.UUID) error {
	var items []Item
	if err := tx.Where("id = ? AND panel_id = ?", item, panel).Limit(1).Find(&items).Error; err != nil {
		return err
	}
	switch {
	case len(items) == 0:
		return fault.InvalidInput.At("/item_id", fault.UnknownItem, "本次评审没有这个项目", "The review has no such item")
	case items[0].Withdrawn:
		return fault.ItemWithdrawn.New()
	}
	return nil
}

// onSheet changes what a reviewer who serves gives to an item.
func onSheet(tx *work.Tx, r *Review, item uuid.UUID, method func(*SheetRow) error) error {
	if err := onItem(tx, r.PanelID, item); err != nil {
		return err
	}
	var rows []SheetRow
	if err := tx.Where("review_id = ? AND item_id = ?", r.ID, item).Limit(1).Find(&rows).Error; err != nil {
		return err
	}
	if len(rows) == 1 {
		return work.Move(tx, &rows[0], sheetSaved, func() error { return method(&rows[0]) })
	}
	sheet := &SheetRow{Head: tx.NewHead(), PanelID: r.PanelID, ReviewID: r.ID, ItemID: item, State: Draft}
	sheet.ID = uuid.New()
	if err := method(sheet); err != nil {
		return err
	}
	return work.Insert(tx, sheetSaved, sheet)
}

// mustLead refuses who does not lead the consensus on an item.
func mustLead(tx *work.Tx, r *Review, item uuid.UUID) error {
	var first []Review
	err := tx.Where(`panel_id = ? AND state = ? AND NOT EXISTS (SELECT 1 FROM review_sheets AS s WHERE s.review_id = reviews.id AND s.item_id = ? AND s.state = ?)`,
		r.PanelID, Accepted, item, Recused).Order("place").Limit(1).Find(&first).Error
	if err == nil && !leads(first, r) {
		err = fault.NotTheChair.New()
	}
	return err
}

// AgreeInput is what the reviewers agreed on about an item.
type AgreeInput struct {
	Item   uuid.UUID
	Score  Score
	Reason string
}

// Agree records what the reviewers agreed on, beside what each gave; once scoring is over, by the first of them, in the order of the draw, who has
// not left the item to the others.
func (s *Service) Agree(ctx context.Context, call work.Call, id uuid.UUID, version int64, in AgreeInput) (ReviewAnswer, error) {
	return s.taking(ctx, call, id, version, policy.ReviewAgree, []State{Consensus}, func(tx *work.Tx, p *Panel, r *Review) error {
		if err := ReviewWays.In(r.State, "recordReviewConsensus"); err != nil {
			return err
		}
		var bad fault.Fields
		bad.Check(in.Score >= 0 && in.Score <= Full, "/score", fault.OutOfRange, "分值为 0 至 100，至多三位小数", "A score is 0 to 100, with three decimals at most")
		bad.Length(in.Reason, "/reason", 5, 10000)
		if err := bad.Err(); err != nil {
			return err
		}
		if err := onItem(tx, p.ID, in.Item); err != nil {
			return err
		}
		if err := mustLead(tx, r, in.Item); err != nil {
			return err
		}
		var rows []Agreed
		if err := tx.Where("item_id = ?", in.Item).Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 1 {
			return work.Move(tx, &rows[0], agreedSaved, func() error {
				rows[0].Score, rows[0].Reason, rows[0].ByID = in.Score, in.Reason, call.Actor.Account
				return nil
			})
		}
		return work.Insert(tx, agreedSaved, &Agreed{Head: tx.NewHead(), PanelID: p.ID, ItemID: in.Item, Score: in.Score, Reason: in.Reason, ByID: call.Actor.Account})
	})
}

// GetReview reads one review.
func (s *Service) GetReview(ctx context.Context, reader policy.Actor, id uuid.UUID) (ReviewView, error) {
	return reviews.Get(ctx, s.unit, reader, id)
}

// ReviewFilter narrows a list of reviews; empty fields do not.
type ReviewFilter struct {
	Panel uuid.UUID   `query:"panel_id" where:"panel_id = ?" of:"review_panels"`
	State ReviewState `query:"state" where:"state = ?"`
}

// ListReviews lists the reader's own reviews, and to the bureau all.
func (s *Service) ListReviews(ctx context.Context, reader policy.Actor, f ReviewFilter, p db.Paging) (db.Page[ReviewView], error) {
	if err := policy.Check(reader, policy.ReviewList, policy.Facts{}); err != nil {
		return db.Page[ReviewView]{}, err
	}
	return reviews.List(ctx, s.unit, reader, f, p)
}
