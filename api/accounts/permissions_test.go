package accounts_test

import (
	"fmt"
	"testing"

	"jiebang/api/apitest"
	"jiebang/internal/accounts"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "accounts", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("signed in", s.Stranger), apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		entry := s.Operator.Get("/v1/register-entries?limit=1").Want(200).Text("items", 0, "id")
		deactivated := func() (string, string) {
			id, tag := account(s)
			return id, s.Operator.Act("/v1/accounts/"+id+"/deactivate", tag, apitest.J{"reason": "已离职"}).Want(200).ETag
		}
		proposed := func() (string, string) {
			id, tag := account(s)
			return id, s.Deputy.Act("/v1/accounts/"+id+"/propose-operator", tag, nil).Want(200).ETag
		}
		tie := apitest.J{"kind": "adviser", "organization_id": s.Firm, "valid_from": "2026-01-01", "note": "技术顾问"}
		another := func() apitest.J {
			return apitest.J{"kind": "adviser", "organization_name": fmt.Sprint("研究所", s.Serial()), "valid_from": "2026-01-01"}
		}
		declared := s.Stranger.Post("/v1/expert-ties", tie).Want(201)
		entered := func() (string, string) {
			r := s.Operator.Post("/v1/register-entries", apitest.J{"kind": "broker", "username": somebody(s).Username, "valid_from": "2026-06-01"}).Want(201)
			return r.Text("id"), r.ETag
		}
		search := func() apitest.J { // one is saved once
			return apitest.J{"name": "废气治理", "q": fmt.Sprint("废气 净化", s.Serial()), "frequency": "daily"}
		}
		saved := s.Stranger.Post("/v1/saved-searches", search()).Want(201)
		save := func() (string, string) {
			r := s.Stranger.Post("/v1/saved-searches", search()).Want(201)
			return r.Text("id"), r.ETag
		}
		const token = "jbl_ONEOFAMAILXXXXXXXXXXXXXXXX"
		if err := s.App.DB.Writer.Exec("INSERT INTO inbox_endings (hash, account_id, created_at) VALUES (?, ?, ?)", accounts.Digest(token), s.Account(s.Stranger), s.Clock.Now()).Error; err != nil {
			s.Fatal(err)
		}
		return map[string]func() apitest.Call{
			"listAccounts":       apitest.Get("/v1/accounts"),
			"getAccount":         apitest.Get("/v1/accounts/" + s.Account(s.Stranger)),
			"deactivateAccount":  apitest.Act("accounts", "deactivate", func() (string, string) { return account(s) }, apitest.J{"reason": "已离职"}),
			"reactivateAccount":  apitest.Act("accounts", "reactivate", deactivated, nil),
			"endAccountSessions": apitest.Act("accounts", "end-sessions", func() (string, string) { return account(s) }, nil),
			"proposeOperator":    apitest.Act("accounts", "propose-operator", func() (string, string) { return account(s) }, nil),
			"confirmOperator":    apitest.Act("accounts", "confirm-operator", proposed, nil),
			"dismissOperator":    apitest.Act("accounts", "dismiss-operator", proposed, nil),
			"updateAccount": func() apitest.Call {
				return apitest.Call{Method: "PUT", Path: "/v1/account", Body: apitest.J{"name": "改名"}}
			},
			"listSessions": apitest.Get("/v1/account/sessions"),
			"listInbox":    apitest.Get("/v1/inbox"),
			"readInbox":    apitest.Post("/v1/inbox/read", func() apitest.J { return apitest.J{"until": "2026-03-11T00:00:00Z"} }),
			"getInboxMail": apitest.Get("/v1/inbox/mail"),
			"setInboxMail": func() apitest.Call {
				return apitest.Call{Method: "PUT", Path: "/v1/inbox/mail", Body: apitest.J{"frequency": "weekly"}}
			},
			"unsubscribeInbox": func() apitest.Call {
				return apitest.Call{Method: "POST", Path: "/v1/inbox/mail/unsubscribe?token=" + token}
			},
			"saveSearch":         apitest.Create("/v1/saved-searches", search),
			"listSavedSearches":  apitest.Get("/v1/saved-searches"),
			"getSavedSearch":     apitest.Get("/v1/saved-searches/" + saved.Text("id")),
			"replaceSavedSearch": func() apitest.Call { return apitest.Put("saved-searches", save, search())() },
			"deleteSavedSearch":  apitest.Remove("saved-searches", "", save),
			"endOtherSessions":   func() apitest.Call { return apitest.Call{Method: "DELETE", Path: "/v1/account/sessions"} },
			"endOwnSession":      func() apitest.Call { return apitest.Call{Method: "DELETE", Path: "/v1/account/sessions/" + session(s)} },
			"changePassword": func() apitest.Call {
				return apitest.Call{Method: "PUT", Path: "/v1/account/password", Body: apitest.J{"current_password": apitest.Password, "password": "another good password"}, Fresh: true}
			},
			"deactivateOwnAccount": func() apitest.Call {
				return apitest.Call{Method: "POST", Path: "/v1/account/deactivate", Body: apitest.J{"password": apitest.Password}, Fresh: true}
			},
			"updateRegisterEntry": apitest.Put("register-entries", entered, apitest.J{"valid_from": "2026-07-01", "certificate": "高级技术经纪人"}),
			"deleteRegisterEntry": apitest.Remove("register-entries", "", entered),
			"confirmRegisterEntry": apitest.Act("register-entries", "confirm", func() (string, string) {
				r := s.Deputy.Post("/v1/register-entries", apitest.J{"kind": "broker", "username": somebody(s).Username, "valid_from": "2026-06-01"}).Want(201)
				return r.Text("id"), r.ETag
			}, nil),
			"endRegisterEntry": apitest.Act("register-entries", "end", entered, apitest.J{"last_day": "2026-12-31"}),
			"declareExpertTie": apitest.Create("/v1/expert-ties", another),
			"listExpertTies":   apitest.Get("/v1/expert-ties"),
			"getExpertTie":     apitest.Get("/v1/expert-ties/" + declared.Text("id")),
			"replaceExpertTie": func() apitest.Call {
				it := another()
				r := s.Stranger.Post("/v1/expert-ties", it).Want(201)
				return apitest.Call{Method: "PUT", Path: "/v1/expert-ties/" + r.Text("id"), ETag: r.ETag, Body: it}
			},
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
				return apitest.J{"kind": "broker", "username": somebody(s).Username, "valid_from": "2026-01-01"}
			}),
			"listRegisterEntries": apitest.Get("/v1/register-entries"),
			"getRegisterEntry":    apitest.Get("/v1/register-entries/" + entry),
		}
	})
}

func somebody(s *apitest.Stage) *apitest.Client {
	return s.Person(fmt.Sprintf("somebody%d", s.Serial()))
}

// account is somebody's account as the operator reads it.
func account(s *apitest.Stage) (id, etag string) {
	id = s.Account(somebody(s))
	return id, s.Operator.Get("/v1/accounts/" + id).Want(200).ETag
}

// session is another session of the operator's.
func session(s *apitest.Stage) string {
	s.Again(s.Operator)
	return s.Operator.Get("/v1/account/sessions").Want(200).Text("items", 0, "id")
}
