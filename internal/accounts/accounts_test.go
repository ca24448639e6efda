package accounts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// The log of failed sign-ins is long, and a test says itself what it found.
func init() { slog.SetDefault(slog.New(slog.DiscardHandler)) }

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

// Whoever names somebody keeps nobody out but themself: attempts count by name and client, over all processes, and what is full is not
// forgotten because others came.
func TestGuessingAPasswordGetsSlow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := open(t, o)
		other := New(h.unit, h.cost) // another process
		guesser, owner := From(t.Context(), "203.0.113.7"), From(t.Context(), "198.51.100.2")
		for i := range 28 {
			s := h.Service
			if i%2 == 1 {
				s = other
			}
			_, err := s.SignIn(guesser, work.Call{}, "zhang.wei", "wrong")
			if want := map[bool]fault.Definition{true: fault.WrongCredentials, false: fault.RateLimited}[i < throws.burst]; !want.Of(err) {
				t.Fatalf("attempt %d: %v", i, err)
			}
		}
		for i := range sprays.burst - 29 { // other names, and as many as one client may try
			if _, err := h.SignIn(guesser, work.Call{}, fmt.Sprintf("name%d", i), "wrong"); !fault.WrongCredentials.Of(err) {
				t.Fatalf("name %d: %v", i, err)
			}
		}
		if _, err := h.SignIn(guesser, work.Call{}, "zhang.wei", "correct horse"); !fault.RateLimited.Of(err) {
			t.Errorf("the guesser's tries were forgotten: %v", err)
		}
		if _, err := h.SignIn(guesser, work.Call{}, "one.more", "wrong"); !fault.RateLimited.Of(err) {
			t.Errorf("one client tries any number of names: %v", err)
		}
		if _, err := h.SignIn(owner, work.Call{}, "zhang.wei", "correct horse"); err != nil {
			t.Errorf("somebody else's guesses keep the owner out: %v", err)
		}
		if err := h.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.now = h.now.Add(throws.refill)
		if _, err := h.SignIn(guesser, work.Call{}, "zhang.wei", "correct horse"); err != nil {
			t.Errorf("half a minute later: %v", err)
		}
		h.now = h.now.Add(time.Hour)
		if err := h.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		var left int64
		if err := h.db.Reader.Model(&throttle{}).Count(&left).Error; err != nil || left != 0 {
			t.Errorf("%d allowances that are whole again are kept, %v", left, err)
		}
	})
}

// A failed sign-in is in the log with account and client; what was typed is not: people type passwords into the place of names.
func TestAFailedSignInIsInTheLog(t *testing.T) {
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	defer slog.SetDefault(before)
	h := open(t, dbtest.New(t, db.SQLite))
	for _, username := range []string{"zhang.wei", "my secret passphrase"} {
		if _, err := h.SignIn(From(t.Context(), "203.0.113.7"), work.Call{RequestID: "r-1"}, username, "another secret"); !fault.WrongCredentials.Of(err) {
			t.Error(err)
		}
	}
	log := out.String()
	if strings.Contains(log, "secret") || !strings.Contains(log, "account=zhang.wei client=203.0.113.7 request=r-1") || !strings.Contains(log, "account=none client=203.0.113.7") {
		t.Errorf("%s", log)
	}
}

// Those who come at once do not get past the count either.
func TestManyAttemptsAtOnceAreAsFewAsManyInARow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := open(t, o)
		var looked atomic.Int64
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				if err := h.take(t.Context(), throws, "zhang.wei", "203.0.113.7"); err == nil {
					looked.Add(1)
				} else if !fault.RateLimited.Of(err) {
					t.Error(err)
				}
			})
		}
		if all.Wait(); looked.Load() != int64(throws.burst) {
			t.Errorf("%d of 40 got through", looked.Load())
		}
	})
}

