package contracts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/work"
)

// lookup is one thing by which a contract is found, or its twin: a number, a name or a day in the form in which two are compared
// (codes.NumberForm, codes.NameForm). The terms keep what was typed.
type lookup struct {
	ContractID uuid.UUID `gorm:"primaryKey"`
	Kind       string    `gorm:"primaryKey"`
	Value      string    `gorm:"primaryKey"`
}

func (lookup) TableName() string { return "contract_lookups" }

// The kinds of lookup.
const (
	byNumber   = "number"          // this system's own
	byOfficial = "official_number" // the national system's, also of a contract that is only said to have it
	byPaper    = "paper_number"    // on the paper itself
	byTitle    = "title"
	byParty    = "party"      // the name of a party
	byCode     = "party_code" // credit code, or number abroad
	bySigning  = "signed_on"
	byDealing  = "dealing" // first seller, first buyer and amount: what twins have in common
)

// lookups are all of a contract as it stands.
func (c *Contract) lookups() []lookup {
	var out []lookup
	once := map[lookup]bool{}
	add := func(kind, value string) {
		if l := (lookup{c.ID, kind, value}); value != "" && !once[l] {
			once[l] = true
			out = append(out, l)
		}
	}
	add(byNumber, codes.NumberForm(c.Number))
	add(byOfficial, c.officialForm())
	add(byPaper, codes.NumberForm(c.Terms.PaperNumber))
	add(byTitle, codes.NameForm(c.Title))
	add(bySigning, c.Terms.SignedOn.String())
	for _, p := range c.Terms.parties() {
		add(byParty, codes.NameForm(p.Name))
		add(byCode, codes.NumberForm(cmp.Or(p.CreditCode, p.ForeignNumber)))
	}
	for _, dealing := range c.Terms.dealings() {
		add(byDealing, dealing)
	}
	return out
}

// lookupsOf are those that stand, by contract.
func lookupsOf(q *gorm.DB, contracts []uuid.UUID) (map[uuid.UUID]map[lookup]bool, error) {
	var rows []lookup
	err := q.Where("contract_id IN ?", contracts).Find(&rows).Error
	out := make(map[uuid.UUID]map[lookup]bool, len(contracts))
	for _, l := range rows {
		if out[l.ContractID] == nil {
			out[l.ContractID] = map[lookup]bool{}
		}
		out[l.ContractID][l] = true
	}
	return out, err
}

// foundBy tells whether these are all of a contract's lookups, and no others.
func (c *Contract) foundBy(there map[lookup]bool) bool {
	want := c.lookups()
	return len(want) == len(there) && !slices.ContainsFunc(want, func(l lookup) bool { return !there[l] })
}

// officialForm is the form of the official number that the contract has, or that it says it was given elsewhere.
func (c *Contract) officialForm() string {
	switch {
	case c.OfficialNumber != nil:
		return codes.NumberForm(*c.OfficialNumber)
	case c.Elsewhere != nil:
		return codes.NumberForm(c.Elsewhere.OfficialNumber)
	}
	return ""
}

// keepLookups writes them anew after the contract was written.
func keepLookups(tx *work.Tx, c *Contract) error {
	if err := tx.Where("contract_id = ?", c.ID).Delete(&lookup{}).Error; err != nil {
		return err
	}
	rows := c.lookups()
	return tx.Create(&rows).Error
}

// officialNumber says whose an official number is.
type officialNumber struct {
	Form       string `gorm:"primaryKey"`
	ContractID uuid.UUID
}

func (officialNumber) TableName() string { return "contract_official_numbers" }

// numberFree refuses an official number that another contract than this one has, in whatever spelling.
func numberFree(q *gorm.DB, number string, contract uuid.UUID) error {
	var holders int64
	err := q.Model(&officialNumber{}).Where("form = ? AND contract_id <> ?", codes.NumberForm(number), contract).Count(&holders).Error
	if err == nil && holders > 0 {
		err = fault.OfficialNumberTaken.New()
	}
	return err
}

// heldBy says which contract has an official number, to a registrar who would give it to another.
func heldBy(q *gorm.DB, number string, taken error) error {
	if !fault.OfficialNumberTaken.Of(taken) {
		return taken
	}
	var held []string
	err := q.Model(&Contract{}).Where("id IN (SELECT contract_id FROM contract_official_numbers WHERE form = ?)", codes.NumberForm(number)).Pluck("number", &held).Error
	if err != nil || len(held) == 0 {
		return cmp.Or(err, taken)
	}
	return fault.OfficialNumberTaken.Because("该登记编号属于合同 %[1]s，请核对。", "The contract %[1]s has this official number; check it.", held[0])
}

