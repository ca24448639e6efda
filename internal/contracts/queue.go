package contracts

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/money"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// applications is how applications are read and written. The queue of an office begins with what is due first.
var applications = work.Records[Application, *Application, ApplicationView]{
	Read: policy.ApplicationRead, Show: showApplications, Joined: true,
	Columns: work.Columns{
		string(policy.Member): "contract_id IN (SELECT id FROM contracts WHERE owner_id IN ?)",
		string(policy.Counterpart): "state = 'granted' AND EXISTS (SELECT 1 FROM application_parties x WHERE x.application_id = contract_applications.id AND x.organization_id IN ?) OR EXISTS (SELECT 1 FROM contract_parties p JOIN contracts c ON c.id = p.contract_id WHERE p.contract_id = contract_applications.contract_id AND c.state <> 'draft' AND p.organization_id IN ?" +
			" AND (contract_applications.state NOT IN ('granted', 'refused', 'withdrawn') OR contract_applications.state <> 'granted' AND EXISTS (SELECT 1 FROM application_parties x WHERE x.application_id = contract_applications.id AND x.organization_id = p.organization_id)))",
		string(policy.Tied):      "contract_id IN (SELECT contract_id FROM contract_parties WHERE organization_id IN ?) OR id IN (SELECT application_id FROM application_parties WHERE organization_id IN ?)",
		string(policy.Named):     "id IN (SELECT application_id FROM application_names WHERE form IN ?)",
		string(policy.Writer):    "contract_id IN (SELECT contract_id FROM contract_authors WHERE account_id IN ?)",
		string(policy.AtOffice):  "office IN ?",
		string(policy.Filed):     "TRUE",
		string(policy.Author):    "contract_id IN (SELECT id FROM contracts WHERE entered_by IN ?)",
		string(policy.Submitter): "submitted_by IN ?",
		string(policy.Decider):   "first_reviewer IN ?",
	},
	Acts: applicationActs,
	Orders: []db.Order[Application]{
		{Name: "due", Columns: []string{"due_on", "id"}, Key: func(a *Application) []any { return []any{a.DueOn, a.ID} }},
		db.Newest(func(a *Application) uuid.UUID { return a.ID }),
	},
}

// The states of an application: not over; of those, in which it is the office's turn, so that the clock runs, and in which somebody has it;
// and over.
var (
	openStates = []State{Submitted, SupplementRequested, UnderReview, ExpertReview, SecondReview}
	running    = []State{Submitted, UnderReview, ExpertReview, SecondReview}
	held       = []State{UnderReview, ExpertReview, SupplementRequested}
	over       = []State{Granted, Refused, Withdrawn}
)

func isOverdue(state State, due, today when.Day) bool {
	return slices.Contains(running, state) && due.Before(today)
}
func isHeld(state State) bool { return slices.Contains(held, state) }

// GetApplication reads one application; by the contract's parties, the registrars of its office and operators.
func (s *Service) GetApplication(ctx context.Context, reader policy.Actor, id uuid.UUID) (ApplicationView, error) {
	v, err := applications.Get(ctx, s.unit, reader, id)
	s.dated(&v)
	if err == nil && v.office {
		v.Related, err = v.Terms.Related(s.unit.Query(ctx), v.kind)
	}
	return v, err
}

// ApplicationsOf asks for all applications about one contract.
type ApplicationsOf struct {
	Contract uuid.UUID `path:"id" where:"contract_id = ?" required:"yes"`
}

// ContractApplications lists the applications about a contract, the last first; by who may read the contract.
func (s *Service) ContractApplications(ctx context.Context, reader policy.Actor, f ApplicationsOf, p db.Paging) (db.Page[ApplicationView], error) {
	if _, err := contracts.Load(s.unit.Query(ctx), reader, f.Contract); err != nil {
		return db.Page[ApplicationView]{}, err
	}
	p.Sort = "newest"
	return s.page(applications.List(ctx, s.unit, reader, f, p))
}

// page is a page of which every item is dated.
func (s *Service) page(page db.Page[ApplicationView], err error) (db.Page[ApplicationView], error) {
	for i := range page.Items {
		s.dated(&page.Items[i])
	}
	return page, err
}

// do runs a use case that ends with an application.
func (s *Service) do(ctx context.Context, call work.Call, fn func(tx *work.Tx) (*Application, error)) (ApplicationAnswer, error) {
	answer, err := applications.Do(ctx, s.unit, call, fn)
	s.dated(&answer.View)
	return answer, err
}

