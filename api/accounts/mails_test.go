package accounts_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"jiebang/api/apitest"
)

type J = apitest.J

func setEmail(c *apitest.Client, address string) *apitest.Response {
	return c.Do("PUT", "/v1/account/email", J{"email": address}, nil)
}

func confirm(h *apitest.House, code string) *apitest.Response {
	return h.Visitor().Do("POST", "/v1/email-verifications/confirm", J{"token": code}, nil)
}

func forgot(h *apitest.House, who string) *apitest.Response {
	return h.Visitor().Do("POST", "/v1/password-resets", J{"account": who}, nil)
}

func reset(h *apitest.House, code, password string) *apitest.Response {
	return h.Visitor().Do("POST", "/v1/password-resets/confirm", J{"token": code, "password": password}, nil)
}

func TestAnAddressIsAnAccountsOnceItIsConfirmed(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		p := h.Person("zhang.wei")
		if me := p.Get("/v1/me").Want(200); me.Body["email"] != nil || me.Body["email_pending"] != nil {
			t.Errorf("%s", me.Raw)
		}
		setEmail(p, "Zhang.Wei@Example.ORG").Want(202)
		if me := p.Get("/v1/me").Want(200); me.Body["email"] != nil || me.Text("email_pending") != "Zhang.Wei@example.org" {
			t.Errorf("%s", me.Raw)
		}
		first := h.Code("Zhang.Wei@example.org")
		setEmail(p, "zhang@example.org").Want(202)
		second := h.Code("zhang@example.org")
		confirm(h, first).Refused(400, "link_invalid") // only the last counts
		confirm(h, second).Want(204)
		confirm(h, second).Want(204) // the answer was lost
		me := p.Get("/v1/me").Want(200)
		if me.Text("email") != "zhang@example.org" || me.Body["email_pending"] != nil || me.Text("email_verified_at") == "" {
			t.Errorf("%s", me.Raw)
		}

		// Until another is confirmed, this one stays; it is told when it goes.
		setEmail(p, "wei@例子.中国").Want(202)
		if me := p.Get("/v1/me").Want(200); me.Text("email") != "zhang@example.org" || me.Text("email_pending") != "wei@xn--fsqu00a.xn--fiqs8s" {
			t.Errorf("%s", me.Raw)
		}
		late := h.Code("wei@xn--fsqu00a.xn--fiqs8s")
		h.Clock.Set("2026-03-11T02:00:01Z") // a day later
		confirm(h, late).Refused(400, "link_invalid")
		if me := p.Get("/v1/me").Want(200); me.Body["email_pending"] != nil {
			t.Errorf("%s", me.Raw)
		}
		setEmail(p, "wei@example.org").Want(202)
		confirm(h, h.Code("wei@example.org")).Want(204)
		h.Quiet("zhang@example.org", 2)
		if told := h.Mails("zhang@example.org")[1]; !strings.Contains(told.Subject, "不再使用") || !strings.Contains(told.Text, "zhang.wei") {
			t.Errorf("%+v", told)
		}
		p.Do("DELETE", "/v1/account/email", nil, nil).Want(204)
		p.Do("DELETE", "/v1/account/email", nil, nil).Want(204)
		if me := p.Get("/v1/me").Want(200); me.Body["email"] != nil || me.Body["email_verified_at"] != nil {
			t.Errorf("%s", me.Raw)
		}
		h.Quiet("wei@example.org", 2)
	})
}

