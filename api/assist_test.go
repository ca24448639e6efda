package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"jiebang/api/apitest"
	"jiebang/internal/assist"
)

// bearer sends a key with each request.
type bearer struct{ token string }

func (b bearer) RoundTrip(q *http.Request) (*http.Response, error) {
	if q = q.Clone(q.Context()); b.token != "" {
		q.Header.Set("Authorization", "Bearer "+b.token)
	}
	return http.DefaultTransport.RoundTrip(q)
}

// assistant connects to a house as programs do that know the protocol and nothing else.
func assistant(h *apitest.House, token string) *mcp.ClientSession {
	h.Helper()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(h.Context(), &mcp.StreamableClientTransport{Endpoint: h.URL + assist.Path, HTTPClient: &http.Client{Transport: bearer{token}}}, nil)
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { _ = session.Close() })
	return session
}

// use uses a tool and gives what it answered, and whether that is a refusal.
func use(h *apitest.House, session *mcp.ClientSession, tool string, arguments j) (text string, answer map[string]any, refused bool) {
	h.Helper()
	r, err := session.CallTool(context.Background(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		h.Fatalf("%s: %v", tool, err)
	}
	if len(r.Content) != 1 {
		h.Fatalf("%s: %d contents", tool, len(r.Content))
	}
	content, is := r.Content[0].(*mcp.TextContent)
	if !is {
		h.Fatalf("%s: %T", tool, r.Content[0])
	}
	_ = json.Unmarshal([]byte(content.Text), &answer) // a refusal is a text
	if structured, is := r.StructuredContent.(map[string]any); !r.IsError && (!is || len(structured) != len(answer)) {
		h.Errorf("%s: as a structure %v, as a text %s", tool, r.StructuredContent, content.Text)
	}
	return content.Text, answer, r.IsError
}

func at(answer map[string]any, list string, i int, name string) string {
	items, _ := answer[list].([]any)
	if i >= len(items) {
		return ""
	}
	item, _ := items[i].(map[string]any)
	text, _ := item[name].(string)
	return text
}

// An assistant with the protocol's own client finds, matches, has a match explained and reads, as a visitor and with a token; ids and addresses come
// along; what may not be read is refused as it is everywhere.
func TestAnAssistantAsksWithItsOwnTools(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := bazaar(h)
		draft := s.Editor.Post("/v1/results", j{"owner_id": s.Uni, "title": "未公开的废气净化草稿", "field": "environment", "abstract": "只有本单位看得到的草稿，用于废气净化。"}).Want(201).Text("id")
		visitor := assistant(h, "")
		tools, err := visitor.ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(tools.Tools) != 6 || !strings.Contains(visitor.InitializeResult().Instructions, "揭榜") {
			t.Errorf("%d tools, introduced by %s", len(tools.Tools), visitor.InitializeResult().Instructions)
		}
		for _, tool := range tools.Tools {
			if tool.Annotations == nil || !tool.Annotations.ReadOnlyHint || tool.Title == "" || tool.Description == "" {
				t.Errorf("%s does not say what it is", tool.Name)
			}
		}

		text, found, refused := use(h, visitor, "find", j{"q": "废气", "kind": "result"})
		if refused || at(found, "items", 0, "id") != s.Result || at(found, "items", 0, "url") != "https://jiebang.example.org/results/"+s.Result {
			t.Errorf("find: %s", text)
		}
		text, found, refused = use(h, visitor, "match", j{"kind": "result", "text": "喷漆线废气量大、浓度不高，活性炭换得太勤，希望有不用频繁换料的净化办法"})
		if refused || at(found, "items", 0, "id") != s.Result || strings.Contains(text, `"here"`) || found["how_to_read_scores"] != "https://jiebang.example.org/docs/score" {
			t.Errorf("match: %s", text)
		}
		text, found, refused = use(h, visitor, "explain_match", j{"kind": "need", "id": s.Need, "with_kind": "result", "with_id": s.Result})
		if refused || found["place"] != 1.0 || !strings.Contains(text, "explanation") || !strings.Contains(text, `"here"`) {
			t.Errorf("explain: %s", text)
		}
		if text, _, refused = use(h, visitor, "explain_match", j{"kind": "need", "id": s.Need, "with_kind": "result", "with_id": draft}); !refused || !strings.Contains(text, "最好的一百条里没有") {
			t.Errorf("explain with something that is not there: %s", text)
		}
		if text, found, refused = use(h, visitor, "open_challenges", j{"field": "environment"}); refused || found["total"] == nil {
			t.Errorf("hall: %s", text)
		}
		if text, found, refused = use(h, visitor, "turnover", j{"from": "2026-01-01", "to": "2026-12-31", "by": "year"}); refused || found["url"] == nil || found["check_it_yourself"] == nil {
			t.Errorf("turnover: %s", text)
		}
		if text, _, refused = use(h, visitor, "turnover", j{"from": "2026-01-15", "to": "昨天"}); !refused || !strings.Contains(text, "400") || !strings.Contains(text, "to:") && !strings.Contains(text, "query:to") {
			t.Errorf("a day that is none: %s", text)
		}

		if text, _, refused = use(h, visitor, "read", j{"kind": "result", "id": draft}); !refused || !strings.Contains(text, "404") || strings.Contains(text, "废气净化草稿") {
			t.Errorf("a visitor reads a draft: %s", text)
		}
		if text, found, refused = use(h, assistant(h, s.Editor.Token), "read", j{"kind": "result", "id": draft}); refused || found["title"] != "未公开的废气净化草稿" {
			t.Errorf("its writer does not: %s", text)
		}
		if text, _, refused = use(h, assistant(h, "jbs_not_a_token"), "find", j{"q": "废气"}); !refused || !strings.Contains(text, "401") || !strings.Contains(text, "Bearer") {
			t.Errorf("a token that is none: %s", text)
		}
		for name, wrong := range map[string]j{"a kind that is a path": {"kind": "../v1/me?x=", "id": draft}, "a kind that there is not": {"kind": "account", "id": draft}, "no id": {"kind": "result"}} {
			if text, _, refused = use(h, visitor, "read", wrong); !refused {
				t.Errorf("%s: %s", name, text)
			}
		}
		if text, _, refused = use(h, visitor, "read", j{"kind": "result", "id": "../../v1/healthz"}); !refused || !strings.Contains(text, "4") {
			t.Errorf("an id that is a path: %s", text)
		}
	})
}
