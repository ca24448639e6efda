package records_test

import (
	"testing"

	"jiebang/api/apitest"
)

func TestWhoMayDoWhat(t *testing.T) {
	apitest.Matrix(t, "records", func(s *apitest.Stage) []apitest.Role {
		return []apitest.Role{
			apitest.As("visitor", s.Visitor()), apitest.As("stranger", s.Stranger), apitest.As("owner: who wrote it", s.Editor), apitest.As("owner: another member", s.Chief),
			apitest.As("registrar", s.First), apitest.As("operator", s.Operator),
		}
	}, func(*apitest.Stage) map[string]func() apitest.Call {
		return map[string]func() apitest.Call{
			"findExternalId": apitest.Get("/v1/external-ids?scheme=erp&id=N-7"), "followChanges": apitest.Get("/v1/changes?after=latest"), "downloadOpenData": apitest.Get("/v1/open-data/result"),
		}
	})
}
