package apitest

// Bytes are a body that is no JSON.
type Bytes []byte

// Upload begins an upload by the editor and sends all of it; it returns the id.
func (s *Stage) Upload(object, kind, name string, data []byte, public bool) string {
	s.Helper()
	id := s.Editor.Post("/v1/uploads", J{"object_kind": kind, "object_id": object, "name": name, "size": len(data), "public": public}).Want(201).Text("id")
	s.Editor.Do("PUT", "/v1/uploads/"+id+"/content", Bytes(data), nil).Want(200)
	return id
}

// File hangs a file on a record, by the editor; it returns the id.
func (s *Stage) File(object, kind, name string, data []byte, public bool) string {
	s.Helper()
	return s.Editor.Post("/v1/uploads/"+s.Upload(object, kind, name, data, public)+"/complete", J{}).Want(201).Text("id")
}
