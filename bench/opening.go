package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"jiebang/bench/rig"
	"jiebang/internal/challenges"
	"jiebang/internal/codes"
	"jiebang/internal/files"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// What an opening is measured with; a test takes less.
var (
	openedBids    = 500
	openedBytes   = int64(20_000_000)
	submittedOnce = 200
)

// measureOpening hands in five hundred bids with a file of twenty megabytes each, two hundred of them at once, and has the challenge opened: from its
// deadline until all are readable, and the memory of the process above what it had before. Beside it stands reading the same objects once, with
// cipher and digest over each byte.
func measureOpening(ctx context.Context, b *bench) error {
	return b.each(ctx, rig.Options{}, func(r *rig.Rig) error {
		s := Section{Figure: "opening", Title: fmt.Sprintf("a challenge with %d bids of %.0f MB", openedBids, float64(openedBytes)/1e6), Database: string(r.App.DB.Dialect), Load: load()}
		h, err := newHall(ctx, r)
		if err != nil {
			return err
		}
		bare, err := bareTransactions(ctx, r.App.DB)
		if err != nil {
			return err
		}
		if err := h.draftAll(ctx); err != nil {
			return err
		}
		sent, err := h.submitAll(ctx)
		if err != nil {
			return err
		}
		settle()
		idle, watch := resident(), watchResident()
		before, began := cpu(), when.System()
		if err := h.openNow(ctx); err != nil {
			watch()
			return err
		}
		took, used, above := time.Since(began), cpu()-before, watch()-idle
		reading, err := h.readBare()
		if err != nil {
			return err
		}
		all := float64(openedBids) * float64(openedBytes) / 1e6
		s.add("from the deadline until all are readable", "s", took.Seconds(), "read, cipher, digest", reading.Seconds())
		s.add("from the deadline until all are readable", "MB/s", all/took.Seconds(), "read, cipher, digest", all/reading.Seconds())
		s.add("CPU of the opening", "s", used.Seconds(), "of its time", took.Seconds())
		s.add("memory while it opens", "MB above idle", above, "bound", 200)
		s.add(fmt.Sprintf("%d handed in at once", submittedOnce), "bids/s", sent.perSecond(), "bare one-row transactions/s", bare.perSecond())
		s.add(fmt.Sprintf("%d handed in at once", submittedOnce), "p50 ms", sent.at(.50), "bare one-row transaction", bare.at(.50))
		s.add(fmt.Sprintf("%d handed in at once", submittedOnce), "p99 ms", sent.at(.99), "bare one-row transaction", bare.at(.99))
		s.Notes = []string{fmt.Sprintf("%d receipts, each that of its bidder", openedBids)}
		b.report.Sections = append(b.report.Sections, s)
		return nil
	})
}

// hall is a challenge that takes bids, and many who bid.
type hall struct {
	*rig.Rig
	challenge uuid.UUID
	bidder    *rig.Client
	call      work.Call
	leads     []orgs.Organization
	bids      []uuid.UUID
	versions  []int64
}

