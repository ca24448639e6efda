package db

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestAlternativesGetBrackets(t *testing.T) {
	for sql, want := range map[string]string{
		"a = ? OR b = ?":                                "(a = ? OR b = ?)",
		"(a = ?) or (b = ?)":                            "((a = ?) or (b = ?))",
		"(a = ? OR b = ?)":                              "(a = ? OR b = ?)",
		"a = ? AND (b = ? OR c = ?)":                    "a = ? AND (b = ? OR c = ?)",
		"EXISTS (SELECT 1 FROM x WHERE a = ? OR b = ?)": "EXISTS (SELECT 1 FROM x WHERE a = ? OR b = ?)",
		"color = 'OR'":                                  "color = 'OR'",
	} {
		if got := bracketed(sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

// eachLiteral calls look with each text that is written in the code of internal, and the call that it is the first argument of, if any.
func eachLiteral(t *testing.T, look func(at token.Position, text string, of *ast.CallExpr)) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		calls := map[ast.Expr]*ast.CallExpr{}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, is := n.(*ast.CallExpr); is && len(call.Args) > 0 {
				calls[call.Args[0]] = call
			}
			if literal, is := n.(*ast.BasicLit); is && literal.Kind == token.STRING {
				text, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				look(files.Position(literal.Pos()), text, calls[literal])
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A condition with alternatives that is written without brackets means something else as soon as it is joined with another.
func TestConditionsCarryTheirOwnBrackets(t *testing.T) {
	seen := 0
	eachLiteral(t, func(at token.Position, sql string, of *ast.CallExpr) {
		if of == nil {
			return
		}
		method, is := of.Fun.(*ast.SelectorExpr)
		if !is || method.Sel.Name != "Where" && method.Sel.Name != "Or" {
			return
		}
		seen++
		if bracketed(sql) != sql {
			t.Errorf("%s: %q has alternatives without brackets", at, sql)
		}
	})
	if seen < 50 {
		t.Fatalf("%d conditions found", seen)
	}
}

// Who asks for all columns gets another number of them as soon as a newer program adds one, and PostgreSQL refuses what it has prepared.
func TestStatementsNameTheirColumns(t *testing.T) {
	all, seen := regexp.MustCompile(`(?i)(SELECT|,)\s+(\w+\.)?\*|^\s*(\w+\.)?\*\s*,|^\w+\.\*$|RETURNING\s+\*`), 0
	eachLiteral(t, func(at token.Position, sql string, _ *ast.CallExpr) {
		if strings.Contains(strings.ToUpper(sql), "SELECT ") {
			seen++
		}
		if all.MatchString(sql) {
			t.Errorf("%s: %q asks for all columns (db.Columns names them)", at, sql)
		}
	})
	if seen < 50 {
		t.Fatalf("%d statements found", seen)
	}
}
