package accounts

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

// Part is what another package knows of an account that policy asks: memberships, registers. All parts are read in one statement,
// since every request that is not remembered begins with it.
type Part struct {
	// SQL selects id, name, kind and yes from the package's own table, of the account "me": … WHERE account_id IN (SELECT id FROM me).
	SQL  string
	Args []any
	Fill func(actor *policy.Actor, row Row)
}

// Row is one line of a part; each part uses of it what it needs.
type Row struct {
	ID   uuid.UUID
	Name string
	Kind string
	Yes  bool
}

// Live is the condition on accounts that they can sign in.
const Live = "deactivated_at IS NULL"

// Authenticate turns a token into the actor that it stands for.
func (s *Service) Authenticate(ctx context.Context, secret string, parts ...Part) (policy.Actor, error) {
	if !strings.HasPrefix(secret, tokenMark) {
		return policy.Actor{}, fault.TokenInvalid.New()
	}
	actor, found, err := s.actor(ctx, Live+" AND id IN (SELECT account_id FROM tokens WHERE hash = ? AND revoked_at IS NULL AND expires_at > ?)",
		[]any{digest(secret), s.unit.Now()}, parts)
	if err == nil && !found {
		err = fault.TokenInvalid.New()
	}
	return actor, err
}

// Named is the actor of a user name, for commands of the machine's owner that act for somebody.
func (s *Service) Named(ctx context.Context, username string, parts ...Part) (policy.Actor, error) {
	actor, found, err := s.actor(ctx, "username = ? AND "+Live, []any{username}, parts)
	if err == nil && !found {
		err = fault.InvalidInput.At("username", fault.UnknownAccount, "没有这个用户名", "There is no such account")
	}
	return actor, err
}

// ByID is the actor of an account, for what it has begun and is done in the background.
func (s *Service) ByID(ctx context.Context, id uuid.UUID, parts ...Part) (policy.Actor, error) {
	actor, found, err := s.actor(ctx, "id = ? AND "+Live, []any{id}, parts)
	if err == nil && !found {
		err = fault.NotAllowed.New()
	}
	return actor, err
}

// actor reads one account with everything that its parts know: one statement.
func (s *Service) actor(ctx context.Context, which string, args []any, parts []Part) (actor policy.Actor, found bool, err error) {
	var sql strings.Builder
	sql.WriteString("WITH me AS (SELECT id, username, operator FROM accounts WHERE " + which + ")" +
		" SELECT 0 AS part, id, username AS name, '' AS kind, operator AS yes FROM me")
	for i, p := range parts {
		fmt.Fprintf(&sql, " UNION ALL SELECT %d, id, name, kind, yes FROM (%s) AS part_%d", i+1, p.SQL, i+1)
		args = append(args, p.Args...)
	}
	rows, err := s.unit.Query(ctx).Raw(sql.String(), args...).Rows()
	if err != nil {
		return actor, false, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var r Row
		var part int
		if err := rows.Scan(&part, &r.ID, &r.Name, &r.Kind, &r.Yes); err != nil {
			return actor, false, err
		}
		if part == 0 {
			actor.Account, actor.Username, actor.Operator, found = r.ID, r.Name, r.Yes, true
			continue
		}
		parts[part-1].Fill(&actor, r)
	}
	return actor, found, rows.Err()
}
