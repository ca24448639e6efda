package policy

// InboxRead is to read one's own messages, and to mark them as read.
var InboxRead = open("inbox.read", Self)
