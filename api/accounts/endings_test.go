package accounts_test

import (
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

const another = "another good password"

func signUp(h *apitest.House, username, password string) *apitest.Response {
	return h.Visitor().Do("POST", "/v1/accounts", J{"username": username, "password": password, "name": "张伟"}, nil)
}

// A sign-up whose answer was lost is made again; with another password the name is taken, and guessing is bounded as signing in is.
func TestASignUpIsRepeatedByItsPassword(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		id := signUp(h, "zhang.wei", apitest.Password).Want(201).Text("id")
		if again := signUp(h, "zhang.wei", apitest.Password).Want(201); again.Text("id") != id {
			t.Errorf("%s", again.Raw)
		}
		for range 10 {
			signUp(h, "zhang.wei", another).Refused(409, "username_taken")
		}
		signUp(h, "zhang.wei", apitest.Password).Refused(429, "rate_limited")
		h.Visitor().Do("POST", "/v1/sessions", J{"username": "zhang.wei", "password": apitest.Password}, nil).Refused(429, "rate_limited")
		signUp(h, "somebody.else", apitest.Password).Want(201)
	})
}

func change(c *apitest.Client, present, password string) *apitest.Response {
	return c.Do("PUT", "/v1/account/password", J{"current_password": present, "password": password}, nil)
}

func TestAPasswordIsChangedByThePresentOne(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		p := h.Verified("zhang.wei")
		other := h.Again(p)
		change(p, another, "a third good password").Refused(403, "wrong_password")
		change(p, apitest.Password, "short").Refused(400, "invalid_input")
		change(p, apitest.Password, apitest.Password).Refused(400, "invalid_input")
		other.Get("/v1/me").Want(200)
		change(p, apitest.Password, another).Want(204)
		p.Get("/v1/me").Want(200)
		other.Get("/v1/me").Refused(401, "token_invalid")
		change(p, apitest.Password, another).Want(204) // the answer was lost
		var told int
		h.Eventually("a mail tells of it", func() bool {
			told = 0
			for _, m := range h.Mails("zhang.wei@example.org") {
				if strings.HasPrefix(m.Subject, "密码已更改") {
					told++
				}
			}
			return told > 0
		})
		if told != 1 {
			t.Errorf("told %d times", told)
		}
		h.Visitor().Do("POST", "/v1/sessions", J{"username": "zhang.wei", "password": apitest.Password}, nil).Refused(401, "wrong_credentials")
		h.Visitor().Do("POST", "/v1/sessions", J{"username": "zhang.wei", "password": another}, nil).Want(201)
		for range 10 {
			change(p, "a wrong password", "a third good password").Refused(403, "wrong_password")
		}
		change(p, another, "a third good password").Refused(429, "rate_limited")
	})
}

// A reset that was done and whose answer was lost is answered again; with another password its link is used up.
func TestAResetIsRepeatedByItsPassword(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		h.Verified("zhang.wei")
		h.Visitor().Do("POST", "/v1/password-resets", J{"account": "zhang.wei"}, nil).Want(202)
		code := h.Code("zhang.wei@example.org")
		reset(h, code, another).Want(204)
		reset(h, code, another).Want(204)
		reset(h, code, "a third good password").Refused(400, "link_invalid")
		h.Visitor().Do("POST", "/v1/sessions", J{"username": "zhang.wei", "password": another}, nil).Want(201)
	})
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		p := h.Person("zhang.wei")
		second, third := h.Again(p), h.Again(p)
		list := p.Get("/v1/account/sessions").Want(200)
		if len(list.Items()) != 3 || list.At("items", 0, "current") != false || list.At("items", 2, "current") != true || strings.Contains(string(list.Raw), "jbt_") {
			t.Fatalf("%s", list.Raw)
		}
		of := list.Text("items", 1, "id")
		h.Person("li.na").Do("DELETE", "/v1/account/sessions/"+of, nil, nil).Refused(404, "not_found")
		p.Do("DELETE", "/v1/account/sessions/"+of, nil, nil).Want(204)
		p.Do("DELETE", "/v1/account/sessions/"+of, nil, nil).Want(204)
		second.Get("/v1/me").Refused(401, "token_invalid")
		third.Get("/v1/me").Want(200)
		p.Do("DELETE", "/v1/account/sessions", nil, nil).Want(204)
		third.Get("/v1/me").Refused(401, "token_invalid")
		if list := p.Get("/v1/account/sessions").Want(200); len(list.Items()) != 1 {
			t.Errorf("%s", list.Raw)
		}
	})
}

