package deals

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"jiebang/internal/fault"
)

// road is the only way to a contract.
var road = []Stage{StageLead, StageContacting, StageNegotiating, StageAgreed, StageContracted}

func TestADealMovesOneStageAtATime(t *testing.T) {
	all := append(slices.Clone(road), StageLost)
	for _, from := range all {
		for _, to := range all {
			d := &Deal{Stage: from}
			err := d.Advance(to, "双方商定")
			at := slices.Index(road, from)
			open := from != StageLost && from != StageContracted
			ok := open && (to == StageLost || to != StageContracted && slices.Index(road, to) == at+1)
			switch {
			case ok && (err != nil || d.Stage != to):
				t.Errorf("%s to %s: %v", from, to, err)
			case !ok && (!fault.WrongState.Of(err) || d.Stage != from):
				t.Errorf("%s to %s: %v, now %s", from, to, err, d.Stage)
			}
		}
	}
}

// A refusal names the stages from which the same would have gone through, all of them and no other, or none where no hand does it.
func TestARefusedStageTellsFromWhereItIsReached(t *testing.T) {
	all := append(slices.Clone(road), StageLost)
	for _, to := range all {
		var may []string
		var refused []*fault.Error
		for _, from := range all {
			err := (&Deal{Stage: from}).Advance(to, "双方商定")
			if err == nil {
				may = append(may, string(from))
				continue
			}
			var f *fault.Error
			if !errors.As(err, &f) || f.Detail.IsZero() || (f.State != "") != (to != StageLead && to != StageContracted) {
				t.Fatalf("%s to %s: %v", from, to, err)
			}
			refused = append(refused, f)
		}
		for _, f := range refused {
			if !slices.Equal(f.Allowed, may) {
				t.Errorf("to %s: refused with %v, it goes from %v", to, f, may)
			}
		}
	}
}

func TestADealIsLostForAReason(t *testing.T) {
	for _, from := range road[:4] {
		d := &Deal{Stage: from}
		if err := d.Advance(StageLost, " \t"); !fault.InvalidInput.Of(err) || d.Stage != from {
			t.Errorf("lost from %s without a reason: %v", from, err)
		}
		if err := d.Advance(StageLost, "价格未谈拢"); err != nil || d.LostReason != "价格未谈拢" {
			t.Errorf("lost from %s: %v, %q", from, err, d.LostReason)
		}
	}
}

// Whatever the two sides and contracts try, in any order: a deal has walked the road from its beginning without a leap, what is
// over stays as it is, and a refused attempt leaves no trace.
func TestNoSequenceOfAttemptsLeavesTheRoad(t *testing.T) {
	tries := append([]Stage{"", "elsewhere", StageLost}, road...)
	rapid.Check(t, func(t *rapid.T) {
		d := &Deal{Stage: StageLead}
		walked := []Stage{d.Stage}
		for range rapid.IntRange(1, 12).Draw(t, "attempts") {
			before := *d
			var err error
			if rapid.Bool().Draw(t, "a contract") {
				err = d.Sign(uuid.New())
				if (err == nil) != (before.Stage == StageAgreed) {
					t.Fatalf("contract at %s: %v", before.Stage, err)
				}
			} else {
				err = d.Advance(rapid.SampledFrom(tries).Draw(t, "to"), rapid.SampledFrom([]string{"", "已说明"}).Draw(t, "note"))
			}
			if err != nil {
				if *d != before {
					t.Fatalf("refused with %v, yet changed from %+v to %+v", err, before, *d)
				}
				continue
			}
			walked = append(walked, d.Stage)
			if before.Stage == StageLost || before.Stage == StageContracted {
				t.Fatalf("moved from %s to %s", before.Stage, d.Stage)
			}
		}
		straight := walked
		if d.Stage == StageLost {
			straight = walked[:len(walked)-1]
		}
		if !slices.Equal(straight, road[:len(straight)]) {
			t.Fatalf("walked %v", walked)
		}
		if (d.Stage == StageLost) != (d.LostReason != "") || (d.Stage == StageContracted) != (d.ContractID != nil) {
			t.Fatalf("ended as %+v", d)
		}
	})
}
