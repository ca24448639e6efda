package challenges_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"jiebang/internal/casttest"
	"jiebang/internal/challenges"
	"jiebang/internal/control"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/jobs"
	"jiebang/internal/kinds"
	"jiebang/internal/money"
	"jiebang/internal/notices"
	"jiebang/internal/programmes"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// hall is a bureau's round, a poster and bidders.
type hall struct {
	*casttest.Cast
	rounds     *programmes.Service
	challenges *challenges.Service
	files      *files.Service
	bucket     *blob.Bucket
	control    *control.Service
	poster     casttest.Organization
	round      uuid.UUID
	serial     int
}

func newHall(c *casttest.Cast, change ...func(*programmes.Rules)) *hall {
	c.Helper()
	h := &hall{
		Cast: c, rounds: programmes.New(c.Unit), challenges: challenges.New(c.Unit), bucket: memblob.OpenBucket(nil), control: control.New(c.Unit),
		poster: c.Organization("辽浑智造装备有限公司", "enterprise", "210112"),
	}
	h.files = files.New(c.Unit, c.DB, kinds.New(challenges.BidKind(h.challenges)), files.NewStore(h.bucket), c.Secrets)
	rules := programmes.Rules{
		Notice: notices.Period{Length: 7, Unit: notices.CalendarDays, LastOff: notices.Stays}, Reviewers: 3, Criteria: []programmes.Criterion{{Name: "技术路线", Weight: 10_000}}, Threshold: 60_000, Blind: true,
		Winners: 2, MostRunning: 2, GrantShare: 3000, OwnShare: 5000, AnswerDays: 10, ObjectionsDays: 15,
	}
	for _, f := range change {
		f(&rules)
	}
	day := func(s string) when.Day { d, err := when.ParseDay(s); c.Must(err); return d }
	h.round = casttest.Create(c, c.Operator, h.rounds.Create, programmes.Input{
		Code: "SY2026-1", Year: 2026, Name: "2026 年揭榜挂帅", Level: programmes.City, PostFrom: day("2020-01-01"), PostTo: day("2039-12-31"), Budget: 9_000_000_000, Rules: rules,
	})
	casttest.Change(c, c.Deputy, h.rounds.Open, h.round, 1)
	return h
}

// published posts a challenge and publishes it until a moment.
func (h *hall) published(deadline string, change ...func(*challenges.Content)) uuid.UUID {
	h.Helper()
	content := challenges.Content{
		Title: "大风量喷漆废气深度净化", Problem: "喷漆线废气风量大、浓度低，须找到可长期运行的净化办法。", Field: "environment", IPArrangement: "成果归揭榜方所有。",
		Indicators: []challenges.Indicator{{Name: "去除率", Unit: "%", Comparison: challenges.AtLeast, Value: "95", Method: "第三方测定"}},
		Reward:     challenges.Reward{Amount: 2_000_000_00, Mode: challenges.PayMilestones, Funders: []challenges.Funder{{Kind: challenges.PosterPays, Amount: 2_000_000_00}}},
	}
	for _, f := range change {
		f(&content)
	}
	id := casttest.Create(h.Cast, h.poster.Editor, h.challenges.Create, challenges.Input{Round: h.round, Owner: h.poster.ID, Content: content})
	casttest.Change(h.Cast, h.poster.Editor, h.challenges.Submit, id, 1)
	casttest.Change(h.Cast, h.Operator, h.challenges.Shelve, id, 2)
	casttest.Decide(h.Cast, h.Operator, h.challenges.Refine, id, 3, []string{})
	at, err := challenges.ReadDeadline(deadline)
	h.Must(err)
	casttest.Decide(h.Cast, h.Operator, h.challenges.Publish, id, 4, at)
	return id
}

