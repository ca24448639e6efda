package ledger

import (
	"cmp"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/needs"
	"jiebang/internal/offices"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/results"
)

// Name is what a group is called; in English where it has a name there.
type Name struct{ Chinese, English string }

// Called is what a group of the answer is called.
func (t Turnover) Called(group string) Name {
	if group == "" && (t.Involved() || t.GroupBy == ByProgramme) { // it came from none
		return Name{"无", "None"}
	}
	if group == "" {
		return Name{"未知", "Unknown"}
	}
	n := t.names[group]
	return Name{cmp.Or(n.Chinese, group), n.English}
}

// Involved tells that the groups are records that contracts came from: the figures are of what each was involved in, and the rows are not
// shares of a whole that is to be divided among them.
func (t Turnover) Involved() bool { return entryHas[t.GroupBy].record }

// callGroups finds out what the groups of the answer are called. The title of a result or a need is told to whoever may read it.
func (t *Turnover) callGroups(q *gorm.DB, reader policy.Actor) (err error) {
	if t.GroupBy == "" {
		return nil
	}
	groups := map[string]bool{}
	for _, r := range t.Rows {
		groups[r.Group] = true
		for _, g := range r.Merged {
			groups[g] = true
		}
	}
	delete(groups, "")
	t.names = make(map[string]Name, len(groups))
	switch t.GroupBy {
	case ByOffice:
		names, err := offices.Names(q)
		for g := range groups {
			t.names[g] = Name{Chinese: names[g]}
		}
		return err
	case ByChain:
		chains, err := ref.ChainsNamed(q, slices.Sorted(maps.Keys(groups)))
		for code, c := range chains {
			t.names[code] = Name{c.Name, c.NameEN}
		}
		return err
	case ByBroker, ByResult, ByNeed, ByChallenge:
		return t.callRecords(q, reader, groups)
	}
	for g := range groups {
		t.names[g] = t.callCode(g)
	}
	return nil
}

// callCode is what a code is called by its list.
func (t *Turnover) callCode(code string) Name {
	switch t.GroupBy {
	case ByKind:
		return nameIn(codes.ContractKinds, codes.ContractKind(code))
	case ByIPKind:
		return nameIn(codes.IPKinds, codes.IPKind(code))
	case BySubkind:
		return nameIn(codes.ContractSubkinds, codes.ContractSubkind(code))
	case ByField:
		return nameIn(codes.Fields, codes.Field(code))
	case BySellerNature, ByBuyerNature:
		return nameIn(codes.PartyNatures, codes.PartyNature(code))
	case ByOrigin:
		if Origin(code) == Imported {
			return Name{"导入", "Imported"}
		}
		return Name{"在本系统录入", "Entered here"}
	case ByFromChallenge:
		if code == yes {
			return Name{"来自揭榜挂帅", "From a challenge"}
		}
		return Name{"不是来自揭榜挂帅", "Not from a challenge"}
	case BySellerRegion, ByBuyerRegion:
		chinese, english, _ := ref.PlaceName(code)
		if t.RegionLevel == RegionCity && !ref.IsAbroad(code) && ref.City(code) == "" {
			chinese = cmp.Or(chinese, code) + "（市未知）"
		}
		return Name{chinese, english}
	}
	return Name{}
}

func nameIn[C comparable](list *codes.Table[C], code C) Name {
	term, _ := list.Get(code)
	return Name{term.Chinese, term.English}
}

// callRecords is what people are called, and results and needs whose title the reader may know.
func (t *Turnover) callRecords(q *gorm.DB, reader policy.Actor, groups map[string]bool) error {
	ids := make([]uuid.UUID, 0, len(groups))
	for g := range groups {
		id, err := uuid.Parse(g)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	for some := range slices.Chunk(ids, namedAtOnce) {
		if err := t.callSome(q, reader, some); err != nil {
			return err
		}
	}
	return nil
}

// namedAtOnce is how many records are named by one statement.
const namedAtOnce = 500

func (t *Turnover) callSome(q *gorm.DB, reader policy.Actor, ids []uuid.UUID) error {
	switch t.GroupBy {
	case ByBroker:
		names, err := accounts.Names(q, ids)
		for id, name := range names {
			t.names[id.String()] = Name{Chinese: name}
		}
		return err
	case ByResult:
		found, err := results.ByIDs(q, ids)
		for i := range found {
			if r := &found[i]; policy.Allowed(reader, policy.ResultRead, r.Facts()) {
				t.names[r.ID.String()] = Name{Chinese: r.Title}
			}
		}
		return err
	}
	if t.GroupBy == ByChallenge { // of package challenges, which stands above; one with a number was published, and is called so by everybody
		var rows []struct {
			ID            uuid.UUID
			Number, Title string
		}
		err := q.Table("challenges").Where("id IN ? AND number IS NOT NULL", ids).Select("id", "number", "title").Scan(&rows).Error
		for _, c := range rows {
			t.names[c.ID.String()] = Name{Chinese: c.Number + " " + c.Title}
		}
		return err
	}
	found, err := needs.ByIDs(q, ids)
	for i := range found {
		if n := &found[i]; policy.Allowed(reader, policy.NeedRead, n.Facts()) {
			t.names[n.ID.String()] = Name{Chinese: n.Title}
		}
	}
	return err
}
