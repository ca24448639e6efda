package inbox

import (
	"context"
	_ "embed"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/accounts"
	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/match"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Never is how often an account is sent mails that wants none; the other frequencies are those of saved searches.
const Never match.Frequency = "never"

var frequencies = []match.Frequency{match.AtOnce, match.Daily, match.Weekly, Never}

// usual is how often an account is sent mails that has said nothing.
const usual = match.Daily

// mailing is how often an account is sent its inbox by mail.
type mailing struct {
	AccountID uuid.UUID `gorm:"primaryKey"`
	Version   int64
	Frequency match.Frequency
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

func (mailing) TableName() string { return "inbox_mails" }

// ending is a token that ends the mails of an account, and serves nothing else.
type ending struct {
	Hash      string `gorm:"primaryKey"`
	AccountID uuid.UUID
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
}

func (ending) TableName() string { return "inbox_endings" }

// Mailing is what an account has said about its mails.
type Mailing struct {
	Frequency  match.Frequency
	HasAddress bool
}

func mailingOf(q *gorm.DB, account uuid.UUID) (mailing, error) {
	var rows []mailing
	if err := q.Where("account_id = ?", account).Find(&rows).Error; err != nil || len(rows) == 0 {
		return mailing{AccountID: account, Frequency: usual}, err
	}
	return rows[0], nil
}

// Mailing tells how often the reader is sent mails.
func (s *Service) Mailing(ctx context.Context, reader policy.Actor) (Mailing, error) {
	if err := policy.Check(reader, policy.InboxMail, policy.Facts{Subject: reader.Account}); err != nil {
		return Mailing{}, err
	}
	q := s.unit.Query(ctx)
	m, err := mailingOf(q, reader.Account)
	if err != nil {
		return Mailing{}, err
	}
	to, _, err := accounts.Mailbox(q, reader.Account)
	return Mailing{m.Frequency, to.Address != ""}, err
}

// SetMailing says how often the caller is sent mails. What was not mailed until then is mailed as it says now.
func (s *Service) SetMailing(ctx context.Context, call work.Call, f match.Frequency) (Mailing, error) {
	if err := policy.Check(call.Actor, policy.InboxMail, policy.Facts{Subject: call.Actor.Account}); err != nil {
		return Mailing{}, err
	}
	var bad fault.Fields
	fault.Offered(&bad, f, "/frequency", frequencies)
	if err := bad.Err(); err != nil {
		return Mailing{}, err
	}
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		return set(tx, call.Actor.Account, f, work.Did(policy.InboxMail))
	})
	if err != nil {
		return Mailing{}, err
	}
	return s.Mailing(ctx, call.Actor)
}

func set(tx *work.Tx, account uuid.UUID, f match.Frequency, deed work.Deed) error {
	if err := accounts.Hold(tx, account); err != nil {
		return err
	}
	before, err := mailingOf(tx.DB, account)
	if err != nil {
		return err
	}
	after := before
	after.Version, after.Frequency, after.UpdatedAt = before.Version+1, f, tx.Now
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&after).Error; err != nil {
		return err
	}
	return tx.Record(deed, work.Ref{Noun: "inbox_mail", ID: account, Version: after.Version}, before, after)
}

// Unsubscribe ends the mails of the account whose token this is. Doing it twice is no error.
func (s *Service) Unsubscribe(ctx context.Context, call work.Call, token string) error {
	if err := policy.Check(call.Actor, policy.InboxUnsubscribe, policy.Facts{}); err != nil {
		return err
	}
	_, err := s.unit.Do(ctx, call, func(tx *work.Tx) error {
		var rows []ending
		if err := tx.Where("hash = ?", accounts.Digest(token)).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.LinkInvalid.New()
		}
		return set(tx, rows[0].AccountID, Never, work.Did(policy.InboxUnsubscribe))
	})
	return err
}

//go:embed mails/digest.tmpl
var digestText string

// digest is what a mail of an inbox is made of. Kept are whose it is and which lines it has; what it says of them is read when it is sent, since a
// record may be withdrawn, or its reader's no more, by then.
type digest struct {
	Name  string
	Lines []uuid.UUID  // the newest first
	More  int          // lines that there is no room for
	Items []digestLine `json:",omitempty"` // as it is sent
}

// digestLine is one line as it stands in a mail.
type digestLine struct{ ZH, EN, Title string }

var digestMail = mail.NewKind[digest]("inbox.digest", digestText)

const (
	digestMost  = 30                   // lines of one mail
	digestLife  = 7 * 24 * time.Hour   // a mail that could not be sent for so long is sent no more
	keepEndings = 400 * 24 * time.Hour // how long what stands in a mail ends them
	mailedLate  = 8 * 24 * time.Hour   // lines that are older are mailed no more
)