// An account that an operator deactivates is out at once, everywhere; what it was ends with it.
func TestAnAccountIsDeactivatedByAnOperator(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		path := "/v1/accounts/" + s.Account(s.First)
		r := h.Operator.Get(path).Want(200)
		own := h.Operator.Get("/v1/accounts/" + s.Account(h.Operator)).Want(200)
		h.Operator.Act("/v1/accounts/"+own.Text("id")+"/deactivate", own.ETag, J{"reason": "试试"}).Refused(403, "own_decision")
		h.Operator.Act(path+"/deactivate", r.ETag, J{"reason": " "}).Refused(400, "invalid_input")
		r = h.Operator.Act(path+"/deactivate", r.ETag, J{"reason": "已调离登记岗位"}).Want(200)
		if r.Text("state") != "deactivated" || r.Text("deactivated_by", "username") != "operator" {
			t.Errorf("%s", r.Raw)
		}
		h.Operator.Act(path+"/deactivate", r.ETag, J{"reason": "已调离登记岗位"}).Refused(409, "wrong_state")
		s.First.Get("/v1/me").Refused(401, "token_invalid")
		in := func(password string) *apitest.Response {
			return h.Visitor().Do("POST", "/v1/sessions", J{"username": s.First.Username, "password": password}, nil)
		}
		in(another).Refused(401, "wrong_credentials") // told to nobody who does not know the password
		in(apitest.Password).Refused(403, "account_deactivated")
		signUp(h, s.First.Username, apitest.Password).Refused(409, "username_taken")
		if e := h.Operator.Get("/v1/register-entries?username=" + s.First.Username).Want(200); e.Text("items", 0, "valid_to") != "2026-03-10" {
			t.Errorf("%s", e.Raw)
		}
		h.Operator.Post("/v1/register-entries", J{"kind": "broker", "username": s.First.Username, "valid_from": "2026-03-11"}).Refused(400, "invalid_input")
		if l := h.Operator.Get("/v1/accounts?state=deactivated").Want(200); len(l.Items()) != 1 {
			t.Errorf("%s", l.Raw)
		}
		h.Operator.Act(path+"/reactivate", r.ETag, nil).Want(200)
		in(apitest.Password).Want(201)
	})
}

// Whoever leaves by themself hands over what only they administer first.
func TestAnAccountIsDeactivatedByItsOwner(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		leave := func(c *apitest.Client, password string) *apitest.Response {
			return c.Do("POST", "/v1/account/deactivate", J{"password": password}, nil)
		}
		leave(s.Chief, another).Refused(403, "wrong_password")
		leave(s.Editor, apitest.Password).Refused(409, "last_administrator")
		s.Editor.Get("/v1/me").Want(200)
		leave(s.Chief, apitest.Password).Want(204)
		s.Chief.Get("/v1/me").Refused(401, "token_invalid")
		if m := s.Editor.Get("/v1/organizations/" + s.Uni + "/members").Want(200); len(m.Items()) != 1 {
			t.Errorf("%s", m.Raw)
		}
		leave(h.Deputy, apitest.Password).Want(204)
		leave(h.Operator, apitest.Password).Refused(409, "last_operator")
	})
}

// Of two operators who end each other at the same time one stays.
func TestTheBureauIsNotLeftWithoutAnybody(t *testing.T) {
	h := apitest.New(t, dbtest.New(t, db.Postgres))
	second := h.Deputy
	a, b := h.Operator.Get("/v1/accounts/"+h.Account(second)).Want(200), second.Get("/v1/accounts/"+h.Account(h.Operator)).Want(200)
	done := make(chan int, 2)
	for c, r := range map[*apitest.Client]*apitest.Response{h.Operator: a, second: b} {
		go func() {
			got, err := c.Try("POST", "/v1/accounts/"+r.Text("id")+"/deactivate", J{"reason": "互相停用"}, map[string]string{"If-Match": r.ETag})
			if err != nil {
				t.Error(err)
				done <- 0
				return
			}
			done <- got.Status
		}()
	}
	if x, y := <-done, <-done; x == 200 && y == 200 || x != 200 && y != 200 {
		t.Errorf("%d and %d", x, y)
	}
}

