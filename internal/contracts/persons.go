package contracts

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/keys"
	"jiebang/internal/policy"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// Person is how the terms name a natural person: by a document, its number masked, and the row in which the number is sealed. So
// terms, the applications that copy them and the audit trail, which is chained and cannot be sealed anew, hold no number.
type Person struct {
	ID       uuid.UUID      `json:"id"`
	Document codes.Document `json:"document"`
	Masked   string         `json:"masked"`

	number string // as it was typed, masked or whole; gone once the row is known
}

// NewPerson is what a writer says of a person. The masked form of a number that the contract has means that one; id tells which,
// where it is given.
func NewPerson(id uuid.UUID, document codes.Document, number string) *Person {
	return &Person{ID: id, Document: document, number: number}
}

// personRow keeps the number of one person for one contract. The same number is one row, so equal persons are equal in the terms.
type personRow struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	ContractID uuid.UUID
	Document   codes.Document
	Masked     string
	keys.Sealed
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
}

func (personRow) TableName() string { return "contract_persons" }

// Persons is where personal numbers are sealed. Marks are over document and number, and the same for all contracts.
var Persons = keys.Column{Table: "contract_persons", Mark: "contracts.person"}

// plain is what is sealed of a person, and compared by marks.
func plain(document codes.Document, number string) []byte {
	return []byte(string(document) + ":" + number)
}

// persons is what a use case knows of the persons of one contract.
type persons struct {
	known []personRow
	fresh []personRow // to be written once the contract is
}

// persons finds or makes the row of each natural person in the terms, and takes the numbers out of them. was are the terms before, by
// which a masked number is told from another that looks the same.
func (s *Service) persons(tx *work.Tx, contract uuid.UUID, was Terms, t *Terms) (*persons, error) {
	ps := &persons{}
	if !slices.ContainsFunc(append(slices.Clone(t.Sellers), t.Buyers...), func(p Party) bool { return p.Person != nil }) {
		return ps, nil
	}
	if err := tx.Where("contract_id = ?", contract).Order("id").Find(&ps.known).Error; err != nil {
		return nil, err
	}
	key, err := keys.Use(tx, s.secrets)
	if err != nil {
		return nil, err
	}
	// The input's own lists stay as they are: the transaction may run twice.
	t.Sellers, t.Buyers = slices.Clone(t.Sellers), slices.Clone(t.Buyers)
	var bad fault.Fields
	for at, p := range t.each() {
		if p.Person == nil {
			continue
		}
		row, field, err := ps.row(s.secrets, key, tx, contract, was, *p)
		if err != nil {
			return nil, err
		}
		if field != nil {
			field.Pointer = at + field.Pointer
			bad = append(bad, *field)
			continue
		}
		p.Person = &Person{ID: row.ID, Document: row.Document, Masked: row.Masked}
	}
	return ps, bad.Err()
}

// row finds or makes the row of one party's person, or says what is wrong with it.
func (ps *persons) row(file *seal.Keys, key seal.Key, tx *work.Tx, contract uuid.UUID, was Terms, p Party) (personRow, *fault.Field, error) {
	wrong := func(pointer string, place fault.Place, zh, en string) (personRow, *fault.Field, error) {
		f := fault.Field{Pointer: "/personal_id" + pointer, Code: place.Code, Message: fault.Text{ZH: zh, EN: en}}
		return personRow{}, &f, nil
	}
	if !codes.Documents.Has(p.Person.Document) {
		return wrong("/document", fault.NotOffered, "没有这种证件", "There is no such document")
	}
	if p.Person.number == "" || strings.Contains(p.Person.number, "*") {
		row, ok := ps.masked(was, p)
		if !ok {
			return wrong("/number", fault.UnknownPerson, "本合同没有这个（或不止一个）证件号码，请完整填写", "The contract has no such number, or more than one: write it in full")
		}
		return row, nil, nil
	}
	number, err := codes.PersonalNumber(p.Person.Document, p.Person.number)
	switch {
	case errors.Is(err, codes.ErrPersonalForm):
		return wrong("/number", fault.BadFormat, "不是该证件的号码格式，请对照证件核对位数与字符", "It is not of the form of this document's numbers; compare length and characters with the document")
	case err != nil:
		return wrong("/number", fault.CheckCharacter, "证件号码校验不符，请核对", "The number's day of birth or check character does not fit")
	}
	marks, err := file.Marks(plain(p.Person.Document, number), Persons.Mark)
	if err != nil {
		return personRow{}, nil, err
	}
	for _, row := range append(slices.Clone(ps.known), ps.fresh...) {
		if slices.Contains(marks, row.Mark) {
			return row, nil, nil
		}
	}
	row := personRow{ID: work.NewID(), ContractID: contract, Document: p.Person.Document, Masked: codes.MaskPersonal(number), CreatedAt: tx.Now}
	if row.Sealed, err = Persons.Seal(key, row.ID, plain(row.Document, number)); err != nil {
		return personRow{}, nil, err
	}
	ps.fresh = append(ps.fresh, row)
	return row, nil, nil
}

