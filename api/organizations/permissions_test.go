package organizations_test

import (
	"fmt"
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "organizations", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("administrator who entered it", s.Editor), apitest.As("another member", s.Chief),
			apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		hidden, _ := s.Pending()
		invitation, _ := s.Invitation(s.Editor, s.Uni)
		office := s.Operator.Get("/v1/offices?limit=1").Want(200).Text("items", 0, "id")
		return map[string]func() apitest.Call{
			"createOrganization": apitest.Create("/v1/organizations", func() apitest.J { return s.OrganizationBody("又一个单位") }),
			"listOrganizations":  apitest.Get("/v1/organizations"),
			"getOrganization":    apitest.Get("/v1/organizations/" + hidden),
			"verifyOrganization": apitest.Act("organizations", "verify", s.Pending, nil),
			"addMember":          apitest.Act("organizations", "members", s.Pending, apitest.J{"username": "operator"}),
			"joinOrganization": func() apitest.Call {
				r := s.Operator.Post("/v1/organizations", s.OrganizationBody("邀请人的单位")).Want(201)
				path := "/v1/organizations/" + r.Text("id")
				s.Operator.Act(path+"/members", r.ETag, apitest.J{"username": s.Editor.Username}).Want(200)
				return apitest.Call{Method: "POST", Path: path + "/join"}
			},
			"inviteByMail": apitest.Create("/v1/organizations/"+s.Uni+"/invitations", func() apitest.J {
				return apitest.J{"email": fmt.Sprintf("new%d@example.org", s.Serial()), "admin": false}
			}),
			"listInvitations":    apitest.Get("/v1/invitations"),
			"getInvitation":      apitest.Get("/v1/invitations/" + invitation),
			"withdrawInvitation": apitest.Act("invitations", "withdraw", func() (string, string) { return s.Invitation(s.Editor, s.Uni) }, nil),
			"lookUpInvitation":   apitest.Post("/v1/received-invitations/look-up", func() apitest.J { return apitest.J{"token": s.InvitationCode(s.Buyer, s.Firm)} }),
			"acceptInvitation":   apitest.Post("/v1/received-invitations/accept", func() apitest.J { return apitest.J{"token": s.InvitationCode(s.Buyer, s.Firm)} }),
			"createOffice": apitest.Create("/v1/offices", func() apitest.J {
				n := s.Serial()
				return apitest.J{"code": fmt.Sprintf("X%d", n), "name": "登记处", "region": fmt.Sprintf("13%02d00", 1+n%11)}
			}),
			"listOffices": apitest.Get("/v1/offices"),
			"getOffice":   apitest.Get("/v1/offices/" + office),
		}
	})
}
