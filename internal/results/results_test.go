package results_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/listing"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/publication"
	"jiebang/internal/results"
	"jiebang/internal/when"
	"jiebang/internal/work"
	"jiebang/internal/work/worktest"
)

// house is a university with two members and what the tests need to work on its results.
type house struct {
	*casttest.Cast
	results        *results.Service
	org            uuid.UUID
	editor, second work.Call
	operator       work.Call
}

func setUp(c *casttest.Cast) house {
	o := c.Organization("盛北理工大学", "university", "210112")
	return house{Cast: c, results: results.New(c.Unit), org: o.ID, editor: o.Editor, second: o.Second, operator: c.Operator}
}

func (h house) draft() uuid.UUID {
	h.Helper()
	done, err := h.results.Create(h.Context(), h.editor, results.Input{Owner: h.org, Content: content("低温等离子体废气净化装置")})
	h.Must(err)
	return done.ID
}

func content(title string) results.Content {
	return results.Content{Title: title, Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Keywords: []string{"等离子体", "废气"}, Field: "environment", TransferModes: []string{}}
}

func TestAResultIsPublishedByASecondPerson(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		ctx := h.Context()
		id := h.draft()

		_, err := h.results.Submit(ctx, h.editor, id, 1)
		h.Must(err)
		_, err = h.results.Publish(ctx, h.editor, id, 2)
		h.Refused(err, fault.OwnDecision)
		_, err = h.results.Publish(ctx, h.second, id, 1)
		h.Refused(err, fault.VersionStale)
		_, err = h.results.Publish(ctx, h.operator, id, 2)
		h.Refused(err, fault.NotAllowed) // two members are there: the operator is not the second pair of eyes
		_, err = h.results.Publish(ctx, h.second, id, 2)
		h.Must(err)

		r, err := h.results.Get(ctx, policy.Actor{}, id)
		h.Must(err)
		if r.State != results.Published || r.Version != 3 || len(r.Keywords) != 2 || r.PublishedAt == nil {
			h.Errorf("published: %+v", r)
		}
	})
}

func TestADraftIsHiddenFromStrangers(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		id := h.draft()
		_, err := h.results.Get(h.Context(), policy.Actor{Account: uuid.New()}, id)
		h.Refused(err, fault.NotVisible)
		_, err = h.results.Withdraw(h.Context(), work.Call{Actor: policy.Actor{Account: uuid.New()}}, id, 1)
		h.Refused(err, fault.NotVisible)
	})
}

func TestAReturnedResultIsADraftAgainWithItsReason(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		ctx := h.Context()
		id := h.draft()
		_, err := h.results.Submit(ctx, h.editor, id, 1)
		h.Must(err)
		_, err = h.results.Return(ctx, h.second, id, 2, "请补充性能指标")
		h.Must(err)
		r, err := h.results.Get(ctx, h.editor.Actor, id)
		h.Must(err)
		if r.State != results.Draft || r.ReturnReason != "请补充性能指标" || r.SubmittedBy != nil {
			h.Errorf("returned: %+v", r)
		}
	})
}

func TestAKeyIsGoodForOneContentAndOneEffect(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		ctx := h.Context()
		call := h.editor
		call.Operation, call.Key, call.Fingerprint = "createResult", "k1", "f1"
		in := results.Input{Owner: h.org, Content: content("一种装置")}
		first, err := h.results.Create(ctx, call, in)
		h.Must(err)
		again, err := h.results.Create(ctx, call, in)
		h.Must(err)
		if first.Replayed || !again.Replayed || again.ID != first.ID {
			h.Errorf("first %+v, again %+v", first, again)
		}
		call.Fingerprint = "f2"
		_, err = h.results.Create(ctx, call, in)
		h.Refused(err, fault.KeyReused)

		refused := call
		refused.Key, refused.Fingerprint = "k2", "f3"
		_, err = h.results.Create(ctx, refused, results.Input{Owner: uuid.New(), Content: in.Content})
		h.Refused(err, fault.InvalidInput)
		_, err = h.results.Create(ctx, refused, in) // a refused call is not remembered
		h.Must(err)
	})
}

