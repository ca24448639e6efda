package ledger

import (
	"slices"

	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
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
	case d != BySellerRegion && d != ByBuyerRegion, value[4:] != "00":
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

func (s Scope) check(bad *fault.Fields) {
	for _, d := range []Dimension{BySellerRegion, ByBuyerRegion} {
		if code := s.value(d); code != "" {
			read, err := codes.RegionCode(code)
			bad.Check(err == nil && read == code, "query:"+string(d), fault.RegionCode, "区划代码须为六位数字", "A region code has six digits")
		}
	}
}

func checkDimension(bad *fault.Fields, d Dimension) {
	bad.Check(slices.Contains(dimensions, d), "query:group_by", fault.UnknownDimension, "不支持按此分组", "Figures are not grouped by this")
}
