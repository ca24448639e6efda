package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

const base = "openapi: 3.0.3\ntags: [{name: beta}, {name: alpha}]\npaths: {}\ncomponents: {schemas: {Shared: {type: string}}}\n"

func TestPartsInTheOrderOfTags(t *testing.T) {
	out := joined(t, map[string]string{
		"common.yaml":     base,
		"zoo.yaml":        "paths: {/z: {get: {}}}",
		"alpha.yaml":      "paths: {/a: {get: {}}}\ncomponents: {schemas: {A: {type: string}}, headers: {H: {}}}",
		"alpha_more.yaml": "paths: {/more: {get: {}}}",
		"beta.yaml":       "paths: {/b: {get: {}}, /a: {put: {}}}\ncomponents: {schemas: {B: {type: string}}}",
	})
	const want = header + `openapi: 3.0.3
tags: [{name: beta}, {name: alpha}]
paths:
  /b:
    get: {}
  /a:
    put: {}
    get: {}
  /more:
    get: {}
  /z:
    get: {}
components:
  schemas:
    Shared: {type: string}
    B: {type: string}
    A: {type: string}
  headers:
    H: {}
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Error(diff)
	}
}

func TestPartsThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		name, first, second string
		want                []string
	}{
		{"the same operation", "paths: {/x: {get: {}}}", "paths:\n  /x:\n    get: {}", []string{"paths /x get", "alpha.yaml:1", "beta.yaml:3"}},
		{"the same component", "components: {schemas: {S: {}}}", "components: {schemas: {S: {}}}", []string{"components schemas S", "alpha.yaml:1", "beta.yaml:1"}},
		{"a component that is shared", "components: {schemas: {Shared: {}}}", "paths: {}", []string{"components schemas Shared", "common.yaml:4", "alpha.yaml:1"}},
		{"twice in one file", "paths:\n  /x: {get: {}}\n  /x: {put: {}}", "paths: {}", []string{"alpha.yaml", "/x", "line 3"}},
		{"twice deeper down", "paths: {/x: {get: {summary: a, summary: b}}}", "paths: {}", []string{"alpha.yaml", "summary"}},
		{"what is said once for all", "paths: {}", "servers: []", []string{"beta.yaml:1", "servers", "common.yaml"}},
		{"not YAML", "paths: {", "paths: {}", []string{"alpha.yaml"}},
		{"nothing", "", "paths: {}", []string{"alpha.yaml", "empty"}},
		{"a list", "[]", "paths: {}", []string{"alpha.yaml"}},
		{"no paths below paths", "paths:", "paths: {}", []string{"alpha.yaml:1", "mapping"}},
		{"no methods below a path", "paths: {/x: []}", "paths: {}", []string{"alpha.yaml:1", "paths /x", "mapping"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := bundle(map[string][]byte{common: []byte(base), "alpha.yaml": []byte(c.first), "beta.yaml": []byte(c.second)}, &words{})
			if err == nil {
				t.Fatal("was joined")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

func TestTextsAreNotTouched(t *testing.T) {
	part := `# for those who write
paths:
  /x:
    # not for those who read
    get:
      summary: 撤回成果 Withdraw, a result
      description: |
        第一行：“引号”、《书名》。

          - indented: *as it is*
        the last line # no comment
      '200': { version: '1.10', day: '2026-01-01', yes: 'on', rare: 𠮷野家, pattern: '^[一-龥]\d+$', quoted: "a\tb" }
components:
  schemas:
    Long: { type: string, description: 够长的说明，` + long + `, enum: [a, b] }
`
	out := joined(t, map[string]string{"common.yaml": base, "alpha.yaml": part})
	for _, want := range []string{"summary: 撤回成果 Withdraw, a result\n", "      description: |\n        第一行：“引号”、《书名》。\n\n          - indented: *as it is*\n        the last line # no comment\n",
		"    Long:\n      type: string\n      description: 够长的说明，" + long + "\n      enum: [a, b]\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "those who") {
		t.Errorf("comments in\n%s", out)
	}
	if diff := cmp.Diff(decoded(t, part)["paths"], decoded(t, out)["paths"]); diff != "" {
		t.Error(diff)
	}
}

var long = strings.TrimSpace(strings.Repeat("一行放不下 longer than a line ", 10))

// What the parts say is what comes out, no more and no less, before requests and answers are taken apart; and openapi.yaml is what the
// command makes of them.
func TestNothingIsLost(t *testing.T) {
	names, err := filepath.Glob("../*.yaml")
	if err != nil || len(names) < 2 {
		t.Fatalf("parts: %v, %v", names, err)
	}
	want := map[string]any{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(text, []byte("\n")); lines > 400 {
			t.Errorf("%s has %d lines: too many to read at a sitting; split it", name, lines)
		}
		overlay(want, decoded(t, string(text)))
	}
	made := func(split bool) []byte {
		output := filepath.Join(t.TempDir(), "openapi.yaml")
		if err := run("..", output, split); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(output)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if diff := cmp.Diff(want, decoded(t, string(made(false)))); diff != "" {
		t.Error(diff)
	}
	served, err := os.ReadFile("../../openapi.yaml")
	if err != nil || !bytes.Equal(made(true), served) {
		t.Errorf("openapi.yaml is not up to date, %v", err)
	}
}

func overlay(into, of map[string]any) {
	for key, value := range of {
		old, both := into[key].(map[string]any)
		if inner, ok := value.(map[string]any); ok && both {
			overlay(old, inner)
		} else {
			into[key] = value
		}
	}
}

func joined(t *testing.T, parts map[string]string) string {
	t.Helper()
	texts := map[string][]byte{}
	for name, text := range parts {
		texts[name] = []byte(text)
	}
	out, err := bundle(texts, &words{})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}
