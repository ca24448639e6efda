package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jiebang/search/lines"
)

// ReadLines reads a file of JSON objects, one a line, gzip or not (package
// lines). A file of another kind, and a line that is wrong, is an error that
// names it: figures over a part of what was given would be read as over all.
func ReadLines[T any](name string) ([]T, error) {
	var out []T
	return out, eachLine(name, func(_ int, v T, _ members) { out = append(out, v) })
}

// eachLine gives f each line of a file, with its number and the members that it has. What is wrong with single lines is told together, once the
// others were read.
func eachLine[T any](name string, f func(line int, v T, m members)) error {
	var wrong []error
	refuse := func(n int, why string) {
		if wrong = append(wrong, fmt.Errorf("%s:%d: %s", name, n, why)); len(wrong) > mostProblems {
			wrong = append(wrong[:mostProblems], fmt.Errorf("%s: 此后仍有读不出的行。 More lines after these cannot be read", name))
		}
	}
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
			return errors.Join(wrong...)
		}
		if lines.Alone(err) {
			refuse(n, err.Error())
			continue
		}
		if err != nil {
			return errors.Join(append(wrong, fmt.Errorf("%s:%d: %w", name, n, err))...)
		}
		if !utf8.Valid(line) { // it would be read as something else than was written
			zh, en := lines.Spoiled(line)
			refuse(n, zh+"。 "+en)
			continue
		}
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			refuse(n, plain(err).Error())
			continue
		}
		var m members
		if err := json.Unmarshal(line, &m); err != nil {
			refuse(n, plain(err).Error())
			continue
		}
		f(n, v, m)
	}
}

// members are those of one line, as they stand there.
type members map[string]json.RawMessage

// given tells whether there is a member of this name.
func (m members) given(name string) bool {
	for is := range m {
		if strings.EqualFold(is, name) {
			return true
		}
	}
	return false
}

// besides are the members that are none of those that are read, in order.
func (m members) besides(read []string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(m)), func(is string) bool {
		return slices.ContainsFunc(read, func(name string) bool { return strings.EqualFold(is, name) })
	})
}

// control finds a character that nobody can have written on purpose: the member that it is in, and what it is. It is refused as
// imports refuse it: texts with it are no texts that the product would ever hold.
func (m members) control() (member string, c rune, found bool) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		in := json.NewDecoder(bytes.NewReader(m[name]))
		for {
			token, err := in.Token()
			if err != nil {
				break
			}
			text, _ := token.(string)
			if i := strings.IndexFunc(text, unwritten); i >= 0 {
				c, _ = utf8.DecodeRuneInString(text[i:])
				return name, c, true
			}
		}
	}
	return "", 0, false
}

func unwritten(c rune) bool { return unicode.IsControl(c) && !strings.ContainsRune("\t\n\r", c) }

// The members that are read, and of documents those that lists of the product's own have besides.
var (
	docMembers  = []string{"id", "title", "abstract", "keywords", "solves", "discipline"}
	needMembers = []string{"id", "need_title", "need_text", "relevant"}
)

// unread counts the members of a file that are not read: a name that is misspelt changes the figures of who does not know.
type unread struct {
	names []string
	first map[string]int
	count map[string]int
}

func (u *unread) note(line int, names []string) {
	for _, name := range names {
		if u.count[name] == 0 {
			u.names, u.first[name] = append(u.names, name), line
		}
		u.count[name]++
	}
}

func (u *unread) told(file string, read []string) []string {
	var out []string
	for i, name := range u.names {
		if i == mostProblems {
			return append(out, fmt.Sprintf("%s: 另有 %[2]d 个成员未读取。 %[2]d more members are not read.", file, len(u.names)-i))
		}
		out = append(out, fmt.Sprintf("%s:%d: 成员 %q 未读取，共 %d 行有；读取的有 %s。 The member %[3]q is not read, in %[4]d lines; these are: %[5]s.",
			file, u.first[name], name, u.count[name], strings.Join(read, ", ")))
	}
	return out
}

func newUnread() *unread { return &unread{first: map[string]int{}, count: map[string]int{}} }

// mostProblems is how many lines that are wrong are named; who mends those runs it again.
const mostProblems = 20

