package inbox

import (
	"strings"
	"testing"
	"time"

	"jiebang/internal/mail"
	"jiebang/internal/mail/mailtest"
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
			if stand != policy.Member && stand != policy.Counterpart && stand != policy.Agent && stand != policy.Author {
				t.Errorf("%s: nobody is found who is %s", deed, stand)
			}
		}
		if strings.HasPrefix(deed, "bid") || strings.HasPrefix(deed, "objection") || strings.HasPrefix(deed, "review") {
			t.Errorf("%s is told, which is sealed or confidential", deed)
		}
	}
}

// What mails of an inbox say, byte for byte: of what everybody may read the title, of the rest the sentence; and how they are ended.
func TestTheMailOfAnInbox(t *testing.T) {
	mailtest.Golden(t, digestMail, "zhang.wei@example.org", digest{Name: "张伟", More: 2, Items: []digestLine{
		{ZH: foundTexts[otherMatched].ZH, EN: foundTexts[otherMatched].EN, Title: "氮化硅陶瓷轴承球<b>烧结\r\nBcc: all@example.org"}, {ZH: told["deal.advance"].text.ZH, EN: told["deal.advance"].text.EN},
	}}, mail.Offer{Secret: "jbl_K3V5ZQ7N2XWJ4TBM6RYHCD2FAE", Until: time.Date(2026, 3, 18, 2, 0, 0, 0, time.UTC)})
}
