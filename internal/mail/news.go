package mail

import _ "embed"

//go:embed news.tmpl
var newsText string

// News is what most mails tell: to whom, about what, and one sentence of what happened. What is confidential is no part of it; it is read by
// who signs in.
type News struct{ Name, About, ZH, EN string }

// NewNews makes a kind of mail of that form.
func NewNews(name string) Kind[News] { return NewKind[News](name, newsText) }
