package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/money"
	"jiebang/internal/when"
)

// Kind says what an entry does to what the ledger holds of a contract.
type Kind string

const (
	Registration Kind = "registration" // the contract begins to count
	Amendment    Kind = "amendment"    // it counts differently: a difference, or the full figures after a reversal
	Reversal     Kind = "reversal"     // it no longer counts where it was frozen; an amendment follows
	Cancellation Kind = "cancellation" // it no longer counts
)

// Figures are what is added up. In an entry they are changes and may be negative.
type Figures struct {
	Contracts  int64     // contracts: +1, 0 or −1 in an entry
	Turnover   money.Fen // turnover amount (成交额): the whole price
	Technology money.Fen // technology amount (技术交易额): the price without its non-technical parts
}

// Plus adds. A single amount is at most ten trillion yuan (money in the API), so that nine thousand of the largest contracts fit
// into an int64; all registered contracts of the country in a year are below that by five orders of magnitude.
func (f Figures) Plus(g Figures) Figures {
	return Figures{f.Contracts + g.Contracts, f.Turnover + g.Turnover, f.Technology + g.Technology}
}

// Minus subtracts.
func (f Figures) Minus(g Figures) Figures { return f.Plus(g.reversed()) }

func (f Figures) reversed() Figures { return Figures{-f.Contracts, -f.Turnover, -f.Technology} }

// Frozen is what statistics ask of a contract, as it was when the entry was made. It holds codes and identifiers only, never
// names: entries cannot be corrected or erased. An entry counts once, under the first seller and the first buyer, as the
// national form does.
type Frozen struct {
	Office       string // the registration office
	ContractKind codes.ContractKind
	SellerRegion string        // of the first seller (输出): GB/T 2260
	BuyerRegion  string        // of the first buyer (吸纳); empty when unknown
	Field        codes.Field   // technology field
	ResultID     uuid.NullUUID // the result and the need of the deal behind the contract, if there was one
	NeedID       uuid.NullUUID
}

// Posting is what a use case has to say; the ledger adds where and when it stands.
type Posting struct {
	Kind            Kind
	ContractID      uuid.UUID
	ContractVersion int64     // the version that the contract had from then on
	ApplicationID   uuid.UUID // the application that was granted
	Figures         `gorm:"embedded"`
	Frozen          `gorm:"embedded"`
}

// Entry is one line of the ledger. It never changes.
type Entry struct {
	Seq        int64 `gorm:"primaryKey;autoIncrement:false"` // 1, 2, 3, … without a gap
	ID         uuid.UUID
	Posting    `gorm:"embedded"`
	PostedOn   when.Day  // the Shanghai day that it counts in
	RecordedOn when.Day  // the Shanghai day of RecordedAt: "as of day D" are the entries with RecordedOn ≤ D
	RecordedAt time.Time // when it was written; never before the entry that precedes it
	PrevHash   string    // Hash of the entry before; empty for the first
	Hash       string
}

// TableName is the table of entries.
func (Entry) TableName() string { return "ledger_entries" }

// seal is the entry's hash: SHA-256, in lower-case hexadecimal, over its canonical text. Anyone who holds the entries can
// compute it again.
//
// The canonical text is the parts below, in this order, each written as its length in bytes, a colon and itself, so that no two
// lists of parts give the same text. Numbers are decimal, days "2006-01-02", identifiers in their usual 36 characters, an absent
// one is empty, and the instant is whole microseconds since 1970-01-01T00:00:00Z. The first part names this form.
func (e Entry) seal() string {
	h := sha256.New()
	for _, part := range []string{
		"jiebang-ledger-1", e.PrevHash, number(e.Seq), e.ID.String(), string(e.Kind),
		e.ContractID.String(), number(e.ContractVersion), e.ApplicationID.String(),
		e.PostedOn.String(), e.RecordedOn.String(), number(e.RecordedAt.UnixMicro()),
		number(e.Contracts), number(int64(e.Turnover)), number(int64(e.Technology)),
		e.Office, string(e.ContractKind), e.SellerRegion, e.BuyerRegion, string(e.Field), optional(e.ResultID), optional(e.NeedID),
	} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func optional(id uuid.NullUUID) string {
	if !id.Valid {
		return ""
	}
	return id.UUID.String()
}
