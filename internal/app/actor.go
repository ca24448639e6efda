package app

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"jiebang/internal/accounts"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// Actor turns a bearer token into everything that policy asks about its account today. It is remembered for a moment (see
// sessions); otherwise it takes one statement.
func (a *App) Actor(ctx context.Context, token string) (policy.Actor, error) {
	start := time.Now()
	now := session{commits: a.Unit.Commits(), start: start}
	if actor, known := a.sessions.recall(token, now); known {
		return actor, nil
	}
	var err error
	if now.actor, err = a.Accounts.Authenticate(ctx, token, a.parts()...); err != nil {
		return policy.Actor{}, err
	}
	a.sessions.remember(token, now)
	return now.actor, nil
}

// ActorNamed is the actor of a user name, for commands that the machine's owner runs on somebody's behalf.
func (a *App) ActorNamed(ctx context.Context, username string) (policy.Actor, error) {
	return a.Accounts.Named(ctx, username, a.parts()...)
}

// parts are what an actor is by the packages that know.
func (a *App) parts() []accounts.Part {
	return []accounts.Part{orgs.ActorPart(), people.ActorPart(when.DayOf(a.Unit.Now()))}
}

// A session is remembered while this process has written nothing since it was read, and for a second at most, because another
// process may have revoked it, or ended a membership: that holds everywhere within a second.
const (
	rememberFor = time.Second
	rememberAll = 50_000 // then all are forgotten
)

type session struct {
	actor   policy.Actor
	commits int64
	start   time.Time
}

// sessions remembers who tokens stand for, by their digest, so that no secret stays in memory.
type sessions struct {
	mu      sync.RWMutex
	byToken map[[sha256.Size]byte]session
}

func (s *sessions) recall(token string, now session) (policy.Actor, bool) {
	s.mu.RLock()
	known, there := s.byToken[sha256.Sum256([]byte(token))]
	s.mu.RUnlock()
	good := there && known.commits == now.commits && now.start.Sub(known.start) < rememberFor
	return known.actor, good
}

func (s *sessions) remember(token string, now session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byToken == nil || len(s.byToken) >= rememberAll {
		s.byToken = map[[sha256.Size]byte]session{}
	}
	s.byToken[sha256.Sum256([]byte(token))] = now
}
