package complaints

import "testing"

// A short user name is found as a word, and not within one.
func TestANameInAReason(t *testing.T) {
	for _, c := range []struct {
		text, name string
		want       bool
	}{
		{"经li反映并核实", "li", true}, {"the liability is theirs", "li", false}, {"liability, as li says", "li", true}, {"经张伟反映", "张伟", true}, {"经核实", "张伟", false}, {"经核实", "", false},
	} {
		if got := names(c.text, c.name); got != c.want {
			t.Errorf("%s in %s: %v", c.name, c.text, got)
		}
	}
}
