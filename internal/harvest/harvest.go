// Package harvest tells harvesters of the public records: by OAI-PMH 2.0, in Dublin Core and in MODS. It reads as a visitor does: of a record it
// knows what its kind lets search know (kinds.Document), of owners what everybody may know of them, and nothing else.
//
// It keeps a row for each record that anybody could ever read, with the second in which what is told of it changed last. A record that is
// withdrawn, over or deleted keeps its row for ever and is told as deleted; one that was never public has none. Rows are read in the order of
// their seconds, behind the last that was told: what changes while somebody harvests comes again behind everything, so that nothing is lost.
package harvest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/kinds"
	"jiebang/internal/ledger"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Service keeps the rows and answers harvesters.
type Service struct {
	unit    *work.Unit
	db      *db.DB
	kinds   *kinds.Registry
	ledger  *ledger.Service
	secrets *seal.Keys
}

// New makes the service; secrets seal its resumption tokens.
func New(unit *work.Unit, d *db.DB, registry *kinds.Registry, l *ledger.Service, secrets *seal.Keys) *Service {
	return &Service{unit, d, registry, l, secrets}
}

// row is a record that harvesters are told of.
type row struct {
	ObjectID  uuid.UUID `gorm:"primaryKey"`
	Kind      string
	Public    bool
	StampedAt time.Time
	Digest    string // of what was told last
	Sets      string // in which it is, one blank between two; of one that is gone those in which it was, as far as they may be told
}

func (row) TableName() string { return "harvest_records" }

// member is a record in a set.
type member struct {
	SetSpec   string
	StampedAt time.Time
	ObjectID  uuid.UUID
}

func (member) TableName() string { return "harvest_members" }

// Item is what is told of a record.
type Item struct {
	Document kinds.Document
	Public   bool     // anybody may read it today
	Owner    orgs.Ref // without an id where its name is not told
	Places   []string // where its owner is, from the province down; of one that is not told no more than the city
	Chains   []ref.Chain
	Sets     []string
	ZH       string // what its kind is called
	Path     string // of the collection that it is in: results
}

// Sets begin with what they go by.
const (
	setKind        = "kind_"
	setChain       = "chain_"
	setRegion      = "region_"
	setInstitution = "institution_"
)

// items describes records by what search may know of them, in a fixed number of queries.
func (s *Service) items(q *gorm.DB, said []kinds.Document) ([]Item, error) {
	ids, standings := make([]uuid.UUID, len(said)), make([]orgs.Standing, len(said))
	var codes []string
	for i, d := range said {
		ids[i], standings[i] = d.Owner, orgs.Standing{Organization: d.Owner, Masked: d.Masked}
		codes = append(codes, d.Chains...)
	}
	owners, err := orgs.Shown(q, policy.Actor{}, standings)
	if err != nil {
		return nil, err
	}
	regions, err := orgs.Regions(q, ids)
	if err != nil {
		return nil, err
	}
	slices.Sort(codes)
	chains, err := ref.ChainsNamed(q, slices.Compact(codes))
	if err != nil {
		return nil, err
	}
	today, out := when.DayOf(s.unit.Now()), make([]Item, len(said))
	for i, d := range said {
		kind, _ := s.kinds.Of(d.Noun)
		item := Item{Document: d, Owner: owners[i], ZH: kind.ZH, Path: strings.TrimPrefix(kind.Path, "/v1/")}
		// Not whether it is found: a need that became a challenge is not, and when that was tells who the challenge's masked poster is.
		item.Public = d.Open && (d.Until.IsZero() || !d.Until.Before(today))
		if d.Placed {
			item.Places = places(regions[d.Owner], d.Masked)
		}
		item.Sets = append(item.Sets, setKind+d.Noun)
		for _, code := range d.Chains {
			item.Sets = append(item.Sets, setChain+code)
			chain, known := chains[code]
			if !known {
				chain = ref.Chain{Code: code, Name: code}
			}
			item.Chains = append(item.Chains, chain)
		}
		for _, code := range item.Places {
			item.Sets = append(item.Sets, setRegion+code)
		}
		if !d.Masked && item.Owner.ID != uuid.Nil {
			item.Sets = append(item.Sets, setInstitution+item.Owner.ID.String())
		}
		slices.Sort(item.Sets)
		item.Sets = slices.Compact(item.Sets)
		out[i] = item
	}
	return out, nil
}

