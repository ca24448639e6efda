package people

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Level is how high a broker is certified.
type Level string

// The levels, as certificates name them: 初级, 中级, 高级.
const (
	Junior       Level = "junior"
	Intermediate Level = "intermediate"
	Senior       Level = "senior"
)

// Licence is what an entry of a broker says beside its days and Expertise: the level and day of the certificate, and the regions they work in.
type Licence struct {
	Level       Level    `json:",omitempty"` // empty: it is not known
	CertifiedOn when.Day `json:",omitzero"`
	Regions     []string `gorm:"serializer:json" json:",omitempty"` // codes of GB/T 2260, a province or a city with all that is in it
}

const mostRegions = 20

// cleaned is the licence as it is stored, if it is sound.
func (l Licence) cleaned(kind Register, today when.Day) (Licence, error) {
	if l.Regions == nil {
		l.Regions = []string{}
	}
	var bad fault.Fields
	if kind != policy.Broker {
		const zh, en = "只有技术经纪人填写", "Of a broker only"
		bad.Check(l.Level == "", "/level", fault.Unexpected, zh, en)
		bad.Check(l.CertifiedOn.IsZero(), "/certified_on", fault.Unexpected, zh, en)
		bad.Check(len(l.Regions) == 0, "/regions", fault.Unexpected, zh, en)
		return l, bad.Err()
	}
	when.NotAhead(&bad, l.CertifiedOn, today, "/certified_on")
	bad.Check(len(l.Regions) <= mostRegions, "/regions", fault.TooManyItems, "至多 %[1]d 个地区", "At most %[1]d regions", mostRegions)
	for i, code := range l.Regions {
		at := fmt.Sprintf("/regions/%d", i)
		ref.CheckRegion(&bad, code, at)
		bad.Check(!slices.Contains(l.Regions[:i], code), at, fault.Repeated, "地区重复", "The region is given twice")
	}
	return l, bad.Err()
}

// BrokerView is what everybody may know of a broker in the register.
type BrokerView struct {
	Entry
	Name    string
	Chains  []ref.Chain
	Agency  *orgs.Ref
	Since   when.Day // the first day on which they were in the register
	Regions []Place
}

// Place is a region with its name.
type Place struct{ Code, Name string }

// BrokerFilter narrows the public list; empty fields do not.
type BrokerFilter struct {
	Name   orgs.NamePart `query:"name" where:"account_id IN (SELECT a.id FROM accounts a WHERE REPLACE(REPLACE(LOWER(a.name), ' ', ''), '　', '') LIKE ? ESCAPE '!')"`
	Level  Level         `query:"level" where:"level = ?"`
	Agency uuid.UUID     `query:"agency_id" of:"organizations" where:"employer_id = ? AND employer_id IN (SELECT o.id FROM organizations o WHERE o.state = 'verified' AND o.suspended_at IS NULL)"`
	Chain  string        `query:"chain" where:"REPLACE(chains, '\"' || ? || '\"', '') <> chains"`
	// Region finds who works in it, in a part of it, or in what it is a part of.
	Region string `query:"region" where:"(regions LIKE '%\"' || CASE WHEN CAST(? AS text) LIKE '%0000' THEN SUBSTR(CAST(? AS text), 1, 2) WHEN CAST(? AS text) LIKE '%00' THEN SUBSTR(CAST(? AS text), 1, 4) ELSE CAST(? AS text) END || '%' OR regions LIKE '%\"' || SUBSTR(CAST(? AS text), 1, 2) || '0000\"%' OR regions LIKE '%\"' || SUBSTR(CAST(? AS text), 1, 4) || '00\"%')"`
	// In is the day on which their entry counts: today, which the caller cannot ask otherwise. Who cannot sign in (accounts.Live) is not there.
	In when.Day `where:"kind = 'broker' AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?) AND confirmed_from <= ? AND (confirmed_to IS NULL OR confirmed_to >= ?) AND account_id IN (SELECT a.id FROM accounts a WHERE a.deactivated_at IS NULL)"`
}

// publicBrokers is how entries of brokers are read by everybody.
var publicBrokers = work.Records[Entry, *Entry, BrokerView]{Read: policy.BrokerRead, Show: showBrokers, Joined: true}

