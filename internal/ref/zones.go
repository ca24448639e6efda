package ref

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Zone is a zone of the city's own making, such as 沈抚示范区: the national standard has no code for it, its ground lies in a region that has
// one, and records name that region.
type Zone struct {
	work.Head
	Entry
	Parent string // the region that it lies in: GB/T 2260, of a city or a county
}

func (Zone) TableName() string    { return "zones" }
func (*Zone) Noun() string        { return "zone" }
func (*Zone) Facts() policy.Facts { return policy.Facts{Public: true} }

type (
	// ZoneView is a zone as everybody sees it.
	ZoneView struct {
		Zone
		ParentName   string // from the province down
		ParentNameEN string // from the region up to the province
		work.Acts
	}
	// ZoneAnswer is the outcome of writing one.
	ZoneAnswer = work.Answer[ZoneView]
	// ZoneInput is what a zone takes.
	ZoneInput struct {
		Entry
		Parent string
	}
)

// zones is how zones are read and written.
var zones = entryList[Zone, *Zone, ZoneView]{work.Records[Zone, *Zone, ZoneView]{
	Read: policy.ZoneRead, Columns: work.Columns{string(policy.Public): "TRUE"},
	Acts:   []work.Act[*Zone, ZoneView]{{Operation: "replaceZone", Action: policy.ZoneEdit}},
	Orders: byCode[Zone](),
	Show: func(_ *gorm.DB, _ policy.Actor, rows []Zone) ([]ZoneView, error) {
		out := make([]ZoneView, len(rows))
		for i, r := range rows {
			out[i] = ZoneView{Zone: r}
			out[i].ParentName, _ = NameOf(r.Parent)
			out[i].ParentNameEN, _ = NameOfEN(r.Parent)
		}
		return out, nil
	},
}, policy.ZoneEdit, fault.ZoneCodeTaken}

func (in *ZoneInput) check() error {
	var bad fault.Fields
	in.Entry.check(&bad)
	parent, known := RegionOf(in.Parent)
	bad.Check(known, "/parent", fault.UnknownRegion, "没有这个区划代码", "There is no such region code")
	bad.Check(!known || parent.Level == LevelCity || parent.Level == LevelCounty, "/parent", fault.NotOffered, "上级须为市或区县", "It lies in a city or a county")
	return bad.Err()
}

func (in *ZoneInput) into(z *Zone) { z.Entry, z.Parent = in.Entry, in.Parent }

// CreateZone adds a zone; by an operator.
func (s *Service) CreateZone(ctx context.Context, call work.Call, in ZoneInput) (ZoneAnswer, error) {
	return zones.create(ctx, s.unit, call, &in)
}

// ReplaceZone corrects a zone, or gives it its last day; by an operator.
func (s *Service) ReplaceZone(ctx context.Context, call work.Call, id uuid.UUID, version int64, in ZoneInput) (ZoneAnswer, error) {
	return zones.replace(ctx, s.unit, call, id, version, &in)
}

// GetZone reads one zone.
func (s *Service) GetZone(ctx context.Context, reader policy.Actor, id uuid.UUID) (ZoneView, error) {
	return zones.Get(ctx, s.unit, reader, id)
}

// ZoneFilter narrows a list of zones; empty fields do not.
type ZoneFilter struct {
	Code   string   `query:"code" where:"code = ?"`
	Parent string   `query:"parent" where:"parent = ?"`
	On     when.Day `query:"on" where:"valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)"`
}

// ListZones lists zones by their codes; they are public.
func (s *Service) ListZones(ctx context.Context, reader policy.Actor, f ZoneFilter, p db.Paging) (db.Page[ZoneView], error) {
	var bad fault.Fields
	if f.Parent != "" {
		CheckRegion(&bad, f.Parent, "query:parent")
	}
	if f.Code != "" {
		var n int64
		if err := s.unit.Query(ctx).Model(&Zone{}).Where("code = ?", f.Code).Count(&n).Error; err != nil {
			return db.Page[ZoneView]{}, err
		}
		bad.Check(n > 0, "query:code", fault.UnknownRecord, "没有功能区 %[1]s，现有的见 GET /v1/zones", "There is no zone %[1]s; GET /v1/zones lists them", f.Code)
	}
	if err := bad.Err(); err != nil {
		return db.Page[ZoneView]{}, err
	}
	return zones.List(ctx, s.unit, reader, f, p)
}
