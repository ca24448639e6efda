package app

import (
	"context"
	"crypto/sha256"
	"strings"

	"github.com/google/uuid"

	"jiebang/internal/accounts"
	"jiebang/internal/apikeys"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/people"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Actor turns a bearer token into everything that policy asks about its account today: one statement, or none for a token that was
// shown a moment ago (work.Recent). A revoked one is refused here at once, and everywhere within a second.
func (a *App) Actor(ctx context.Context, token string) (policy.Actor, error) {
	// Remembered by their digest, so that no secret stays in memory.
	actor, err := a.sessions.Get(sha256.Sum256([]byte(token)), func() (policy.Actor, error) {
		if strings.HasPrefix(token, apikeys.Mark) {
			return a.APIKeys.Authenticate(ctx, token)
		}
		return a.Accounts.Authenticate(ctx, token, a.parts()...)
	})
	if err == nil && actor.Key != nil && !a.Unit.Now().Before(actor.Key.ExpiresAt) {
		return policy.Actor{}, fault.TokenInvalid.New()
	}
	return actor, err
}

// sessions is how many tokens are remembered at most.
const sessions = 50_000

func newSessions(commits func() int64) *work.Recent[[sha256.Size]byte, policy.Actor] {
	return work.NewRecent(commits, sessions, work.One[[sha256.Size]byte, policy.Actor])
}

// ActorNamed is the actor of a user name, for commands that the machine's owner runs on somebody's behalf.
func (a *App) ActorNamed(ctx context.Context, username string) (policy.Actor, error) {
	return a.Accounts.Named(ctx, username, a.parts()...)
}

// actorOf is the actor of an account, for what it has begun and is done in the background.
func (a *App) actorOf(ctx context.Context, account uuid.UUID) (policy.Actor, error) {
	return a.Accounts.ByID(ctx, account, a.parts()...)
}

// parts are what an actor is by the packages that know.
func (a *App) parts() []accounts.Part {
	return []accounts.Part{orgs.ActorPart(), orgs.TiesPart(a.Unit.Now()), people.ActorPart(when.DayOf(a.Unit.Now()))}
}
