package review

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/mail"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// What happens to panels by the hand of the subject's package.
const (
	made      work.Deed = "review_panel.create"
	itemGone  work.Deed = "review_panel.withdraw_item"
	cancelled work.Deed = "review_panel.cancel"
	asked     work.Deed = "review.ask"
)

// drawRow is a Drawing as it is kept.
type drawRow struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	PanelID    uuid.UUID
	Nth        int
	Commitment string
	Secret     string
	Receipts   []string    `gorm:"serializer:json"`
	Candidates []Candidate `gorm:"serializer:json"`
	Excluded   []Excluded  `gorm:"serializer:json"`
	Before     []uuid.UUID `gorm:"serializer:json"`
	Wanted     int
	Drawn      []uuid.UUID `gorm:"serializer:json"`
	Reason     string
	DrawnAt    time.Time
}

func (drawRow) TableName() string { return "review_draws" }

// Drawn is a draw and what it gave.
type Drawn struct {
	Drawing
	Nth    int
	Drawn  []uuid.UUID
	Reason string // of a redraw
	At     time.Time
}

func (r drawRow) drawn() (Drawn, error) {
	secret, err := hex.DecodeString(r.Secret)
	return Drawn{
		Drawing{r.Commitment, secret, r.Receipts, r.Candidates, r.Excluded, r.Before, r.Wanted}, r.Nth, r.Drawn, r.Reason, r.DrawnAt,
	}, err
}

