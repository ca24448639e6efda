package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors lists the packages of internal from the top: one imports only what stands above it. Packages of one floor do not
// import each other. A new package gets its place here.
var floors = [][]string{
	{"fault"},
	{"money", "when", "codes"},
	{"db"},
	{"policy"},
	{"work"},
	{"relay"},
	{"ref"},
	{"accounts"},
	{"orgs"},
	{"people"},
	{"results", "needs"},
	{"deals"},
	{"ledger"},
	{"contracts"},
	{"match"},
	{"exchange"},
	{"app"},
	{"demo"},
}

// owners says which folders may import a library.
var owners = map[string][]string{
	"github.com/labstack/echo":      {"jiebang/api", "jiebang/bench"}, // bench has a bare handler as its baseline
	"github.com/blevesearch/bleve":  {"jiebang/search", "jiebang/bench"},
	"gorm.io/":                      {"jiebang/internal", "jiebang/api/apitest", "jiebang/bench"}, // to count queries
	"github.com/jackc/pgx":          {"jiebang/internal/db"},
	"github.com/ncruces/go-sqlite3": {"jiebang/internal/db"},
	"github.com/alecthomas/kong":    {"jiebang"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestArrowsPointOneWay(t *testing.T) {
	floor := map[string]int{}
	for i, names := range floors {
		for _, n := range names {
			floor["jiebang/internal/"+n] = i
		}
	}
	for _, p := range packages(t) {
		for _, in := range p.Imports {
			switch {
			case within(p.ImportPath, "jiebang/search") && within(in, "jiebang") && !within(in, "jiebang/search"):
				t.Errorf("%s imports %s: search knows nothing of the rest", p.ImportPath, in)
			case within(p.ImportPath, "jiebang/internal") && (within(in, "jiebang/api") || within(in, "jiebang/web")):
				t.Errorf("%s imports %s: rules do not know the edge", p.ImportPath, in)
			case within(p.ImportPath, "jiebang/internal") && within(in, "jiebang/internal"):
				from, known := floor[p.ImportPath]
				if !known && !strings.HasSuffix(p.ImportPath, "test") {
					t.Errorf("%s has no place among the floors", p.ImportPath)
				}
				if to := floor[in]; known && to >= from {
					t.Errorf("%s imports %s, which does not stand above it", p.ImportPath, in)
				}
			}
			for library, folders := range owners {
				allowed := slices.ContainsFunc(folders, func(f string) bool { return p.ImportPath == f || f != "jiebang" && within(p.ImportPath, f) })
				if strings.HasPrefix(in, library) && !allowed {
					t.Errorf("%s imports %s, which only %v may", p.ImportPath, in, folders)
				}
			}
		}
	}
}

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

// packages lists the module's packages with what they import, tests left out: a test may look behind the curtain.
func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for in := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := in.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
