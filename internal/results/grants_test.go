package results_test

import (
	"slices"
	"strings"
	"testing"

	"jiebang/internal/casttest"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/when"
)

func refused(err error) bool {
	_, is := fault.As(err)
	return is
}

func granted() results.Grant {
	return results.Grant{
		Kind: results.GrantUse, Inventors: []results.GrantInventor{{Name: "林砚舟", Share: 6000}, {Name: "沈以宁", Share: 4000}}, Share: 7000, AgreedOn: when.MustDay("2026-03-01"),
		NoticeFirst: when.MustDay("2026-02-01"), NoticeLast: when.MustDay("2026-02-15"), Evidence: "盛理工科〔2026〕3号；科技处网站公示", ValidTo: when.MustDay("2036-02-29"),
	}
}

// What is wrong with a grant of rights, and where: the clock stands at 2026-03-10.
func TestAGrantIsHeldToItsRules(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		id := h.published(h.made("低温等离子体废气净化装置"))
		for name, wrong := range map[string]struct {
			change func(g *results.Grant)
			at     string
		}{
			"another kind":              {func(g *results.Grant) { g.Kind = "income" }, "/kind"},
			"to nobody":                 {func(g *results.Grant) { g.Inventors = nil }, "/inventors"},
			"to who is no inventor":     {func(g *results.Grant) { g.Inventors[1].Name = "江月白" }, "/inventors/1/name"},
			"to one twice":              {func(g *results.Grant) { g.Inventors[1].Name = "林砚舟" }, "/inventors/1/name"},
			"split to less":             {func(g *results.Grant) { g.Inventors[1].Share = 3999 }, "/inventors"},
			"without a share":           {func(g *results.Grant) { g.Share = 0 }, "/inventors_share_bp"},
			"signed tomorrow":           {func(g *results.Grant) { g.AgreedOn, g.ValidTo = when.MustDay("2026-03-11"), when.Day{} }, "/agreed_on"},
			"shown for 14 days":         {func(g *results.Grant) { g.NoticeLast = when.MustDay("2026-02-14") }, "/notice_last_day"},
			"shown until the agreement": {func(g *results.Grant) { g.NoticeLast = when.MustDay("2026-03-01") }, "/agreed_on"},
			"without evidence":          {func(g *results.Grant) { g.Evidence = "" }, "/evidence"},
			"from before the agreement": {func(g *results.Grant) {
				g.ValidFrom, g.ValidTo = when.MustDay("2026-02-28"), when.MustDay("2037-01-01")
			}, "/valid_from"},
			"from more than a year later": {func(g *results.Grant) {
				g.ValidFrom, g.ValidTo = when.MustDay("2027-03-02"), when.Day{}
			}, "/valid_from"},
			"for a day less than ten years": {func(g *results.Grant) { g.ValidTo = when.MustDay("2036-02-28") }, "/valid_to"},
			"ownership for a time":          {func(g *results.Grant) { g.Kind = results.GrantOwnership }, "/valid_to"},
		} {
			g := granted()
			wrong.change(&g)
			_, err := h.results.Grant(h.Context(), h.editor, id, 3, g)
			f, is := fault.As(err)
			if !is || len(f.Fields) != 1 || f.Fields[0].Pointer != wrong.at {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A grant is recorded at once and stays; everybody reads kind and days, its people and its inventors all of it.
func TestWhoReadsWhatOfAGrant(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		maker := c.Person("shen.yining")
		made := h.made("低温等离子体废气净化装置")
		made.Inventors[1].AccountID = &maker.Actor.Account
		id := h.published(made)
		g := casttest.Decide(c, h.editor, h.results.Grant, id, 3, granted()).Grants[0]
		if g.ValidFrom != when.MustDay("2026-03-01") || g.RecordedBy == nil {
			t.Errorf("recorded as %+v", g)
		}
		read := func(who policy.Actor) results.Grant {
			v, err := h.results.Get(h.Context(), who, id)
			h.Must(err)
			if len(v.Grants) != 1 {
				t.Fatalf("%+v", v.Grants)
			}
			return v.Grants[0]
		}
		for name, who := range map[string]policy.Actor{"a visitor": {}, "a stranger": c.Person("stranger").Actor} {
			if v := read(who); v.Kind != results.GrantUse || v.ValidTo != g.ValidTo || v.Share != 0 || v.Inventors != nil || v.Evidence != "" || !v.AgreedOn.IsZero() || v.RecordedBy != nil {
				t.Errorf("%s reads %+v", name, v)
			}
		}
		for name, who := range map[string]policy.Actor{"a member": h.second.Actor, "the operator": c.Operator.Actor, "an inventor": maker.Actor} {
			if v := read(who); v.Share != 7000 || len(v.Inventors) != 2 || v.Inventors[1].Share != 4000 {
				t.Errorf("%s reads %+v", name, v)
			}
		}
		// No second beside it; the first ends, and another follows. What never was so leaves the public.
		if _, err := h.results.Grant(h.Context(), h.editor, id, 4, granted()); !refused(err) {
			t.Errorf("two at once: %v", err)
		}
		if _, err := h.results.EndGrant(h.Context(), h.editor, id, 4, results.GrantEnd{Grant: g.ID, LastDay: when.MustDay("2026-03-11"), Reason: "双方协议解除"}); !refused(err) {
			t.Errorf("ended tomorrow: %v", err)
		}
		casttest.Decide(c, h.editor, h.results.EndGrant, id, 4, results.GrantEnd{Grant: g.ID, LastDay: when.MustDay("2026-03-05"), Reason: "双方协议解除"})
		next := granted()
		next.Kind, next.ValidTo, next.ValidFrom, next.Inventors = results.GrantOwnership, when.Day{}, when.MustDay("2026-03-06"), []results.GrantInventor{{Name: "林砚舟"}}
		r := casttest.Decide(c, h.editor, h.results.Grant, id, 5, next)
		if r.GrantIn(when.MustDay("2026-03-05")).Kind != results.GrantUse || r.GrantIn(when.MustDay("2046-03-05")).Kind != results.GrantOwnership || r.Grants[1].Inventors[0].Share != 10_000 {
			t.Errorf("%+v", r.Grants)
		}
		casttest.Decide(c, h.second, h.results.EndGrant, id, 6, results.GrantEnd{Grant: r.Grants[1].ID, Reason: "录错成果"})
		if v := read(policy.Actor{}); v.ID != g.ID || v.ValidTo != when.MustDay("2026-03-05") || v.EndReason != "" {
			t.Errorf("a visitor reads %+v", v)
		}
		own, err := h.results.Get(h.Context(), h.second.Actor, id)
		h.Must(err)
		if len(own.Grants) != 2 || !own.Grants[1].Void || own.GrantIn(when.MustDay("2046-03-05")) != nil || !slices.Contains(own.Actions, "recordRightsGrant") || !strings.Contains(own.Grants[1].EndReason, "录错") {
			t.Errorf("a member reads %+v", own.Grants)
		}
	})
}

// The rule is about universities, institutes and other public institutions: an enterprise is told so, and is not offered it.
func TestWhoMayGrantRights(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		firm := c.Organization("辽浑智造", "enterprise", "210112")
		h.org, h.editor, h.second = firm.ID, firm.Editor, firm.Second
		id := h.published(h.made("低温等离子体废气净化装置"))
		_, err := h.results.Grant(h.Context(), h.editor, id, 3, granted())
		h.Refused(err, fault.WrongState)
		v, err := h.results.Get(h.Context(), h.second.Actor, id)
		if h.Must(err); slices.Contains(v.Actions, "recordRightsGrant") {
			t.Errorf("an enterprise may %v", v.Actions)
		}
	})
}