// places are the regions in which one lies, itself the last; of a masked one the city is the last.
func places(region string, masked bool) []string {
	var out []string
	if city := ref.City(region); city != "" {
		out = append(out, city[:2]+"0000", city)
	}
	if !masked && region != "" {
		out = append(out, region)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// digest is of all that is told: what does not show in it is no change to a harvester, who so learns nothing of what happens behind a record.
func (i *Item) digest() (string, error) {
	told := *i
	// Standing, being found and matching are no part of what is told.
	told.Document.Public, told.Document.Matched, told.Document.Facets, told.Document.Until = told.Public, false, nil, when.Day{}
	text, err := json.Marshal(told)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), err
}

// documents loads what search may know of records, by kind, in one query for each.
func (s *Service) documents(q *gorm.DB, byKind map[string][]uuid.UUID) ([]kinds.Document, error) {
	var out []kinds.Document
	for _, kind := range s.kinds.All() {
		ids := byKind[kind.Noun]
		if kind.Document == nil || len(ids) == 0 {
			continue
		}
		records, err := kind.Load(q, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			out = append(out, kind.Document(r))
		}
	}
	return out, nil
}

// Entry is one line of a list: a record as it stands now.
type Entry struct {
	ID      uuid.UUID
	Path    string
	Stamped time.Time
	Sets    []string
	Item    *Item // nil: the record is gone
}

// entries are rows with their records as they stand now, which may be later than the row.
func (s *Service) entries(q *gorm.DB, rows []row) ([]Entry, error) {
	byKind := map[string][]uuid.UUID{}
	for _, r := range rows {
		byKind[r.Kind] = append(byKind[r.Kind], r.ObjectID)
	}
	said, err := s.documents(q, byKind)
	if err != nil {
		return nil, err
	}
	items, err := s.items(q, said)
	if err != nil {
		return nil, err
	}
	now := make(map[uuid.UUID]*Item, len(items))
	for i := range items {
		now[items[i].Document.ID] = &items[i]
	}
	out := make([]Entry, len(rows))
	for i, r := range rows {
		kind, _ := s.kinds.Of(r.Kind)
		e := Entry{ID: r.ObjectID, Path: strings.TrimPrefix(kind.Path, "/v1/"), Stamped: r.StampedAt.UTC()}
		if item := now[r.ObjectID]; item != nil && item.Public {
			e.Item, e.Sets = item, item.Sets
		} else {
			e.Sets = remaining(strings.Fields(r.Sets), item)
		}
		out[i] = e
	}
	return out, nil
}

// remaining are the sets in which one that is gone is told: those in which it was, less what may not be told of it now.
func remaining(was []string, now *Item) []string {
	if now == nil || !now.Document.Masked {
		return was
	}
	return slices.DeleteFunc(slices.Clone(was), func(set string) bool {
		return strings.HasPrefix(set, setInstitution) || strings.HasPrefix(set, setRegion) && !slices.Contains(now.Sets, set)
	})
}

// Selection is what a harvester wants of the list. No times are open ends.
type Selection struct {
	From, Until *time.Time
	Set         string
}

// place is where a list goes on: behind a row.
type place struct {
	Stamped time.Time
	ID      uuid.UUID
}

// read gives at most so many rows of a selection behind a place, in their order, and whether there are more.
func (sel Selection) read(q *gorm.DB, after place, limit int) (rows []row, more bool, err error) {
	q, h := sel.narrowed(q)
	if !after.Stamped.IsZero() {
		q = q.Where("("+h+".stamped_at, "+h+".object_id) > (?, ?)", after.Stamped, after.ID)
	}
	err = q.Order(h + ".stamped_at, " + h + ".object_id").Limit(limit + 1).Select(db.Columns(&row{}, "r")).Find(&rows).Error
	if len(rows) > limit {
		return rows[:limit], true, err
	}
	return rows, false, err
}

// count is how many rows a selection has.
func (sel Selection) count(q *gorm.DB) (n int64, err error) {
	q, _ = sel.narrowed(q)
	err = q.Count(&n).Error
	return n, err
}

// narrowed reads rows, which are called r; what orders them is those themselves, or what is there of them in one set.
func (sel Selection) narrowed(q *gorm.DB) (_ *gorm.DB, order string) {
	q, order = q.Table("harvest_records AS r"), "r"
	if sel.Set != "" {
		q, order = q.Joins("JOIN harvest_members AS m ON m.object_id = r.object_id").Where("m.set_spec = ?", sel.Set), "m"
	}
	if sel.From != nil {
		q = q.Where(order+".stamped_at >= ?", *sel.From)
	}
	if sel.Until != nil {
		q = q.Where(order+".stamped_at <= ?", *sel.Until)
	}
	return q, order
}

// one reads the row of a record; none where harvesters are not told of it.
func one(q *gorm.DB, noun string, id uuid.UUID) ([]row, error) {
	var rows []row
	err := q.Where("object_id = ? AND kind = ?", id, noun).Limit(1).Find(&rows).Error
	return rows, err
}

// earliest is the first second of all; none where there is no record yet.
func earliest(q *gorm.DB) (time.Time, error) {
	var rows []row
	err := q.Order("stamped_at, object_id").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	return rows[0].StampedAt.UTC(), nil
}
