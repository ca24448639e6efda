package codes

import (
	"errors"
	"regexp"
	"strings"

	"jiebang/internal/fault"
)

var (
	// ErrPatentNumber means that a text has the form of no number that patents have.
	ErrPatentNumber = errors.New("codes: not a patent number")
	// ErrPatentCheck means that the check digit behind the point is wrong.
	ErrPatentCheck = errors.New("codes: the patent number's check digit is wrong")
)

// Patent is a number by which a patent, its application or its publication is known.
type Patent struct {
	// Form is its one normal form, by which two are compared:
	//
	//	CN202319000123.1    an application in China, which a patent granted there keeps with ZL before it
	//	CN101234567         a publication in China, without the letter that only tells its stage; those of seven digits keep theirs
	//	PCT/CN2021/123456   an international application, and WO2021/123456 its publication
	//	US10123456          whatever other offices give, without slashes, points and the letter of its stage
	Form string
	// Kind is what the number tells the patent to be; empty where it tells nothing.
	Kind IPKind
}

// patentError says what is wrong with a number, for people.
type patentError struct {
	fault.Text
	kind error
}

func (e *patentError) Error() string { return e.kind.Error() + ": " + e.Text.String() }
func (e *patentError) Unwrap() error { return e.kind }

// The forms of numbers, in the form in which numbers are compared (NumberForm). What stands before the digits of an application in China is no part
// of the number: ZL says that the patent is granted.
var (
	patentLabel   = regexp.MustCompile(`^(?:\p{Han}|[:()])+`)
	patentComment = regexp.MustCompile(`(?:\((?:[^()\d]*|[^()]*\p{Han}[^()]*)\)|\))+$`)
	application   = regexp.MustCompile(`^(?:CN|ZL|CNZL|ZLCN)?((?:20\d\d|\d\d)[12389](?:\d{7}|\d{5}))(?:\.?([\dX]))?\.?$`)
	publication   = regexp.MustCompile(`^CN([123]\d{6}|[123]\d{8})([A-Z]?)\d?$`)
	earlyNumber   = regexp.MustCompile(`^CN(8[5-9][123]\d{5})([A-Z])$`)
	international = regexp.MustCompile(`^PCT/?([A-Z]{2})(?:(\d{4})/?(\d{6})|(\d{2})/?(\d{5}))$`)
	worldwide     = regexp.MustCompile(`^WO/?(?:((?:19|20)\d{2})/?(\d{6})|(\d{2})/?(\d{5,6}))(?:[A-Z]\d?)?$`)
	elsewhere     = regexp.MustCompile(`^([A-Z]{2})([A-Z]{0,2}\d[\d/.]{3,17})(?:[A-Z]\d?)?$`)
	checkWeights  = [12]int{2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5}
	kindsByDigit  = map[byte]IPKind{'1': InventionPatent, '8': InventionPatent, '2': UtilityModel, '9': UtilityModel, '3': DesignPatent}
	kindsByLetter = map[string]IPKind{"A": InventionPatent, "B": InventionPatent, "C": InventionPatent, "U": UtilityModel, "Y": UtilityModel, "S": DesignPatent, "D": DesignPatent}
)

// ReadPatent reads the number of a patent, an application or a publication as people write it: in any width and case, with or without ZL, CN, points,
// blanks, slashes, check digit, a word such as 专利号 before it, and a comment in brackets behind it. A check digit that was left out is put there, and one that is wrong refused with
// what it would be.
//
// Numbers in China are those of ZC 0006-2003 (four digits of the year since October 2003, two before; one of the kind, 8 and 9 for applications that
// came by the PCT; seven of a serial number, five before) and, of publications, ZC 0007. The check digit is that of ZC 0006-2003: the digits times 2 to 9,
// then 2 to 5, summed modulo 11, with X for 10. A letter of ZC 0007 that is of another kind than the digit is refused: one of both is wrong. Application and publication of one patent have numbers that do not tell of each other, so they
// are two.
//
// Errors wrap ErrPatentNumber or ErrPatentCheck.
func ReadPatent(s string) (Patent, error) {
	n := strings.NewReplacer("。", ".", ",", "", "、", "").Replace(NumberForm(s))
	n = patentLabel.ReplaceAllString(patentComment.ReplaceAllString(n, ""), "")
	if m := application.FindStringSubmatch(n); m != nil && patentYear(m[1]) {
		return inChina(m[1], m[2])
	}
	if m := earlyNumber.FindStringSubmatch(n); m != nil { // published under the number of its application
		if err := contradicted(m[1][2], m[2]); err != nil {
			return Patent{}, err
		}
		return inChina(m[1], "")
	}
	if m := publication.FindStringSubmatch(n); m != nil {
		if err := contradicted(m[1][0], m[2]); err != nil {
			return Patent{}, err
		}
		p := Patent{"CN" + m[1], kindsByDigit[m[1][0]]}
		if len(m[1]) == 7 { // A and C had series of their own
			p.Form += m[2]
		}
		return p, nil
	}
	if m := international.FindStringSubmatch(n); m != nil {
		return Patent{Form: "PCT/" + m[1] + fullYear(m[2]+m[4]) + "/" + sixDigits(m[3]+m[5])}, nil
	}
	if m := worldwide.FindStringSubmatch(n); m != nil {
		return Patent{Form: "WO" + fullYear(m[1]+m[3]) + "/" + sixDigits(m[2]+m[4])}, nil
	}
	if m := elsewhere.FindStringSubmatch(n); m != nil && m[1] != "CN" && m[1] != "ZL" && m[1] != "WO" {
		form := m[1] + strings.NewReplacer("/", "", ".", "").Replace(m[2])
		if elsewhere.MatchString(form) { // enough digits are left
			return Patent{Form: form}, nil
		}
	}
	return Patent{}, &patentError{fault.Say("不是专利号：中国的写如 ZL202319000123.1、CN202319000123.1 或 CN101234567A，国际申请写如 PCT/CN2021/123456 或 WO2021/123456，其他国家和地区的以两位字母代码开头，如 US10123456B2。",
		"Not the number of a patent: in China write ZL202319000123.1, CN202319000123.1 or CN101234567A, of an international one PCT/CN2021/123456 or WO2021/123456, elsewhere begin with the two letters of the office, as in US10123456B2."), ErrPatentNumber}
}

