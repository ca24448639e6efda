package mail

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/mail/smtptest"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

func TestOldMailsAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := smtptest.Start(t, "", smtptest.Behaviour{To: func(to string) error {
			if strings.HasPrefix(to, "nobody") {
				return smtptest.Refuse(550, 1, 1)
			}
			return nil
		}})
		f := open(t, o, plain(s))
		sent := f.write("a@example.org", Offer{})
		failed := f.write("nobody@example.org", Offer{Secret: secret, Until: f.now().Add(7 * 24 * time.Hour)})
		f.run()
		forget := func() {
			t.Helper()
			if err := New(f.unit).Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		forget()
		if m := f.want(failed, Failed); f.kept(failed) != secret || m.Address == "" {
			t.Errorf("too early: %+v", m)
		}
		f.pass(8 * 24 * time.Hour)
		waiting := f.write("late@example.org", Offer{})
		forget()
		if m := f.want(failed, Failed); f.kept(failed) != "" || m.Address == "" {
			t.Errorf("its secret is over: %+v", m)
		}
		operator := work.Call{Operation: "test", Actor: policy.Actor{Account: work.NewID(), Operator: true}}
		if _, err := New(f.unit).SendAgain(t.Context(), operator, failed, 2); !fault.MailOver.Of(err) {
			t.Errorf("sent again, without what it offered: %v", err)
		}
		f.pass(90 * 24 * time.Hour)
		forget()
		for id, state := range map[uuid.UUID]State{sent: Sent, failed: Failed} {
			if m := f.want(id, state); m.Address != "" || m.AddressKey != "" || m.Data != "{}" || f.kept(id) != "" || m.Kind != "test.hello" {
				t.Errorf("%+v", m)
			}
		}
		var audits int64
		if err := f.db.Reader.Model(&work.AuditRow{}).Where("action = ?", "mail.forget").Count(&audits).Error; err != nil || audits != 2 {
			t.Errorf("%d audit rows, %v", audits, err)
		}
		if m := f.want(waiting, Waiting); m.Address == "" {
			t.Errorf("one that waits still was forgotten: %+v", m)
		}
	})
}

func TestLatelyCountsAMailboxHoweverItIsWritten(t *testing.T) {
	f := open(t, dbtest.New(t, db.SQLite), nil)
	f.write("A.b@example.org", Offer{})
	f.pass(2 * time.Hour)
	f.write("a.B@example.org", Offer{})
	for since, want := range map[time.Duration]int64{time.Hour: 1, 3 * time.Hour: 2, time.Minute: 1} {
		if n, err := Lately(f.db.Reader, "a.b@example.org", f.now().Add(-since), helloKind); err != nil || n != want {
			t.Errorf("%s: %d %v", since, n, err)
		}
	}
}

func TestOnlyOperatorsLookAfterMails(t *testing.T) {
	f := open(t, dbtest.New(t, db.SQLite), nil)
	id := f.write("zhang.wei@example.org", Offer{Secret: secret, Until: f.now().Add(time.Hour)})
	service, ctx := New(f.unit), context.Background()
	stranger, operator := policy.Actor{Account: work.NewID()}, policy.Actor{Account: work.NewID(), Operator: true}
	if _, err := service.List(ctx, stranger, Filter{}, db.Paging{Limit: 10}); !fault.NotAllowed.Of(err) {
		t.Error(err)
	}
	if _, err := service.Get(ctx, stranger, id); !fault.NotAllowed.Of(err) {
		t.Error(err)
	}
	page, err := service.List(ctx, operator, Filter{State: Waiting, Kind: "test.hello"}, db.Paging{Limit: 10})
	if err != nil || len(page.Items) != 1 || page.Items[0].To != "z***@example.org" {
		t.Errorf("%+v %v", page, err)
	}
	if shown := fmt.Sprintf("%+v", page.Items); strings.Contains(shown, secret) || strings.Contains(shown, "zhang") || strings.Contains(shown, "张") {
		t.Errorf("shown: %s", shown)
	}
	if page, err = service.List(ctx, operator, Filter{State: Failed}, db.Paging{Limit: 10}); err != nil || len(page.Items) != 0 {
		t.Errorf("%+v %v", page, err)
	}
}
