package edge

import (
	"net/http"

	"golang.org/x/text/language"

	"jiebang/internal/fault"
)

// tongue is a language in which people are answered, as HTTP names it.
type tongue string

const (
	chinese tongue = "zh-CN"
	english tongue = "en"
)

var tongues = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// tongueOf is the language that a request asks for (Accept-Language). Chinese is for everybody who asks for none that we speak.
func tongueOf(r *http.Request) tongue {
	asked, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return chinese
	}
	if _, at, sure := tongues.Match(asked...); at == 1 && sure > language.No {
		return english
	}
	return chinese
}

// of is a text in this language.
func (t tongue) of(text fault.Text) string {
	if t == english {
		return text.EN
	}
	return text.ZH
}
