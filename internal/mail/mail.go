// Package mail sends mails: a use case writes one in its own transaction, so that it is sent if and only if the use case happened;
// a job sends it later. It decides how mails are kept, made and sent, and what of them is forgotten when; what a mail says, and to
// whom, is the package's that writes it.
package mail

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// State is how far a mail has come.
type State string

// The states of a mail.
const (
	Waiting State = "waiting" // for its sending, the first or another
	Sent    State = "sent"    // taken over by the mail server, or laid into the folder
	Failed  State = "failed"  // refused for good, or tried too often; an operator may send it again
	Lapsed  State = "lapsed"  // not sent before what it offered was over
)

// Mail is one mail as stored. What it says and to whom is in no audit row, so that it can be forgotten.
type Mail struct {
	work.Head
	Kind       string
	AccountID  *uuid.UUID // whom it is for, where they have an account
	Address    string     `json:"-"`
	AddressKey string     `json:"-"`
	Data       string     `json:"-"` // what the text is made of, as JSON
	Secret     string     `json:"-"` // of a mail that is being sent: it is kept sealed beside it, and no longer here
	State      State
	Until      *time.Time // what the mail offers is over then: it is not sent any more
	Reason     string     // why it failed, without names and addresses
	SentAt     *time.Time
}

func (Mail) TableName() string { return "mails" }
func (*Mail) Noun() string     { return "mail" }

// Facts: what policy asks of a mail is asked of the reader alone.
func (*Mail) Facts() policy.Facts { return policy.Facts{} }

// sent notes that the mail is on its way; doing it twice changes nothing.
func (m *Mail) sent(now time.Time) error {
	if err := work.Step(&m.State, Sent, Waiting); err != nil {
		return err
	}
	m.SentAt, m.Reason, m.Secret = &now, "", ""
	return nil
}

// fail notes that it cannot be sent; its secret stays for as long as it is of use, so that it can be sent again.
func (m *Mail) fail(reason string) error {
	if err := work.Step(&m.State, Failed, Waiting); err != nil {
		return err
	}
	m.Reason = reason
	return nil
}

// lapse notes that sending it would help nobody any more.
func (m *Mail) lapse() error {
	if err := work.Step(&m.State, Lapsed, Waiting, Failed); err != nil {
		return err
	}
	m.Secret = ""
	return nil
}

// again has a failed mail sent once more.
func (m *Mail) again(now time.Time) error {
	if m.over(now) || m.Address == "" {
		return fault.MailOver.New()
	}
	if err := work.Step(&m.State, Waiting, Failed); err != nil {
		return err
	}
	m.Reason = ""
	return nil
}

func (m *Mail) over(now time.Time) bool { return m.Until != nil && !now.Before(*m.Until) }

// To is whom a mail is for.
type To struct {
	Address Address
	Account uuid.UUID // zero where they have none, or none that is known
}

// Offer is what a mail holds for its reader alone: a secret, and when it is over. The zero Offer is nothing.
type Offer struct {
	Secret string
	Until  time.Time
}

// Write puts a mail into the use case's transaction. It leaves no audit row of its own: what led to it has one.
func (k Kind[D]) Write(tx *work.Tx, to To, data D, offer Offer) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	m := &Mail{
		Head: tx.NewHead(), Kind: k.name, Address: string(to.Address), AddressKey: to.Address.Key(), Data: string(raw),
		State: Waiting,
	}
	if to.Account != uuid.Nil {
		m.AccountID = &to.Account
	}
	if !offer.Until.IsZero() {
		m.Until = &offer.Until
	}
	if err := tx.Create(m).Error; err != nil {
		return err
	}
	if offer.Secret == "" {
		return jobs.At(tx, sending, m.ID, time.Time{})
	}
	if err := sealSecret(tx, m.ID, offer.Secret); err != nil {
		return err
	}
	return jobs.At(tx, sendingSealed, m.ID, time.Time{})
}

// Lately counts the mails of some kinds that were written to a mailbox since then, for bounds on how many somebody may cause.
func Lately(q *gorm.DB, to Address, since time.Time, kinds ...Named) (int64, error) {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name()
	}
	var n int64
	err := q.Model(&Mail{}).Where("address_key = ? AND created_at > ? AND kind IN ?", to.Key(), since, names).Count(&n).Error
	return n, err
}

// Named is a kind, whatever its text is made of.
type Named interface{ Name() string }

// Name is what the kind is called in the table.
func (k Kind[D]) Name() string { return k.name }

