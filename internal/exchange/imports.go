package exchange

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/jobs"
	"jiebang/internal/kinds"
	"jiebang/internal/needs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/teams"
	"jiebang/internal/work"
)

// State is where an import stands.
type State string

// The states. What is done, failed or cancelled may be started again: what is there already is left alone.
const (
	Waiting   State = "waiting" // for its file, and to be started
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed" // the file cannot be read, or not to its end; Problem says why
	Cancelled State = "cancelled"
)

// The bounds.
const (
	batchRows = 200    // rows of one transaction
	MaxWhole  = 5_000  // rows of an import that is all or nothing: it is one transaction
	MaxRows   = 50_000 // rows of an import
	scheme    = "import"
)

// Import is one file that is brought in: whose, how, and how far it has come.
type Import struct {
	work.Head
	Kind      string
	OwnerID   uuid.UUID
	CreatedBy uuid.UUID
	Settings  `gorm:"embedded"`
	State     State
	DryRun    bool
	FileID    *uuid.UUID // that it was started with
	StartedBy *uuid.UUID
	StartedAt *time.Time
	EndedAt   *time.Time
	Progress  `gorm:"embedded"`
	Headings  []Heading `gorm:"serializer:json"`
	Problem   *Problem  `gorm:"serializer:json"`
}

// Settings are how a file is read, and what is done with its rows.
type Settings struct {
	Scheme     string // of the rows' identifiers
	Field      string // technology field of rows that name none
	Sheet      string
	HeadingRow int
	Mapping    map[string]string `gorm:"serializer:json"`
	Whole      bool              // all rows or none
	Submit     bool              // what was written is handed to a second person at once
}

// Progress is how far an import has come. It is written with each batch, and moves no version.
type Progress struct {
	Place     int // the last row that was dealt with
	About     int // how many rows there are, roughly
	Total     int `gorm:"column:rows_read"`
	Created   int
	Changed   int
	Revised   int
	Unchanged int
	Refused   int
}

// Problem is why an import as a whole did not go on.
type Problem struct{ Code, ZH, EN string }

func (Import) TableName() string { return "imports" }
func (*Import) Noun() string     { return "import" }

// Facts: an import is its owner's.
func (i *Import) Facts() policy.Facts { return policy.Facts{Owner: i.OwnerID, Author: i.CreatedBy} }

var stateWords = fault.Words[State]{
	Waiting: {ZH: "待上传或待开始", EN: "Waiting"}, Queued: {ZH: "排队中", EN: "Queued"}, Running: {ZH: "进行中", EN: "Running"}, Done: {ZH: "已完成", EN: "Done"},
	Failed: {ZH: "未能完成", EN: "Failed"}, Cancelled: {ZH: "已取消", EN: "Cancelled"},
}

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }

// start begins an import anew.
func (i *Import) start(by uuid.UUID, file uuid.UUID, dry bool, now time.Time) error {
	if err := work.Step(&i.State, Queued, Waiting, Done, Failed, Cancelled); err != nil {
		return err
	}
	i.DryRun, i.FileID, i.StartedBy, i.StartedAt, i.EndedAt = dry, &file, &by, &now, nil
	i.Progress, i.Headings, i.Problem = Progress{}, nil, nil
	return nil
}

// cancel ends an import: what is written stays.
func (i *Import) cancel(now time.Time) error {
	i.EndedAt = &now
	return work.Step(&i.State, Cancelled, Queued, Running)
}

// RowOutcome is what became of one row.
type RowOutcome struct {
	ImportID uuid.UUID `gorm:"primaryKey"`
	Row      int       `gorm:"primaryKey;autoIncrement:false;column:row_number"`
	Outcome  string
	ObjectID *uuid.UUID
	Identity string
	Problems []RowProblem `gorm:"serializer:json;column:errors"`

	refusal *fault.Error
	warned  fault.Fields
}

// Told are the places of a row that are wrong, or those that its writer may want to look at again.
func (o *RowOutcome) Told(warnings bool) []RowProblem {
	out := make([]RowProblem, 0, len(o.Problems))
	for _, p := range o.Problems {
		if p.Warning == warnings {
			out = append(out, p)
		}
	}
	return out
}

func (RowOutcome) TableName() string { return "import_rows" }

