package organizations_test

import (
	"fmt"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

// A program calls by a key of an organization: within its scopes and networks, within that organization, as its maker and never as a second person,
// until it expires, is revoked, or its maker leaves.
func TestWhatAKeyMayDo(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		make := func(scopes ...any) *apitest.Response {
			return s.Editor.Post("/v1/organizations/"+s.Uni+"/api-keys", apitest.J{"name": "科研管理系统", "scopes": scopes, "expires_at": "2026-12-31T16:00:00Z"}).Want(201)
		}
		by := func(secret string) *apitest.Client {
			c := h.As(s.Editor)
			c.Token = secret
			return c
		}
		made := make("results:write", "needs:read")
		secret := made.Text("secret")
		if !strings.HasPrefix(secret, "jbk_") || made.Text("mark") != secret[:10] {
			h.Fatalf("%s", made.Raw)
		}
		if again := s.Editor.Get("/v1/api-keys/" + made.Text("id")).Want(200); strings.Contains(string(again.Raw), secret) || again.At("secret") != nil {
			h.Errorf("the secret is told twice: %s", again.Raw)
		}
		key := by(secret)
		body := apitest.J{"owner_id": s.Uni, "title": "夜间上传的成果", "field": "environment", "abstract": "低温等离子体废气净化装置，去除率高。"}
		r := key.Post("/v1/results", body).Want(201)
		if r.Text("created_by") != s.Editor.Username {
			h.Errorf("%s", r.Raw)
		}
		var who string
		if err := h.App.DB.Reader.Raw("SELECT CAST(key_id AS text) FROM audit WHERE object_id = (SELECT id FROM results WHERE title = '夜间上传的成果')").Scan(&who).Error; err != nil || who != made.Text("id") {
			h.Errorf("the audit trail names %q, %v", who, err)
		}
		r = key.Act("/v1/results/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
		key.Act("/v1/results/"+r.Text("id")+"/publish", r.ETag, nil).Refused(403, "own_decision")
		// Nor is it the second person for what another handed in.
		theirs := s.Chief.Post("/v1/results", apitest.J{"owner_id": s.Uni, "title": "另一人提交的成果", "field": "environment", "abstract": "低温等离子体废气净化装置，去除率高。"}).Want(201)
		theirs = s.Chief.Act("/v1/results/"+theirs.Text("id")+"/submit", theirs.ETag, nil).Want(200)
		seen := key.Get("/v1/results/" + theirs.Text("id")).Want(200)
		if strings.Contains(fmt.Sprint(seen.At("actions")), "publishResult") {
			h.Errorf("%s", seen.Raw)
		}
		key.Act("/v1/results/"+theirs.Text("id")+"/publish", theirs.ETag, nil).Refused(403, "not_allowed")
		s.Editor.Act("/v1/results/"+theirs.Text("id")+"/publish", theirs.ETag, nil).Want(200)

		key.Get("/v1/contracts?organization_id="+s.Uni).Refused(403, "not_allowed")
		key.Post("/v1/needs", apitest.J{}).Refused(403, "not_allowed") // may read them only
		key.Get("/v1/me").Refused(403, "not_allowed")                  // people's own
		key.Get("/v1/results").Want(200)
		key.Post("/v1/organizations/"+s.Uni+"/api-keys", apitest.J{"name": "密钥造密钥", "scopes": []any{"results:read"}, "expires_at": "2026-12-31T16:00:00Z"}).Refused(403, "not_allowed")
		key.Get("/v1/api-keys").Refused(403, "not_allowed")

		// Within the one organization, whatever else its maker belongs to.
		o := s.Buyer.Get("/v1/organizations/" + s.Firm)
		s.Buyer.Act("/v1/organizations/"+s.Firm+"/members", o.ETag, apitest.J{"username": s.Editor.Username}).Want(200)
		s.Editor.Post("/v1/organizations/"+s.Firm+"/join", nil)
		key.Post("/v1/results", apitest.J{"owner_id": s.Firm, "title": "别家的成果", "field": "environment", "abstract": "低温等离子体废气净化装置，去除率高。"}).Refused(403, "not_allowed")

		// From its networks only.
		elsewhere := s.Editor.Post("/v1/organizations/"+s.Uni+"/api-keys", apitest.J{"name": "机房", "scopes": []any{"deals:read"}, "networks": []any{"203.0.113.0/24"}, "expires_at": "2026-12-31T16:00:00Z"}).Want(201)
		by(elsewhere.Text("secret")).Get("/v1/deals?organization_id="+s.Uni).Refused(401, "token_invalid")
		here := s.Editor.Post("/v1/organizations/"+s.Uni+"/api-keys", apitest.J{"name": "机房", "scopes": []any{"deals:read"}, "networks": []any{"127.0.0.1", "::1"}, "expires_at": "2026-12-31T16:00:00Z"}).Want(201)
		by(here.Text("secret")).Get("/v1/deals?organization_id=" + s.Uni).Want(200)

		// Rotated, both are good for a while.
		r = s.Editor.Act("/v1/api-keys/"+made.Text("id")+"/rotate", made.ETag, apitest.J{"overlap_hours": 1}).Want(200)
		next := by(r.Text("secret"))
		key.Get("/v1/needs?owner_id=" + s.Uni).Want(200)
		next.Get("/v1/needs?owner_id=" + s.Uni).Want(200)
		h.Clock.Set("2026-03-10T04:00:00Z")
		key.Get("/v1/needs?owner_id="+s.Uni).Refused(401, "token_invalid")
		next.Get("/v1/needs?owner_id=" + s.Uni).Want(200)
		h.Eventually("its use is told", func() bool {
			k := s.Editor.Get("/v1/api-keys/" + made.Text("id")).Want(200)
			return k.At("calls").(float64) >= 10 && k.At("refused").(float64) >= 3 && k.At("last_used_at") != nil
		})
		r = s.Editor.Act("/v1/api-keys/"+made.Text("id")+"/revoke", s.Editor.Get("/v1/api-keys/"+made.Text("id")).ETag, nil).Want(200)
		next.Get("/v1/needs?owner_id="+s.Uni).Refused(401, "token_invalid")
		s.Editor.Act("/v1/api-keys/"+made.Text("id")+"/rotate", r.ETag, nil).Refused(409, "api_key_revoked")
		by(secret[:len(secret)-1]+"0").Get("/v1/results").Refused(401, "token_invalid")
	})
}