func TestARegisterEntryIsOneAtATimeAndEnds(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		h.Office("SY01", "210100")
		h.Office("DL01", "210200")
		p := h.Person("li.na")
		enter := func(change J) *apitest.Response {
			body := J{"kind": "registrar", "username": "li.na", "office": "SY01", "valid_from": "2026-01-01", "valid_to": "2026-06-30"}
			for k, v := range change {
				if body[k] = v; v == nil {
					delete(body, k)
				}
			}
			r := h.Operator.Post("/v1/register-entries", body)
			if r.Status == 201 {
				return h.Deputy.Act("/v1/register-entries/"+r.Text("id")+"/confirm", r.ETag, nil)
			}
			return r
		}
		first := enter(nil).Want(200)
		for _, twin := range []J{{}, {"valid_from": "2026-06-30", "valid_to": nil}, {"valid_from": "2025-06-01", "valid_to": "2026-01-01"}} {
			r := enter(twin).Refused(409, "register_overlap")
			if d := r.Text("detail"); !strings.Contains(d, first.Text("id")) || !strings.Contains(d, "li.na") || !strings.Contains(d, "2026-06-30") {
				t.Errorf("the holder is not named: %s", r.Raw)
			}
		}
		enter(J{"office": "DL01"}).Want(200)
		next := enter(J{"valid_from": "2026-07-01", "valid_to": nil}).Want(200)
		path := "/v1/register-entries/"
		h.Operator.Put(path+first.Text("id"), first.ETag, J{"valid_from": "2026-01-01"}).Refused(409, "register_overlap") // it would go on for ever
		h.Operator.Put(path+first.Text("id"), first.ETag, J{"valid_from": "2026-02-01", "valid_to": "2026-06-30"}).Refused(400, "invalid_input")
		h.Operator.Act(path+first.Text("id")+"/end", first.ETag, J{"last_day": "2026-03-09"}).Refused(400, "invalid_input")
		first = h.Operator.Act(path+first.Text("id")+"/end", first.ETag, J{"last_day": "2026-03-10"}).Want(200)
		if me := p.Get("/v1/me").Want(200); len(me.At("registrar_at").([]any)) != 2 || len(me.At("register_entries").([]any)) != 3 {
			t.Errorf("on the last day: %s", me.Raw)
		}
		h.Clock.Set("2026-03-10T16:00:00Z")
		h.Operator.Act(path+first.Text("id")+"/end", first.ETag, J{"last_day": "2026-12-31"}).Refused(409, "entry_over")
		if me := p.Get("/v1/me").Want(200); me.Text("registrar_at", 0) != "DL01" || len(me.At("register_entries").([]any)) != 2 {
			t.Errorf("after it: %s", me.Raw)
		}
		h.Operator.Put(path+next.Text("id"), next.ETag, J{"valid_from": "2026-05-01", "certificate": "换发"}).Want(200)
		r := h.Operator.Get(path + next.Text("id")).Want(200)
		h.Operator.Do("DELETE", path+first.Text("id"), nil, map[string]string{"If-Match": first.ETag}).Refused(409, "entry_begun")
		h.Operator.Do("DELETE", path+next.Text("id"), nil, map[string]string{"If-Match": r.ETag}).Want(204)
		enter(J{"valid_from": "2026-04-01"}).Want(200)
		if l := h.Operator.Get("/v1/register-entries?on=2026-03-10&office=SY01").Want(200); len(l.Items()) != 1 {
			t.Errorf("%s", l.Raw)
		}
		if r := h.Operator.Get("/v1/register-entries?office=XX99").Refused(400, "invalid_input"); r.Text("errors", 0, "pointer") != "query:office" {
			t.Errorf("%s", r.Raw)
		}
	})
}
