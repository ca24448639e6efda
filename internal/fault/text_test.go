package fault_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"jiebang/internal/fault"
)

// Each text is written once, in both languages, side by side: the first has Chinese in it, the second none, and both say the same of
// the arguments. A mixture of both in one string would reach people whole.
func TestTextsAreInTwoLanguagesSideBySide(t *testing.T) {
	found := 0
	for _, folder := range []string{"../../internal", "../../api"} {
		err := filepath.WalkDir(folder, func(name string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, name, text, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				pair := slices.IndexFunc(call.Args, func(e ast.Expr) bool { s, ok := literal(e); return ok && strings.ContainsFunc(s, han) })
				if pair < 0 || !says(call) {
					return true
				}
				found++
				zh, _ := literal(call.Args[pair])
				en, given := "", false
				if pair+1 < len(call.Args) {
					en, given = literal(call.Args[pair+1])
				}
				switch {
				case !given || en == "" || strings.ContainsFunc(en, han):
					t.Errorf("%s: %q has no English of its own after it", files.Position(call.Pos()), zh)
				case words.MatchString(zh):
					t.Errorf("%s: %q has English in it", files.Position(call.Pos()), zh)
				case !slices.Equal(verbs(zh), verbs(en)) && (strings.Contains(stripped(zh), "%") || strings.Contains(stripped(en), "%")):
					t.Errorf("%s: %q and %q take other arguments; name them by number", files.Position(call.Pos()), zh, en)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 100 {
		t.Errorf("only %d texts were looked at", found)
	}
}

// says tells whether a call takes a text for people.
func says(call *ast.CallExpr) bool {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	return slices.Contains([]string{"Because", "At", "Check", "Field", "Say", "Add", "broken", "define", "place"}, name)
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

func literal(e ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(x.Value)
		return s, x.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		a, first := literal(x.X)
		b, second := literal(x.Y)
		return a + b, first && second
	}
	return "", false
}

var (
	words    = regexp.MustCompile(`[A-Z]?[a-z]+ [a-z]+ [a-z]+`) // three words in a row are a sentence, and no name of a field
	verb     = regexp.MustCompile(`%\+?(\[\d+\])?[a-z]`)
	numbered = regexp.MustCompile(`%\+?\[\d+\][a-z]`)
)

func verbs(s string) []string { return verb.FindAllString(s, -1) }

func stripped(s string) string { return numbered.ReplaceAllString(s, "") }

// Each code tells what to do about it, and no remedy is left of a code that is gone.
func TestEveryCodeHasARemedy(t *testing.T) {
	known := map[string]bool{}
	for _, d := range fault.Catalogue() {
		known[d.Code] = true
		if r := fault.Remedy(d.Code); r.ZH == "" || r.EN == "" {
			t.Errorf("%s: %q", d.Code, r)
		}
	}
	places := map[string]bool{}
	for _, p := range fault.Places() {
		places[p.Code] = true
	}
	ofCodes, ofPlaces := fault.Remedies()
	for _, code := range ofCodes {
		if !known[code] {
			t.Errorf("there is a remedy for %s, and no such code", code)
		}
	}
	for _, code := range ofPlaces {
		if !places[code] {
			t.Errorf("there is a remedy for the place code %s, and no such code", code)
		}
	}
	// One code of both kinds means two things.
	if fault.Remedy("not_allowed") == fault.PlaceRemedy("not_allowed") {
		t.Error("who may not do something is told to choose another value")
	}
}