// ApplicationFilter narrows the queue; empty fields do not. Without an office it is the queue of all offices of the reader's.
type ApplicationFilter struct {
	Office    string          `query:"office" where:"office = ?"`
	State     State           `query:"state" where:"state = ?"`
	Finished  *bool           `query:"finished"` // over; left out it is what is not over, unless a state is asked for
	Kind      ApplicationKind `query:"kind" where:"kind = ?"`
	Overdue   *bool           `query:"overdue"`    // the office's turn, and past its day
	Mine      *bool           `query:"mine"`       // the reader has it
	MayDecide *bool           `query:"may_decide"` // the reader may take the next step of the review

	Offices []string               `where:"office IN ?"`
	serving map[string][]uuid.UUID // the registrars of each of the reader's offices
}

// serving are the registrars of each of the reader's offices: what one has taken binds the others only while they are there.
func (s *Service) serving(ctx context.Context, reader policy.Actor, today when.Day) (map[string][]uuid.UUID, error) {
	out := map[string][]uuid.UUID{}
	for _, office := range reader.RegistrarAt() {
		registrars, err := people.RegistrarsAt(s.unit.Query(ctx), office, today)
		if err != nil {
			return nil, err
		}
		out[office] = registrars
	}
	return out, nil
}

// ListApplications is the queue, what is due first in front, and what is over on request only; for registrars of their offices, and operators.
func (s *Service) ListApplications(ctx context.Context, reader policy.Actor, f ApplicationFilter, p db.Paging) (db.Page[ApplicationView], error) {
	var err error
	if f.Offices, err = officesOf(reader, f.Office); err != nil {
		return db.Page[ApplicationView]{}, err
	}
	if err := s.officeExists(ctx, reader, f.Office); err != nil {
		return db.Page[ApplicationView]{}, err
	}
	today := when.DayOf(s.unit.Now())
	if f.MayDecide != nil {
		if f.serving, err = s.serving(ctx, reader, today); err != nil {
			return db.Page[ApplicationView]{}, err
		}
	}
	return s.page(applications.ListWithin(ctx, s.unit, reader, f, p, func(q *gorm.DB) *gorm.DB { return f.narrow(q, reader, today) }))
}

// officesOf are the offices whose queue is asked for: the one that is named, or all of the reader's; nil is every one, for an operator.
func officesOf(reader policy.Actor, office string) ([]string, error) {
	offices := reader.RegistrarAt()
	if office != "" || len(offices) == 0 || reader.Operator {
		offices = nil
	}
	asked := policy.Facts{Office: office}
	if len(offices) > 0 {
		asked.Office = offices[0]
	}
	return offices, policy.Check(reader, policy.ApplicationList, asked)
}

// narrow is what a filter asks that no column says.
func (f ApplicationFilter) narrow(q *gorm.DB, reader policy.Actor, today when.Day) *gorm.DB {
	either := func(q *gorm.DB, wanted *bool, condition string, args ...any) *gorm.DB {
		switch {
		case wanted == nil:
			return q
		case *wanted:
			return q.Where(condition, args...)
		}
		return q.Where("NOT COALESCE("+condition+", FALSE)", args...)
	}
	switch {
	case f.Finished != nil && *f.Finished:
		q = q.Where("state IN ?", over)
	case f.Finished != nil || f.State == "":
		q = q.Where("state IN ?", openStates)
	}
	q = either(q, f.Overdue, "(due_on < ? AND state IN ?)", today, running)
	q = either(q, f.Mine, "(first_reviewer = ? AND state IN ?)", reader.Account, held)
	may, args := f.mayDecide(reader)
	return either(q, f.MayDecide, may, args...)
}

// mayDecide is the policy of the steps of a review as a condition: in the first review whoever may take it, or has it, in the second whoever
// did not decide first.
func (f ApplicationFilter) mayDecide(reader policy.Actor) (string, []any) {
	var ways []string
	var all []any
	mine, has := "first_reviewer = ? OR first_reviewer IS NULL", []any{reader.Account}
	for _, office := range slices.Sorted(maps.Keys(f.serving)) {
		mine += " OR office = ? AND first_reviewer NOT IN ?"
		has = append(has, office, append([]uuid.UUID{uuid.Nil}, f.serving[office]...))
	}
	for _, step := range []struct {
		action policy.Action
		states []State
	}{
		{policy.ApplicationTake, []State{Submitted}},
		{policy.ApplicationPass, []State{UnderReview, ExpertReview}},
		{policy.ApplicationEnd, []State{SecondReview}},
	} {
		sql, args := applications.Columns.SQL(policy.Narrow(reader, step.action))
		if step.action == policy.ApplicationPass {
			sql, args = sql+" AND ("+mine+")", append(args, has...)
		}
		ways, all = append(ways, "(state IN ? AND "+sql+")"), append(append(all, step.states), args...)
	}
	return "(" + strings.Join(ways, " OR ") + ")", all
}

