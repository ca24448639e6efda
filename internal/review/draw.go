package review

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// The algorithm of a draw is named by its version, which goes into every digest: another one will have another name.
const (
	DrawVersion = "jiebang-draw-1"
	seedVersion = "jiebang-seed-1"
)

// NewSecret makes the secret of a draw, 32 random bytes, and the digest that is published before anybody knows the receipts.
func NewSecret() (secret []byte, commitment string) {
	secret = make([]byte, 32)
	_, _ = rand.Read(secret) // it never fails
	return secret, Commitment(secret)
}

// Commitment is the digest by which a secret is published before it is told: "sha-256:" and 64 hexadecimal digits.
func Commitment(secret []byte) string {
	sum := sha256.Sum256(secret)
	return "sha-256:" + hex.EncodeToString(sum[:])
}

// Seed is made of receipts that everybody has read and of a secret whose digest was published before there were any: neither who made the
// secret nor who hands in a receipt can choose it. It is SHA-256 over the version, the receipts in the order of their bytes, and the secret in
// hexadecimal, each with a line end behind it.
func Seed(receipts []string, secret []byte) []byte {
	lines := slices.Sorted(slices.Values(receipts))
	lines = append([]string{seedVersion}, append(lines, hex.EncodeToString(secret))...)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n") + "\n"))
	return sum[:]
}

// Draw draws so many of the candidates, or all where there are fewer: they are put in the order of SHA-256(version ‖ seed ‖ id), the id as its 16
// bytes, and the first ones are taken. The order in which candidates are given makes no difference; a candidate that is given twice counts
// once.
func Draw(seed []byte, candidates []uuid.UUID, n int) []uuid.UUID {
	type ticket struct {
		id  uuid.UUID
		sum [sha256.Size]byte
	}
	tickets := make([]ticket, len(candidates))
	for i, id := range candidates {
		tickets[i] = ticket{id, sha256.Sum256(slices.Concat([]byte(DrawVersion), seed, id[:]))}
	}
	slices.SortFunc(tickets, func(a, b ticket) int { return bytes.Compare(a.sum[:], b.sum[:]) })
	tickets = slices.CompactFunc(tickets, func(a, b ticket) bool { return a.id == b.id })
	out := make([]uuid.UUID, 0, min(n, len(tickets)))
	for _, t := range tickets[:min(n, len(tickets))] {
		out = append(out, t.id)
	}
	return out
}

// Candidate is an expert who may be drawn.
type Candidate struct {
	Account uuid.UUID `json:"account_id"`
	Fields  []string  `json:"fields,omitempty"`
}

// Excluded is an expert who may not, and why.
type Excluded struct {
	Account uuid.UUID `json:"account_id"`
	Reason  string    `json:"reason"`
}

// Drawing is all by which a draw can be repeated.
type Drawing struct {
	Commitment string
	Secret     []byte
	Receipts   []string
	Candidates []Candidate
	Excluded   []Excluded
	Before     []uuid.UUID // those who were drawn before, for a redraw: they are passed over
	Wanted     int
}

// drawn repeats it: the first ones of the order who are not excluded and were not drawn before.
func (d Drawing) drawn() []uuid.UUID {
	var left []uuid.UUID
	for _, c := range d.Candidates {
		out := slices.Contains(d.Before, c.Account) || slices.ContainsFunc(d.Excluded, func(x Excluded) bool { return x.Account == c.Account })
		if !out {
			left = append(left, c.Account)
		}
	}
	return Draw(Seed(d.Receipts, d.Secret), left, d.Wanted)
}

// errDraw is what Check finds.
var errDraw = errors.New("review: the draw is not what its seed gives")

// Check holds what a draw says against what its seed gives: whether the secret is the one whose digest was published, and whether these were
// drawn. Anybody can do so once the panel is finished.
func (d Drawing) Check(drawn []uuid.UUID) error {
	if Commitment(d.Secret) != d.Commitment {
		return fmt.Errorf("%w: the secret is not the one that was committed to", errDraw)
	}
	if want := d.drawn(); !slices.Equal(want, drawn) {
		return fmt.Errorf("%w: it gives %v", errDraw, want)
	}
	return nil
}
