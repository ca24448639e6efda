package contracts

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Filter narrows a list: to the contracts of one organization of the reader's, or of one office of theirs, or without either to all that they may
// read. Numbers and names are compared by their forms, however they are typed.
type Filter struct {
	Organization   uuid.UUID `query:"organization_id"` // a party
	Office         string    `query:"office" where:"office = ?"`
	State          State     `query:"state" where:"state = ?"`
	Number         string    `query:"number"`
	OfficialNumber string    `query:"official_number"`
	PaperNumber    string    `query:"paper_number"`
	Title          string    `query:"title"`      // a part of it
	Party          string    `query:"party"`      // a part of a party's name
	PartyCode      string    `query:"party_code"` // a party's credit code, or its number abroad
	SignedFrom     when.Day  `query:"signed_from"`
	SignedTo       when.Day  `query:"signed_to"`
	RegisteredFrom when.Day  `query:"registered_from" where:"registered_on >= ?"`
	RegisteredTo   when.Day  `query:"registered_to" where:"registered_on <= ?"`
	Challenge      uuid.UUID `query:"challenge_id" where:"challenge_id = ?" of:"challenges"`

	forms
}

// forms are what is compared, made of what was typed.
type forms struct {
	NumberForm    string `where:"id IN (SELECT contract_id FROM contract_lookups WHERE kind = 'number' AND value = ?)"`
	OfficialForm  string `where:"id IN (SELECT contract_id FROM contract_lookups WHERE kind = 'official_number' AND value = ?)"`
	PaperForm     string `where:"id IN (SELECT contract_id FROM contract_lookups WHERE kind = 'paper_number' AND value = ?)"`
	TitlePart     string `where:"id IN (SELECT contract_id FROM contract_lookups WHERE kind = 'title' AND value LIKE ? ESCAPE '!')"`
	PartyPart     string `where:"id IN (SELECT contract_id FROM contract_lookups WHERE kind = 'party' AND value LIKE ? ESCAPE '!')"`
	PartyCodeForm string `where:"id IN (SELECT contract_id FROM contract_lookups WHERE kind = 'party_code' AND value = ?)"`
	From          string `where:"id IN (SELECT contract_id FROM contract_lookups WHERE kind = 'signed_on' AND value >= ?)"`
	To            string `where:"id IN (SELECT contract_id FROM contract_lookups WHERE kind = 'signed_on' AND value <= ?)"`
}

// look makes the forms. What was typed and has nothing in it that could be compared is refused: it would narrow nothing.
func (f *Filter) look() error {
	var bad fault.Fields
	form := func(typed, pointer string, of func(string) string) string {
		form := of(typed)
		bad.Check(typed == "" || form != "", pointer, fault.BadCharacters, "没有可供查找的字符", "It holds nothing to look for")
		return form
	}
	part := func(typed, pointer string) string {
		form := form(typed, pointer, codes.NameForm)
		if form == "" {
			return ""
		}
		return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(form) + "%"
	}
	f.forms = forms{
		NumberForm:    form(f.Number, "query:number", codes.NumberForm),
		OfficialForm:  form(f.OfficialNumber, "query:official_number", codes.NumberForm),
		PaperForm:     form(f.PaperNumber, "query:paper_number", codes.NumberForm),
		TitlePart:     part(f.Title, "query:title"),
		PartyPart:     part(f.Party, "query:party"),
		PartyCodeForm: form(f.PartyCode, "query:party_code", codes.NumberForm),
		From:          f.SignedFrom.String(), To: f.SignedTo.String(),
	}
	codes.CompanyCodeInto(&bad, &f.PartyCode, "query:party_code")
	bad.Check(f.SignedFrom.IsZero() || f.SignedTo.IsZero() || !f.SignedTo.Before(f.SignedFrom), "query:signed_to", fault.BeforeStart,
		"止日早于起日", "It ends before it begins")
	bad.Check(f.RegisteredFrom.IsZero() || f.RegisteredTo.IsZero() || !f.RegisteredTo.Before(f.RegisteredFrom), "query:registered_to", fault.BeforeStart,
		"止日早于起日", "It ends before it begins")
	return bad.Err()
}

// List lists contracts.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	action := policy.ContractList
	if f.Organization == uuid.Nil && f.Office == "" {
		action = policy.ContractSearch
	}
	if err := policy.Check(reader, action, policy.Facts{Owner: f.Organization, Office: f.Office}); err != nil {
		return db.Page[View]{}, err
	}
	if err := orgs.CheckKnown(s.unit.Query(ctx), reader, f.Organization, "query:organization_id"); err != nil {
		return db.Page[View]{}, err
	}
	if err := f.look(); err != nil {
		return db.Page[View]{}, err
	}
	if err := s.officeExists(ctx, reader, f.Office); err != nil {
		return db.Page[View]{}, err
	}
	among := func(q *gorm.DB) *gorm.DB { return f.among(q, reader, p) }
	if f.byParty(p) {
		return contracts.ListBy(ctx, s.unit, reader, f, p, newestOfParty, among)
	}
	return contracts.ListWithin(ctx, s.unit, reader, f, p, among)
}

// newestOfParty is the order of contracts, the newest first, by the rows of their parties: those of one organization lie in it.
var newestOfParty = db.Order[Contract]{Columns: []string{"contract_parties.contract_id"}, Desc: true, Key: func(c *Contract) []any { return []any{c.ID} }}

// byParty tells whether the contracts are found by the rows of their parties, of which a page is read: by what the contracts say, all that an
// organization has would be gathered first.
func (f Filter) byParty(p db.Paging) bool {
	return f.Organization != uuid.Nil && (p.Sort == "" || p.Sort == "newest")
}

// among narrows a list to what the reader can have to do with, so that no database looks through all contracts for it. Whoever was a party once
// does not find a contract by what it says today, nor by its place in an order.
func (f Filter) among(q *gorm.DB, reader policy.Actor, p db.Paging) *gorm.DB {
	plain := f
	plain.Organization, plain.Office = uuid.Nil, ""
	if plain != (Filter{}) || p.Sort != "" && p.Sort != "newest" {
		q = work.Where(q, policy.Narrow(reader, policy.ContractNow), contracts.Columns)
	}
	switch {
	case f.byParty(p):
		// SQLite takes the tables of a CROSS JOIN as they come; left to itself it would go by a state, and sort.
		q = q.Table("contract_parties CROSS JOIN contracts").Select(db.Columns(&Contract{}, "contracts")).Where("contract_parties.contract_id = contracts.id AND contract_parties.organization_id = ?", f.Organization)
	case f.Organization != uuid.Nil:
		q = q.Where("id IN (SELECT contract_id FROM contract_parties WHERE organization_id = ?)", f.Organization)
	}
	if reader.Operator || f.Organization != uuid.Nil || f.Office != "" {
		return q
	}
	mine := append([]uuid.UUID{uuid.Nil}, reader.Member...)
	return q.Where("id IN (SELECT contract_id FROM contract_parties WHERE organization_id IN ?"+
		" UNION SELECT a.contract_id FROM application_parties p JOIN contract_applications a ON a.id = p.application_id WHERE p.organization_id IN ?"+
		" UNION SELECT id FROM contracts WHERE office IN ?)", mine, mine, append([]string{""}, reader.RegistrarAt()...))
}