// records is how mails are read, by operators.
var records = work.Records[Mail, *Mail, View]{
	Read: policy.MailRead, Show: show,
	Acts: []work.Act[*Mail, View]{{Operation: "sendMailAgain", Action: policy.MailSendAgain, When: func(m *Mail, _ *View) error { return m.again(time.Time{}) }}},
}

type (
	// View is a mail as an operator may see it: neither its text nor a secret, and the address masked.
	View struct {
		work.Head
		Kind   string
		To     string // masked; empty once it was forgotten
		State  State
		Reason string
		SentAt *time.Time
		Until  *time.Time
		work.Acts
	}
	// Answer is the outcome of a use case that changed a mail.
	Answer = work.Answer[View]
)

func show(_ *gorm.DB, _ policy.Actor, rows []Mail) ([]View, error) {
	out := make([]View, len(rows))
	for i, m := range rows {
		out[i] = View{
			Head: m.Head, Kind: m.Kind, To: Address(m.Address).Masked(), State: m.State, Reason: m.Reason, SentAt: m.SentAt, Until: m.Until,
		}
	}
	return out, nil
}

// Service is how operators look after mails.
type Service struct{ unit *work.Unit }

func New(unit *work.Unit) *Service { return &Service{unit} }

// Filter narrows a list; empty fields do not.
type Filter struct {
	State State  `query:"state" where:"state = ?"`
	Kind  string `query:"kind" where:"kind = ?"`
}

// List shows mails, the newest first.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if err := policy.Check(reader, policy.MailRead, policy.Facts{}); err != nil {
		return db.Page[View]{}, err
	}
	if f.Kind != "" && known[f.Kind] == nil {
		var there []string // of a kind that another version of the program knows
		if err := s.unit.Query(ctx).Model(&Mail{}).Where("kind = ?", f.Kind).Limit(1).Pluck("kind", &there).Error; err != nil {
			return db.Page[View]{}, err
		}
		if len(there) == 0 {
			kinds := strings.Join(slices.Sorted(maps.Keys(known)), "、")
			return db.Page[View]{}, fault.InvalidInput.At("query:kind", fault.NotOffered, "没有这类邮件，取值应为：%[1]s", "There is no such kind of mail; one of: %[1]s", kinds)
		}
	}
	return records.List(ctx, s.unit, reader, f, p)
}

// Get shows one mail.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return records.Get(ctx, s.unit, reader, id)
}

// SendAgain has a mail sent that failed.
func (s *Service) SendAgain(ctx context.Context, call work.Call, id uuid.UUID, version int64) (Answer, error) {
	return records.Change(ctx, s.unit, call, id, version, policy.MailSendAgain, func(tx *work.Tx, m *Mail) error {
		if err := m.again(tx.Now); err != nil {
			return err
		}
		kind, err := sendingOf(tx.DB, m.ID)
		if err != nil {
			return err
		}
		return jobs.At(tx, kind, m.ID, time.Time{})
	})
}

// keep is how long it is known what a mail said and to whom.
const keep = 90 * 24 * time.Hour

// forgotten names the erasing of what old mails said.
const forgotten work.Deed = "mail.forget"

// Forget erases address, text and secret of mails that are older than 90 days, and the secrets of those that are over. That they were
// sent, or not, stays.
func (s *Service) Forget(ctx context.Context) error {
	_, err := s.unit.Do(ctx, work.Call{Operation: "forget mails"}, func(tx *work.Tx) error {
		old := tx.Model(&Mail{}).Where("created_at < ? AND address <> '' AND state <> ?", tx.Now.Add(-keep), Waiting).
			Updates(map[string]any{"address": "", "address_key": "", "data": "{}", "secret": ""})
		if old.Error != nil {
			return old.Error
		}
		over := tx.Model(&Mail{}).Where("until <= ? AND secret <> '' AND state <> ?", tx.Now, Waiting).Update("secret", "")
		if over.Error != nil {
			return over.Error
		}
		sealed := tx.Where("id IN (SELECT id FROM mails WHERE state <> ? AND (created_at < ? OR until <= ?))", Waiting, tx.Now.Add(-keep), tx.Now).Delete(&secretRow{})
		if sealed.Error != nil || old.RowsAffected+over.RowsAffected+sealed.RowsAffected == 0 {
			return sealed.Error
		}
		return tx.Record(forgotten, work.Ref{Noun: "mails", ID: work.NewID(), Version: 1}, nil,
			map[string]int64{"mails": old.RowsAffected, "secrets": over.RowsAffected + sealed.RowsAffected})
	})
	return err
}
