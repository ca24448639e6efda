package mails_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "mails", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("signed in", s.Stranger), apitest.As("administrator", s.Editor),
			apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		failed := func() (string, string) { return s.FailedMail() }
		id, _ := failed()
		return map[string]func() apitest.Call{
			"listMails":     apitest.Get("/v1/mails"),
			"getMail":       apitest.Get("/v1/mails/" + id),
			"sendMailAgain": apitest.Act("mails", "send-again", failed, nil),
		}
	})
}
