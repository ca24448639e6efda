package results_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/accounts"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// house is an organization with two members and what the tests need to work on its results.
type house struct {
	*testing.T
	results        *results.Service
	org            uuid.UUID
	editor, second work.Call
	operator       work.Call
}

func setUp(t *testing.T, o db.Options) house {
	d := dbtest.Open(t, o)
	unit := work.New(d, when.System, func() {})
	people, groups := accounts.New(unit), orgs.New(unit)
	h := house{T: t, results: results.New(unit)}
	call := func(name string) work.Call {
		a, err := people.SignUp(t.Context(), work.Call{Operation: "createAccount"}, accounts.SignUpInput{Username: name, Password: "correct horse", Name: name})
		h.must(err)
		return work.Call{Operation: "test", Actor: policy.Actor{Account: a.ID, Username: name}}
	}
	h.editor, h.second, h.operator = call("editor"), call("second"), call("operator")
	h.operator.Actor.Operator = true
	code, err := codes.CompleteCreditCode("12210000", "MB1A2B3C")
	h.must(err)
	done, err := groups.Create(t.Context(), h.editor, orgs.Input{Name: "盛北理工大学", Kind: "university", CreditCode: code, Region: "210112", Contact: orgs.Contact{Name: "李工"}})
	h.must(err)
	h.org = done.ID
	_, err = groups.AddMember(t.Context(), h.admin(), h.org, 1, "second", false)
	h.must(err)
	h.must(groups.Join(t.Context(), h.second, h.org))
	_, err = groups.Verify(t.Context(), h.operator, h.org, 2)
	h.must(err)
	for _, c := range []*work.Call{&h.editor, &h.second} {
		h.must(groups.Memberships(t.Context(), &c.Actor))
	}
	return h
}

func (h house) admin() work.Call {
	c := h.editor
	c.Actor.Admin = []uuid.UUID{h.org}
	return c
}

func (h house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h house) refused(err error, want fault.Definition) {
	h.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != want.Code {
		h.Fatalf("got %v, want %s", err, want.Code)
	}
}

func (h house) draft() uuid.UUID {
	h.Helper()
	done, err := h.results.Create(h.Context(), h.editor, results.Input{Owner: h.org, Content: content("低温等离子体废气净化装置")})
	h.must(err)
	return done.ID
}

func content(title string) results.Content {
	return results.Content{Title: title, Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Keywords: []string{"等离子体", "废气"}, Field: "environment", TransferModes: []string{}}
}

func TestAResultIsPublishedByASecondPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := setUp(t, o)
		ctx := t.Context()
		id := h.draft()

		_, err := h.results.Submit(ctx, h.editor, id, 1)
		h.must(err)
		_, err = h.results.Publish(ctx, h.editor, id, 2)
		h.refused(err, fault.OwnDecision)
		_, err = h.results.Publish(ctx, h.second, id, 1)
		h.refused(err, fault.VersionStale)
		_, err = h.results.Publish(ctx, h.operator, id, 2)
		h.refused(err, fault.NotAllowed) // two members are there: the operator is not the second pair of eyes
		_, err = h.results.Publish(ctx, h.second, id, 2)
		h.must(err)

		r, err := h.results.Get(ctx, policy.Actor{}, id)
		h.must(err)
		if r.State != results.Published || r.Version != 3 || len(r.Keywords) != 2 || r.PublishedAt == nil {
			t.Errorf("published: %+v", r)
		}
	})
}

func TestADraftIsHiddenFromStrangers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := setUp(t, o)
		id := h.draft()
		_, err := h.results.Get(t.Context(), policy.Actor{Account: uuid.New()}, id)
		h.refused(err, fault.NotVisible)
		_, err = h.results.Withdraw(t.Context(), work.Call{Actor: policy.Actor{Account: uuid.New()}}, id, 1)
		h.refused(err, fault.NotVisible)
	})
}

