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

// advance is what both sides do together: each by a person of theirs.
func advance(d *Deal, to Stage, note string) (StepKind, error) {
	if before := *d; to == StageAgreed {
		if _, err := d.Advance(Supplier, uuid.New(), to, note); err != nil {
			return "", err
		}
		if d.Stage != before.Stage {
			panic("one side alone has agreed")
		}
		return d.Advance(Demander, uuid.New(), to, note)
	}
	return d.Advance(Supplier, uuid.New(), to, note)
}

func TestADealMovesOneStageAtATime(t *testing.T) {
	all := append(slices.Clone(road), StageLost)
	for _, from := range all {
		for _, to := range all {
			d := &Deal{Stage: from}
			_, err := advance(d, to, "双方商定")
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
			_, err := advance(&Deal{Stage: from}, to, "双方商定")
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
		if _, err := advance(d, StageLost, "。。"); !fault.InvalidInput.Of(err) || d.Stage != from {
			t.Errorf("lost with marks alone: %v", err)
		}
		if _, err := advance(d, StageLost, " \t"); !fault.InvalidInput.Of(err) || d.Stage != from {
			t.Errorf("lost from %s without a reason: %v", from, err)
		}
		if _, err := advance(d, StageLost, "价格未谈拢"); err != nil || d.LostReason != "价格未谈拢" {
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
				_, err = advance(d, rapid.SampledFrom(tries).Draw(t, "to"), rapid.SampledFrom([]string{"", "已说明"}).Draw(t, "note"))
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

// Agreement takes two sides and two people; going back takes both words back.
func TestAgreementTakesBothSides(t *testing.T) {
	one, other := uuid.New(), uuid.New()
	d := &Deal{Stage: StageNegotiating}
	say := func(side Side, by uuid.UUID) error {
		_, err := d.Advance(side, by, StageAgreed, "")
		return err
	}
	if err := say(Demander, one); err != nil || d.Stage != StageNegotiating || d.DemanderAgreedBy == nil {
		t.Fatalf("one side: %v, %+v", err, d)
	}
	if err := say(Demander, other); !fault.AlreadyAgreed.Of(err) {
		t.Errorf("the same side again: %v", err)
	}
	if err := say(Supplier, one); !fault.OwnDecision.Of(err) {
		t.Errorf("the same person for the other side: %v", err)
	}
	if err := say(Supplier, other); err != nil || d.Stage != StageAgreed {
		t.Errorf("both: %v, %+v", err, d)
	}
	if err := d.Revert(StageAgreed, "重谈"); !fault.InvalidInput.Of(err) {
		t.Errorf("back to agreed: %v", err)
	}
	if err := d.Revert(StageNegotiating, ""); !fault.InvalidInput.Of(err) {
		t.Errorf("without a reason: %v", err)
	}
	if err := d.Revert(StageNegotiating, "价格需重谈"); err != nil || d.Stage != StageNegotiating || d.SupplierAgreedBy != nil || d.DemanderAgreedBy != nil {
		t.Errorf("back: %v, %+v", err, d)
	}
	if err := d.Revert(StageNegotiating, "价格需重谈"); !fault.WrongState.Of(err) {
		t.Errorf("back to where it is: %v", err)
	}
	if _, err := d.Advance(Supplier, one, StageLost, "资金不到位"); err != nil {
		t.Fatal(err)
	}
	if err := d.Revert(StageContacting, "资金已落实"); err != nil || d.Stage != StageContacting || d.LostReason != "" {
		t.Errorf("taken up again: %v, %+v", err, d)
	}
	d.Stage = StageContracted
	if err := d.Revert(StageLead, "重谈"); !fault.WrongState.Of(err) {
		t.Errorf("what is contracted goes back: %v", err)
	}
}
