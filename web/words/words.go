// Package words holds what pages say, once in each language: zh.txt and en.txt, a line for each text.
package words

import (
	"bufio"
	_ "embed"
	"fmt"
	"strings"
)

//go:embed zh.txt
var zh string

//go:embed en.txt
var en string

// Language is one of those that pages speak.
type Language string

// The languages, as HTML names them.
const (
	Chinese Language = "zh-CN"
	English Language = "en"
)

var catalogues = map[Language]map[string]string{Chinese: read(zh), English: read(en)}

// read reads lines of "key = text"; those that begin with # are remarks.
func read(text string) map[string]string {
	out := map[string]string{}
	for in := bufio.NewScanner(strings.NewReader(text)); in.Scan(); {
		if key, said, ok := strings.Cut(in.Text(), " = "); ok && !strings.HasPrefix(key, "#") {
			out[key] = said // a blank at its end or beginning is meant
		}
	}
	return out
}

// Keys are those of a language, for the check that none has a gap.
func Keys(l Language) map[string]string { return catalogues[l] }

// Say is the text of a key with its places filled in. A key that is not there is shown as it is, which a test finds.
func (l Language) Say(key string, args ...any) string {
	said, ok := catalogues[l][key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(args) == 0 {
		return said
	}
	return fmt.Sprintf(said, args...)
}

// Of chooses between two texts that stand side by side, as the description and refusals have them.
func (l Language) Of(chinese, english string) string {
	if l == English && english != "" {
		return english
	}
	return chinese
}
