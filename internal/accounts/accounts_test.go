package accounts

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

type house struct {
	*Service
	now time.Time
	db  *db.DB
}

func open(t *testing.T, o db.Options) *house {
	t.Helper()
	h := &house{now: time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC), db: dbtest.Open(t, o)}
	secrets, err := seal.Open(filepath.Join(t.TempDir(), "secrets.json"), true)
	if err != nil {
		t.Fatal(err)
	}
	h.Service = New(work.New(h.db, func() time.Time { return h.now }, func() {}, work.WithSecrets(secrets)), Cost{Memory: 64, Passes: 1, Lanes: 1})
	if _, err := h.SignUp(t.Context(), work.Call{}, SignUpInput{Username: "zhang.wei", Password: "correct horse", Name: "张伟"}); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestATokenIsGoodUntilItEndsAndIsNotStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := open(t, o)
		ctx := t.Context()
		s, err := h.SignIn(ctx, work.Call{}, "zhang.wei", "correct horse")
		if err != nil {
			t.Fatal(err)
		}
		actor, err := h.Authenticate(ctx, s.Secret)
		if err != nil || actor.Username != "zhang.wei" || actor.Operator {
			t.Errorf("%+v %v", actor, err)
		}
		var stored []string
		if err := h.db.Reader.Raw("SELECT hash FROM tokens UNION SELECT password_hash FROM accounts UNION SELECT after FROM audit_details").Scan(&stored).Error; err != nil {
			t.Fatal(err)
		}
		for _, text := range stored {
			if strings.Contains(text, s.Secret) || strings.Contains(text, "correct horse") {
				t.Errorf("a secret is stored: %s", text)
			}
		}
		for _, wrong := range []string{"", "jbt_", s.Secret + "x", strings.ToLower(s.Secret), "Bearer " + s.Secret} {
			if _, err := h.Authenticate(ctx, wrong); !fault.TokenInvalid.Of(err) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		h.now = h.now.Add(tokenLife)
		if _, err := h.Authenticate(ctx, s.Secret); !fault.TokenInvalid.Of(err) {
			t.Errorf("after its life: %v", err)
		}
	})
}

func TestARevokedTokenIsGoneAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := open(t, o)
		s, err := h.SignIn(t.Context(), work.Call{}, "zhang.wei", "correct horse")
		if err != nil {
			t.Fatal(err)
		}
		actor, err := h.Authenticate(t.Context(), s.Secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.SignOut(t.Context(), work.Call{Actor: actor}, s.Secret); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Authenticate(t.Context(), s.Secret); !fault.TokenInvalid.Of(err) {
			t.Errorf("%v", err)
		}
	})
}

func TestGuessingAPasswordGetsSlow(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	ctx := context.Background()
	for i := range throwsBurst {
		if _, err := h.SignIn(ctx, work.Call{}, "zhang.wei", "wrong"); !fault.WrongCredentials.Of(err) {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	if _, err := h.SignIn(ctx, work.Call{}, "zhang.wei", "correct horse"); !fault.RateLimited.Of(err) {
		t.Errorf("after ten failures: %v", err)
	}
	if _, err := h.SignIn(ctx, work.Call{}, "nobody", "wrong"); !fault.WrongCredentials.Of(err) {
		t.Errorf("another name has to wait, too: %v", err)
	}
	h.now = h.now.Add(throwsRefill)
	if _, err := h.SignIn(ctx, work.Call{}, "zhang.wei", "correct horse"); err != nil {
		t.Errorf("half a minute later: %v", err)
	}
}

func TestAnOperatorMadeByCommandCanSignIn(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	for _, in := range []SignUpInput{{"Admin", "correct horse", "周"}, {"admin", "short", "周"}, {"admin", "correct horse", ""}} {
		if _, err := h.CreateOperator(t.Context(), in); !fault.InvalidInput.Of(err) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if _, err := h.CreateOperator(t.Context(), SignUpInput{"admin", "正确的马 电池 订书钉", "周"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignIn(t.Context(), work.Call{}, "admin", "正确的马 电池 订书钉"); err != nil {
		t.Error(err)
	}
}

func TestPasswordHashes(t *testing.T) {
	hash, err := DefaultCost.hash(t.Context(), "正确的马 电池")
	if err != nil {
		t.Fatal(err)
	}
	again, err := DefaultCost.hash(t.Context(), "正确的马 电池")
	if err != nil || again == hash {
		t.Errorf("the same password gives the same hash: %v", err)
	}
	for password, right := range map[string]bool{"正确的马 电池": true, "正确的马电池": false, "": false} {
		if ok, err := checkPassword(t.Context(), hash, password); err != nil || ok != right {
			t.Errorf("%q: %v %v", password, ok, err)
		}
	}
	if ok, err := checkPassword(t.Context(), DefaultCost.absent(), ""); ok || err != nil {
		t.Errorf("the absent account lets somebody in: %v", err)
	}
	for _, broken := range []string{"", "plain", "$argon2id$v=19$m=x$a$b", "$bcrypt$v=19$m=1,t=1,p=1$YQ$YQ"} {
		if ok, err := checkPassword(t.Context(), broken, "x"); ok || err == nil {
			t.Errorf("%q: %v %v", broken, ok, err)
		}
	}
}