// A grant ends once and keeps the reason; one that has not begun can be ended, and never begins.
func TestAGrantEndsOnce(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		id := h.published(h.made("低温等离子体废气净化装置"))
		first := casttest.Decide(c, h.editor, h.results.Grant, id, 3, granted()).Grants[0]
		casttest.Decide(c, h.editor, h.results.EndGrant, id, 4, results.GrantEnd{Grant: first.ID, LastDay: when.MustDay("2026-03-05"), Reason: "双方协议解除"})
		later := granted()
		later.ValidFrom, later.ValidTo = when.MustDay("2027-03-01"), when.Day{}
		second := casttest.Decide(c, h.editor, h.results.Grant, id, 5, later).Grants[1]
		for _, day := range []string{"2026-03-04", ""} {
			end := results.GrantEnd{Grant: first.ID, Reason: "另一理由"}
			if day != "" {
				end.LastDay = when.MustDay(day)
			}
			_, err := h.results.EndGrant(h.Context(), h.editor, id, 6, end)
			h.Refused(err, fault.WrongState)
		}
		_, err := h.results.EndGrant(h.Context(), h.editor, id, 6, results.GrantEnd{Grant: second.ID, LastDay: when.MustDay("2026-02-28"), Reason: "协议未及生效即解除"})
		h.Refused(err, fault.InvalidInput)
		r := casttest.Decide(c, h.editor, h.results.EndGrant, id, 6, results.GrantEnd{Grant: second.ID, LastDay: when.MustDay("2026-03-10"), Reason: "协议未及生效即解除"})
		if g := r.Grants[1]; !g.Void || g.EndReason == "" || r.GrantIn(when.MustDay("2027-03-01")) != nil || r.Grants[0].EndReason != "双方协议解除" || slices.Contains(r.Actions, "endRightsGrant") {
			t.Errorf("%+v, %v", r.Grants, r.Actions)
		}
	})
}