func newHall(ctx context.Context, r *rig.Rig) (*hall, error) {
	h := &hall{Rig: r}
	poster, err := r.Organization(ctx, "辽浑智造装备有限公司", "enterprise")
	if err != nil {
		return nil, err
	}
	yuan := func(amount string) rig.J { return rig.J{"amount": amount, "currency": "CNY"} }
	round, err := r.Operator.Post(ctx, "/v1/rounds", rig.J{
		"code": "SY2026-1", "year": 2026, "name": "揭榜挂帅项目", "level": "city", "post_from": "2020-01-01", "post_to": "2039-12-31", "budget": yuan("30000000.00"),
		"rules": rig.J{
			"notice_days": 7, "notice_unit": "calendar_days", "notice_day_one": false, "notice_moves": true, "reviewers": 3, "criteria": []any{rig.J{"name": "技术路线", "weight_bp": 10000}},
			"threshold": 60000, "blind": true, "winners": 2, "show_bids": false, "most_running": 0, "grant_share_bp": 3000, "own_share_bp": 5000, "answer_days": 10, "objection_days": 15,
		},
	})
	if err != nil {
		return nil, err
	}
	if _, err := r.Deputy.Act(ctx, "/v1/rounds/"+round.ID().String()+"/open", round.ETag, nil); err != nil {
		return nil, err
	}
	a, err := poster.Editor.Post(ctx, "/v1/challenges", rig.J{
		"round_id": round.ID(), "owner_id": poster.ID, "title": "大风量喷漆废气深度净化", "field": "environment", "problem": "喷漆线废气风量大、浓度低，须找到可长期运行的净化办法。",
		"indicators":     []any{rig.J{"name": "去除率", "unit": "%", "comparison": "at_least", "value": "95", "method": "由第三方连续测定七日"}},
		"reward":         rig.J{"amount": yuan("2600000.00"), "mode": "milestones", "funders": []any{rig.J{"kind": "poster", "amount": yuan("2600000.00")}}},
		"ip_arrangement": "成果归揭榜方所有。",
	})
	if err != nil {
		return nil, err
	}
	h.challenge = a.ID()
	path := "/v1/challenges/" + h.challenge.String()
	for _, step := range []struct {
		by   *rig.Client
		verb string
		body any
	}{
		{poster.Editor, "submit", nil}, {r.Operator, "shelve", nil}, {r.Operator, "refine", rig.J{"experts": []any{}}},
		{r.Operator, "publish", rig.J{"deadline": when.System().Add(24 * time.Hour).UTC().Format(time.RFC3339)}},
	} {
		if a, err = step.by.Act(ctx, path+"/"+step.verb, a.ETag, step.body); err != nil {
			return nil, err
		}
	}
	if h.bidder, err = r.Person(ctx, "bidder"); err != nil {
		return nil, err
	}
	return h, h.enrol(ctx)
}

// enrol makes the organizations that bid; one person will do for all.
func (h *hall) enrol(ctx context.Context) error {
	actor, err := h.App.ActorNamed(ctx, h.bidder.Username)
	if err != nil {
		return err
	}
	operator, err := h.App.ActorNamed(ctx, h.Operator.Username)
	if err != nil {
		return err
	}
	for i := range openedBids {
		code, err := codes.CompleteCreditCode("12210100", fmt.Sprintf("MB%06d", i))
		if err != nil {
			return err
		}
		in := orgs.Input{Name: fmt.Sprintf("盛北第%d研究所", i), Kind: "institute", CreditCode: code, Region: "210112", Contact: orgs.Contact{Name: "联系人"}}
		a, err := h.App.Orgs.Create(ctx, work.Call{Operation: "bench", Actor: actor}, in)
		if err == nil {
			_, err = h.App.Orgs.Verify(ctx, work.Call{Operation: "bench", Actor: operator}, a.ID, a.View.Version)
		}
		if err != nil {
			return err
		}
		h.leads = append(h.leads, a.View.Organization)
	}
	if actor, err = h.App.ActorNamed(ctx, h.bidder.Username); err != nil {
		return err
	}
	h.call = work.Call{Operation: "bench", Actor: actor}
	return nil
}

// draftAll drafts all bids and hangs a file on each.
func (h *hall) draftAll(ctx context.Context) error {
	price := challenges.Yuan{Fen: 1_000_000 * money.Yuan}
	for i, lead := range h.leads {
		a, err := h.App.Challenges.CreateBid(ctx, h.call, challenges.BidInput{Challenge: h.challenge, Owner: lead.ID, Offer: challenges.Offer{
			Members: []challenges.Person{{Name: "林砚舟", OrganizationCode: lead.CreditCode}}, Plan: challenges.Plan{Approach: "等离子体与吸附浓缩联用，连续运行七日。"},
			Milestones: []challenges.Milestone{{Title: "样机", Due: when.DayOf(when.System()).AddDays(200), Amount: price}}, Price: price,
		}})
		if err != nil {
			return err
		}
		if err := h.hang(ctx, h.App.Files, a.ID, openedBytes, uint64(i)); err != nil {
			return err
		}
		h.bids, h.versions = append(h.bids, a.ID), append(h.versions, a.View.Version)
	}
	return nil
}

