package control

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Link is one dated link: who holds what of whom, and the evidence for it.
type Link struct {
	work.Head
	Kind   Kind
	Holder Node `gorm:"embedded;embeddedPrefix:holder_"`
	Held   Node `gorm:"embedded;embeddedPrefix:held_"`
	Share  int  // of Shares: basis points of the whole
	// ValidFrom and ValidTo are its first and its last day; ValidTo none while it goes on.
	ValidFrom when.Day
	ValidTo   when.Day `json:",omitzero"`
	Evidence  string   // where it is read: the register of companies, on which day
	EnteredBy uuid.UUID

	HolderKey, HeldKey string // Node.key of either, by which they are found
}

func (Link) TableName() string    { return "control_links" }
func (*Link) Noun() string        { return "control_link" }
func (*Link) Facts() policy.Facts { return policy.Facts{} }

type (
	// View is a link as an operator sees it.
	View struct {
		Link
		EnteredBy *accounts.Person
		work.Acts
	}
	// Answer is the outcome of writing a link.
	Answer = work.Answer[View]
	// Input is what a link takes.
	Input struct {
		Kind               Kind
		Holder, Held       Node
		Share              int
		ValidFrom, ValidTo when.Day
		Evidence           string
	}
	// Service runs the use cases about control.
	Service struct{ unit *work.Unit }
)

// New gives the use cases about control.
func New(unit *work.Unit) *Service { return &Service{unit} }

const deleted work.Deed = "control_link.delete"

// records is how links are read and written.
var records = work.Records[Link, *Link, View]{
	Read: policy.ControlRead,
	Acts: []work.Act[*Link, View]{
		{Operation: "replaceControlLink", Action: policy.ControlEdit}, {Operation: "deleteControlLink", Action: policy.ControlEdit},
	},
	Show: func(q *gorm.DB, _ policy.Actor, rows []Link) ([]View, error) {
		out, people := make([]View, len(rows)), accounts.Roll{}
		for i, r := range rows {
			out[i] = View{Link: r}
			people.Name(&r.EnteredBy, &out[i].EnteredBy)
		}
		return out, people.Call(q)
	},
}

// cleaned is the input as it is stored, if it is sound.
func (in Input) cleaned() (Input, error) {
	var bad fault.Fields
	fault.Offered(&bad, in.Kind, "/kind", kinds)
	in.Holder.clean(&bad, "/holder")
	in.Held.clean(&bad, "/held")
	bad.Check(in.Held.Kind == Company, "/held/kind", fault.NotOffered, "只有公司可以被持有", "Only a company is held")
	bad.Check(in.Kind != LegalRepresentative || in.Holder.Kind == Person, "/holder/kind", fault.NotOffered, "法定代表人是个人", "A legal representative is a person")
	if in.Kind == Shares {
		bad.Check(in.Share >= 1 && in.Share <= whole, "/share_bp", fault.OutOfRange, "持股比例为 1 至 10000（万分之一）", "Shares are 1 to 10000 basis points")
	} else {
		bad.Check(in.Share == 0, "/share_bp", fault.Unexpected, "仅持股填写", "Of shares only")
	}
	bad.Check(in.Holder.key() != in.Held.key(), "/holder", fault.Repeated, "持有方与被持有方相同", "It would hold itself")
	bad.Check(in.ValidTo.IsZero() || !in.ValidTo.Before(in.ValidFrom), "/valid_to", fault.BeforeStart, "止日早于起日", "It ends before it begins")
	bad.Length(in.Evidence, "/evidence", 5, 500)
	return in, bad.Err()
}

func (in Input) into(l *Link) {
	l.Kind, l.Holder, l.Held, l.Share, l.ValidFrom, l.ValidTo, l.Evidence = in.Kind, in.Holder, in.Held, in.Share, in.ValidFrom, in.ValidTo, in.Evidence
	l.HolderKey, l.HeldKey = in.Holder.key(), in.Held.key()
}

