package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/needs"
	"jiebang/internal/offices"
	"jiebang/internal/ref"
	"jiebang/internal/results"
	"jiebang/internal/work"
)

// Dimension is what figures can be cut by: something that entries freeze.
type Dimension string

// The dimensions. Sums are kept for the first five, which are public, and each two of them. The others are the bureau's own, from entries; sums
// are kept for the first of those, by itself.
const (
	ByKind         Dimension = "kind"
	ByOffice       Dimension = "office"
	BySellerRegion Dimension = "seller_region"
	ByBuyerRegion  Dimension = "buyer_region"
	ByField        Dimension = "field"

	ByFromChallenge Dimension = "from_challenge" // whether a challenge led to the contract

	BySubkind      Dimension = "subkind"
	BySellerNature Dimension = "seller_nature"
	ByBuyerNature  Dimension = "buyer_nature"
	ByChain        Dimension = "chain"
	ByIPKind       Dimension = "ip_kind"
	ByProgramme    Dimension = "programme"
	ByOrigin       Dimension = "origin"
	ByChallenge    Dimension = "challenge"
	ByBroker       Dimension = "broker"
	ByResult       Dimension = "result"
	ByNeed         Dimension = "need"
)

// frozen is how a dimension stands in an entry and in a scope.
type frozen struct {
	column string
	of     func(Frozen) string
	asked  func(Scope) string
	listed func(value string) bool // whether there is such a value; nil where no list says
	expr   string                  // what gives the value of an entry, where that is not the column itself
	// there tells the same of a record that no entry has; nil where entries alone tell.
	there  func(q *gorm.DB, id uuid.UUID) error
	record bool // values are identifiers of records: figures are of what they were involved in
}

var entryHas = map[Dimension]frozen{
	ByKind: {column: "contract_kind", of: func(f Frozen) string { return string(f.ContractKind) }, asked: func(s Scope) string { return string(s.Kind) },
		listed: func(v string) bool { return codes.ContractKinds.Has(codes.ContractKind(v)) }},
	ByOffice:       {column: "office", of: func(f Frozen) string { return f.Office }, asked: func(s Scope) string { return s.Office }},
	BySellerRegion: {column: "seller_region", of: func(f Frozen) string { return f.SellerRegion }, asked: func(s Scope) string { return s.SellerRegion }},
	ByBuyerRegion:  {column: "buyer_region", of: func(f Frozen) string { return f.BuyerRegion }, asked: func(s Scope) string { return s.BuyerRegion }},
	ByField: {column: "field", of: func(f Frozen) string { return string(f.Field) }, asked: func(s Scope) string { return string(s.Field) },
		listed: func(v string) bool { return codes.Fields.Has(codes.Field(v)) }},
	BySubkind: {column: "contract_subkind", of: func(f Frozen) string { return string(f.ContractSubkind) }, asked: func(s Scope) string { return string(s.Subkind) },
		listed: func(v string) bool { return codes.ContractSubkinds.Has(codes.ContractSubkind(v)) }},
	BySellerNature: {column: "seller_nature", of: func(f Frozen) string { return string(f.SellerNature) }, asked: func(s Scope) string { return string(s.SellerNature) }, listed: isNature},
	ByBuyerNature:  {column: "buyer_nature", of: func(f Frozen) string { return string(f.BuyerNature) }, asked: func(s Scope) string { return string(s.BuyerNature) }, listed: isNature},
	ByChain:        {column: "chain", of: func(f Frozen) string { return f.Chain }, asked: func(s Scope) string { return s.Chain }},
	ByIPKind: {column: "ip_kind", of: func(f Frozen) string { return f.IPKind }, asked: func(s Scope) string { return s.IPKind },
		listed: func(v string) bool { return codes.IPKinds.Has(codes.IPKind(v)) }},
	ByProgramme: {column: "programme", of: func(f Frozen) string { return f.Programme }, asked: func(s Scope) string { return s.Programme }},
	ByFromChallenge: {column: "challenge_id", expr: "CASE WHEN challenge_id IS NULL THEN '" + no + "' ELSE '" + yes + "' END", of: func(f Frozen) string { return yesOrNo(f.ChallengeID.Valid) },
		asked: func(s Scope) string { return s.FromChallenge }, listed: func(v string) bool { return v == yes || v == no }},
	ByOrigin: {column: "origin", of: func(f Frozen) string { return string(f.Origin) }, asked: func(s Scope) string { return string(s.Origin) },
		listed: func(v string) bool { return Origin(v) == Entered || Origin(v) == Imported }},
	ByChallenge: {column: "challenge_id", of: func(f Frozen) string { return optional(f.ChallengeID) }, asked: func(s Scope) string { return named(s.Challenge) }, record: true},
	ByBroker: {column: "broker_id", of: func(f Frozen) string { return optional(f.BrokerID) }, asked: func(s Scope) string { return named(s.Broker) }, record: true,
		there: func(q *gorm.DB, id uuid.UUID) error { _, err := work.Load[accounts.Account](q, id); return err }},
	ByResult: {column: "result_id", of: func(f Frozen) string { return optional(f.ResultID) }, asked: func(s Scope) string { return named(s.Result) }, record: true,
		there: func(q *gorm.DB, id uuid.UUID) error { _, err := results.OwnerOf(q, id); return err }},
	ByNeed: {column: "need_id", of: func(f Frozen) string { return optional(f.NeedID) }, asked: func(s Scope) string { return named(s.Need) }, record: true,
		there: func(q *gorm.DB, id uuid.UUID) error { _, err := needs.OwnerOf(q, id); return err }},
}

