package desk

import (
	"errors"
	"time"

	"jiebang/internal/fault"
	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// signIn asks for name and password.
func signIn(p *site.Page) error {
	if p.SignedIn() {
		return p.Go(p.Query().Get("next"))
	}
	p.NoIndex = true
	return p.Show(p.T("signin.title"), signInPage(p, &ui.Form{Page: p}, p.Query().Get("next")))
}

// enter signs in by the same operation as programs do; its token is kept in a cookie that no script reads.
func enter(p *site.Page) error {
	form, err := p.Context.FormParams()
	if err != nil {
		return fault.InvalidInput.At("", fault.BadFormat, "表单无法读取，请返回重试。", "The form cannot be read; go back and try again.")
	}
	o := p.Book.Operation("createSession")
	body := o.Body.Value(form)
	answer, err := p.Call(site.Ask{Operation: o, Body: body})
	var refused *site.Problem
	if errors.As(err, &refused) {
		f := &ui.Form{Page: p, Values: body, Refused: refused}
		return p.ShowAs(refused.Status, p.T("signin.title"), signInPage(p, f, form.Get("next")))
	}
	if err != nil {
		return err
	}
	until, err := time.Parse(time.RFC3339, text(contract.Dig(answer.Value, "expires_at")))
	if err != nil {
		return err
	}
	p.Enter(text(contract.Dig(answer.Value, "token")), until)
	if next := form.Get("next"); next != "" {
		return p.Go(next)
	}
	return p.Go("/desk")
}

func leave(p *site.Page) error {
	if p.SignedIn() {
		if _, err := p.Call(site.Ask{Operation: p.Book.Operation("endSession")}); err != nil {
			return err
		}
	}
	p.Leave()
	return p.Go("/")
}

// join says how one comes to an account and what follows.
func join(p *site.Page) error {
	return p.Go("/do/createAccount?_next=/signin")
}

// account is what is kept about its reader, and what they may change of it.
func account(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	me, err := p.Read("getMe", "", nil)
	if err != nil {
		return err
	}
	sessions, err := p.Read("listSessions", "", nil)
	if err != nil {
		return err
	}
	value, _ := me.Value.(map[string]any)
	list, _ := sessions.Value.(map[string]any)
	p.NoIndex = true
	return p.Show(p.T("account.title"), accountPage(p, value, list))
}

// ownDeeds are the operations on one's own account.
var ownDeeds = []string{"updateAccount", "changePassword", "setEmail", "clearEmail", "endOtherSessions", "deactivateOwnAccount", "createOrganization"}