// notTooMuch refuses a link by which on some day more than all of a company would be held, or one that is there already.
func notTooMuch(tx *work.Tx, l *Link) error {
	var others []Link
	q := db.ForUpdate(tx.DB).Where("held_key = ? AND id <> ?", l.HeldKey, l.ID).Where("(valid_to IS NULL OR valid_to >= ?)", l.ValidFrom)
	if !l.ValidTo.IsZero() {
		q = q.Where("valid_from <= ?", l.ValidTo)
	}
	if err := q.Find(&others).Error; err != nil {
		return err
	}
	days := []when.Day{l.ValidFrom}
	for _, o := range others {
		if o.HolderKey == l.HolderKey && o.Kind == l.Kind {
			if o.ValidTo.IsZero() {
				return fault.ControlLinkThere.Because("已有一条，自 %[1]s 起，无止日。", "There is one from %[1]s on, without an end.", o.ValidFrom)
			}
			return fault.ControlLinkThere.Because("已有一条，%[1]s 至 %[2]s。", "There is one from %[1]s to %[2]s.", o.ValidFrom, o.ValidTo)
		}
		if o.ValidFrom.After(l.ValidFrom) {
			days = append(days, o.ValidFrom)
		}
	}
	if l.Kind != Shares {
		return nil
	}
	for _, day := range days {
		sum := l.Share
		for _, o := range others {
			if o.Kind == Shares && day.Within(o.ValidFrom, o.ValidTo) {
				sum += o.Share
			}
		}
		if sum > whole {
			return fault.InvalidInput.At("/share_bp", fault.OutOfRange, "%[1]s 起合计持股 %[2]d，超过 10000（万分之一）", "From %[1]s on %[2]d basis points would be held, more than the whole", day, sum)
		}
	}
	return nil
}

// Create enters a link; by an operator.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return records.Do(ctx, s.unit, call, func(tx *work.Tx) (*Link, error) {
		if err := policy.Check(call.Actor, policy.ControlList, policy.Facts{}); err != nil {
			return nil, err
		}
		in, err := in.cleaned()
		if err != nil {
			return nil, err
		}
		l := &Link{Head: tx.NewHead(), EnteredBy: call.Actor.Account}
		in.into(l)
		if err := notTooMuch(tx, l); err != nil {
			return nil, err
		}
		return l, work.Insert(tx, work.Did(policy.ControlEdit), l)
	})
}

// Replace corrects a link, or gives it its last day; by an operator. What it was stays in the audit trail.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.ControlEdit, func(tx *work.Tx, l *Link) error {
		in, err := in.cleaned()
		if err != nil {
			return err
		}
		in.into(l)
		return notTooMuch(tx, l)
	})
}

// Delete takes out a link that never was so; by an operator. One that came to its end is given its last day instead.
func (s *Service) Delete(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return records.Delete(ctx, s.unit, call, id, version, policy.ControlEdit, deleted, nil)
}

// Get reads one link.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of links; empty fields do not.
type Filter struct {
	Holder string   `query:"holder_code" where:"holder_key = ?"`
	Held   string   `query:"held_code" where:"held_key = ?"`
	On     when.Day `query:"on" where:"valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)"`
}

// List lists links; for operators.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if err := policy.Check(reader, policy.ControlList, policy.Facts{}); err != nil {
		return db.Page[View]{}, err
	}
	var bad fault.Fields
	codes.CompanyCodeInto(&bad, &f.Holder, "query:holder_code")
	codes.CompanyCodeInto(&bad, &f.Held, "query:held_code")
	if err := bad.Err(); err != nil {
		return db.Page[View]{}, err
	}
	for _, code := range []*string{&f.Holder, &f.Held} {
		if *code != "" {
			*code = CompanyKey(*code)
		}
	}
	return records.List(ctx, s.unit, reader, f, p)
}

// maxLinks bounds what one question looks at.
const maxLinks = 5000

// Question asks whether two companies are under one control on a day.
type Question struct {
	A   string   `query:"code"`
	B   string   `query:"other_code"`
	Day when.Day `query:"on"` // today where it is left out
}

