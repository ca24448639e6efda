package ui

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jiebang/api/wire"
	"jiebang/internal/ref"
	"jiebang/web/contract"
	"jiebang/web/site"
)

// PlaceName is what a place is called in the reader's language, from its province down or, in English, up; a code that none has is told as it is.
func PlaceName(p *site.Page, code string) string {
	chinese, english, known := ref.PlaceName(code)
	if name, ok := ref.NameOfEN(code); ok {
		english = name
	}
	if !known {
		return code
	}
	return p.Said(chinese, english)
}

// placeTyped is what a field for a place begins with: the name, where that finds the place again, else the code.
func placeTyped(p *site.Page, value string) string {
	if _, today := ref.FullName(value); today {
		return PlaceName(p, value)
	}
	return value
}

// placeOther is a place's name in the language that the page is not in, for who looks for that.
func placeOther(p *site.Page, code string) string {
	chinese, _, _ := ref.PlaceName(code)
	english, _ := ref.NameOfEN(code)
	return p.Said(english, chinese)
}

const (
	placesMost   = "50"
	longestPlace = 60 // characters of a name with all that it lies in
)

// placeWords are places that are no region, as people write them; a code of their own stands for each.
var placeWords = map[string]string{"境外": ref.Abroad, "abroad": ref.Abroad, "未知": ref.Unknown, "unknown": ref.Unknown}

// placesNamed are the regions that can be chosen today and go by what was typed: part of a name, or more of it from the province down ("沈阳浑南",
// "Hunnan District, Shenyang"). Those that are called just so come alone.
func placesNamed(p *site.Page, typed string) (out []wire.Region, err error) {
	typed = strings.Join(strings.Fields(typed), " ")
	if n := len([]rune(typed)); n == 0 || n > longestPlace {
		return nil, nil
	}
	parts := strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == '，' })
	if len(parts) > 1 {
		found, err := regions(p, strings.TrimSpace(parts[0]))
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			english, _ := ref.NameOfEN(r.Code)
			if !slices.ContainsFunc(parts[1:], func(above string) bool {
				return !strings.Contains(strings.ToLower(english), strings.ToLower(strings.TrimSpace(above))) && !strings.Contains(r.FullName, strings.TrimSpace(above))
			}) {
				out = append(out, r)
			}
		}
		return just(out, typed), nil
	}
	runes := []rune(strings.ReplaceAll(typed, " ", ""))
	for at := range runes {
		name, above := string(runes[at:]), string(runes[:at])
		if at == 0 {
			name = typed
		}
		if at > 0 && (len(runes)-at < 2 || runes[at] < 0x2e80) { // a name of a place in Chinese has two characters at the least
			break
		}
		found, err := regions(p, name)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			if strings.Contains(strings.TrimSuffix(r.FullName, r.Name), above) {
				out = append(out, r)
			}
		}
		if len(out) > 0 {
			return just(out, typed), nil
		}
	}
	return nil, nil
}

func regions(p *site.Page, name string) ([]wire.Region, error) {
	list, err := site.Get[wire.RegionList](p, "listRegions", "", url.Values{"name": {name}, "limit": {placesMost}})
	return list.Items, err
}

// kindsOfPlace are what people leave out behind a name.
var kindsOfPlace = []string{"", "省", "市", "区", "县", "自治区", "自治州", "自治县", "特别行政区"}

// just are the one place that is called just so, by all of its name or else by its own; all of them where there is none or there are several.
func just(found []wire.Region, typed string) []wire.Region {
	for _, so := range []func(r wire.Region) bool{
		func(r wire.Region) bool {
			english, _ := ref.NameOfEN(r.Code)
			return r.FullName == strings.ReplaceAll(typed, " ", "") || strings.EqualFold(english, typed)
		},
		func(r wire.Region) bool {
			return slices.ContainsFunc(kindsOfPlace, func(kind string) bool { return r.Name == typed+kind }) || strings.EqualFold(r.NameEn, typed)
		},
	} {
		if only := slices.DeleteFunc(slices.Clone(found), func(r wire.Region) bool { return !so(r) }); len(only) == 1 {
			return only
		}
	}
	return found
}

