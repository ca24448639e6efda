package contracts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Contracts that were registered before this system was there, or in another one, are taken over (接收) as a table of that system has them: with the
// official number and the day of the registration. They are registered already, and nobody reviews them again: a registrar brings the table, another
// one of the office confirms it, and each contract counts in the month of its day.

// TakenOver says of a contract from where it was taken over.
type TakenOver struct {
	Source string    // what the other system is called
	Table  uuid.UUID // the reconciliation by which it came
	Row    int       // of its table
	// Unsaid are places of the terms that the table does not tell. What stands there is the least that must be so: it took effect when it was
	// signed, and was valid when it was registered.
	Unsaid []string `json:",omitempty"`
}

// Former is what a table of another system says of a contract that is registered there.
type Former struct {
	Kind           codes.ContractKind
	Terms          Terms
	Elsewhere      string `json:",omitempty"` // the office that registered it, where it is none of this system's
	OfficialNumber string
	RegisteredOn   when.Day
	Unsaid         []string  `json:",omitempty"`
	Slack          money.Fen `json:",omitempty"` // by how much the amounts may be rounded: half of their last printed place
}

// Check finds what is wrong with what a table says. It asks less than of a contract that is filed here: what the other system did not ask, nobody
// knows. It completes what follows from the rest.
func (f *Former) Check(today when.Day) error {
	var bad fault.Fields
	t := &f.Terms
	for _, p := range t.each() {
		p.tidy()
	}
	f.complete()
	if filler(t.PaperNumber) {
		t.PaperNumber = ""
	}
	text.Named(&bad, t.Title, "/title", 2, 200)
	f.OfficialNumber = checkNumber(&bad, f.OfficialNumber, "/official_number", 1, 40)
	checkNumber(&bad, t.PaperNumber, "/paper_number", 0, 60)
	bad.Check(t.Subkind.Kind() == f.Kind && f.Kind != "", "/kind", fault.NotOffered, "没有这种合同类别", "There is no such kind of contract")
	bad.Check(codes.Fields.Has(t.Field), "/field", fault.NotOffered, "没有这个技术领域", "There is no such technology field")
	bad.Check(t.Turnover > 0 && t.Turnover <= money.Max, "/turnover", fault.OutOfRange, "成交额须大于零", "The turnover amount must be more than 0")
	technology, err := t.Technology()
	bad.Check(err == nil && technology > 0 || t.Turnover <= 0, "/technology_amount", fault.TooMuch, "技术交易额须大于零，且不大于成交额", "The technology amount is more than 0, and not more than the turnover amount")
	for _, d := range t.Deductions {
		bad.Check(d.Amount > 0, "/technology_amount", fault.TooMuch, "技术交易额大于成交额", "The technology amount is more than the turnover amount")
	}
	bad.Check(!t.SignedOn.IsZero(), "/signed_on", fault.Required, "须填签订日期", "The day of signing is needed")
	bad.Check(!f.RegisteredOn.IsZero(), "/registered_on", fault.Required, "须填登记日期", "The day of registration is needed")
	bad.Check(f.RegisteredOn.IsZero() || !f.RegisteredOn.Before(t.SignedOn), "/registered_on", fault.BeforeStart, "登记日期早于签订日期", "It was registered before it was signed")
	bad.Check(!t.ExpiresOn.Before(t.EffectiveOn), "/expires_on", fault.BeforeStart, "届满日期早于生效日期", "It expires before it takes effect")
	when.NotAhead(&bad, f.RegisteredOn, today, "/registered_on")
	bad.Check(f.RegisteredOn.IsZero() || !f.RegisteredOn.Before(firstRegistrations), "/registered_on", fault.OutOfRange, "早于 %[1]s，那时尚无技术合同登记", "There was no registration of technology contracts before %[1]s", firstRegistrations)
	f.checkParty(&bad, "seller", t.Sellers)
	f.checkParty(&bad, "buyer", t.Buyers)
	return bad.Err()
}

