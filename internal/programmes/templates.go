package programmes

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// Template is a set of criteria that rounds take as they need it; a round has its own once it is entered.
type Template struct {
	work.Head
	Name     string
	Criteria []Criterion `gorm:"serializer:json"`
}

func (Template) TableName() string    { return "criteria_templates" }
func (*Template) Noun() string        { return "criteria_template" }
func (*Template) Facts() policy.Facts { return policy.Facts{} }

type (
	// TemplateView is a template as operators see it.
	TemplateView struct {
		Template
		work.Acts
	}
	// TemplateAnswer is the outcome of writing one.
	TemplateAnswer = work.Answer[TemplateView]
	// TemplateInput is what one takes.
	TemplateInput struct {
		Name     string
		Criteria []Criterion
	}
	// TemplateFilter narrows their list by nothing.
	TemplateFilter struct{}
)

var templates = work.Records[Template, *Template, TemplateView]{
	Read: policy.TemplateRead,
	Acts: []work.Act[*Template, TemplateView]{
		{Operation: "replaceCriteriaTemplate", Action: policy.TemplateEdit}, {Operation: "deleteCriteriaTemplate", Action: policy.TemplateEdit},
	},
	Show: func(_ *gorm.DB, _ policy.Actor, rows []Template) ([]TemplateView, error) {
		out := make([]TemplateView, len(rows))
		for i, r := range rows {
			out[i] = TemplateView{Template: r}
		}
		return out, nil
	},
}

const templateDeleted work.Deed = "criteria_template.delete"

func (in TemplateInput) check() error {
	var bad fault.Fields
	text.Named(&bad, in.Name, "/name", 2, 50)
	checkCriteria(&bad, in.Criteria, "/criteria")
	return bad.Err()
}

func nameTaken(err error) error {
	if db.Duplicate(err) {
		return fault.TemplateNameTaken.New()
	}
	return err
}

// CreateTemplate keeps a template; by an operator.
func (s *Service) CreateTemplate(ctx context.Context, call work.Call, in TemplateInput) (TemplateAnswer, error) {
	return templates.Do(ctx, s.unit, call, func(tx *work.Tx) (*Template, error) {
		if err := policy.Check(call.Actor, policy.TemplateEnter, policy.Facts{}); err != nil {
			return nil, err
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		t := &Template{tx.NewHead(), in.Name, in.Criteria}
		return t, nameTaken(work.Insert(tx, work.Did(policy.TemplateEnter), t))
	})
}

// ReplaceTemplate writes one anew; rounds that took it keep what they took.
func (s *Service) ReplaceTemplate(ctx context.Context, call work.Call, id uuid.UUID, version int64, in TemplateInput) (TemplateAnswer, error) {
	a, err := templates.Change(ctx, s.unit, call, id, version, policy.TemplateEdit, func(_ *work.Tx, t *Template) error {
		t.Name, t.Criteria = in.Name, in.Criteria
		return in.check()
	})
	return a, nameTaken(err)
}

// DeleteTemplate takes one out.
func (s *Service) DeleteTemplate(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return templates.Delete(ctx, s.unit, call, id, version, policy.TemplateEdit, templateDeleted, nil)
}

// GetTemplate reads one.
func (s *Service) GetTemplate(ctx context.Context, reader policy.Actor, id uuid.UUID) (TemplateView, error) {
	return templates.Get(ctx, s.unit, reader, id)
}

// ListTemplates lists them.
func (s *Service) ListTemplates(ctx context.Context, reader policy.Actor, f TemplateFilter, p db.Paging) (db.Page[TemplateView], error) {
	if err := policy.Check(reader, policy.TemplateRead, policy.Facts{}); err != nil {
		return db.Page[TemplateView]{}, err
	}
	return templates.List(ctx, s.unit, reader, f, p)
}
