package api_test

import (
	"fmt"
	"strings"
	"testing"

	"jiebang/internal/challenges"
	"jiebang/internal/commissions"
	"jiebang/internal/complaints"
	"jiebang/internal/fault"
	"jiebang/internal/mandates"
	"jiebang/internal/projects"
	"jiebang/internal/work"
)

// machine is a state machine as its page shows it.
type machine struct {
	name, title, picture string
	by                   string // who takes the steps that are no operation
	states               []node
	steps                []arrow
}

type node struct {
	id   string
	text fault.Text
}

type arrow struct {
	text              fault.Text
	operation, action string
	from              []string
	to                string
}

// The drawing and the table of a kind's states are made of the state machine itself. The picture beside it is made of the drawing:
// dot -Tsvg docs/states/challenge.dot > docs/states/challenge.svg.
func TestTheStatesPagesAreUpToDate(t *testing.T) {
	const clock = "到时 by the clock"
	for _, m := range []machine{
		machineOf("challenge", "榜题的状态 The states of a challenge", "榜题：草稿、提交、入库、凝练、发榜、评审、确认、公示、定榜、实施、验收", "到时，或由其项目带动 by the clock or by its projects", challenges.States, challenges.Steps),
		machineOf("project", "项目的状态 The states of a project", "项目：待签军令状、实施中、通过验收、未通过验收、阶段淘汰、他队先达标、已退出", "由先达标的项目带动 by the project that was first", projects.States, projects.Steps),
		machineOf("mandate", "委托的状态 The states of a mandate", "委托：待委托方确认、已生效、已谢绝、已撤回、已提前终止", clock, mandates.States, mandates.Ways),
		machineOf("claim", "认领的状态 The states of a claim", "认领：待委托方答复、已认可、不予认可", clock, commissions.ClaimStates, commissions.ClaimWays),
		machineOf("commission", "佣金的状态 The states of a commission", "佣金：应付、已确认、有异议、已付", clock, commissions.LineStates, commissions.LineWays),
		machineOf("complaint", "举报的状态 The states of a report", "举报：待处理、举报成立并下架、举报不成立、已撤回、已申诉、复核维持下架、申诉成立并撤销下架", clock, complaints.States, complaints.Ways),
	} {
		m.draw(t)
		m.table(t)
	}
}

// machineOf takes over the list of a kind; ways that leave the state as it is are in its table alone.
func machineOf[S interface {
	~string
	Text() fault.Text
}](name, title, picture, by string, states []S, ways work.Ways[S]) machine {
	m := machine{name: name, title: title, picture: picture, by: by}
	for _, s := range states {
		m.states = append(m.states, node{string(s), s.Text()})
	}
	for _, w := range ways {
		m.steps = append(m.steps, arrow{w.Text, w.Operation, string(w.Action), texts(w.From), string(w.To)})
	}
	return m
}

func texts[S ~string](all []S) (out []string) {
	for _, s := range all {
		out = append(out, string(s))
	}
	return out
}

func (m machine) draw(t *testing.T) {
	t.Helper()
	var b strings.Builder
	b.WriteString(`digraph { rankdir=LR; node [shape=box, style="rounded,filled", fillcolor="#eef4fa", color="#2f6da3", fontname="Noto Sans CJK SC", fontsize=13]; edge [fontname="Noto Sans CJK SC", fontsize=11, color="#555555"]; bgcolor="white";` + "\n")
	reached := map[string]bool{m.states[0].id: true}
	for _, s := range m.states {
		fmt.Fprintf(&b, "%s [label=\"%s\\n%s\"];\n", s.id, s.text.ZH, s.id)
	}
	for _, s := range m.steps {
		reached[s.to] = true
		for _, from := range s.from {
			fmt.Fprintf(&b, "%s -> %s [label=\"%s\\n%s\"];\n", from, s.to, s.text.ZH, s.text.EN)
		}
	}
	b.WriteString("}\n")
	page(t, "../docs/states/"+m.name+".dot", b.String())
	for _, s := range m.states {
		if !reached[s.id] || s.text.IsZero() {
			t.Errorf("%s is reached by no step, or has no name", s.id)
		}
	}
}

func (m machine) table(t *testing.T) {
	t.Helper()
	names := map[string]string{}
	for _, s := range m.states {
		names[s.id] = s.text.ZH
	}
	var b strings.Builder
	b.WriteString("# " + m.title + "\n\n本页由测试生成，图与表来自程序的状态机；不在表上的一步以 `wrong_state` 拒绝。This page is made by `go test ./api -run Page -update`, of the state machine itself; a step that is not in the table is refused with `wrong_state`.\n\n")
	fmt.Fprintf(&b, "![%s](states/%s.svg)\n\n", m.picture, m.name)
	b.WriteString("| 步骤 Step | 接口 Operation | 由 From | 到 To | 谁 Who |\n|---|---|---|---|---|\n")
	for _, s := range m.steps {
		var from []string
		for _, f := range s.from {
			from = append(from, names[f])
		}
		operation, who := "`"+s.operation+"`", "`"+s.action+"`"
		if s.operation == "" {
			operation, who = "—", m.by
		}
		if s.text.IsZero() {
			t.Errorf("a step to %s has no name", s.to)
		}
		fmt.Fprintf(&b, "| %s %s | %s | %s | %s | %s |\n", s.text.ZH, s.text.EN, operation, strings.Join(from, "、"), names[s.to], who)
	}
	page(t, "../docs/"+m.name+"-states.md", b.String())
}