// Draws are the draws of a panel, the first one in front.
func Draws(q *gorm.DB, panel uuid.UUID) ([]Drawn, error) {
	var rows []drawRow
	if err := q.Where("panel_id = ?", panel).Order("nth").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Drawn, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.drawn(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Create makes a panel, in the transaction of the use case that begins a review: it gives the items their pseudonyms, draws the reviewers and asks
// them. Where there are fewer candidates than are wanted it is refused.
func Create(tx *work.Tx, about kinds.Subject, in Input) (*Panel, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	p := &Panel{
		Head: tx.NewHead(), State: Scoring, SubjectKind: about.Kind, SubjectID: about.ID, SubjectTitle: about.Title, Rules: in.Rules, Blind: in.Blind,
	}
	if err := work.Insert(tx, made, p); err != nil {
		return nil, err
	}
	if err := tx.CreateInBatches(newItems(p.ID, in.Items), 200).Error; err != nil {
		return nil, err
	}
	return p, draw(tx, p, in.Draw, 1, "")
}

// draw draws, keeps by what, and asks those who were drawn.
func draw(tx *work.Tx, p *Panel, d Drawing, nth int, reason string) error {
	if Commitment(d.Secret) != d.Commitment {
		return fault.DrawNotCommitted.New()
	}
	drawn := d.drawn()
	if len(drawn) < d.Wanted {
		return fault.TooFewReviewers.Because("须抽取 %[1]d 人，可抽取的专家只有 %[2]d 人。", "%[1]d are wanted, and there are %[2]d candidates only.", d.Wanted, len(drawn))
	}
	row := drawRow{
		ID: work.NewID(), PanelID: p.ID, Nth: nth, Commitment: d.Commitment, Secret: hex.EncodeToString(d.Secret), Receipts: d.Receipts, Candidates: d.Candidates,
		Excluded: d.Excluded, Before: d.Before, Wanted: d.Wanted, Drawn: drawn, Reason: reason, DrawnAt: tx.Now,
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	reviews := make([]*Review, len(drawn))
	for i, account := range drawn {
		reviews[i] = &Review{Head: tx.NewHead(), PanelID: p.ID, AccountID: account, Place: len(d.Before) + i + 1, State: Asked}
	}
	if err := work.InsertAll(tx, asked, reviews); err != nil {
		return err
	}
	for _, r := range reviews {
		if err := accounts.Tell(tx, r.AccountID, askedMail, p.SubjectTitle, askedNews); err != nil {
			return err
		}
	}
	return nil
}

// askedMail asks those who were drawn.
var (
	askedMail = mail.NewNews("review.asked")
	askedNews = fault.Text{ZH: "您经随机抽取担任评审专家，请登录接受，或说明理由回避。", EN: "You were drawn as a reviewer. Accept, or say why you do not."}
)

// WithdrawItem takes an item off a panel by its owner's identifier; scores for it are refused from then on. One that is not there is no mistake.
func WithdrawItem(tx *work.Tx, panel, ref uuid.UUID) error {
	p, err := panels.Lock(tx, panel)
	if err != nil {
		return err
	}
	return work.Move(tx, p, itemGone, func() error {
		if err := work.In(p.State, Scoring, Consensus); err != nil {
			return err
		}
		return tx.Model(&Item{}).Where("panel_id = ? AND ref_id = ?", panel, ref).Update("withdrawn", true).Error
	})
}

// Cancel ends a panel whose subject needs it no more.
func Cancel(tx *work.Tx, panel uuid.UUID) error {
	p, err := panels.Lock(tx, panel)
	if err != nil {
		return err
	}
	return work.Move(tx, p, cancelled, func() error { return work.Step(&p.State, Cancelled, Scoring, Consensus) })
}

// Items are all items of a panel with their owner's identifiers, in the order of their random ids; for the subject's package alone.
func Items(q *gorm.DB, panel uuid.UUID) ([]Item, error) {
	var rows []Item
	err := q.Where("panel_id = ?", panel).Order("id").Find(&rows).Error
	return rows, err
}

// ItemFor is the item that somebody may look at because they review it: on a panel that is not over, who has accepted and has not recused
// themselves from it. The subject's package shows its content by it, without what identifies anybody where the panel is blind.
func ItemFor(q *gorm.DB, reader policy.Actor, item uuid.UUID) (Item, *Panel, error) {
	none := func(err error) (Item, *Panel, error) {
		if err == nil {
			err = fault.NotVisible.New()
		}
		return Item{}, nil, err
	}
	i, err := work.Load[Item](q, item)
	if err != nil || i.Withdrawn || !reader.SignedIn() {
		return none(err)
	}
	var mine []Review
	err = q.Where("panel_id = ? AND account_id = ? AND state = ?", i.PanelID, reader.Account, Accepted).Limit(1).Find(&mine).Error
	if err != nil || len(mine) == 0 {
		return none(err)
	}
	var recused int64
	if err := q.Model(&SheetRow{}).Where("review_id = ? AND item_id = ? AND state = ?", mine[0].ID, item, Recused).Count(&recused).Error; err != nil || recused > 0 {
		return none(err)
	}
	p, err := work.Load[Panel](q, i.PanelID)
	if err != nil || p.State == Cancelled {
		return none(err)
	}
	return *i, p, nil
}

// ResultsOf reckons what the final scores of a panel come to by now.
func ResultsOf(q *gorm.DB, p *Panel) ([]Result, error) {
	var items []Item
	if err := q.Where("panel_id = ? AND NOT withdrawn", p.ID).Order("id").Find(&items).Error; err != nil {
		return nil, err
	}
	var sheets []SheetRow
	err := q.Where("panel_id = ? AND state = ? AND review_id IN (SELECT id FROM reviews WHERE panel_id = ? AND state = ?)", p.ID, Final, p.ID, Accepted).
		Order("item_id, id").Find(&sheets).Error
	if err != nil {
		return nil, err
	}
	var agreed []Agreed
	if err := q.Where("panel_id = ?", p.ID).Order("id").Find(&agreed).Error; err != nil {
		return nil, err
	}
	cases := make([]Case, len(items))
	at := make(map[uuid.UUID]*Case, len(items))
	for i, item := range items {
		cases[i].Item = item.ID
		at[item.ID] = &cases[i]
	}
	for _, s := range sheets {
		if c := at[s.ItemID]; c != nil {
			given := Sheet{make([]Score, len(s.Marks))}
			for i, m := range s.Marks {
				given.Marks[i] = m.Score
			}
			c.Sheets = append(c.Sheets, given)
		}
	}
	for _, a := range agreed {
		if c := at[a.ItemID]; c != nil {
			c.Consensus = &a.Score
		}
	}
	return p.Rules.Rank(cases), nil
}

// lacking counts the items that have no figure to decide by yet.
func lacking(r Rules, results []Result, by Decider) (n int) {
	r.Decides = by
	for _, x := range results {
		if _, has := r.decisive(x); !has {
			n++
		}
	}
	return n
}

// complete refuses results of which one lacks scores, or what the reviewers agreed on.
func (p *Panel) complete(results []Result) error {
	if n := lacking(p.Rules, results, ByConsensus); n > 0 {
		return fault.ScoresMissing.Because("有 %[1]d 项尚无结果（有效评分不足，或未记录合议意见）。", "%[1]d items have no result yet: too few scores, or no consensus.", n)
	}
	return nil
}

// CloseScoring ends scoring once every item has final scores of as many reviewers as it takes, and nobody who serves owes one.
func CloseScoring(tx *work.Tx, p *Panel) error {
	results, err := ResultsOf(tx.DB, p)
	if err != nil {
		return err
	}
	if n := lacking(p.Rules, results, ByMean); n > 0 {
		return fault.ScoresMissing.Because("有 %[1]d 项的有效评分不足 %[2]d 份，请补抽专家。", "%[1]d items have fewer than %[2]d final scores: substitutes are needed.", n, p.Rules.MinReviewers)
	}
	var owed int64
	err = tx.Raw(`SELECT COUNT(*) FROM reviews AS r, review_items AS i WHERE r.panel_id = ? AND i.panel_id = r.panel_id AND r.state IN ? AND NOT i.withdrawn
		AND NOT EXISTS (SELECT 1 FROM review_sheets AS s WHERE s.review_id = r.id AND s.item_id = i.id AND s.state IN ?)`,
		p.ID, serving, []SheetState{Final, Recused}).Scan(&owed).Error
	if err != nil {
		return err
	}
	if owed > 0 {
		return fault.ScoresMissing.Because("还有 %[1]d 份评分未提交。", "%[1]d scores are still to come.", owed)
	}
	return p.Close(tx.Now)
}

// Finish fixes the results once the reviewers have agreed on every item, whichever figure decides: who reads the results finds both.
func Finish(tx *work.Tx, p *Panel) error {
	if err := work.In(p.State, Consensus); err != nil {
		return err
	}
	results, err := ResultsOf(tx.DB, p)
	if err != nil {
		return err
	}
	if err := p.complete(results); err != nil {
		return err
	}
	return p.Finish(results, tx.Now)
}

// Of finds the latest panel of a subject that was not cancelled.
func Of(q *gorm.DB, about kinds.Subject) (*Panel, bool, error) {
	var rows []Panel
	err := q.Where("subject_kind = ? AND subject_id = ? AND state <> ?", about.Kind, about.ID, Cancelled).Order("id DESC").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, false, err
	}
	return &rows[0], true, nil
}

// change runs a use case on a panel that is locked first.
func (s *Service) change(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, method func(tx *work.Tx, p *Panel) error) (PanelAnswer, error) {
	return panels.Do(ctx, s.unit, call, func(tx *work.Tx) (*Panel, error) {
		p, err := work.Load[Panel](db.ForUpdate(tx.DB), id)
		if err != nil {
			return nil, err
		}
		return p, work.Change(tx, p, version, action, func() error { return method(tx, p) })
	})
}

// CloseScoring is the function of the same name, once more asking for ties; by an operator.
func (s *Service) CloseScoring(ctx context.Context, call work.Call, id uuid.UUID, version int64) (PanelAnswer, error) {
	return s.change(ctx, call, id, version, policy.PanelClose, func(tx *work.Tx, p *Panel) error {
		if err := s.noneTied(tx, p); err != nil {
			return err
		}
		return CloseScoring(tx, p)
	})
}

// Finish is the function of the same name; by an operator.
func (s *Service) Finish(ctx context.Context, call work.Call, id uuid.UUID, version int64) (PanelAnswer, error) {
	return s.change(ctx, call, id, version, policy.PanelFinish, Finish)
}
