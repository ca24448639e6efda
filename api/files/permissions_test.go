package files_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "files", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("who may edit the record, and uploads", s.Editor),
			apitest.As("who may edit the record", s.Chief), apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		published, _ := s.ResultIn("published")
		draft, _ := s.ResultIn("draft")
		hung := s.File(draft, "result", "说明.txt", []byte("这是公开的说明。"), true)
		return map[string]func() apitest.Call{
			"createUpload": apitest.Create("/v1/uploads", func() apitest.J {
				return apitest.J{"object_kind": "result", "object_id": draft, "name": "说明.txt", "size": 10, "public": true}
			}),
			"getUpload": func() apitest.Call {
				return apitest.Call{Method: "GET", Path: "/v1/uploads/" + s.Upload(draft, "result", "a.txt", []byte("文字"), true)}
			},
			"cancelUpload": func() apitest.Call {
				return apitest.Call{Method: "DELETE", Path: "/v1/uploads/" + s.Upload(draft, "result", "a.txt", []byte("文字"), true)}
			},
			"sendUpload": func() apitest.Call {
				return apitest.Call{Method: "PUT", Path: "/v1/uploads/" + s.Upload(draft, "result", "a.txt", []byte("文字"), true) + "/content", Body: apitest.Bytes("文字")}
			},
			"completeUpload": func() apitest.Call {
				return apitest.Call{Method: "POST", Path: "/v1/uploads/" + s.Upload(draft, "result", "a.txt", []byte("文字"), true) + "/complete", Body: apitest.J{}, Creates: true}
			},
			"listFiles":    apitest.Get("/v1/files?object_kind=result&object_id=" + published),
			"getFile":      apitest.Get("/v1/files/" + hung),
			"downloadFile": apitest.Get("/v1/files/" + hung + "/content"),
			"deleteFile": func() apitest.Call {
				return apitest.Call{Method: "DELETE", Path: "/v1/files/" + s.File(draft, "result", "a.txt", []byte("文字"), true), ETag: `"1"`}
			},
		}
	})
}
