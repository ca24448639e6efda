package complaints_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "complaints", roles, func(s *apitest.Stage) map[string]func() apitest.Call {
		known, _ := s.ComplaintIn("upheld")
		return map[string]func() apitest.Call{
			"fileComplaint":     apitest.Create("/v1/complaints", s.ComplaintBody),
			"listComplaints":    apitest.Get("/v1/complaints"),
			"getComplaint":      apitest.Get("/v1/complaints/" + known),
			"answerComplaint":   apitest.Act("complaints", "answer", apitest.In("filed", s.ComplaintIn), apitest.ComplaintUpheld),
			"withdrawComplaint": apitest.Act("complaints", "withdraw", apitest.In("filed", s.ComplaintIn), nil),
			"appealComplaint":   apitest.Act("complaints", "appeal", apitest.In("upheld", s.ComplaintIn), apitest.ComplaintAppeal),
			"settleComplaint":   apitest.Act("complaints", "settle", apitest.In("appealed", s.ComplaintIn), apitest.ComplaintOverturned),
		}
	})
}

func roles(s *apitest.Stage) []apitest.Role {
	return []apitest.Role{
		apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("who reported", s.Buyer), apitest.As("member of the owner", s.Editor),
		apitest.As("registrar", s.First), apitest.As("operator", s.Operator), apitest.As("operator who decided", s.Deputy),
	}
}
