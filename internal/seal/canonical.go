package seal

import (
	"encoding/json"

	"github.com/gowebpki/jcs"
)

// Canonical is a value in canonical JSON (RFC 8785): the one text by which everybody who has the same value comes to the same digest, in any
// language. What is digested so writes amounts as text: numbers are those of ECMAScript, and of more than 53 bits none is exact.
func Canonical(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(text)
}
