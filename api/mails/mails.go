// Package mails is the HTTP edge of mails: how an operator sees that they are sent.
package mails

import (
	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/mail"
)

// Routes hangs the operations on mails on the edge.
func Routes(e *edge.Edge, s *mail.Service) {
	kind := edge.Kind[mail.View, wire.Mail]{Path: "/v1/mails", Get: s.Get, Wire: written}
	edge.Read(e, "getMail", kind)
	edge.List(e, "listMails", kind, s.List)
	edge.Change(e, "sendMailAgain", kind, s.SendAgain)
}

func written(m *mail.View) wire.Mail {
	return wire.Mail{
		Actions: wire.ActionsOf(m.Acts),
		Id:      m.ID, Version: m.Version, Kind: m.Kind, To: wire.Some(m.To), State: wire.MailState(m.State), Reason: wire.Some(m.Reason),
		CreatedAt: m.CreatedAt, SentAt: m.SentAt, Until: m.Until,
	}
}
