package main

import (
	"context"
	"fmt"

	"jiebang/bench/rig"
	"jiebang/internal/accounts"
	"jiebang/internal/app"
	"jiebang/internal/codes"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// settlers are the people and organizations to whom belongs what a system is filled with: one that has more the larger the system is (most
// contracts and a tenth of the results), one that has as much in either, and others.
type settlers struct {
	editor, second *accounts.Person // of the one that grows; the second publishes
	member         *accounts.Person // of the steady one
	growing, few   *orgs.Organization
	others         []*orgs.Organization
}

// Usernames of settlers.
const (
	grownEditor = "grown.editor"
	grownMember = "grown.member"
)

// owners are how many organizations there are beside those that are asked about.
const owners = 200

// steady is how much there is of what does not grow.
const steady = 50

// among tells whether number i of size is one of n that are spread evenly over all.
func among(i, size, n int) bool { return i*n/size != (i+1)*n/size }

// people makes them, on the first day.
func people(ctx context.Context, a *app.App, on func(d when.Day, fn func(tx *work.Tx) error) error, first when.Day) (*settlers, error) {
	s := &settlers{}
	for username, as := range map[string]**accounts.Person{grownEditor: &s.editor, "grown.second": &s.second, grownMember: &s.member} {
		made, err := a.Accounts.SignUp(ctx, work.Call{Operation: "bench"}, accounts.SignUpInput{Username: username, Password: rig.Password, Name: "录入员"})
		if err != nil {
			return nil, err
		}
		*as = &made
	}
	err := on(first, func(tx *work.Tx) error {
		var made []*orgs.Organization
		found := func(name, kind string) *orgs.Organization {
			code, _ := codes.CompleteCreditCode("91210100", fmt.Sprintf("MB%06d", len(made))) // of digits
			o := &orgs.Organization{Head: tx.NewHead(), State: orgs.Verified, CreatedBy: s.editor.ID, Checked: orgs.Checked{Name: name, Kind: kind, CreditCode: code, Region: "210112"}}
			made = append(made, o)
			return o
		}
		s.growing, s.few = found("盛北大学", "university"), found("盛北材料研究所", "institute")
		s.others = nil
		for i := range owners {
			s.others = append(s.others, found(fmt.Sprintf("辽浑第%d研究所", i), "institute"))
		}
		if err := work.InsertAll(tx, work.Did(policy.OrgCreate), made); err != nil {
			return err
		}
		for _, m := range []struct {
			who *accounts.Person
			of  *orgs.Organization
		}{{s.editor, s.growing}, {s.second, s.growing}, {s.member, s.few}} {
			if err := tx.Create(&orgs.Membership{OrganizationID: m.of.ID, AccountID: m.who.ID, Admin: m.who != s.second, CreatedAt: tx.Now, AcceptedAt: &tx.Now}).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return s, err
}
