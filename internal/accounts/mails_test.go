package accounts

import (
	"testing"
	"time"

	"jiebang/internal/mail"
	"jiebang/internal/mail/mailtest"
)

// What people read, byte for byte; a name that tries to be markup or a header is text.
func TestTheMailsOfAnAccount(t *testing.T) {
	hello := greeting{"zhang.wei", "张伟<b>\r\nBcc: all@example.org"}
	offer := mail.Offer{Secret: "jbl_K3V5ZQ7N2XWJ4TBM6RYHCD2FAE", Until: time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)}
	mailtest.Golden(t, emailVerify, "zhang.wei@example.org", hello, offer)
	mailtest.Golden(t, emailTaken, "zhang.wei@example.org", hello, mail.Offer{})
	mailtest.Golden(t, emailChanged, "zhang.wei@example.org", hello, mail.Offer{})
	mailtest.Golden(t, passwordReset, "zhang.wei@example.org", hello, offer)
	mailtest.Golden(t, passwordChanged, "zhang.wei@example.org", hello, mail.Offer{})
	mailtest.Golden(t, passwordSet, "zhang.wei@example.org", hello, mail.Offer{})
	mailtest.Golden(t, accountEnded, "zhang.wei@example.org", hello, mail.Offer{})
	mailtest.Golden(t, sessionsEnded, "zhang.wei@example.org", hello, mail.Offer{})
}