func TestTheSameExternalIDTwiceIsRefused(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		scheme, id := "csl", "d00001"
		in := results.Input{Owner: h.org, Content: content("一种装置"), External: []external.ID{{Scheme: scheme, ID: id}}}
		_, err := h.results.Create(h.Context(), h.editor, in)
		h.Must(err)
		_, err = h.results.Create(h.Context(), h.editor, in)
		h.Refused(err, fault.ExternalIDTaken)
	})
}

func TestPagesHoldEveryResultOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		for range 7 {
			h.draft()
		}
		seen := map[uuid.UUID]int{}
		f := results.Filter{Narrowing: listing.Narrowing{Owner: h.org}}
		p := db.Paging{Limit: 3, Query: "listResults"}
		for pages := 0; ; pages++ {
			page, err := h.results.List(context.Background(), h.editor.Actor, f, p)
			h.Must(err)
			for _, r := range page.Items {
				seen[r.ID]++
			}
			if page.Next == "" {
				break
			}
			p.Cursor = page.Next
		}
		if len(seen) != 7 {
			h.Errorf("saw %d of 7", len(seen))
		}
		p.Query = "listResults?field=environment"
		_, err := h.results.List(context.Background(), h.editor.Actor, f, p)
		h.Refused(err, fault.InvalidCursor)
	})
}

func TestNothingIsWrittenWhenAUseCaseFails(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		audits := func() (n int64) {
			h.Must(h.DB.Reader.Table("audit").Count(&n).Error)
			return n
		}
		before := audits()
		scheme, id := "csl", "d00001"
		in := results.Input{Owner: h.org, Content: content("一种装置"), External: []external.ID{{Scheme: scheme, ID: id}}}
		_, err := h.results.Create(h.Context(), h.editor, in)
		h.Must(err)
		_, err = h.results.Create(h.Context(), h.editor, in)
		h.Refused(err, fault.ExternalIDTaken)
		if n := audits() - before; n != 1 {
			h.Errorf("%d audit rows", n)
		}
	})
}

// Lists show exactly what Check would let pass.
func TestAListShowsWhatAReaderMayKnowOf(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		other := c.Single("辽穹先进材料研究所", "institute", "210112")
		for i := range 8 {
			owner, editor, second := h.org, h.editor, h.second
			if i%2 == 1 {
				owner, editor, second = other.ID, other.Editor, c.Operator
			}
			id := casttest.Create(c, editor, h.results.Create, results.Input{Owner: owner, Content: content(fmt.Sprint("第 ", i, " 项成果"))})
			if i > 1 {
				casttest.Change(c, editor, h.results.Submit, id, 1)
			}
			if i > 3 {
				casttest.Change(c, second, h.results.Publish, id, 2)
			}
			if i > 5 {
				casttest.Change(c, editor, h.results.Withdraw, id, 3)
			}
		}
		worktest.ListsWhatCheckAllows(c, c.DB.Reader, results.Records)
		c.Orgs.AtSuspension(listing.Hold("result", "results", results.Published))
		casttest.Decide(c, c.Operator, c.Orgs.Suspend, other.ID, other.Version, "营业执照已被吊销")
		worktest.ListsWhatCheckAllows(c, c.DB.Reader, results.Records)
		page, err := h.results.List(c.Context(), policy.Actor{}, results.Filter{}, db.Paging{Limit: 20})
		c.Must(err)
		if len(page.Items) != 1 || page.Items[0].OwnerID == other.ID {
			c.Errorf("a visitor sees %d, of whose owners one is suspended", len(page.Items))
		}
	})
}

