package contracts

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// Filter narrows a list. Who is not an operator asks for the contracts of one organization of theirs, or of one office of theirs. Numbers
// and names are compared by their forms, however they are typed.
type Filter struct {
	Organization   uuid.UUID `query:"organization_id" where:"id IN (SELECT contract_id FROM contract_parties WHERE organization_id = ?)"` // a party
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
	bad.Check(f.SignedFrom.IsZero() || f.SignedTo.IsZero() || !f.SignedTo.Before(f.SignedFrom), "query:signed_to", fault.Reversed,
		"止日早于起日", "It ends before it begins")
	return bad.Err()
}

// List lists contracts.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if !reader.Operator && (f.Organization == uuid.Nil) == (f.Office == "") {
		return db.Page[View]{}, fault.InvalidInput.At("query:organization_id", fault.OneOf, "organization_id 与 office 须给出其一", "Give either organization_id or office")
	}
	if err := policy.Check(reader, policy.ContractList, policy.Facts{Owner: f.Organization, Office: f.Office}); err != nil {
		return db.Page[View]{}, err
	}
	if err := f.look(); err != nil {
		return db.Page[View]{}, err
	}
	if err := s.officeExists(ctx, reader, f.Office); err != nil {
		return db.Page[View]{}, err
	}
	return contracts.List(ctx, s.unit, reader, f, p)
}
