package apitest

import "strconv"

// Key makes a key of the university.
func (s *Stage) Key() (id, etag string) {
	r := s.Editor.Post("/v1/organizations/"+s.Uni+"/api-keys", J{"name": "科研管理系统", "scopes": []any{"results:write", "files:write"}, "expires_at": "2027-03-01T16:00:00Z"}).Want(201)
	return r.Text("id"), r.ETag
}

// Webhook makes a webhook of the university that is switched off.
func (s *Stage) Webhook() (id, etag string) { return s.webhook(false) }

// WebhookOn makes one that is switched on, whose name leads nowhere.
func (s *Stage) WebhookOn() (id, etag string) { return s.webhook(true) }

func (s *Stage) webhook(on bool) (id, etag string) {
	r := s.Editor.Post("/v1/organizations/"+s.Uni+"/webhooks", J{"url": "https://erp.invalid/hooks/" + strconv.Itoa(s.Serial()), "kinds": []any{"result"}, "enabled": on}).Want(201)
	return r.Text("id"), r.ETag
}

// Delivery makes a message to a webhook that was given up.
func (s *Stage) Delivery(webhook string) (id string) {
	id = s.Editor.Do("POST", "/v1/webhooks/"+webhook+"/ping", nil, nil).Want(200).Text("id")
	if err := s.App.DB.Writer.Exec("UPDATE webhook_deliveries SET state = 'failed' WHERE id = ?", id).Error; err != nil {
		s.Fatal(err)
	}
	return id
}
