package open

import (
	"errors"
	"net/http"
	"net/url"

	"jiebang/api/wire"
	"jiebang/web/contract"
	"jiebang/web/desk"
	"jiebang/web/site"
)

// counterparts are what a record is matched with, as far as this reader may see them; none where they may not ask.
func counterparts(p *site.Page, operation, id string) (wire.MatchList, error) {
	list, err := site.Get[wire.MatchList](p, operation, id, url.Values{"limit": {"6"}})
	var refused *site.Problem
	if errors.As(err, &refused) && refused.Status < http.StatusInternalServerError {
		return list, nil
	}
	return list, err
}

// deeds are the operations that a View says are open to its reader.
func deeds(p *site.Page, actions *wire.Actions) (out []*contract.Operation) {
	if actions == nil {
		return nil
	}
	for _, id := range *actions {
		if o := p.Book.Operation(id); o != nil && o.Method != http.MethodGet {
			out = append(out, o)
		}
	}
	return out
}

func id(p *site.Page) string { return p.Context.Param("id") }

func result(p *site.Page) error {
	r, err := site.Get[wire.Result](p, "getResult", id(p), desk.Revision(p))
	if err != nil {
		return err
	}
	m := wire.MatchList{}
	if r.State == "published" {
		if m, err = counterparts(p, "matchResult", id(p)); err != nil {
			return err
		}
	}
	if p.NoIndex = r.State != "published"; !p.NoIndex {
		p.Canonical, p.Description = "/results/"+id(p), brief(r.Abstract)
		structuredResult(p, &r)
	}
	var alike []wire.Similar
	if (r.State != "published" || r.Revision != nil) && r.Actions != nil && len(*r.Actions) > 0 { // who writes it, or decides whether others see it
		if err := belongs(p, "similarResults", &alike); err != nil {
			return err
		}
	}
	return p.Show(r.Title, resultPage(p, r, m.Items, alike))
}

func need(p *site.Page) error {
	n, err := site.Get[wire.Need](p, "getNeed", id(p), desk.Revision(p))
	if err != nil {
		return err
	}
	m := wire.MatchList{}
	if n.State == "open" {
		if m, err = counterparts(p, "matchNeed", id(p)); err != nil {
			return err
		}
	}
	if p.NoIndex = n.State != "open"; !p.NoIndex {
		p.Canonical, p.Description = "/needs/"+id(p), brief(n.Problem)
		structuredNeed(p, &n)
	}
	return p.Show(n.Title, needPage(p, n, m.Items))
}

// board is a challenge with what belongs to it.
type board struct {
	wire.Challenge
	Questions []wire.ChallengeQuestion
	Addenda   []wire.Addendum
	Steps     []wire.ChallengeStep
	Awards    []wire.ChallengeAward
	Matches   []wire.Match
}

func challenge(p *site.Page) (err error) {
	var b board
	if b.Challenge, err = site.Get[wire.Challenge](p, "getChallenge", id(p), nil); err != nil {
		return err
	}
	for _, err := range []error{
		belongs(p, "listChallengeQuestions", &b.Questions), belongs(p, "listChallengeAddenda", &b.Addenda),
		belongs(p, "listChallengeSteps", &b.Steps), belongs(p, "listChallengeAwards", &b.Awards),
	} {
		if err != nil {
			return err
		}
	}
	if b.TakesBids {
		m, err := counterparts(p, "matchChallenge", id(p))
		if err != nil {
			return err
		}
		b.Matches = m.Items
	}
	if p.NoIndex = b.Number == nil; !p.NoIndex {
		p.Canonical, p.Description = "/challenges/"+id(p), brief(b.Problem)
		structuredChallenge(p, &b.Challenge)
	}
	return p.Show(b.Title, challengePage(p, b))
}

// belongs reads a list that belongs to the record of a page; nothing where this reader may not.
func belongs[T any](p *site.Page, operation string, out *[]T) error {
	if o := p.Book.Operation(operation); o.TokenRequired && !p.SignedIn() {
		return nil
	}
	answer, err := site.Get[struct {
		Items []T `json:"items"`
	}](p, operation, id(p), nil)
	var refused *site.Problem
	if errors.As(err, &refused) && refused.Status < http.StatusInternalServerError {
		return nil
	}
	*out = answer.Items
	return err
}