// Whoever read the clock before the others and is counted after them gets as little past a full count as anybody; a count by a clock that
// was far ahead keeps nobody out.
func TestACountIsAsFullForWhoeverWasSlow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := open(t, o)
		take := func() error { return h.take(t.Context(), throws, "zhang.wei", "203.0.113.7") }
		for range throws.burst {
			if err := take(); err != nil {
				t.Fatal(err)
			}
		}
		for _, ago := range []time.Duration{time.Microsecond, 3 * time.Second, throws.full()} {
			h.now = h.now.Add(-ago)
			if err := take(); !fault.RateLimited.Of(err) {
				t.Errorf("%s ago: %v", ago, err)
			}
			h.now = h.now.Add(ago)
		}
		h.now = h.now.Add(-throws.full() - time.Second)
		if err := take(); err != nil {
			t.Errorf("a clock that was far ahead keeps somebody out: %v", err)
		}
	})
}

// Who comes when the queue before the hashes is full is told so at once, one client does not fill it, and new passwords have their own.
func TestTheQueueBeforeTheHashesIsBounded(t *testing.T) {
	q, up := newQueue(1), newQueue(1)
	leave, err := q.slot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	line := func(client string, n int) {
		for range n {
			waiting.Go(func() {
				done, err := q.stand(From(ctx, client))
				if err != nil {
					t.Error(err)
					return
				}
				defer done()
				if _, err := q.slot(ctx); err == nil {
					t.Error("two in one slot")
				}
			})
		}
	}
	stands := func(n int) {
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
			q.mu.Lock()
			all := q.all
			q.mu.Unlock()
			if all == n {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d wait, not %d", all, n)
			}
		}
	}
	line("one", queueEach)
	stands(queueEach)
	refused := func(client string) {
		t.Helper()
		_, err := q.stand(From(t.Context(), client))
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Overloaded.Code || f.RetryAfter <= 0 {
			t.Errorf("%s: %v", client, err)
		}
	}
	refused("one")
	line("two", queueMost-queueEach)
	stands(queueMost)
	refused("three")
	if done, err := up.stand(t.Context()); err != nil {
		t.Errorf("signing up waits for signing in: %v", err)
	} else {
		done()
	}
	cancel()
	waiting.Wait()
	leave()
	if len(q.waiting) != 0 || q.all != 0 {
		t.Errorf("%v wait still", q.waiting)
	}
}

func TestPasswordsThatAreGuessedFirst(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	h.KnownBy(func(*gorm.DB, Person) ([]string, error) { return []string{"盛北理工大学"}, nil })
	a := &Account{Username: "lin.yanzhou", Name: "林砚舟", Email: "yanzhou1990@example.org"}
	for password, good := range map[string]bool{
		"lin.yanzhou": false, "LIN.YANZHOU1": false, "lin.yanzhou123": false, "yanzhou1990!": false, "盛北理工大学2026": false, "林砚舟1234567": true,
		"qwertyuiop": false, "ＱＷＥＲＴＹＵＩＯＰ": false, "1234567890": false, "aaaaaaaaaaaa": false, "abcabcabcabc": false, "abcdefghijkl": false, "woaini1314520": false, "9876543210": false,
		"short": false, "correct horse": true, "jiebang-demo": true, "lin.yanzhou likes the river": true, "a-password-of-their-own": true, "正确的马 电池 订书钉": true,
	} {
		if err := h.fit(h.db.Reader, a, password); (err == nil) != good {
			t.Errorf("%q: %v", password, err)
		}
	}
	if _, err := h.SignUp(t.Context(), work.Call{}, SignUpInput{Username: "wang.xiaoming", Password: "wang.xiaoming", Name: "王"}); !fault.InvalidInput.Of(err) {
		t.Errorf("a password that is the user name: %v", err)
	}
}