// Who gives an address that is somebody else's learns nothing of it; the somebody does.
func TestAnAddressOfAnotherAccountIsToldToItsHolderAlone(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		h.Verified("holder")
		curious, other := h.Person("curious"), h.Person("other")
		taken, free := setEmail(curious, "HOLDER@example.org").Want(202), setEmail(other, "free@example.org").Want(202)
		if string(taken.Raw) != string(free.Raw) || len(taken.Header) != len(free.Header) {
			t.Errorf("the answers differ: %v %v", taken.Header, free.Header)
		}
		h.Quiet("holder@example.org", 2)
		told := h.Mails("holder@example.org")[1]
		if strings.Contains(told.Text, "jbl_") || !strings.Contains(told.Text, "holder") || strings.Contains(told.Text, "curious") {
			t.Errorf("%+v", told)
		}
		h.Quiet("HOLDER@example.org", 0)
		if me := curious.Get("/v1/me").Want(200); me.Text("email_pending") != "HOLDER@example.org" || me.Body["email"] != nil {
			t.Errorf("%s", me.Raw)
		}

		// Both ask for one that is free: who confirms first has it, and the other, who reads its mails, may know.
		setEmail(curious, "shared@example.org").Want(202)
		one := h.Code("shared@example.org")
		setEmail(other, "Shared@example.org").Want(202)
		two := h.Code("Shared@example.org")
		confirm(h, one).Want(204)
		confirm(h, two).Refused(409, "email_taken")
		curious.Do("DELETE", "/v1/account/email", nil, nil).Want(204)
		confirm(h, two).Want(204)
	})
}

func TestMailsToAnAddressAreBounded(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		p := h.Person("eager")
		for i := range 5 {
			setEmail(p, fmt.Sprintf("a%d@example.org", i)).Want(202)
		}
		if r := setEmail(p, "a5@example.org").Refused(429, "rate_limited"); r.Header.Get("Retry-After") != "3600" {
			t.Errorf("%v", r.Header)
		}
		// Many accounts do not flood one mailbox either.
		for i := range 5 {
			setEmail(h.Person(fmt.Sprintf("crowd%d", i)), "Victim@example.org").Want(202)
		}
		setEmail(h.Person("crowd5"), "victim@example.org").Refused(429, "rate_limited")
		h.Clock.Set("2026-03-10T03:00:01Z")
		setEmail(p, "a5@example.org").Want(202)
	})
}

func TestAForgottenPasswordIsSetAnewByMail(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		p := h.Verified("forgetful")
		unverified := h.Person("unverified")
		setEmail(unverified, "unverified@example.org").Want(202)
		h.Code("unverified@example.org")
		var answers []*apitest.Response
		for _, who := range []string{"forgetful", "nobody.at.all", "unverified", "nobody@example.org", "unverified@example.org", "没有这个人", "FORGETFUL@Example.org"} {
			answers = append(answers, forgot(h, who).Want(202))
		}
		for _, a := range answers {
			if string(a.Raw) != "" || len(a.Header) != len(answers[0].Header) {
				t.Errorf("answers differ: %v", a.Header)
			}
		}
		h.Quiet("forgetful@example.org", 3) // by name and by address, after the one that confirmed it
		h.Quiet("unverified@example.org", 1)
		h.Quiet("nobody@example.org", 0)

		first, second := h.Code("forgetful@example.org"), h.Code("forgetful@example.org")
		reset(h, first, "a new good password").Refused(400, "link_invalid") // the last counts
		reset(h, second, "short").Refused(400, "invalid_input")
		reset(h, "jbl_NOSUCHCODEATALL", "a new good password").Refused(400, "link_invalid")
		reset(h, second, "a new good password").Want(204)
		reset(h, second, "another good password").Refused(400, "link_invalid")
		p.Get("/v1/me").Refused(401, "token_invalid")
		h.Visitor().Do("POST", "/v1/sessions", J{"username": "forgetful", "password": apitest.Password}, nil).Refused(401, "wrong_credentials")
		h.Visitor().Do("POST", "/v1/sessions", J{"username": "forgetful", "password": "a new good password"}, nil).Want(201)
		h.Quiet("forgetful@example.org", 4)
		if told := h.Mails("forgetful@example.org")[3]; !strings.Contains(told.Subject, "密码已重设") || strings.Contains(told.Text, "jbl_") {
			t.Errorf("%+v", told)
		}
		// A code for one purpose opens nothing else.
		setEmail(unverified, "u2@example.org").Want(202)
		reset(h, h.Code("u2@example.org"), "a new good password").Refused(400, "link_invalid")
	})
}

