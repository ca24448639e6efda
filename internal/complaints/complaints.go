package complaints

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// upheld is the Change by which the owner hears of a report, beside the one by which whoever reported hears of its answer.
const upheld work.Deed = "complaint.uphold"

// records is how reports are read and written.
var records = work.Records[Complaint, *Complaint, View]{
	Read: policy.ComplaintRead, Show: show, Joined: true,
	Columns: work.Columns{
		string(policy.Author): "author_id IN ?",
		string(policy.Member): "owner_id IN ?",
		string(policy.Named):  "('id:' || CAST(owner_id AS text)) IN ?",
		string(policy.Upheld): "state IN ('upheld', 'appealed', 'confirmed', 'overturned')",
	},
	Acts: []work.Act[*Complaint, View]{
		{Operation: "answerComplaint", Action: policy.ComplaintAnswer, When: begins("answerComplaint")},
		{Operation: "withdrawComplaint", Action: policy.ComplaintWithdraw, When: begins("withdrawComplaint")},
		{Operation: "appealComplaint", Action: policy.ComplaintAppeal, When: begins("appealComplaint")},
		{Operation: "settleComplaint", Action: policy.ComplaintSettle, When: begins("settleComplaint")},
	},
}

func begins(operation string) func(*Complaint, *View) error {
	return func(c *Complaint, _ *View) error { return Ways.In(c.State, operation) }
}

type (
	// Answer is the outcome of a use case that changed a report.
	Answer = work.Answer[View]
	// Service runs the use cases about reports.
	Service struct {
		unit  *work.Unit
		kinds *kinds.Registry
	}
)

// New gives the use cases about reports; the registry knows what may be reported, and how it is taken down.
func New(unit *work.Unit, registry *kinds.Registry) *Service { return &Service{unit, registry} }

// View is a report as its reader may see it. The owner sees that there is one, on what ground and why it was upheld, and neither who reported nor
// what they wrote, which may tell who it is; whoever reported does not see what the owner answers to that.
type View struct {
	Complaint
	Owner  *orgs.Ref        // nil for whoever reported: the record may mask it
	Author *accounts.Person // nil for the owner
	// Decider and Settler are told to the bureau alone, which has to find another.
	Decider, Settler *accounts.Person
	work.Acts
}

// show keeps from each reader what is not theirs, in a fixed number of queries however many rows there are.
func show(q *gorm.DB, reader policy.Actor, rows []Complaint) ([]View, error) {
	out := make([]View, len(rows))
	var who []uuid.UUID
	standings := make([]orgs.Standing, len(rows))
	for i, c := range rows {
		standings[i] = orgs.Standing{Organization: c.OwnerID}
		out[i].Complaint = c.seenBy(reader)
		who = append(who, out[i].AuthorID)
		for _, by := range []*uuid.UUID{out[i].DecidedBy, out[i].SettledBy} {
			if by != nil {
				who = append(who, *by)
			}
		}
	}
	named, err := orgs.Shown(q, reader, standings)
	if err != nil {
		return nil, err
	}
	people, err := accounts.People(q, who)
	if err != nil {
		return nil, err
	}
	person := func(id *uuid.UUID) *accounts.Person {
		if id == nil {
			return nil
		}
		if p, known := people[*id]; known {
			return &p
		}
		return nil
	}
	for i := range out {
		v := &out[i]
		v.Author, v.Decider, v.Settler = person(&v.AuthorID), person(v.DecidedBy), person(v.SettledBy)
		if v.OwnerID != uuid.Nil {
			v.Owner = &named[i]
		}
	}
	return out, nil
}

// seenBy is a report without what this reader may not know.
func (c Complaint) seenBy(reader policy.Actor) Complaint {
	f := c.Facts()
	if !policy.Allowed(reader, policy.ComplaintInner, f) {
		c.AuthorID, c.Text = uuid.Nil, ""
	}
	if !policy.Allowed(reader, policy.ComplaintDefence, f) {
		c.OwnerID, c.Appeal, c.AppealedBy = uuid.Nil, "", nil
	}
	if !policy.Allowed(reader, policy.ComplaintInner, f) || !policy.Allowed(reader, policy.ComplaintDefence, f) { // the bureau knows both
		c.DecidedBy, c.SettledBy = nil, nil
	}
	return c
}

