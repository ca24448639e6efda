package inbox

import (
	"strings"
	"testing"

	"jiebang/internal/policy"
)

// Each line says something in both languages, about a record that can be read, and names a way of standing towards it that is understood here.
func TestWhatIsToldIsWhole(t *testing.T) {
	if len(told) < 40 {
		t.Errorf("only %d Changes are told", len(told))
	}
	for deed, n := range told {
		if !strings.HasSuffix(n.text.ZH, "。") || !strings.HasSuffix(n.text.EN, ".") {
			t.Errorf("%s: %+v", deed, n.text)
		}
		if len(n.to) == 0 || n.of.load == nil || !strings.HasPrefix(n.of.path, "/v1/") {
			t.Errorf("%s tells nobody, or of nothing", deed)
		}
		for _, stand := range n.to {
			if stand != policy.Member && stand != policy.Counterpart && stand != policy.Agent {
				t.Errorf("%s: nobody is found who is %s", deed, stand)
			}
		}
		if strings.HasPrefix(deed, "bid") || strings.HasPrefix(deed, "objection") || strings.HasPrefix(deed, "review") {
			t.Errorf("%s is told, which is sealed or confidential", deed)
		}
	}
}
