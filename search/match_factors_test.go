package search

import (
	"context"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestFactors(t *testing.T) {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		rule  string
		doc   Document
		probe Probe
		want  map[string]float64 // logits
	}{
		{"nothing said, nothing changed", Document{}, Probe{Prefer: []Preference{{"field", []string{"x"}}}, Terms: Terms{TRL: Range{5, 7}, Budget: Range{0, 100}}, Now: day}, nil},
		{"a wish met", Document{Facets: map[string][]string{"chain": {"a", "b"}}}, Probe{Prefer: []Preference{{"chain", []string{"b"}}}}, map[string]float64{"chain": 0.4}},
		{"a wish not met", Document{Facets: map[string][]string{"chain": {"a"}}}, Probe{Prefer: []Preference{{"chain", []string{"b"}}}}, map[string]float64{"chain": -0.2}},
		{"a facet of the caller's own", Document{Facets: map[string][]string{"colour": {"red"}}}, Probe{Prefer: []Preference{{"colour", []string{"red"}}}}, map[string]float64{"colour": 0.2}},
		{"TRL within", Document{Terms: Terms{TRL: Range{6, 6}}}, Probe{Terms: Terms{TRL: Range{5, 0}}}, map[string]float64{FactorTRL: 0.2}},
		{"TRL two below", Document{Terms: Terms{TRL: Range{3, 3}}}, Probe{Terms: Terms{TRL: Range{5, 9}}}, map[string]float64{FactorTRL: -0.3}},
		{"TRL far below", Document{Terms: Terms{TRL: Range{1, 1}}}, Probe{Terms: Terms{TRL: Range{9, 9}}}, map[string]float64{FactorTRL: -0.6}},
		{"a price within the budget", Document{Terms: Terms{Price: Range{80, 120}}}, Probe{Terms: Terms{Budget: Range{0, 100}}}, map[string]float64{FactorMoney: 0.2}},
		{"a price of twice the budget", Document{Terms: Terms{Price: Range{200, 200}}}, Probe{Terms: Terms{Budget: Range{50, 100}}}, map[string]float64{FactorMoney: -0.4}},
		{"a price of ten times the budget", Document{Terms: Terms{Price: Range{1000, 0}}}, Probe{Terms: Terms{Budget: Range{50, 100}}}, map[string]float64{FactorMoney: -0.8}},
		{"a need's budget for a result's price", Document{Terms: Terms{Budget: Range{0, 100}}}, Probe{Terms: Terms{Price: Range{90, 90}}}, map[string]float64{FactorMoney: 0.2}},
		{"a budget without a limit", Document{Terms: Terms{Price: Range{500, 500}}}, Probe{Terms: Terms{Budget: Range{100, 0}}}, nil},
		{"a year old", Document{Terms: Terms{Confirmed: day.AddDate(-1, 0, 0)}}, Probe{Now: day}, map[string]float64{FactorFreshness: -0.25}},
		{"ten years old", Document{Terms: Terms{Confirmed: day.AddDate(-10, 0, 0)}}, Probe{Now: day}, map[string]float64{FactorFreshness: -0.5}},
		{"confirmed today", Document{Terms: Terms{Confirmed: day}}, Probe{Now: day}, nil},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			x := openTest(t, t.TempDir())
			tt.doc.ID, tt.doc.Title = "d", "锂电池回收"
			tt.probe.Text = "电池怎样回收"
			plain := tt.doc
			plain.ID, plain.Facets, plain.Terms = "plain", nil, Terms{}
			put(t, x, tt.doc, plain, doc("other", "水处理", ""))
			m, err := x.Match(t.Context(), tt.probe)
			if err != nil || len(m) != 2 {
				t.Fatalf("%v, %d matches", err, len(m))
			}
			score := map[string]Match{m[0].ID: m[0], m[1].ID: m[1]}
			sum := 0.0
			for _, p := range score["d"].Parts[2:] {
				if _, ok := tt.want[p.Factor]; !ok || p.Points*tt.want[p.Factor] <= 0 {
					t.Errorf("factor %+v", p)
				}
			}
			for _, x := range tt.want {
				sum += x
			}
			logit := func(s float64) float64 { return math.Log(s / (100 - s)) }
			if got := logit(score["d"].Score) - logit(score["plain"].Score); math.Abs(got-sum) > 1e-3 {
				t.Errorf("moved by %.3f logits, want %.3f", got, sum)
			}
			checkMatch(t, score["d"])
		})
	}
}

// No combination of factors lifts or sinks a match by more than its bounds, and
// parts always sum to the score.
func TestFactorsAreBounded(t *testing.T) {
	x := openTest(t, t.TempDir())
	number := rapid.Int64Range(-5, 1_000_000_000_000)
	rng := rapid.Custom(func(t *rapid.T) Range { return Range{number.Draw(t, "min"), number.Draw(t, "max")} })
	terms := rapid.Custom(func(t *rapid.T) Terms {
		return Terms{rng.Draw(t, "trl"), rng.Draw(t, "price"), rng.Draw(t, "budget"), time.Unix(rapid.Int64Range(-1e10, 1e10).Draw(t, "day"), 0).UTC()}
	})
	most := effect{}
	for _, e := range effects {
		most.gain, most.loss = most.gain+e.gain, most.loss+e.loss
	}
	most.gain, most.loss = most.gain+effects[FactorMoney].gain, most.loss+effects[FactorMoney].loss // both directions
	logit := func(s float64) float64 { return math.Log(s / (100 - s)) }
	rapid.Check(t, func(t *rapid.T) {
		var prefer []Preference
		facets := map[string][]string{}
		for f := range effects {
			if rapid.Bool().Draw(t, "has") {
				facets[f] = []string{rapid.SampledFrom([]string{"a", "b"}).Draw(t, "value")}
			}
			prefer = append(prefer, Preference{f, []string{"a"}})
		}
		d := Document{ID: "d", Title: "锂电池回收", Facets: facets, Terms: terms.Draw(t, "doc")}
		if err := x.Apply(context.Background(), Batch{Put: []Document{d, doc("plain", "锂电池回收", "")}}); err != nil {
			t.Fatal(err)
		}
		m, err := x.Match(context.Background(), Probe{Text: "电池回收", Prefer: prefer, Terms: terms.Draw(t, "probe"), Now: time.Unix(1e9, 0)})
		if err != nil || len(m) != 2 {
			t.Fatalf("%v, %d matches", err, len(m))
		}
		score := map[string]float64{}
		for _, k := range m {
			checkMatch(t, k)
			score[k.ID] = k.Score
		}
		moved := logit(score["d"]) - logit(score["plain"])
		if moved > 2*most.gain+1e-6 || moved < -2*most.loss-1e-6 {
			t.Fatalf("moved by %v", moved)
		}
	})
}
