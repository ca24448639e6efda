package contracts

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/db"
	"jiebang/internal/jobs"
	"jiebang/internal/orgs"
	"jiebang/internal/work"
)

// ties are all by which the parties are known. Somebody of an organization that is known by one of them is tied to the contract, whether the
// writer named that organization's record or not, and whether it was there already.
func (t Terms) ties() []string {
	var out []string
	for _, p := range t.parties() {
		out = append(out, orgs.NameTie(p.Name))
		if code := cmp.Or(p.CreditCode, p.ForeignNumber); code != "" {
			out = append(out, orgs.CodeTie(code))
		}
		if p.OrganizationID != nil {
			out = append(out, orgs.IDTie(*p.OrganizationID))
		}
	}
	return out
}

// lookAgain looks up what the caller belongs and is tied to, as it is at this step of a review: somebody may have joined a party, been invited
// by it, or signed it up here, since they signed in or read the papers.
func lookAgain(tx *work.Tx) error {
	caller := &tx.Call.Actor
	member, err := orgs.MembershipsOf(tx.DB, []uuid.UUID{caller.Account})
	if err != nil {
		return err
	}
	ties, err := orgs.TiesOf(tx.DB, []uuid.UUID{caller.Account}, tx.Now)
	caller.Member = append(slices.Clone(caller.Member), member[caller.Account]...)
	caller.Ties = append(slices.Clone(caller.Ties), ties[caller.Account]...)
	return err
}

// author says that somebody wrote in a contract, or in an application about it.
type author struct {
	ContractID uuid.UUID `gorm:"primaryKey"`
	AccountID  uuid.UUID `gorm:"primaryKey"`
}

func (author) TableName() string { return "contract_authors" }

// wrote notes that the caller wrote in a contract.
func wrote(tx *work.Tx, contract uuid.UUID) error {
	return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&author{contract, tx.Call.Actor.Account}).Error
}

// writersOf are all who wrote in a contract.
func writersOf(q *gorm.DB, contract uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	err := q.Model(&author{}).Where("contract_id = ?", contract).Order("account_id").Pluck("account_id", &out).Error
	return out, err
}

// applicationName is one by which a party of an application is known: of those that it asks for, and of those that the contract had.
type applicationName struct {
	ApplicationID uuid.UUID `gorm:"primaryKey"`
	Form          string    `gorm:"primaryKey"`
}

func (applicationName) TableName() string { return "application_names" }

// names are all by which the parties of an application are known.
func (a *Application) names() []applicationName {
	forms := a.Terms.ties()
	if a.TermsBefore != nil {
		forms = append(forms, a.TermsBefore.ties()...)
	}
	slices.Sort(forms)
	var out []applicationName
	for _, form := range slices.Compact(forms) {
		out = append(out, applicationName{a.ID, form})
	}
	return out
}

// keepNames writes them anew after it was said what an application asks for.
func keepNames(tx *work.Tx, a *Application) error {
	rows := a.names()
	if err := tx.Where("application_id = ?", a.ID).Delete(&applicationName{}).Error; err != nil {
		return err
	}
	return tx.Create(&rows).Error
}

const (
	// named is the job that gives open applications their names that were filed before there were any.
	named jobs.Kind = "application.names"
	// nowNamed names the step.
	nowNamed work.Deed = "application.names"
)

// Names gives names to the open applications that have none.
func Names() jobs.Handler {
	return jobs.Handler{Kind: named, Do: func(tx *work.Tx, j jobs.Job) error {
		var rows []Application
		err := db.ForUpdate(tx.DB).Where("state IN ? AND NOT EXISTS (SELECT 1 FROM application_names WHERE application_id = contract_applications.id)", openStates).
			Order("id").Limit(filledAtOnce).Find(&rows).Error
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return jobs.ErrNothing
		}
		for i := range rows {
			if err := keepNames(tx, &rows[i]); err != nil {
				return err
			}
			if err := tx.Record(nowNamed, work.RefOf(&rows[i]), nil, &rows[i]); err != nil {
				return err
			}
		}
		return jobs.At(tx, j.Kind, j.ObjectID, j.Now)
	}}
}
