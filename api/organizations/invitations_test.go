package organizations_test

import (
	"fmt"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

type J = apitest.J

func accept(c *apitest.Client, code string) *apitest.Response {
	return c.Do("POST", "/v1/received-invitations/accept", J{"token": code}, nil)
}

func lookUp(c *apitest.Client, code string) *apitest.Response {
	return c.Do("POST", "/v1/received-invitations/look-up", J{"token": code}, nil)
}

func TestSomebodyWithoutAnAccountIsInvitedByMail(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		path := "/v1/organizations/" + s.Uni + "/invitations"
		r := s.Editor.Post(path, J{"email": "Guest@Example.org", "admin": true}).Want(201)
		if r.Text("state") != "open" || r.Text("email") != "Guest@example.org" || r.At("admin") != true || r.Text("organization", "name") != "盛北理工大学" {
			t.Errorf("%s", r.Raw)
		}
		if strings.Contains(string(r.Raw), "jbl_") {
			t.Errorf("the secret is shown: %s", r.Raw)
		}
		code := h.Code("Guest@example.org")
		if m := h.Mails("Guest@example.org")[0]; !strings.Contains(m.Subject, "盛北理工大学") ||
			!strings.Contains(m.HTML, `href="https://jiebang.example.org/links/invitation#`+code+`"`) {
			t.Errorf("%+v", m)
		}
		seen := lookUp(h.Visitor(), code).Want(200)
		if seen.Text("organization", "name") != "盛北理工大学" || seen.Text("email") != "Guest@example.org" || seen.At("admin") != true {
			t.Errorf("%s", seen.Raw)
		}
		guest := h.Person("guest")
		accept(guest, code).Want(200)
		accept(guest, code).Want(200) // the answer was lost
		accept(h.Person("another"), code).Refused(400, "link_invalid")
		lookUp(guest, code).Refused(400, "link_invalid")
		if me := guest.Get("/v1/me").Want(200); me.Text("organizations", 0, "id") != s.Uni {
			t.Errorf("%s", me.Raw)
		}
		r = guest.Get("/v1/invitations/" + r.Text("id")).Want(200) // an administrator by now
		if r.Text("state") != "accepted" || r.Text("accepted_by", "username") != "guest" || r.Text("invited_by", "username") != s.Editor.Username {
			t.Errorf("%s", r.Raw)
		}
		guest.Act("/v1/invitations/"+r.Text("id")+"/withdraw", r.ETag, nil).Refused(409, "wrong_state")
		if list := guest.Get("/v1/invitations?organization_id=" + s.Uni).Want(200); len(list.Items()) != 1 {
			t.Errorf("%s", list.Raw)
		}
		if list := s.Buyer.Get("/v1/invitations").Want(200); len(list.Items()) != 0 {
			t.Errorf("another organization's: %s", list.Raw)
		}
	})
}

func TestAnInvitationEnds(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		guest := h.Person("guest")
		id, tag := s.Invitation(s.Editor, s.Uni)
		withdrawn := h.Code(s.Editor.Get("/v1/invitations/" + id).Want(200).Text("email"))
		s.Editor.Act("/v1/invitations/"+id+"/withdraw", tag, nil).Want(200)
		accept(guest, withdrawn).Refused(400, "link_invalid")
		late := s.InvitationCode(s.Editor, s.Uni)

		// Whoever is a member already keeps what they are, and the invitation is there for whom it was meant.
		accept(s.Chief, late).Refused(409, "already_member")
		lookUp(guest, late).Want(200)
		h.Clock.Set("2026-03-17T02:00:30Z")
		accept(guest, late).Refused(400, "link_invalid")
		lookUp(guest, late).Refused(400, "link_invalid")
		if list := guest.Get("/v1/me").Want(200); len(list.At("organizations").([]any)) != 0 {
			t.Errorf("%s", list.Raw)
		}
	})
}

// Membership was offered by user name as well: the mail's acceptance takes it.
func TestAnInvitationMeetsAnOffer(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		guest := h.Person("guest")
		o := s.Editor.Get("/v1/organizations/" + s.Uni).Want(200)
		s.Editor.Act("/v1/organizations/"+s.Uni+"/members", o.ETag, J{"username": "guest", "admin": true}).Want(200)
		accept(guest, s.InvitationCode(s.Editor, s.Uni)).Want(200)
		me := guest.Get("/v1/me").Want(200)
		if len(me.At("organizations").([]any)) != 1 || len(me.At("invitations").([]any)) != 0 {
			t.Errorf("%s", me.Raw)
		}
		guest.Get("/v1/invitations?organization_id=" + s.Uni).Want(200)
		guest.Post("/v1/organizations/"+s.Uni+"/invitations", J{"email": "x@example.org"}).Want(201) // the offer was to be an administrator
	})
}

func TestInvitationsAreBounded(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		hidden, _ := s.Pending()
		s.Editor.Post("/v1/organizations/"+hidden+"/invitations", J{"email": "a@example.org"}).Refused(409, "organization_pending")
		path := "/v1/organizations/" + s.Uni + "/invitations"
		s.Editor.Post(path, J{"email": "not an address"}).Refused(400, "invalid_input")
		s.Editor.Post(path, J{"email": "a@127.0.0.1"}).Refused(400, "invalid_input")
		for i := range 5 {
			s.Editor.Post(path, J{"email": fmt.Sprintf("%s@example.org", []string{"guest", "Guest", "GUEST", "gUest", "guesT"}[i])}).Want(201)
		}
		s.Editor.Post(path, J{"email": "guest@example.org"}).Refused(429, "rate_limited")
		s.Editor.Post(path, J{"email": "another@example.org"}).Want(201)
	})
}
