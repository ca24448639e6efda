package harvest

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// resumption is what a token says: which list, and behind which of its rows it goes on. It is sealed, so that one that was altered, or that is
// another repository's, is known; it ends never, since a place in the order of the rows is one whatever happens to them.
type resumption struct {
	Verb   string    `json:"v"`
	Prefix string    `json:"p,omitempty"`
	Set    string    `json:"s,omitempty"`
	From   *int64    `json:"f,omitempty"` // seconds since 1970; none: open
	Until  *int64    `json:"u,omitempty"`
	After  int64     `json:"a,omitempty"`
	ID     uuid.UUID `json:"i,omitzero"`
	Name   string    `json:"n,omitempty"` // of lists of sets: behind which
	Told   int64     `json:"t"`           // how many were told up to here
	Size   int64     `json:"z"`           // how many there were in the beginning
}

const sealedFor = "harvest.token"

func (a *asked) sealToken(r resumption) (string, error) {
	r.Verb = a.verb
	plain, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	sealed, err := a.secrets.Seal(plain, sealedFor)
	return base64.RawURLEncoding.EncodeToString([]byte(sealed)), err
}

// goesOn reads the token of a request; none is the beginning of a list.
func (a *asked) goesOn() (r resumption, resumed bool, err error) {
	text := a.args[token]
	if text == "" {
		return r, false, nil
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return r, true, badToken()
	}
	plain, err := a.secrets.Unseal(string(sealed), sealedFor)
	if err != nil || json.Unmarshal(plain, &r) != nil || r.Verb != a.verb {
		return r, true, badToken()
	}
	return r, true, nil
}

func seconds(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	s := t.Unix()
	return &s
}

func moments(s *int64) *time.Time {
	if s == nil {
		return nil
	}
	t := time.Unix(*s, 0).UTC()
	return &t
}

func atSecond(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
