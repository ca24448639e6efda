package notices

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// What happens to notices; nobody opens or ends one by itself, so there is no action to ask policy about. An upheld objection is told of its
// notice, so that the subject's package finds it by that.
const (
	opened    work.Deed = "notice.open"
	closed    work.Deed = "notice.close"
	withdrawn work.Deed = "notice.withdraw"
	upheld    work.Deed = "notice.objection_upheld"
)

// View is a notice as its readers see it: how many objections are open and how the others ended, and of nobody who objected.
type View struct {
	Notice
	Open     int
	Outcomes map[Outcome]int
	work.Acts
}

// Service runs the use cases about notices and objections.
type Service struct {
	unit    *work.Unit
	secrets *seal.Keys
}

// New gives the use cases about notices.
func New(unit *work.Unit, secrets *seal.Keys) *Service {
	unit.Knows("notices", fault.UnknownRecord, notices.Known)
	return &Service{unit, secrets}
}

// notices is how notices are read and written.
var notices = work.Records[Notice, *Notice, View]{
	Read: policy.NoticeRead, Show: show, Joined: true,
	Columns: work.Columns{string(policy.Public): "audience_id IS NULL", string(policy.Member): "audience_id IN ?"},
	Acts: []work.Act[*Notice, View]{
		{Operation: "fileObjection", Action: policy.ObjectionFile, When: func(n *Notice, _ *View) error { return work.In(n.State, Running) }},
	},
}

// show counts the objections to notices, in one query.
func show(q *gorm.DB, _ policy.Actor, rows []Notice) ([]View, error) {
	ids := make([]uuid.UUID, len(rows))
	for i, n := range rows {
		ids[i] = n.ID
	}
	counts, err := count(q, ids)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i, n := range rows {
		out[i] = View{Notice: n, Outcomes: map[Outcome]int{}}
		for _, c := range counts {
			switch {
			case c.NoticeID != n.ID:
			case c.State == Answered:
				out[i].Outcomes[c.Outcome] += c.N
			default:
				out[i].Open += c.N
			}
		}
	}
	return out, nil
}

type counted struct {
	NoticeID uuid.UUID
	State    ObjectionState
	Outcome  Outcome
	N        int
}

func count(q *gorm.DB, ids []uuid.UUID) ([]counted, error) {
	var rows []counted
	err := q.Model(&Objection{}).Select("notice_id, state, outcome, COUNT(*) AS n").Where("notice_id IN ?", db.Among(ids)).
		Group("notice_id, state, outcome").Order("notice_id, state, outcome").Find(&rows).Error
	return rows, err
}

// tieRow is by what one is known whose people handle no objection to a notice.
type tieRow struct {
	NoticeID uuid.UUID `gorm:"primaryKey"`
	Tie      string    `gorm:"primaryKey"`
}

func (tieRow) TableName() string { return "notice_ties" }

// ties are all of them, each once.
func (in Input) ties(notice uuid.UUID) []tieRow {
	var out []tieRow
	seen := map[string]bool{}
	add := func(tie string) {
		if !seen[tie] {
			seen[tie] = true
			out = append(out, tieRow{notice, tie})
		}
	}
	for _, l := range in.Lines {
		if l.Organization != uuid.Nil {
			add(orgs.IDTie(l.Organization))
		}
		if l.CreditCode != "" {
			add(orgs.CodeTie(l.CreditCode))
		}
		if l.Name != "" {
			add(orgs.NameTie(l.Name))
		}
	}
	for _, tie := range in.Concealed {
		add(tie)
	}
	return out
}

// Open makes a notice public from today on, in the transaction of the use case that proposes something. A subject has one that runs at a
// time: another is refused until that is closed or withdrawn.
func Open(tx *work.Tx, about kinds.Subject, in Input) (*Notice, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	calendar, err := ref.CalendarIn(tx.DB)
	if err != nil {
		return nil, err
	}
	n := &Notice{
		Head: tx.NewHead(), State: Running, SubjectKind: about.Kind, SubjectID: about.ID, SubjectTitle: about.Title,
		Title: in.Title, Text: in.Text, Contact: in.Contact, Lines: in.Lines, Period: in.Period, AnswerDays: in.AnswerDays, FirstDay: when.DayOf(tx.Now),
	}
	n.LastDay = in.Period.Last(n.FirstDay, calendar)
	if n.AnswerDays == 0 {
		n.AnswerDays = AnswerDays
	}
	if by := tx.Call.Actor.Account; by != uuid.Nil {
		n.OpenedBy = &by
	}
	if in.Audience != uuid.Nil {
		n.AudienceID = &in.Audience
	}
	var running int64
	if err := tx.Model(n).Where("subject_kind = ? AND subject_id = ? AND state = ?", about.Kind, about.ID, Running).Count(&running).Error; err != nil {
		return nil, err
	}
	if running > 0 {
		return nil, fault.NoticeRunning.New()
	}
	if err := work.Insert(tx, opened, n); db.Duplicate(err) {
		return nil, fault.NoticeRunning.New()
	} else if err != nil {
		return nil, err
	}
	if ties := in.ties(n.ID); len(ties) > 0 {
		if err := tx.CreateInBatches(ties, 500).Error; err != nil {
			return nil, err
		}
	}
	return n, jobs.At(tx, ending, n.ID, n.LastDay.End())
}

