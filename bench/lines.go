package main

import (
	"context"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jiebang/bench/rig"
)

// code counts lines with code in one package.
type code struct{ plain, tests, generated int }

// measureLines counts the lines of Go that hold code: neither blank nor only a comment. Packages that serve tests only are tests.
func measureLines(_ context.Context, b *bench) error {
	root, err := rig.Root()
	if err != nil {
		return err
	}
	packages := map[string]*code{}
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && path != root && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata" || e.Name() == "tools" || e.Name() == "data" || e.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if e.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		return count(packages, root, path)
	})
	if err != nil {
		return err
	}
	s := Section{Figure: "lines", Title: "lines of Go code by package; tests against code", Load: load()}
	var sum code
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		p := packages[name]
		sum.plain, sum.tests, sum.generated = sum.plain+p.plain, sum.tests+p.tests, sum.generated+p.generated
		s.line(name, p)
	}
	s.line("all", &sum)
	b.report.Sections = append(b.report.Sections, s)
	return nil
}

func (s *Section) line(name string, p *code) {
	quantity := "lines of tests"
	if p.generated > 0 {
		quantity += fmt.Sprintf(" (and %d generated)", p.generated)
	}
	s.add(name, quantity, float64(p.tests), "code", float64(p.plain))
}

func count(packages map[string]*code, root, path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	name, err := filepath.Rel(root, filepath.Dir(path))
	if err != nil {
		return err
	}
	name = filepath.ToSlash(name)
	p := packages[name]
	if p == nil {
		p = &code{}
		packages[name] = p
	}
	n := linesOfCode(source)
	switch {
	case strings.HasSuffix(path, ".gen.go"):
		p.generated += n
	case strings.HasSuffix(path, "_test.go") || strings.HasSuffix(name, "test"):
		p.tests += n
	default:
		p.plain += n
	}
	return nil
}

// linesOfCode counts lines on which something stands, a text of several lines with all of them.
func linesOfCode(source []byte) int {
	set := token.NewFileSet()
	file := set.AddFile("", set.Base(), len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, 0)
	lines := map[int]bool{}
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return len(lines)
		}
		if tok == token.SEMICOLON && text == "\n" {
			continue // the scanner's own
		}
		first := file.Line(pos)
		for i := range strings.Count(text, "\n") + 1 {
			lines[first+i] = true
		}
	}
}
