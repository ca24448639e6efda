package results_test

import (
	"slices"
	"strings"
	"testing"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/policy"
	"jiebang/internal/results"
)

// In each state each reader is told what they may do, and the answer to a change tells the same as reading the record afterwards.
func TestAResultTellsWhatItsReaderMayDo(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		s := results.New(c.Unit)
		o := c.Organization("盛北理工大学", "university", "210112")
		in := results.Input{Owner: o.ID, Content: results.Content{Title: "低温等离子体废气净化装置", Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Field: "environment"}}
		id := casttest.Create(c, o.Editor, s.Create, in)
		told := func(when, who string, reader policy.Actor, want string) {
			t.Helper()
			v, err := s.Get(c.Context(), reader, id)
			if policy.Allowed(reader, policy.ResultRead, v.Facts()) {
				c.Must(err)
			}
			if got := strings.Join(v.Actions, " "); got != want {
				t.Errorf("%s, %s: %s, want %s", when, who, got, want)
			}
		}
		each := func(when, editor, second, operator string) {
			t.Helper()
			told(when, "who wrote it", o.Editor.Actor, editor)
			told(when, "another member", o.Second.Actor, second)
			told(when, "operator", c.Operator.Actor, operator)
		}
		same := func(a results.View, reader policy.Actor) {
			t.Helper()
			if v, err := s.Get(c.Context(), reader, id); err != nil || !slices.Equal(v.Actions, a.Actions) {
				t.Errorf("the change answers %v, reading it %v, %v", a.Actions, v.Actions, err)
			}
		}
		each("draft", "replaceResult setResultOffer submitResult deleteResult recordRightsGrant", "replaceResult setResultOffer submitResult deleteResult recordRightsGrant", "")
		same(casttest.Change(c, o.Editor, s.Submit, id, 1), o.Editor.Actor)
		each("submitted", "setResultOffer takeBackResult recordRightsGrant", "setResultOffer returnResult publishResult recordRightsGrant", "")
		same(casttest.Change(c, o.Second, s.Publish, id, 2), o.Second.Actor)
		each("published", "replaceResult setResultOffer withdrawResult recordRightsGrant", "replaceResult setResultOffer withdrawResult recordRightsGrant", "withdrawResult")
		told("published", "visitor", policy.Actor{}, "")
		told("published", "stranger", c.Person("stranger").Actor, "")

		in.Content.Title = "第二代废气净化装置"
		casttest.Decide(c, o.Editor, s.Replace, id, 3, in)
		drafted := "replaceResult setResultOffer submitResult dropResultRevision withdrawResult recordRightsGrant"
		each("with a revision", drafted, drafted, "withdrawResult")
		casttest.Change(c, o.Editor, s.Submit, id, 4)
		each("with a submitted revision", "replaceResult setResultOffer takeBackResult dropResultRevision withdrawResult recordRightsGrant",
			"replaceResult setResultOffer returnResult publishResult dropResultRevision withdrawResult recordRightsGrant", "withdrawResult")
		open, err := s.GetRevision(c.Context(), o.Second.Actor, id)
		c.Must(err)
		if got := strings.Join(open.Actions, " "); got != "replaceResult setResultOffer returnResult publishResult dropResultRevision withdrawResult recordRightsGrant" {
			t.Errorf("the revision tells %s", got)
		}
		list, err := s.List(c.Context(), o.Second.Actor, results.Filter{}, db.Paging{Limit: 20, Query: "list"})
		c.Must(err)
		for _, v := range list.Items {
			if v.Actions != nil {
				t.Errorf("a list tells %v", v.Actions)
			}
		}
		casttest.Change(c, o.Editor, s.Withdraw, id, 3)
		each("withdrawn", "replaceResult setResultOffer submitResult recordRightsGrant", "replaceResult setResultOffer submitResult recordRightsGrant", "")
	})
}
