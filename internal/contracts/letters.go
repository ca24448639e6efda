package contracts

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Where benefits may have been had of a registration that ends, or whose amounts, subkind or parties change, the authorities that give them ought to be told
// (函告). What ought to be told is written in the transaction of the grant, a letter for each authority; a registrar records that it went out, or why none was
// needed: whether a benefit was really had, this system does not know.

// Authority is who gives a benefit.
type Authority string

// The authorities.
const (
	TaxOffice     Authority = "tax"     // 税务
	Finance       Authority = "finance" // 财政
	ScienceBureau Authority = "science" // 科技
)

// authorities are all, in the order of letters.
var authorities = []Authority{TaxOffice, Finance, ScienceBureau}

// LetterCause is what an authority is told of.
type LetterCause string

// The causes.
const (
	WasAmended   LetterCause = "amended"
	WasCancelled LetterCause = "cancelled"
	WasRevoked   LetterCause = "revoked"
)

// LetterState is where a letter stands.
type LetterState string

// The states of a letter.
const (
	LetterOpen   LetterState = "open"
	LetterSent   LetterState = "sent"
	LetterWaived LetterState = "waived" // none was needed
)

var letterWords = fault.Words[LetterState]{
	LetterOpen:   {ZH: "待函告", EN: "To be sent"},
	LetterSent:   {ZH: "已函告", EN: "Sent"},
	LetterWaived: {ZH: "无须函告", EN: "Not needed"},
}

// Text is what people call it.
func (s LetterState) Text() fault.Text { return letterWords.Of(s) }

// Letter says that one authority ought to be told what became of a contract.
type Letter struct {
	work.Head
	ContractID    uuid.UUID
	ApplicationID uuid.UUID // whose grant is to be told
	Office        string
	Authority     Authority
	Cause         LetterCause
	Rules         []string `gorm:"serializer:json"` // codes of the benefits that may have been had
	State         LetterState

	// The amounts before and after; after is nil where the contract counts no more.
	TurnoverBefore   money.Fen
	TechnologyBefore money.Fen
	TurnoverAfter    *money.Fen
	TechnologyAfter  *money.Fen

	SentOn         when.Day `json:",omitzero"`
	Recipient      string   // the very authority that it went to
	DocumentNumber string
	Note           string
	DoneBy         *uuid.UUID
	DoneAt         *time.Time
}

func (Letter) TableName() string { return "authority_letters" }
func (*Letter) Noun() string     { return "authority_letter" }

// Facts: it is its office's.
func (l *Letter) Facts() policy.Facts { return policy.Facts{Office: l.Office} }

// FactsIn adds the parties of its contract: who belongs to one writes no letters about it.
func (l *Letter) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	c, err := work.Load[Contract](q.Session(&gorm.Session{NewDB: true}), l.ContractID)
	if err != nil {
		return policy.Facts{}, err
	}
	f, of := l.Facts(), c.Facts()
	f.Owner, f.Others = of.Owner, of.Others
	return f, nil
}

// LetterInput records that a letter went out.
type LetterInput struct {
	SentOn         when.Day
	Recipient      string
	DocumentNumber string
	Note           string
}

// Send records that it went out.
func (l *Letter) Send(in LetterInput, by uuid.UUID, now time.Time) error {
	if err := work.In(l.State, LetterOpen); err != nil {
		return err
	}
	var bad fault.Fields
	bad.Check(!in.SentOn.Before(when.DayOf(l.CreatedAt)), "/sent_on", fault.BeforeStart, "早于所告知的决定", "It lies before the decision that it tells of")
	when.NotAhead(&bad, in.SentOn, when.DayOf(now), "/sent_on")
	text.Named(&bad, in.Recipient, "/recipient", 2, 200)
	bad.Length(in.DocumentNumber, "/document_number", 1, 100)
	bad.Length(in.Note, "/note", 0, 2000)
	if err := bad.Err(); err != nil {
		return err
	}
	l.State, l.SentOn, l.Recipient, l.DocumentNumber, l.Note = LetterSent, in.SentOn, in.Recipient, strings.TrimSpace(in.DocumentNumber), in.Note
	l.DoneBy, l.DoneAt = &by, &now
	return nil
}

// Waive says why none is needed.
func (l *Letter) Waive(reason string, by uuid.UUID, now time.Time) error {
	if err := work.In(l.State, LetterOpen); err != nil {
		return err
	}
	if err := bounded("/reason", reason, 2, 2000); err != nil {
		return err
	}
	l.State, l.Note, l.DoneBy, l.DoneAt = LetterWaived, reason, &by, &now
	return nil
}

// Concerned tells which authorities give benefits of a contract as it stands, and the codes of the rules by which they do.
type Concerned func(q *gorm.DB, c *Contract) (map[Authority][]string, error)

// Concerning has letters written by who knows the benefits; without it none are.
func (s *Service) Concerning(f Concerned) { s.concerned = f }

// weighs tells whether an authority that gives a benefit of a contract is concerned by its being amended: by amounts, subkind, who the parties are, and what
// and where they are, by which rules reach them.
func (c *Contract) weighs(after *Contract) bool {
	same := func(before, after []Party) bool {
		return slices.EqualFunc(before, after, func(a, b Party) bool {
			return a.identity() == b.identity() && (a.identity() != "" || a.Name == b.Name) && a.place() == b.place() && a.Nature == b.Nature
		})
	}
	return c.Turnover != after.Turnover || c.Technology != after.Technology || c.Terms.Subkind != after.Terms.Subkind ||
		!same(c.Terms.Sellers, after.Terms.Sellers) || !same(c.Terms.Buyers, after.Terms.Buyers)
}

