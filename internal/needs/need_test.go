package needs_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/needs"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

var (
	noon  = time.Date(2026, 3, 10, 4, 0, 0, 0, time.UTC) // in Shanghai
	today = when.MustDay("2026-03-10")
)

// Each act in each state: what it leads to, or wrong_state.
func TestANeedGoesFromDraftToClosedAndNowhereElse(t *testing.T) {
	acts := map[string]func(*needs.Need) error{
		"edit":    func(n *needs.Need) error { return n.Edit(content("喷涂车间废气异味大"), work.ExternalID{}) },
		"submit":  func(n *needs.Need) error { return n.Submit(uuid.New(), today) },
		"return":  func(n *needs.Need) error { return n.Return("请补充可测量的指标") },
		"publish": func(n *needs.Need) error { return n.Publish(noon) },
		"close":   func(n *needs.Need) error { return n.Close(needs.Solved) },
	}
	allowed := map[needs.State]map[string]needs.State{
		needs.Draft:     {"edit": needs.Draft, "submit": needs.Submitted},
		needs.Submitted: {"return": needs.Draft, "publish": needs.Open},
		needs.Open:      {"close": needs.Closed},
		needs.Closed:    {},
	}
	for state, moves := range allowed {
		for name, act := range acts {
			n := &needs.Need{State: state}
			err := act(n)
			want, ok := moves[name]
			if !ok {
				want = state
			}
			if n.State != want || (err == nil) != ok || (!ok && !fault.WrongState.Of(err)) {
				t.Errorf("%s of a need that is %s: state %s, error %v; want %s", name, state, n.State, err, want)
			}
		}
	}
}

func TestTheDeadlineMustLieAhead(t *testing.T) {
	for _, row := range []struct {
		deadline when.Day
		ok       bool
	}{
		{when.Day{}, true}, // no hurry
		{today.AddDays(1), true},
		{today, true}, // a deadline given as a day ends with that day
		{today.AddDays(-1), false},
	} {
		draft := &needs.Need{State: needs.Draft, Content: needs.Content{Deadline: row.deadline}}
		waiting := &needs.Need{State: needs.Submitted, Content: needs.Content{Deadline: row.deadline}}
		for what, err := range map[string]error{"submitted": draft.Submit(uuid.New(), today), "published": waiting.Publish(noon)} {
			if (err == nil) != row.ok || (!row.ok && !fault.DeadlinePassed.Of(err)) {
				t.Errorf("deadline %v, %s: %v", row.deadline, what, err)
			}
		}
	}
	evening := today.End() // midnight in Shanghai: the deadline is over, though in UTC the day still runs
	late := &needs.Need{State: needs.Submitted, Content: needs.Content{Deadline: today}}
	if err := late.Publish(evening); !fault.DeadlinePassed.Of(err) {
		t.Errorf("published after its last day: %v", err)
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
		{"from nothing", &needs.Budget{Min: yuan(0)}, "/budget/min"},
		{"up to nothing", &needs.Budget{Max: yuan(0)}, "/budget/max"},
		{"negative", &needs.Budget{Max: yuan(-1)}, "/budget/max"},
	} {
		c := content("喷涂车间废气异味大")
		c.Budget = row.budget
		err := (&needs.Need{State: needs.Draft}).Edit(c, work.ExternalID{})
		var e *fault.Error
		if row.at == "" && err != nil || row.at != "" && (!errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Pointer != row.at) {
			t.Errorf("%s: %v, want %q", row.name, err, row.at)
		}
	}
}

func TestWhatIsLeftOutMeansNoPreference(t *testing.T) {
	n := &needs.Need{State: needs.Draft}
	only := needs.Content{Title: "喷涂车间废气异味大", Problem: "喷涂车间排气有异味，周边居民投诉。", Field: "environment"}
	if err := n.Edit(only, work.ExternalID{}); err != nil {
		t.Fatal(err)
	}
	if n.CooperationMode != needs.AnyMode || n.Keywords == nil || n.Budget != nil || !n.Deadline.IsZero() {
		t.Errorf("%+v", n.Content)
	}
}

func TestANeedIsClosedForAReasonOfTheList(t *testing.T) {
	n := &needs.Need{State: needs.Open}
	if err := n.Close("bored"); !fault.InvalidInput.Of(err) || n.State != needs.Open {
		t.Errorf("got %v, %s", err, n.State)
	}
}

func TestAWriterLearnsOfAllWrongPlacesAtOnce(t *testing.T) {
	err := (&needs.Need{State: needs.Draft}).Edit(needs.Content{Title: "气", Problem: "有异味", Field: "air", CooperationMode: "gift", Keywords: []string{"废气", ""}}, work.ExternalID{})
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
