package desk

import (
	"slices"

	"github.com/a-h/templ"

	"jiebang/api/wire"
	"jiebang/internal/money"
	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// bidView is a bid with what is still to be done.
type bidView struct {
	wire.Bid
	Record *recordView
	Tasks  []task
}

// task is one part of a bid: what stands in it, or what it lacks.
type task struct {
	Word, Says, Link string
	Done, Must       bool
}

// bid is a bid's page: for who may write it a list of tasks, for others what it says.
func bid(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	o := p.Book.Operation("getBid")
	answer, err := p.Call(site.Ask{Operation: o, Path: map[string]string{"id": p.Context.Param("id")}})
	if err != nil {
		return err
	}
	value, _ := answer.Value.(map[string]any)
	b := &bidView{Record: &recordView{Operation: o, ID: p.Context.Param("id"), Value: value, Fields: p.Book.Fields(o.Answer)}}
	if b.Bid, err = site.Get[wire.Bid](p, o.ID, b.Record.ID, nil); err != nil {
		return err
	}
	b.Record.actions(p)
	b.Record.Parts = Parts(p, o.Collection(), b.Record.ID)
	b.Record.Papers = PapersFor(p, "bid", b.Record.ID, b.Actions)
	if slices.Contains(wire.Value(b.Actions), "replaceBid") && b.Offer != nil {
		b.tasks(p)
	}
	// It is written by its tasks.
	b.Record.Actions = slices.DeleteFunc(b.Record.Actions, func(o *contract.Operation) bool { return o.ID == "replaceBid" })
	p.NoIndex = true
	return p.Show(b.ChallengeTitle, bidPage(p, b))
}

// tasks say what a bid has and lacks, as it is now; whether it may be handed in the operation decides.
func (b *bidView) tasks(p *site.Page) {
	w := &writing{course: courses["bid"], ID: b.Id.String()}
	f := b.Offer
	members, milestones, deviations := wire.Value(f.Members), wire.Value(f.Milestones), wire.Value(f.Deviations)
	var paid money.Fen
	for _, m := range milestones {
		paid += fenOf(m.Amount)
	}
	price := fenOf(f.Price)
	money := task{Word: "bid.price", Must: true, Link: w.at(3), Done: price > 0 && paid == price, Says: p.T("bid.price.says", ui.Amount(p, price), len(milestones), ui.Amount(p, paid))}
	if price == 0 && len(milestones) == 0 {
		money.Says = p.T("bid.price.none")
	} else if paid != price {
		money.Says = p.T("bid.price.differ", ui.Exact(price), ui.Exact(paid))
	}
	plan := len([]rune(f.Plan.Approach))
	b.Tasks = []task{
		{Word: "bid.team", Must: true, Link: w.at(1), Done: len(members) > 0, Says: p.T("bid.team.says", len(members), len(wire.Value(f.Partners)))},
		{Word: "bid.plan", Must: true, Link: w.at(2), Done: plan >= 10, Says: p.T("bid.plan.says", plan)},
		money,
		{Word: "bid.deviations", Link: w.at(4), Done: len(deviations) > 0, Says: p.T("bid.deviations.says", len(deviations))},
	}
	files := 0
	if b.Record.Papers != nil {
		files = len(b.Record.Papers.Files)
	}
	b.Tasks = append(b.Tasks, task{Word: "bid.files", Link: "#papers", Done: files > 0, Says: p.T("bid.files.says", files)})
}

// missing says how much is still to be done.
func (b *bidView) missing(p *site.Page) string {
	n := 0
	for _, t := range b.Tasks {
		if t.Must && !t.Done {
			n++
		}
	}
	if n == 0 {
		return p.T("bid.ready")
	}
	return p.T("bid.missing", n)
}

// heading is what the step is about.
func (w *writing) heading(p *site.Page) string {
	switch {
	case w.last():
		return p.T("write.look")
	case w.ID == "" && w.begins != nil:
		return p.T("bid.begin")
	}
	return p.T(w.steps[w.Step-1].word)
}

func (w *writing) button(p *site.Page) string {
	switch {
	case w.begins != nil && w.ID == "":
		return p.T("bid.begin")
	case w.begins != nil:
		return p.T("write.save")
	}
	return p.T("write.next")
}

// current marks the step where one is.
func (w *writing) current(step int) templ.Attributes {
	if step == w.Step {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

// open are the operations that are open to the writer now.
func (w *writing) open() (out []string) {
	all, _ := w.Record["actions"].([]any)
	for _, id := range all {
		out = append(out, text(id))
	}
	return out
}

// reader is the operation that reads what is written.
func (w *writing) reader() string { return w.course.read }

// beginOf is where a record is begun: step by step, where it is written so. A bid begins at its challenge.
func beginOf(create *contract.Operation) string {
	for kind, c := range courses {
		switch {
		case c.create != create.ID:
		case kind == "bid":
			return "/challenges"
		default:
			return "/write/" + kind
		}
	}
	return "/do/" + create.ID
}
