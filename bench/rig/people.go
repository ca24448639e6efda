package rig

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"jiebang/internal/codes"
	"jiebang/internal/when"
)

// Password is everybody's.
const Password = "correct horse battery"

// Visitor has no account.
func (r *Rig) Visitor() *Client { return &Client{URL: r.URL} }

// Person signs up and in.
func (r *Rig) Person(ctx context.Context, username string) (*Client, error) {
	_, err := r.Visitor().Post(ctx, "/v1/accounts", J{"username": username, "password": Password, "name": username})
	if err != nil {
		return nil, err
	}
	return r.SignIn(ctx, username)
}

// SignIn signs somebody in who has signed up with Password.
func (r *Rig) SignIn(ctx context.Context, username string) (*Client, error) {
	a, err := r.Visitor().Post(ctx, "/v1/sessions", J{"username": username, "password": Password})
	if err != nil {
		return nil, err
	}
	return &Client{URL: r.URL, Token: a.Text("token"), Username: username}, nil
}

// Organization is a verified organization with two members, so that one can publish what the other submitted.
type Organization struct {
	ID             uuid.UUID
	Name, Region   string
	Editor, Second *Client
}

// Organization makes one in Shenyang.
func (r *Rig) Organization(ctx context.Context, name, kind string) (Organization, error) {
	o := Organization{Name: name, Region: "210112"}
	r.people++
	slug := fmt.Sprintf("org%03d", r.people)
	var err error
	if o.Editor, err = r.Person(ctx, slug+".editor"); err != nil {
		return o, err
	}
	if o.Second, err = r.Person(ctx, slug+".second"); err != nil {
		return o, err
	}
	code, err := codes.CompleteCreditCode("91210100", fmt.Sprintf("MA%06d", r.people))
	if err != nil {
		return o, err
	}
	a, err := o.Editor.Post(ctx, "/v1/organizations", J{
		"name": name, "kind": kind, "credit_code": code, "region": o.Region,
		"contact": J{"name": "联系人", "phone": "024-00000000", "email": slug + "@example.org"},
	})
	if err != nil {
		return o, err
	}
	o.ID = a.ID()
	path := "/v1/organizations/" + o.ID.String()
	if a, err = o.Editor.Act(ctx, path+"/members", a.ETag, J{"username": o.Second.Username}); err != nil {
		return o, err
	}
	if _, err = o.Second.Post(ctx, path+"/join", nil); err != nil {
		return o, err
	}
	_, err = r.Operator.Act(ctx, path+"/verify", a.ETag, nil)
	return o, err
}

// Registrars makes an office for Shenyang and two registrars of it.
func (r *Rig) Registrars(ctx context.Context) (first, second *Client, err error) {
	_, err = r.Operator.Post(ctx, "/v1/offices", J{"code": "SY01", "name": "沈阳技术合同登记处", "region": "210100"})
	if err != nil {
		return nil, nil, err
	}
	both := [2]*Client{}
	for i, name := range []string{"registrar.first", "registrar.second"} {
		if both[i], err = r.Person(ctx, name); err != nil {
			return nil, nil, err
		}
		entry, err := r.Operator.Post(ctx, "/v1/register-entries", J{"kind": "registrar", "username": name, "office": "SY01", "valid_from": when.DayOf(when.System()).String()})
		if err == nil {
			_, err = r.Deputy.Act(ctx, "/v1/register-entries/"+entry.ID().String()+"/confirm", entry.ETag, nil)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return both[0], both[1], nil
}
