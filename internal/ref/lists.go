package ref

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

//go:embed data/lists.tsv
var listsTSV string

// List is a list of codes that is no enumeration of the API: a national standard's, or that of the national statistics.
type List struct {
	Name, ZH, EN string
	Source       string
	Terms        []ListTerm
}

// ListTerm is one code of a list; Parent is the code that it is under, in lists of more than one level.
type ListTerm struct{ Code, Parent, ZH, EN string }

// Lists are the lists that come with the program, in the order of their names. README.md names their sources.
var Lists = sync.OnceValue(func() []List {
	out := []List{
		{Name: "country", ZH: "国家（地区）", EN: "Country or region", Source: "ISO 3166-1，海关总署公告2018年第42号", Terms: countries()},
		{Name: "discipline", ZH: "学科（一级）", EN: "Discipline, first level", Source: "GB/T 13745-2009"},
		{Name: "industry", ZH: "国民经济行业", EN: "Industry of the national economy", Source: "GB/T 4754-2017"},
		{Name: "socio_economic_objective", ZH: "社会经济目标", EN: "Socio-economic objective", Source: "GB/T 24450-2009"},
	}
	for _, r := range rows(listsTSV, 5) {
		i := slices.IndexFunc(out, func(l List) bool { return l.Name == r[0] })
		out[i].Terms = append(out[i].Terms, ListTerm{r[1], r[2], r[3], r[4]})
	}
	return out
})

// ofChina are regions of China that have codes of their own at the customs.
var ofChina = map[string][2]string{
	"HKG": {"中国香港", "Hong Kong, China"}, "MAC": {"中国澳门", "Macao, China"}, "TWN": {"中国台湾", "Taiwan, China"},
}

// countries are all codes that Country reads, in their order.
func countries() []ListTerm {
	zh, en := display.Regions(language.SimplifiedChinese), display.Regions(language.English)
	var out []ListTerm
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code, known := Country(string([]rune{a, b}))
			if !known || slices.ContainsFunc(out, func(t ListTerm) bool { return t.Code == code }) {
				continue
			}
			r, err := language.ParseRegion(code)
			if err != nil {
				continue
			}
			t := ListTerm{Code: code, ZH: zh.Name(r), EN: en.Name(r)}
			if own, ours := ofChina[code]; ours {
				t.ZH, t.EN = own[0], own[1]
			}
			if t.ZH != "" && t.EN != "" {
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, func(a, b ListTerm) int { return strings.Compare(a.Code, b.Code) })
	return out
}
