package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jiebang/internal/challenges"
)

// The drawing and the table of a challenge's states are made of the state machine itself. The picture beside it is made of the drawing:
// dot -Tsvg docs/states/challenge.dot > docs/states/challenge.svg.
func TestTheChallengeStatesPageIsUpToDate(t *testing.T) {
	var b strings.Builder
	b.WriteString(`digraph { rankdir=LR; node [shape=box, style="rounded,filled", fillcolor="#eef4fa", color="#2f6da3", fontname="Noto Sans CJK SC", fontsize=13]; edge [fontname="Noto Sans CJK SC", fontsize=11, color="#555555"]; bgcolor="white";` + "\n")
	for _, s := range challenges.States {
		fmt.Fprintf(&b, "%s [label=\"%s\\n%s\"];\n", s, s.Text().ZH, s)
	}
	for _, s := range challenges.Steps {
		for _, from := range s.From {
			fmt.Fprintf(&b, "%s -> %s [label=\"%s\\n%s\"];\n", from, s.To, s.Text().ZH, s.Text().EN)
		}
	}
	b.WriteString("}\n")
	page(t, "../docs/states/challenge.dot", b.String())

	b.Reset()
	b.WriteString("# 榜题的状态 The states of a challenge\n\n本页由测试生成，图与表来自程序的状态机；不在表上的一步以 `wrong_state` 拒绝。This page is made by `go test ./api -run Page -update`, of the state machine itself; a step that is not in the table is refused with `wrong_state`.\n\n")
	b.WriteString("![榜题：草稿、提交、入库、凝练、发榜、评审、确认、公示、定榜、实施、验收](states/challenge.svg)\n\n")
	b.WriteString("| 步骤 Step | 接口 Operation | 由 From | 到 To | 谁 Who |\n|---|---|---|---|---|\n")
	for _, s := range challenges.Steps {
		from := make([]string, len(s.From))
		for i, f := range s.From {
			from[i] = f.Text().ZH
		}
		operation, who := "`"+s.Operation+"`", "`"+string(s.Action)+"`"
		if s.Operation == "" {
			operation, who = "—", "到时，或由其项目带动 by the clock or by its projects"
		}
		fmt.Fprintf(&b, "| %s %s | %s | %s | %s | %s |\n", s.Text().ZH, s.Text().EN, operation, strings.Join(from, "、"), s.To.Text().ZH, who)
	}
	page(t, "../docs/challenge-states.md", b.String())
	for _, s := range challenges.States {
		reached := s == challenges.Draft || slices.ContainsFunc(challenges.Steps, func(x challenges.Step) bool { return x.To == s })
		if !reached || s.Text().IsZero() {
			t.Errorf("%s is reached by no step, or has no name", s)
		}
	}
}
