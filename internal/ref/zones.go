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
// one, and records name that region. An operator keeps the list. Codes never change.
type Zone struct {
	work.Head
	Code   string
	Name   string
	NameEN string `gorm:"column:name_en"`
	Parent string // the region that it lies in: GB/T 2260, of a city or a county
	Source string // the paper that set it up
	// ValidFrom and ValidTo are its first and its last day; ValidTo none while it goes on.
	ValidFrom when.Day
	ValidTo   when.Day `json:",omitzero"`
}

func (Zone) TableName() string    { return "zones" }
func (*Zone) Noun() string        { return "zone" }
func (*Zone) Facts() policy.Facts { return policy.Facts{Public: true} }

type (
	// ZoneView is a zone as everybody sees it.
	ZoneView struct {
		Zone
		ParentName string // from the province down
		work.Acts
	}
	// ZoneAnswer is the outcome of writing one.
	ZoneAnswer = work.Answer[ZoneView]
	// ZoneInput is what a zone takes.
	ZoneInput struct {
		Code, Name, NameEN, Parent, Source string
		ValidFrom, ValidTo                 when.Day
	}
)

// zones is how zones are read and written.
var zones = work.Records[Zone, *Zone, ZoneView]{
	Read: policy.ZoneRead, Columns: work.Columns{string(policy.Public): "TRUE"},
	Acts: []work.Act[*Zone, ZoneView]{{Operation: "replaceZone", Action: policy.ZoneEdit}},
	Orders: []db.Order[Zone]{
		{Name: "code", Columns: []string{"code", "id"}, Key: func(z *Zone) []any { return []any{z.Code, z.ID} }},
	},
	Show: func(_ *gorm.DB, _ policy.Actor, rows []Zone) ([]ZoneView, error) {
		out := make([]ZoneView, len(rows))
		for i, r := range rows {
			out[i] = ZoneView{Zone: r}
			out[i].ParentName, _ = NameOf(r.Parent)
		}
		return out, nil
	},
}

func (in ZoneInput) check() error {
	var bad fault.Fields
	bad.Length(in.Name, "/name", 2, 50)
	bad.Length(in.NameEN, "/name_en", 2, 100)
	bad.Length(in.Source, "/source", 5, 200)
	parent, known := RegionOf(in.Parent)
	bad.Check(known, "/parent", fault.UnknownRegion, "没有这个区划代码", "There is no such region code")
	bad.Check(!known || parent.Level == LevelCity || parent.Level == LevelCounty, "/parent", fault.NotOffered, "上级须为市或区县", "It lies in a city or a county")
	bad.Check(in.ValidTo.IsZero() || !in.ValidTo.Before(in.ValidFrom), "/valid_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	return bad.Err()
}

func (in ZoneInput) into(z *Zone) {
	z.Name, z.NameEN, z.Parent, z.Source, z.ValidFrom, z.ValidTo = in.Name, in.NameEN, in.Parent, in.Source, in.ValidFrom, in.ValidTo
}

// CreateZone adds a zone; by an operator.
func (s *Service) CreateZone(ctx context.Context, call work.Call, in ZoneInput) (ZoneAnswer, error) {
	return zones.Do(ctx, s.unit, call, func(tx *work.Tx) (*Zone, error) {
		if err := policy.Check(call.Actor, policy.ZoneEdit, policy.Facts{Public: true}); err != nil {
			return nil, err
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		z := &Zone{Head: tx.NewHead(), Code: in.Code}
		in.into(z)
		err := work.Insert(tx, work.Did(policy.ZoneEdit), z)
		if db.Duplicate(err) {
			return nil, fault.ZoneCodeTaken.New()
		}
		return z, err
	})
}

// ReplaceZone corrects a zone, or gives it its last day; by an operator.
func (s *Service) ReplaceZone(ctx context.Context, call work.Call, id uuid.UUID, version int64, in ZoneInput) (ZoneAnswer, error) {
	return zones.Change(ctx, s.unit, call, id, version, policy.ZoneEdit, func(_ *work.Tx, z *Zone) error {
		if in.Code != z.Code {
			return fault.InvalidInput.At("/code", fault.Immutable, "代码不可更改", "The code cannot change")
		}
		if err := in.check(); err != nil {
			return err
		}
		in.into(z)
		return nil
	})
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
	if f.Parent != "" {
		var bad fault.Fields
		if CheckRegion(&bad, f.Parent, "query:parent"); len(bad) > 0 {
			return db.Page[ZoneView]{}, bad.Err()
		}
	}
	return zones.List(ctx, s.unit, reader, f, p)
}
