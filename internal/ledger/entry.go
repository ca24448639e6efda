package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
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

var kindWords = fault.Words[Kind]{
	Registration: {ZH: "登记", EN: "Registration"}, Amendment: {ZH: "变更", EN: "Amendment"}, Reversal: {ZH: "冲销", EN: "Reversal"}, Cancellation: {ZH: "注销", EN: "Cancellation"},
}

// Text is what people call it.
func (k Kind) Text() fault.Text { return kindWords.Of(k) }

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

// Origin says how a contract came into the system.
type Origin string

// The origins.
const (
	Entered  Origin = "entered"  // entered here
	Imported Origin = "imported" // taken over from another system
)

var originWords = fault.Words[Origin]{Entered: {ZH: "在本系统录入", EN: "Entered here"}, Imported: {ZH: "导入", EN: "Imported"}}

// Text is what people call it.
func (o Origin) Text() fault.Text { return originWords.Of(o) }

// Frozen is what statistics ask of a contract, as it was when the entry was made. It holds codes and identifiers only, never
// names: entries cannot be corrected or erased. An entry counts once, under the first seller and the first buyer, as the
// national form does.
//
// It names everything that figures are planned for. What a contract does not have, or this system does not ask yet, is empty, which
// says "unknown": a record that comes to know it fills it in, and the form of the ledger stays as it is.
type Frozen struct {
	// Elsewhere: registered by an office that is none of this system's. It counts as absorbed technology and for what led to it, and
	// is no turnover of these offices.
	Elsewhere       bool
	Origin          Origin
	Office          string // the registration office
	ContractKind    codes.ContractKind
	ContractSubkind codes.ContractSubkind
	SellerID        uuid.NullUUID     // the organization here of the first seller (输出), if it has one
	SellerRegion    string            // GB/T 2260
	SellerNature    codes.PartyNature // what kind of body it is
	BuyerID         uuid.NullUUID     // of the first buyer (吸纳)
	BuyerRegion     string            // empty when unknown
	BuyerNature     codes.PartyNature
	Chain           string        // industry chain
	Field           codes.Field   // technology field
	IPKind          string        `gorm:"column:ip_kind"` // kind of intellectual property
	Programme       string        // science programme that funded it
	ChallengeID     uuid.NullUUID // the challenge, the broker, the result and the need behind the contract
	BrokerID        uuid.NullUUID
	ResultID        uuid.NullUUID
	NeedID          uuid.NullUUID
}

// Posting is what a use case has to say; the ledger adds where and when it stands.
type Posting struct {
	Kind            Kind
	ContractID      uuid.UUID
	ContractVersion int64     // the version that the contract had from then on
	ApplicationID   uuid.UUID // the application that was granted
	On              when.Day  `gorm:"-" json:"-"` // the day that it counts in, where that is before today
	Figures         `gorm:"embedded"`
	Frozen          `gorm:"embedded"`
}

// Entry is one line of the ledger. It never changes.
type Entry struct {
	Seq        int64 `gorm:"primaryKey;autoIncrement:false"` // 1, 2, 3, … without a gap
	ID         uuid.UUID
	Posting    `gorm:"embedded"`
	PostedOn   when.Day   // the Shanghai day that it counts in
	BelongsTo  when.Month // of what came late for a month that was closed: that month; none otherwise
	RecordedOn when.Day   // the Shanghai day of RecordedAt: "as of day D" are the entries with RecordedOn ≤ D
	RecordedAt time.Time  // when it was written; never before the entry that precedes it
	Salt       string     // random; without it nobody can tell by the digest whether they guessed the payload
	Digest     string     // of Salt and Payload
	PrevHash   string     // Hash of the entry before; empty for the first
	Hash       string
}

// TableName is the table of entries.
func (Entry) TableName() string { return "ledger_entries" }

// Form names the form of the chain; it is the first part of what is hashed.
const Form = "jiebang-ledger-2"

// Payload is what an entry says, as texts in this order: its own identifier, kind, contract, the contract's version, application, posted
// and recorded day, instant of recording, contracts, turnover and technology amount in fen, and everything that is frozen, in the
// order of Frozen; and behind these, of what came late for a closed month and of nothing else, that month. Numbers are decimal, days "2006-01-02", identifiers in their usual 36 characters, truths "true" and "false", what is
// absent is empty, and the instant is whole microseconds since 1970-01-01T00:00:00Z.
func (e Entry) Payload() []string {
	said := []string{
		e.ID.String(), string(e.Kind), e.ContractID.String(), number(e.ContractVersion), e.ApplicationID.String(),
		e.PostedOn.String(), e.RecordedOn.String(), number(e.RecordedAt.UnixMicro()),
		number(e.Contracts), number(int64(e.Turnover)), number(int64(e.Technology)),
		strconv.FormatBool(e.Elsewhere), string(e.Origin), e.Office, string(e.ContractKind), string(e.ContractSubkind),
		optional(e.SellerID), e.SellerRegion, string(e.SellerNature), optional(e.BuyerID), e.BuyerRegion, string(e.BuyerNature),
		e.Chain, string(e.Field), e.IPKind, e.Programme, optional(e.ChallengeID), optional(e.BrokerID), optional(e.ResultID), optional(e.NeedID),
	}
	if !e.BelongsTo.IsZero() {
		said = append(said, e.BelongsTo.String())
	}
	return said
}

// payloadDigest is the digest of salt and payload. Who may read the entry can compute it; who has the digest alone cannot find out what
// the entry says, not even by trying all amounts.
func (e Entry) payloadDigest() string {
	return digest(append([]string{Form, e.Salt}, e.Payload()...)...)
}

// seal is the entry's hash. It is made of what is published of an entry, so that anyone can follow the chain without reading a single
// contract: the hash before, the sequence, the month that it counts in, and the digest.
func (e Entry) seal() string {
	return digest(Form, e.PrevHash, number(e.Seq), e.PostedOn.Month().String(), e.Digest)
}

// digest is SHA-256, in lower-case hexadecimal behind its name, over parts that are each written as their length in bytes, a colon and
// themselves, so that no two lists of parts give the same text.
func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func optional(id uuid.NullUUID) string {
	if !id.Valid {
		return ""
	}
	return id.UUID.String()
}
