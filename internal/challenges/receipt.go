package challenges

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/files"
	"jiebang/internal/policy"
	"jiebang/internal/seal"
)

// documentForm names the form of what a receipt is a digest of.
const documentForm = "jiebang-bid-1"

// Document is what is handed in, whole. Its canonical JSON (RFC 8785) is what the receipt is the digest of; the salt, which only its side has
// until the opening, keeps anybody from trying out what it may say.
type Document struct {
	Form        string         `json:"form"`
	Challenge   string         `json:"challenge"`   // the number
	Publication int            `json:"publication"` // of the challenge, the first is 1
	Bid         uuid.UUID      `json:"bid"`
	Lead        Lead           `json:"lead"`
	Offer       Offer          `json:"offer"`
	Files       []DocumentFile `json:"files"`
	Salt        string         `json:"salt"` // 32 random bytes, in hexadecimal
}

// Lead is the organization that leads, as it was on the day.
type Lead struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
	Code string    `json:"code"`
}

// DocumentFile is an attachment as it was handed in.
type DocumentFile struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	MediaType string    `json:"media_type"`
	Size      int64     `json:"size"`
	Digest    string    `json:"digest"` // of its bytes
}

// newSalt is drawn anew each time that a bid is handed in.
func newSalt() (string, error) {
	salt := make([]byte, 32)
	_, err := rand.Read(salt)
	return hex.EncodeToString(salt), err
}

// codes are those of all organizations of the team.
func (d *Document) codes() []string {
	out := []string{d.Lead.Code}
	for _, p := range d.Offer.Partners {
		out = append(out, p.Code)
	}
	return out
}

func documentFiles(found []files.Sealed) []DocumentFile {
	out := make([]DocumentFile, len(found))
	for i, f := range found {
		out[i] = DocumentFile{f.ID, f.Name, f.MediaType, f.Size, f.Digest}
	}
	return out
}

// seal seals the document of a bid and gives its receipt.
func (d *Document) seal(key seal.Key, b *Bid) (sealed, receipt string, err error) {
	text, err := seal.Canonical(d)
	if err != nil {
		return "", "", err
	}
	sealed, err = key.Seal(text, b.sealedPlace())
	return sealed, seal.Digest(text), err
}

// unsealed opens the document of a bid and holds it to the receipt.
func unsealed(key seal.Key, b *Bid) (*Document, []byte, error) {
	text, err := key.Unseal(b.Sealed, b.sealedPlace())
	if err != nil {
		return nil, nil, broken(b, "文件无法开启", "its document does not open: %[3]w", err)
	}
	var d Document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, nil, broken(b, "文件无法读取", "its document cannot be read: %[3]w", err)
	}
	sum, err := seal.NewDigestOf(b.Receipt)
	if err != nil {
		return nil, nil, broken(b, "回执无法计算", "its receipt: %[3]w", err)
	}
	if sum.Write(text); sum.String() != b.Receipt {
		return nil, nil, broken(b, "文件与回执不符", "its document is not that of its receipt")
	}
	return &d, text, nil
}

// Receipt is what a bidder keeps of what was handed in: the digest, and the very text that it is of.
type Receipt struct {
	Bid         uuid.UUID
	Digest      string
	Document    string
	SubmittedAt time.Time
}

// Receipt gives the receipt of a bid to who may read that.
func (s *Service) Receipt(ctx context.Context, reader policy.Actor, id uuid.UUID) (Receipt, error) {
	var out Receipt
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		b, err := s.bids().Load(q, reader, id)
		if err != nil {
			return err
		}
		if b.Receipt == "" || b.SubmittedAt == nil {
			return noReceipt(b)
		}
		key, err := s.keyOf(q, b)
		if err != nil {
			return err
		}
		_, text, err := unsealed(key, b)
		out = Receipt{b.ID, b.Receipt, string(text), *b.SubmittedAt}
		return err
	})
	return out, err
}

// ReceiptsFilter asks for the receipts of a challenge.
type ReceiptsFilter struct {
	Challenge uuid.UUID `path:"id"`
}

// Receipts are what is public of the bids of a challenge's last publication.
type Receipts struct {
	Number   string
	Nth      int
	ClosedAt *time.Time // none: it takes bids still, and nothing is told
	OpenedAt *time.Time
	Received *int     // how many bids are in, where the round shows that, and from the closing on
	Digests  []string // in the order of the digests, which tells nothing

	ServerTime time.Time
}

// Receipts lists the receipts of all bids of a challenge, from its closing on; for whoever may read the challenge.
func (s *Service) Receipts(ctx context.Context, reader policy.Actor, f ReceiptsFilter) (Receipts, error) {
	var out Receipts
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		c, err := s.records().Load(q, reader, f.Challenge)
		if err != nil {
			return err
		}
		out = Receipts{Number: deref(c.Number), Nth: c.Nth, Digests: []string{}, ServerTime: s.unit.Now()}
		o, err := openingOf(q, c)
		if err != nil {
			return err
		}
		if o == nil {
			shown, err := shownCount(q, c)
			out.Received = shown
			return err
		}
		out.ClosedAt, out.OpenedAt, out.Received = &o.ClosedAt, o.OpenedAt, &o.Received
		return handedIn(q, c).Order("receipt").Limit(maxBids).Pluck("receipt", &out.Digests).Error
	})
	return out, err
}

// brokenError is what must be mended before a challenge can be opened.
type brokenError struct{ error }

func (e brokenError) Unwrap() error { return e.error }

// broken says so in both languages; the third of the values is the first of args.
func broken(b *Bid, zh, en string, args ...any) error {
	return brokenError{fmt.Errorf("揭榜申请 %[1]s（榜题 %[2]s）："+zh+"。bid %[1]s of challenge %[2]s: "+en, append([]any{b.ID, b.ChallengeID}, args...)...)}
}