func TestResultsAreReadWhole(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		now, trl := c.Clock.Now(), 6
		r := &results.Result{
			Head:    work.Head{ID: work.NewID(), Version: 3, CreatedAt: now, UpdatedAt: now},
			Entry:   publication.Entry{State: results.Published, OwnerID: h.org, CreatedBy: &h.editor.Actor.Account, PublishedBy: &h.editor.Actor.Account, SubmittedBy: &h.editor.Actor.Account, ReturnReason: "请补充指标", PublishedAt: &now, TakenDown: 3},
			Content: content("一种装置"),
			Offer:   results.Offer{Availability: results.Assigned, Contact: &orgs.Contact{Name: "王老师"}, ConfirmedUntil: when.MustDay("2026-12-31")},
			Held:    listing.Held{OwnerSuspended: true},
		}
		price := 100 * money.Yuan
		r.Chains, r.Solves = []string{"robotics"}, []string{"喷漆车间味道大"}
		r.Inventors, r.Bottleneck = []results.Inventor{{Name: "林砚舟"}}, &results.Bottleneck{Level: results.DomesticLead, Evidence: "查新报告"}
		r.Rights = []results.Right{{Kind: codes.InventionPatent, Number: "ZL202319000123.1", Status: codes.IPGranted, Holder: "盛北理工大学"}}
		r.Grants = []results.Grant{{ID: work.NewID(), Kind: results.GrantUse, Inventors: []results.GrantInventor{{Name: "林砚舟", Share: 10000}}, Share: 7000, AgreedOn: when.MustDay("2026-02-01"), ValidFrom: when.MustDay("2026-02-01")}}
		r.TRL, r.Price, r.Application, r.Advantage, r.Confidential = &trl, &results.Price{Kind: results.Fixed, Min: &price}, "用途", "优势", "配方"
		worktest.RowsAreReadWhole(c, c.DB.Writer, results.Records, r)
	})
}

// Whose problem a result solves is held to its bounds, advised to the writer while it is missing, and goes through the same eyes as the rest.
func TestWhoseProblemAResultSolves(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		ctx := h.Context()
		advised := func(r results.View) bool {
			return slices.ContainsFunc(r.Warnings, func(f fault.Field) bool { return f.Pointer == "/solves" && f.Code == fault.Advised.Code })
		}
		id := h.draft()
		r, err := h.results.Get(ctx, h.editor.Actor, id)
		h.Must(err)
		if !advised(r) {
			h.Errorf("nothing is advised: %+v", r.Warnings)
		}
		in := results.Input{Owner: h.org, Content: content("低温等离子体废气净化装置")}
		for _, bad := range [][]string{{"短"}, {strings.Repeat("长", 201)}, {"喷漆车间味道大。", "喷漆车间味道大。"}, {"第一句话。", "第二句话。", "第三句话。", "第四句话。", "第五句话。", "第六句话。"}} {
			in.Content.Solves = bad
			_, err = h.results.Replace(ctx, h.editor, id, 1, in)
			h.Refused(err, fault.InvalidInput)
		}
		in.Content.Solves = []string{"喷漆车间味道大，活性炭换得太勤。"}
		_, err = h.results.Replace(ctx, h.editor, id, 1, in)
		h.Must(err)
		_, err = h.results.Submit(ctx, h.editor, id, 2)
		h.Must(err)
		_, err = h.results.Publish(ctx, h.second, id, 3)
		h.Must(err)
		r, err = h.results.Get(ctx, policy.Actor{}, id)
		h.Must(err)
		if len(r.Solves) != 1 || len(r.Warnings) > 0 {
			h.Errorf("the public reads %+v", r.Content)
		}
		in.Content.Solves = append(in.Content.Solves, "家具厂环保不达标被罚。")
		_, err = h.results.Replace(ctx, h.editor, id, 4, in)
		h.Must(err)
		r, err = h.results.Get(ctx, policy.Actor{}, id)
		h.Must(err)
		revision, err := h.results.GetRevision(ctx, h.editor.Actor, id)
		h.Must(err)
		if len(r.Solves) != 1 || len(revision.Solves) != 2 || advised(revision) {
			h.Errorf("public %q, revision %q", r.Solves, revision.Solves)
		}
	})
}
