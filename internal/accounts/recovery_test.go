package accounts

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// An operator ends the sessions of another account, which signs in again by the same password and is told by mail; nobody else does, and
// no operator their own so.
func TestAnOperatorEndsTheSessionsOfAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := open(t, o)
		boss, err := h.CreateOperator(t.Context(), SignUpInput{"boss", "正确的马 电池 订书钉", "周"}, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Vouch(t.Context(), "zhang.wei", "zhang@example.org"); err != nil {
			t.Fatal(err)
		}
		zhang, two := h.begin(t, "zhang.wei", "correct horse"), h.begin(t, "zhang.wei", "correct horse")
		other := h.begin(t, "boss", "正确的马 电池 订书钉")
		id := h.actorOf(t, zhang).Account
		operator := work.Call{Operation: "test", Actor: policy.Actor{Account: boss.ID, Operator: true}}
		if _, err := h.EndSessions(t.Context(), work.Call{Actor: policy.Actor{Account: id}}, id, 2); !fault.NotAllowed.Of(err) {
			t.Errorf("by who is no operator: %v", err)
		}
		if _, err := h.EndSessions(t.Context(), operator, boss.ID, 1); !fault.OwnDecision.Of(err) {
			t.Errorf("one's own: %v", err)
		}
		if _, err := h.EndSessions(t.Context(), operator, id, 2); err != nil {
			t.Fatal(err)
		}
		h.ended(t, zhang, two)
		h.actorOf(t, other)
		h.actorOf(t, h.begin(t, "zhang.wei", "correct horse"))
		var told int64
		if err := h.db.Reader.Table("mails").Where("kind = 'sessions.ended' AND account_id = ?", id).Count(&told).Error; err != nil || told != 1 {
			t.Errorf("told by %d mails, %v", told, err)
		}
		h.audited(t, "account.end_sessions", id, &boss.ID)
		if _, err := h.Deactivate(t.Context(), operator, id, 3, "已离职"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.EndSessions(t.Context(), operator, id, 4); !fault.WrongState.Of(err) {
			t.Errorf("of an account that is deactivated: %v", err)
		}
	})
}

// Whoever has no address and forgot the password gets a new one by a command on the server, by the rules of all passwords. The sessions end,
// and what wrong guesses had barred is free again.
func TestACommandBringsAnAccountBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := open(t, o)
		zhang := h.begin(t, "zhang.wei", "correct horse")
		id := h.actorOf(t, zhang).Account
		for name, password := range map[string]string{"zhang.wei": "short", "nobody": "a quite new password"} {
			if err := h.CommandPassword(t.Context(), name, password); !fault.InvalidInput.Of(err) {
				t.Errorf("%s, %s: %v", name, password, err)
			}
		}
		h.actorOf(t, zhang)
		for range 30 {
			_, _ = h.SignIn(t.Context(), work.Call{}, "zhang.wei", "a wrong one")
		}
		if _, err := h.SignIn(t.Context(), work.Call{}, "zhang.wei", "correct horse"); !fault.RateLimited.Of(err) {
			t.Fatalf("not barred: %v", err)
		}
		if err := h.CommandPassword(t.Context(), "zhang.wei", "a quite new password"); err != nil {
			t.Fatal(err)
		}
		h.ended(t, zhang)
		if _, err := h.SignIn(t.Context(), work.Call{}, "zhang.wei", "correct horse"); !fault.WrongCredentials.Of(err) {
			t.Errorf("the password of before: %v", err)
		}
		again := h.begin(t, "zhang.wei", "a quite new password")
		h.audited(t, string(passwordSetByCommand), id, nil)
		if err := h.CommandEndSessions(t.Context(), "zhang.wei"); err != nil {
			t.Fatal(err)
		}
		h.ended(t, again)
		h.begin(t, "zhang.wei", "a quite new password")
		h.audited(t, string(sessionsEndedByCommand), id, nil)
		if err := h.CommandEndSessions(t.Context(), "nobody"); !fault.InvalidInput.Of(err) {
			t.Errorf("of nobody: %v", err)
		}
	})
}

func (h *house) begin(t *testing.T, username, password string) string {
	t.Helper()
	s, err := h.SignIn(t.Context(), work.Call{}, username, password)
	if err != nil {
		t.Fatal(err)
	}
	return s.Secret
}

func (h *house) actorOf(t *testing.T, secret string) policy.Actor {
	t.Helper()
	actor, err := h.Authenticate(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return actor
}

func (h *house) ended(t *testing.T, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if _, err := h.Authenticate(t.Context(), secret); !fault.TokenInvalid.Of(err) {
			t.Errorf("a session that was ended: %v", err)
		}
	}
}

// audited wants one row of a deed about an account, by whom it names.
func (h *house) audited(t *testing.T, deed string, id uuid.UUID, by *uuid.UUID) {
	t.Helper()
	var rows []work.AuditRow
	if err := h.db.Reader.Where("action = ? AND object_id = ?", deed, id).Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || (rows[0].AccountID == nil) != (by == nil) || by != nil && *rows[0].AccountID != *by {
		t.Errorf("%s: %+v", deed, rows)
	}
}
