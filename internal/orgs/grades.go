package orgs

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

type (
	// GradeView is a grade as one reader may see it: who proposed and confirmed it, and why it was refused or ended, are its organization's and the
	// bureau's affair.
	GradeView struct {
		Grade
		Organization   Ref
		By, ApprovedBy *accounts.Person
		work.Acts
	}
	// GradeAnswer is the outcome of writing a grade.
	GradeAnswer = work.Answer[GradeView]
)

// grades is how grades are read and written.
var grades = work.Records[Grade, *Grade, GradeView]{
	Read: policy.GradeRead, Show: showGrades,
	Columns: work.Columns{string(policy.Public): "state IN ('confirmed', 'void')", string(policy.Member): "organization_id IN ?"},
	Acts: []work.Act[*Grade, GradeView]{
		{Operation: "confirmGrade", Action: policy.GradeConfirm, When: func(g *Grade, _ *GradeView) error { return work.In(g.State, GradeProposed) }},
		{Operation: "refuseGrade", Action: policy.GradeRefuse, When: func(g *Grade, _ *GradeView) error { return work.In(g.State, GradeProposed) }},
		{Operation: "withdrawGrade", Action: policy.GradeWithdraw, When: func(g *Grade, _ *GradeView) error { return g.withdraw() }},
		{Operation: "endGrade", Action: policy.GradeEnd, When: func(g *Grade, _ *GradeView) error { return work.In(g.State, GradeConfirmed) }},
	},
}

func showGrades(q *gorm.DB, reader policy.Actor, rows []Grade) ([]GradeView, error) {
	out := make([]GradeView, len(rows))
	standings := make([]Standing, len(rows))
	var ids []uuid.UUID
	for i, g := range rows {
		standings[i] = Standing{Organization: g.OrganizationID}
		out[i] = GradeView{Grade: g}
		if !tellsAll(reader, &g) {
			out[i].Reason = ""
			continue
		}
		ids = append(ids, g.ProposedBy)
		if g.ConfirmedBy != nil {
			ids = append(ids, *g.ConfirmedBy)
		}
	}
	named, err := Shown(q, reader, standings)
	if err != nil {
		return nil, err
	}
	people, err := accounts.People(q, ids)
	if err != nil {
		return nil, err
	}
	for i := range out {
		v := &out[i]
		v.Organization = named[i]
		if !tellsAll(reader, &v.Grade) {
			continue
		}
		if p, known := people[v.ProposedBy]; known {
			v.By = &p
		}
		if v.ConfirmedBy != nil {
			if p, known := people[*v.ConfirmedBy]; known {
				v.ApprovedBy = &p
			}
		}
	}
	return out, nil
}

// tellsAll tells whether a reader sees who did what of a grade, and why.
func tellsAll(reader policy.Actor, g *Grade) bool {
	return reader.Operator || reader.MemberOf(g.OrganizationID)
}

// ProposeGrade says that an organization has a grade; by its administrator or an operator. It counts once another operator confirms it.
func (s *Service) ProposeGrade(ctx context.Context, call work.Call, in GradeInput) (GradeAnswer, error) {
	return grades.Do(ctx, s.unit, call, func(tx *work.Tx) (*Grade, error) {
		o, err := LoadOwner(db.ForUpdate(tx.DB), call.Actor, in.OrganizationID, "/organization_id") // so that of two at once the second sees the first
		if err != nil {
			return nil, err
		}
		action := policy.GradePropose
		if in.Kind == KeyInstitution {
			action = policy.GradeList
		}
		if err := policy.Check(call.Actor, action, o.Facts()); err != nil {
			return nil, err
		}
		in, err := in.cleaned(o.Kind, when.DayOf(tx.Now))
		if err != nil {
			return nil, err
		}
		g := &Grade{
			Head: tx.NewHead(), OrganizationID: o.ID, Kind: in.Kind, State: GradeProposed, ValidFrom: in.ValidFrom, ValidTo: in.ValidTo,
			Certificate: in.Certificate, ProposedBy: call.Actor.Account,
		}
		if err := g.apart(tx.DB); err != nil {
			return nil, err
		}
		if err := g.certificateFree(tx.DB); err != nil {
			return nil, err
		}
		return g, work.Insert(tx, work.Did(action), g)
	})
}

