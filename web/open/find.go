package open

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"jiebang/api/wire"
	"jiebang/internal/fault"
	"jiebang/web/site"
)

// find is the search over everything that is listed. A long question is a problem in somebody's own words: that is matched.
func find(p *site.Page) error {
	text := strings.TrimSpace(p.Query().Get("q"))
	p.NoIndex = true
	if text == "" {
		return p.Show(p.T("find.title"), findPage(p, "", nil))
	}
	if utf8.RuneCountInString(text) > wordsMost {
		return p.Show(p.T("match.title"), matchPage(p, text, "", nil))
	}
	found, err := site.Get[wire.SearchPage](p, "search", "", asked(p, url.Values{"q": {text}, "limit": {"20"}}, "kind", "field", "chain", "owner_id", "region", "trl_min", "trl_max", "availability", "price_min", "price_max", "urgent", "budget_min", "budget_max", "negotiable", "published_from", "published_to", "sort", "cursor"))
	if err != nil {
		return err
	}
	return p.Show(p.T("find.title"), findPage(p, text, &found))
}

const (
	wordsMost    = 100 // characters of a search; more is a problem
	problemLeast = 10
)

// match shows the box, empty or with what a short link brings.
func match(p *site.Page) error {
	p.Canonical, p.Description = "/match", p.T("home.lead")
	return p.Show(p.T("match.title"), matchPage(p, p.Query().Get("text"), "", nil))
}

// answers are what was found for a problem, by the kind of record.
type answers struct {
	Results, Teams wire.MatchList
}

// matched finds results and teams for a problem. It is posted, since a problem may be long, and is written into no address and no log.
func matched(p *site.Page) error {
	form, err := p.Context.FormParams()
	if err != nil {
		return fault.InvalidInput.At("", fault.BadFormat, "表单无法读取，请返回重试。", "The form cannot be read; go back and try again.")
	}
	text := strings.TrimSpace(form.Get("text"))
	if utf8.RuneCountInString(text) < problemLeast {
		return p.ShowAs(http.StatusBadRequest, p.T("match.title"), matchPage(p, text, p.T("match.short"), nil))
	}
	var a answers
	for kind, into := range map[string]*wire.MatchList{"result": &a.Results, "team": &a.Teams} {
		*into, err = site.Asked[wire.MatchList](p, site.Ask{Operation: p.Book.Operation("matchText"), Body: map[string]any{"kind": kind, "text": text, "limit": 10}})
		if err != nil {
			return err
		}
	}
	p.Wide, p.NoIndex = true, true
	return p.Show(p.T("match.title"), matchPage(p, text, "", &a))
}

// piece is a piece of a text, marked or not.
type piece struct {
	Text string
	On   bool
}

// marked cuts a text at the places that are marked, which may overlap.
func marked(text string, places []wire.Mark) (out []piece) {
	runes := []rune(text)
	on := make([]bool, len(runes))
	for _, m := range places {
		for i := max(m.From, 0); i < min(m.To, len(runes)); i++ {
			on[i] = true
		}
	}
	for i := 0; i < len(runes); {
		j := i
		for j < len(runes) && on[j] == on[i] {
			j++
		}
		out = append(out, piece{string(runes[i:j]), on[i]})
		i = j
	}
	return out
}

// mine are the places of the asker's text that any of the matches meets.
func mine(lists ...wire.MatchList) (out []wire.Mark) {
	for _, l := range lists {
		for _, m := range l.Items {
			for _, ph := range m.Phrases {
				for _, at := range ph.Here {
					out = append(out, wire.Mark{From: at.From, To: at.To})
				}
			}
		}
	}
	return out
}

// strongest are the phrases that made most of a match.
func strongest(m wire.Match) []wire.Phrase {
	all := slices.Clone(m.Phrases)
	slices.SortStableFunc(all, func(a, b wire.Phrase) int {
		switch {
		case a.Points > b.Points:
			return -1
		case a.Points < b.Points:
			return 1
		}
		return 0
	})
	return all[:min(len(all), 6)]
}

// scoreText says in words what a score means, and the score.
func scoreText(p *site.Page, score float64) string {
	word := "match.weak"
	switch { // as docs/score.md explains them
	case score >= 50:
		word = "match.very"
	case score >= 30:
		word = "match.maybe"
	case score >= 20:
		word = "match.related"
	}
	return p.T(word) + " · " + p.T("match.score", plainScore(score))
}
