package needs_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/needs"
	"jiebang/internal/publication"
	"jiebang/internal/when"
)

var (
	noon  = time.Date(2026, 3, 10, 4, 0, 0, 0, time.UTC) // in Shanghai
	today = when.MustDay("2026-03-10")
)

func TestTheDeadlineMustLieAhead(t *testing.T) {
	for _, row := range []struct {
		deadline when.Day
		now      time.Time
		ok       bool
	}{
		{when.Day{}, noon, true}, // no hurry
		{today.AddDays(1), noon, true},
		{today, noon, true}, // a deadline given as a day ends with that day
		{today.AddDays(-1), noon, false},
		{today, today.End(), false}, // midnight in Shanghai: the deadline is over, though in UTC the day still runs
	} {
		err := needs.Content{Deadline: row.deadline}.Ready(row.now)
		if (err == nil) != row.ok || (!row.ok && !fault.DeadlinePassed.Of(err)) {
			t.Errorf("deadline %v at %v: %v", row.deadline, row.now, err)
		}
	}
}

func TestABudgetHasOneEndOrTwo(t *testing.T) {
	yuan := func(n money.Fen) *money.Fen { n *= money.Yuan; return &n }
	for _, row := range []struct {
		name   string
		budget *needs.Budget
		at     string // the place that is wrong
	}{
		{"negotiable", nil, ""},
		{"from", &needs.Budget{Min: yuan(200_000)}, ""},
		{"up to", &needs.Budget{Max: yuan(500_000)}, ""},
		{"range", &needs.Budget{Min: yuan(200_000), Max: yuan(500_000)}, ""},
		{"exactly", &needs.Budget{Min: yuan(300_000), Max: yuan(300_000)}, ""},
		{"neither end", &needs.Budget{}, "/budget"},
		{"reversed", &needs.Budget{Min: yuan(500_000), Max: yuan(200_000)}, "/budget"},
		{"from nothing", &needs.Budget{Min: yuan(0)}, ""},
		{"no money", &needs.Budget{Max: yuan(0)}, ""},
		{"exactly nothing", &needs.Budget{Min: yuan(0), Max: yuan(0)}, ""},
		{"negative", &needs.Budget{Max: yuan(-1)}, "/budget/max"},
	} {
		_, err := needs.Input{Content: content("喷涂车间废气异味大"), Offer: needs.Offer{Budget: row.budget}}.Cleaned()
		var e *fault.Error
		if row.at == "" && err != nil || row.at != "" && (!errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Pointer != row.at) {
			t.Errorf("%s: %v, want %q", row.name, err, row.at)
		}
	}
}

func TestWhatIsLeftOutMeansNoPreference(t *testing.T) {
	in, err := needs.Input{Content: needs.Content{Title: "喷涂车间废气异味大", Problem: "喷涂车间排气有异味，周边居民投诉。", Field: "environment"}}.Cleaned()
	if err != nil {
		t.Fatal(err)
	}
	if c := in.Content; c.CooperationMode != needs.AnyMode || c.Keywords == nil || in.Offer.Budget != nil || !c.Deadline.IsZero() {
		t.Errorf("%+v", in)
	}
}

func TestANeedIsClosedForAReasonOfTheList(t *testing.T) {
	n := &needs.Need{Entry: publication.Entry{State: needs.Open}}
	if err := n.Close("bored"); !fault.InvalidInput.Of(err) || n.State != needs.Open {
		t.Errorf("got %v, %s", err, n.State)
	}
}

func TestAWriterLearnsOfAllWrongPlacesAtOnce(t *testing.T) {
	err := needs.Content{Title: "气", Problem: "有异味", Field: "air", CooperationMode: "gift", Keywords: []string{"废气", ""}}.Check()
	var e *fault.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	var at []string
	for _, f := range e.Fields {
		at = append(at, f.Pointer)
	}
	if want := []string{"/title", "/problem", "/keywords/1", "/field", "/cooperation_mode"}; !slices.Equal(at, want) {
		t.Errorf("wrong places %v, want %v", at, want)
	}
}
