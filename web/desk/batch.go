package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"jiebang/api/wire"
	"jiebang/web/site"
)

// batchActions are what a registrar may do with several applications of the queue at once, in the order of their way.
var batchActions = []string{"start_review", "pass", "grant", "request_supplement", "refuse", "hand_over", "release"}

// batching is a decision about several applications: what was ticked and typed, and what became of it.
type batching struct {
	Ticked                 map[string]bool // by id
	Action, Note, Username string
	Key                    string // Idempotency-Key
	Refused                *site.Problem
	Outcome                *wire.Batch
	titles                 map[string]string // of what was ticked, as it stood in the queue
}

func (b *batching) titled(id string) string {
	if t := b.titles[id]; t != "" {
		return t
	}
	return id
}

func newBatching() *batching {
	return &batching{Ticked: map[string]bool{}, Key: newKey()}
}

// decideQueue takes one decision about everything that was ticked in the queue, by the operation for batches, and shows what became of each above what
// waits now. What is refused as a whole comes back with what was ticked and typed.
func decideQueue(p *site.Page) error {
	if err := p.MustSignIn(); err != nil {
		return err
	}
	form, err := p.Context.FormParams()
	if err != nil {
		return err
	}
	b := &batching{Ticked: map[string]bool{}, Action: form.Get("action"), Note: strings.TrimSpace(form.Get("note")), Username: strings.TrimSpace(form.Get("username")),
		Key: form.Get("_key"), titles: map[string]string{}}
	before, err := queueOf(p)
	if err != nil {
		return err
	}
	for i := range before.Items {
		b.titles[before.Items[i].Id.String()] = before.Items[i].Contract.Name
	}
	done, err := site.Asked[wire.Batch](p, site.Ask{Operation: p.Book.Operation("runBatch"), Body: b.body(form), Key: b.Key})
	if errors.As(err, &b.Refused) {
		return showQueue(p, b.Refused.Status, b)
	}
	if err != nil {
		return err
	}
	b.Outcome = &done
	b.Ticked, b.Key, b.Note = map[string]bool{}, newKey(), ""
	return showQueue(p, http.StatusOK, b)
}

// body is what the operation takes of a form. Each tick names an application and the version that its row showed.
func (b *batching) body(form url.Values) map[string]any {
	out := map[string]any{"kind": "application", "action": b.Action}
	var some []any
	for _, tick := range form["tick"] {
		id, version, _ := strings.Cut(tick, "@")
		n, _ := strconv.ParseInt(version, 10, 64)
		b.Ticked[id] = true
		some = append(some, map[string]any{"id": id, "version": n})
	}
	if len(some) > 0 {
		out["applications"] = some
	}
	switch {
	case b.Action == "hand_over" && b.Username != "":
		out["username"] = b.Username
	case b.Action == "refuse" && b.Note != "":
		out["reason"] = b.Note
	case (b.Action == "pass" || b.Action == "request_supplement") && b.Note != "":
		out["note"] = b.Note
	}
	return out
}

// remarked is how much there is to look at about an application before it is decided.
func remarked(a *wire.Application) int { return len(some(a.Twins)) + len(some(a.Remarks)) }

// ticking is this very page of the queue, with all of it ticked or nothing.
func ticking(p *site.Page, all string) string {
	q := url.Values{}
	for name, values := range p.Query() {
		if name != "tick" && name != "lang" && name != "done" {
			q[name] = values
		}
	}
	if all != "" {
		q.Set("tick", all)
	}
	return strings.TrimSuffix(p.Route()+"?"+q.Encode(), "?")
}
