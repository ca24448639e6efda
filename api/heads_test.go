package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/api/edge/edgetest"
)

// itsOwn are the headers that two answers to one question may differ in.
var itsOwn = []string{"Date", "X-Request-Id"}

// HEAD is GET without its body, for what is there and for every refusal: status and headers are the same.
func TestHeadAnswersWithTheHeadersOfGet(t *testing.T) {
	doc, err := edgetest.Described()
	if err != nil {
		t.Fatal(err)
	}
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		result, _ := s.ResultIn("published")
		paths := []string{
			"/nowhere", "/v1/nowhere", "/v1/results/" + result, "/v1/results/" + result + "/publish", "/v1/results/no-id", "/v1/results?limit=0", "/v1/results?wrong=1",
			"/v1/reference/nothing", "/problems/not_visible", "/problems/nothing", "/docs/story", "/docs/nothing", "/openapi.yaml", "/healthz", "/readyz",
		}
		for path, item := range doc.Paths.Map() {
			if item.Get != nil {
				paths = append(paths, strings.NewReplacer("{", "", "}", "").Replace(strings.ReplaceAll(path, "{id}", "0197f000-0000-7000-8000-0000000000bb")))
			}
		}
		told := map[int]int{}
		for name, who := range map[string]*apitest.Client{"visitor": s.Visitor(), "stranger": s.Stranger, "operator": s.Operator, "nobody": {Token: "nonsense"}} {
			who := h.As(who)
			for _, path := range paths {
				for _, language := range []string{"", "en"} {
					headers := map[string]string{"Accept-Language": language, "Accept-Encoding": "identity"} // Go asks for gzip by itself, and by GET alone
					get, head := who.Do(http.MethodGet, path, nil, headers), who.Do(http.MethodHead, path, nil, headers)
					told[get.Status]++
					if get.Status != head.Status || len(head.Raw) > 0 {
						t.Errorf("%s, %s: %d by GET, %d by HEAD, with %d bytes", name, path, get.Status, head.Status, len(head.Raw))
					}
					all := map[string]bool{}
					for n := range get.Header {
						all[n] = true
					}
					for n := range head.Header {
						all[n] = true
					}
					if get.Header.Get("Content-Disposition") != "" && head.Header.Get("Accept-Ranges") == "" {
						delete(all, "Content-Length") // of a file that is made while it is sent, known when it is short
					}
					for n := range all {
						if g, w := get.Header.Values(n), head.Header.Values(n); !slices.Equal(g, w) && !slices.Contains(itsOwn, n) {
							t.Errorf("%s, %s (%d): %s is %q by GET and %q by HEAD", name, path, get.Status, n, g, w)
						}
					}
				}
			}
		}
		for _, status := range []int{200, 400, 401, 403, 404, 405} {
			if told[status] < 2 {
				t.Errorf("%d was answered %d times", status, told[status])
			}
		}
	})
}