// offer is what a bidder writes; canary stands in each of its parts.
func offer(lead, canary string, partners ...challenges.Partner) challenges.Offer {
	amount := func(f money.Fen) challenges.Yuan { return challenges.Yuan{Fen: f} }
	day, _ := when.ParseDay("2027-06-30")
	return challenges.Offer{
		Partners: partners, Members: []challenges.Person{{Name: "林砚舟" + canary, OrganizationCode: lead, Part: "负责人" + canary}},
		Plan:       challenges.Plan{Approach: "等离子体与吸附浓缩联用，连续运行七日。" + canary, Risks: "风险" + canary},
		Milestones: []challenges.Milestone{{Title: "一条线" + canary, Due: day, Amount: amount(700_000_33)}, {Title: "整线", Due: day, Amount: amount(500_000_44)}},
		Price:      amount(1_200_000_77), Deviations: []challenges.Deviation{{Indicator: "去除率", Offer: "97" + canary, Reason: "更高" + canary}}, Contact: canary,
	}
}

// bidder makes an organization.
func (h *hall) bidder() (casttest.Organization, string) {
	h.Helper()
	h.serial++
	o := h.Organization(fmt.Sprintf("盛北第%d研究所", h.serial), "institute", "210112")
	return o, o.Code
}

func (h *hall) draft(by casttest.Organization, challenge uuid.UUID, o challenges.Offer) challenges.BidView {
	h.Helper()
	a, err := h.challenges.CreateBid(h.Context(), by.Editor, challenges.BidInput{Challenge: challenge, Owner: by.ID, Offer: o})
	h.Must(err)
	return a.View
}

// bid drafts and hands in, perhaps with a file.
func (h *hall) bid(challenge uuid.UUID, partners ...challenges.Partner) (casttest.Organization, challenges.BidView) {
	h.Helper()
	o, code := h.bidder()
	v := h.draft(o, challenge, offer(code, "", partners...))
	return o, casttest.Change(h.Cast, o.Editor, h.challenges.SubmitBid, v.ID, v.Version)
}

func (h *hall) hang(by casttest.Organization, bid uuid.UUID, name string, data []byte) (files.View, error) {
	u, err := h.files.Begin(h.Context(), by.Editor, files.Input{Kind: "bid", Object: bid, Name: name, Size: int64(len(data))})
	if err != nil {
		return files.View{}, err
	}
	if _, err := h.files.Receive(h.Context(), by.Editor.Actor, u.ID, 0, bytes.NewReader(data)); err != nil {
		return files.View{}, err
	}
	a, err := h.files.Complete(h.Context(), by.Editor, u.ID, files.Completion{})
	return a.View, err
}

// open runs an opening, as a process would whose database's clock is the test's.
func (h *hall) open(f *files.Service, id uuid.UUID) error {
	h.Helper()
	handler := h.challenges.Handler(f)
	done, err := handler.Errand(h.Context(), jobs.Job{ID: uuid.New(), Kind: challenges.Opening, ObjectID: id, Now: h.Clock.Now()})
	if err != nil {
		return err
	}
	_, err = h.Unit.Do(h.Context(), work.Call{Operation: "test"}, done)
	return err
}

func (h *hall) state(id uuid.UUID) challenges.State {
	h.Helper()
	v, err := h.challenges.Get(h.Context(), h.Operator.Actor, id)
	h.Must(err)
	return v.State
}

func (h *hall) get(by work.Call, id uuid.UUID) challenges.BidView {
	h.Helper()
	v, err := h.challenges.GetBid(h.Context(), by.Actor, id)
	h.Must(err)
	return v
}

const (
	deadlineDay = "2026-12-15"
	firstLate   = "2026-12-15T16:00:00Z"
)

