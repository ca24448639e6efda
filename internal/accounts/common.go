package accounts

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"jiebang/internal/fault"
)

// commonText holds passwords of ten characters and more that are tried first: those of the 30,000 most common of zxcvbn 4.4.2 (Dropbox, MIT,
// common.LICENSE.txt), and some that are common here. Shorter ones are refused by their length.
//
//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for p := range strings.Lines(commonText) {
		out[strings.TrimSpace(p)] = true
	}
	return out
})

// normal is a password as it is hashed: the same characters are the same whatever keyboard wrote them (NFKC).
func normal(password string) string { return norm.NFKC.String(password) }

// plain is how passwords are compared with words.
func plain(s string) string { return strings.ToLower(normal(s)) }

// Naming tells by what else an account's person is known, which their password shall not be: the names of their organizations.
type Naming func(q *gorm.DB, account Person) ([]string, error)

// KnownBy adds names that passwords are held against. It is called while the system is put together.
func (s *Service) KnownBy(names ...Naming) { s.namings = append(s.namings, names...) }

// fit refuses a new password that is too short or long, common, or made of what everybody knows of the account.
func (s *Service) fit(q *gorm.DB, a *Account, password string) error {
	var bad fault.Fields
	bad.Size(normal(password), "/password", passwordLeast, passwordMost)
	if err := bad.Err(); err != nil {
		return err
	}
	names := []string{a.Username, a.Name}
	if local, _, found := strings.Cut(a.Email, "@"); found {
		names = append(names, local)
	}
	for _, n := range s.namings {
		more, err := n(q, a.Person())
		if err != nil {
			return err
		}
		names = append(names, more...)
	}
	return guessable(password, names)
}

func guessable(password string, names []string) error {
	p := plain(password)
	var bad fault.Fields
	switch {
	case common()[p], common()[bare(p)], monotone(p):
		bad.Check(false, "/password", fault.CommonPassword, "这个密码太常见，容易被猜中；请换一个，例如几个不相干的词连在一起",
			"It is among the passwords that are tried first; choose another, such as some words that have nothing to do with each other")
	default:
		for _, name := range names {
			if n := plain(name); utf8.RuneCountInString(n) >= namedLeast && strings.Contains(p, n) && utf8.RuneCountInString(p)-utf8.RuneCountInString(n) < namedRest {
				bad.Check(false, "/password", fault.CommonPassword, "密码由用户名、姓名、单位名称或邮箱组成，容易被猜中；请换一个", "It is made of the user name, the name, the organization or the address; choose another")
				break
			}
		}
	}
	return bad.Err()
}

// A name of so many characters counts, where so few others stand beside it.
const (
	namedLeast = 2
	namedRest  = 6
)

// bare is a password without the digits and marks around it, which people add to a common one.
func bare(p string) string {
	return strings.TrimFunc(p, func(r rune) bool { return !unicode.IsLetter(r) })
}

// monotone tells of a password that is few characters again and again, or runs of neighbours.
func monotone(p string) bool {
	runes := []rune(p)
	different := map[rune]bool{}
	steps := 0
	for i, r := range runes {
		different[r] = true
		if i > 0 && (r == runes[i-1]+1 || r == runes[i-1]-1 || r == runes[i-1]) {
			steps++
		}
	}
	if len(different) < 4 || steps >= len(runes)-2 {
		return true
	}
	for n := 1; n <= len(runes)/2; n++ { // abcabc
		if len(runes)%n == 0 && strings.Repeat(string(runes[:n]), len(runes)/n) == p {
			return true
		}
	}
	return false
}