// File reports what everybody may read; by whoever has signed in, and is none of its owner.
func (s *Service) File(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Complaint, error) {
		if err := policy.Check(call.Actor, policy.ComplaintFile, policy.Facts{}); err != nil {
			return nil, err
		}
		if err := in.check(); err != nil {
			return nil, err
		}
		c, err := s.about(tx, in)
		if err != nil {
			return nil, err
		}
		if err := mayReport(tx, in); err != nil {
			return nil, err
		}
		err = work.Insert(tx, work.Did(policy.ComplaintFile), c)
		if db.Duplicate(err) { // of two at once
			err = fault.ReportedAlready.New()
		}
		return c, err
	})
}

// about is a report of a record that the caller may know of as everybody may.
func (s *Service) about(tx *work.Tx, in Input) (*Complaint, error) {
	k, known := s.kinds.Of(in.Kind)
	if !known || k.TakeDown == nil {
		return nil, fault.InvalidInput.At("/object_kind", fault.NotOffered, "此类记录不受理举报", "Records of this kind are not reported")
	}
	found, err := k.Load(tx.DB, []uuid.UUID{in.ID})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || !found[0].Facts().Public {
		return nil, fault.InvalidInput.At("/object_id", fault.UnknownRecord, "没有这条公开的记录", "There is no such public record")
	}
	owner := found[0].Facts().Owner
	if err := policy.Check(tx.Call.Actor, policy.ComplaintFile, policy.Facts{Owner: owner}); err != nil {
		if fault.OwnDecision.Of(err) {
			err = fault.NotAllowed.Because("属于本单位，请自行修改或撤下。", "It is your own organization's: change it, or take it off.")
		}
		return nil, err
	}
	return &Complaint{
		Head: tx.NewHead(), State: Filed, ObjectKind: in.Kind, ObjectID: in.ID, Title: k.Document(found[0]).Title, OwnerID: owner,
		AuthorID: tx.Call.Actor.Account, Ground: in.Ground, Text: in.Text,
	}, nil
}

// mayReport refuses a second report of the same by the same person while the first waits, and more than a day's worth.
func mayReport(tx *work.Tx, in Input) error {
	mine := func() *gorm.DB { return tx.Model(&Complaint{}).Where("author_id = ?", tx.Call.Actor.Account) }
	var open int64
	if err := mine().Where("object_kind = ? AND object_id = ? AND state = ?", in.Kind, in.ID, Filed).Count(&open).Error; err != nil {
		return err
	}
	if open > 0 {
		return fault.ReportedAlready.New()
	}
	var lately []time.Time
	err := mine().Where("created_at > ?", tx.Now.Add(-day)).Order("created_at DESC").Limit(mostADay).Pluck("created_at", &lately).Error
	if err != nil || len(lately) < mostADay {
		return err
	}
	f := fault.RateLimited.Because("一日最多举报 %[1]d 件。", "At most %[1]d reports a day.", mostADay)
	f.RetryAfter = max(time.Second, lately[mostADay-1].Add(day).Sub(tx.Now))
	return f
}

// decide runs a use case by which an operator decides: the report is held, and so is, behind it, the record that it is about.
func (s *Service) decide(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, reason string, method func(tx *work.Tx, c *Complaint) error,
	after func(tx *work.Tx, c *Complaint, k kinds.Kind) error) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Complaint, error) {
		c, err := work.Load[Complaint](db.ForUpdate(tx.DB), id)
		if err != nil {
			return nil, err
		}
		err = work.Change(tx, c, version, action, func() error {
			if err := keepsSilent(tx, c, reason); err != nil {
				return err
			}
			return method(tx, c)
		})
		if err != nil {
			return nil, err
		}
		k, known := s.kinds.Of(c.ObjectKind)
		if !known {
			return nil, fault.NotVisible.New()
		}
		return c, after(tx, c, k)
	})
}

