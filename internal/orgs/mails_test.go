package orgs

import (
	"strings"
	"testing"
	"time"

	"jiebang/internal/mail"
	"jiebang/internal/mail/mailtest"
)

// An organization's name stands in the subject: however long, and whatever is in it, it stays one header.
func TestTheMailOfAnInvitation(t *testing.T) {
	name := "盛北理工大学\r\nBcc: all@example.org\r\n\r\n<script>" + strings.Repeat("先进制造与机器人学院", 20)
	mailtest.Golden(t, invitationMail, "guest@xn--fsqu00a.xn--fiqs8s", inviting{Organization: name, By: "林研舟", Admin: true, Code: "91210112MA0000019L"},
		mail.Offer{Secret: "jbl_K3V5ZQ7N2XWJ4TBM6RYHCD2FAE", Until: time.Date(2026, 3, 17, 2, 0, 0, 0, time.UTC)})
}
