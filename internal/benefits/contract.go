package benefits

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Item is what one rule means for one party of a contract.
type Item struct {
	Rule  Rule
	Party string // its place in the terms
	Name  string
	// Open tells whether the parties may have it by how they stand to each other; nil where the reader is not told that.
	Open *bool
	// Closed says by which rule it is not open.
	Closed fault.Text

	// The amounts are the first party's of each side, as a contract counts under them; nil where the rule gives none, and where it is not open.
	Amount   *money.Fen // what it would bring, or, of a deduction, what counts of the fee
	Uncapped *money.Fen // the same without the cap
	Exempt   *money.Fen // of the technology amount, what falls into the exempt band
	Reduced  *money.Fen // and what lies above it
	Used     *money.Fen // what earlier contracts of the year have taken of the cap; for the party's own people and the bureau
}

// OfContract is what a contract may bring its parties.
type OfContract struct {
	ContractID uuid.UUID
	Day        when.Day // of signing: which rules hold, and how the parties stand to each other
	Year       int      // whose caps are used: of the registration
	Presumed   bool     // it is not registered yet, and this year's are taken
	Items      []Item
	Remark     fault.Text
}

// What every answer says, and what one says that has nothing to show.
var (
	remark = fault.Say("仅供参考：不影响登记，不计入任何统计；能否享受以主管部门审核为准。所得税一栏按技术交易额而非所得列示，年度限额按登记先后计。",
		"For information: it stops no registration and counts nowhere, and the authorities decide. For income tax the technology amount is shown and not the gains; caps of a year are used in the order of registration.")
	noRule  = fault.Say("没有规则适用于该类合同、其签订日或这些当事人，因此没有可列示的优惠。", "No rule covers this kind of contract, its day of signing or these parties, so there is nothing to show.")
	revoked = fault.Say("合同的登记已被撤销，不列示优惠。", "The registration of the contract was revoked; nothing is shown.")
	gone    = fault.Say("合同已注销，不列示优惠。", "The contract is cancelled; nothing is shown.")
)

// OfContract tells what a contract may bring its parties, by the rules of its day of signing; by who reads it as it stands.
func (s *Service) OfContract(ctx context.Context, reader policy.Actor, id uuid.UUID) (OfContract, error) {
	var out OfContract
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		c, err := contracts.AsItStands(q, reader, id)
		if err != nil {
			return err
		}
		out, err = reckon(q, reader, c, when.DayOf(s.unit.Now()))
		return err
	})
	return out, err
}

func reckon(q *gorm.DB, reader policy.Actor, c *contracts.Contract, today when.Day) (OfContract, error) {
	out := OfContract{ContractID: c.ID, Day: c.Terms.SignedOn, Year: today.Year(), Presumed: !c.Counts(), Remark: noRule}
	if c.State == contracts.Cancelled || c.State == contracts.Revoked {
		out.Year, out.Presumed, out.Remark = c.RegisteredOn.Year(), false, gone
		if c.State == contracts.Revoked {
			out.Remark = revoked
		}
		return out, nil
	}
	if c.Counts() {
		out.Year = c.RegisteredOn.Year()
	}
	first, last := yearOf(out.Year)
	all, err := rulesFor(q, Seller, Buyer) // of whatever day: an earlier contract of the year may have been signed under another of the same code
	if err != nil || !slices.ContainsFunc(all, func(r Rule) bool { return r.covers(c) }) {
		return out, err
	}
	told, err := newTold(q, reader, c)
	if err != nil {
		return out, err
	}
	earlier := map[Side][]earlier{}
	for i := range all {
		r := &all[i]
		if !r.covers(c) {
			continue
		}
		for n, p := range r.of(c) {
			if !r.reaches(p) {
				continue
			}
			at := fmt.Sprintf("/terms/%ss/%d", r.Side, n)
			item := Item{Rule: *r, Party: at, Name: p.Name}
			told.open(&item)
			if n == 0 && (item.Open == nil || *item.Open) {
				used := money.Fen(0)
				if r.Cap > 0 && r.CapPer == PerYear && told.own(p) {
					if _, read := earlier[r.Side]; !read {
						if earlier[r.Side], err = before(q, c, p, r.Side, first, last); err != nil {
							return out, err
						}
					}
					used = takenOf(all, r, earlier[r.Side])
					item.Used = &used
				}
				item.reckon(c, used)
			}
			out.Items = append(out.Items, item)
		}
	}
	if len(out.Items) > 0 {
		out.Remark = remark
	}
	return out, nil
}

// of are the parties of a contract that the rule is for.
func (r *Rule) of(c *contracts.Contract) []contracts.Party {
	if r.Side == Seller {
		return c.Terms.Sellers
	}
	return c.Terms.Buyers
}

// reckon writes the amounts, of which so much of the rule's cap is used.
func (i *Item) reckon(c *contracts.Contract, used money.Fen) {
	r := &i.Rule
	switch {
	case r.Kind == IncomeTaxRelief:
		exempt, above := r.bands(c.Technology, used)
		i.Exempt, i.Reduced = &exempt, &above
	case r.Kind == RDDeduction && (c.Terms.Subkind != codes.CommissionedDevelopment || !c.Terms.Sellers[0].Domestic()):
		// Who develops together reckons each their own cost, and abroad other bounds hold: the rule says so, and there is no amount.
	case r.RateBP > 0:
		whole := r.part(c.Turnover)
		amount := r.capped(whole, used)
		i.Uncapped, i.Amount = &whole, &amount
	}
}

