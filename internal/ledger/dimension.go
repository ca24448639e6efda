package ledger

import (
	"cmp"
	"slices"

	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/offices"
	"jiebang/internal/ref"
)

// Dimension is what figures can be cut by.
type Dimension string

const (
	ByKind         Dimension = "kind"
	ByOffice       Dimension = "office"
	BySellerRegion Dimension = "seller_region"
	ByBuyerRegion  Dimension = "buyer_region"
)

// dimensions are those that sums are kept for.
var dimensions = []Dimension{ByKind, ByOffice, BySellerRegion, ByBuyerRegion}

// of is the value under which something frozen counts in the dimension.
func (d Dimension) of(f Frozen) string {
	switch d {
	case ByKind:
		return string(f.ContractKind)
	case ByOffice:
		return f.Office
	case BySellerRegion:
		return f.SellerRegion
	case ByBuyerRegion:
		return f.BuyerRegion
	}
	return ""
}

// column is the expression that gives the same value in the table of entries.
func (d Dimension) column() string {
	if d == ByKind {
		return "contract_kind"
	}
	return string(d)
}

// Scope narrows figures and entries; empty fields do not. A region stands for itself and all below it.
type Scope struct {
	Kind         codes.ContractKind `query:"kind"`
	Office       string             `query:"office"`
	SellerRegion string             `query:"seller_region"`
	BuyerRegion  string             `query:"buyer_region"`
}

// value is what the scope asks of a dimension, or nothing.
func (s Scope) value(d Dimension) string {
	return d.of(Frozen{ContractKind: s.Kind, Office: s.Office, SellerRegion: s.SellerRegion, BuyerRegion: s.BuyerRegion})
}

// narrow keeps the rows of q whose column, of values in the dimension, the scope asks for.
func (s Scope) narrow(q *gorm.DB, d Dimension, column string) *gorm.DB {
	value := s.value(d)
	switch {
	case value == "":
		return q
	case !d.region(), value[4:] != "00":
		return q.Where(column+" = ?", value)
	case value[2:] == "0000":
		return q.Where(column+" LIKE ?", value[:2]+"%")
	}
	return q.Where(column+" LIKE ?", value[:4]+"%") // the rule of ref.Within; a test compares
}

// cut is what the scope and a grouping ask about.
func (s Scope) cut(group Dimension) cut {
	var c cut
	for _, d := range dimensions {
		if d == group || s.value(d) != "" {
			c = append(c, d)
		}
	}
	return c
}

// narrowEntries keeps the entries that the scope asks for.
func (s Scope) narrowEntries(q *gorm.DB) *gorm.DB {
	for _, d := range dimensions {
		q = s.narrow(q, d, d.column())
	}
	return q
}

// check holds the scope's codes against what there is: a figure of a place or an office that does not exist is no 0.
func (s Scope) check(q *gorm.DB, bad *fault.Fields) error {
	for _, d := range []Dimension{BySellerRegion, ByBuyerRegion} {
		if code := s.value(d); code != "" {
			ref.CheckRegion(bad, code, "query:"+string(d))
		}
	}
	if s.Office == "" {
		return nil
	}
	return offices.Check(q, bad, s.Office, "query:office")
}

func checkDimension(bad *fault.Fields, d Dimension) {
	bad.Check(slices.Contains(dimensions, d), "query:group_by", fault.UnknownDimension, "不支持按此分组", "Figures are not grouped by this")
}

// RegionLevel is how far regions are taken together.
type RegionLevel string

// The levels. What is known no further than its province is, by cities, a group of its own.
const (
	RegionCounty   RegionLevel = "county" // as they were written
	RegionCity     RegionLevel = "city"
	RegionProvince RegionLevel = "province"
)

// of is the region of the level that a code lies in.
func (l RegionLevel) of(code string) string {
	switch {
	case len(code) != 6:
	case l == RegionProvince:
		return code[:2] + "0000"
	case l == RegionCity:
		return cmp.Or(ref.City(code), code)
	}
	return code
}

// narrow keeps the rows of q whose column holds a code that the level takes to this value.
func (l RegionLevel) narrow(q *gorm.DB, column, value string) *gorm.DB {
	switch {
	case len(value) != 6:
	case l == RegionProvince, l == RegionCity && ref.City(value) != "" && value[2:] == "0000":
		return q.Where(column+" LIKE ?", value[:2]+"%")
	case l == RegionCity && ref.City(value) != "" && value[4:] == "00":
		return q.Where(column+" LIKE ?", value[:4]+"%")
	}
	return q.Where(column+" = ?", value)
}

// region tells whether values of the dimension are codes of regions.
func (d Dimension) region() bool { return d == BySellerRegion || d == ByBuyerRegion }

func checkLevel(bad *fault.Fields, d Dimension, l RegionLevel) {
	if l == "" {
		return
	}
	bad.Check(slices.Contains([]RegionLevel{RegionCounty, RegionCity, RegionProvince}, l), "query:region_level", fault.NotOffered,
		"取值应为：county、city、province", "One of county, city, province")
	bad.Check(d.region(), "query:region_level", fault.Unexpected, "仅与 group_by=seller_region 或 buyer_region 同用", "It goes together with group_by=seller_region or buyer_region")
}
