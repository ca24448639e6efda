package notices

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/kinds"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

type (
	// ObjectionView is an objection as its filer and its handlers see it; nobody else sees one.
	ObjectionView struct {
		Objection
		From                Filer
		Text, Wants, Answer string
		NoticeTitle         string
		LastDay             when.Day // of the notice: until when it may be completed
		work.Acts
	}
	// ObjectionAnswer is the outcome of a use case that changed an objection.
	ObjectionAnswer = work.Answer[ObjectionView]
	// ObjectionInput is what filing takes.
	ObjectionInput struct {
		Kind FilerKind
		From Filer
		Text string
	}
)

// objections is how objections are read and written; Service.records adds how they are shown, which takes the secret file.
var objections = work.Records[Objection, *Objection, ObjectionView]{
	Read: policy.ObjectionRead,
	Columns: work.Columns{
		string(policy.Author):    "author_id IN ?",
		string(policy.Admin):     "EXISTS (SELECT 1 FROM notices AS n WHERE n.id = objections.notice_id AND n.audience_id IN ?)",
		string(policy.Submitter): "EXISTS (SELECT 1 FROM notices AS n WHERE n.id = objections.notice_id AND n.audience_id IS NOT NULL AND n.opened_by IN ?)",
		string(policy.Named):     "EXISTS (SELECT 1 FROM notice_ties AS t WHERE t.notice_id = objections.notice_id AND t.tie IN ?)",
	},
	Acts: []work.Act[*Objection, ObjectionView]{
		{Operation: "completeObjection", Action: policy.ObjectionFill, When: func(o *Objection, _ *ObjectionView) error { return ObjectionWays.In(o.State, "completeObjection") }},
		{Operation: "withdrawObjection", Action: policy.ObjectionBack, When: func(o *Objection, _ *ObjectionView) error { return o.Withdraw(o.FiledAt) }},
		{Operation: "acceptObjection", Action: policy.ObjectionTake, When: func(o *Objection, _ *ObjectionView) error { return o.Accept() }},
		{Operation: "requestObjectionCompletion", Action: policy.ObjectionWant, When: func(o *Objection, _ *ObjectionView) error {
			return ObjectionWays.In(o.State, "requestObjectionCompletion")
		}},
		{Operation: "answerObjection", Action: policy.ObjectionEnd, When: func(o *Objection, _ *ObjectionView) error { return ObjectionWays.In(o.State, "answerObjection") }},
		{Operation: "eraseObjection", Action: policy.ObjectionErase, When: func(o *Objection, _ *ObjectionView) error { return o.Erase(o.FiledAt) }},
	},
	Joined: true,
}

// Kind is the entry of objections in the registry: evidence, and the scan of a unit's letter, hangs on them as files that only the filer and
// the handlers read.
var Kind = kinds.Of(objections, kinds.Kind{
	ZH: "异议", Path: "/v1/objections", Inner: policy.ObjectionRead, Edit: policy.ObjectionFill,
	Hangs: func(r work.Record, public bool) error {
		if public {
			return fault.WrongState.Because("异议的材料不公开。", "What hangs on an objection is not public.")
		}
		return work.In(r.(*Objection).State, open...)
	},
})

func (s *Service) records() work.Records[Objection, *Objection, ObjectionView] {
	r := objections
	r.Show = s.show
	return r
}

// show opens what objections say, for readers who may know of them: in two queries.
func (s *Service) show(q *gorm.DB, _ policy.Actor, rows []Objection) ([]ObjectionView, error) {
	ids, about := make([]uuid.UUID, len(rows)), make([]uuid.UUID, len(rows))
	for i, o := range rows {
		ids[i], about[i] = o.ID, o.NoticeID
	}
	contents, err := contentsOf(q, s.secrets, ids)
	if err != nil {
		return nil, err
	}
	found, err := work.ByIDs[Notice](q, about)
	if err != nil {
		return nil, err
	}
	by := make(map[uuid.UUID]Notice, len(found))
	for _, n := range found {
		by[n.ID] = n
	}
	out := make([]ObjectionView, len(rows))
	for i, o := range rows {
		c, n := contents[o.ID], by[o.NoticeID]
		out[i] = ObjectionView{Objection: o, From: c.Filer, Text: c.Text, Wants: c.Wants, Answer: c.Answer, NoticeTitle: n.Title, LastDay: n.LastDay}
	}
	return out, nil
}

