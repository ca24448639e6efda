package main

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"jiebang/bench/rig"
)

// A process that begins is this program.
func TestMain(m *testing.M) {
	if !beginAgain() {
		os.Exit(m.Run())
	}
}

func TestLinesOfCodeAreThoseOnWhichSomethingStands(t *testing.T) {
	source := "// Package x.\npackage x\n\n/* a\nb */\nvar s = `one\ntwo`\n\nvar n = 1 // one\n"
	if n := linesOfCode([]byte(source)); n != 4 {
		t.Errorf("%d lines, want 4", n)
	}
}

func TestAShareOfRequestsTookAtMost(t *testing.T) {
	some := times{all: []time.Duration{4 * time.Millisecond, 1 * time.Millisecond, 3 * time.Millisecond, 2 * time.Millisecond}, wall: 2 * time.Second}
	if some.at(.50) != 2 || some.at(.99) != 4 || some.perSecond() != 2 {
		t.Errorf("p50 %v, p99 %v, %v/s", some.at(.50), some.at(.99), some.perSecond())
	}
	none := times{}
	if none.at(.99) != 0 {
		t.Error("nothing took some time")
	}
}

// The requests of a measurement are those of the API: when that changes, this tells before somebody wants figures.
func TestTheRequestsOfTheBenchAreStillAnswered(t *testing.T) {
	rig.Quiet()
	b := &bench{}
	if err := measureQueries(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	for _, row := range b.report.Sections[0].Rows {
		if row.Ours < 1 || row.Ours > 35 {
			t.Errorf("%s: %v statements", row.Case, row.Ours)
		}
	}
	var text strings.Builder
	if err := b.report.print(&text); err != nil || !strings.Contains(text.String(), "grant it") {
		t.Errorf("%v\n%s", err, text.String())
	}
}

func TestTheHallIsMeasuredBesideTheListOfResults(t *testing.T) {
	rig.Quiet()
	before := posted
	t.Cleanup(func() { posted = before })
	posted = 60
	b := &bench{}
	if err := measureHall(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	for _, row := range b.report.Sections[0].Rows {
		if statements := row.Quantity == "statements"; row.Theirs <= 0 || !statements && row.Ours <= 0 || statements && row.Ours > 5 { // what is remembered takes none
			t.Errorf("%+v", row)
		}
	}
}

func TestEveryQuestionOfGrowthIsAnswered(t *testing.T) {
	rig.Quiet()
	before := sizes
	t.Cleanup(func() { sizes = before })
	sizes = [2]int{20, 40}
	b := &bench{}
	if err := measureGrowth(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	rows := b.report.Sections[0].Rows
	if len(rows) != len(questions) {
		t.Errorf("%d rows of %d questions", len(rows), len(questions))
	}
	for _, row := range rows {
		if !strings.Contains(row.Case, "memory that verify holds") && (row.Ours <= 0 || row.Theirs <= 0) {
			t.Errorf("%+v", row)
		}
	}
}

func TestAChallengeOfTheBenchIsOpened(t *testing.T) {
	rig.Quiet()
	bids, size, sealed := openedBids, openedBytes, sealedBytes
	t.Cleanup(func() { openedBids, openedBytes, sealedBytes = bids, size, sealed })
	openedBids, openedBytes, sealedBytes = 6, 3_000_000, 5_000_000
	b := &bench{}
	if err := errors.Join(measureOpening(t.Context(), b), measureSealing(t.Context(), b)); err != nil {
		t.Fatal(err)
	}
	for _, s := range b.report.Sections {
		for _, row := range s.Rows {
			if row.Ours <= 0 && row.Quantity != "MB above idle" || row.Theirs <= 0 {
				t.Errorf("%+v", row)
			}
		}
	}
}
