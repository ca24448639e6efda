package contracts

import (
	"strings"
	"testing"

	"jiebang/internal/mail"
	"jiebang/internal/mail/mailtest"
)

func TestTheMailsOfAnApplication(t *testing.T) {
	title := "高温合金叶片涂层\r\nBcc: all@example.org\r\n<script>" + strings.Repeat("工艺委托开发", 30)
	mailtest.Golden(t, filedMail, "lin@example.org", dueNews{"林研舟", "JB-2026-000123", title, "", "2027-01-05", true}, mail.Offer{})
	mailtest.Golden(t, dueMail, "lin@example.org", dueNews{"林研舟", "JB-2026-000123", title, "2027-01-05", "2027-01-06", false}, mail.Offer{})
}