// Sealed, opened, judged: nobody but its own side knows of a bid before, and then the poster and operators read it, as it was handed in.
func TestABidIsSealedUntilTheDeadline(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		o, code := h.bidder()
		draft := h.draft(o, id, offer(code, "一"))
		_, err := h.hang(o, draft.ID, "方案.txt", []byte("产业化方案"))
		h.Must(err)
		v := casttest.Change(h.Cast, o.Second, h.challenges.SubmitBid, draft.ID, draft.Version)
		if v.State != challenges.BidSubmitted || v.Receipt == "" || v.Unsent {
			h.Errorf("%+v", v)
		}
		for who, actor := range map[string]work.Call{"operator": h.Operator, "poster": h.poster.Editor, "stranger": h.Person("stranger")} {
			if _, err := h.challenges.GetBid(h.Context(), actor.Actor, v.ID); !fault.NotVisible.Of(err) {
				h.Errorf("%s: %v", who, err)
			}
			if page, err := h.challenges.ListBids(h.Context(), actor.Actor, challenges.BidFilter{Challenge: id}, db.Paging{Limit: 10, Count: true}); err != nil || len(page.Items) != 0 || *page.Total != 0 {
				h.Errorf("%s: %+v, %v", who, page, err)
			}
			if _, err := h.challenges.Receipt(h.Context(), actor.Actor, v.ID); !fault.NotVisible.Of(err) {
				h.Errorf("%s: %v", who, err)
			}
			if _, err := h.files.List(h.Context(), actor.Actor, files.Query{Kind: "bid", Object: v.ID}); !fault.NotVisible.Of(err) {
				h.Errorf("%s: %v", who, err)
			}
			if _, err := h.challenges.SubmitBid(h.Context(), actor, v.ID, v.Version); !fault.NotVisible.Of(err) {
				h.Errorf("%s submits: %v", who, err)
			}
			if r, err := h.challenges.Receipts(h.Context(), actor.Actor, challenges.ReceiptsFilter{Challenge: id}); err != nil || r.Received != nil || len(r.Digests) != 0 || r.ClosedAt != nil {
				h.Errorf("%s: %+v, %v", who, r, err)
			}
		}
		receipt, err := h.challenges.Receipt(h.Context(), o.Editor.Actor, v.ID)
		h.Must(err)
		if seal.Digest([]byte(receipt.Document)) != receipt.Digest || receipt.Digest != v.Receipt || !strings.Contains(receipt.Document, `"price":"1200000.77"`) {
			h.Errorf("%+v", receipt)
		}
		challengeBefore, err := h.challenges.Get(h.Context(), h.Operator.Actor, id)
		h.Must(err)
		if challengeBefore.Version != 5 {
			h.Errorf("the challenge's version tells that somebody bid: %d", challengeBefore.Version)
		}
		if err := h.open(h.files, id); err == nil {
			h.Error("opened before the deadline")
		}
		tardy, tardyCode := h.bidder()
		late := h.draft(tardy, id, offer(tardyCode, "二"))
		h.Clock.Set(firstLate)
		_, err = h.challenges.SubmitBid(h.Context(), tardy.Editor, late.ID, late.Version)
		h.Refused(err, fault.BidsClosed)
		if got := h.get(tardy.Editor, late.ID); got.State != challenges.BidUnsubmitted || got.Offer == nil || len(got.Actions) != 1 {
			h.Errorf("%+v", got)
		}
		h.Must(h.open(h.files, id))
		if got := h.state(id); got != challenges.Reviewing {
			h.Errorf("%s", got)
		}
		for who, actor := range map[string]work.Call{"operator": h.Operator, "poster": h.poster.Editor, "bidder": o.Second} {
			got := h.get(actor, v.ID)
			if got.State != challenges.BidEligible || got.Offer == nil || got.Offer.Price.Fen != 1_200_000_77 || got.Offer.Plan.Approach != "等离子体与吸附浓缩联用，连续运行七日。一" {
				h.Errorf("%s: %+v", who, got)
			}
			list, err := h.files.List(h.Context(), actor.Actor, files.Query{Kind: "bid", Object: v.ID})
			if err != nil || len(list) != 1 || list[0].Name != "方案.txt" {
				h.Errorf("%s: %+v, %v", who, list, err)
			}
			if who != "bidder" {
				if _, err := h.challenges.GetBid(h.Context(), actor.Actor, late.ID); !fault.NotVisible.Of(err) {
					h.Errorf("%s reads what was not handed in: %v", who, err)
				}
			}
		}
		r, err := h.challenges.Receipts(h.Context(), h.Person("visitor").Actor, challenges.ReceiptsFilter{Challenge: id})
		if err != nil || len(r.Digests) != 1 || r.Digests[0] != v.Receipt || r.OpenedAt == nil || *r.Received != 1 {
			h.Errorf("%+v, %v", r, err)
		}
		found, err := h.challenges.Verify(h.Context(), h.files)
		if err != nil || found.Opened != 1 || len(found.Problems) > 0 {
			h.Errorf("%+v, %v", found, err)
		}
		if err := h.open(h.files, id); !errors.Is(err, jobs.ErrNothing) {
			h.Errorf("opened twice: %v", err)
		}
	})
}

