package accounts_test

import (
	"fmt"
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "accounts", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("signed in", s.Stranger), apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		entry := s.Operator.Get("/v1/register-entries?limit=1").Want(200).Text("items", 0, "id")
		return map[string]func() apitest.Call{
			"createSession": apitest.Create("/v1/sessions", func() apitest.J {
				return apitest.J{"username": "operator", "password": apitest.Password}
			}),
			"endSession": func() apitest.Call { return apitest.Call{Method: "DELETE", Path: "/v1/sessions/current", Ends: true} },
			"createAccount": apitest.Create("/v1/accounts", func() apitest.J {
				return apitest.J{"username": fmt.Sprintf("new%d", s.Serial()), "password": apitest.Password, "name": "新人"}
			}),
			"getMe": apitest.Get("/v1/me"),
			"setEmail": func() apitest.Call {
				return apitest.Call{Method: "PUT", Path: "/v1/account/email", Body: apitest.J{"email": fmt.Sprintf("p%d@example.org", s.Serial())}}
			},
			"clearEmail": func() apitest.Call { return apitest.Call{Method: "DELETE", Path: "/v1/account/email"} },
			"confirmEmail": apitest.Post("/v1/email-verifications/confirm", func() apitest.J {
				name := fmt.Sprintf("mailed%d", s.Serial())
				s.Person(name).Do("PUT", "/v1/account/email", apitest.J{"email": name + "@example.org"}, nil).Want(202)
				return apitest.J{"token": s.Code(name + "@example.org")}
			}),
			"requestPasswordReset": apitest.Post("/v1/password-resets", func() apitest.J { return apitest.J{"account": "nobody"} }),
			"resetPassword": apitest.Post("/v1/password-resets/confirm", func() apitest.J {
				name := fmt.Sprintf("forgot%d", s.Serial())
				s.Verified(name)
				s.Visitor().Do("POST", "/v1/password-resets", apitest.J{"account": name}, nil).Want(202)
				return apitest.J{"token": s.Code(name + "@example.org"), "password": "another good password"}
			}),
			"createRegisterEntry": apitest.Create("/v1/register-entries", func() apitest.J {
				return apitest.J{"kind": "broker", "username": "operator", "valid_from": "2026-01-01"}
			}),
			"listRegisterEntries": apitest.Get("/v1/register-entries"),
			"getRegisterEntry":    apitest.Get("/v1/register-entries/" + entry),
		}
	})
}