func TestLinksToANewPasswordAreFewAndShortLived(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		h.Verified("forgetful")
		for range 6 {
			forgot(h, "forgetful").Want(202)
			h.Quiet("nobody@example.org", 0)
		}
		h.Quiet("forgetful@example.org", 4) // three an hour, and nobody is told that there were more
		h.Code("forgetful@example.org")
		h.Code("forgetful@example.org")
		last := h.Code("forgetful@example.org")
		h.Clock.Set("2026-03-10T02:31:00Z")
		reset(h, last, "a new good password").Refused(400, "link_invalid")
		h.Clock.Set("2026-03-10T03:01:00Z")
		forgot(h, "forgetful").Want(202)
		code := h.Code("forgetful@example.org")

		// Of many who come with one code at once, one gets through.
		var all sync.WaitGroup
		statuses := make(chan int, 8)
		for i := range 8 {
			all.Go(func() {
				r, err := h.Visitor().Try("POST", "/v1/password-resets/confirm", J{"token": code, "password": fmt.Sprintf("a new good password %d", i)}, nil)
				if err != nil {
					t.Error(err)
					return
				}
				statuses <- r.Status
			})
		}
		all.Wait()
		close(statuses)
		count := map[int]int{}
		for s := range statuses {
			count[s]++
		}
		if count[204] != 1 || count[400] != 7 {
			t.Errorf("%v", count)
		}
		h.Quiet("forgetful@example.org", 6)
	})
}

// An address that goes takes the links to a new password in its mailbox along.
func TestALinkInAnOldMailboxIsVoid(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		p := h.Verified("mover")
		forgot(h, "mover").Want(202)
		old := h.Code("mover@example.org")
		setEmail(p, "mover.new@example.org").Want(202)
		confirm(h, h.Code("mover.new@example.org")).Want(204)
		reset(h, old, "a new good password").Refused(400, "link_invalid")
	})
}

func TestOneClientCannotAskForEver(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		for range 30 {
			forgot(h, "nobody").Want(202)
		}
		if r := forgot(h, "somebody").Refused(429, "rate_limited"); r.Header.Get("Retry-After") != "20" {
			t.Errorf("%v", r.Header)
		}
		reset(h, "jbl_NOSUCHCODEATALL", "a new good password").Refused(429, "rate_limited")
		h.Clock.Set("2026-03-10T02:00:40Z")
		forgot(h, "nobody").Want(202)
	})
}

// What was sent in secret is nowhere but in the mail.
func TestNoSecretIsKept(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		h.Verified("careful")
		forgot(h, "careful").Want(202)
		code := h.Code("careful@example.org")
		h.Quiet("nobody@example.org", 0)
		for _, q := range []string{
			"SELECT secret || data || reason FROM mails", "SELECT before || after FROM audit_details", "SELECT hash || address FROM account_links", "SELECT last_error FROM jobs",
			"SELECT typed FROM reset_requests", "SELECT email || email_key FROM accounts",
		} {
			var rows []string
			if err := h.App.DB.Reader.Raw(q).Scan(&rows).Error; err != nil {
				t.Fatal(err)
			}
			if all := strings.Join(rows, "\n"); strings.Contains(all, code) || strings.Contains(all, "jbl_") {
				t.Errorf("%s holds a secret:\n%s", q, all)
			}
		}
		r := h.Operator.Get("/v1/mails?kind=password.reset&state=sent").Want(200)
		if strings.Contains(string(r.Raw), "careful") || r.Text("items", 0, "to") != "c***@example.org" || len(r.Items()) != 1 {
			t.Errorf("%s", r.Raw)
		}
	})
}
