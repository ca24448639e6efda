package contracts

import (
	_ "embed"

	"jiebang/internal/accounts"
	"jiebang/internal/mail"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

//go:embed mails/filed.tmpl
var filedText string

//go:embed mails/due.tmpl
var dueText string

// dueNews is what a mail about the day an application is due is made of.
type dueNews struct {
	Name, Number, Title string
	Was, Due            string
	Provisional         bool
}

var (
	filedMail = mail.NewKind[dueNews]("application.filed", filedText)
	dueMail   = mail.NewKind[dueNews]("application.due", dueText)
)

// tell writes to whoever submitted an application by which day it is due, if they have an address: was is the day that they were told
// before, if any.
func tell(tx *work.Tx, a *Application, c *Contract, was when.Day) error {
	to, name, err := accounts.Mailbox(tx.DB, a.SubmittedBy)
	if err != nil || to.Address == "" {
		return err
	}
	news := dueNews{name, c.Number, c.Title, was.String(), a.DueOn.String(), a.DueProvisional}
	if was.IsZero() {
		return filedMail.Write(tx, to, news, mail.Offer{})
	}
	return dueMail.Write(tx, to, news, mail.Offer{})
}