// A key ends with its day, and when its maker belongs to the organization no more.
func TestWhenAKeyEnds(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		make := func(expires string) *apitest.Client {
			c := h.As(s.Editor)
			c.Token = s.Editor.Post("/v1/organizations/"+s.Uni+"/api-keys", apitest.J{"name": "科研管理系统", "scopes": []any{"deals:read"}, "expires_at": expires}).Want(201).Text("secret")
			return c
		}
		short, long := make("2026-03-10T03:00:00Z"), make("2026-12-31T16:00:00Z")
		list := "/v1/deals?organization_id=" + s.Uni
		short.Get(list).Want(200)
		h.Clock.Set("2026-03-10T03:00:00Z")
		short.Get(list).Refused(401, "token_invalid")
		long.Get(list).Want(200)
		for body, pointer := range map[*apitest.J]string{
			{"name": "太久", "scopes": []any{"deals:read"}, "expires_at": "2027-05-01T00:00:00Z"}:                                      "/expires_at",
			{"name": "重复", "scopes": []any{"deals:read", "deals:read"}, "expires_at": "2026-05-01T00:00:00Z"}:                        "/scopes/1",
			{"name": "网段", "scopes": []any{"deals:read"}, "networks": []any{"203.0.113.0/33"}, "expires_at": "2026-05-01T00:00:00Z"}: "/networks/0",
		} {
			if r := s.Editor.Post("/v1/organizations/"+s.Uni+"/api-keys", *body).Refused(400, "invalid_input"); r.Text("errors", 0, "pointer") != pointer {
				h.Errorf("%s", r.Raw)
			}
		}
		me := h.Account(s.Editor)
		h.Operator.Act("/v1/accounts/"+me+"/deactivate", h.Operator.Get("/v1/accounts/"+me).ETag, apitest.J{"reason": "离职"}).Want(200)
		long.Get(list).Refused(401, "token_invalid")
	})
}
