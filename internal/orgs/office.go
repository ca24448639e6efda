package orgs

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

// Office is a contract registration office (合同登记机构). It takes the contracts whose seller is in its region.
type Office struct {
	work.Head
	Code   string
	Name   string
	Region string // the region it covers, with all below it
}

func (*Office) Kind() string          { return "office" }
func (o *Office) Facts() policy.Facts { return policy.Facts{Office: o.Code, Public: true} }

// CreateOffice sets up an office; by an operator.
func (s *Service) CreateOffice(ctx context.Context, call work.Call, code, name, region string) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		if err := policy.Check(call.Actor, policy.OfficeCreate, policy.Facts{}); err != nil {
			return err
		}
		if _, known := ref.RegionOf(region); !known {
			return fault.InvalidInput.At("/region", "unknown_region", "没有这个区划代码 There is no such region code")
		}
		err := work.Insert(tx, policy.OfficeCreate, &Office{Head: tx.NewHead(), Code: code, Name: name, Region: region})
		if db.Duplicate(err) {
			return fault.OfficeCodeTaken.New()
		}
		return err
	})
}

// GetOffice reads one office.
func (s *Service) GetOffice(ctx context.Context, id uuid.UUID) (*Office, error) {
	o, err := work.Load[Office](s.unit.Query(ctx), id)
	return o, work.Fault(err)
}

// ListOffices lists the offices; they are public.
func (s *Service) ListOffices(ctx context.Context, p db.Paging) (db.Page[Office], error) {
	page, err := db.List(s.unit.Query(ctx).Model(&Office{}), p, "id", func(o Office) uuid.UUID { return o.ID })
	return page, work.Fault(err)
}

// OfficeFor finds the office that takes contracts of sellers in a region: the one with the narrowest region around it.
func OfficeFor(q *gorm.DB, region string) (string, error) {
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

// OfficeExists checks an office's code that the input names at pointer.
func OfficeExists(q *gorm.DB, code, pointer string) error {
	var n int64
	if err := q.Model(&Office{}).Where("code = ?", code).Count(&n).Error; err != nil {
		return err
	}
	if n == 0 {
		return fault.InvalidInput.At(pointer, "unknown_office", "没有这个登记机构 There is no such office")
	}
	return nil
}