// contradicted refuses a publication in China whose letter is of another kind than the digit that it begins with.
func contradicted(digit byte, letter string) error {
	kind, known := kindsByLetter[letter]
	if !known || kind == kindsByDigit[digit] {
		return nil
	}
	by, _ := IPKinds.Get(kind)
	not, _ := IPKinds.Get(kindsByDigit[digit])
	return &patentError{fault.Say("号码中的字母 %[1]s 表示%[3]s，数字 %[2]c 表示%[5]s，二者不符，请逐位核对。",
		"The letter %[1]s is of one kind, %[4]s, and the digit %[2]c of another, %[6]s; compare each.", letter, digit, by.Chinese, by.English, not.Chinese, not.English), ErrPatentNumber}
}

// lastPatentYear is until when numbers in China are believed. Two numbers are compared where no day is known, so it is a year that is far ahead, and not
// this one: what it keeps out are digits in the wrong order, 2071 for 2017.
const lastPatentYear = "2049"

// patentYear tells whether an application of this number can have been: by twelve digits since 2003, by eight from 1985 to 2003.
func patentYear(digits string) bool {
	if len(digits) == 12 {
		return digits[:4] >= "2003" && digits[:4] <= lastPatentYear
	}
	return len(digits) == 8 && (digits[:2] >= "85" || digits[:2] <= "03")
}

func inChina(digits, check string) (Patent, error) {
	want := PatentCheck(digits)
	if check != "" && check != string(want) {
		return Patent{}, &patentError{fault.Say("专利号的校验位是 %[1]s，按前面 %[2]d 位应为 %[3]c，即 %[4]s.%[3]c，请逐位核对。",
			"The check digit is %[1]s and would be %[3]c for the %[2]d digits before it, as in %[4]s.%[3]c; compare each.", check, len(digits), want, digits), ErrPatentCheck}
	}
	kind := digits[2]
	if len(digits) == 12 {
		kind = digits[4]
	}
	return Patent{"CN" + digits + "." + string(want), kindsByDigit[kind]}, nil
}

// PatentCheck is the check digit of the eight or twelve digits of an application in China.
func PatentCheck(digits string) byte {
	sum := 0
	for i := range min(len(digits), len(checkWeights)) {
		sum += int(digits[i]-'0') * checkWeights[i]
	}
	return "0123456789X"[sum%11]
}

func fullYear(year string) string {
	switch {
	case len(year) == 4:
		return year
	case year >= "70": // the first international applications are of 1978
		return "19" + year
	}
	return "20" + year
}

func sixDigits(serial string) string { return strings.Repeat("0", 6-len(serial)) + serial }

// PatentInto reads the number of a patent where it stands in an input, which keeps what was typed, or adds to bad what is wrong with it.
func PatentInto(bad *fault.Fields, typed, pointer string) Patent {
	p, err := ReadPatent(typed)
	if wrong := (*patentError)(nil); errors.As(err, &wrong) {
		place := fault.Pattern
		if errors.Is(err, ErrPatentCheck) {
			place = fault.CheckCharacter
		}
		*bad = append(*bad, fault.Field{Pointer: pointer, Code: place.Code, Message: wrong.Text})
	}
	return p
}

// patentLike is what somebody who looks for a patent types: nobody writes so of anything else.
var patentLike = regexp.MustCompile(`^(?:(?:CN|ZL|CNZL)\d{7,12}|PCT/?[A-Z]{2}|WO/?\d{2}|20\d{10}\.[\dX]|\d{8}\.[\dX]|20\d{11})`)

// AskedPatent is the patent that a text asks for, where it is evidently the number of one and nothing else.
func AskedPatent(typed string) (Patent, bool) {
	n := patentLabel.ReplaceAllString(NumberForm(typed), "")
	if !patentLike.MatchString(n) {
		return Patent{}, false
	}
	p, err := ReadPatent(typed)
	return p, err == nil
}
