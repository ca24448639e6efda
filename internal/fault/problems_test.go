package fault_test

import (
	"testing"

	"jiebang/internal/fault"
)

func TestProblemsAreToldUpToABound(t *testing.T) {
	var p fault.Problems
	p.Add("缺少第 %[1]d 条", "entry %[1]d is missing", 7)
	if p[0] != "缺少第 7 条。entry 7 is missing" {
		t.Errorf("%q", p[0])
	}
	for range 2 * fault.MostProblems {
		p.Tell("x")
	}
	if len(p) != fault.MostProblems+1 || p[len(p)-1] != "还有更多。And more" {
		t.Errorf("%d, the last %q", len(p), p[len(p)-1])
	}
}
