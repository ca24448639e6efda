package db

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
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

// A condition with alternatives that is written without brackets means something else as soon as it is joined with another.
func TestConditionsCarryTheirOwnBrackets(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			literal, text := call.Args[0].(*ast.BasicLit)
			if !ok || !text || literal.Kind != token.STRING || method.Sel.Name != "Where" && method.Sel.Name != "Or" {
				return true
			}
			sql, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			seen++
			if bracketed(sql) != sql {
				t.Errorf("%s: %q has alternatives without brackets", files.Position(literal.Pos()), sql)
			}
			return true
		})
		return nil
	})
	if err != nil || seen < 50 {
		t.Fatalf("%d conditions found: %v", seen, err)
	}
}