func (f *Former) checkParty(bad *fault.Fields, side string, parties []Party) {
	for _, p := range parties {
		at := "/" + side + "_"
		if p.Name == "" {
			bad.Check(false, at+"name", fault.Required, "须填名称", "The name is needed")
		} else {
			text.Named(bad, p.Name, at+"name", 2, 200)
			bad.Check(!severalNames(p.Name), at+"name", fault.TooManyItems, "一格只写一个当事人：请写第一卖方、第一买方", "One party in a cell: the first seller, the first buyer")
		}
		if p.CreditCode != "" {
			code := p.CreditCode
			codes.CreditCodeInto(bad, &code, at+"credit_code")
		}
		if p.Region != "" {
			_, known := ref.RegionOn(p.Region, f.Terms.SignedOn)
			bad.Check(known || f.Terms.SignedOn.IsZero(), at+"region", fault.UnknownRegion, "签订之日没有这个区划代码", "There was no such region on the day of signing")
		}
		bad.Check(codes.PartyNatures.Has(p.Nature), at+"nature", fault.UnknownNature, "没有这个当事人性质代码", "There is no such nature")
	}
	if side == "seller" && len(parties) > 0 && f.Elsewhere == "" {
		bad.Check(parties[0].Region != "" || parties[0].abroad(), "/seller_region", fault.Required, "须填卖方所在地", "The seller's region is needed")
	}
}

// firstRegistrations is a day before which no technology contract was registered: the first measures on the technology market are of 1985.
var firstRegistrations = when.MustDay("1985-01-01")

// filler tells whether something stands where a number should only because something had to.
func filler(number string) bool {
	form := codes.NumberForm(number)
	return len([]rune(form)) < 2 || slices.Contains([]string{"不详", "暂无", "没有", "无编号", "未编号", "NULL", "NONE", "N/A", "00", "000"}, form)
}

// severalNames tells whether a name is those of several bodies.
func severalNames(name string) bool {
	if strings.ContainsAny(name, ";；|\n") {
		return true
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '、' || r == '，' || r == ',' })
	bodies := 0
	for _, p := range parts {
		if n := natureByName(strings.TrimSpace(p)); n != codes.OtherOrganization && n != codes.NaturalPerson {
			bodies++
		}
	}
	return bodies > 1
}

// Alike are all by which two rows of one table may be of one contract: the number on the paper, and first seller, first buyer and amount.
func (f *Former) Alike() []string {
	out := f.Terms.dealings()
	if paper := codes.NumberForm(f.Terms.PaperNumber); paper != "" {
		out = append(out, "paper:"+paper)
	}
	return out
}

// SameAs tells whether two rows of one table may be of one contract.
func (f *Former) SameAs(other *Former) bool {
	paper := codes.NumberForm(f.Terms.PaperNumber)
	return paper != "" && paper == codes.NumberForm(other.Terms.PaperNumber) || f.Terms.sameDealing(other.Terms)
}

// complete fills in what the table does not tell and what follows from the rest, and notes which it is.
func (f *Former) complete() {
	t := &f.Terms
	unsaid := func(place string) {
		if !slices.Contains(f.Unsaid, place) {
			f.Unsaid = append(f.Unsaid, place)
		}
	}
	if t.EffectiveOn.IsZero() {
		t.EffectiveOn = t.SignedOn
		unsaid("/terms/effective_on")
	}
	if t.ExpiresOn.IsZero() {
		t.ExpiresOn = f.RegisteredOn
		if t.ExpiresOn.Before(t.EffectiveOn) {
			t.ExpiresOn = t.EffectiveOn
		}
		unsaid("/terms/expires_on")
	}
	if t.Targets == "" {
		unsaid("/terms/targets")
	}
	for at, p := range t.each() {
		if p.Nature == "" {
			p.Nature = cmp.Or(natureByCode(p.CreditCode), natureByName(p.Name))
			unsaid(at + "/nature")
		}
	}
}

// Compared is what a table and this system say of one contract.
type Compared struct {
	Same     bool
	Contract *Contract // the one here with its official number, or its twin; nil: there is none
	Twin     bool      // it may be that one, by its number on the paper or by parties, day and amount: the official numbers do not tell
	Differs  []Difference
}

