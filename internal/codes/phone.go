package codes

import (
	"errors"
	"regexp"
	"strings"

	"jiebang/internal/text"
)

// ErrPhone means that a text is no telephone number that can be called from anywhere.
var ErrPhone = errors.New("codes: not a telephone number")

// Forms of numbers, after blanks, hyphens and brackets are taken out. Of numbers within China: a mobile (11 digits, 1 and 3–9), a fixed
// line with its area code (010, 02x, 0xxx) and seven or eight digits, 400 and 800, and the short ones of services (12396, 95xxx, 96xxx).
var (
	extension = regexp.MustCompile(`(?:转|分机|ext\.?|x|#|\*|,)(\d{1,6})$`)
	dashed    = regexp.MustCompile(`^(.*\d)-\d{1,6}$`)
	within    = regexp.MustCompile(`^(1[3-9]\d{9}|(010|02\d|0[3-9]\d{2})\d{7,8}|[48]00\d{7}|12\d{3}|9[56]\d{3,6})$`)
	abroad    = regexp.MustCompile(`^[1-9]\d{6,14}$`)
)

// Phone reads a telephone number as people write it and returns it in usual width with single blanks: a Chinese mobile or fixed line with
// its area code, with an extension (转801, -801, ext. 801) where there is one, a 400 number, or an international number after + or 00.
// Several may stand beside each other, with / 、 or ; between them. What is too short or too long to be called is ErrPhone.
func Phone(s string) (string, error) {
	s = strings.Join(strings.Fields(text.Narrow(s)), " ")
	for _, one := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/、;", r) }) {
		if !callable(strings.ToLower(strings.TrimSpace(one))) {
			return "", ErrPhone
		}
	}
	if strings.Trim(s, "/、; ") == "" {
		return "", ErrPhone
	}
	return s, nil
}

// callable tells whether a number can be called; what stands behind its last hyphen may be an extension.
func callable(n string) bool {
	n = extension.ReplaceAllString(strings.ReplaceAll(n, " ", ""), "")
	parts := dashed.FindStringSubmatch(n)
	return number(n) || parts != nil && number(parts[1])
}

func number(n string) bool {
	international := strings.HasPrefix(n, "+") || strings.HasPrefix(n, "(+") || strings.HasPrefix(n, "00")
	n = strings.Map(func(r rune) rune {
		if strings.ContainsRune("-‐–—()+.", r) {
			return -1
		}
		return r
	}, n)
	if !international {
		return within.MatchString(n)
	}
	n = strings.TrimPrefix(n, "00")
	if rest, china := strings.CutPrefix(n, "86"); china {
		return within.MatchString(rest) || within.MatchString("0"+rest)
	}
	return abroad.MatchString(n)
}