// earlier is a contract of the same party and year that came before, and which benefits are closed to it by how its parties stand to each other.
type earlier struct {
	contracts.Contract
	closed map[Kind]bool
}

// before reads what a party, the first of its side, had registered in a year before the contract; all of the year where that is not registered yet.
func before(q *gorm.DB, c *contracts.Contract, p contracts.Party, side Side, first, last when.Day) ([]earlier, error) {
	rows, err := contracts.CountedOf(q, p, side == Seller, first, last)
	if err != nil {
		return nil, err
	}
	if at := slices.IndexFunc(rows, func(o contracts.Contract) bool { return o.ID == c.ID }); at >= 0 && c.Counts() {
		rows = rows[:at]
	}
	related, err := contracts.RelatedEach(q, rows)
	out := make([]earlier, len(rows))
	for i, row := range rows {
		out[i] = earlier{row, map[Kind]bool{}}
		if err != nil {
			continue
		}
		for _, r := range related[i] {
			if place := placeOf(r, side); !strings.HasSuffix(place, "/0") {
				continue
			}
			for _, b := range r.Benefits {
				out[i].closed[Kind(b.Kind)] = out[i].closed[Kind(b.Kind)] || !b.Open
			}
		}
	}
	return out, err
}

// takenOf is what earlier contracts took of the cap that a rule shares with the others of its code, in their order.
func takenOf(all []Rule, r *Rule, rows []earlier) money.Fen {
	var used money.Fen
	for i := range rows {
		c := &rows[i]
		for k := range all {
			o := &all[k]
			if o.Code == r.Code && o.Side == r.Side && o.covers(&c.Contract) && !c.closed[o.Kind] && o.reaches(o.of(&c.Contract)[0]) {
				used += o.takes(&c.Contract, used)
			}
		}
	}
	return used
}

// told is what the reader of a contract may be told about its parties beside what it says itself: what a party has registered in the year is its own
// people's and the bureau's to know, and who stands under one control is the parties', the office's and the bureau's. Whoever writes a draft names in
// it whom they like, so by a draft nobody learns of others.
type told struct {
	reader  policy.Actor
	ties    bool // of all parties
	mine    map[uuid.UUID]string
	related []contracts.Related
	party   map[string]contracts.Party
}

func newTold(q *gorm.DB, reader policy.Actor, c *contracts.Contract) (*told, error) {
	t := &told{reader: reader, ties: policy.Allowed(reader, policy.ContractTies, c.Facts()), mine: map[uuid.UUID]string{}, party: map[string]contracts.Party{}}
	var ids []uuid.UUID
	for at, p := range c.Terms.Parties() {
		t.party[at] = p
		if p.OrganizationID != nil && reader.MemberOf(*p.OrganizationID) {
			ids = append(ids, *p.OrganizationID)
		}
	}
	if len(ids) > 0 {
		known, err := work.ByIDs[orgs.Organization](q, ids)
		if err != nil {
			return nil, err
		}
		for _, o := range known {
			if o.State == orgs.Verified { // before that a code is only said to be theirs
				t.mine[o.ID] = codes.NumberForm(o.CreditCode)
			}
		}
	}
	if !t.ties && len(t.mine) == 0 {
		return t, nil
	}
	var err error
	t.related, err = c.Terms.Related(q, c.Kind)
	return t, err
}

// own tells whether the reader is of the party's own people, or of the bureau.
func (t *told) own(p contracts.Party) bool { return t.reader.Operator || t.belongs(p) }

// belongs tells whether the reader is a member of the party: of an organization with the very code that the contract names.
func (t *told) belongs(p contracts.Party) bool {
	if p.OrganizationID == nil {
		return false
	}
	code, mine := t.mine[*p.OrganizationID]
	return mine && (p.CreditCode == "" || codes.NumberForm(p.CreditCode) == code)
}

// open tells of an item whether it is open, as far as the reader may know how the party stands to those of the other side.
func (t *told) open(i *Item) {
	asks := i.Rule.Kind == IncomeTaxRelief || i.Rule.Kind == LocalAward
	known := t.ties || !asks || t.belongs(t.party[i.Party])
	open := true
	for _, r := range t.related {
		if placeOf(r, i.Rule.Side) != i.Party {
			continue
		}
		if !known && !t.belongs(t.party[r.Seller]) && !t.belongs(t.party[r.Buyer]) {
			continue
		}
		for _, b := range r.Benefits {
			if Kind(b.Kind) == i.Rule.Kind && !b.Open {
				open, i.Closed = false, b.Rule
			}
		}
	}
	if known || !open || t.belongsAcross(i.Rule.Side) {
		i.Open = &open
	}
}

// belongsAcross tells whether every party of the other side is the reader's own.
func (t *told) belongsAcross(side Side) bool {
	own := "/terms/" + string(side) + "s/"
	for at, p := range t.party {
		if !strings.HasPrefix(at, own) && !t.belongs(p) {
			return false
		}
	}
	return true
}

func placeOf(r contracts.Related, side Side) string {
	if side == Seller {
		return r.Seller
	}
	return r.Buyer
}

func yearOf(year int) (first, last when.Day) {
	y := strconv.Itoa(year)
	return when.MustDay(y + "-01-01"), when.MustDay(y + "-12-31")
}
