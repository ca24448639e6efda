package results_test

import (
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/results"
)

func share(bp int) *int { return &bp }

// made is content with two inventors and a mark.
func (h house) made(title string) results.Content {
	c := content(title)
	c.Inventors = []results.Inventor{
		{Name: "林砚舟", OrganizationID: &h.org, AccountID: &h.editor.Actor.Account, Share: share(6000)}, {Name: "沈以宁", Organization: "辽穹先进材料研究所", Share: share(4000)},
	}
	c.Bottleneck = &results.Bottleneck{Level: results.InternationalAdvanced, Evidence: "科技查新报告，国际上未见同类装置"}
	return c
}

func (h house) published(c results.Content) uuid.UUID {
	h.Helper()
	id := casttest.Create(h.Cast, h.editor, h.results.Create, results.Input{Owner: h.org, Content: c})
	casttest.Change(h.Cast, h.editor, h.results.Submit, id, 1)
	casttest.Change(h.Cast, h.second, h.results.Publish, id, 2)
	return id
}

func TestInventorsArePublicByNameAndWhatEachContributedIsNot(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		id := h.published(h.made("低温等离子体废气净化装置"))
		open, err := h.results.Get(h.Context(), policy.Actor{}, id)
		h.Must(err)
		if v := open.Inventors; len(v) != 2 || v[0].Name != "林砚舟" || v[1].Name != "沈以宁" || v[0].Share != nil || v[0].AccountID != nil || v[1].Organization == "" {
			t.Errorf("a visitor reads %+v", v)
		}
		if b := open.Bottleneck; b == nil || b.Level != results.InternationalAdvanced || b.Evidence != "" {
			t.Errorf("a visitor reads %+v", b)
		}
		own, err := h.results.Get(h.Context(), h.second.Actor, id)
		h.Must(err)
		if v := own.Inventors; *v[0].Share != 6000 || *v[0].AccountID != h.editor.Actor.Account || own.Bottleneck.Evidence == "" {
			t.Errorf("a member reads %+v, %+v", v, own.Bottleneck)
		}
		told := h.made("第二代废气净化装置")
		told.Bottleneck.Public = true
		rev := casttest.Decide(c, h.editor, h.results.Replace, id, 3, results.Input{Owner: h.org, Content: told})
		if before, err := h.results.Get(h.Context(), policy.Actor{}, id); err != nil || before.Bottleneck.Evidence != "" {
			t.Errorf("a revision shows before it is published: %+v, %v", before.Bottleneck, err)
		}
		casttest.Change(c, h.editor, h.results.Submit, id, rev.Version)
		casttest.Change(c, h.second, h.results.Publish, id, rev.Version+1)
		if after, err := h.results.Get(h.Context(), policy.Actor{}, id); err != nil || after.Bottleneck.Evidence == "" {
			t.Errorf("public evidence is not shown: %+v, %v", after.Bottleneck, err)
		}
	})
}

func TestResultsAreListedByTheirMark(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		h.published(h.made("低温等离子体废气净化装置"))
		h.published(content("旋流洗涤塔"))
		for _, row := range []struct {
			f    results.Filter
			want int
		}{{results.Filter{}, 2}, {results.Filter{Solves: true}, 1}, {results.Filter{Bottleneck: results.InternationalAdvanced}, 1}, {results.Filter{Bottleneck: results.DomesticLead}, 0}} {
			page, err := h.results.List(h.Context(), policy.Actor{}, row.f, db.Paging{Limit: 20})
			if h.Must(err); len(page.Items) != row.want {
				t.Errorf("%+v: %d results", row.f, len(page.Items))
			}
		}
	})
}

func TestWhatInventorsAndTheMarkTake(t *testing.T) {
	h := results.Content{}
	for name, change := range map[string]func(*results.Content){
		"no name": func(c *results.Content) { c.Inventors = []results.Inventor{{}} },
		"more than the whole": func(c *results.Content) {
			c.Inventors = []results.Inventor{{Name: "林", Share: share(6000)}, {Name: "沈", Share: share(4001)}}
		},
		"less than nothing":     func(c *results.Content) { c.Inventors = []results.Inventor{{Name: "林", Share: share(-1)}} },
		"no level":              func(c *results.Content) { c.Bottleneck = &results.Bottleneck{Evidence: "查新报告一份"} },
		"no evidence":           func(c *results.Content) { c.Bottleneck = &results.Bottleneck{Level: results.DomesticLead} },
		"a list without an end": func(c *results.Content) { c.Inventors = make([]results.Inventor, 31) },
	} {
		h = content("一种装置")
		change(&h)
		if err := h.Check(); !fault.InvalidInput.Of(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhoMadeAPublishedResultTogetherIsTold(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		id := h.published(h.made("低温等离子体废气净化装置"))
		casttest.Create(c, h.editor, h.results.Create, results.Input{Owner: h.org, Content: h.made("还是草稿的装置")})
		found, err := results.CoInventors(c.DB.Reader.Session(&gorm.Session{}), []uuid.UUID{h.editor.Actor.Account, h.org, h.second.Actor.Account})
		h.Must(err)
		for _, by := range []uuid.UUID{h.editor.Actor.Account, h.org} {
			if made := found[by]; len(made) != 1 || made[0].Result != id || len(made[0].Organizations) != 1 || made[0].Accounts[0] != h.editor.Actor.Account {
				t.Errorf("%s: %+v", by, made)
			}
		}
		if len(found) != 2 {
			t.Errorf("%+v", found)
		}
	})
}