// RowProblem is one place of a row that is wrong, or that its writer may want to look at again.
type RowProblem struct {
	Column  string `json:",omitempty"` // B
	Heading string `json:",omitempty"`
	Pointer string
	Code    string
	ZH, EN  string
	Warning bool `json:",omitempty"` // it stops nothing
}

type (
	// View is an import as its reader sees it.
	View struct {
		Import
		Owner                orgs.Ref
		CreatedBy, StartedBy *accounts.Person
		work.Acts
	}
	// Answer is the outcome of a use case that changed an import.
	Answer = work.Answer[View]
	// Input is what an import takes.
	Input struct {
		Kind  string
		Owner uuid.UUID
		Settings
		SaveMapping bool // for later imports of the owner
	}
)

// Service runs the use cases about imports and exports.
type Service struct {
	unit  *work.Unit
	files *files.Service
	actor func(ctx context.Context, account uuid.UUID) (policy.Actor, error)
	kinds map[string]kind
	// contracts decides about applications.
	contracts *contracts.Service
}

// New gives the use cases about imports and exports. actor tells what an account may do by now: an import runs as who started it.
func New(unit *work.Unit, f *files.Service, actor func(ctx context.Context, account uuid.UUID) (policy.Actor, error), r *results.Service, n *needs.Service, t *teams.Service, c *contracts.Service) *Service {
	s := &Service{unit: unit, files: f, actor: actor, kinds: map[string]kind{}, contracts: c}
	for _, k := range []kind{newResults(r), newNeeds(n), newTeams(t)} {
		s.kinds[k.noun()] = k
	}
	return s
}

// nouns are the kinds that there are.
func (s *Service) nouns() []string { return slices.Sorted(maps.Keys(s.kinds)) }

func (s *Service) kind(noun, pointer string) (kind, error) {
	k, known := s.kinds[noun]
	if !known {
		var bad fault.Fields
		fault.Offered(&bad, noun, pointer, s.nouns())
		return nil, bad.Err()
	}
	return k, nil
}

// records is how imports are read and written.
var records = work.Records[Import, *Import, View]{
	Read: policy.ImportRead, Show: show,
	Columns: work.Columns{string(policy.Member): "owner_id IN ?"},
	Acts: []work.Act[*Import, View]{
		{Operation: "startImport", Action: policy.ImportEdit, When: func(i *Import, _ *View) error { return i.start(uuid.Nil, uuid.Nil, false, time.Time{}) }},
		{Operation: "cancelImport", Action: policy.ImportEdit, When: func(i *Import, _ *View) error { return i.cancel(time.Time{}) }},
	},
}

func show(q *gorm.DB, reader policy.Actor, rows []Import) ([]View, error) {
	owners := make([]orgs.Standing, len(rows))
	for i := range rows {
		owners[i].Organization = rows[i].OwnerID
	}
	refs, err := orgs.Shown(q, reader, owners)
	if err != nil {
		return nil, err
	}
	out, people := make([]View, len(rows)), accounts.Roll{}
	for i := range rows {
		out[i] = View{Import: rows[i], Owner: refs[i]}
		people.Name(&rows[i].CreatedBy, &out[i].CreatedBy)
		people.Name(rows[i].StartedBy, &out[i].StartedBy)
	}
	return out, people.Call(q)
}

// Written tells whether an import wrote rows.
func (i *Import) Written() bool {
	return !i.DryRun && i.Created+i.Changed+i.Revised > 0 && !(i.Whole && (i.Refused > 0 || i.State != Done))
}

// Outcome says in a word what became of a file whose import has ended, or, of a dry run, what would become of it: all, some or none of its rows went in,
// or were there; empty while it is under way.
func (i *Import) Outcome() string {
	in := i.Created + i.Changed + i.Revised + i.Unchanged
	switch {
	case work.In(i.State, Done, Failed, Cancelled) != nil:
		return ""
	case in == 0 || i.Whole && (i.Refused > 0 || i.State != Done):
		return "none"
	case i.Refused > 0 || i.State != Done:
		return "some"
	}
	return "all"
}

// Kind is the entry of imports in the registry: a file is hung on one while it is not under way.
var Kind = kinds.Of(records, kinds.Kind{
	ZH: "导入", Path: "/v1/imports", Inner: policy.ImportRead, Edit: policy.ImportEdit,
	Hangs: func(r work.Record, public bool) error {
		if public {
			return fault.NotAllowed.New()
		}
		return work.In(r.(*Import).State, Waiting, Done, Failed, Cancelled)
	},
})

