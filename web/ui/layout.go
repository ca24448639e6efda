package ui

import (
	"net/url"
	"strings"

	"jiebang/web/site"
)

// place is one of the places that everybody may go to.
type place struct{ path, word string }

var places = []place{
	{"/match", "nav.match"}, {"/results", "nav.results"}, {"/needs", "nav.needs"}, {"/challenges", "nav.challenges"},
	{"/teams", "nav.teams"}, {"/turnover", "nav.turnover"}, {"/notices", "nav.notices"},
}

func current(p *site.Page, path string) string {
	if p.Route() == path || strings.HasPrefix(p.Route(), path+"/") {
		return "page"
	}
	return "false"
}

func quick(p *site.Page) string {
	if p.Route() == "/find" {
		return p.Query().Get("q")
	}
	return ""
}

func escape(path string) string { return url.QueryEscape(path) }