// PlaceOf is the code of what was typed into a field for a place: a code as it is, a name where one place alone goes by it, else what is wrong.
func PlaceOf(p *site.Page, typed string) (code string, wrong *site.FieldError, err error) {
	typed = strings.TrimSpace(typed)
	if _, err := strconv.Atoi(typed); err == nil || typed == "" || ref.IsAbroad(typed) && strings.ToUpper(typed) == typed {
		return typed, nil, nil // the operation says whether it is one
	}
	if word := placeWords[strings.ToLower(typed)]; word != "" {
		return word, nil, nil
	}
	found, err := placesNamed(p, typed)
	switch {
	case err != nil:
		return typed, nil, err
	case len(found) == 1:
		return found[0].Code, nil, nil
	case len(found) == 0:
		return typed, &site.FieldError{Message: p.T("place.none", typed)}, nil
	}
	return typed, &site.FieldError{Message: p.T("place.several", typed)}, nil
}

// PutPlaces puts codes in the place of the names that were typed into a form; what cannot be told comes back as a refusal, before anything is done.
func PutPlaces(p *site.Page, body *contract.Field, value any) (refused *site.Problem, err error) {
	body.Each(contract.Place, "", value, func(path string, v any) any {
		code, wrong, failed := PlaceOf(p, plain(v))
		if failed != nil {
			err = failed
			return v
		}
		if wrong != nil {
			refused = WrongPlace(p, refused, "/"+path, wrong)
		}
		return code
	})
	return refused, err
}

// Questions are what a page's address asks of a list, with the codes of the places that it names.
func Questions(p *site.Page, fields []*contract.Field, query url.Values) (refused *site.Problem, err error) {
	for _, f := range fields {
		v, _ := f.Value(p.Query()).(string)
		switch {
		case f.Kind != contract.Place:
			v = p.Query().Get(f.Name)
		case v != "":
			code, wrong, err := PlaceOf(p, v)
			if err != nil {
				return nil, err
			}
			if v = code; wrong != nil {
				refused = WrongPlace(p, refused, "query:"+f.Name, wrong)
			}
		}
		if v != "" {
			query.Set(f.Name, v)
		}
	}
	return refused, nil
}

// WrongPlace adds a place that cannot be told to a refusal.
func WrongPlace(p *site.Page, refused *site.Problem, pointer string, wrong *site.FieldError) *site.Problem {
	if refused == nil {
		refused = &site.Problem{Status: http.StatusBadRequest, Title: p.T("place.wrong")}
	}
	wrong.Pointer = pointer
	refused.Errors = append(refused.Errors, *wrong)
	return refused
}

// offered are the places that what was typed may mean, for a field at which that could not be told.
func (f *Form) offered(field *contract.Field, path string) []wire.Region {
	typed := field.Find(f.Values, path)
	if f.Wrong(path) == "" || typed == "" {
		return nil
	}
	found, err := placesNamed(f.Page, typed)
	if err != nil || len(found) < 2 {
		return nil
	}
	return found[:min(len(found), 20)]
}

// Hint of a place while it is typed: its name, and what it is called in the other language, by which it may be looked for as well.
type placeHint struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// SuggestPlaces answers what a field for a place offers while one types.
func SuggestPlaces(p *site.Page) error {
	found, err := placesNamed(p, p.Query().Get("q"))
	if err != nil {
		return err
	}
	out := []placeHint{}
	for _, r := range found[:min(len(found), 12)] {
		out = append(out, placeHint{PlaceName(p, r.Code), placeOther(p, r.Code)})
	}
	p.Context.Response().Header().Set("Cache-Control", "no-store")
	return p.Context.JSON(http.StatusOK, map[string]any{"items": out})
}