func (in ObjectionInput) check() (ObjectionInput, error) {
	var bad fault.Fields
	fault.Offered(&bad, in.Kind, "/filer/kind", []FilerKind{Person, Body})
	in.From.check(&bad)
	bad.Length(in.Text, "/text", 10, 6000)
	if in.Kind == Person {
		bad.Check(in.From.CreditCode == "", "/filer/credit_code", fault.Unexpected, "仅单位填写", "Of a unit only")
		bad.Check(in.From.LegalRepresentative == "", "/filer/legal_representative", fault.Unexpected, "仅单位填写", "Of a unit only")
	}
	return in, bad.Err()
}

func (f *Filer) check(bad *fault.Fields) {
	bad.Length(f.Name, "/filer/name", 0, 100)
	bad.Length(f.Telephone, "/filer/telephone", 0, 50)
	bad.Length(f.Address, "/filer/address", 0, 300)
	text.Named(bad, f.LegalRepresentative, "/filer/legal_representative", 0, 100)
	if f.CreditCode != "" {
		codes.CreditCodeInto(bad, &f.CreditCode, "/filer/credit_code")
	}
}

// File takes an objection: by anybody who may read the notice, with an account or without one. One that is late, or bears no name, is kept as a record of that and
// stops nothing; a late one is refused besides, so that nobody believes that it was in time. What counts is the server's clock once the
// notice is locked.
func (s *Service) File(ctx context.Context, call work.Call, notice uuid.UUID, in ObjectionInput) (ObjectionAnswer, error) {
	in, err := in.check()
	if err != nil {
		return ObjectionAnswer{}, err
	}
	var late error
	done, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		n, err := notices.Lock(tx, notice)
		if err != nil {
			return err
		}
		if err := policy.Check(call.Actor, policy.ObjectionFile, n.Facts()); err != nil {
			return err
		}
		if err := work.In(n.State, Running, Closed); err != nil {
			return err
		}
		at := tx.Moment()
		o := &Objection{Head: tx.NewHead(), Filer: in.Kind}
		if by := call.Actor.Account; by != uuid.Nil {
			o.AuthorID = &by
		}
		o.file(n, in.From, at)
		calendar, err := ref.CalendarIn(tx.DB)
		if err != nil {
			return err
		}
		o.clock(n, calendar, at)
		if late = nil; o.Outcome == OutOfTime {
			late = over(n, at)
		}
		if err := work.Insert(tx, work.Did(policy.ObjectionFile), o); err != nil {
			return err
		}
		if err := tell(tx, n, o, o.filed(n)); err != nil {
			return err
		}
		return content{Filer: in.From, Text: in.Text}.keep(tx, s.secrets, o.ID)
	})
	if err != nil {
		return ObjectionAnswer{}, err
	}
	return s.receipt(ctx, call.Actor, done, late)
}

// receipt shows a filer what became of what they have just filed. Whoever has no account is known by the very content and key that they
// sent, and reads it here alone.
func (s *Service) receipt(ctx context.Context, reader policy.Actor, done work.Done, late error) (ObjectionAnswer, error) {
	out := ObjectionAnswer{ID: done.ID, Replayed: done.Replayed}
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		o, err := work.Load[Objection](q, done.ID)
		if err != nil {
			return err
		}
		if o.Outcome == OutOfTime && late == nil { // the same call once more
			n, err := work.Load[Notice](q, o.NoticeID)
			if err != nil {
				return err
			}
			late = over(n, o.FiledAt)
		}
		facts, err := o.FactsIn(q, policy.ObjectionRead)
		if err != nil {
			return err
		}
		out.View, err = s.records().ShowOne(q, reader, o, facts)
		return err
	})
	if err == nil {
		err = late
	}
	return out, err
}