// apart refuses a grade that the organization has, or that waits, on one of these days.
func (g *Grade) apart(q *gorm.DB) error {
	var others []Grade
	found := q.Where("organization_id = ? AND kind = ? AND id <> ? AND state IN ?", g.OrganizationID, g.Kind, g.ID, []GradeState{GradeProposed, GradeConfirmed}).
		Where("(valid_to IS NULL OR valid_to >= ?)", g.ValidFrom)
	if !g.ValidTo.IsZero() {
		found = found.Where("valid_from <= ?", g.ValidTo)
	}
	if err := found.Order("valid_from, id").Limit(1).Find(&others).Error; err != nil || len(others) == 0 {
		return err
	}
	if o := others[0]; o.ValidTo.IsZero() {
		return fault.GradeOverlap.Because("已有一条自 %[1]s 起，无止日。", "There is one from %[1]s on, without an end.", o.ValidFrom)
	} else {
		return fault.GradeOverlap.Because("已有一条 %[1]s 至 %[2]s。", "There is one from %[1]s to %[2]s.", o.ValidFrom, o.ValidTo)
	}
}

// certificateFree refuses the number of a certificate that was confirmed of another organization. A list names many, so it is asked of
// certificates alone. All rows of the number are taken in one order, so that of two that are confirmed at once one sees the other.
func (g *Grade) certificateFree(q *gorm.DB) error {
	if g.Kind.years() == 0 {
		return nil
	}
	var same []Grade
	if err := db.ForUpdate(q).Where("kind = ? AND certificate = ?", g.Kind, g.Certificate).Order("id").Find(&same).Error; err != nil {
		return err
	}
	for _, o := range same {
		if o.OrganizationID != g.OrganizationID && o.State == GradeConfirmed {
			return fault.CertificateTaken.New()
		}
	}
	return nil
}

// ConfirmGrade has a grade count on its days; by an operator who neither proposed it nor belongs to the organization, which must be verified.
func (s *Service) ConfirmGrade(ctx context.Context, call work.Call, id uuid.UUID, version int64) (GradeAnswer, error) {
	return grades.Change(ctx, s.unit, call, id, version, policy.GradeConfirm, func(tx *work.Tx, g *Grade) error {
		if err := MustBeVerified(tx.DB, g.OrganizationID); err != nil {
			return err
		}
		if err := g.certificateFree(tx.DB); err != nil {
			return err
		}
		return g.confirm(call.Actor.Account, tx.Now)
	})
}