// The day ends in Shanghai, whatever the time of the writer is.
func TestADeadlineDayEndsInShanghai(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		for at, late := range map[string]bool{"2026-12-15T10:59:59-05:00": false, "2026-12-15T11:00:00-05:00": true, "2026-12-15T23:30:00+01:00": true} {
			c.Clock.Set("2026-12-01T00:00:00Z")
			o, code := h.bidder()
			v := h.draft(o, id, offer(code, ""))
			moment, err := time.Parse(time.RFC3339, at)
			h.Must(err)
			c.Clock.Set(moment.UTC().Format(time.RFC3339))
			_, err = h.challenges.SubmitBid(h.Context(), o.Editor, v.ID, v.Version)
			if late != fault.BidsClosed.Of(err) || !late && err != nil {
				h.Errorf("%s: %v", at, err)
			}
			var f *fault.Error
			if late && (!errors.As(err, &f) || !strings.Contains(f.Detail.ZH, "2026-12-16 00:00:00（北京时间）")) {
				h.Errorf("%s does not say when it was: %v", at, err)
			}
		}
	})
}

// An upload that began in time and ended too late hangs nothing, and what was handed in stays as it was.
func TestAnUploadThatBeganInTime(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		o, code := h.bidder()
		v := h.draft(o, id, offer(code, ""))
		h.Clock.Set("2026-12-15T15:59:40Z")
		data := []byte("完整的一份方案")
		u, err := h.files.Begin(h.Context(), o.Editor, files.Input{Kind: "bid", Object: v.ID, Name: "方案.txt", Size: int64(len(data))})
		h.Must(err)
		h.Clock.Set("2026-12-15T16:00:15Z")
		_, err = h.files.Receive(h.Context(), o.Editor.Actor, u.ID, 0, bytes.NewReader(data))
		h.Must(err)
		_, err = h.files.Complete(h.Context(), o.Editor, u.ID, files.Completion{})
		h.Refused(err, fault.BidsClosed)
		for _, call := range []work.Call{o.Editor, h.Operator, h.poster.Editor} {
			if _, err := h.challenges.SubmitBid(h.Context(), call, v.ID, v.Version); err == nil {
				h.Error("handed in late")
			}
		}
		h.Must(h.open(h.files, id))
		if got := h.state(id); got != challenges.Unclaimed {
			h.Errorf("%s", got)
		}
		if got := h.get(o.Editor, v.ID); got.State != challenges.BidUnsubmitted {
			h.Errorf("%+v", got)
		}
	})
}

// A clock that is set back an hour after the closing lets nobody in.
func TestAClockThatIsSetBack(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		o, code := h.bidder()
		v := h.draft(o, id, offer(code, ""))
		other, sent := h.bid(id)
		h.Clock.Set(firstLate)
		_, err := h.challenges.Handler(h.files).Errand(h.Context(), jobs.Job{ObjectID: id, Now: h.Clock.Now()}) // dies before it ends
		h.Must(err)
		h.Clock.Set("2026-12-15T15:00:00Z")
		_, err = h.challenges.SubmitBid(h.Context(), o.Editor, v.ID, v.Version)
		h.Refused(err, fault.BidsClosed)
		_, err = h.challenges.WithdrawBid(h.Context(), other.Editor, sent.ID, sent.Version+1)
		h.Refused(err, fault.BidsClosed)
		_, err = h.hang(other, sent.ID, "方案.txt", []byte("迟到的一份"))
		h.Refused(err, fault.BidsClosed)
		h.Must(h.open(h.files, id))
		if got := h.state(id); got != challenges.Reviewing {
			h.Errorf("%s", got)
		}
	})
}

