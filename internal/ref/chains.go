package ref

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// IndustryChain is an industry chain (产业链) by which the bureau looks at results, needs and contracts. Those of the city's plan of
// 2021 are there from the first; an operator adds what comes later. Codes never change, since records keep them.
type IndustryChain struct {
	work.Head
	Entry
	Family string // what the plan groups it under: 老字号
}

func (IndustryChain) TableName() string    { return "industry_chains" }
func (*IndustryChain) Noun() string        { return "industry_chain" }
func (*IndustryChain) Facts() policy.Facts { return policy.Facts{Public: true} }

// industryChains is how chains are read and written.
var industryChains = entryList[IndustryChain, *IndustryChain, IndustryChainView]{work.Records[IndustryChain, *IndustryChain, IndustryChainView]{
	Read: policy.ChainRead, Columns: work.Columns{string(policy.Public): "TRUE"},
	Acts:   []work.Act[*IndustryChain, IndustryChainView]{{Operation: "replaceIndustryChain", Action: policy.ChainEdit}},
	Orders: byCode[IndustryChain](),
	Show: func(_ *gorm.DB, _ policy.Actor, rows []IndustryChain) ([]IndustryChainView, error) {
		out := make([]IndustryChainView, len(rows))
		for i, r := range rows {
			out[i] = IndustryChainView{IndustryChain: r}
		}
		return out, nil
	},
}, policy.ChainEdit, fault.ChainCodeTaken}

type (
	// IndustryChainView is a chain as everybody sees it.
	IndustryChainView struct {
		IndustryChain
		work.Acts
	}
	// IndustryChainAnswer is the outcome of writing one.
	IndustryChainAnswer = work.Answer[IndustryChainView]
	// IndustryChainInput is what a chain takes.
	IndustryChainInput struct {
		Entry
		Family string
	}
)

// reserved are what figures call groups that are no chain.
var reserved = []string{"unknown", "merged", "abroad", "other", "all", "none", "total"}

func (in *IndustryChainInput) check() error {
	var bad fault.Fields
	bad.Check(!slices.Contains(reserved, in.Code), "/code", fault.NotOffered, "%[1]s 在统计中另有含义，请换一个代码", "%[1]s means something else in figures; take another code", in.Code)
	in.Entry.check(&bad)
	bad.Length(in.Family, "/family", 0, 50)
	return bad.Err()
}

func (in *IndustryChainInput) into(c *IndustryChain) { c.Entry, c.Family = in.Entry, in.Family }

// CreateChain adds a chain; by an operator.
func (s *Service) CreateChain(ctx context.Context, call work.Call, in IndustryChainInput) (IndustryChainAnswer, error) {
	return industryChains.create(ctx, s.unit, call, &in)
}

// ReplaceChain corrects a chain, or gives it its last day; by an operator. Records that name it keep it.
func (s *Service) ReplaceChain(ctx context.Context, call work.Call, id uuid.UUID, version int64, in IndustryChainInput) (IndustryChainAnswer, error) {
	return industryChains.replace(ctx, s.unit, call, id, version, &in)
}

// GetChain reads one chain.
func (s *Service) GetChain(ctx context.Context, reader policy.Actor, id uuid.UUID) (IndustryChainView, error) {
	return industryChains.Get(ctx, s.unit, reader, id)
}

// ChainFilter narrows a list of chains; empty fields do not.
type ChainFilter struct {
	Code string   `query:"code" where:"code = ?"`
	On   when.Day `query:"on" where:"valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)"`
}

// ListChains lists chains by their codes; they are public.
func (s *Service) ListChains(ctx context.Context, reader policy.Actor, f ChainFilter, p db.Paging) (db.Page[IndustryChainView], error) {
	var bad fault.Fields
	if err := CheckChain(s.unit.Query(ctx), &bad, f.Code, "query:code"); err != nil || len(bad) > 0 {
		return db.Page[IndustryChainView]{}, cmp.Or(err, bad.Err())
	}
	return industryChains.List(ctx, s.unit, reader, f, p)
}

// Chain is a chain as records name it.
type Chain struct{ Code, Name, NameEN string }

// CheckChains holds codes to the chains that can be chosen on a day, each once; pointer is where the list stands in the input.
func CheckChains(q *gorm.DB, codes []string, pointer string, day when.Day) error {
	if len(codes) == 0 {
		return nil
	}
	var rows []IndustryChain
	if err := q.Where("code IN ?", codes).Find(&rows).Error; err != nil {
		return err
	}
	var bad fault.Fields
	for i, code := range codes {
		at := fmt.Sprintf("%s/%d", pointer, i)
		n := slices.IndexFunc(rows, func(c IndustryChain) bool { return c.Code == code })
		switch {
		case slices.Contains(codes[:i], code):
			bad.Check(false, at, fault.Repeated, "产业链重复", "The chain is given twice")
		case n < 0:
			bad.Check(false, at, fault.NotOffered, "没有这条产业链，可选的见 /v1/industry-chains", "There is no such chain; /v1/industry-chains lists them")
		case !day.Within(rows[n].ValidFrom, rows[n].ValidTo):
			bad.Check(false, at, fault.NotOffered, "“%[1]s”在 %[2]s 不可选用，可选的见 /v1/industry-chains", "“%[1]s” cannot be chosen on %[2]s; /v1/industry-chains lists those that can", rows[n].Name, day)
		}
	}
	return bad.Err()
}

// CheckChain holds a chain's code that a query names at pointer.
func CheckChain(q *gorm.DB, bad *fault.Fields, code, pointer string) error {
	if code == "" {
		return nil
	}
	known, err := ChainsNamed(q, []string{code})
	bad.Check(err != nil || len(known) > 0, pointer, fault.UnknownChain, "没有产业链 %[1]s，现有的见 GET /v1/industry-chains", "There is no chain %[1]s; GET /v1/industry-chains lists them", code)
	return err
}

// ChainsNamed names chains by their codes, in one query; records that name none have an empty code, and cost nothing.
func ChainsNamed(q *gorm.DB, codes []string) (map[string]Chain, error) {
	codes = slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return code == "" })
	out := make(map[string]Chain, len(codes))
	if len(codes) == 0 {
		return out, nil
	}
	var rows []IndustryChain
	err := q.Where("code IN ?", codes).Find(&rows).Error
	for _, c := range rows {
		out[c.Code] = Chain{c.Code, c.Name, c.NameEN}
	}
	return out, err
}