// ApplicationView is an application as its readers see it, with what its contract says of it.
type ApplicationView struct {
	Application
	ContractNumber, ContractTitle string
	OfficeName                    string
	OfficialNumber                *string
	Technology                    money.Fen // the technology amount as it shall be
	EnteredFor                    string    // whose paper a clerk entered
	Twins                         []Twin
	Remarks                       []Remark
	Changes                       []FieldChange
	Overdue                       bool
	// Who did what, as far as the reader may know.
	EnteredBy, SubmittedBy, TakenBy, PassedBy, DecidedBy, SupplementAskedBy *accounts.Person
	Notes                                                                   []NoteView // for the office
	OpinionsBy                                                              []*accounts.Person
	Related                                                                 []Related // sellers and buyers under one control, for the office, of one application that is read
	kind                                                                    codes.ContractKind
	office                                                                  bool // the reader deals with it, or is the bureau's
	free, another                                                           bool // who has taken it is there no longer; is another than the reader
	work.Acts
}

// dated says what depends on the day.
func (s *Service) dated(v *ApplicationView) {
	v.Overdue = isOverdue(v.State, v.DueOn, when.DayOf(s.unit.Now()))
}

// passedBy is who passed the first review, once it is passed.
func (a *Application) passedBy() *uuid.UUID {
	if a.State == ExpertReview || a.State == SecondReview || a.State == Granted || a.SecondReviewer != nil {
		return a.FirstReviewer
	}
	return nil
}

// decidedBy is who ended the application.
func (a *Application) decidedBy() *uuid.UUID {
	if a.State != Granted && a.State != Refused {
		return nil
	}
	return cmp.Or(a.SecondReviewer, a.FirstReviewer)
}

// about is what stands beside applications: their contracts, who wrote in those, what the office noted, and of whoever has taken one, where
// they are registrars.
type about struct {
	contracts map[uuid.UUID]*Contract
	writers   map[uuid.UUID][]uuid.UUID
	notes     map[uuid.UUID][]note
	serving   map[uuid.UUID][]string
	offices   map[string]string // their names
}

// readAbout reads that: one query for each.
func readAbout(q *gorm.DB, rows []Application) (x about, err error) {
	ids, of := make([]uuid.UUID, len(rows)), make([]uuid.UUID, len(rows))
	var holders []uuid.UUID
	for i, a := range rows {
		ids[i], of[i] = a.ID, a.ContractID
		if isHeld(a.State) && a.FirstReviewer != nil {
			holders = append(holders, *a.FirstReviewer)
		}
	}
	var found []Contract
	if err := q.Where("id IN ?", of).Select("id", "number", "state", "title", "terms", "office", "kind", "official_number", "elsewhere", "owner_id", "entered_by", "entered_for").
		Find(&found).Error; err != nil {
		return x, err
	}
	x.contracts = make(map[uuid.UUID]*Contract, len(found))
	for i := range found {
		x.contracts[found[i].ID] = &found[i]
	}
	var wrote []author
	if err := q.Where("contract_id IN ?", of).Order("contract_id, account_id").Find(&wrote).Error; err != nil {
		return x, err
	}
	x.writers = map[uuid.UUID][]uuid.UUID{}
	for _, w := range wrote {
		x.writers[w.ContractID] = append(x.writers[w.ContractID], w.AccountID)
	}
	if x.notes, err = notesOf(q, ids); err != nil {
		return x, err
	}
	if x.offices, err = officeNames(q, len(rows)); err != nil {
		return x, err
	}
	x.serving, err = people.Serving(q, holders, db.DayOf(q))
	return x, err
}

