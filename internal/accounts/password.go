package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/time/rate"

	"jiebang/internal/fault"
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

// slots bounds how many hashes are computed at once: each takes its memory, and a flood of sign-ins must not take it all.
var slots = make(chan struct{}, max(2, runtime.NumCPU()))

func slot(ctx context.Context) (release func(), err error) {
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c Cost) hash(ctx context.Context, password string) (string, error) {
	release, err := slot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	return c.write(salt, argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, c.Lanes, hashLength)), nil
}

func (c Cost) write(salt, sum []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Lanes, b64(salt), b64(sum))
}

// absent is compared with when there is no such account, so that the answer takes the same time. No password fits it.
func (c Cost) absent() string { return c.write(make([]byte, saltLength), make([]byte, hashLength)) }

func checkPassword(ctx context.Context, hash, password string) (bool, error) {
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
	release, err := slot(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	have := argon2.IDKey([]byte(password), salt, passes, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(have, want) == 1, nil
}

// Thirty requests about forgotten passwords and mailed links in a row, then one every twenty seconds, for each client and process.
const (
	clientBurst  = 30
	clientRefill = 20 * time.Second
)

// Ten wrong passwords in a row, then one every thirty seconds, for each user name and process.
const (
	throwsBurst  = 10
	throwsRefill = 30 * time.Second
	throwsNames  = 10_000 // beyond this many names or clients the count starts anew, so that memory stays bounded
)

type attempts struct {
	burst  int
	refill time.Duration
	mu     sync.Mutex
	byName map[string]*rate.Limiter
}

func newAttempts(burst int, refill time.Duration) *attempts {
	return &attempts{burst: burst, refill: refill, byName: map[string]*rate.Limiter{}}
}

// allow is take as an error that says when to come back.
func (t *attempts) allow(name string, now time.Time) error {
	if t.take(name, now) {
		return nil
	}
	f := fault.RateLimited.New()
	f.RetryAfter = t.refill
	return f
}

// take counts an attempt before its password is looked at, so that many at once are as few as many in a row; it tells whether
// the user name may try now.
func (t *attempts) take(username string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.byName[username]
	if l == nil {
		if len(t.byName) >= throwsNames {
			clear(t.byName)
		}
		l = rate.NewLimiter(rate.Every(t.refill), t.burst)
		t.byName[username] = l
	}
	return l.AllowN(now, 1)
}

// right forgets the attempts of a user name that has shown its password.
func (t *attempts) right(username string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.byName, username)
}
