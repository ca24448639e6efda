package notices_test

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/notices"
	"jiebang/internal/policy"
	"jiebang/internal/work"
	"jiebang/internal/work/worktest"
)

// What an organization holds for its own members nobody else reads or objects to, and another administrator than who opened it handles what
// they say, or an operator without a tie to whom it conceals.
func TestANoticeForAnOrganizationsOwnMembers(t *testing.T) {
	each(t, func(b bureau) {
		uni, firm := b.Organization("盛北理工大学", "university", "210112"), b.Organization("浑河材料", "enterprise", "210112")
		b.open(firm)
		for range 3 { // of a kind of subject each
			in := proposal(firm)
			in.Lines = []notices.Line{{Name: "净化装置", What: "拟许可"}}
			in.Concealed, in.Audience = []string{"id:" + firm.ID.String()}, uni.ID
			_, err := b.Unit.Do(b.Context(), uni.Editor, func(tx *work.Tx) error {
				_, err := notices.Open(tx, kinds.Subject{Kind: "deal", ID: uuid.New(), Title: "净化装置"}, in)
				return err
			})
			b.Must(err)
		}
		page, err := b.List(b.Context(), uni.Second.Actor, notices.Filter{Kind: "deal"}, db.Paging{Limit: 10})
		b.Must(err)
		if len(page.Items) != 3 {
			b.Fatalf("a member is shown %d", len(page.Items))
		}
		n := page.Items[0].ID
		for name, who := range map[string]policy.Actor{"a visitor": {}, "the other side": firm.Editor.Actor} {
			if _, err := b.Get(b.Context(), who, n); !fault.NotVisible.Of(err) {
				b.Errorf("%s reads it: %v", name, err)
			}
			if _, err := b.File(b.Context(), work.Call{Operation: "test", Actor: who}, n, person); !fault.NotVisible.Of(err) {
				b.Errorf("%s objects: %v", name, err)
			}
			if page, err := b.List(b.Context(), who, notices.Filter{Kind: "deal"}, db.Paging{Limit: 10}); err != nil || len(page.Items) > 0 {
				b.Errorf("%s is shown %d: %v", name, len(page.Items), err)
			}
		}
		_, err = b.File(b.Context(), b.Operator, n, person)
		b.Refused(err, fault.NotAllowed) // the bureau reads it, and is no member

		a, err := b.File(b.Context(), uni.Second, n, person)
		b.Must(err)
		_, err = b.GetObjection(b.Context(), uni.Editor.Actor, a.ID) // who opened it
		b.Refused(err, fault.NotVisible)
		admin := b.Person("admin")
		admin.Actor.Member, admin.Actor.Admin = []uuid.UUID{uni.ID}, []uuid.UUID{uni.ID}
		torn := admin
		torn.Actor.Ties = []string{"id:" + firm.ID.String()}
		_, err = b.Accept(b.Context(), torn, a.ID, 1)
		b.Refused(err, fault.NotVisible)
		elsewhere := firm.Editor
		elsewhere.Actor.Admin = []uuid.UUID{firm.ID}
		_, err = b.Accept(b.Context(), elsewhere, a.ID, 1)
		b.Refused(err, fault.NotVisible)
		accepted, err := b.Accept(b.Context(), admin, a.ID, 1)
		b.Must(err)
		_, err = b.Answer(b.Context(), b.Operator, a.ID, accepted.View.Version, notices.AnswerInput{Outcome: notices.Dismissed, Text: "价格经评估确定。"})
		b.Must(err)

		for range 3 {
			_, err = b.File(b.Context(), uni.Second, n, person)
			b.Must(err)
		}
		worktest.ListsWhatCheckAllows(b, b.DB.Reader, notices.Notices)
		worktest.ListsWhatCheckAllows(b, b.DB.Reader, notices.Objections)
	})
}