// masked finds the one row that a masked number means: by its id, or by its look, and if several look so by the party's name.
func (ps *persons) masked(was Terms, p Party) (personRow, bool) {
	var alike []personRow
	for _, row := range ps.known {
		if row.Document == p.Person.Document && (p.Person.number == row.Masked || p.Person.number == "") {
			if row.ID == p.Person.ID {
				return row, true
			}
			alike = append(alike, row)
		}
	}
	if p.Person.ID != uuid.Nil || p.Person.number == "" {
		return personRow{}, false
	}
	if len(alike) > 1 {
		alike = slices.DeleteFunc(alike, func(row personRow) bool {
			for _, old := range was.parties() {
				if old.Person != nil && old.Person.ID == row.ID && old.Name == p.Name {
					return false
				}
			}
			return true
		})
	}
	if len(alike) != 1 {
		return personRow{}, false
	}
	return alike[0], true
}

// keep writes the rows that are new, once the contract is written. A draft keeps none that its terms do not name any more.
func (ps *persons) keep(tx *work.Tx, c *Contract) error {
	if len(ps.fresh) > 0 {
		if err := tx.Create(&ps.fresh).Error; err != nil {
			return err
		}
	}
	if c.State != Draft {
		return nil
	}
	named := []uuid.UUID{uuid.Nil}
	for _, p := range c.Terms.parties() {
		if p.Person != nil {
			named = append(named, p.Person.ID)
		}
	}
	return tx.Where("contract_id = ? AND id NOT IN ?", c.ID, named).Delete(&personRow{}).Error
}

// Revealed is a person's number in full.
type Revealed struct {
	Document codes.Document
	Number   string
}

// RevealInput says whose number, and what for.
type RevealInput struct {
	Person uuid.UUID
	Reason string
}

// Reveal tells the number of a natural person who is party to a contract, or to what an application about it asks for; to the
// registrars of its office. Each time is noted in the audit trail, with its reason and without the number.
func (s *Service) Reveal(ctx context.Context, call work.Call, contract uuid.UUID, in RevealInput) (Revealed, error) {
	var out Revealed
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		c, err := work.Load[Contract](tx.DB, contract)
		if err != nil {
			return err
		}
		if err := policy.Check(call.Actor, policy.ContractReveal, c.Facts()); err != nil {
			return err
		}
		if err := bounded("/reason", in.Reason, 2, 2000); err != nil {
			return err
		}
		var rows []personRow
		if err := tx.Where("id = ? AND contract_id = ?", in.Person, c.ID).Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.NotVisible.New()
		}
		opened, err := s.secrets.Unseal(rows[0].Sealed.Sealed, Persons.Place(rows[0].ID))
		if err != nil {
			return err
		}
		_, number, _ := strings.Cut(string(opened), ":")
		out = Revealed{rows[0].Document, number}
		return tx.Record(work.Did(policy.ContractReveal), work.RefOf(c), nil, map[string]any{
			"person": rows[0].ID, "document": rows[0].Document, "masked": rows[0].Masked, "reason": in.Reason,
		})
	})
	return out, err
}