// pages is a content of so many bytes that is taken, and another one for each seed.
func pages(size int64, seed uint64) io.Reader {
	const head = "%PDF-1.7\n"
	source := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), 1})
	return io.MultiReader(io.LimitReader(constant(head), int64(len(head))), io.LimitReader(source, size-int64(len(head))))
}

// constant reads a text once.
type constant string

func (c constant) Read(p []byte) (int, error) { return copy(p, c), nil }

func (h *hall) hang(ctx context.Context, f *files.Service, bid uuid.UUID, size int64, seed uint64) error {
	u, err := f.Begin(ctx, h.call, files.Input{Kind: "bid", Object: bid, Name: "方案.pdf", Size: size})
	if err != nil {
		return err
	}
	if _, err := f.Receive(ctx, h.call.Actor, u.ID, 0, pages(size, seed)); err != nil {
		return err
	}
	_, err = f.Complete(ctx, h.call, u.ID, files.Completion{})
	return err
}

// submitAll hands all in: some at once over HTTP, which is what is measured, and the others one after the other.
func (h *hall) submitAll(ctx context.Context) (times, error) {
	n := min(submittedOnce, len(h.bids))
	all, errs := make([]time.Duration, n), make([]error, n)
	var wait sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wait.Go(func() {
			<-start
			began := when.System()
			_, errs[i] = h.bidder.Act(ctx, "/v1/bids/"+h.bids[i].String()+"/submit", fmt.Sprintf("%q", fmt.Sprint(h.versions[i])), nil)
			all[i] = time.Since(began)
		})
	}
	began := when.System()
	close(start)
	wait.Wait()
	t := times{all: all, wall: time.Since(began)}
	if err := errors.Join(errs...); err != nil {
		return t, err
	}
	for i := n; i < len(h.bids); i++ {
		if _, err := h.App.Challenges.SubmitBid(ctx, h.call, h.bids[i], h.versions[i]); err != nil {
			return t, err
		}
	}
	return t, nil
}

// openNow has the deadline be now, and waits until the challenge is opened.
func (h *hall) openNow(ctx context.Context) error {
	q := h.App.DB.Writer.WithContext(ctx)
	now := when.System().UTC()
	if err := errors.Join(q.Exec("UPDATE challenges SET deadline = ? WHERE id = ?", now, h.challenge).Error, q.Exec("UPDATE jobs SET due_at = ? WHERE kind = ?", now, challenges.Opening).Error); err != nil {
		return err
	}
	var n int64
	if err := waitFor(ctx, 20*time.Millisecond, func() bool {
		q := h.App.DB.Reader.WithContext(ctx)
		return q.Table("challenge_openings").Where("challenge_id = ? AND opened_at IS NOT NULL", h.challenge).Count(&n).Error == nil && n == 1
	}); err != nil {
		return err
	}
	r, err := h.App.Challenges.Receipts(ctx, h.call.Actor, challenges.ReceiptsFilter{Challenge: h.challenge})
	if err == nil && len(r.Digests) != openedBids {
		err = fmt.Errorf("%d receipts of %d bids", len(r.Digests), openedBids)
	}
	return err
}

// readBare reads every stored object once, with cipher and digest over each of its bytes.
func (h *hall) readBare() (time.Duration, error) {
	box, err := bareCipher()
	if err != nil {
		return 0, err
	}
	began := when.System()
	sum := sha256.New()
	room := make([]byte, 0, 64<<10+16)
	err = filepath.WalkDir(filepath.Join(h.Data, "files"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path) //nolint:gosec // G122: our own folder
		bareSeal(box, room, data)
		sum.Write(data)
		return err
	})
	return time.Since(began), err
}

func bareCipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// bareSeal runs the cipher over data in segments, and keeps nothing of it.
func bareSeal(box cipher.AEAD, room, data []byte) {
	nonce := make([]byte, box.NonceSize()) // of nothing that is kept
	for len(data) > 0 {
		n := min(64<<10, len(data))
		box.Seal(room[:0], nonce, data[:n], nil) //nolint:gosec // G407: see above
		data = data[n:]
	}
}
