package challenges_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/challenges"
	"jiebang/internal/control"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// holds enters shares of one company in another, from the first of the year on.
func (h *hall) holds(holder, held string, share int) {
	h.Helper()
	from, err := when.ParseDay("2026-01-01")
	h.Must(err)
	casttest.Create(h.Cast, h.Operator, h.control.Create, control.Input{
		Kind: control.Shares, Holder: control.Node{Kind: control.Company, Name: "公司" + holder, Code: holder}, Held: control.Node{Kind: control.Company, Name: "公司" + held, Code: held},
		Share: share, ValidFrom: from, Evidence: "公司登记信息，2026-03-01 查询",
	})
}

// Who is tied to a named poster is refused when the bid is handed in, any member counting; the evidence is kept.
func TestATieToANamedPosterIsRefused(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		o, code := h.bidder()
		middle, partner := h.CreditCode(), h.CreditCode()
		h.holds(h.poster.Code, middle, 6000)
		h.holds(middle, partner, 6000)
		v := h.draft(o, id, offer(code, "", challenges.Partner{Name: "合作单位", Code: partner}))
		_, err := h.challenges.SubmitBid(h.Context(), o.Editor, v.ID, v.Version)
		h.Refused(err, fault.BidTied)
		if got := h.get(o.Editor, v.ID); got.State != challenges.BidDraft || got.Version != v.Version {
			h.Errorf("%+v", got)
		}
		var kept int64
		h.Must(h.DB.Reader.WithContext(h.Context()).Model(&work.AuditRow{}).Where("action = 'bid.refuse_tied' AND object_id = ?", v.ID).Count(&kept).Error)
		if kept != 1 {
			h.Errorf("the evidence is kept %d times", kept)
		}
		own := h.draft(h.poster, id, offer(h.poster.Code, ""))
		_, err = h.challenges.SubmitBid(h.Context(), h.poster.Editor, own.ID, own.Version)
		h.Refused(err, fault.BidTied)
	})
}

// With a masked poster nothing differs before the opening; then the bid falls, with evidence for operators, and the bidder learns the reason
// once the poster is named.
func TestATieToAMaskedPosterFallsAtTheOpening(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay, func(x *challenges.Content) { x.Masked = true })
		middle, partner := h.CreditCode(), h.CreditCode()
		h.holds(h.poster.Code, middle, 6000)
		h.holds(middle, partner, 6000)
		tied, first := h.bid(id, challenges.Partner{Name: "合作单位", Code: partner})
		_, second := h.bid(id)
		if first.Receipt == "" || !slices.Equal(first.Actions, second.Actions) {
			h.Errorf("%+v", first)
		}
		h.Clock.Set(firstLate)
		h.Must(h.open(h.files, id))
		seen := h.get(h.Operator, first.ID)
		if seen.State != challenges.BidIneligible || !slices.Equal(seen.Reasons, []challenges.Reason{challenges.TiedToPoster}) || len(seen.Evidence) != 1 || len(seen.Evidence[0].Rows) != 2 || seen.Evidence[0].Code != partner {
			h.Errorf("%+v", seen)
		}
		if told := h.get(tied.Editor, first.ID); !slices.Equal(told.Reasons, []challenges.Reason{challenges.Withheld}) || told.Evidence != nil {
			h.Errorf("%+v", told)
		}
		if got := h.get(h.Operator, second.ID); got.State != challenges.BidEligible {
			h.Errorf("%+v", got)
		}
		h.Must(h.DB.Writer.WithContext(h.Context()).Exec("UPDATE challenges SET state = 'awarded' WHERE id = ?", id).Error)
		if told := h.get(tied.Editor, first.ID); !slices.Equal(told.Reasons, []challenges.Reason{challenges.TiedToPoster}) {
			h.Errorf("%+v", told)
		}
	})
}

