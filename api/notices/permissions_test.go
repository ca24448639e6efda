package notices_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "notices", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("who objected", s.Buyer), apitest.As("member of the one proposed", s.Editor),
			apitest.As("registrar", s.First), apitest.As("operator", s.Operator), apitest.As("operator of an organization that it conceals", s.Deputy),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		notice := s.Notice(s.Deputy.Post("/v1/organizations", s.OrganizationBody("不具名的出题单位")).Want(201).Text("id"))
		known, _ := s.Objection(notice, s.Buyer, "received")
		in := func(state string) func() (string, string) {
			return func() (string, string) { return s.Objection(notice, s.Buyer, state) }
		}
		return map[string]func() apitest.Call{
			"listNotices":                apitest.Get("/v1/notices"),
			"getNotice":                  apitest.Get("/v1/notices/" + notice),
			"fileObjection":              apitest.Post("/v1/notices/"+notice+"/objections", s.ObjectionBody),
			"listObjections":             apitest.Get("/v1/objections"),
			"getObjection":               apitest.Get("/v1/objections/" + known),
			"completeObjection":          apitest.Act("objections", "complete", in("incomplete"), apitest.J{"telephone": "13800000000"}),
			"withdrawObjection":          apitest.Act("objections", "withdraw", in("received"), nil),
			"acceptObjection":            apitest.Act("objections", "accept", in("received"), nil),
			"requestObjectionCompletion": apitest.Act("objections", "request-completion", in("received"), apitest.J{"lacks": []string{"evidence"}}),
			"answerObjection":            apitest.Act("objections", "answer", in("accepted"), apitest.J{"outcome": "dismissed", "text": "经核查，公示内容属实。"}),
			"eraseObjection":             apitest.Act("objections", "erase", in("answered"), nil),
		}
	})
}
