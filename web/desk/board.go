package desk

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiebang/api/wire"
	"jiebang/internal/money"
	"jiebang/internal/when"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// stages are the columns of the board, in their order; what is lost stands beneath it.
var stages = []wire.DealStage{"lead", "contacting", "negotiating", "agreed", "contracted"}

// nextStage is where a deal is taken by hand from a stage.
var nextStage = map[wire.DealStage]wire.DealStage{"lead": "contacting", "contacting": "negotiating", "negotiating": "agreed"}

const columnMost = "12"

// column is a stage with the deals that stand in it.
type column struct {
	Stage wire.DealStage
	Cards []card
	More  bool
}

// card is a deal on the board.
type card struct {
	wire.Deal
	Waits string // what it waits for
	Mine  bool   // the reader's side is the one that it waits for
	Step  string // where the step is taken; empty: not by this reader
	Verb  string
	Days  int // it has stood in its stage
}

// deals are the board of the reader's deals; asked for anything of the list's filters, the list answers.
func deals(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	var board []column
	for _, stage := range slices.Concat(stages, []wire.DealStage{"lost"}) {
		query := url.Values{"stage": {string(stage)}, "limit": {columnMost}, "sort": {"updated"}}
		if org := p.Query().Get("organization_id"); org != "" {
			query.Set("organization_id", org)
		}
		list, err := site.Get[wire.DealList](p, "listDeals", "", query)
		if err != nil {
			return err
		}
		c := column{Stage: stage, More: list.NextCursor != nil}
		for _, d := range list.Items {
			one, err := cardOf(p, d)
			if err != nil {
				return err
			}
			c.Cards = append(c.Cards, one)
		}
		board = append(board, c)
	}
	p.Wide, p.NoIndex = true, true
	own, err := ownOrganizations(p)
	if err != nil {
		return err
	}
	return p.Show(p.T("board.title"), boardPage(p, board, own))
}

// cardOf says what a deal waits for. What its reader may do is asked of the deal itself: a list does not tell it.
func cardOf(p *site.Page, d wire.Deal) (card, error) {
	c := card{Deal: d, Days: daysIn(p, d)}
	supplies, demands := p.Reader.MemberOf(d.Supplier.Id), p.Reader.MemberOf(d.Demander.Id)
	switch d.Stage {
	case "agreed":
		c.Waits, c.Mine = p.T("board.waits.contract", d.Supplier.Name), supplies
		if d.Pricing != nil && d.Pricing.State != "shown" {
			c.Waits = p.T("board.waits.price", d.Supplier.Name, p.Of(p.Book.Name("PriceState", string(d.Pricing.State))))
		}
		if supplies {
			c.Step, c.Verb = "/do/createContract?deal_id="+d.Id.String(), p.T("board.contract")
		}
		return c, nil
	case "contracted":
		c.Waits = p.T("board.waits.nothing")
		if d.ContractId != nil && (supplies || demands) {
			c.Step, c.Verb = "/desk/contracts/"+d.ContractId.String(), p.T("board.see")
		}
		return c, nil
	case "lost":
		c.Waits = wire.Value(d.LostReason)
		return c, nil
	}
	now, err := site.Get[wire.Deal](p, "getDeal", d.Id.String(), nil)
	if err != nil {
		return c, err
	}
	c.Deal = now
	c.Waits, c.Mine = p.T("boardwaits."+string(d.Stage)), true
	if agreed := wire.Value(now.AgreedBy); len(agreed) > 0 && d.Stage == "negotiating" {
		waited := now.Demander
		if slices.Contains(agreed, "demander") {
			waited = now.Supplier
		}
		c.Waits, c.Mine = p.T("board.waits.agree", waited.Name), p.Reader.MemberOf(waited.Id)
	}
	if next := nextStage[d.Stage]; c.Mine && now.Actions != nil && slices.Contains(*now.Actions, "advanceDeal") {
		c.Step = "/do/advanceDeal?" + url.Values{"id": {d.Id.String()}, "_version": {strconv.FormatInt(now.Version, 10)}, "stage": {string(next)}, "_next": {"/desk/deals?done=advanceDeal"}}.Encode()
		c.Verb = p.T("board.advance", p.Of(p.Book.Name("DealStage", string(next))))
	}
	return c, nil
}

// daysIn is how many days a deal has stood in its stage, by its log.
func daysIn(p *site.Page, d wire.Deal) int {
	since := d.CreatedAt
	for _, step := range slices.Backward(d.Steps) {
		if step.Stage != d.Stage {
			break
		}
		since = step.CreatedAt
	}
	return max(int(p.Now().Sub(since)/(24*time.Hour)), 0)
}

// title is what a deal is about.
func (c card) title() string {
	return cmp.Or(wire.Value(c.Title), wire.Value(c.ResultTitle), wire.Value(c.TeamTitle), wire.Value(c.NeedTitle))
}