// Finding is what the links say to a Question.
type Finding struct {
	Day  when.Day
	Ties []Tie
}

// Ask tells whether two companies are under one control; for operators.
func (s *Service) Ask(ctx context.Context, reader policy.Actor, ask Question) (Finding, error) {
	if err := policy.Check(reader, policy.ControlList, policy.Facts{}); err != nil {
		return Finding{}, err
	}
	var bad fault.Fields
	codes.CompanyCodeInto(&bad, &ask.A, "query:code")
	codes.CompanyCodeInto(&bad, &ask.B, "query:other_code")
	today := when.DayOf(s.unit.Now())
	if ask.Day.IsZero() {
		ask.Day = today
	}
	when.NotAhead(&bad, ask.Day, today, "query:on")
	if err := bad.Err(); err != nil {
		return Finding{}, err
	}
	out := Finding{Day: ask.Day}
	err := s.unit.View(ctx, func(q *gorm.DB) (err error) {
		out.Ties, err = Common(q, ask.A, ask.B, ask.Day)
		return err
	})
	return out, err
}

// Common finds the hands that control both of two companies on a day, by their codes: one statement for each step away from them.
func Common(q *gorm.DB, a, b string, day when.Day) ([]Tie, error) {
	keys := []string{CompanyKey(a), CompanyKey(b)}
	if keys[0] == keys[1] {
		return nil, fault.InvalidInput.At("query:other_code", fault.Repeated, "须为另一家公司", "It is the same company")
	}
	links, err := linksAbove(q, keys, day, maxLinks)
	if err != nil {
		return nil, err
	}
	return common(links, keys[0], keys[1]), nil
}

// linksAbove reads the links that hold on a day by which companies are held, from these upwards; at most so many.
func linksAbove(q *gorm.DB, keys []string, day when.Day, most int) ([]Link, error) {
	return linksWhere(q, keys, most, "valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)", day, day)
}

// linksEver is linksAbove for whatever day.
func linksEver(q *gorm.DB, keys []string, most int) ([]Link, error) {
	return linksWhere(q, keys, most, "")
}

func linksWhere(q *gorm.DB, keys []string, most int, holds string, args ...any) ([]Link, error) {
	var links []Link
	seen := map[string]bool{}
	for next := keys; len(next) > 0; {
		var found []Link
		for some := range slices.Chunk(next, 500) {
			var rows []Link
			at := q.Where("held_key IN ?", some)
			if holds != "" {
				at = at.Where(holds, args...)
			}
			if err := at.Order("id").Limit(most + 1).Find(&rows).Error; err != nil {
				return nil, err
			}
			found = append(found, rows...)
		}
		for _, key := range next {
			seen[key] = true
		}
		next = nil
		for _, l := range found {
			if key := l.HolderKey; !seen[key] && l.Holder.Kind == Company && !slices.Contains(next, key) {
				next = append(next, key)
			}
		}
		if links = append(links, found...); len(links) > most {
			return nil, fault.ControlTooWide.New()
		}
	}
	return links, nil
}

// Hands finds, for each of some companies, the codes of those that control it on a day, itself among them: one statement for each step away from
// them.
func Hands(q *gorm.DB, codes []string, day when.Day) (map[string][]string, error) {
	keys := make([]string, len(codes))
	for i, c := range codes {
		keys[i] = CompanyKey(c)
	}
	links, err := linksAbove(q, keys, day, maxLinks)
	if err != nil {
		return nil, err
	}
	hands := map[string]string{} // codes of companies that hold any, by key
	for _, l := range links {
		if l.Holder.Kind == Company {
			hands[l.Holder.key()] = l.Holder.Code
		}
	}
	out := make(map[string][]string, len(codes))
	for _, c := range codes {
		out[c] = []string{c}
	}
	all := webOf(links)
	for _, key := range slices.Sorted(maps.Keys(hands)) {
		reached := all.reach(key)
		for i, c := range codes {
			if _, held := reached[keys[i]]; held && keys[i] != key {
				out[c] = append(out[c], hands[key])
			}
		}
	}
	return out, nil
}
