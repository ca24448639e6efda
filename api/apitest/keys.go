package apitest

// Key makes a key of the university.
func (s *Stage) Key() (id, etag string) {
	r := s.Editor.Post("/v1/organizations/"+s.Uni+"/api-keys", J{"name": "科研管理系统", "scopes": []any{"results:write", "files:write"}, "expires_at": "2027-03-01T16:00:00Z"}).Want(201)
	return r.Text("id"), r.ETag
}