// within runs a use case on an objection whose notice is locked first, and closes the notice where that was the last that it waited for.
func (s *Service) within(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action,
	method func(tx *work.Tx, n *Notice, o *Objection, c *content) error) (ObjectionAnswer, error) {
	return s.records().Do(ctx, s.unit, call, func(tx *work.Tx) (*Objection, error) {
		known, err := work.Load[Objection](tx.DB, id)
		if err != nil {
			return nil, err
		}
		n, err := notices.Lock(tx, known.NoticeID)
		if err != nil {
			return nil, err
		}
		o, err := work.Load[Objection](db.ForUpdate(tx.DB), id)
		if err != nil {
			return nil, err
		}
		contents, err := contentsOf(tx.DB, s.secrets, []uuid.UUID{o.ID})
		if err != nil {
			return nil, err
		}
		c := contents[o.ID]
		was := c
		if err := work.Change(tx, o, version, action, func() error { return method(tx, n, o, &c) }); err != nil {
			return nil, err
		}
		if o.ErasedAt == nil && c != was {
			if err := c.keep(tx, s.secrets, o.ID); err != nil {
				return nil, err
			}
		}
		if o.Outcome == Upheld {
			is := n.Facts().Public
			tx.EmitOf(upheld, n, is, is)
			if err := tx.Record(upheld, work.RefOf(n), nil, nil); err != nil {
				return nil, err
			}
		}
		return o, settle(tx, n)
	})
}

// Complete fills in what was missing of an objection: by its filer, or by a handler who was brought it on paper. Only the filer's parts that
// were missing are taken over.
func (s *Service) Complete(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Filer) (ObjectionAnswer, error) {
	return s.within(ctx, call, id, version, policy.ObjectionFill, func(tx *work.Tx, n *Notice, o *Objection, c *content) error {
		var bad fault.Fields
		in.check(&bad)
		if err := bad.Err(); err != nil {
			return err
		}
		c.Filer.fill(in)
		at := tx.Moment()
		if err := o.Complete(n, c.Filer, at); err != nil {
			return err
		}
		calendar, err := ref.CalendarIn(tx.DB)
		if err != nil {
			return err
		}
		o.clock(n, calendar, at)
		return tell(tx, n, o, o.filed(n))
	})
}

// fill takes over what is there and was missing.
func (f *Filer) fill(in Filer) {
	for to, value := range map[*string]string{&f.Telephone: in.Telephone, &f.Address: in.Address, &f.CreditCode: in.CreditCode, &f.LegalRepresentative: in.LegalRepresentative} {
		if blank(*to) {
			*to = value
		}
	}
	f.Signed, f.Sealed = f.Signed || in.Signed, f.Sealed || in.Sealed
}

// WantInput says what is missing.
type WantInput struct {
	Lacks []Lack
	Text  string
}

// Want asks a filer to complete what looked complete; by a handler, until the last day.
func (s *Service) Want(ctx context.Context, call work.Call, id uuid.UUID, version int64, in WantInput) (ObjectionAnswer, error) {
	return s.within(ctx, call, id, version, policy.ObjectionWant, func(tx *work.Tx, n *Notice, o *Objection, c *content) error {
		var bad fault.Fields
		bad.Check(len(in.Lacks) > 0, "/lacks", fault.TooFew, "请说明缺少什么", "Say what is missing")
		for i, l := range in.Lacks {
			fault.Offered(&bad, l, fmt.Sprintf("/lacks/%d", i), []Lack{LacksContact, LacksRepresentative, LacksSignature, LacksSeal, LacksEvidence})
		}
		bad.Length(in.Text, "/text", 0, 2000)
		if err := bad.Err(); err != nil {
			return err
		}
		c.Wants = in.Text
		for _, l := range in.Lacks { // what was declared and is not there is declared no more
			switch l {
			case LacksSignature:
				c.Filer.Signed = false
			case LacksSeal:
				c.Filer.Sealed = false
			case LacksContact:
				c.Filer.Telephone, c.Filer.Address = "", ""
			case LacksRepresentative:
				c.Filer.LegalRepresentative = ""
			}
		}
		if err := o.Want(n, slices.Compact(slices.Sorted(slices.Values(in.Lacks))), tx.Moment()); err != nil {
			return err
		}
		return tell(tx, n, o, o.filed(n))
	})
}

