package edge

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Fingerprint is a digest of what a request asks for. A repeat under the same Idempotency-Key must have the same one, so the
// body counts by its meaning (RFC 8785): a client that orders fields or writes spaces differently still repeats itself.
// If-Match is left out, because a repeat may carry either the old version or the new one.
func Fingerprint(method, path string, body []byte) string {
	canonical := jsontext.Value(slices.Clone(body))
	if err := canonical.Canonicalize(); err != nil {
		canonical = body // not JSON: validation has refused it, or there is none
	}
	h := sha256.New()
	// Neither a method nor a path holds a line break, so the three parts cannot run into one another.
	_, _ = io.WriteString(h, method+"\n"+path+"\n")
	_, _ = h.Write(canonical)
	return hex.EncodeToString(h.Sum(nil))
}
