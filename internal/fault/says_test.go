package fault_test

import (
	"testing"

	"jiebang/internal/fault"
)

// What has to be written says something; what may be left out may be marks, as a dash for none; of a password nobody asks.
func TestATextThatIsWantedSaysSomething(t *testing.T) {
	for _, row := range []struct {
		text  string
		least int
		want  fault.Place
	}{
		{"——————", 2, fault.Placeholder},
		{"。。。", 2, fault.Placeholder},
		{"/", 2, fault.TooShort},
		{"✓", 1, fault.Place{}},
		{"验收合格", 2, fault.Place{}},
		{"№3！", 2, fault.Place{}},
		{"——", 0, fault.Place{}},
		{"", 2, fault.Required},
	} {
		var bad, size fault.Fields
		bad.Length(row.text, "/reason", row.least, 10)
		size.Size(row.text, "/password", row.least, 10)
		switch {
		case row.want == (fault.Place{}) && len(bad) > 0:
			t.Errorf("%q is refused: %v", row.text, bad)
		case row.want != (fault.Place{}) && (len(bad) == 0 || bad[0].Code != row.want.Code):
			t.Errorf("%q is answered by %v, want %v", row.text, bad, row.want.Code)
		}
		if row.want == fault.Placeholder && len(size) > 0 {
			t.Errorf("a password of marks is refused: %v", size)
		}
	}
}