// RefuseGrade refuses a proposed grade, with a reason; by an operator who did not propose it.
func (s *Service) RefuseGrade(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (GradeAnswer, error) {
	return grades.Change(ctx, s.unit, call, id, version, policy.GradeRefuse, func(_ *work.Tx, g *Grade) error { return g.refuse(reason) })
}

// WithdrawGrade takes a proposed grade back; by whoever proposed it.
func (s *Service) WithdrawGrade(ctx context.Context, call work.Call, id uuid.UUID, version int64) (GradeAnswer, error) {
	return grades.Change(ctx, s.unit, call, id, version, policy.GradeWithdraw, func(_ *work.Tx, g *Grade) error { return g.withdraw() })
}

// EndGrade ends a confirmed grade before its day, or says that it never was so; by an operator.
func (s *Service) EndGrade(ctx context.Context, call work.Call, id uuid.UUID, version int64, in GradeEnding) (GradeAnswer, error) {
	return grades.Change(ctx, s.unit, call, id, version, policy.GradeEnd, func(_ *work.Tx, g *Grade) error { return g.end(in) })
}

// Grade reads one grade.
func (s *Service) Grade(ctx context.Context, reader policy.Actor, id uuid.UUID) (GradeView, error) {
	return grades.Get(ctx, s.unit, reader, id)
}

// GradeFilter narrows a list of grades; empty fields do not.
type GradeFilter struct {
	Organization uuid.UUID  `query:"organization_id" where:"organization_id = ?"`
	Kind         GradeKind  `query:"kind" where:"kind = ?"`
	State        GradeState `query:"state" where:"state = ?"`
	Certificate  string     `query:"certificate" where:"certificate = ?"`
	On           when.Day   `query:"on" where:"state = 'confirmed' AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)"`
}

// ListGrades lists grades: those that were confirmed are everybody's to read.
func (s *Service) ListGrades(ctx context.Context, reader policy.Actor, f GradeFilter, p db.Paging) (db.Page[GradeView], error) {
	if err := CheckKnown(s.unit.Query(ctx), reader, f.Organization, "query:organization_id"); err != nil {
		return db.Page[GradeView]{}, err
	}
	f.Certificate = text.Narrow(f.Certificate)
	return grades.List(ctx, s.unit, reader, f, p)
}

// GradeQuestion asks how many organizations have each grade on a day.
type GradeQuestion struct {
	Day    when.Day   `query:"on"` // today where it is left out
	Region RegionPart `query:"region"`
}

// GradeCounts are how many organizations have each grade on a day, by the names of the kinds in their order.
type GradeCounts struct {
	Day   when.Day
	Kinds []GradeKind
	Held  []int64
}

// CountGrades counts the organizations that have each grade on a day. The lists are public, and so are their numbers.
func (s *Service) CountGrades(ctx context.Context, reader policy.Actor, ask GradeQuestion) (GradeCounts, error) {
	if err := policy.Check(reader, policy.GradeCount, policy.Facts{}); err != nil {
		return GradeCounts{}, err
	}
	today := when.DayOf(s.unit.Now())
	var bad fault.Fields
	if ask.Region != "" {
		ref.CheckRegion(&bad, string(ask.Region), "query:region")
	}
	when.NotAhead(&bad, ask.Day, today, "query:on")
	if err := bad.Err(); err != nil {
		return GradeCounts{}, err
	}
	if ask.Day.IsZero() {
		ask.Day = today
	}
	counted, err := GradesOn(s.unit.Query(ctx), ask.Day, ask.Region)
	out := GradeCounts{Day: ask.Day, Kinds: gradeKinds}
	for _, k := range gradeKinds {
		out.Held = append(out.Held, counted[k])
	}
	return out, err
}

// GradesOn counts the organizations that have each grade on a day, in a region or everywhere.
func GradesOn(q *gorm.DB, day when.Day, region RegionPart) (map[GradeKind]int64, error) {
	var rows []struct {
		Kind GradeKind
		N    int64
	}
	held := q.Table("grades AS g").Where("g.state = ? AND g.valid_from <= ? AND (g.valid_to IS NULL OR g.valid_to >= ?)", GradeConfirmed, day, day)
	if region != "" {
		held = held.Joins("JOIN organizations o ON o.id = g.organization_id").Where("o.region LIKE ?", region)
	}
	err := held.Group("g.kind").Select("g.kind, COUNT(DISTINCT g.organization_id) AS n").Scan(&rows).Error
	out := make(map[GradeKind]int64, len(rows))
	for _, r := range rows {
		out[r.Kind] = r.N
	}
	return out, err
}

// gradesOf tells which grades organizations have on the day on which it is asked, in the order of the kinds: one query for all.
func gradesOf(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID][]GradeKind, error) {
	out := map[uuid.UUID][]GradeKind{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Grade
	err := q.Where("organization_id IN ?", db.Among(ids)).Where(db.Dated(q, "state = 'confirmed' AND valid_from <= {today} AND (valid_to IS NULL OR valid_to >= {today})")).
		Select("organization_id", "kind").Find(&rows).Error
	held := map[uuid.UUID]map[GradeKind]bool{}
	for _, r := range rows {
		if held[r.OrganizationID] == nil {
			held[r.OrganizationID] = map[GradeKind]bool{}
		}
		held[r.OrganizationID][r.Kind] = true
	}
	for id, kinds := range held {
		for _, k := range gradeKinds {
			if kinds[k] {
				out[id] = append(out[id], k)
			}
		}
	}
	return out, err
}
