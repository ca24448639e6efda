package challenges

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/programmes"
)

// A value is compared as it is written: nothing is rounded on the way.
func TestAnIndicatorIsMetByExactNumbers(t *testing.T) {
	for _, x := range []struct {
		of       Indicator
		measured string
		met, ok  bool
	}{
		{Indicator{Comparison: AtLeast, Value: "95"}, "95", true, true},
		{Indicator{Comparison: AtLeast, Value: "95"}, "95.0", true, true},
		{Indicator{Comparison: AtLeast, Value: "95"}, "94.999999999", false, true},
		{Indicator{Comparison: AtMost, Value: "0.05"}, "0.05", true, true},
		{Indicator{Comparison: AtMost, Value: "0.05"}, "0.050000001", false, true},
		{Indicator{Comparison: AtMost, Value: "-10"}, "-10.5", true, true},
		{Indicator{Comparison: Equal, Value: "0.1"}, "0.10", true, true},
		{Indicator{Comparison: Equal, Value: "0.3"}, "0.30000001", false, true},
		{Indicator{Comparison: Between, Value: "3", Upper: "5"}, "3", true, true},
		{Indicator{Comparison: Between, Value: "3", Upper: "5"}, "5.000000001", false, true},
		{Indicator{Comparison: AtLeast, Value: "95"}, "九十五", false, false},
		{Indicator{Comparison: AtLeast, Value: "95"}, "", false, false},
		{Indicator{Comparison: AtLeast, Value: "95"}, "1e3", false, false},
		{Indicator{Value: "95"}, "96", false, false},
	} {
		if met, ok := x.of.Met(x.measured); met != x.met || ok != x.ok {
			t.Errorf("%+v measured %q: %v %v", x.of, x.measured, met, ok)
		}
	}
}

// What poster and bureau pay is the price, the bureau never pays more than its part of the reward, nor more than the round lets it add to what
// the poster pays, and one fen more would be too much.
func TestAPriceIsSplitWithinBothCeilings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reward := money.Fen(rapid.Int64Range(1, 1_000_000_000_000).Draw(t, "reward"))
		bureau := money.Fen(rapid.Int64Range(0, int64(reward)).Draw(t, "bureau"))
		price := money.Fen(rapid.Int64Range(1, int64(reward)).Draw(t, "price"))
		share := rapid.IntRange(0, programmes.Whole).Draw(t, "share")
		r := Reward{Amount: reward, Funders: []Funder{{Kind: PosterPays, Amount: reward - bureau}, {Kind: BureauPays, Amount: bureau}}}
		poster, grant := split(price, r, programmes.Rules{GrantShare: share})
		within := func(poster, grant money.Fen) bool {
			mul := func(a money.Fen, b int64) *big.Int { return new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(b)) }
			return mul(grant, programmes.Whole).Cmp(mul(poster, int64(share))) <= 0 && mul(grant, int64(reward)).Cmp(mul(price, int64(bureau))) <= 0
		}
		if poster+grant != price || grant < 0 || poster < 0 {
			t.Fatalf("%d + %d is not %d", poster, grant, price)
		}
		if !within(poster, grant) {
			t.Fatalf("poster %d, bureau %d of %d with a share of %d", poster, grant, price, share)
		}
		if within(poster-1, grant+1) {
			t.Fatalf("the bureau could pay a fen more than %d of %d", grant, price)
		}
	})
}

func TestTheOwnShareIsNotRounded(t *testing.T) {
	for _, x := range []struct {
		part, whole money.Fen
		share       int
		want        bool
	}{{50, 100, 5000, true}, {49, 99, 5000, false}, {50, 99, 5000, true}, {1, 3, 3333, true}, {1, 3, 3334, false}, {0, 100, 0, true}} {
		if got := atLeast(x.part, x.share, x.whole); got != x.want {
			t.Errorf("%d of %d at %d: %v", x.part, x.whole, x.share, got)
		}
	}
}

