package programmes

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

type (
	// View is a round as its reader sees it.
	View struct {
		Round
		Chains    []ref.Chain
		EnteredBy *accounts.Person // for operators
		work.Acts
	}
	// Answer is the outcome of changing a round.
	Answer = work.Answer[View]
	// Service runs the use cases about rounds and templates.
	Service struct{ unit *work.Unit }
)

// New gives the use cases about rounds.
func New(unit *work.Unit) *Service {
	s := &Service{unit}
	unit.Knows("rounds", fault.UnknownRecord, records.Known)
	return s
}

// records is how rounds are read and written.
var records = work.Records[Round, *Round, View]{
	Read:    policy.RoundRead,
	Columns: work.Columns{string(policy.Public): "state <> 'draft'"},
	Acts: []work.Act[*Round, View]{
		{Operation: "replaceRound", Action: policy.RoundEdit, When: func(r *Round, _ *View) error { return r.edit() }},
		{Operation: "deleteRound", Action: policy.RoundDelete, When: func(r *Round, _ *View) error { return Ways.In(r.State, "deleteRound") }},
		{Operation: "openRound", Action: policy.RoundOpen, When: func(r *Round, _ *View) error { return r.open() }},
		{Operation: "closeRound", Action: policy.RoundClose, When: func(r *Round, _ *View) error { return r.end() }},
	},
	Show: func(q *gorm.DB, reader policy.Actor, rows []Round) ([]View, error) {
		var all []string
		for _, r := range rows {
			all = append(all, r.Chains...)
		}
		named, err := ref.ChainsNamed(q, all)
		if err != nil {
			return nil, err
		}
		out, people := make([]View, len(rows)), accounts.Roll{}
		for i, r := range rows {
			out[i] = View{Round: r}
			if reader.Operator {
				people.Name(&r.EnteredBy, &out[i].EnteredBy)
			}
			for _, code := range r.Chains {
				out[i].Chains = append(out[i].Chains, named[code])
			}
		}
		return out, people.Call(q)
	},
}

// sound refuses what a round cannot be.
func (in Input) sound(tx *work.Tx) error {
	if err := in.check(); err != nil {
		return err
	}
	return ref.CheckChains(tx.DB, in.Chains, "/chains", when.DayOf(tx.Now))
}

func taken(err error) error {
	if db.Duplicate(err) {
		return fault.RoundCodeTaken.New()
	}
	return err
}

// Create enters a round; by an operator.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Round, error) {
		if err := policy.Check(call.Actor, policy.RoundEnter, policy.Facts{}); err != nil {
			return nil, err
		}
		if err := in.sound(tx); err != nil {
			return nil, err
		}
		r := &Round{Head: tx.NewHead(), State: Draft, EnteredBy: call.Actor.Account}
		in.into(r)
		return r, taken(work.Insert(tx, work.Did(policy.RoundEnter), r))
	})
}

// Replace writes a draft anew; by an operator.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	a, err := records.Change(ctx, s.unit, call, id, version, policy.RoundEdit, func(tx *work.Tx, r *Round) error {
		if err := r.edit(); err != nil {
			return err
		}
		if err := in.sound(tx); err != nil {
			return err
		}
		in.into(r)
		return nil
	})
	return a, taken(err)
}

// Delete takes out a draft, whose code is free again; by an operator.
func (s *Service) Delete(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return records.Delete(ctx, s.unit, call, id, version, policy.RoundDelete, work.Did(policy.RoundDelete), func(_ *work.Tx, r *Round) error { return Ways.In(r.State, "deleteRound") })
}

// Open lets posters hand in challenges; by another operator than the one who entered it.
func (s *Service) Open(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.RoundOpen, func(_ *work.Tx, r *Round) error { return r.open() })
}

// Close takes no more challenges; those that it has go on.
func (s *Service) Close(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.RoundClose, func(_ *work.Tx, r *Round) error { return r.end() })
}

// Get reads one round.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of rounds; empty fields do not.
type Filter struct {
	Year  int       `query:"year" where:"year = ?"`
	State State     `query:"state" where:"state = ?"`
	Since time.Time `query:"updated_since" where:"updated_at >= ?"`
}

// List lists rounds: those that were opened, and for operators all.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	return records.List(ctx, s.unit, reader, f, p)
}

// Load reads a round for a use case of another package, as far as the actor may know of it.
func Load(q *gorm.DB, actor policy.Actor, id uuid.UUID) (*Round, error) {
	return records.Load(q, actor, id)
}

// Of reads rounds by their ids, whoever asks.
func Of(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]Round, error) {
	rows, err := work.ByIDs[Round](q, ids)
	out := make(map[uuid.UUID]Round, len(rows))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, err
}

const (
	numbered  work.Deed = "round.number"
	committed work.Deed = "round.commit"
	released  work.Deed = "round.release"
)

// Number gives the next number of a round to a challenge that is published. Numbers are given once, and never again.
func Number(tx *work.Tx, id uuid.UUID) (string, error) {
	r, err := work.Load[Round](db.ForUpdate(tx.DB), id)
	if err != nil {
		return "", err
	}
	err = work.Move(tx, r, numbered, func() error { r.Numbered++; return nil })
	return fmt.Sprintf("%s-%03d", r.Code, r.Numbered), err
}

// commitment is money that a round has promised to a challenge.
type commitment struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	RoundID     uuid.UUID
	ChallengeID uuid.UUID
	Amount      money.Fen
	CreatedAt   time.Time `gorm:"autoCreateTime:false"`
}

func (commitment) TableName() string { return "round_commitments" }

// Commit promises money of a round to a challenge, in place of what it was promised before; 0 takes it back. It never promises more than
// the round has.
func Commit(tx *work.Tx, round, challenge uuid.UUID, amount money.Fen) error {
	r, err := work.Load[Round](db.ForUpdate(tx.DB), round)
	if err != nil {
		return err
	}
	var before []commitment
	if err := tx.Where("challenge_id = ?", challenge).Find(&before).Error; err != nil {
		return err
	}
	deed, rest := committed, r.Budget-r.Committed
	for _, c := range before {
		rest += c.Amount
	}
	if amount > rest {
		return fault.BudgetExceeded.Because("本批尚可安排 %[1]s 元。", "The round has %[1]s yuan left.", rest)
	}
	if err := tx.Where("challenge_id = ?", challenge).Delete(&commitment{}).Error; err != nil {
		return err
	}
	if amount > 0 {
		err = tx.Create(&commitment{work.NewID(), round, challenge, amount, tx.Now}).Error
	} else {
		deed = released
	}
	if err != nil {
		return err
	}
	return work.Move(tx, r, deed, func() error { r.Committed = r.Budget - rest + amount; return nil })
}
