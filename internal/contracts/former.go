package contracts

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Whoever was a party of a contract and is none any more since an amendment was granted goes on reading what it was party to: the contract as
// it was when it named them last, the applications that were granted with them, and their papers. What came later is others' affair.

// FactsIn adds who was named in what was granted about the contract: who takes part in it today, and who did once; and what keeps a
// registrar from revoking it.
func (c *Contract) FactsIn(q *gorm.DB, action policy.Action) (policy.Facts, error) {
	f := c.Facts()
	if action == policy.ContractRevoke || action == policy.ContractRead && c.counts() { // of which a registrar is told that they may revoke it
		var err error
		f.Tied, f.Named = c.Terms.organizations(), c.Terms.ties()
		if f.Writers, err = writersOf(q.Session(&gorm.Session{NewDB: true}), c.ID); err != nil || action == policy.ContractRevoke {
			return f, err
		}
	}
	if action != policy.ContractRead || !c.counts() && !c.ended() {
		return f, nil
	}
	err := q.Session(&gorm.Session{NewDB: true}).Table("application_parties AS p").Joins("JOIN contract_applications AS a ON a.id = p.application_id").
		Where("a.contract_id = ? AND a.state = ?", c.ID, Granted).Distinct("p.organization_id").Order("p.organization_id").Pluck("p.organization_id", &f.Former).Error
	return f, err
}

// loadNow reads a contract for a reader who may read it as it stands, and not only as it was while they took part.
func loadNow(q *gorm.DB, reader policy.Actor, id uuid.UUID) (*Contract, error) {
	c, err := contracts.Load(q, reader, id)
	if err != nil {
		return nil, err
	}
	return c, policy.Check(reader, policy.ContractNow, c.Facts())
}

// lastNaming are, of each contract, the latest application that was granted and names one of these organizations.
func lastNaming(q *gorm.DB, contracts, organizations []uuid.UUID) (map[uuid.UUID]*Application, error) {
	out := map[uuid.UUID]*Application{}
	if len(contracts) == 0 || len(organizations) == 0 {
		return out, nil
	}
	var rows []Application
	err := q.Where("contract_id IN ? AND state = ? AND id IN (SELECT application_id FROM application_parties WHERE organization_id IN ?)", contracts, Granted, organizations).
		Order("nth, id").Find(&rows).Error
	for i := range rows {
		out[rows[i].ContractID] = &rows[i]
	}
	return out, err
}

// asOf is a contract as it was by an application that was granted about it.
func (c Contract) asOf(a *Application) Contract {
	c.State, c.DealID, c.ResultID, c.NeedID, c.ChallengeID, c.Mending, c.Revoked = Registered, nil, nil, nil, nil, nil, nil
	c.OfficialNumber = nil // which may have been given later
	if c.Elsewhere != nil {
		c.State = Recorded
	}
	c.Terms, c.Title, c.Turnover = a.Terms, a.Terms.Title, a.Terms.Turnover
	c.Technology, _ = a.Terms.Technology() // terms that were granted have one
	return c
}

// formerly tells of which contracts the reader knows only what was, and as of which application.
func formerly(q *gorm.DB, reader policy.Actor, rows []Contract) (map[uuid.UUID]*Application, error) {
	var ids []uuid.UUID
	for i := range rows {
		if !policy.Allowed(reader, policy.ContractNow, rows[i].Facts()) {
			ids = append(ids, rows[i].ID)
		}
	}
	return lastNaming(q, ids, reader.Member)
}

// papers tells until when a file must have been hung on a contract to stay there, and to be seen by the reader: what was handed in stays, and what
// was hung since is its writers' own affair until it is handed in, too.
func papers(q *gorm.DB, reader policy.Actor, r work.Record) (handed, seen time.Time, err error) {
	c := r.(*Contract)
	if !policy.Allowed(reader, policy.ContractNow, c.Facts()) {
		was, err := lastNaming(q, []uuid.UUID{c.ID}, reader.Member)
		if a := was[c.ID]; err == nil && a != nil && a.HandedAt != nil {
			seen = *a.HandedAt
		}
		return seen, seen, err
	}
	var times []time.Time
	err = q.Session(&gorm.Session{NewDB: true}).Model(&Application{}).Where("contract_id = ? AND handed_at IS NOT NULL", c.ID).Order("handed_at DESC").Limit(1).Pluck("handed_at", &times).Error
	if err != nil || len(times) == 0 {
		return handed, seen, err
	}
	handed = times[0]
	if !policy.Allowed(reader, policy.ContractEdit, c.Facts()) {
		seen = handed
	}
	return handed, seen, nil
}