// answers is what it is about on the other side, where that has a title of its own.
func (c card) answers() string {
	if need := wire.Value(c.NeedTitle); need != c.title() {
		return need
	}
	return ""
}

// sum is an amount that may be below 0, as one that shall be displayed.
func sum(a wire.Amount) money.Fen { return fenOf(wire.Money{Amount: a.Amount}) }

// pact is a mandate with what is next in it.
type pact struct {
	wire.Mandate
	Waits string
	Share int // of the reader, in basis points; 0: they are none of its brokers
}

// mandates are what binds whom until when, for a broker and for principals.
func mandates(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	query := url.Values{"limit": {"30"}, "sort": {"updated"}}
	if cursor := p.Query().Get("cursor"); cursor != "" {
		query.Set("cursor", cursor)
	}
	list, err := site.Get[wire.MandateList](p, "listMandates", "", query)
	if err != nil {
		return err
	}
	all := []pact{}
	for _, m := range list.Items {
		if m.State == "proposed" || m.State == "agreed" { // of what is over nothing is to be done
			if m, err = site.Get[wire.Mandate](p, "getMandate", m.Id.String(), nil); err != nil {
				return err
			}
		}
		all = append(all, pactOf(p, m))
	}
	var account *wire.CommissionStatement
	if p.Reader.Broker() {
		s, err := site.Get[wire.CommissionStatement](p, "getCommissionStatement", "", nil)
		if err != nil {
			return err
		}
		account = &s
	}
	p.Wide, p.NoIndex = true, true
	return p.Show(p.T("mandate.title"), mandatesPage(p, all, account, wire.Value(list.NextCursor)))
}

func pactOf(p *site.Page, m wire.Mandate) pact {
	one := pact{Mandate: m}
	for _, b := range m.Brokers {
		if b.Username == p.Reader.Username {
			one.Share = b.ShareBp
		}
	}
	today := p.Today()
	switch {
	case m.State == "proposed" && p.Reader.MemberOf(m.Principal.Id) && one.Share == 0:
		one.Waits = p.T("mandate.yours")
	case m.State == "proposed":
		one.Waits = p.T("mandate.waits", m.Principal.Name)
	case m.State == "agreed" && !today.After(dayOf(m.ValidTo)):
		one.Waits = p.T("mandate.runs")
	case (m.State == "agreed" || m.State == "ended") && !today.After(dayOf(m.TailEnds)):
		one.Waits = p.T("mandate.tail", m.TailEnds.String())
	case m.State == "declined":
		one.Waits = wire.Value(m.Reason)
	}
	return one
}

func dayOf(d fmt.Stringer) when.Day { return when.MustDay(d.String()) }

// introduces is where a broker introduces somebody under a mandate that runs; empty where that is not to be done.
func (m pact) introduces(p *site.Page) string {
	if m.State != "agreed" || m.Share == 0 || p.Today().After(dayOf(m.ValidTo)) {
		return ""
	}
	q := url.Values{"mandate_id": {m.Id.String()}, "from_id": {m.Principal.Id.String()}}
	if m.ResultId != nil {
		q.Set("result_id", m.ResultId.String())
	}
	if m.NeedId != nil {
		q.Set("need_id", m.NeedId.String())
	}
	return "/do/proposeIntroduction?" + q.Encode()
}

// pays is what a mandate pays: a rate of something, or a fee.
func (m pact) pays(p *site.Page) string {
	switch {
	case m.Fee != nil:
		return p.T("mandate.fee", ui.Amount(p, fenOf(*m.Fee)))
	case m.RateBp != nil && m.Base != nil:
		return p.T("mandate.rate", p.Of(p.Book.Name("CommissionBase", string(*m.Base))), ui.Percent(int64(*m.RateBp)))
	}
	return ""
}

// called is what a mandate is about: one result or need, or whatever its principal has.
func (m pact) called(p *site.Page) string {
	return cmp.Or(wire.Value(m.Title), p.T("mandate.anything"))
}

// actors are its brokers, by name.
func (m pact) actors() string {
	names := []string{}
	for _, b := range m.Brokers {
		names = append(names, b.Name)
	}
	return strings.Join(names, "、")
}

// ends says how long a mandate still runs.
func (m pact) ends(p *site.Page) string {
	left := dayOf(m.ValidTo).End().Sub(p.Now())
	if m.State != "agreed" || left <= 0 {
		return ""
	}
	return p.T("time.days", int(left/(24*time.Hour)))
}

func plus(more bool) string {
	if more {
		return "+"
	}
	return ""
}

// allOf asks for the records of everybody, where a list would begin with the reader's own.
func allOf(p *site.Page, name string) string {
	if name != "owner_id" {
		return p.With(name, "")
	}
	return p.Route() + "?owner_id="
}