// What was handed in stays until it is handed in again; withdrawn it leaves no receipt.
func TestABidIsReplacedAndWithdrawn(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		o, v := h.bid(id)
		_, code := o, v.Offer.Members[0].OrganizationCode
		h.Clock.Set("2026-04-01T00:00:00Z")
		first := v.Receipt
		v = casttest.Decide(c, o.Editor, h.challenges.ReplaceBid, v.ID, v.Version, offer(code, "改"))
		if v.State != challenges.BidSubmitted || v.Receipt != first || !v.Unsent {
			h.Errorf("%+v", v)
		}
		f, err := h.hang(o, v.ID, "方案.txt", []byte("方案"))
		h.Must(err)
		h.Clock.Set("2026-04-02T00:00:00Z")
		v = casttest.Change(c, o.Editor, h.challenges.SubmitBid, v.ID, v.Version)
		if v.Receipt == first || v.Unsent {
			h.Errorf("%+v", v)
		}
		_, err = h.files.Remove(h.Context(), o.Editor, f.ID, f.Version)
		h.Refused(err, fault.FileHandedIn)
		v = casttest.Change(c, o.Editor, h.challenges.WithdrawBid, v.ID, v.Version)
		_, err = h.challenges.Receipt(h.Context(), o.Editor.Actor, v.ID)
		h.Refused(err, fault.WrongState)
		_, err = h.files.Remove(h.Context(), o.Editor, f.ID, f.Version)
		h.Must(err)
		_, err = h.challenges.DeleteBid(h.Context(), o.Editor, v.ID, v.Version)
		h.Refused(err, fault.WrongState)
		_, err = h.challenges.CreateBid(h.Context(), o.Editor, challenges.BidInput{Challenge: id, Owner: o.ID, Offer: offer(code, "")})
		h.Refused(err, fault.BidThere)
		h.Clock.Set(firstLate)
		h.Must(h.open(h.files, id))
		if got := h.state(id); got != challenges.Unclaimed {
			h.Errorf("%s", got)
		}
		if got := h.get(o.Editor, v.ID); got.State != challenges.BidWithdrawn {
			h.Errorf("%+v", got)
		}
	})
}

// What is handed in must be whole, and its payments must be its price.
func TestWhatIsHandedInIsWhole(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		o, code := h.bidder()
		for pointer, change := range map[string]func(*challenges.Offer){
			"/members": func(o *challenges.Offer) { o.Members = nil }, "/plan/approach": func(o *challenges.Offer) { o.Plan.Approach = "短" },
			"/milestones": func(o *challenges.Offer) { o.Price.Fen++ },
			"/price": func(o *challenges.Offer) {
				o.Price.Fen, o.Milestones[0].Amount.Fen, o.Milestones[1].Amount.Fen = 0, 0, 0
			},
			"/milestones/1/amount": func(o *challenges.Offer) {
				o.Milestones[0].Amount.Fen, o.Milestones[1].Amount.Fen = money.Max, money.Max
			},
			"/deviations/0/indicator": func(o *challenges.Offer) { o.Deviations[0].Indicator = "没有的指标" },
		} {
			in := offer(code, "")
			change(&in)
			v := h.draft(o, id, in)
			_, err := h.challenges.SubmitBid(h.Context(), o.Editor, v.ID, v.Version)
			var f *fault.Error
			if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Pointer != "/offer"+pointer {
				h.Errorf("%s: %v", pointer, err)
			}
			_, err = h.challenges.DeleteBid(h.Context(), o.Editor, v.ID, v.Version)
			h.Must(err)
		}
		in := offer(code, "")
		in.Partners = []challenges.Partner{{Name: "另一单位", Code: code}}
		in.Members = append(in.Members, challenges.Person{Name: "王某", OrganizationCode: h.CreditCode()})
		_, err := h.challenges.CreateBid(h.Context(), o.Editor, challenges.BidInput{Challenge: id, Owner: o.ID, Offer: in})
		var f *fault.Error
		if !errors.As(err, &f) || len(f.Fields) != 2 || f.Fields[0].Pointer != "/offer/partners/0/code" || f.Fields[1].Pointer != "/offer/members/1/organization_code" {
			h.Errorf("%v", err)
		}
		long := offer(code, strings.Repeat("长", 4_000_000))
		if _, err := h.challenges.CreateBid(h.Context(), o.Editor, challenges.BidInput{Challenge: id, Owner: o.ID, Offer: long}); !fault.InvalidInput.Of(err) {
			h.Errorf("two thousand pages: %v", err)
		}
	})
}

