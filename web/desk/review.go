package desk

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"jiebang/api/wire"
	"jiebang/internal/when"
	"jiebang/web/contract"
	"jiebang/web/site"
	"jiebang/web/ui"
)

// onReview says of a form that what is refused comes back on the review page.
const onReview = "review"

// decisions are the operations that have their form on the review page, each with the key that opens it.
var decisions = []struct{ operation, key string }{{"passReview", "p"}, {"grantApplication", "g"}, {"requestSupplement", "s"}, {"refuseApplication", "r"}}

// decision is one of them, open to the reader now.
type decision struct {
	Operation *contract.Operation
	Form      *ui.Form
	Key       string // of the keyboard
	Once      string // Idempotency-Key
	Open      bool
}

// reviewing is an application as whoever decides on it reads it.
type reviewing struct {
	wire.Application
	Papers    *Papers
	Decisions []*decision
	Take      *contract.Operation // what comes before all else: taking it
	Deeds     []*contract.Operation
	Parts     []*contract.Operation
	// Previous and Next are its neighbours in the reader's queue; Queued tells whether it has any.
	Previous, Next string
	Queued         bool
	Refused        *ui.Form // what was refused a moment ago
}

func review(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	return showReview(p, p.Context.Param("id"), http.StatusOK, nil)
}

// showReview shows the page, with the form that was refused, if one was.
func showReview(p *site.Page, id string, status int, refused *doing) error {
	a, err := site.Get[wire.Application](p, "getApplication", id, nil)
	if err != nil {
		return err
	}
	r := &reviewing{Application: a}
	if r.Papers, err = PapersOf(p, "contract", a.Contract.Id.String(), a.Actions); err != nil {
		return err
	}
	if r.Queued = registrar(p.Reader); r.Queued {
		if r.Previous, r.Next, err = neighbours(p, id); err != nil {
			return err
		}
	}
	r.offer(p, refused)
	r.Parts = Parts(p, "/v1/applications", id)
	p.NoIndex, p.Wide = true, true
	return p.ShowAs(status, a.Contract.Name, reviewPage(p, r))
}

// offer arranges what the reader may do now: decisions with their forms in place, the rest as buttons.
func (r *reviewing) offer(p *site.Page, refused *doing) {
	open := []string{}
	if r.Actions != nil {
		open = *r.Actions
	}
	for _, d := range decisions {
		if !slices.Contains(open, d.operation) {
			continue
		}
		o := p.Book.Operation(d.operation)
		f := &decision{o, &ui.Form{Page: p, Prefix: d.key + "-"}, d.key, newKey(), d.key == "p" || d.key == "g"}
		if refused != nil && refused.Operation == o {
			f.Form, f.Once, f.Open = refused.Form, refused.Keep["_key"], true
			f.Form.Prefix = d.key + "-"
		}
		r.Decisions = append(r.Decisions, f)
	}
	if refused != nil {
		r.Refused = refused.Form
	}
	for _, id := range open {
		o := p.Book.Operation(id)
		if id == "startReview" {
			r.Take = o
			continue
		}
		if o != nil && o.Method != http.MethodGet && !slices.ContainsFunc(r.Decisions, func(d *decision) bool { return d.Operation == o }) {
			r.Deeds = append(r.Deeds, o)
		}
	}
}

// after is where a decision leads: to the next that waits, or to the queue that is empty.
func (r *reviewing) after(o *contract.Operation) string {
	return cmp.Or(r.Next, "/desk/queue") + "?done=" + o.ID
}

// parting are the deeds after which an application is not its reader's to go on with: like a decision, they lead to the next.
var parting = []string{"handOverApplication", "releaseApplication", "recordExpertOpinion"}

// onward is where a deed leads; empty: back to the application.
func (r *reviewing) onward(o *contract.Operation) string {
	if !r.Queued || !slices.Contains(parting, o.ID) {
		return ""
	}
	return r.after(o)
}

const (
	queuePage  = "100"
	queuePages = 3 // how far the place of an application in the queue is looked for
)

