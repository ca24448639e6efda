package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is what a password hash by Argon2id takes. It is written into each hash, so that it can be raised without locking anybody
// out.
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
	Lanes  uint8
}

// DefaultCost is the first set of parameters that OWASP recommends.
var DefaultCost = Cost{Memory: 19 * 1024, Passes: 2, Lanes: 1}

const (
	hashLength = 32
	saltLength = 16
)

// hash makes the hash of a new password.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	leave, err := s.up.stand(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	release, err := s.up.slot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	c := s.cost
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	return c.write(salt, argon2.IDKey([]byte(normal(password)), salt, c.Passes, c.Memory, c.Lanes, hashLength)), nil
}

func (c Cost) write(salt, sum []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Lanes, b64(salt), b64(sum))
}

// absent is compared with when there is no such account, so that the answer takes the same time. No password fits it.
func (c Cost) absent() string { return c.write(make([]byte, saltLength), make([]byte, hashLength)) }

// check tells whether a password is that of a hash; the caller has a place in the queue.
func (s *Service) check(ctx context.Context, hash, password string) (bool, error) {
	var version, memory, passes uint32
	var lanes uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("a stored password hash is of an unknown form")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &lanes); err != nil {
		return false, fmt.Errorf("a stored password hash has broken parameters: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, err
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, err
	}
	release, err := s.in.slot(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	is := func(typed string) bool {
		return subtle.ConstantTimeCompare(argon2.IDKey([]byte(typed), salt, passes, memory, lanes, uint32(len(want))), want) == 1
	}
	// Hashes of before were made of what was typed.
	return is(normal(password)) || normal(password) != password && is(password), nil
}
