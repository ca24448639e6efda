package accounts

import (
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/work"
)

func TestLinksAndRequestsAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := open(t, o)
		signedIn, err := h.SignIn(t.Context(), work.Call{}, "zhang.wei", "correct horse")
		if err != nil {
			t.Fatal(err)
		}
		actor, err := h.Authenticate(t.Context(), signedIn.Secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.SetEmail(t.Context(), work.Call{Actor: actor}, "zhang.wei@example.org"); err != nil {
			t.Fatal(err)
		}
		if err := h.RequestReset(t.Context(), work.Call{}, "", "zhang.wei"); err != nil {
			t.Fatal(err)
		}
		left := func() (links, requests, audits int64) {
			t.Helper()
			if err := h.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			for into, table := range map[*int64]any{&links: &link{}, &requests: &resetRequest{}} {
				if err := h.db.Reader.Model(table).Count(into).Error; err != nil {
					t.Fatal(err)
				}
			}
			if err := h.db.Reader.Model(&work.AuditRow{}).Where("action = ?", string(linksForgotten)).Count(&audits).Error; err != nil {
				t.Fatal(err)
			}
			return links, requests, audits
		}
		for _, c := range []struct {
			after                   time.Duration
			links, requests, audits int64
		}{{0, 1, 1, 0}, {25 * time.Hour, 1, 0, 1}, {25 * time.Hour, 1, 0, 1}, {31 * 24 * time.Hour, 0, 0, 2}} {
			h.now = h.now.Add(c.after)
			if links, requests, audits := left(); links != c.links || requests != c.requests || audits != c.audits {
				t.Errorf("after %s more: %d links, %d requests, %d audit rows", c.after, links, requests, audits)
			}
		}
	})
}

// An address that the machine's owner vouches for is as good as one that was confirmed.
func TestAnAddressIsVouchedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := open(t, o)
		if _, err := h.SignUp(t.Context(), work.Call{}, SignUpInput{Username: "bai", Password: "correct horse", Name: "白"}); err != nil {
			t.Fatal(err)
		}
		if err := h.Vouch(t.Context(), "zhang.wei", "Zhang@example.org"); err != nil {
			t.Fatal(err)
		}
		if err := h.Vouch(t.Context(), "bai", "zhang@EXAMPLE.org"); !fault.EmailTaken.Of(err) {
			t.Errorf("two accounts with one address: %v", err)
		}
		if err := h.Vouch(t.Context(), "bai", "zhang"); !fault.InvalidInput.Of(err) {
			t.Error(err)
		}
		if err := h.Vouch(t.Context(), "nobody", "a@example.org"); !fault.InvalidInput.Of(err) {
			t.Error(err)
		}
		for typed, want := range map[string]string{"zhang.wei": "zhang.wei", "ZHANG@example.org": "zhang.wei", "bai": "bai", "bai@example.org": "", "no": "", "": ""} {
			a, err := whoIs(h.db.Reader, typed)
			if err != nil || (a == nil) != (want == "") || a != nil && a.Username != want {
				t.Errorf("%q: %v %v", typed, a, err)
			}
		}
	})
}