func TestAReturnedResultIsADraftAgainWithItsReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := setUp(t, o)
		ctx := t.Context()
		id := h.draft()
		_, err := h.results.Submit(ctx, h.editor, id, 1)
		h.must(err)
		_, err = h.results.Return(ctx, h.second, id, 2, "请补充性能指标")
		h.must(err)
		r, err := h.results.Get(ctx, h.editor.Actor, id)
		h.must(err)
		if r.State != results.Draft || r.ReturnReason != "请补充性能指标" || r.SubmittedBy != nil {
			t.Errorf("returned: %+v", r)
		}
	})
}

func TestAKeyIsGoodForOneContentAndOneEffect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := setUp(t, o)
		ctx := t.Context()
		call := h.editor
		call.Operation, call.Key, call.Fingerprint = "createResult", "k1", "f1"
		in := results.Input{Owner: h.org, Content: content("一种装置")}
		first, err := h.results.Create(ctx, call, in)
		h.must(err)
		again, err := h.results.Create(ctx, call, in)
		h.must(err)
		if first.Replayed || !again.Replayed || again.ID != first.ID {
			t.Errorf("first %+v, again %+v", first, again)
		}
		call.Fingerprint = "f2"
		_, err = h.results.Create(ctx, call, in)
		h.refused(err, fault.KeyReused)

		refused := call
		refused.Key, refused.Fingerprint = "k2", "f3"
		_, err = h.results.Create(ctx, refused, results.Input{Owner: uuid.New(), Content: in.Content})
		h.refused(err, fault.InvalidInput)
		_, err = h.results.Create(ctx, refused, in) // a refused call is not remembered
		h.must(err)
	})
}

func TestTheSameExternalIDTwiceIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := setUp(t, o)
		scheme, id := "csl", "d00001"
		in := results.Input{Owner: h.org, Content: content("一种装置"), External: results.ExternalID{Scheme: &scheme, ID: &id}}
		_, err := h.results.Create(t.Context(), h.editor, in)
		h.must(err)
		_, err = h.results.Create(t.Context(), h.editor, in)
		h.refused(err, fault.ExternalIDTaken)
	})
}

func TestAUseCaseInsideAnotherIsRefused(t *testing.T) {
	o := dbtest.New(t, db.SQLite)
	unit := work.New(dbtest.Open(t, o), when.System, func() {})
	_, err := unit.Do(t.Context(), work.Call{}, func(tx *work.Tx) error {
		_, err := unit.Do(tx.Statement.Context, work.Call{}, func(*work.Tx) error { return nil })
		return err
	})
	if err == nil {
		t.Error("nesting went through")
	}
}

func TestPagesHoldEveryResultOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		h := setUp(t, o)
		for range 7 {
			h.draft()
		}
		seen := map[uuid.UUID]int{}
		f := results.Filter{Owner: h.org}
		p := db.Paging{Limit: 3, Query: db.QueryKey("listResults", f)}
		for pages := 0; ; pages++ {
			page, err := h.results.List(context.Background(), h.editor.Actor, f, p)
			h.must(err)
			for _, r := range page.Items {
				seen[r.ID]++
			}
			if page.Next == "" {
				break
			}
			p.Cursor = page.Next
		}
		if len(seen) != 7 {
			t.Errorf("saw %d of 7", len(seen))
		}
		p.Query = db.QueryKey("listResults", results.Filter{})
		_, err := h.results.List(context.Background(), h.editor.Actor, f, p)
		h.refused(err, fault.InvalidCursor)
	})
}

func TestNothingIsWrittenWhenAUseCaseFails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		unit := work.New(d, func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }, func() {})
		people := accounts.New(unit)
		in := accounts.SignUpInput{Username: "twice", Password: "correct horse", Name: "x"}
		if _, err := people.SignUp(t.Context(), work.Call{}, in); err != nil {
			t.Fatal(err)
		}
		_, err := people.SignUp(t.Context(), work.Call{}, in)
		if !fault.UsernameTaken.Of(err) {
			t.Fatalf("got %v", err)
		}
		var audits int64
		if err := d.Reader.Table("audit").Count(&audits).Error; err != nil || audits != 1 {
			t.Errorf("%d audit rows, %v", audits, err)
		}
	})
}