// showApplications reads what stands with the contracts, their twins, what stands out about the parties, and who the people are: a few
// queries for all.
func showApplications(q *gorm.DB, reader policy.Actor, rows []Application) ([]ApplicationView, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	x, err := readAbout(q, rows)
	if err != nil {
		return nil, err
	}
	candidates, terms := candidatesOf(rows), make([]Terms, len(rows))
	for i, a := range rows {
		candidates[i].official, terms[i] = x.contracts[a.ContractID].officialForm(), a.Terms
	}
	twins, err := twinsOf(q, reader, candidates)
	if err != nil {
		return nil, err
	}
	remarks, err := remarksOf(q, reader, terms)
	if err != nil {
		return nil, err
	}
	received, groups, err := paymentsFor(q, reader, x.contracts)
	if err != nil {
		return nil, err
	}
	about := make([]Contract, len(rows))
	for i, a := range rows {
		about[i] = *x.contracts[a.ContractID]
		about[i].Terms = a.Terms // which it asks for
	}
	granted, err := grantRemarks(q, about, db.DayOf(q))
	if err != nil {
		return nil, err
	}
	out := make([]ApplicationView, len(rows))
	people := accounts.Roll{}
	for i, a := range rows {
		c := x.contracts[a.ContractID]
		if !policy.Allowed(reader, policy.ContractNow, c.Facts()) {
			then := *c
			then.OfficialNumber = nil // as in asOf
			c, granted[i] = &then, nil
		}
		v := &out[i]
		*v = ApplicationView{Application: a, OfficeName: x.offices[a.Office], ContractNumber: c.Number, ContractTitle: c.Title, OfficialNumber: c.OfficialNumber,
			Twins: twins[i], Remarks: append(remarks[i], c.numberRemarks()...), Changes: a.changes()}
		v.Remarks = append(append(v.Remarks, a.Terms.paymentRemarks(received[c.ID], groups[c.ID])...), granted[i]...)
		if v.Technology, err = a.Terms.Technology(); err != nil {
			return nil, err
		}
		v.told(reader, c, a.factsOf(c, x.writers[c.ID]), x, people)
	}
	return out, people.Call(q)
}

// told leaves in an application what the reader may know of it, and asks for the names of those whom they may know.
func (v *ApplicationView) told(reader policy.Actor, c *Contract, f policy.Facts, x about, people accounts.Roll) {
	a := v.Application
	if !policy.Allowed(reader, policy.ContractNow, c.Facts()) {
		v.ContractTitle = a.Terms.Title // what it is called by now is others' affair
	}
	if policy.Allowed(reader, policy.ApplicationFilers, f) {
		people.Name(&c.EnteredBy, &v.EnteredBy)
		people.Name(&a.SubmittedBy, &v.SubmittedBy)
		if c.EnteredFor {
			v.EnteredFor = a.Terms.filer(c.Elsewhere != nil).Name
		}
	}
	if isHeld(a.State) && a.FirstReviewer != nil {
		v.free = !slices.Contains(x.serving[*a.FirstReviewer], a.Office)
		v.another = !v.free && *a.FirstReviewer != reader.Account
	}
	v.OpinionsBy = make([]*accounts.Person, len(a.Opinions))
	if policy.Allowed(reader, policy.ApplicationReviewers, f) {
		if !v.free {
			people.Name(a.TakenBy, &v.TakenBy)
		}
		people.Name(a.passedBy(), &v.PassedBy)
		people.Name(a.decidedBy(), &v.DecidedBy)
		people.Name(a.SupplementAskedBy, &v.SupplementAskedBy)
		for i := range a.Opinions {
			people.Name(&v.Opinions[i].RecordedBy, &v.OpinionsBy[i])
		}
	} else { // what the experts said is told, and not who they are
		v.Opinions = slices.Clone(v.Opinions)
		for i := range v.Opinions {
			v.Opinions[i].Experts = nil
		}
	}
	v.kind, v.office = c.Kind, policy.Allowed(reader, policy.ApplicationNotes, f)
	if v.Revocation != nil && !policy.Allowed(reader, policy.RevocationEvidence, f) { // why is the parties' to know, what shows it not
		v.Revocation = &Revocation{Ground: v.Revocation.Ground, Twin: v.Revocation.Twin}
	}
	if !v.office {
		v.ReviewNote = ""
		return
	}
	v.Notes = make([]NoteView, len(x.notes[a.ID]))
	for i, n := range x.notes[a.ID] {
		v.Notes[i] = NoteView{Note: n.Note, CreatedAt: n.CreatedAt}
		people.Name(&x.notes[a.ID][i].AccountID, &v.Notes[i].By)
	}
}