// Bidders under one control fall together, and a member of a consortium that also bids alone takes both down; the blacklist counts any member,
// on its days.
func TestWhoFallsAtTheOpening(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		parent := h.CreditCode()
		sisterA, bidA := h.bid(id)
		sisterB, bidB := h.bid(id)
		h.holds(parent, sisterA.Code, 5001)
		h.holds(parent, sisterB.Code, 10_000)
		halfA, bidC := h.bid(id)
		halfB, bidD := h.bid(id)
		h.holds(h.CreditCode(), halfA.Code, 5000) // half is no control
		h.holds(parent, halfB.Code, 5000)
		alone, bidE := h.bid(id)
		_, bidF := h.bid(id, challenges.Partner{Name: "也单独揭榜", Code: alone.Code})
		listed, over := h.CreditCode(), h.CreditCode()
		_, bidG := h.bid(id, challenges.Partner{Name: "失信单位", Code: listed})
		_, bidH := h.bid(id, challenges.Partner{Name: "已移出单位", Code: over})
		day := func(s string) when.Day { d, err := when.ParseDay(s); h.Must(err); return d }
		enter := func(code, from, to string) {
			casttest.Create(c, h.Operator, h.challenges.CreateListed, challenges.ListedInput{Name: "失信单位", Code: code, ValidFrom: day(from), ValidTo: day(to), Reason: "验收材料弄虚作假"})
		}
		enter(listed, "2026-01-01", "2026-12-16") // its last day is the day of the opening
		enter(over, "2026-01-01", "2026-12-15")
		h.Clock.Set(firstLate)
		h.Must(h.open(h.files, id))
		for _, x := range []struct {
			bid  challenges.BidView
			want []challenges.Reason
		}{
			{bidA, []challenges.Reason{challenges.TiedToBidder}}, {bidB, []challenges.Reason{challenges.TiedToBidder}}, {bidC, nil}, {bidD, nil},
			{bidE, []challenges.Reason{challenges.InTwoBids}}, {bidF, []challenges.Reason{challenges.InTwoBids}}, {bidG, []challenges.Reason{challenges.Blacklisted}}, {bidH, nil},
		} {
			got := h.get(h.Operator, x.bid.ID)
			if !slices.Equal(got.Reasons, x.want) && len(got.Reasons)+len(x.want) > 0 || (got.State == challenges.BidEligible) != (len(x.want) == 0) {
				h.Errorf("%s is %s for %v, want %v", got.Owner.Name, got.State, got.Reasons, x.want)
			}
		}
		if told := h.get(sisterA.Editor, bidA.ID); len(told.Reasons) != 1 || told.Evidence != nil {
			h.Errorf("the bidder is told %+v", told)
		}
		if got := h.state(id); got != challenges.Reviewing {
			h.Errorf("%s", got)
		}
	})
}

// An opening that is cut anywhere goes on: after the closing, after some bids, before the end. Two at once do it once.
func TestAnOpeningThatIsCutGoesOn(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		var bids []challenges.BidView
		for range 6 {
			o, code := h.bidder()
			v := h.draft(o, id, offer(code, ""))
			_, err := h.hang(o, v.ID, "方案.txt", []byte("方案"+code))
			h.Must(err)
			h.Clock.Set(time.Date(2026, 4, 1+len(bids), 0, 0, 0, 0, time.UTC).Format(time.RFC3339))
			bids = append(bids, casttest.Change(c, o.Editor, h.challenges.SubmitBid, v.ID, v.Version))
		}
		h.Clock.Set(firstLate)
		job := jobs.Job{ObjectID: id, Now: h.Clock.Now()}
		died := 0
		for _, cut := range []int64{1, 4, 9, 16, 25, 36, 49, 64} { // its process dies at the so-manieth step of its statements
			ctx, cancel := context.WithCancel(h.Context())
			f := &countdown{Context: ctx, end: cancel}
			f.left.Store(cut)
			if _, err := h.challenges.Handler(h.files).Errand(f, job); err != nil {
				died++
			}
			cancel()
			if got := h.state(id); got != challenges.Published {
				h.Errorf("cut after %d: %s", cut, got)
			}
			for _, b := range bids {
				if _, err := h.challenges.GetBid(h.Context(), h.Operator.Actor, b.ID); !fault.NotVisible.Of(err) {
					h.Errorf("cut after %d a bid is read before all are open: %v", cut, err)
				}
			}
		}
		if died < 3 {
			h.Errorf("it died %d times only", died)
		}
		var once atomic.Int64
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				switch err := h.open(h.files, id); {
				case err == nil:
					once.Add(1)
				case !errors.Is(err, jobs.ErrNothing):
					h.Errorf("%v", err)
				}
			})
		}
		all.Wait()
		if once.Load() != 1 {
			h.Errorf("opened %d times", once.Load())
		}
		for _, b := range bids {
			if got := h.get(h.Operator, b.ID); got.State != challenges.BidEligible || got.Receipt != b.Receipt {
				h.Errorf("%+v", got)
			}
		}
		page, err := h.challenges.ListSteps(h.Context(), h.Operator.Actor, challenges.StepFilter{Challenge: id}, paging())
		if err != nil || page.Items[0].Step != "open" || page.Items[1].Step != "publish" {
			h.Errorf("%+v, %v", page.Items, err)
		}
	})
}