// The values of a dimension that asks whether something is so.
const (
	yes = "yes"
	no  = "no"
)

func yesOrNo(is bool) string {
	if is {
		return yes
	}
	return no
}

func isNature(v string) bool { return codes.PartyNatures.Has(codes.PartyNature(v)) }

func named(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

// dimensions are those that sums are kept for, alone and in twos, and the only ones that the public may ask about.
var dimensions = []Dimension{ByKind, ByOffice, BySellerRegion, ByBuyerRegion, ByField}

// Dimensions are all there are.
var Dimensions = append(slices.Clone(dimensions),
	ByFromChallenge, BySubkind, BySellerNature, ByBuyerNature, ByChain, ByIPKind, ByProgramme, ByOrigin, ByChallenge, ByBroker, ByResult, ByNeed)

// of is the value under which something frozen counts in the dimension.
func (d Dimension) of(f Frozen) string {
	if h, known := entryHas[d]; known {
		return h.of(f)
	}
	return ""
}

// column is the expression that gives the same value in the table of entries.
func (d Dimension) column() string {
	h := entryHas[d]
	if h.expr != "" {
		return h.expr
	}
	if h.record {
		return "COALESCE(CAST(" + h.column + " AS text), '')"
	}
	return h.column
}

// public tells whether everybody may ask about the dimension.
func (d Dimension) public() bool { return slices.Contains(dimensions, d) }

// Scope narrows figures and entries; empty fields do not. A region stands for itself and all below it, abroad for every country, and
// unknown for what no region is known of.
type Scope struct {
	Kind         codes.ContractKind    `query:"kind"`
	Office       string                `query:"office"`
	SellerRegion string                `query:"seller_region"`
	BuyerRegion  string                `query:"buyer_region"`
	Field        codes.Field           `query:"field"`
	Subkind      codes.ContractSubkind `query:"subkind"`
	SellerNature codes.PartyNature     `query:"seller_nature"`
	BuyerNature  codes.PartyNature     `query:"buyer_nature"`
	Chain        string                `query:"chain"`
	IPKind       string                `query:"ip_kind"`
	Programme    string                `query:"programme"`
	Origin       Origin                `query:"origin"`

	FromChallenge string    `query:"from_challenge"` // yes or no
	Challenge     uuid.UUID `query:"challenge_id"`
	Broker        uuid.UUID `query:"broker_id"`
	Result        uuid.UUID `query:"result_id"`
	Need          uuid.UUID `query:"need_id"`
}

// Value is what the scope asks of a dimension, or nothing.
func (s Scope) Value(d Dimension) string { return entryHas[d].asked(s) }

// narrow keeps the rows of q whose column, of values in the dimension, the scope asks for.
func (s Scope) narrow(q *gorm.DB, d Dimension, column string) *gorm.DB {
	value := s.Value(d)
	switch {
	case value == "":
		return q
	case d == ByFromChallenge && column == entryHas[d].column && value == yes: // of entries: an index has them
		return q.Where(column + " IS NOT NULL")
	case d == ByFromChallenge && column == entryHas[d].column:
		return q.Where(column + " IS NULL")
	case !d.region():
		return q.Where(column+" = ?", value)
	}
	return within(q, column, value)
}

// within keeps the rows of q whose column holds a place that lies in another: the rule of ref.InPlace; a test compares.
func within(q *gorm.DB, column, place string) *gorm.DB {
	switch {
	case place == ref.Abroad:
		return q.Where("LENGTH(" + column + ") = 3")
	case place == ref.Unknown:
		return q.Where(column + " = ''")
	case len(place) != 6 || place[4:] != "00":
		return q.Where(column+" = ?", place)
	case place[2:] == "0000":
		return starts(q, column, place[:2])
	}
	return starts(q, column, place[:4])
}

// starts keeps the rows of q whose column holds a region that begins with these digits, by what an index can serve: of entries in the order of the
// ledger, since a page of them is read.
func starts(q *gorm.DB, column, digits string) *gorm.DB {
	if column == entryHas[BySellerRegion].column || column == entryHas[ByBuyerRegion].column {
		return q.Where(fmt.Sprintf("SUBSTR(%s, 1, %d) = ?", column, len(digits)), digits)
	}
	return q.Where(column+" BETWEEN ? AND ?", digits+"0000"[:6-len(digits)], digits+"9999"[:6-len(digits)])
}

// cut is what the scope and a grouping ask about.
func (s Scope) cut(group Dimension) cut {
	var c cut
	for _, d := range Dimensions {
		if d == group || s.Value(d) != "" {
			c = append(c, d)
		}
	}
	return c
}

// kept tells whether sums are kept for the cut.
func (c cut) kept() bool {
	return slices.ContainsFunc(cuts, func(k cut) bool { return slices.Equal(k, c) })
}

// narrowEntries keeps the entries that the scope asks for.
func (s Scope) narrowEntries(q *gorm.DB) *gorm.DB {
	for _, d := range Dimensions {
		q = s.narrow(q, d, entryHas[d].column)
	}
	return q
}

// check holds the scope's codes against what there is: a figure of a place or an office that does not exist is no 0.
func (s Scope) check(q *gorm.DB, bad *fault.Fields) error {
	for _, d := range Dimensions {
		if value := s.Value(d); value != "" {
			if err := d.check(q, bad, value, "query:"+d.Parameter()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Parameter is the name of the parameter by which a query asks for one value of the dimension.
func (d Dimension) Parameter() string {
	if entryHas[d].record {
		return entryHas[d].column
	}
	return string(d)
}

// check holds a value of the dimension against what there is.
func (d Dimension) check(q *gorm.DB, bad *fault.Fields, value, pointer string) error {
	switch h := entryHas[d]; {
	case d.region():
		ref.CheckPlace(bad, value, pointer)
	case d == ByOffice:
		return offices.Check(q, bad, value, pointer)
	case d == ByChain:
		return ref.CheckChain(q, bad, value, pointer)
	case h.listed != nil:
		bad.Check(h.listed(value), pointer, fault.NotOffered, "没有 %[1]s 这个取值，请核对", "There is no value %[1]s; check it", value)
	default:
		return d.held(q, bad, value, pointer)
	}
	return nil
}

// told is how many of the values that there are a refusal tells.
const told = 10

// held holds a value, of which no list is kept, against what entries have, or the record that it names: a figure of what nobody ever wrote is
// no 0. It tells what there is.
func (d Dimension) held(q *gorm.DB, bad *fault.Fields, value, pointer string) error {
	h, column := entryHas[d], d.column()
	var offices []string
	if err := q.Model(&Entry{}).Where(column+" = ?", value).Limit(1).Pluck("office", &offices).Error; err != nil || len(offices) > 0 {
		return err
	}
	if h.record {
		id, err := uuid.Parse(value)
		if err != nil || h.there == nil {
			err = fault.NotVisible.New()
		} else {
			err = h.there(q, id)
		}
		if fault.NotVisible.Of(err) {
			bad.Check(false, pointer, fault.UnknownRecord, "没有标识为 %[1]s 的记录，请核对", "There is no record %[1]s; check the identifier", value)
			return nil
		}
		return err
	}
	var there []string
	if err := q.Model(&Entry{}).Where(column+" <> ''").Distinct(column).Order(column).Limit(told).Pluck(column, &there).Error; err != nil {
		return err
	}
	zh, en := "尚无任何取值", "there is none yet"
	if len(there) > 0 {
		zh, en = "已有的取值："+strings.Join(there, "、"), "those that it has: "+strings.Join(there, ", ")
	}
	bad.Check(false, pointer, fault.NotOffered, "台账中没有 %[1]s，%[2]s", "The ledger has nothing of %[1]s; %[3]s", value, zh, en)
	return nil
}

func checkDimension(bad *fault.Fields, d Dimension) {
	bad.Check(slices.Contains(Dimensions, d), "query:group_by", fault.UnknownDimension, "不支持按此分组", "Figures are not grouped by this")
}

// RegionLevel is how far regions are taken together.
type RegionLevel string

// The levels. What is known no further than its province is, by cities, a group of its own. Countries are, by provinces, all one.
const (
	RegionCounty   RegionLevel = "county" // as they were written
	RegionCity     RegionLevel = "city"
	RegionProvince RegionLevel = "province"
)

// of is the region of the level that a code lies in.
func (l RegionLevel) of(code string) string {
	switch {
	case ref.IsAbroad(code) && l == RegionProvince:
		return ref.Abroad
	case len(code) != 6 || code == ref.Abroad:
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
	case value == ref.Abroad:
		return within(q, column, value)
	case len(value) != 6:
	case l == RegionProvince, l == RegionCity && ref.City(value) != "" && value[2:] == "0000":
		return starts(q, column, value[:2])
	case l == RegionCity && ref.City(value) != "" && value[4:] == "00":
		return starts(q, column, value[:4])
	}
	return q.Where(column+" = ?", value)
}

// region tells whether values of the dimension are codes of places.
func (d Dimension) region() bool { return d == BySellerRegion || d == ByBuyerRegion }

func checkLevel(bad *fault.Fields, d Dimension, l RegionLevel) {
	if l == "" {
		return
	}
	bad.Check(slices.Contains([]RegionLevel{RegionCounty, RegionCity, RegionProvince}, l), "query:region_level", fault.NotOffered,
		"取值应为：county、city、province", "One of county, city, province")
	bad.Check(d.region(), "query:region_level", fault.Unexpected, "仅与 group_by=seller_region 或 buyer_region 同用", "It goes together with group_by=seller_region or buyer_region")
}
