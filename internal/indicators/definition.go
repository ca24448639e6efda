package indicators

import (
	"context"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/work"
)

// Unit is what an indicator is measured in. All values are hundredths of it, so that a yuan is kept in fen and a percent in basis points.
type Unit string

// The units.
const (
	Yuan    Unit = "yuan"
	Percent Unit = "percent"
	Count   Unit = "count"
)

// Shape says how an indicator behaves over a year, and so what can be said of its pace.
type Shape string

// The shapes.
const (
	Flow  Shape = "flow"  // adds up from the first of January
	Stock Shape = "stock" // is counted on a day
	Rate  Shape = "rate"  // is one amount divided by another
)

// How tells where actuals come from.
type How string

// The ways.
const (
	Computed How = "computed"
	Reported How = "reported"
)

// Content is what a definition says.
type Content struct {
	Code         string
	Name         string
	NameEN       string `gorm:"column:name_en"`
	Unit         Unit
	Measured     string // what is counted: 家, 项, 元
	MeasuredEN   string `gorm:"column:measured_en"`
	Shape        Shape
	Definition   string
	DefinitionEN string `gorm:"column:definition_en"`
	Source       string
}

// Definition says what an indicator is. Those that are computed came with the system.
type Definition struct {
	work.Head
	Content   `gorm:"embedded"`
	How       How
	Nth       int64 // the order in which they are told
	EnteredBy *uuid.UUID
}

func (Definition) TableName() string { return "indicator_definitions" }
func (*Definition) Noun() string     { return "indicator_definition" }

// Facts: definitions are public.
func (*Definition) Facts() policy.Facts { return policy.Facts{Public: true} }

type (
	// DefinitionView is a definition as everybody sees it.
	DefinitionView struct {
		Definition
		EnteredBy *accounts.Person // for operators; nobody entered those that are built in
		work.Acts
	}
	// DefinitionAnswer is the outcome of adding one.
	DefinitionAnswer = work.Answer[DefinitionView]
)

var definitions = work.Records[Definition, *Definition, DefinitionView]{
	Read: policy.DefinitionRead, Columns: work.Columns{string(policy.Public): "TRUE"},
	Orders: []db.Order[Definition]{{Columns: []string{"nth", "id"}, Key: func(d *Definition) []any { return []any{d.Nth, d.ID} }}},
	Show: func(q *gorm.DB, reader policy.Actor, rows []Definition) ([]DefinitionView, error) {
		out, people := make([]DefinitionView, len(rows)), accounts.Roll{}
		for i, r := range rows {
			out[i] = DefinitionView{Definition: r}
			if reader.Operator {
				people.Name(r.EnteredBy, &out[i].EnteredBy)
			}
		}
		return out, people.Call(q)
	},
}

var code = regexp.MustCompile(`^[a-z][a-z0-9_]{1,49}$`)

func (in *Content) check() error {
	var bad fault.Fields
	in.Code = strings.ToLower(text.Narrow(in.Code))
	bad.Check(code.MatchString(in.Code), "/code", fault.BadFormat, "以小写字母开头，仅用小写字母、数字与下划线", "Lower-case letters, digits and underscores, a letter first")
	fault.Offered(&bad, in.Unit, "/unit", []Unit{Yuan, Percent, Count})
	fault.Offered(&bad, in.Shape, "/shape", []Shape{Flow, Stock, Rate})
	bad.Check((in.Unit == Percent) == (in.Shape == Rate), "/unit", fault.NotOffered, "比率以百分比为单位，其余不用百分比", "A rate is in percent, and nothing else is")
	return bad.Err()
}

// mostDefinitions is how many there may be: all are told at once.
const mostDefinitions = 200

// CreateDefinition adds an indicator whose actuals are reported by hand; by an operator.
func (s *Service) CreateDefinition(ctx context.Context, call work.Call, in Content) (DefinitionAnswer, error) {
	return definitions.Do(ctx, s.unit, call, func(tx *work.Tx) (*Definition, error) {
		if err := policy.Check(call.Actor, policy.DefinitionCreate, policy.Facts{}); err != nil {
			return nil, err
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		var there []Definition
		if err := db.ForUpdate(tx.DB).Order("nth, id").Find(&there).Error; err != nil { // so that two at once get places of their own
			return nil, err
		}
		nth := int64(0)
		for _, d := range there {
			if nth = max(nth, d.Nth); d.Code == in.Code {
				return nil, fault.IndicatorCodeTaken.New()
			}
		}
		if len(there) >= mostDefinitions {
			return nil, fault.InvalidInput.At("/code", fault.TooManyItems, "指标至多 %[1]d 个", "There are at most %[1]d indicators", mostDefinitions)
		}
		by := call.Actor.Account
		d := &Definition{Head: tx.NewHead(), Content: in, How: Reported, Nth: nth + 10, EnteredBy: &by}
		return d, work.Insert(tx, work.Did(policy.DefinitionCreate), d)
	})
}

// Definition reads one definition.
func (s *Service) Definition(ctx context.Context, reader policy.Actor, id uuid.UUID) (DefinitionView, error) {
	return definitions.Get(ctx, s.unit, reader, id)
}

// DefinitionFilter narrows a list of definitions; empty fields do not.
type DefinitionFilter struct {
	How How `query:"how" where:"how = ?"`
}

// ListDefinitions lists definitions in their order.
func (s *Service) ListDefinitions(ctx context.Context, reader policy.Actor, f DefinitionFilter, p db.Paging) (db.Page[DefinitionView], error) {
	return definitions.List(ctx, s.unit, reader, f, p)
}

// defined gives the definition of a code, or refuses it at its place.
func defined(q *gorm.DB, code, pointer string) (Definition, error) {
	var found []Definition
	if err := q.Where("code = ?", code).Limit(1).Find(&found).Error; err != nil {
		return Definition{}, err
	}
	if len(found) == 0 {
		return Definition{}, fault.InvalidInput.At(pointer, fault.UnknownRecord, "没有 %[1]s 这项指标，请从指标定义中选取", "There is no indicator %[1]s; take one of the definitions", code)
	}
	return found[0], nil
}
