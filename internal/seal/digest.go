package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

const digestName = "sha-256"

// Digest is the digest of data with the name of its algorithm: "sha-256:" and 64 hexadecimal digits.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return digestName + ":" + hex.EncodeToString(sum[:])
}

// Digester takes the digest of what is written to it.
type Digester struct {
	hash.Hash
	name string
}

// NewDigest begins a digest of the algorithm for new values.
func NewDigest() *Digester { return &Digester{sha256.New(), digestName} }

// String is the digest of all that was written.
func (d *Digester) String() string { return d.name + ":" + hex.EncodeToString(d.Sum(nil)) }

// ParseDigest takes a digest apart; the error is ErrForm. Only algorithms are known that NewDigestOf can take.
func ParseDigest(s string) (name string, sum []byte, err error) {
	name, text, _ := strings.Cut(s, ":")
	if name != digestName || len(text) != 2*sha256.Size || strings.ToLower(text) != text {
		return "", nil, fmt.Errorf("%w: digest %.20q", ErrForm, s)
	}
	if sum, err = hex.DecodeString(text); err != nil {
		return "", nil, fmt.Errorf("%w: digest %.20q", ErrForm, s)
	}
	return name, sum, nil
}

// NewDigestOf begins a digest of the algorithm of another one, to compare with it.
func NewDigestOf(s string) (*Digester, error) {
	if _, _, err := ParseDigest(s); err != nil {
		return nil, err
	}
	return NewDigest(), nil
}