// collect reads documents and needs. It refuses, naming every line, what would let a figure mean something else than it says: a document or
// need without an id, or one that is there twice; one without any text; a judgment of a document that is not there, which nothing could
// find, or with a grade below 0. A need that nobody has judged, or to which no document answers, can only lower what is a mean over needs: it
// is left out, and left says so.
// Members that are not read are told, too; of a need that has no judgments, they are what is wrong with it.
func collect(docsFile string, needsFiles []string) (docs []Doc, needs []Need, left, notes []string, err error) {
	var problems []error
	wrong := func(file string, line int, zh, en string, args ...any) {
		problems = append(problems, fmt.Errorf("%s:%d: "+zh+" "+en, append([]any{file, line}, args...)...))
	}
	docAt := map[string]int{}
	other := newUnread()
	err = eachLine(docsFile, func(line int, d Doc, m members) {
		at, twice := docAt[d.ID]
		besides := m.besides(docMembers)
		other.note(line, besides)
		in, c, bad := m.control()
		switch {
		case bad:
			wrong(docsFile, line, "成员 %[3]s 中有控制字符（U+%04[4]X），请删去。", "The member %[3]s holds a control character (U+%04[4]X); take it out.", in, c)
		case d.ID == "":
			wrong(docsFile, line, "文档缺 id。", "The document has no id.")
		case twice:
			wrong(docsFile, line, "文档 %[3]s 已在第 %[4]d 行出现。", "The document %[3]s is in line %[4]d already.", d.ID, at)
		case strings.TrimSpace(d.Title+d.text()+strings.Join(d.Keywords, "")) == "":
			wrong(docsFile, line, "文档 %[3]s 没有标题、摘要和关键词%[4]s。", "The document %[3]s has neither title nor abstract nor keywords%[5]s.", d.ID, butZH(besides), butEN(besides))
		default:
			docAt[d.ID] = line
			docs = append(docs, d)
		}
	})
	if err != nil {
		return nil, nil, nil, nil, errors.Join(append(problems, err)...)
	}
	notes = other.told(docsFile, docMembers)
	needAt := map[string]string{}
	for _, file := range needsFiles {
		other := newUnread()
		err := eachLine(file, func(line int, n Need, m members) {
			at, twice := needAt[n.ID]
			besides := m.besides(needMembers)
			other.note(line, besides)
			in, c, bad := m.control()
			unknown := slices.DeleteFunc(slices.Sorted(maps.Keys(n.Relevant)), func(id string) bool { return docAt[id] > 0 })
			best, least := 0, 0
			for _, grade := range n.Relevant {
				best, least = max(best, grade), min(least, grade)
			}
			switch {
			case bad:
				wrong(file, line, "成员 %[3]s 中有控制字符（U+%04[4]X），请删去。", "The member %[3]s holds a control character (U+%04[4]X); take it out.", in, c)
			case n.ID == "":
				wrong(file, line, "需求缺 id。", "The need has no id.")
			case twice:
				wrong(file, line, "需求 %[3]s 已在 %[4]s 出现。", "The need %[3]s is at %[4]s already.", n.ID, at)
			case strings.TrimSpace(n.Title+n.Text) == "":
				wrong(file, line, "需求 %[3]s 没有标题和正文%[4]s。", "The need %[3]s has neither title nor text%[5]s.", n.ID, butZH(besides), butEN(besides))
			case !m.given("relevant") && len(besides) > 0:
				wrong(file, line, "需求 %[3]s 没有成员 relevant（判定）%[4]s。", "The need %[3]s has no member relevant (its judgments)%[5]s.", n.ID, butZH(besides), butEN(besides))
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
			return nil, nil, nil, nil, errors.Join(append(problems, err)...)
		}
		notes = append(notes, other.told(file, needMembers)...)
	}
	if more := len(problems) - mostProblems; more > 0 {
		problems = append(problems[:mostProblems], fmt.Errorf("另有 %[1]d 行有误 %[1]d more lines are wrong", more))
	}
	if len(problems) == 0 && (len(docs) == 0 || len(needs) == 0) {
		problems = append(problems, errors.New("至少要有一个文档和一条有判定的需求 At least one document and one judged need are wanted"))
		for _, why := range append(slices.Clone(notes), left...) { // why there is none
			if problems = append(problems, errors.New(why)); len(problems) > mostProblems {
				break
			}
		}
	}
	return docs, needs, left, notes, errors.Join(problems...)
}

// butZH and butEN name what a line has instead of what it lacks.
func butZH(besides []string) string {
	if len(besides) == 0 {
		return ""
	}
	return "，却有不认得的成员 " + strings.Join(besides, "、") + "（是否写错？）"
}

func butEN(besides []string) string {
	if len(besides) == 0 {
		return ""
	}
	return ", but others that are not known, perhaps misspelt: " + strings.Join(besides, ", ")
}
