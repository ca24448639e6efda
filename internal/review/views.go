package review

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

type (
	// PanelView is a panel as its reader sees it: to the bureau and its reviewers with the results once scoring is over, to everybody with its
	// draws once it is finished.
	PanelView struct {
		Panel
		Items   []Item   // without their owner's identifiers
		Results []Result // as they are by now
		Draws   []Drawn  // once it is finished
		work.Acts
	}
	// PanelAnswer is the outcome of a use case that changed a panel.
	PanelAnswer = work.Answer[PanelView]
	// Service runs the use cases about panels and reviews.
	Service struct {
		unit *work.Unit
		ties map[string]Ties // by kinds of subject
	}
)

// New gives the use cases about panels and reviews.
func New(unit *work.Unit) *Service {
	unit.Knows("review_panels", fault.UnknownRecord, exists)
	return &Service{unit, map[string]Ties{}}
}

// exists: that a panel is there is no secret. An expert asks by it whether they are on it, and one who is not hears that there is no review.
func exists(q *gorm.DB, _ policy.Actor, id uuid.UUID) error {
	_, err := work.Load[Panel](q, id)
	return err
}

// panels is how panels are read and written.
var panels = work.Records[Panel, *Panel, PanelView]{
	Read: policy.PanelRead, Show: showPanels, Joined: true,
	Columns: work.Columns{
		string(policy.Public):   "state = 'finished'",
		string(policy.Reviewer): "EXISTS (SELECT 1 FROM reviews AS r WHERE r.panel_id = review_panels.id AND r.state IN ('asked', 'accepted') AND r.account_id IN ?)",
	},
	Acts: []work.Act[*Panel, PanelView]{
		{Operation: "closeScoring", Action: policy.PanelClose, When: func(p *Panel, _ *PanelView) error { return work.In(p.State, Scoring) }},
		{Operation: "finishReviewPanel", Action: policy.PanelFinish, When: func(p *Panel, v *PanelView) error {
			return firstOf(work.In(p.State, Consensus), p.complete(v.Results))
		}},
	},
}

// showPanels adds items, draws and results: in five statements, whatever their number. Results that are not fixed yet are reckoned for a
// single panel alone; a list shows those that are.
func showPanels(q *gorm.DB, reader policy.Actor, rows []Panel) ([]PanelView, error) {
	ids := make([]uuid.UUID, len(rows))
	for i, p := range rows {
		ids[i] = p.ID
	}
	var items []Item
	if err := q.Where("panel_id IN ?", db.Among(ids)).Order("id").Find(&items).Error; err != nil {
		return nil, err
	}
	var draws []drawRow
	if err := q.Where("panel_id IN ?", db.Among(ids)).Order("panel_id, nth").Find(&draws).Error; err != nil {
		return nil, err
	}
	var reviews []Review
	if err := q.Where("panel_id IN ? AND state IN ?", db.Among(ids), serving).Order("id").Find(&reviews).Error; err != nil {
		return nil, err
	}
	out := make([]PanelView, len(rows))
	for i, p := range rows {
		v := PanelView{Panel: p}
		facts := p.Facts()
		for _, r := range reviews {
			if r.PanelID == p.ID {
				facts.Reviewers = append(facts.Reviewers, r.AccountID)
			}
		}
		scores := policy.Allowed(reader, policy.PanelScores, facts)
		if scores {
			for _, item := range items {
				if item.PanelID == p.ID {
					item.RefID = uuid.Nil
					v.Items = append(v.Items, item)
				}
			}
		}
		switch {
		case scores && p.State == Finished:
			v.Results = p.Results
		case scores && p.State == Consensus && len(rows) == 1:
			var err error
			if v.Results, err = ResultsOf(q, &p); err != nil {
				return nil, err
			}
		}
		v.Panel.Results = nil
		for _, d := range draws {
			if d.PanelID != p.ID || p.State != Finished {
				continue
			}
			drawn, err := d.drawn()
			if err != nil {
				return nil, err
			}
			v.Draws = append(v.Draws, drawn)
		}
		out[i] = v
	}
	return out, nil
}

// Get reads one panel.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (PanelView, error) {
	return panels.Get(ctx, s.unit, reader, id)
}

// PanelFilter narrows a list of panels; empty fields do not.
type PanelFilter struct {
	State   State     `query:"state" where:"state = ?"`
	Kind    string    `query:"subject_kind" where:"subject_kind = ?"`
	Subject uuid.UUID `query:"subject_id" where:"subject_id = ?" of:"challenges"`
}

// List lists the panels that the reader may know of; everybody those that are finished.
func (s *Service) List(ctx context.Context, reader policy.Actor, f PanelFilter, p db.Paging) (db.Page[PanelView], error) {
	return panels.List(ctx, s.unit, reader, f, p)
}