// Difference is one thing that a table says otherwise than this system.
type Difference struct {
	Place       string // turnover, technology_amount, signed_on, registered_on, kind, seller, buyer, state, official_number
	There, Here string
}

// Compare holds what a table says against what is registered here: three queries for all. What it finds is for the registrars of the office.
func Compare(q *gorm.DB, office string, rows []Former) ([]Compared, error) {
	out := make([]Compared, len(rows))
	forms := make([]string, len(rows))
	candidates := make([]candidate, len(rows))
	for i := range rows {
		forms[i] = codes.NumberForm(rows[i].OfficialNumber)
		candidates[i] = candidate{terms: rows[i].Terms, official: forms[i]}
	}
	var held []officialNumber
	if err := q.Where("form IN ?", forms).Find(&held).Error; err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(held))
	for i, h := range held {
		ids[i] = h.ContractID
	}
	known, err := work.ByIDs[Contract](q, ids)
	if err != nil {
		return nil, err
	}
	by := map[string]*Contract{}
	for _, h := range held {
		if i := slices.IndexFunc(known, func(c Contract) bool { return c.ID == h.ContractID }); i >= 0 {
			by[h.Form] = &known[i]
		}
	}
	for i := range candidates {
		candidates[i].none = by[forms[i]] != nil
	}
	twins, err := alikeOf(q, candidates)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		c := by[forms[i]]
		if c == nil {
			if n := slices.IndexFunc(twins[i], func(t *Contract) bool { return t.State != Draft }); n >= 0 { // a draft is its writers' own affair
				c, out[i].Twin = twins[i][n], true
			}
		}
		if c == nil {
			continue
		}
		out[i].Contract, out[i].Differs = c, rows[i].unlike(c, office)
		out[i].Same = !out[i].Twin && len(out[i].Differs) == 0
	}
	return out, nil
}

// unlike is what a table says otherwise than a contract here.
func (f *Former) unlike(c *Contract, office string) (out []Difference) {
	add := func(place, there, here string, same bool) {
		if !same {
			out = append(out, Difference{place, there, here})
		}
	}
	near := func(a, b money.Fen) bool { return max(a-b, b-a) <= f.Slack }
	technology, _ := f.Terms.Technology() // checked
	if c.Office != office {               // of which the registrars of this one are told that it is there
		return []Difference{{"office", office, c.Office}}
	}
	number := ""
	if c.OfficialNumber != nil {
		number = *c.OfficialNumber
	}
	add("official_number", f.OfficialNumber, number, codes.NumberForm(f.OfficialNumber) == c.officialForm())
	add("state", Registered.Text().ZH, c.State.Text().ZH, c.counts())
	add("turnover", f.Terms.Turnover.String(), c.Turnover.String(), near(f.Terms.Turnover, c.Turnover))
	add("technology_amount", technology.String(), c.Technology.String(), near(technology, c.Technology))
	add("kind", kindName(f.Kind), kindName(c.Kind), f.Kind == c.Kind)
	add("signed_on", f.Terms.SignedOn.String(), c.Terms.SignedOn.String(), f.Terms.SignedOn == c.Terms.SignedOn)
	add("registered_on", f.RegisteredOn.String(), c.RegisteredOn.String(), f.RegisteredOn == c.RegisteredOn || !c.counts())
	for _, side := range []struct {
		place       string
		there, here Party
	}{{"seller", f.Terms.Sellers[0], c.Terms.Sellers[0]}, {"buyer", f.Terms.Buyers[0], c.Terms.Buyers[0]}} {
		add(side.place, side.there.called(), side.here.called(), side.there.alike(side.here))
		add(side.place+"_region", side.there.place(), side.here.place(), side.there.place() == "" || side.there.place() == side.here.place())
	}
	return out
}

func kindName(kind codes.ContractKind) string {
	term, _ := codes.ContractKinds.Get(kind)
	return term.Chinese
}

// called is a party by its name and code.
func (p Party) called() string { return strings.TrimSpace(p.Name + " " + p.CreditCode) }

