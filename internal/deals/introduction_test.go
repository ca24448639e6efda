package deals

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/fault"
	"jiebang/internal/ref"
	"jiebang/internal/when"
)

func TestExactlyOneSideOfAProposalBelongsToTheOther(t *testing.T) {
	we, they, others, none := uuid.New(), uuid.New(), uuid.New(), uuid.Nil
	for _, row := range []struct {
		name         string
		result, need uuid.UUID // owners
		to           uuid.UUID
		wrong        string // the place and what is wrong with it
	}{
		{"their result", they, none, they, ""},
		{"their need", none, they, they, ""},
		{"our result for their need", we, they, they, ""},
		{"their result for our need", they, we, they, ""},
		{"nothing", none, none, none, "/result_id required"},
		{"our own result", we, none, none, "/result_id own_listing"},
		{"our own need", none, we, none, "/need_id own_listing"},
		{"our own result for our own need", we, we, none, "/result_id own_listing"},
		{"both of theirs", they, they, none, "/result_id not_yours"},
		{"their result for somebody's need", they, others, none, "/result_id not_yours"},
	} {
		to, err := otherSide(we, row.result, row.need, "/result_id")
		wrong := ""
		if e := (*fault.Error)(nil); errors.As(err, &e) && len(e.Fields) == 1 {
			wrong = e.Fields[0].Pointer + " " + e.Fields[0].Code
		}
		if to != row.to || wrong != row.wrong || (err == nil) != (row.wrong == "") {
			t.Errorf("%s: to %s, %v; want %s, %q", row.name, to, err, row.to, row.wrong)
		}
	}
}

func TestAnAnswerIsDueInTenWorkingDays(t *testing.T) {
	for _, row := range []struct{ proposed, due string }{
		{"2026-03-10T04:00:00Z", "2026-03-24"},
		{"2026-02-13T04:00:00Z", "2026-03-05"}, // over Spring Festival, with two Saturdays that are worked
		{"2026-02-13T16:00:00Z", "2026-03-06"}, // midnight in Shanghai has passed: it counts from the 14th
		{"2026-09-28T04:00:00Z", "2026-10-16"}, // over National Day
	} {
		at, err := time.Parse(time.RFC3339, row.proposed)
		if err != nil {
			t.Fatal(err)
		}
		if due := answerDue(at, ref.Calendar()); due != when.MustDay(row.due) {
			t.Errorf("proposed at %s, due on %s, want %s", row.proposed, due, row.due)
		}
	}
}

func TestAnIntroductionIsAnsweredOnce(t *testing.T) {
	other, now := uuid.New(), time.Date(2026, 3, 10, 4, 0, 0, 0, time.UTC)
	answers := map[State]func(i *Introduction, by uuid.UUID) error{
		Accepted: func(i *Introduction, by uuid.UUID) error { return i.Accept(by, now, uuid.New()) },
		Declined: func(i *Introduction, by uuid.UUID) error { return i.Decline(by, now, ReasonTooEarly, "") },
	}
	for _, state := range []State{Proposed, Accepted, Declined} {
		for to, answer := range answers {
			i := &Introduction{State: state}
			err := answer(i, other)
			if state == Proposed && (err != nil || i.State != to || *i.AnsweredBy != other || !i.AnsweredAt.Equal(now)) {
				t.Errorf("%s: %v, %+v", to, err, i)
			}
			if state != Proposed && (!fault.WrongState.Of(err) || i.State != state) {
				t.Errorf("%s when already %s: %v, %s", to, state, err, i.State)
			}
		}
	}
}

func TestADeclineNamesAReasonOfTheList(t *testing.T) {
	for _, reason := range declineReasons {
		i := &Introduction{State: Proposed}
		if err := i.Decline(uuid.New(), time.Time{}, reason, "明年再谈"); err != nil || i.DeclineReason != reason || i.DeclineNote != "明年再谈" {
			t.Errorf("%s: %v, %+v", reason, err, i)
		}
	}
	i := &Introduction{State: Proposed}
	if err := i.Decline(uuid.New(), time.Time{}, "do_not_like_it", ""); !fault.InvalidInput.Of(err) || i.State != Proposed {
		t.Errorf("a reason of one's own: %v, %s", err, i.State)
	}
	for _, note := range []string{"", " ", ".", "。。。", "……", "——"} { // nothing that the proposer could read
		if err := i.Decline(uuid.New(), time.Time{}, ReasonOther, note); !fault.InvalidInput.Of(err) || i.State != Proposed {
			t.Errorf("other, with %q: %v, %s", note, err, i.State)
		}
	}
}