// Nothing of a bid stands in the raw database or in the store before it is opened.
func TestNothingOfABidIsInTheRawDatabase(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c)
		id := h.published(deadlineDay)
		o, code := h.bidder()
		partner := challenges.Partner{Name: "金雀花研究院", Code: h.CreditCode(), Part: "CANARY"}
		v := h.draft(o, id, offer(code, "CANARY", partner))
		data := []byte("CANARY 附件正文")
		_, err := h.hang(o, v.ID, "CANARY-金雀花.txt", data)
		h.Must(err)
		sum := strings.TrimPrefix(seal.Digest(data), "sha-256:")
		look := func(when string) {
			h.Helper()
			for _, canary := range []string{"CANARY", "金雀花", partner.Code, "1200000.77", "120000077", "text/plain", sum} {
				if tables := dbtest.Holds(h.T, h.DB, canary); len(tables) > 0 {
					h.Errorf("%s: %s stands in %v", when, canary, tables)
				}
				if bytes.Contains(stored(h), []byte(canary)) {
					h.Errorf("%s: %s stands in the store", when, canary)
				}
			}
		}
		look("drafted")
		v = casttest.Decide(c, o.Editor, h.challenges.ReplaceBid, v.ID, v.Version, offer(code, "CANARY-2", partner))
		v = casttest.Change(c, o.Editor, h.challenges.SubmitBid, v.ID, v.Version)
		look("handed in")
		receipt, err := h.challenges.Receipt(h.Context(), o.Editor.Actor, v.ID)
		h.Must(err)
		i := strings.Index(receipt.Document, `"salt":"`) + len(`"salt":"`)
		if salt := receipt.Document[i : i+64]; len(dbtest.Holds(h.T, h.DB, salt)) > 0 {
			h.Error("the salt stands in the database")
		}
		found, err := h.challenges.Verify(h.Context(), h.files)
		if err != nil || found.Sealed != 1 || len(found.Problems) > 0 {
			h.Errorf("%+v, %v", found, err)
		}
		h.Clock.Set(firstLate)
		h.Must(h.open(h.files, id))
		if tables := dbtest.Holds(h.T, h.DB, "CANARY-2"); len(tables) != 1 || tables[0] != "bids" {
			h.Errorf("opened it stands in %v", tables)
		}
	})
}

func stored(h *hall) []byte {
	h.Helper()
	var all bytes.Buffer
	for list := h.bucket.List(nil); ; {
		o, err := list.Next(h.Context())
		if errors.Is(err, io.EOF) {
			return all.Bytes()
		}
		h.Must(err)
		data, err := h.bucket.ReadAll(h.Context(), o.Key)
		h.Must(err)
		all.Write(data)
	}
}

// Where the round shows it, and there alone, the number of bids is told before the opening.
func TestTheNumberOfBidsIsTheRoundsToShow(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := newHall(c, func(r *programmes.Rules) { r.ShowBids = true })
		id := h.published(deadlineDay)
		h.bid(id)
		h.bid(id)
		r, err := h.challenges.Receipts(context.Background(), h.poster.Editor.Actor, challenges.ReceiptsFilter{Challenge: id})
		if err != nil || r.Received == nil || *r.Received != 2 || len(r.Digests) != 0 {
			h.Errorf("%+v, %v", r, err)
		}
	})
}
