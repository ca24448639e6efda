package api_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"jiebang/api/apitest"
)

// sink keeps all that is logged.
type sink struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// A personal number goes in once, and comes out of one operation only: neither another answer, nor an error, nor the log tells it.
func TestAPersonalNumberComesOutOfOneOperationOnly(t *testing.T) {
	log, was := &sink{}, slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { // the databases run beside one another, and after this function
		slog.SetDefault(was)
		if all := log.String(); !strings.Contains(all, "/reveal") || strings.Contains(all, apitest.ResidentID) || strings.Contains(all, apitest.ResidentID[3:14]) {
			t.Errorf("the log, of %d bytes, has no requests in it, or has the number", len(all))
		}
	})
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		const number, mask = apitest.ResidentID, "210***********1233"
		quiet := func(r *apitest.Response) *apitest.Response {
			h.Helper()
			if strings.Contains(string(r.Raw), number) {
				h.Errorf("%s tells the number: %s", r.Request, r.Raw)
			}
			return r
		}
		seller := func(personal any) map[string]any {
			return apitest.Terms(s.Uni, s.Firm, j{"sellers": []any{
				j{"name": "盛北理工大学", "nature": "022", "region": "210112", "organization_id": s.Uni},
				j{"name": "林知远", "nature": "natural_person", "region": "210102", "personal_id": personal},
			}})
		}
		enter := func(personal any) *apitest.Response {
			return quiet(s.Editor.Post("/v1/contracts", j{"kind": "development", "terms": seller(personal)}))
		}
		for _, bad := range []struct{ document, number, code string }{
			{"resident_id", number[:17] + "9", "check_character"}, {"passport", number, "bad_format"}, {"resident_id", number + ".", "bad_format"},
			{"resident_id", mask, "unknown_person"},
		} {
			r := enter(j{"document": bad.document, "number": bad.number}).Want(400)
			if strings.Contains(string(r.Raw), number[3:14]) || r.Text("errors", 0, "code") != bad.code || r.Text("errors", 0, "pointer") != "/terms/sellers/1/personal_id/number" {
				h.Errorf("%s: %s", bad.number, r.Raw)
			}
		}
		r := enter(j{"document": "resident_id", "number": number}).Want(201)
		id, person := r.Text("id"), r.At("terms", "sellers", 1, "personal_id")
		personID := r.Text("terms", "sellers", 1, "personal_id", "id")
		if r.Text("terms", "sellers", 1, "personal_id", "number") != mask {
			h.Errorf("%s", r.Raw)
		}
		// Read and written back as it is, under another title.
		terms := r.At("terms").(map[string]any)
		terms["title"] = "喷涂废气净化装置委托开发(修订)"
		r = quiet(s.Editor.Put("/v1/contracts/"+id, r.ETag, j{"kind": "development", "terms": terms})).Want(200)
		if r.Text("terms", "sellers", 1, "personal_id", "id") != personID {
			h.Errorf("%v became %s", person, r.Raw)
		}
		r = quiet(s.Editor.Act("/v1/contracts/"+id+"/submit", r.ETag, nil)).Want(200)
		application := "/v1/applications/" + r.Text("application_id")
		for _, reader := range []*apitest.Client{s.Editor, s.Buyer, s.First, s.Operator} {
			for _, path := range []string{"/v1/contracts/" + id, application} {
				if r := quiet(reader.Get(path)).Want(200); r.Text("terms", "sellers", 1, "personal_id", "number") != mask {
					h.Errorf("%s", r.Raw)
				}
			}
		}
		reveal := "/v1/contracts/" + id + "/personal-ids/" + personID + "/reveal"
		r = s.First.Post(reveal, j{"reason": "核对身份证原件"}).Want(200)
		if r.Text("number") != number || r.Text("document") != "resident_id" || r.Header.Get("Cache-Control") != "no-store" {
			h.Errorf("%s %v", r.Raw, r.Header)
		}
		quiet(s.Buyer.Post(reveal, j{"reason": "核对身份证原件"})).Want(403)
		quiet(s.First.Post(reveal, j{})).Want(400)
		h.Register(strings.TrimPrefix(application, "/v1/applications/"), s.First, s.Second)
		report, err := h.App.Verify(t.Context())
		if err != nil || len(report.Problems) > 0 || !strings.Contains(strings.Join(report.Lines, "\n"), "密封值 sealed values: 开启 1 个。1 opened") {
			h.Errorf("%+v %v", report, err)
		}
	})
}