// keepsSilent refuses a reason that names who reported, since the owner reads it.
func keepsSilent(tx *work.Tx, c *Complaint, reason string) error {
	people, err := accounts.People(tx.DB, []uuid.UUID{c.AuthorID})
	if err != nil {
		return err
	}
	p := people[c.AuthorID]
	var bad fault.Fields
	for _, name := range []string{p.Name, p.Username} {
		bad.Check(!names(reason, name), "/reason", fault.Unexpected, "所属单位会读到理由，请勿写出举报人", "The owner reads this: leave out who reported")
	}
	return bad.Err()
}

// names tells whether a name stands in a text: one of Latin letters as a word of its own.
func names(text, name string) bool {
	latin := func(r rune) bool { return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	for at := 0; len(name) > 1; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		first, _ := utf8.DecodeRuneInString(name)
		last, _ := utf8.DecodeLastRuneInString(name)
		if !(latin(before) && latin(first)) && !(latin(after) && latin(last)) {
			return true
		}
		at = end
	}
	return false
}

// Answer is an operator's word on a report. What is upheld is taken down in the same transaction.
func (s *Service) Answer(ctx context.Context, call work.Call, id uuid.UUID, version int64, v Verdict[Outcome]) (Answer, error) {
	return s.decide(ctx, call, id, version, policy.ComplaintAnswer, v.Reason, func(tx *work.Tx, c *Complaint) error {
		return c.Answer(v, call.Actor.Account, tx.Now)
	}, func(tx *work.Tx, c *Complaint, k kinds.Kind) error {
		if c.State != Upheld {
			return nil
		}
		tx.EmitOf(upheld, c, false, false)
		if err := tx.Record(upheld, work.RefOf(c), nil, nil); err != nil {
			return err
		}
		return k.TakeDown(tx, c.ObjectID)
	})
}

// Settle is the word of another operator on an appeal. Where it overturns the decision and no other stands about the same record, that is free
// again, and public where nobody has touched it since.
func (s *Service) Settle(ctx context.Context, call work.Call, id uuid.UUID, version int64, v Verdict[State]) (Answer, error) {
	return s.decide(ctx, call, id, version, policy.ComplaintSettle, v.Reason, func(tx *work.Tx, c *Complaint) error {
		return c.Settle(v, call.Actor.Account, tx.Now)
	}, func(tx *work.Tx, c *Complaint, k kinds.Kind) error {
		if c.State != Overturned {
			return nil
		}
		return k.PutBack(tx, c.ObjectID, func() (bool, error) {
			var others int64
			err := tx.Model(&Complaint{}).Where("object_kind = ? AND object_id = ? AND state IN ?", c.ObjectKind, c.ObjectID, stand).Count(&others).Error
			return others > 0, err
		})
	})
}

// Withdraw takes a report back before it is answered; by whoever made it.
func (s *Service) Withdraw(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.ComplaintWithdraw, func(_ *work.Tx, c *Complaint) error { return c.Withdraw() })
}

// Appeal is the owner's word against a decision; by a member of it, once.
func (s *Service) Appeal(ctx context.Context, call work.Call, id uuid.UUID, version int64, what string) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.ComplaintAppeal, func(tx *work.Tx, c *Complaint) error {
		return c.Object(what, call.Actor.Account, tx.Now)
	})
}

// Get reads one report.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of reports; empty fields do not.
type Filter struct {
	State  State     `query:"state" where:"state = ?"`
	Object uuid.UUID `query:"object_id" where:"object_id = ?" of:"results,needs,teams"`
	Ground Ground    `query:"ground" where:"ground = ?"`
}

// List lists the reports that the reader made, those against their organizations that were upheld, and, to the bureau, all.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if err := policy.Check(reader, policy.ComplaintList, policy.Facts{}); err != nil {
		return db.Page[View]{}, err
	}
	return records.List(ctx, s.unit, reader, f, p)
}