// neighbours are what stands before and behind an application in its reader's queue, by due date. Behind what is not in it comes the first.
func neighbours(p *site.Page, id string) (previous, next string, err error) {
	first, found := "", false
	query := url.Values{"may_decide": {"true"}, "limit": {queuePage}}
	for range queuePages {
		list, err := site.Get[wire.ApplicationList](p, "listApplications", "", query)
		if err != nil {
			return "", "", err
		}
		for i := range list.Items {
			at := "/desk/applications/" + list.Items[i].Id.String()
			switch {
			case list.Items[i].Id.String() == id:
				found = true
			case found:
				return previous, at, nil
			default:
				first, previous = cmp.Or(first, at), at
			}
		}
		if list.NextCursor == nil {
			break
		}
		query.Set("cursor", *list.NextCursor)
	}
	if !found {
		return "", first, nil
	}
	return previous, "", nil
}

// shows are what the queue may be narrowed to.
var shows = []struct{ asked, word string }{{"", "queue.show.decide"}, {"mine", "queue.show.mine"}, {"overdue", "queue.show.overdue"}, {"all", "queue.show.all"}}

// queue is what waits for registrars, by due date.
func queue(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	return showQueue(p, http.StatusOK, newBatching())
}

// queueOf is the page of the queue that is asked for.
func queueOf(p *site.Page) (wire.ApplicationList, error) {
	query := url.Values{"limit": {"50"}}
	switch shown := p.Query().Get("show"); shown {
	case "all":
	case "overdue", "mine":
		query.Set(shown, "true")
	default:
		query.Set("may_decide", "true")
	}
	if c := p.Query().Get("cursor"); c != "" {
		query.Set("cursor", c)
	}
	return site.Get[wire.ApplicationList](p, "listApplications", "", query)
}

// showQueue shows it, with a decision about several of it that was begun or taken.
func showQueue(p *site.Page, status int, b *batching) error {
	list, err := queueOf(p)
	if err != nil {
		return err
	}
	counts, err := site.Get[wire.ApplicationCounts](p, "countApplications", "", nil)
	var refused *site.Problem
	if errors.As(err, &refused) && refused.Status == http.StatusForbidden {
		err = nil
	}
	if err != nil {
		return err
	}
	if p.Query().Get("tick") == "all" && b.Outcome == nil && b.Refused == nil {
		for i := range list.Items {
			b.Ticked[list.Items[i].Id.String()] = true
		}
	}
	p.NoIndex, p.Wide = true, true
	return p.ShowAs(status, p.T("queue.title"), queuePageOf(p, list, counts, p.Query().Get("show"), b))
}

// due says how an application stands to its day: in a word with its tone, and how long is left.
func due(p *site.Page, a *wire.Application) (tone, said string) {
	left := when.DayOf(a.DueOn.Time).Since(p.Today())
	switch state := string(a.State); {
	case slices.Contains([]string{"granted", "refused", "withdrawn"}, state):
		return "", ""
	case state == "supplement_requested":
		return "plain", p.T("due.still")
	case a.Overdue || left < 0:
		return "bad", p.T("due.over", max(-left, 0))
	case left == 0:
		return "wait", p.T("due.today")
	case left <= 3:
		return "wait", p.T("time.days", left)
	}
	return "plain", p.T("time.days", left)
}

// party is one party of a contract with what its codes are called.
type party struct {
	Role, At string
	wire.Party
	wire.PartyNames
}

func (r *reviewing) parties(p *site.Page) (out []party) {
	add := func(role, list string, all []wire.Party) {
		for i := range all {
			at := "/terms/" + list + "/" + strconv.Itoa(i)
			one := party{Role: p.T(role), At: at, Party: all[i]}
			for _, n := range some(r.PartyNames) {
				if n.Pointer == at {
					one.PartyNames = n
				}
			}
			out = append(out, one)
		}
	}
	add("review.seller", "sellers", r.Terms.Sellers)
	add("review.buyer", "buyers", r.Terms.Buyers)
	return out
}

// code is the number that a party goes by, a person's masked.
func (y party) code() string {
	if y.PersonalId != nil {
		return y.PersonalId.Number
	}
	return cmp.Or(or(y.CreditCode), or(y.ForeignNumber), or(y.NoCodeReason))
}

func (y party) place(p *site.Page) string {
	if code := cmp.Or(or(y.Region), or(y.Country)); code != "" {
		return ui.PlaceName(p, code)
	}
	return cmp.Or(or(y.RegionName), or(y.CountryName))
}

func (y party) nature(p *site.Page) string {
	if p.English() || y.NatureName == nil {
		return p.Of(p.Book.Name("PartyNature", string(y.Nature)))
	}
	return *y.NatureName
}