// Missing are the contracts that an office has registered on days from the first to the last and that no row of a table names, by their official
// numbers; the number of this system of those that have none.
func Missing(q *gorm.DB, office string, first, last when.Day, named func(q *gorm.DB) *gorm.DB, after uuid.UUID, limit int) ([]Contract, error) {
	var out []Contract
	err := q.Where("office = ? AND state = ? AND registered_on BETWEEN ? AND ? AND id > ?", office, Registered, first, last, after).
		Where("id NOT IN (?)", named(q.Session(&gorm.Session{NewDB: true}))).Order("id").Limit(limit).Find(&out).Error
	return out, err
}

// Taking is one contract that is taken over.
type Taking struct {
	Former
	From       TakenOver
	TwinReason string // why it is another contract than its twin here, where there is one
}

// Taken is what became of one.
type Taken struct {
	ID     uuid.UUID
	Number string
	Err    *fault.Error // it was not taken over
}

// The deeds of taking over.
const (
	takenOver    work.Deed = "contract.take_over"
	takenOverFor work.Deed = "application.take_over"
)

// TakeOver writes contracts that are registered elsewhere already as registered, and posts them to the ledger in the month of their registration; by the
// caller, a registrar of the office, confirming what another one of it brought. Each has its own fate: one whose party either of them belongs to, or
// that is here meanwhile, is left out.
func TakeOver(tx *work.Tx, office string, broughtBy policy.Actor, some []Taking) ([]Taken, error) {
	if err := lookAgain(tx); err != nil {
		return nil, err
	}
	out := make([]Taken, len(some))
	if err := linkAll(tx, some); err != nil {
		return nil, err
	}
	formers := make([]Former, len(some))
	for i := range some {
		formers[i] = some[i].Former
	}
	there, err := Compare(tx.DB, office, formers)
	if err != nil {
		return nil, err
	}
	var made []*Contract
	var filed []*Application
	var at []int
	once := map[string]bool{}
	today := when.DayOf(tx.Now)
	for i := range some {
		t := &some[i]
		switch form := codes.NumberForm(t.OfficialNumber); {
		case there[i].Contract != nil && !there[i].Twin, once[form]:
			out[i].Err = fault.OfficialNumberTaken.New()
			continue
		case there[i].Twin && t.TwinReason == "":
			out[i].Err = fault.TwinUnexplained.Because("系统中另有疑似同一合同（%[1]s），请重新核对后说明。", "There is a possible twin by now (%[1]s): compare again, and settle it.", there[i].Contract.Number)
			continue
		case tied(tx.Call.Actor, office, broughtBy, t), tied(broughtBy, office, tx.Call.Actor, t):
			out[i].Err = fault.NotAllowed.Because("提出或确认的登记员与当事人有关联，须由其他登记员接收。", "One of the two registrars belongs to a party: others must take it over.")
			continue
		default:
			once[form] = true
		}
		c, a, err := t.make(tx, office, broughtBy.Account, today)
		if err != nil {
			return nil, err
		}
		made, filed, at = append(made, c), append(filed, a), append(at, i)
	}
	if len(made) == 0 {
		return out, nil
	}
	if err := number(tx, made, today); err != nil {
		return nil, err
	}
	if err := keepTaken(tx, made, filed); err != nil {
		return nil, err
	}
	var postings []ledger.Posting
	for n, c := range made {
		out[at[n]].ID, out[at[n]].Number = c.ID, c.Number
		postings = append(postings, ledger.Post(ledger.Source{ContractID: c.ID, ContractVersion: c.Version, ApplicationID: filed[n].ID, On: c.RegisteredOn}, nil, c.standing())...)
	}
	return out, ledger.Append(tx, postings...)
}

// tied tells whether a registrar has to do with a party of a contract.
func tied(registrar policy.Actor, office string, other policy.Actor, t *Taking) bool {
	return !policy.Allowed(registrar, policy.ApplicationEnd, policy.Facts{Office: office, Tied: t.Terms.organizations(), Named: t.Terms.ties(), Decider: other.Account})
}