// Whatever steps are tried, a challenge only goes where the list of steps leads; where one refuses, it stays; and what is over stays over.
func TestStepsLeadWhereTheListSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &Challenge{State: Draft}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			was := c.State
			s := rapid.SampledFrom(Steps).Draw(t, "step")
			err := c.take(s.Name)
			switch begins := slices.Contains(s.From, was); {
			case begins && (err != nil || c.State != s.To):
				t.Fatalf("%s from %s: %v, now %s", s.Name, was, err, c.State)
			case !begins && (!fault.WrongState.Of(err) || c.State != was):
				t.Fatalf("%s from %s: %v, now %s", s.Name, was, err, c.State)
			case was.over() && c.State != was:
				t.Fatalf("%s was over and is %s", was, c.State)
			}
		}
	})
}

// Contents are as they are said to be, whatever is written.
func TestContentIsHeldToItsRules(t *testing.T) {
	good := func() Content {
		return Content{
			Title: "大风量喷漆废气深度净化", Problem: "喷漆线废气风量大、浓度低，须找到可长期运行的净化办法。", Field: "environment",
			Indicators:    []Indicator{{Name: "去除率", Unit: "%", Comparison: AtLeast, Value: "95", Method: "第三方测定"}},
			Reward:        Reward{Amount: 260, Mode: PayMilestones, Funders: []Funder{{Kind: PosterPays, Amount: 200}, {Kind: BureauPays, Amount: 60}}},
			IPArrangement: "归揭榜方所有。",
		}.complete()
	}
	if err := good().check(); err != nil {
		t.Fatal(err)
	}
	if err := good().measurable(5000); err != nil {
		t.Fatal(err)
	}
	for at, change := range map[string]func(c *Content){
		"/title":                   func(c *Content) { c.Title = "废" },
		"/field":                   func(c *Content) { c.Field = "alchemy" },
		"/wanted_level":            func(c *Content) { c.WantedLevel = "galactic" },
		"/indicators/1/name":       func(c *Content) { c.Indicators = append(c.Indicators, c.Indicators[0]) },
		"/indicators/0/value":      func(c *Content) { c.Indicators[0].Value = "九十五" },
		"/indicators/0/upper":      func(c *Content) { c.Indicators[0].Upper = "99" },
		"/indicators/0/comparison": func(c *Content) { c.Indicators[0].Comparison = "around" },
		"/reward/funders":          func(c *Content) { c.Reward.Funders[0].Amount = 199 },
		"/reward/funders/0/amount": func(c *Content) { c.Reward.Funders[0].Amount = 0 },
		"/reward/funders/1/name":   func(c *Content) { c.Reward.Funders[1].Kind = OtherPays },
		"/reward/funders/1/kind":   func(c *Content) { c.Reward.Funders[1].Kind = "aunt" },
		"/reward/mode":             func(c *Content) { c.Reward.Mode = "someday" },
	} {
		c := good()
		change(&c)
		var e *fault.Error
		if err := c.check(); !errors.As(err, &e) || !fault.InvalidInput.Of(err) {
			t.Errorf("%s: %v", at, err)
		} else if !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Pointer == at }) {
			t.Errorf("%s: %v", at, e.Fields)
		}
	}
	reversed := good()
	reversed.Indicators[0] = Indicator{Name: "温度", Comparison: Between, Value: "50", Upper: "40"}
	if err := reversed.check(); !fault.InvalidInput.Of(err) {
		t.Errorf("a reversed range: %v", err)
	}
	poor := good()
	poor.Reward.Funders = []Funder{{Kind: PosterPays, Amount: 129}, {Kind: BureauPays, Amount: 131}}
	if err := poor.measurable(5000); !fault.NotMeasurable.Of(err) {
		t.Errorf("less than half of its own: %v", err)
	}
}

func TestEveryStateAndStepHasAName(t *testing.T) {
	for _, s := range Steps {
		if s.Text.IsZero() || s.To.Text().IsZero() || (s.Operation == "") != (s.Action == "") {
			t.Error(fmt.Sprint("not whole: ", s))
		}
	}
}
