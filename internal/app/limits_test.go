package app

import (
	"strings"
	"testing"
)

// Limits are set as units a second and at once, or off; without a word they hold, and what cannot be read ends the start.
func TestLimitsAreSettings(t *testing.T) {
	c, err := ReadConfig()
	if err != nil || c.ClientLimit != (Rate{50, 2000}) || c.AccountLimit != (Rate{200, 10000}) || c.Requests != 512 {
		t.Errorf("%+v %+v %d, %v", c.ClientLimit, c.AccountLimit, c.Requests, err)
	}
	t.Setenv("JIEBANG_LIMIT_CLIENT", "off")
	t.Setenv("JIEBANG_LIMIT_ACCOUNT", "0.5/60")
	if c, err = ReadConfig(); err != nil || c.ClientLimit != (Rate{}) || c.AccountLimit != (Rate{0.5, 60}) {
		t.Errorf("%+v %+v, %v", c.ClientLimit, c.AccountLimit, err)
	}
	if lines := strings.Join(c.Lines(), "\n"); !strings.Contains(lines, "JIEBANG_LIMIT_CLIENT=off\nJIEBANG_LIMIT_ACCOUNT=0.5/60\n") {
		t.Error(lines)
	}
	for _, bad := range []string{"50", "50/", "/50", "0/100", "-1/100", "NaN/100", "50/49", "a/b", "50/2000/1", "on"} {
		t.Setenv("JIEBANG_LIMIT_CLIENT", bad)
		if _, err := ReadConfig(); err == nil || !strings.Contains(err.Error(), "JIEBANG_LIMIT_CLIENT") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	t.Setenv("JIEBANG_LIMIT_CLIENT", "")
	t.Setenv("JIEBANG_LIMIT_REQUESTS", "1")
	if _, err := ReadConfig(); err == nil || !strings.Contains(err.Error(), "JIEBANG_LIMIT_REQUESTS") {
		t.Errorf("%v", err)
	}
}
