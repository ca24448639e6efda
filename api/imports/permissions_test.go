package imports_test

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/api/apitest"
	"jiebang/internal/exchange"
	"jiebang/internal/work"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "imports", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("owner: who made it", s.Editor), apitest.As("owner: another member", s.Chief),
			apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(s *apitest.Stage) map[string]func() apitest.Call {
		prepared := func() (id, etag string) {
			r := s.Editor.Post("/v1/imports", apitest.J{"kind": "result", "owner_id": s.Uni}).Want(201)
			s.File(r.Text("id"), "import", "成果.csv", []byte("编号,成果名称,成果简介,技术领域\n1,一种装置,一段足够长的公开摘要。,环保\n"), false)
			return r.Text("id"), r.ETag
		}
		started := func() (id, etag string) {
			id, etag = prepared()
			return id, s.Editor.Act("/v1/imports/"+id+"/start", etag, apitest.J{"dry_run": true}).Want(200).ETag
		}
		queued := func() (id, etag string) { // one that no job is about, so that it stays so
			s.Tell(func(tx *work.Tx) error {
				i := &exchange.Import{Head: tx.NewHead(), Kind: "result", OwnerID: uuid.MustParse(s.Uni), CreatedBy: uuid.MustParse(s.Account(s.Editor)), State: exchange.Queued, Settings: exchange.Settings{Mapping: map[string]string{}}}
				id = i.ID.String()
				return work.Insert(tx, work.Deed("import.queue"), i)
			})
			return id, `"1"`
		}
		known, _ := started()
		s.Eventually("the import ends", func() bool { return s.Editor.Get("/v1/imports/"+known).Want(200).Text("state") == "done" })
		draft, _ := s.ResultIn("draft")
		return map[string]func() apitest.Call{
			"createImport":           apitest.Create("/v1/imports", func() apitest.J { return apitest.J{"kind": "result", "owner_id": s.Uni} }),
			"listImports":            apitest.Get("/v1/imports"),
			"getImport":              apitest.Get("/v1/imports/" + known),
			"startImport":            apitest.Act("imports", "start", prepared, apitest.J{"dry_run": true}),
			"cancelImport":           apitest.Act("imports", "cancel", queued, nil),
			"listImportRows":         apitest.Get("/v1/imports/" + known + "/rows"),
			"downloadImportWorkbook": apitest.Get("/v1/imports/" + known + "/workbook"),
			"downloadImportTemplate": apitest.Get("/v1/import-templates/result"),
			"exportRecords":          apitest.Get("/v1/exports/result"),
			"runBatch":               apitest.Post("/v1/batches", func() apitest.J { return apitest.J{"kind": "result", "action": "submit", "ids": []string{draft}} }),
		}
	})
}
