// Package offices keeps the contract registration offices (合同登记机构) and tells which of them takes a contract. Who works there
// is in the register of people; what waits there, with contracts.
package offices

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/work"
)

// Office is one office. It takes the contracts whose seller is in its region.
type Office struct {
	work.Head
	Code   string
	Name   string
	Region string // the region it covers, with all below it
}

func (Office) TableName() string      { return "offices" }
func (*Office) Noun() string          { return "office" }
func (o *Office) Facts() policy.Facts { return policy.Facts{Office: o.Code} }

// View is an office as everybody sees it.
type View struct{ Office }

var records = work.Records[Office, *Office, View]{Read: policy.OfficeRead, Show: show}

func show(_ *gorm.DB, _ policy.Actor, rows []Office) ([]View, error) {
	out := make([]View, len(rows))
	for i, o := range rows {
		out[i] = View{o}
	}
	return out, nil
}

type (
	// Answer is the outcome of a use case that changed an office.
	Answer = work.Answer[View]
	// Service runs the use cases about offices.
	Service struct{ unit *work.Unit }
	// Input is what an office takes.
	Input struct{ Code, Name, Region string }
)

func New(unit *work.Unit) *Service { return &Service{unit} }

// Create sets up an office; by an operator.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Office, error) {
		if err := policy.Check(call.Actor, policy.OfficeCreate, policy.Facts{}); err != nil {
			return nil, err
		}
		if _, known := ref.RegionOf(in.Region); !known {
			return nil, fault.InvalidInput.At("/region", fault.UnknownRegion, "没有这个区划代码", "There is no such region code")
		}
		o := &Office{Head: tx.NewHead(), Code: in.Code, Name: in.Name, Region: in.Region}
		err := work.Insert(tx, work.Did(policy.OfficeCreate), o)
		if db.Duplicate(err) {
			return nil, fault.OfficeCodeTaken.New()
		}
		return o, err
	})
}

// Get reads one office.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of offices by nothing yet.
type Filter struct{}

// List lists the offices; they are public.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	return records.List(ctx, s.unit, reader, f, p)
}

// For finds the office that takes contracts of sellers in a region: the one with the narrowest region around it.
func For(q *gorm.DB, region string) (string, error) {
	around := []string{region, ref.City(region)}
	if len(region) == 6 {
		around = append(around, region[:4]+"00", region[:2]+"0000")
	}
	var rows []Office
	if err := q.Where("region IN ?", around).Order("region DESC").Find(&rows).Error; err != nil {
		return "", err
	}
	if len(rows) == 0 {
		return "", fault.NoOffice.New()
	}
	// Codes grow from province over city to county within one prefix, so the highest of those around is the narrowest.
	return rows[0].Code, nil
}

// Exists checks an office's code that the input names at pointer.
func Exists(q *gorm.DB, code, pointer string) error {
	var n int64
	if err := q.Model(&Office{}).Where("code = ?", code).Count(&n).Error; err != nil {
		return err
	}
	if n == 0 {
		return fault.InvalidInput.At(pointer, fault.UnknownOffice, "没有这个登记机构", "There is no such office")
	}
	return nil
}

// Check holds an office's code that a query names at pointer.
func Check(q *gorm.DB, bad *fault.Fields, code, pointer string) error {
	err := Exists(q, code, pointer)
	if !fault.InvalidInput.Of(err) {
		return err
	}
	bad.Check(false, pointer, fault.UnknownOffice, "没有登记机构 %[1]s,现有机构见 GET /v1/offices", "There is no office %[1]s; GET /v1/offices lists them", code)
	return nil
}

// Names gives what offices are called, by their codes.
func Names(q *gorm.DB) (map[string]string, error) {
	var rows []Office
	if err := q.Select("code", "name").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[string]string, len(rows))
	for _, o := range rows {
		out[o.Code] = o.Name
	}
	return out, nil
}