// Withdraw takes the running notice of a subject back, with a reason that everybody reads; objections to it are still answered. Where none
// runs it does nothing.
func Withdraw(tx *work.Tx, about kinds.Subject, reason string) error {
	var bad fault.Fields
	bad.Length(reason, "/reason", 2, 500)
	if err := bad.Err(); err != nil {
		return err
	}
	n, found, err := latest(db.ForUpdate(tx.DB), about)
	if err != nil || !found || n.State != Running {
		return err
	}
	if err := jobs.Drop(tx, ending, n.ID); err != nil {
		return err
	}
	return work.Move(tx, n, withdrawn, func() error { return n.Withdraw(reason, tx.Now) })
}

// Settlement is what became of a notice.
type Settlement struct {
	Notice   *Notice
	Open     int // objections that are not answered; always 0 of one that is closed
	Outcomes map[Outcome]int
	// LastAnswer is the day of the latest answer to an objection that was in time; zero where there was none.
	LastAnswer when.Day
}

// Upheld tells whether an objection was upheld, so that what was proposed cannot stand.
func (s Settlement) Upheld() bool { return s.Outcomes[Upheld] > 0 }

// Settled tells what became of the latest notice of a subject, and whether it is over: its period past, and every objection answered.
func Settled(q *gorm.DB, about kinds.Subject) (Settlement, bool, error) {
	n, found, err := latest(q, about)
	if err != nil || !found {
		return Settlement{}, false, err
	}
	all, err := settlements(q, []Notice{*n})
	if err != nil {
		return Settlement{}, false, err
	}
	return all[0], n.State == Closed, nil
}

// SettledAll tells what became of all notices of some subjects of one kind, those of each from the first to the latest: in a fixed number of
// queries.
func SettledAll(q *gorm.DB, kind string, subjects []uuid.UUID) (map[uuid.UUID][]Settlement, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	var rows []Notice
	if err := q.Where("subject_kind = ? AND subject_id IN ?", kind, db.Among(subjects)).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	all, err := settlements(q, rows)
	out := make(map[uuid.UUID][]Settlement, len(subjects))
	for _, s := range all {
		out[s.Notice.SubjectID] = append(out[s.Notice.SubjectID], s)
	}
	return out, err
}

// settlements tells what became of notices, in their order.
func settlements(q *gorm.DB, rows []Notice) ([]Settlement, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	views, err := show(q, policy.Actor{}, rows)
	if err != nil {
		return nil, err
	}
	out, ids, at := make([]Settlement, len(rows)), make([]uuid.UUID, len(rows)), make(map[uuid.UUID]int, len(rows))
	for i := range rows {
		out[i] = Settlement{Notice: &views[i].Notice, Open: views[i].Open, Outcomes: views[i].Outcomes}
		ids[i], at[rows[i].ID] = rows[i].ID, i
	}
	var answers []Objection
	err = q.Select("notice_id", "answered_at").Where("notice_id IN ? AND state = ? AND outcome <> ?", db.Among(ids), Answered, OutOfTime).Find(&answers).Error
	for _, a := range answers {
		s := &out[at[a.NoticeID]]
		if on := when.DayOf(*a.AnsweredAt); on.After(s.LastAnswer) {
			s.LastAnswer = on
		}
	}
	return out, err
}

// OpenObjections counts the objections to any notice of a subject that wait for an answer.
func OpenObjections(q *gorm.DB, about kinds.Subject) (int, error) {
	var n int64
	err := q.Model(&Objection{}).Where("state IN ?", open).
		Where("notice_id IN (SELECT id FROM notices WHERE subject_kind = ? AND subject_id = ?)", about.Kind, about.ID).Count(&n).Error
	return int(n), err
}

func latest(q *gorm.DB, about kinds.Subject) (*Notice, bool, error) {
	var rows []Notice
	err := q.Where("subject_kind = ? AND subject_id = ?", about.Kind, about.ID).Order("id DESC").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, false, err
	}
	return &rows[0], true, nil
}

// Get reads one notice.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return notices.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of notices; empty fields do not.
type Filter struct {
	State   State     `query:"state" where:"state = ?"`
	Kind    string    `query:"subject_kind" where:"subject_kind = ?"`
	Subject uuid.UUID `query:"subject_id" where:"subject_id = ?" of:"challenges,results,deals"`
	On      when.Day  `query:"on" where:"first_day <= ? AND last_day >= ?"` // public on this day
	Since   time.Time `query:"updated_since" where:"updated_at >= ?"`
}

// List lists notices: the public ones, and those that are for the reader's own organizations.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	return notices.List(ctx, s.unit, reader, f, p)
}
