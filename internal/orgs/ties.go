package orgs

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/policy"
)

// NameTie and CodeTie say by what an organization is known to a paper that does not name its record: its name, or its credit code, each in
// the form in which two are compared. IDTie is its record.
func NameTie(name string) string { return "name:" + codes.NameForm(name) }

// CodeTie is the tie to a credit code; see NameTie.
func CodeTie(code string) string { return "code:" + codes.NumberForm(code) }

// IDTie is the tie to an organization's record; see NameTie.
func IDTie(id uuid.UUID) string { return "id:" + id.String() }

// tied are the organizations, in whatever state, to which each of some accounts belongs, or is invited: by an offer to the account, or by mail
// to the address that it has shown to be its own.
//
// Whoever belongs to one is tied to the names that it had, too.
//
// What anybody can send binds by less than what its receiver has taken: an offer is a tie to the very record that makes it, and, once that is
// verified, to its name and code, which are then its own; or whoever signs up an organization of any name could keep a registrar from others'
// contracts.
const tied = `SELECT t.account_id, o.id, CASE WHEN t.taken OR o.state = 'verified' THEN o.name ELSE '' END AS name, CASE WHEN t.taken OR o.state = 'verified' THEN o.credit_code ELSE '' END AS credit_code
	FROM organizations o JOIN (
	SELECT m.account_id, m.organization_id, m.accepted_at IS NOT NULL AS taken FROM memberships m WHERE m.account_id IN (SELECT id FROM {accounts})
	UNION SELECT a.id, i.organization_id, FALSE FROM invitations i JOIN accounts a ON a.email_key = LOWER(i.address)
		WHERE i.state = 'open' AND i.expires_at > ? AND a.email_key <> '' AND a.email_verified_at IS NOT NULL AND a.id IN (SELECT id FROM {accounts})
	) t ON t.organization_id = o.id
	UNION ALL SELECT m.account_id, f.organization_id, f.name, '' FROM memberships m JOIN organization_names f ON f.organization_id = m.organization_id
		WHERE m.accepted_at IS NOT NULL AND m.account_id IN (SELECT id FROM {accounts})`

// in is that of the accounts whose ids a common table holds.
func in(table string) string { return strings.ReplaceAll(tied, "{accounts}", table) }

// tieRow is an organization that an account is tied to.
type tieRow struct {
	AccountID  uuid.UUID
	ID         uuid.UUID
	Name       string
	CreditCode string
}

func (r tieRow) forms() []string {
	out := []string{IDTie(r.ID)}
	if r.Name != "" {
		out = append(out, NameTie(r.Name))
	}
	if r.CreditCode != "" {
		out = append(out, CodeTie(r.CreditCode))
	}
	return out
}

// TiesOf tells by what the organizations are known that each account belongs or is invited to, as it is now: one query.
func TiesOf(q *gorm.DB, of []uuid.UUID, now time.Time) (map[uuid.UUID][]string, error) {
	out := map[uuid.UUID][]string{}
	if len(of) == 0 {
		return out, nil
	}
	var rows []tieRow
	err := q.Raw("WITH these AS (SELECT id FROM accounts WHERE id IN ?) "+in("these"), db.Among(of), now).Scan(&rows).Error
	for _, r := range rows {
		out[r.AccountID] = append(out[r.AccountID], r.forms()...)
	}
	return out, err
}

// TiesPart is what an actor is tied to.
func TiesPart(now time.Time) accounts.Part {
	return accounts.Part{
		SQL:  "SELECT id, name, credit_code AS kind, TRUE AS yes FROM (" + in("me") + ") AS tie",
		Args: []any{now},
		Fill: func(actor *policy.Actor, row accounts.Row) {
			actor.Ties = append(actor.Ties, tieRow{ID: row.ID, Name: row.Name, CreditCode: row.Kind}.forms()...)
		},
	}
}