func TestAnOperatorMadeByCommandCanSignIn(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	for _, in := range []SignUpInput{{"Admin", "correct horse", "周"}, {"admin", "short", "周"}, {"admin", "correct horse", ""}} {
		if _, err := h.CreateOperator(t.Context(), in, ""); !fault.InvalidInput.Of(err) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if _, err := h.CreateOperator(t.Context(), SignUpInput{"admin", "正确的马 电池 订书钉", "周"}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignIn(t.Context(), work.Call{}, "admin", "正确的马 电池 订书钉"); err != nil {
		t.Error(err)
	}
}

// Two accounts whose names a reader takes for each other would be taken for one person.
func TestAUserNameThatLooksLikeAnothersIsTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := open(t, o)
		sign := func(username string) error {
			_, err := h.SignUp(t.Context(), work.Call{}, SignUpInput{username, "正确的马 电池 订书钉", "周"})
			return err
		}
		if err := sign("li.na10"); err != nil {
			t.Fatal(err)
		}
		for _, like := range []string{"li_na10", "li-na1o", "l1.na10", "ll.na10", "li.nalo"} {
			if err := sign(like); !fault.UsernameTaken.Of(err) {
				t.Errorf("%s: %v", like, err)
			}
		}
		for _, apart := range []string{"li.na11", "lina10", "li.nb10"} {
			if err := sign(apart); err != nil {
				t.Errorf("%s: %v", apart, err)
			}
		}
		if err := sign("li.na10"); err != nil {
			t.Errorf("done again: %v", err)
		}
	})
}

// Names of the command line are held to the rule of all texts, and beyond two operators a command wants a reason.
func TestOperatorsByCommand(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	make := func(username, name, reason string) error {
		_, err := h.CreateOperator(t.Context(), SignUpInput{username, "正确的马 电池 订书钉", name}, reason)
		return err
	}
	for _, name := range []string{"周\u202e望舒", "\u2063", "周\n望舒", "\u3164"} {
		if err := make("admin", name, ""); !fault.InvalidInput.Of(err) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := errors.Join(make("admin", " 周望舒 ", ""), make("deputy", "金副手", "")); err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := h.db.Reader.Model(&Account{}).Where("username = 'admin'").Pluck("name", &names).Error; err != nil || names[0] != "周望舒" {
		t.Errorf("%q, %v", names, err)
	}
	if err := make("third", "第三人", ""); !fault.OperatorsThere.Of(err) {
		t.Errorf("a third one without a reason: %v", err)
	}
	if err := make("third", "第三人", "两位运营人员的密码均已遗失"); err != nil {
		t.Error(err)
	}
}

func TestPasswordHashes(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	h.cost = DefaultCost
	hash, err := h.hash(t.Context(), "正确的马 电池")
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.hash(t.Context(), "正确的马 电池")
	if err != nil || again == hash {
		t.Errorf("the same password gives the same hash: %v", err)
	}
	for password, right := range map[string]bool{"正确的马 电池": true, "正确的马\u3000电池": true, "正确的马电池": false, "": false} {
		if ok, err := h.check(t.Context(), hash, password); err != nil || ok != right {
			t.Errorf("%q: %v %v", password, ok, err)
		}
	}
	// One of before was made of what was typed, whatever its form.
	typed, salt := "ｐａｓｓ ｗｏｒｄ", make([]byte, saltLength)
	old := Cost{64, 1, 1}.write(salt, argon2.IDKey([]byte(typed), salt, 1, 64, 1, hashLength))
	for password, right := range map[string]bool{typed: true, "pass word": false} {
		if ok, err := h.check(t.Context(), old, password); err != nil || ok != right {
			t.Errorf("of before, %q: %v %v", password, ok, err)
		}
	}
	if ok, err := h.check(t.Context(), DefaultCost.absent(), ""); ok || err != nil {
		t.Errorf("the absent account lets somebody in: %v", err)
	}
	for _, broken := range []string{"", "plain", "$argon2id$v=19$m=x$a$b", "$bcrypt$v=19$m=1,t=1,p=1$YQ$YQ"} {
		if ok, err := h.check(t.Context(), broken, "x"); ok || err == nil {
			t.Errorf("%q: %v %v", broken, ok, err)
		}
	}
}

// Whoever reads a name wants to know somebody by it: marks alone are none.
func TestANameOfMarksAloneIsNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := open(t, o)
		for i, name := range []string{"……", "。", "★", "*"} {
			_, err := h.SignUp(t.Context(), work.Call{}, SignUpInput{fmt.Sprint("marks.", i, i, i), "正确的马 电池 订书钉", name})
			if !fault.InvalidInput.Of(err) || !strings.Contains(fmt.Sprint(err), fault.Placeholder.Code) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
