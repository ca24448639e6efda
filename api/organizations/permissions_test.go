package organizations_test

import (
	"fmt"
	"strconv"
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
		links := 0
		link := func() apitest.J {
			links++
			return apitest.J{
				"kind": "shares", "holder": apitest.J{"kind": "company", "name": "持股公司", "code": "HRB-1"}, "held": apitest.J{"kind": "company", "name": "被持股公司", "code": fmt.Sprint("HRB-2-", links)},
				"share_bp": 6000, "valid_from": "2026-01-01", "evidence": "公司登记信息查询结果",
			}
		}
		linked := func() (string, string) {
			r := s.Operator.Post("/v1/control-links", link()).Want(201)
			return "/v1/control-links/" + r.Text("id"), r.ETag
		}
		known, _ := linked()
		firm, firmTag := s.Pending()
		s.Operator.Act("/v1/organizations/"+firm+"/verify", firmTag, nil).Want(200)
		graded := func(state string) func() (string, string) {
			return func() (string, string) { return s.Grade(firm, state) }
		}
		proposed, _ := s.Grade(firm, "proposed")
		pinged := first(s.WebhookOn)
		return map[string]func() apitest.Call{
			"suspendOrganization": apitest.Act("organizations", "suspend", s.Changing, apitest.J{"reason": "营业执照已被吊销"}),
			"liftSuspension": apitest.Act("organizations", "lift-suspension", func() (string, string) {
				id, tag := s.Changing()
				return id, s.Operator.Act("/v1/organizations/"+id+"/suspend", tag, apitest.J{"reason": "营业执照已被吊销"}).Want(200).ETag
			}, nil),
			"proposeGrade":      apitest.Create("/v1/grades", func() apitest.J { return s.GradeBody(firm) }),
			"listGrades":        apitest.Get("/v1/grades"),
			"getGrade":          apitest.Get("/v1/grades/" + proposed),
			"countGrades":       apitest.Get("/v1/grade-counts"),
			"confirmGrade":      apitest.Act("grades", "confirm", graded("proposed"), nil),
			"refuseGrade":       apitest.Act("grades", "refuse", graded("proposed"), apitest.J{"reason": "证书看不清"}),
			"withdrawGrade":     apitest.Act("grades", "withdraw", graded("proposed"), nil),
			"endGrade":          apitest.Act("grades", "end", graded("confirmed"), apitest.J{"reason": "录入有误"}),
			"createControlLink": apitest.Create("/v1/control-links", link),
			"listControlLinks":  apitest.Get("/v1/control-links"),
			"getControlLink":    apitest.Get(known),
			"askControl":        apitest.Get("/v1/control?code=HRB-1&other_code=HRB-2-1"),
			"replaceControlLink": func() apitest.Call {
				at, tag := linked()
				return apitest.Call{Method: "PUT", Path: at, ETag: tag, Body: link()}
			},
			"deleteControlLink": func() apitest.Call {
				at, tag := linked()
				return apitest.Call{Method: "DELETE", Path: at, ETag: tag}
			},
			"updateOrganization": apitest.Put("organizations", s.Pending, s.OrganizationBody("改名的单位")),
			"refuseOrganization": apitest.Act("organizations", "refuse", s.Pending, apitest.J{"reason": "名称与信用代码不符"}),
			"requestVerification": apitest.Act("organizations", "request-verification", func() (string, string) {
				id, tag := s.Pending()
				return id, s.Operator.Act("/v1/organizations/"+id+"/refuse", tag, apitest.J{"reason": "名称与信用代码不符"}).Want(200).ETag
			}, nil),
			"acceptOrganizationChange":   apitest.Act("organizations", "change/accept", s.Changing, nil),
			"refuseOrganizationChange":   apitest.Act("organizations", "change/refuse", s.Changing, apitest.J{"reason": "没有更名证明"}),
			"withdrawOrganizationChange": apitest.Act("organizations", "change/withdraw", s.Changing, nil),
			"listMembers":                apitest.Get("/v1/organizations/" + hidden + "/members"),
			"changeMemberRole":           apitest.Act("organizations", "change-role", s.Pending, apitest.J{"account_id": s.Account(s.Chief), "admin": true}),
			"removeMember":               apitest.Act("organizations", "remove-member", s.Pending, apitest.J{"account_id": s.Account(s.Chief)}),
			"leaveOrganization": func() apitest.Call {
				id, tag := s.Pending()
				s.Editor.Act("/v1/organizations/"+id+"/change-role", tag, apitest.J{"account_id": s.Account(s.Chief), "admin": true}).Want(200)
				return apitest.Call{Method: "POST", Path: "/v1/organizations/" + id + "/leave"}
			},
			"updateOffice": func() apitest.Call {
				r := newOffice(s)
				return apitest.Call{Method: "PUT", Path: "/v1/offices/" + r.Text("id"), ETag: r.ETag, Body: apitest.J{"code": r.Text("code"), "name": "改名的登记处", "region": r.Text("region")}}
			},
			"confirmOffice":      apitest.Act("offices", "confirm", func() (string, string) { return changedOffice(s) }, nil),
			"dropOfficeProposal": apitest.Remove("offices", "/proposal", func() (string, string) { return changedOffice(s) }),
			"endOffice": func() apitest.Call {
				r := newOffice(s)
				return apitest.Call{Method: "POST", Path: "/v1/offices/" + r.Text("id") + "/end", ETag: r.ETag, Body: apitest.J{"last_day": "2026-03-31", "successor": "SY01"}}
			},
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
			"createApiKey": apitest.Create("/v1/organizations/"+s.Uni+"/api-keys", func() apitest.J {
				return apitest.J{"name": "科研管理系统", "scopes": []any{"results:write"}, "expires_at": "2026-12-31T16:00:00Z"}
			}),
			"listApiKeys":  apitest.Get("/v1/api-keys"),
			"getApiKey":    apitest.Get("/v1/api-keys/" + first(s.Key)),
			"rotateApiKey": apitest.Act("api-keys", "rotate", s.Key, nil),
			"revokeApiKey": apitest.Act("api-keys", "revoke", s.Key, nil),
			"createWebhook": apitest.Create("/v1/organizations/"+s.Uni+"/webhooks", func() apitest.J {
				return apitest.J{"url": "https://erp.example.cn/hooks", "kinds": []any{"result"}, "enabled": false}
			}),
			"listWebhooks": apitest.Get("/v1/webhooks"),
			"getWebhook":   apitest.Get("/v1/webhooks/" + first(s.Webhook)),
			"replaceWebhook": func() apitest.Call { // an address is called once
				return apitest.Put("webhooks", s.Webhook, apitest.J{"url": "https://erp.example.cn/hooks/" + strconv.Itoa(s.Serial()), "kinds": []any{"need"}, "enabled": false})()
			},
			"deleteWebhook":         apitest.Remove("webhooks", "", s.Webhook),
			"rotateWebhookSecret":   apitest.Act("webhooks", "rotate-secret", s.Webhook, nil),
			"pingWebhook":           func() apitest.Call { return apitest.Call{Method: "POST", Path: "/v1/webhooks/" + pinged + "/ping"} },
			"listWebhookDeliveries": apitest.Get("/v1/webhooks/" + pinged + "/deliveries"),
			"replayWebhookDelivery": func() apitest.Call {
				return apitest.Call{Method: "POST", Path: "/v1/webhook-deliveries/" + s.Delivery(pinged) + "/replay"}
			},
			"listInvitations":         apitest.Get("/v1/invitations"),
			"getInvitation":           apitest.Get("/v1/invitations/" + invitation),
			"withdrawInvitation":      apitest.Act("invitations", "withdraw", func() (string, string) { return s.Invitation(s.Editor, s.Uni) }, nil),
			"lookUpInvitation":        apitest.Post("/v1/received-invitations/look-up", func() apitest.J { return apitest.J{"token": s.InvitationCode(s.Buyer, s.Firm)} }),
			"acceptInvitation":        apitest.Post("/v1/received-invitations/accept", func() apitest.J { return apitest.J{"token": s.InvitationCode(s.Buyer, s.Firm)} }),
			"declineInvitation":       apitest.Post("/v1/received-invitations/decline", func() apitest.J { return apitest.J{"token": s.InvitationCode(s.Buyer, s.Firm)} }),
			"listReceivedInvitations": apitest.Get("/v1/received-invitations"),
			"confirmAdministrator": func() apitest.Call {
				org, account, tag := s.Appointed(s.Deputy)
				return apitest.Call{Method: "POST", Path: "/v1/organizations/" + org + "/confirm-administrator", ETag: tag, Body: apitest.J{"account_id": account}}
			},
			"createOffice": apitest.Create("/v1/offices", func() apitest.J {
				n := s.Serial()
				return apitest.J{"code": fmt.Sprintf("X%d", n), "name": "登记处", "region": fmt.Sprintf("13%02d00", 1+n%11)}
			}),
			"listOffices": apitest.Get("/v1/offices"),
			"getOffice":   apitest.Get("/v1/offices/" + office),
		}
	})
}

// changedOffice is an office with a change that waits.
func changedOffice(s *apitest.Stage) (id, etag string) {
	r := newOffice(s)
	body := apitest.J{"code": r.Text("code"), "name": "改名的登记处", "region": r.Text("region")}
	return r.Text("id"), s.Deputy.Put("/v1/offices/"+r.Text("id"), r.ETag, body).Want(200).ETag
}

func newOffice(s *apitest.Stage) *apitest.Response {
	n := s.Serial()
	return s.Operator.Post("/v1/offices", apitest.J{"code": fmt.Sprintf("N%d", n), "name": "登记处", "region": fmt.Sprintf("14%02d00", 1+n%11)}).Want(201)
}

func first(make func() (id, etag string)) string {
	id, _ := make()
	return id
}
