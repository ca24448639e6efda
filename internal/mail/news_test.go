package mail_test

import (
	"strings"
	"testing"

	"jiebang/internal/mail"
	"jiebang/internal/mail/mailtest"
)

// However long what it is about, and whatever is in it, it stays one line of each place.
func TestTheMailOfNews(t *testing.T) {
	mailtest.Golden(t, mail.NewNews("test.news"), "lin@example.org", mail.News{
		Name: "林砚舟", About: "SY2026-1-001 大风量喷漆废气\r\nBcc: all@example.org\r\n<script>" + strings.Repeat("深度净化", 30), ZH: "已开榜：收到 5 份揭榜申请，3 份通过资格审查，进入评审。", EN: "It was opened: 5 bids, of which 3 are eligible and reviewed.",
	}, mail.Offer{})
}