// ListBrokers reads who is in the register of brokers today; anyone may.
func (s *Service) ListBrokers(ctx context.Context, reader policy.Actor, f BrokerFilter, p db.Paging) (db.Page[BrokerView], error) {
	if err := policy.Check(reader, policy.BrokerRead, policy.Facts{}); err != nil {
		return db.Page[BrokerView]{}, err
	}
	var bad fault.Fields
	if f.Region != "" {
		ref.CheckRegion(&bad, f.Region, "query:region")
	}
	if err := ref.CheckChain(s.unit.Query(ctx), &bad, f.Chain, "query:chain"); err != nil {
		return db.Page[BrokerView]{}, err
	}
	if err := bad.Err(); err != nil {
		return db.Page[BrokerView]{}, err
	}
	f.In = when.DayOf(s.unit.Now())
	return publicBrokers.List(ctx, s.unit, reader, f, p)
}

// Broker reads what everybody may know of one who is in the register today, by their account.
func (s *Service) Broker(ctx context.Context, reader policy.Actor, account uuid.UUID) (BrokerView, error) {
	if err := policy.Check(reader, policy.BrokerRead, policy.Facts{}); err != nil {
		return BrokerView{}, err
	}
	var out []BrokerView
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		today := when.DayOf(s.unit.Now())
		var rows []Entry
		err := q.Table("register_entries AS e").Where("e.kind = ? AND e.account_id = ? AND "+inForce, policy.Broker, account, today, today, today, today).
			Where("e.account_id IN (SELECT id FROM accounts WHERE " + accounts.Live + ")").Order("e.id").Limit(1).Find(&rows).Error
		if err == nil && len(rows) == 0 {
			err = fault.NotVisible.New()
		}
		if err == nil {
			out, err = showBrokers(q, reader, rows)
		}
		return err
	})
	if err != nil {
		return BrokerView{}, err
	}
	return out[0], nil
}

// showBrokers names people, chains, regions and agencies: a fixed number of queries for all. An agency that is not in standing is named to its members and
// operators alone.
func showBrokers(q *gorm.DB, reader policy.Actor, rows []Entry) ([]BrokerView, error) {
	ids := make([]uuid.UUID, len(rows))
	views := make([]View, len(rows))
	for i, e := range rows {
		ids[i], views[i] = e.AccountID, View{Entry: e}
	}
	if len(rows) == 0 {
		return []BrokerView{}, nil
	}
	known, err := accounts.People(q, ids)
	if err != nil {
		return nil, err
	}
	var first []struct {
		AccountID uuid.UUID
		Since     when.Day
	}
	if err := q.Session(&gorm.Session{NewDB: true}).Model(&Entry{}).Select("account_id, MIN(confirmed_from) AS since").
		Where("kind = ? AND account_id IN ? AND confirmed_from IS NOT NULL", policy.Broker, ids).Group("account_id").Scan(&first).Error; err != nil {
		return nil, err
	}
	since := map[uuid.UUID]when.Day{}
	for _, f := range first {
		since[f.AccountID] = f.Since
	}
	if err := showExpertise(q, reader, views); err != nil {
		return nil, err
	}
	var agencies []uuid.UUID
	for _, v := range views {
		if v.Employer != nil && !reader.Operator && !reader.MemberOf(v.Employer.ID) {
			agencies = append(agencies, v.Employer.ID)
		}
	}
	standing, err := orgs.InStanding(q.Session(&gorm.Session{NewDB: true}), agencies)
	if err != nil {
		return nil, err
	}
	out := make([]BrokerView, len(rows))
	for i, e := range rows {
		if of := views[i].Employer; of != nil && slices.Contains(agencies, of.ID) && !standing[of.ID] {
			views[i].Employer = nil
		}
		out[i] = BrokerView{Entry: e, Name: known[e.AccountID].Name, Chains: views[i].Chains, Agency: views[i].Employer, Since: since[e.AccountID], Regions: placesOf(e.Licence.Regions)}
	}
	return out, nil
}

// Places are the regions that a broker works in, by name.
func (v View) Places() []Place { return placesOf(v.Licence.Regions) }

// placesOf names regions.
func placesOf(codes []string) (out []Place) {
	for _, code := range codes {
		name, _, _ := ref.PlaceName(code)
		out = append(out, Place{code, name})
	}
	return out
}