// Create prepares an import: its file is hung on it then, and it is started.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Import, error) {
		owner, err := orgs.LoadOwner(tx.DB, call.Actor, in.Owner, "/owner_id")
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.ImportCreate, owner.Facts()); err != nil {
			return nil, err
		}
		k, err := s.kind(in.Kind, "/kind")
		if err != nil {
			return nil, err
		}
		if err := in.check(k); err != nil {
			return nil, err
		}
		i := &Import{Head: tx.NewHead(), Kind: in.Kind, OwnerID: owner.ID, CreatedBy: call.Actor.Account, Settings: in.Settings, State: Waiting}
		if in.SaveMapping {
			m := Mapping{OwnerID: owner.ID, Kind: in.Kind, Headings: in.Mapping, UpdatedAt: tx.Now}
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&m).Error; err != nil {
				return nil, err
			}
		}
		return i, work.Insert(tx, work.Did(policy.ImportCreate), i)
	})
}

// check holds the settings to what the kind has.
func (in *Input) check(k kind) error {
	var bad fault.Fields
	in.Scheme = cmp.Or(external.Scheme(&bad, in.Scheme, "/scheme"), scheme)
	h := newHeadings(k.fields())
	for _, heading := range slices.Sorted(maps.Keys(in.Mapping)) {
		field := in.Mapping[heading]
		if _, known := h.field(field); !known && field != "-" {
			names := make([]string, len(h.fields))
			for i, f := range h.fields {
				names[i] = f.Name
			}
			fault.Offered(&bad, field, "/mapping", append(names, "-"))
		}
	}
	if in.Field != "" {
		codes.Fields.Check(&bad, codes.Field(in.Field), "/field")
	}
	return bad.Err()
}

// ListFilter narrows a list of imports; empty fields do not.
type ListFilter struct {
	Owner uuid.UUID `query:"owner_id" where:"owner_id = ?" of:"organizations"`
	Kind  string    `query:"kind" where:"kind = ?"`
	State State     `query:"state" where:"state = ?"`
}

// List lists imports of the reader's organizations.
func (s *Service) List(ctx context.Context, reader policy.Actor, f ListFilter, p db.Paging) (db.Page[View], error) {
	if !reader.SignedIn() {
		return db.Page[View]{}, fault.SignInRequired.New()
	}
	return records.List(ctx, s.unit, reader, f, p)
}

// Get reads one import.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

const job jobs.Kind = "import.run"

// Start has an import run, as its caller: the file that was hung on it last is read. A dry run writes nothing, and tells what would become of each
// row.
func (s *Service) Start(ctx context.Context, call work.Call, id uuid.UUID, version int64, dry bool) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.ImportEdit, func(tx *work.Tx, i *Import) error {
		file, err := files.Last(tx.DB, i.Noun(), i.ID)
		if err != nil {
			return err
		}
		if file == uuid.Nil {
			return fault.ImportHasNoFile.New()
		}
		if err := i.start(call.Actor.Account, file, dry, tx.Now); err != nil {
			return err
		}
		if err := tx.Where("import_id = ?", i.ID).Delete(&RowOutcome{}).Error; err != nil {
			return err
		}
		return jobs.At(tx, job, i.ID, tx.Now)
	})
}

// Cancel ends an import that is under way; what it has written stays.
func (s *Service) Cancel(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.ImportEdit, func(tx *work.Tx, i *Import) error {
		if err := jobs.Drop(tx, job, i.ID); err != nil {
			return err
		}
		return i.cancel(tx.Now)
	})
}

// RowFilter narrows the rows of an import.
type RowFilter struct {
	Import  uuid.UUID `path:"id" where:"import_id = ?"`
	Outcome string    `query:"outcome" where:"outcome = ?"`
}

// Rows lists what became of the rows of an import, in their order.
func (s *Service) Rows(ctx context.Context, reader policy.Actor, f RowFilter, p db.Paging) (db.Page[RowOutcome], error) {
	var out db.Page[RowOutcome]
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		if _, err := records.Load(q, reader, f.Import); err != nil {
			return err
		}
		var err error
		out, err = db.List(db.Filter(q.Model(&RowOutcome{}), f), p, db.Order[RowOutcome]{Columns: []string{"row_number"}, Key: func(r *RowOutcome) []any { return []any{int64(r.Row)} }})
		return err
	})
	return out, err
}