// A bid that does not open, or is not that of its receipt, is to be mended: it stops the opening, and is never taken for no bid.
func TestABrokenBidStopsTheOpening(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		o, code := h.bidder()
		v := h.draft(o, id, offer(code, ""))
		_, err := h.hang(o, v.ID, "方案.txt", []byte("方案"))
		h.Must(err)
		v = casttest.Change(c, o.Editor, h.challenges.SubmitBid, v.ID, v.Version)
		_, other := h.bid(id)
		h.Clock.Set(firstLate)
		set := func(column, value string, of uuid.UUID) {
			h.Must(h.DB.Writer.WithContext(h.Context()).Exec("UPDATE bids SET "+column+" = "+value+" WHERE id = ?", of).Error)
		}
		whole := func(column string) (was string) {
			h.Must(h.DB.Writer.WithContext(h.Context()).Table("bids").Where("id = ?", v.ID).Pluck(column, &was).Error)
			return was
		}
		for column, value := range map[string]string{
			"sealed":  "(SELECT x.sealed FROM bids AS x WHERE x.id = '" + other.ID.String() + "')",
			"receipt": "(SELECT x.receipt FROM bids AS x WHERE x.id = '" + other.ID.String() + "') || ''",
		} {
			was := whole(column)
			set(column, value, v.ID)
			if err := h.open(h.files, id); err == nil || errors.Is(err, jobs.ErrNothing) {
				h.Errorf("%s: opened: %v", column, err)
			}
			if got := h.state(id); got != challenges.Published {
				h.Errorf("%s: %s", column, got)
			}
			found, err := h.challenges.Verify(h.Context(), h.files)
			if err != nil || len(found.Problems) == 0 {
				h.Errorf("%s: verify says nothing: %+v, %v", column, found, err)
			}
			set(column, "'"+was+"'", v.ID)
		}
		h.Must(h.open(h.files, id))
		if got := h.get(h.Operator, v.ID); got.State != challenges.BidEligible {
			h.Errorf("%+v", got)
		}
		set("document", "NULL", other.ID)
		if found, err := h.challenges.Verify(h.Context(), h.files); err != nil || found.Opened != 1 {
			h.Errorf("%+v, %v", found, err)
		}
	})
}

// Two hundred hand in while the deadline passes: none is accepted late, none that was told so is lost, and each receipt verifies.
func TestManyBidAroundTheDeadline(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		const people, each = 8, 25 // bids of each stand one after the other
		type sent struct {
			o casttest.Organization
			v challenges.BidView
		}
		drafts := make([]sent, people*each/5)
		for i := range drafts {
			o, code := h.bidder()
			drafts[i] = sent{o, h.draft(o, id, offer(code, ""))}
		}
		h.Clock.Set("2026-12-15T15:59:59Z")
		var mu sync.Mutex
		accepted := map[uuid.UUID]string{} // the last receipt that its sender was told
		var late, tries atomic.Int64
		var all sync.WaitGroup
		var over, opened atomic.Bool
		for worker := range people {
			all.Go(func() {
				for n := range each {
					i := (worker*each/5 + n/5) % len(drafts)
					d := &drafts[i]
					tries.Add(1)
					a, err := h.challenges.SubmitBid(context.WithoutCancel(h.Context()), d.o.Editor, d.v.ID, d.v.Version)
					switch {
					case fault.BidsClosed.Of(err), over.Load() && fault.VersionStale.Of(err): // the opening has unsealed it by then
						late.Add(1)
					case err != nil:
						h.Errorf("%v", err)
						return
					case opened.Load():
						h.Error("accepted after the opening")
					default:
						d.v = a.View
						mu.Lock()
						accepted[a.ID] = a.View.Receipt
						mu.Unlock()
					}
				}
			})
		}
		all.Go(func() {
			for tries.Load() < people*each/2 {
				time.Sleep(time.Millisecond)
			}
			over.Store(true)
			h.Clock.Set(firstLate)
			if _, err := h.challenges.Handler(h.files).Errand(context.WithoutCancel(h.Context()), jobs.Job{ObjectID: id, Now: h.Clock.Now()}); err != nil {
				h.Errorf("%v", err)
			}
			opened.Store(true)
			h.Clock.Set("2026-12-15T15:30:00Z") // and the clock goes back
		})
		all.Wait()
		if late.Load() == 0 || len(accepted) == 0 {
			h.Errorf("%d late, %d accepted: the deadline did not pass among them", late.Load(), len(accepted))
		}
		h.Clock.Set(firstLate)
		h.Must(h.open(h.files, id))
		r, err := h.challenges.Receipts(h.Context(), h.Operator.Actor, challenges.ReceiptsFilter{Challenge: id})
		h.Must(err)
		if len(r.Digests) != len(accepted) {
			h.Errorf("%d receipts are public, %d bids were accepted", len(r.Digests), len(accepted))
		}
		for bid, receipt := range accepted {
			if !slices.Contains(r.Digests, receipt) {
				h.Errorf("bid %s was told %s and is lost", bid, receipt)
			}
		}
		found, err := h.challenges.Verify(h.Context(), h.files)
		if err != nil || found.Opened != len(accepted) || len(found.Problems) > 0 {
			h.Errorf("%+v, %v", found, err)
		}
	})
}

func paging() db.Paging { return db.Paging{Limit: 20} }

// countdown is a context that ends at the so-manieth time that somebody asks whether it has.
type countdown struct {
	context.Context
	left atomic.Int64
	end  func()
}

func (c *countdown) Done() <-chan struct{} {
	if c.left.Add(-1) == 0 {
		c.end()
	}
	return c.Context.Done()
}
