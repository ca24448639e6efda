package eval

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"jiebang/search/lines"
)

// ReadLines reads a file of JSON objects, one a line, gzip or not (package
// lines). A file of another kind, and a line that is wrong, is an error that
// names it: figures over a part of what was given would be read as over all.
func ReadLines[T any](name string) ([]T, error) {
	var out []T
	return out, eachLine(name, func(_ int, v T) { out = append(out, v) })
}

// eachLine gives f each line of a file, with its number.
func eachLine[T any](name string, f func(line int, v T)) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	in, err := lines.Open(file)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for {
		line, n, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, plain(err))
		}
		f(n, v)
	}
}

// mostProblems is how many lines that are wrong are named; who mends those runs it again.
const mostProblems = 20

// collect reads documents and needs. It refuses, naming every line, what would let a figure mean something else than it says: a document or
// need without an id, or one that is there twice; one without any text; a judgment of a document that is not there, which nothing could
// find, or with a grade below 0. A need that nobody has judged, or to which no document answers, can only lower what is a mean over needs: it
// is left out, and left says so.
func collect(docsFile string, needsFiles []string) (docs []Doc, needs []Need, left []string, err error) {
	var problems []error
	wrong := func(file string, line int, zh, en string, args ...any) {
		problems = append(problems, fmt.Errorf("%s:%d: "+zh+" "+en, append([]any{file, line}, args...)...))
	}
	docAt := map[string]int{}
	err = eachLine(docsFile, func(line int, d Doc) {
		at, twice := docAt[d.ID]
		switch {
		case d.ID == "":
			wrong(docsFile, line, "文档缺 id。", "The document has no id.")
		case twice:
			wrong(docsFile, line, "文档 %[3]s 已在第 %[4]d 行出现。", "The document %[3]s is in line %[4]d already.", d.ID, at)
		case strings.TrimSpace(d.Title+d.Abstract+strings.Join(d.Keywords, "")) == "":
			wrong(docsFile, line, "文档 %[3]s 没有标题、摘要和关键词。", "The document %[3]s has neither title nor abstract nor keywords.", d.ID)
		default:
			docAt[d.ID] = line
			docs = append(docs, d)
		}
	})
	if err != nil {
		return nil, nil, nil, err
	}
	needAt := map[string]string{}
	for _, file := range needsFiles {
		err := eachLine(file, func(line int, n Need) {
			at, twice := needAt[n.ID]
			unknown := slices.DeleteFunc(slices.Sorted(maps.Keys(n.Relevant)), func(id string) bool { return docAt[id] > 0 })
			best, least := 0, 0
			for _, grade := range n.Relevant {
				best, least = max(best, grade), min(least, grade)
			}
			switch {
			case n.ID == "":
				wrong(file, line, "需求缺 id。", "The need has no id.")
			case twice:
				wrong(file, line, "需求 %[3]s 已在 %[4]s 出现。", "The need %[3]s is at %[4]s already.", n.ID, at)
			case strings.TrimSpace(n.Title+n.Text) == "":
				wrong(file, line, "需求 %[3]s 没有标题和正文。", "The need %[3]s has neither title nor text.", n.ID)
			case len(unknown) > 0:
				wrong(file, line, "需求 %[3]s 的判定提到不存在的文档：%[4]s。", "A judgment of the need %[3]s is about a document that is not there: %[4]s.", n.ID, strings.Join(unknown, ", "))
			case least < 0:
				wrong(file, line, "需求 %[3]s 的判定等级小于 0。", "A grade of the need %[3]s is below 0.", n.ID)
			case best == 0:
				left = append(left, fmt.Sprintf("%s:%d: 需求 %[3]s 没有判定为相关的文档，未计入。 No document was judged to answer the need %[3]s; it is left out.", file, line, n.ID))
			default:
				needs = append(needs, n)
			}
			if n.ID != "" && !twice {
				needAt[n.ID] = fmt.Sprintf("%s:%d", file, line)
			}
		})
		if err != nil {
			return nil, nil, nil, err
		}
	}
	if more := len(problems) - mostProblems; more > 0 {
		problems = append(problems[:mostProblems], fmt.Errorf("另有 %[1]d 行有误 %[1]d more lines are wrong", more))
	}
	if len(problems) == 0 && (len(docs) == 0 || len(needs) == 0) {
		problems = append(problems, errors.New("至少要有一个文档和一条有判定的需求 At least one document and one judged need are wanted"))
	}
	return docs, needs, left, errors.Join(problems...)
}