// letters writes what ought to be told of an application that was granted, by which a contract became what it is now.
func (s *Service) letters(tx *work.Tx, before, c *Contract, a *Application) error {
	causes := map[ApplicationKind]LetterCause{Amendment: WasAmended, Cancellation: WasCancelled, Revoking: WasRevoked}
	cause, tells := causes[a.Kind]
	if s.concerned == nil || !tells || a.State != Granted || !before.counts() || c.counts() && !before.weighs(c) {
		return nil
	}
	rules, err := s.concerned(tx.DB, before)
	if err != nil {
		return err
	}
	if c.counts() { // what it opens now may be claimed by what it was
		now, err := s.concerned(tx.DB, c)
		if err != nil {
			return err
		}
		for authority, codes := range now {
			rules[authority] = append(rules[authority], codes...)
		}
	}
	var out []*Letter
	for _, authority := range authorities {
		if len(rules[authority]) == 0 {
			continue
		}
		slices.Sort(rules[authority])
		l := &Letter{Head: tx.NewHead(), ContractID: c.ID, ApplicationID: a.ID, Office: c.Office, Authority: authority, Cause: cause, Rules: slices.Compact(rules[authority]), State: LetterOpen,
			TurnoverBefore: before.Turnover, TechnologyBefore: before.Technology}
		if c.counts() {
			l.TurnoverAfter, l.TechnologyAfter = &c.Turnover, &c.Technology
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		return nil
	}
	return work.InsertAll(tx, letterDue, out)
}

// letterDue names that a letter ought to be written.
const letterDue work.Deed = "authority_letter.due"

// LetterView is a letter as its readers see it, with what it is about.
type LetterView struct {
	Letter
	ContractNumber, ContractTitle string
	OfficeName                    string
	DoneBy                        *accounts.Person
	work.Acts
}

// LetterAnswer is the outcome of what is done about one.
type LetterAnswer = work.Answer[LetterView]

// letterRecords is how letters are read and written.
var letterRecords = work.Records[Letter, *Letter, LetterView]{
	Read: policy.LetterRead, Show: showLetters, Joined: true,
	Columns: work.Columns{string(policy.AtOffice): "office IN ?", string(policy.Filed): "TRUE"},
	Acts: []work.Act[*Letter, LetterView]{
		{Operation: "recordLetterSent", Action: policy.LetterSend, When: letterIn},
		{Operation: "waiveLetter", Action: policy.LetterSend, When: letterIn},
	},
}

func letterIn(l *Letter, _ *LetterView) error { return work.In(l.State, LetterOpen) }

// showLetters adds what they are about, and who dealt with them: a few queries for all.
func showLetters(q *gorm.DB, _ policy.Actor, rows []Letter) ([]LetterView, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]uuid.UUID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ContractID
	}
	var found []Contract
	if err := q.Session(&gorm.Session{NewDB: true}).Where("id IN ?", ids).Select("id", "number", "title").Find(&found).Error; err != nil {
		return nil, err
	}
	about := make(map[uuid.UUID]*Contract, len(found))
	for i := range found {
		about[found[i].ID] = &found[i]
	}
	named, err := officeNames(q, len(rows))
	if err != nil {
		return nil, err
	}
	out, people := make([]LetterView, len(rows)), accounts.Roll{}
	for i, l := range rows {
		out[i] = LetterView{Letter: l, OfficeName: named[l.Office]}
		if c := about[l.ContractID]; c != nil {
			out[i].ContractNumber, out[i].ContractTitle = c.Number, c.Title
		}
		people.Name(l.DoneBy, &out[i].DoneBy)
	}
	return out, people.Call(q)
}

// SendLetter records that a letter went out; by a registrar of its office who belongs to no party.
func (s *Service) SendLetter(ctx context.Context, call work.Call, id uuid.UUID, version int64, in LetterInput) (LetterAnswer, error) {
	return letterRecords.Change(ctx, s.unit, call, id, version, policy.LetterSend, func(tx *work.Tx, l *Letter) error {
		return l.Send(in, call.Actor.Account, tx.Now)
	})
}

// WaiveLetter records why no letter is needed; by the same.
func (s *Service) WaiveLetter(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (LetterAnswer, error) {
	return letterRecords.Change(ctx, s.unit, call, id, version, policy.LetterSend, func(tx *work.Tx, l *Letter) error {
		return l.Waive(reason, call.Actor.Account, tx.Now)
	})
}

// GetLetter reads one letter; by registrars of its office, and operators.
func (s *Service) GetLetter(ctx context.Context, reader policy.Actor, id uuid.UUID) (LetterView, error) {
	return letterRecords.Get(ctx, s.unit, reader, id)
}

// LetterFilter narrows letters; empty fields do not.
type LetterFilter struct {
	Office    string      `query:"office" where:"office = ?"`
	State     LetterState `query:"state" where:"state = ?"`
	Authority Authority   `query:"authority" where:"authority = ?"`
	Contract  uuid.UUID   `query:"contract_id" where:"contract_id = ?" of:"contracts"`
}

// ListLetters lists letters, the newest first; for registrars of their offices, and operators.
func (s *Service) ListLetters(ctx context.Context, reader policy.Actor, f LetterFilter, p db.Paging) (db.Page[LetterView], error) {
	if _, err := officesOf(reader, f.Office); err != nil {
		return db.Page[LetterView]{}, err
	}
	if err := s.officeExists(ctx, reader, f.Office); err != nil {
		return db.Page[LetterView]{}, err
	}
	return letterRecords.List(ctx, s.unit, reader, f, p)
}