// placed says in words which place of the terms a pointer means: the seller's name and what of it, or the labels of the fields on the way.
func (r *reviewing) placed(p *site.Page, pointer string) string {
	var said []string
	for _, y := range r.parties(p) {
		if rest, ok := strings.CutPrefix(pointer, y.At); ok && (rest == "" || rest[0] == '/') {
			said, pointer = append(said, y.Name), "/terms/sellers/0"+rest // both sides have the same fields
		}
	}
	fields := p.Book.Fields("Terms")
	for _, name := range strings.Split(strings.TrimPrefix(pointer, "/terms/"), "/") {
		at := slices.IndexFunc(fields, func(f *contract.Field) bool { return f.Name == name })
		if at < 0 {
			if n, err := strconv.Atoi(name); err == nil && len(said) > 0 && !strings.HasPrefix(pointer, "/terms/sellers/") {
				said = append(said, strconv.Itoa(n+1))
			}
			continue
		}
		f := fields[at]
		if name != "sellers" && name != "amount" {
			said = append(said, p.Of(f.Label))
		}
		if fields = f.Fields; f.Item != nil {
			fields = f.Item.Fields
		}
	}
	return strings.Join(said, " · ")
}

// alike says what a remark tells of payments: the day, how much, and how many of them.
func alike(p *site.Page, m wire.PartyRemark) string {
	if m.Count == nil || m.PaidOn == nil {
		return p.T("review.received", yuan(*m.Amount))
	}
	return p.T("review.alike", m.PaidOn.String(), yuan(*m.Amount), *m.Count)
}

// step is one thing that happened to an application.
type step struct {
	At         time.Time
	Day        bool // its hour is not known
	What, Note string
	By         *wire.Account
}

func (r *reviewing) history(p *site.Page) (out []step) {
	out = append(out, step{At: r.FiledOn.Time, Day: true, What: p.T("review.filed"), By: r.SubmittedBy, Note: or(r.Reason)})
	add := func(at *time.Time, word string, by *wire.Account, note *string) {
		if at != nil {
			out = append(out, step{At: *at, What: p.T(word), By: by, Note: or(note)})
		}
	}
	add(r.TakenAt, "review.taken", r.TakenBy, nil)
	add(r.SupplementAskedAt, "review.wanted", r.SupplementAskedBy, r.SupplementWanted)
	add(r.PassedAt, "review.passed", r.PassedBy, r.ReviewNote)
	for _, o := range some(r.ExpertOpinions) {
		out = append(out, step{At: o.RecordedAt, What: p.T("review.experts", p.Of(p.Book.Name("ExpertOutcome", string(o.Outcome)))), By: o.RecordedBy, Note: o.Opinion})
	}
	for _, n := range some(r.InternalNotes) {
		out = append(out, step{At: n.CreatedAt, What: p.T("review.note"), By: n.By, Note: n.Note})
	}
	add(r.DecidedAt, "review.decided", r.DecidedBy, cmp.Or(r.RefusalReason, r.TwinReason))
	slices.SortStableFunc(out, func(a, b step) int { return a.At.Compare(b.At) })
	return out
}

func or[S ~string](s *S) string {
	if s == nil {
		return ""
	}
	return string(*s)
}

func some[T any](s *[]T) []T {
	if s == nil {
		return nil
	}
	return *s
}

// rated is the rate of a conversion, as it is quoted.
func rated(c wire.Conversion) string {
	return "× " + c.Rate + " / " + strconv.Itoa(wire.ValueOr(c.RatePer, 1))
}

// royalty is a royalty in a line: of what, how much, from when to when.
func royalty(r wire.Royalty) string {
	parts := []string{r.Base, "", or(r.Steps)}
	if r.RateBp != nil {
		parts[1] = strconv.FormatFloat(float64(*r.RateBp)/100, 'f', -1, 64) + "%"
	}
	if r.From != nil || r.To != nil {
		days := [2]string{"…", "…"}
		for i, d := range []*types.Date{r.From, r.To} {
			if d != nil {
				days[i] = d.String()
			}
		}
		parts = append(parts, days[0]+" — "+days[1])
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// granted says on which days rights in a result are granted to its inventors.
func granted(p *site.Page, m wire.PartyRemark) string {
	var said []string
	if m.GrantedFrom != nil {
		said = append(said, p.T("result.grants.from", m.GrantedFrom.String()))
	}
	if m.GrantedTo != nil {
		said = append(said, p.T("result.grants.to", m.GrantedTo.String()))
	}
	return strings.Join(said, " ")
}