// make gives the contract and the application that stands for how it came here.
func (t *Taking) make(tx *work.Tx, office string, by uuid.UUID, today when.Day) (*Contract, *Application, error) {
	from := t.From
	from.Unsaid = t.Unsaid
	number := t.OfficialNumber
	c := &Contract{Head: tx.NewHead(), State: Registered, Kind: t.Kind, EnteredBy: by, EnteredFor: true, Office: office, TakenOver: &from, OfficialNumber: &number, RegisteredOn: t.RegisteredOn}
	if t.Former.Elsewhere != "" {
		c.State, c.Elsewhere = Recorded, &Elsewhere{Office: t.Former.Elsewhere, OfficialNumber: number, RegisteredOn: t.RegisteredOn}
	}
	if err := c.write(t.Terms); err != nil {
		return nil, nil, err
	}
	regime, known := ref.RegimeOn(t.RegisteredOn)
	if !known {
		regime, _ = ref.RegimeOn(today)
	}
	a := &Application{
		Head: tx.NewHead(), ContractID: c.ID, Nth: 1, Kind: Takeover, State: Granted, Office: office, Regime: regime.Code, Terms: c.Terms, Reason: from.Source,
		SubmittedBy: by, FiledOn: today, ClockFrom: today, DueOn: today, FirstReviewer: &by, SecondReviewer: &tx.Call.Actor.Account, TwinReason: t.TwinReason,
		DecidedAt: &tx.Now, HandedAt: &tx.Now,
	}
	return c, a, nil
}

// number gives contracts their numbers of this system.
func number(tx *work.Tx, made []*Contract, today when.Day) error {
	last, err := nextNumbers(tx, len(made))
	if err != nil {
		return err
	}
	for i, c := range made {
		c.Number = numbered(today.Year(), last-int64(len(made)-1-i))
	}
	return nil
}

// keepTaken writes contracts, their applications, and everything by which they are found.
func keepTaken(tx *work.Tx, made []*Contract, filed []*Application) error {
	if err := work.InsertAll(tx, takenOver, made); err != nil {
		return err
	}
	if err := work.InsertAll(tx, takenOverFor, filed); err != nil {
		return err
	}
	var numbers []officialNumber
	var found []lookup
	var parties []partyRow
	var asked []applicationParty
	var names []applicationName
	var writers []author
	for i, c := range made {
		numbers = append(numbers, officialNumber{codes.NumberForm(*c.OfficialNumber), c.ID})
		found, parties, names = append(found, c.lookups()...), append(parties, c.partyRows()...), append(names, filed[i].names()...)
		for _, id := range filed[i].Terms.organizations() {
			asked = append(asked, applicationParty{filed[i].ID, id})
		}
		writers = append(writers, author{c.ID, c.EnteredBy})
	}
	create := func(n int, rows any) error {
		if n == 0 {
			return nil
		}
		return tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 500).Error
	}
	for _, err := range []error{
		create(len(numbers), &numbers), create(len(found), &found), create(len(parties), &parties), create(len(asked), &asked), create(len(names), &names), create(len(writers), &writers),
	} {
		if err != nil {
			return err
		}
	}
	forms := make([]string, len(numbers))
	for i, n := range numbers {
		forms[i] = n.Form
	}
	var held []officialNumber
	if err := tx.Where("form IN ?", forms).Find(&held).Error; err != nil {
		return err
	}
	for _, h := range held {
		if !slices.Contains(numbers, h) { // somebody else has taken it since it was looked for
			return fault.OfficialNumberTaken.New()
		}
	}
	return nil
}

// linkAll names the organization here of each party whose credit code is one's: one query for all.
func linkAll(tx *work.Tx, some []Taking) error {
	var all []string
	for i := range some {
		t := &some[i].Terms
		t.Sellers, t.Buyers = slices.Clone(t.Sellers), slices.Clone(t.Buyers) // the transaction may run twice
		for _, p := range t.parties() {
			if p.CreditCode != "" {
				all = append(all, p.CreditCode)
			}
		}
	}
	known, err := orgs.WithCreditCodes(tx.DB, all)
	if err != nil {
		return err
	}
	for i := range some {
		for _, p := range some[i].Terms.each() {
			if id, found := known[p.CreditCode]; found && p.CreditCode != "" {
				p.OrganizationID = &id
			}
		}
	}
	return nil
}
