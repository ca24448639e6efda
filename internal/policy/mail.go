package policy

// Mails, whatever they are about: their state is the operator's to look after, and their text nobody's.
var (
	MailRead      = open("mail.read", Operator)
	MailSendAgain = open("mail.send_again", Operator)
)
