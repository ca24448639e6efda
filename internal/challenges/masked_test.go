package challenges_test

import (
	"testing"
	"time"

	"jiebang/internal/casttest"
	"jiebang/internal/challenges"
	"jiebang/internal/fault"
)

// Where the poster's name is kept, no public text tells it: not what is handed in, nor what is refined, amended or answered later.
func TestAMaskedChallengeDoesNotNameItsPoster(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		v, err := h.Orgs.Get(h.Context(), h.Operator.Actor, h.poster.ID)
		h.Must(err)
		name := v.Name
		content := func(masked bool, problem string) challenges.Content {
			return challenges.Content{
				Title: "大风量喷漆废气深度净化", Problem: problem, Field: "environment", IPArrangement: "成果归揭榜方所有。", Masked: masked,
				Indicators: []challenges.Indicator{{Name: "去除率", Unit: "%", Comparison: challenges.AtLeast, Value: "95", Method: "第三方测定"}},
				Reward:     challenges.Reward{Amount: 2_000_000_00, Mode: challenges.PayMilestones, Funders: []challenges.Funder{{Kind: challenges.PosterPays, Amount: 2_000_000_00}}},
			}
		}
		draft := func(x challenges.Content) challenges.View {
			id := casttest.Create(h.Cast, h.poster.Editor, h.challenges.Create, challenges.Input{Round: h.round, Owner: h.poster.ID, Content: x})
			v, err := h.challenges.Get(h.Context(), h.poster.Editor.Actor, id)
			h.Must(err)
			return v
		}
		refused := func(err error, pointer string) {
			h.Helper()
			h.Refused(err, fault.InvalidInput)
			if f, _ := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Pointer != pointer || f.Fields[0].Code != fault.TellsName.Code {
				h.Errorf("%+v, want %s", f, pointer)
			}
		}
		wide := []rune(name)
		for _, told := range []string{name + "的喷漆线废气风量大、浓度低。", "我公司（" + string(wide[:2]) + " " + string(wide[2:]) + "）喷漆线废气风量大。", "统一社会信用代码 " + h.poster.Code + "，喷漆线废气风量大。"} {
			d := draft(content(true, told))
			_, err := h.challenges.Submit(h.Context(), h.poster.Editor, d.ID, d.Version)
			refused(err, "/problem")
			d = draft(content(false, told))
			casttest.Change(h.Cast, h.poster.Editor, h.challenges.Submit, d.ID, d.Version)
		}
		d := draft(content(true, "喷漆线废气风量大、浓度低，须找到可长期运行的净化办法。"))
		casttest.Change(h.Cast, h.poster.Editor, h.challenges.Submit, d.ID, 1)
		casttest.Change(h.Cast, h.Operator, h.challenges.Shelve, d.ID, 2)
		casttest.Decide(h.Cast, h.Operator, h.challenges.Refine, d.ID, 3, []string{})
		told := content(true, "喷漆线废气风量大、浓度低，须找到可长期运行的净化办法。")
		told.Provides = name + "提供一条试验线。"
		refined := casttest.Decide(h.Cast, h.poster.Editor, h.challenges.Replace, d.ID, 4, challenges.Input{Round: h.round, Owner: h.poster.ID, Content: told})
		at, err := challenges.ReadDeadline(deadlineDay)
		h.Must(err)
		_, err = h.challenges.Publish(h.Context(), h.Operator, d.ID, refined.Version, at)
		refused(err, "/provides")
		told.Provides = "发榜方提供一条试验线。"
		refined = casttest.Decide(h.Cast, h.poster.Editor, h.challenges.Replace, d.ID, refined.Version, challenges.Input{Round: h.round, Owner: h.poster.ID, Content: told})
		published := casttest.Decide(h.Cast, h.Operator, h.challenges.Publish, d.ID, refined.Version, at)
		_, err = h.challenges.Amend(h.Context(), h.Operator, d.ID, published.Version, challenges.AddendumInput{Change: "试验改在" + name + "进行。", Deadline: at.Add(24 * time.Hour)})
		refused(err, "/change")
		_, err = h.challenges.Cancel(h.Context(), h.Operator, d.ID, published.Version, "应"+name+"的要求取消。")
		refused(err, "/reason")
		casttest.Decide(h.Cast, h.Operator, h.challenges.Cancel, d.ID, published.Version, "应发榜方的要求取消。")
	})
}