// claimNumber takes an official number, if it is one, for a contract that comes to have it, unless another has it, in whatever spelling.
// Who asks for the same number at the same moment waits here, and is told whose it is.
func claimNumber(tx *work.Tx, number *string, contract uuid.UUID) error {
	if number == nil || *number == "" {
		return nil
	}
	claim := officialNumber{codes.NumberForm(*number), contract}
	// Not an error of the database: the same contract may have it already.
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&claim).Error; err != nil {
		return err
	}
	return numberFree(tx.DB, *number, contract)
}

// checkNumber holds how an official number, or the number on a paper, may look: something must be left of it in its form. Blanks around
// it go; it is kept otherwise as it was typed.
func checkNumber(bad *fault.Fields, number, pointer string, least, most int) string {
	number = strings.TrimSpace(number)
	bad.Size(number, pointer, least, most)
	bad.Check(number == "" || fault.Says(codes.NumberForm(number)), pointer, fault.BadCharacters,
		"编号中没有可辨认的字符，请重新键入", "Nothing in the number can be read; type it anew")
	return number
}

// filled is the job that gives contracts their lookups that were written before there were any, or by another rule of forms.
const filled jobs.Kind = "contract.lookups"

// lookedUp names the step.
const lookedUp work.Deed = "contract.lookups"

// filledAtOnce is how many contracts one transaction fills.
const filledAtOnce = 100

// Lookups gives lookups, and their official numbers, to contracts that have none, and anew to those whose lookups are not what the
// rules of forms make of them today. Of two whose numbers have one form, the older one has it, and both are found by it.
func Lookups() jobs.Handler {
	return jobs.Handler{Kind: filled, Do: func(tx *work.Tx, j jobs.Job) error {
		var rows []Contract
		if err := db.ForUpdate(tx.DB).Where("id >= ?", j.ObjectID).Order("id").Limit(filledAtOnce).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return jobs.ErrNothing
		}
		there, err := lookupsOf(tx.DB, idsOf(rows))
		if err != nil {
			return err
		}
		for i := range rows {
			c := &rows[i]
			if c.foundBy(there[c.ID]) {
				continue
			}
			if err := keepLookups(tx, c); err != nil {
				return err
			}
			if err := claimNumber(tx, c.OfficialNumber, c.ID); err != nil && !fault.OfficialNumberTaken.Of(err) {
				return err
			}
			if err := tx.Record(lookedUp, work.RefOf(c), nil, c); err != nil {
				return err
			}
		}
		if len(rows) < filledAtOnce {
			return nil
		}
		return jobs.At(tx, j.Kind, rows[len(rows)-1].ID, j.Now) // from where this one ended
	}}
}

// lookups holds what contracts are found by against what they say: two queries for all. Of two contracts whose official numbers turned out to
// be one, either may have it.
func (r *Report) lookups(q *gorm.DB, batch []Contract) error {
	forms := []string{""}
	for i := range batch {
		if batch[i].OfficialNumber != nil {
			forms = append(forms, batch[i].officialForm())
		}
	}
	there, err := lookupsOf(q, idsOf(batch))
	if err != nil {
		return err
	}
	var held []string
	if err := q.Model(&officialNumber{}).Where("form IN ?", forms).Pluck("form", &held).Error; err != nil {
		return err
	}
	for i := range batch {
		c := &batch[i]
		switch {
		case len(there[c.ID]) == 0:
			r.Problems.Add("合同 %[1]s：尚不能被查到，后台任务 %[2]s 会补正", "contract %[1]s: it is found by nothing yet; the job %[2]s mends that", c.Number, filled)
		case !c.foundBy(there[c.ID]):
			r.Problems.Add("合同 %[1]s：用以查找的内容与合同不符", "contract %[1]s: what it is found by is not what it says", c.Number)
		case c.OfficialNumber != nil && !slices.Contains(held, c.officialForm()):
			r.Problems.Add("合同 %[1]s：其登记编号无人持有", "contract %[1]s: nobody has its official number", c.Number)
		}
	}
	return nil
}
