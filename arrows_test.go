package main_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// floors lists the packages of internal from the top: one imports only what stands above it. Packages of one floor do not
// import each other. A new package gets its place here.
var floors = [][]string{
	{"fault"},
	{"text"},
	{"money", "when", "codes"},
	{"tables", "paper", "assist"},
	{"db"},
	{"seal"},
	{"policy"},
	{"work"},
	{"keys"},
	{"kinds"},
	{"publication", "external"},
	{"relay"},
	{"jobs"},
	{"mail"},
	{"accounts"},
	{"files", "ref"},
	{"offices"},
	{"orgs", "control"},
	{"people", "listing", "apikeys"},
	{"notices", "review", "complaints"},
	{"results", "needs"},
	{"teams"},
	{"mandates"},
	{"deals"},
	{"ledger"},
	{"contracts"},
	{"programmes", "commissions"},
	{"challenges", "benefits"},
	{"projects"},
	{"match", "changes", "indicators"},
	{"inbox", "webhooks", "harvest"},
	{"exchange"},
	{"app"},
	{"demo"},
	{"cli"},
}

// owners says which folders may import a library.
var owners = map[string][]string{
	"github.com/labstack/echo":        {"jiebang/api", "jiebang/web", "jiebang/bench"}, // bench has a bare handler as its baseline
	"github.com/a-h/templ":            {"jiebang/web"},
	"github.com/blevesearch/bleve":    {"jiebang/search", "jiebang/bench"},
	"gorm.io/":                        {"jiebang/internal", "jiebang/api/apitest", "jiebang/bench"}, // to count queries
	"github.com/jackc/pgx":            {"jiebang/internal/db"},
	"github.com/ncruces/go-sqlite3":   {"jiebang/internal/db"},
	"gocloud.dev":                     {"jiebang/internal/files"},
	"github.com/gabriel-vasile":       {"jiebang/internal/files"},
	"github.com/yuin/goldmark":        {"jiebang/api/reference"},
	"github.com/chromedp":             {"jiebang/api", "jiebang/web"},
	"github.com/alecthomas/kong":      {"jiebang/internal/cli"},
	"github.com/modelcontextprotocol": {"jiebang/internal/assist"},
	"github.com/wneessen/go-mail":     {"jiebang/internal/mail"},
	"github.com/signintech/gopdf":     {"jiebang/internal/paper"},
	"github.com/boombuler/barcode":    {"jiebang/internal/paper"},
	"github.com/xuri/excelize":        {"jiebang/internal/tables", "jiebang/bench"}, // which reads the same file by it alone
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
			if within(p.ImportPath, "jiebang/web") && within(in, "jiebang") && !slices.ContainsFunc(seenByWeb, func(f string) bool { return within(in, f) }) {
				t.Errorf("%s imports %s: pages stand on the mechanism of the edge and the answers of operations", p.ImportPath, in)
			}
			if wrong := edgeArrow(p.ImportPath, in); wrong != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, in, wrong)
			}
			for library, folders := range owners {
				allowed := slices.ContainsFunc(folders, func(f string) bool { return within(p.ImportPath, f) })
				if strings.HasPrefix(in, library) && !allowed {
					t.Errorf("%s imports %s, which only %v may", p.ImportPath, in, folders)
				}
			}
		}
	}
}

// seenByWeb is what pages may know: what they change they change by operations, and what they show is what those answer.
var seenByWeb = []string{
	"jiebang/web", "jiebang/api/edge", "jiebang/api/wire", "jiebang/internal/app", "jiebang/internal/fault", "jiebang/internal/money", "jiebang/internal/policy", "jiebang/internal/ref", "jiebang/internal/tables", "jiebang/internal/when", // of ref what places are called, of tables how a cell is made harmless
}

// mechanism is what the edge's own may know of internal.
var mechanism = []string{"fault", "text", "money", "when", "db", "policy", "work"}

// edgeArrow says what is wrong with an import within the HTTP edge: a capability gets its own services and not the whole system,
// and the mechanism knows no capability.
func edgeArrow(from, to string) string {
	capability := strings.HasPrefix(from, "jiebang/api/") && !within(from, "jiebang/api/apitest")
	switch {
	case !capability:
		return ""
	case to == "jiebang/internal/app":
		return "only the server sees the whole system"
	case within(to, "jiebang/api") && to != "jiebang/api/edge" && to != "jiebang/api/wire":
		return "a capability's edge stands on edge and wire alone"
	case from == "jiebang/api/wire" && to == "jiebang/api/edge":
		return "types know no requests"
	case within(from, "jiebang/api/edge") && within(to, "jiebang/internal") && !slices.Contains(mechanism, strings.TrimPrefix(to, "jiebang/internal/")):
		return "the mechanism knows no capability"
	}
	return ""
}

// What a reader may see is decided before the edge: api and web ask policy nowhere, and know of it who the actor is.
func TestTheEdgeAsksPolicyNowhere(t *testing.T) {
	for root, least := range map[string]int{"api": 15, "web": 15} {
		asksNoPolicy(t, root, least)
	}
}

func asksNoPolicy(t *testing.T, root string, least int) {
	t.Helper()
	files := eachFile(t, root, func(set *token.FileSet, file *ast.File) {
		name := "policy"
		for _, in := range file.Imports {
			if in.Path.Value == `"jiebang/internal/policy"` && in.Name != nil {
				if name = in.Name.Name; name == "." {
					t.Errorf("%s: policy is imported without a name", set.Position(in.Pos()))
				}
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if of, ok := s.X.(*ast.Ident); ok && of.Name == name && s.Sel.Name != "Actor" {
				t.Errorf("%s: policy.%s", set.Position(s.Pos()), s.Sel.Name)
			}
			return true
		})
	})
	if files < least {
		t.Errorf("only %d files of %s were read", files, root)
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

// A use case inside another would be a second transaction: on SQLite it would wait for itself. What joins one takes its *work.Tx
// and never reaches for the unit.
func TestNoUseCaseCallsAnother(t *testing.T) {
	found := 0
	eachFile(t, "internal", func(set *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			var params *ast.FieldList
			var body *ast.BlockStmt
			switch f := n.(type) {
			case *ast.FuncLit:
				params, body = f.Type.Params, f.Body
			case *ast.FuncDecl:
				params, body = f.Type.Params, f.Body
			}
			if body == nil || !takesTx(params) {
				return true
			}
			found++
			ast.Inspect(body, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "unit" {
					t.Errorf("%s: the unit is used within a transaction", set.Position(s.Pos()))
				}
				return true
			})
			return true
		})
	})
	if found < 40 {
		t.Errorf("only %d functions within transactions were read", found)
	}
}

// eachFile parses the Go files of a folder, tests left out, and counts them.
func eachFile(t *testing.T, root string, visit func(*token.FileSet, *ast.File)) (files int) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		files++
		visit(set, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// takesTx tells whether a function's first parameter is a *work.Tx.
func takesTx(params *ast.FieldList) bool {
	if params == nil || len(params.List) == 0 {
		return false
	}
	star, ok := params.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	s, ok := star.X.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Tx"
}