// Accept takes an objection up; by a handler.
func (s *Service) Accept(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ObjectionAnswer, error) {
	return s.within(ctx, call, id, version, policy.ObjectionTake, func(_ *work.Tx, _ *Notice, o *Objection, _ *content) error { return o.Accept() })
}

// AnswerInput is what a handler says in the end.
type AnswerInput struct {
	Outcome Outcome
	Grounds Grounds // of what is not accepted
	Text    string  // for the filer
}

// Answer ends an objection with a typed outcome and a reasoned answer; by a handler.
func (s *Service) Answer(ctx context.Context, call work.Call, id uuid.UUID, version int64, in AnswerInput) (ObjectionAnswer, error) {
	return s.within(ctx, call, id, version, policy.ObjectionEnd, func(tx *work.Tx, n *Notice, o *Objection, c *content) error {
		var bad fault.Fields
		fault.Offered(&bad, in.Outcome, "/outcome", []Outcome{Upheld, Dismissed, NotAccepted, TakenBack})
		if in.Outcome == NotAccepted {
			fault.Offered(&bad, in.Grounds, "/grounds", grounds)
		} else {
			bad.Check(in.Grounds == "", "/grounds", fault.Unexpected, "仅不予受理时填写", "Only of what is not taken up")
		}
		bad.Length(in.Text, "/text", 5, 20000)
		if err := bad.Err(); err != nil {
			return err
		}
		c.Answer = in.Text
		if err := o.Answer(in.Outcome, in.Grounds, call.Actor.Account, tx.Moment()); err != nil {
			return err
		}
		return tell(tx, n, o, o.ended())
	})
}

// Withdraw takes an objection back; by its filer. Who filed without an account has a handler note it, by Answer.
func (s *Service) Withdraw(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ObjectionAnswer, error) {
	return s.within(ctx, call, id, version, policy.ObjectionBack, func(tx *work.Tx, _ *Notice, o *Objection, _ *content) error { return o.Withdraw(tx.Moment()) })
}

// Erase forgets who objected, what they said and what they were told, once it is answered; by a handler. What became of it stays.
func (s *Service) Erase(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ObjectionAnswer, error) {
	return s.within(ctx, call, id, version, policy.ObjectionErase, func(tx *work.Tx, _ *Notice, o *Objection, _ *content) error {
		if err := o.Erase(tx.Now); err != nil {
			return err
		}
		if err := files.Free(tx, work.RefOf(o)); err != nil {
			return err
		}
		return tx.Where("id = ?", o.ID).Delete(&contentRow{}).Error
	})
}

// GetObjection reads one objection.
func (s *Service) GetObjection(ctx context.Context, reader policy.Actor, id uuid.UUID) (ObjectionView, error) {
	return s.records().Get(ctx, s.unit, reader, id)
}

// ObjectionFilter narrows a list of objections; empty fields do not.
type ObjectionFilter struct {
	Notice uuid.UUID      `query:"notice_id" where:"notice_id = ?" of:"notices"`
	State  ObjectionState `query:"state" where:"state = ?"`
	Due    when.Day       `query:"due_by" where:"answer_due <= ? AND state <> 'answered'"`
}

// ListObjections lists the objections that the reader filed, or handles.
func (s *Service) ListObjections(ctx context.Context, reader policy.Actor, f ObjectionFilter, p db.Paging) (db.Page[ObjectionView], error) {
	if err := policy.Check(reader, policy.ObjectionList, policy.Facts{}); err != nil {
		return db.Page[ObjectionView]{}, err
	}
	return s.records().List(ctx, s.unit, reader, f, p)
}
