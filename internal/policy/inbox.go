package policy

// InboxRead is to read one's own messages, and to mark them as read.
var InboxRead = open("inbox.read", Self)

// How often one's own messages are mailed is one's own to say; whoever has the address that stands in such a mail may end them.
var (
	InboxMail        = open("inbox.mail", Self)
	InboxUnsubscribe = open("inbox.unsubscribe", Anyone)
)