// Mail writes the mails that are due.
func (s *Service) Mail(ctx context.Context) error {
	now := s.unit.Now()
	daily, _ := match.Daily.Boundary(now)
	weekly, _ := match.Weekly.Boundary(now)
	var due []uuid.UUID
	err := s.unit.Query(ctx).Raw(`SELECT DISTINCT i.account_id FROM inbox_items i LEFT JOIN inbox_mails m ON m.account_id = i.account_id
		WHERE i.mailed_at IS NULL AND (m.frequency = 'at_once' OR m.frequency = 'weekly' AND i.at < ? OR COALESCE(m.frequency, 'daily') IN ('daily', 'never') AND i.at < ?)
		ORDER BY i.account_id`, weekly, daily).Scan(&due).Error
	if err != nil {
		return err
	}
	var failed error // of one account, which keeps no other from its mail
	for _, account := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failed = errors.Join(failed, s.mailTo(ctx, account))
	}
	return failed
}

// errMailed says that another process has mailed the same lines meanwhile.
var errMailed = errors.New("inbox: mailed already")

const (
	mailedNow = "UPDATE inbox_items SET mailed_at = ? WHERE id IN ? AND mailed_at IS NULL"
	mailed    = work.Deed("inbox.mailed")
)

// mailTo writes the mail of one account, in the transaction in which its lines count as mailed: so it is written once, and sent by the queue. Where
// there is nobody to send it to, or nothing that may be told, the lines count as mailed without one.
func (s *Service) mailTo(ctx context.Context, account uuid.UUID) error {
	q := s.unit.Query(ctx)
	var rows []Item
	if err := q.Where("account_id = ? AND mailed_at IS NULL", account).Order("id DESC").Find(&rows).Error; err != nil {
		return err
	}
	said, err := mailingOf(q, account)
	if err != nil {
		return err
	}
	to, name, err := accounts.Mailbox(q, account)
	if err != nil {
		return err
	}
	ids, lines, late := make([]uuid.UUID, len(rows)), []Item{}, s.unit.Now().Add(-mailedLate)
	for i, r := range rows {
		if ids[i] = r.ID; !r.Folded && r.ReadAt == nil && r.At.After(late) {
			lines = append(lines, r)
		}
	}
	var shown []View
	if said.Frequency != Never && to.Address != "" {
		if shown, err = s.mailable(ctx, account, lines); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(ids, 1000) {
		if len(shown) > 0 {
			break
		}
		if _, err := s.unit.Tally(ctx, mailedNow, s.unit.Now(), some); err != nil {
			return err
		}
	}
	if len(shown) == 0 {
		return nil
	}
	d := digest{Name: name, More: max(len(shown)-digestMost, 0)}
	for _, v := range shown[:min(len(shown), digestMost)] {
		d.Lines = append(d.Lines, v.ID)
	}
	_, err = s.unit.Do(ctx, work.Call{Operation: "mail inbox"}, func(tx *work.Tx) error {
		for some := range slices.Chunk(ids, 1000) {
			done := tx.Exec(mailedNow, tx.Now, some)
			if done.Error != nil {
				return done.Error
			}
			if done.RowsAffected != int64(len(some)) {
				return errMailed
			}
		}
		secret, hash := accounts.NewSecret()
		if err := tx.Create(&ending{Hash: hash, AccountID: account, CreatedAt: tx.Now}).Error; err != nil {
			return err
		}
		if err := digestMail.Write(tx, to, d, mail.Offer{Secret: secret, Until: tx.Now.Add(digestLife)}); err != nil {
			return err
		}
		return tx.Record(mailed, work.Ref{Noun: "inbox_digest", ID: work.NewID(), Version: 1}, nil, map[string]any{"account_id": account, "lines": len(shown)})
	})
	if errors.Is(err, errMailed) {
		return nil
	}
	return err
}

// mailable are those of an account's lines that a mail may tell now: of something found, what everybody may still read; of a listing, what the reader
// may. An account that cannot sign in is told nothing.
func (s *Service) mailable(ctx context.Context, account uuid.UUID, rows []Item) ([]View, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	reader, err := s.actorOf(ctx, account)
	if fault.NotAllowed.Of(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	views, err := s.show(s.unit.Query(ctx), reader, rows)
	return slices.DeleteFunc(views, func(v View) bool {
		if v.Deed == moreFound || v.Deed == searchHits {
			return false
		}
		if _, is := foundTexts[v.Deed]; is {
			return !v.public
		}
		kind, known := s.kinds.Of(v.ObjectKind)
		return known && kind.Document != nil && !v.readable
	}), err
}

// Renewing has mails say what is so when they are sent.
func (s *Service) Renewing(p *mail.Post) {
	mail.Renew(p, digestMail, func(ctx context.Context, account uuid.UUID, d digest) (digest, bool, error) {
		var rows []Item
		if err := s.unit.Query(ctx).Where("id IN ? AND account_id = ?", d.Lines, account).Order("id DESC").Find(&rows).Error; err != nil {
			return d, false, err
		}
		views, err := s.mailable(ctx, account, rows)
		for _, v := range views {
			item := digestLine{ZH: v.Text.ZH, EN: v.Text.EN}
			if v.public { // of what is not, no name stands in a mail
				item.Title = v.Title
			}
			d.Items = append(d.Items, item)
		}
		return d, len(d.Items) > 0, err
	})
}
