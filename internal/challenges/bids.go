package challenges

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/control"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/keys"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// maxBids bounds what one question about a challenge looks at.
const maxBids = 10_000

type (
	// BidView is a bid as one reader may see it.
	BidView struct {
		Bid
		Owner      orgs.Ref
		Number     string // of the challenge
		Title      string
		Deadline   *time.Time
		ServerTime time.Time
		Offer      *Offer // what stands in the draft, or what was opened
		// Unsent tells its own side that the draft, or its files, are not what was handed in.
		Unsent bool
		// Who drafted it and who handed it in, for its own side.
		CreatedBy, SubmittedBy *accounts.Person
		work.Acts

		open bool // bids may still be handed in
	}
	// BidAnswer is the outcome of changing a bid.
	BidAnswer = work.Answer[BidView]
	// BidInput is what drafting a bid takes.
	BidInput struct {
		Challenge, Owner uuid.UUID
		Offer            Offer
	}
)

// bidActs are the operations on a bid.
var bidActs = []work.Act[*Bid, BidView]{
	{Operation: "replaceBid", Action: policy.BidEdit, When: func(b *Bid, v *BidView) error { return v.takes(BidWays.In(b.State, "replaceBid")) }},
	{Operation: "deleteBid", Action: policy.BidEdit, When: func(b *Bid, _ *BidView) error { return b.deletable() }},
	{Operation: "submitBid", Action: policy.BidEdit, When: func(b *Bid, v *BidView) error { return v.takes(b.writable()) }},
	{Operation: "answerBid", Action: policy.BidAnswer, When: func(b *Bid, _ *BidView) error { return b.answerable() }},
	{Operation: "withdrawBid", Action: policy.BidEdit, When: func(b *Bid, v *BidView) error { return v.takes(BidWays.In(b.State, "withdrawBid")) }},
}

func (v *BidView) takes(err error) error {
	if err == nil && !v.open {
		err = fault.BidsClosed.New()
	}
	return err
}

// deletable refuses to delete what was handed in once, which is kept and answered.
func (b *Bid) deletable() error { return BidWays.In(b.State, "deleteBid") }

// bids is how bids are read and written.
func (s *Service) bids() work.Records[Bid, *Bid, BidView] {
	return work.Records[Bid, *Bid, BidView]{
		Read: policy.BidRead, Show: s.showBids, Acts: bidActs, Joined: true,
		Columns: work.Columns{
			string(policy.Member): "bids.owner_id IN ?", string(policy.Counterpart): "bids.poster_id IN ?", string(policy.Opened): "bids.opened_at IS NOT NULL",
		},
	}
}

// keyOf is the key of the challenge that a bid is for.
func (s *Service) keyOf(q *gorm.DB, b *Bid) (seal.Key, error) {
	return keys.Inner(q, s.unit.Secrets(), b.ChallengeID)
}

// showBids tells what a reader may see of bids that they may know of.
func (s *Service) showBids(q *gorm.DB, reader policy.Actor, rows []Bid) ([]BidView, error) {
	owners, ids := make([]orgs.Standing, len(rows)), make([]uuid.UUID, len(rows))
	for i := range rows {
		owners[i], ids[i] = orgs.Standing{Organization: rows[i].OwnerID}, rows[i].ChallengeID
	}
	refs, err := orgs.Shown(q, reader, owners)
	if err != nil {
		return nil, err
	}
	found, err := work.ByIDs[Challenge](q, ids)
	if err != nil {
		return nil, err
	}
	closed, err := openingsOf(q, found)
	if err != nil {
		return nil, err
	}
	of := make(map[uuid.UUID]*Challenge, len(found))
	for i := range found {
		of[found[i].ID] = &found[i]
	}
	own := make([]bool, len(rows))
	var drafted, sent []uuid.UUID
	for i := range rows {
		b := &rows[i]
		if own[i] = policy.Allowed(reader, policy.BidOwn, b.Facts()); own[i] && b.OpenedAt == nil {
			drafted = append(drafted, b.ChallengeID)
			if b.State == BidSubmitted {
				sent = append(sent, b.ID)
			}
		}
	}
	opened, err := keys.InnersOf(q, s.unit.Secrets(), drafted)
	if err != nil {
		return nil, err
	}
	hung, err := files.Newest(q, (*Bid)(nil).Noun(), sent)
	if err != nil {
		return nil, err
	}
	now := s.unit.Now()
	out, people := make([]BidView, len(rows)), accounts.Roll{}
	for i, b := range rows {
		c := of[b.ChallengeID]
		v := BidView{Bid: b, Owner: refs[i], Number: deref(c.Number), Title: c.Title, Deadline: c.Deadline, ServerTime: now}
		v.open = c.Nth == b.Nth && c.takesBids(now) && closed[c.ID] == nil
		if v.State == BidDraft && !v.open { // the opening writes it down
			v.State = BidUnsubmitted
		}
		switch {
		case b.Document != nil && b.OpenedAt != nil:
			v.Offer = &b.Document.Offer
		case own[i]:
			if v.Offer, err = b.draft(opened[c.ID]); err != nil {
				return nil, err
			}
			v.Unsent = b.State == BidSubmitted && (b.WrittenAt.After(*b.SubmittedAt) || hung[b.ID].After(*b.SubmittedAt))
		}
		if !policy.Allowed(reader, policy.BidEvidence, b.Facts()) {
			v.Evidence, v.Named = nil, nil
			if own[i] && c.conceals() && !reader.MemberOf(b.PosterID) && len(b.Reasons) > 0 {
				v.Reasons = []Reason{Withheld}
			}
		}
		if out[i] = v; own[i] {
			people.Name(&rows[i].CreatedBy, &out[i].CreatedBy)
			people.Name(rows[i].SubmittedBy, &out[i].SubmittedBy)
		}
	}
	return out, people.Call(q)
}

// draft opens what its people are writing.
func (b *Bid) draft(key seal.Key) (*Offer, error) {
	text, err := key.Unseal(b.Draft, b.draftPlace())
	if err != nil {
		return nil, broken(b, "草稿无法开启", "its draft does not open: %[3]w", err)
	}
	var o Offer
	return &o, json.Unmarshal(text, &o)
}

// write seals what its people write.
func (b *Bid) write(key seal.Key, o Offer, now time.Time) error {
	text, err := seal.Canonical(o)
	if err != nil {
		return err
	}
	if len(text) > maxOffer {
		return fault.InvalidInput.At("/plan", fault.TooLong, "全文至多 %[1]d 字节，更多内容请作附件", "In all it has %[1]d bytes at most; hang the rest on it as files", maxOffer)
	}
	b.Draft, err = key.Seal(text, b.draftPlace())
	b.WrittenAt = now
	return err
}

// maxOffer leaves room in a sealed value for what else a document says.
const maxOffer = seal.Most - 256<<10

// share finds a challenge for a bid and holds it as it is until the transaction ends, together with everybody else who bids; whoever opens it
// waits for all of them. So what the clock says from here on is what counts.
func share(tx *work.Tx, id uuid.UUID) (*Challenge, error) {
	return work.Load[Challenge](db.ForShare(tx.DB), id)
}

// inTime refuses what comes too late, or for another publication; whoever asks holds the challenge. A clock that was set back opens nothing
// again.
func inTime(tx *work.Tx, c *Challenge, nth int) error {
	o, err := openingOf(tx.DB, c)
	if err != nil {
		return err
	}
	now, err := tx.Judged()
	if err != nil {
		return err
	}
	if c.takesBids(now) && c.Nth == nth && o == nil {
		return nil
	}
	return c.late(now)
}

// late says by which clock, and what the deadline was.
func (c *Challenge) late(now time.Time) error {
	if c.Deadline == nil {
		return fault.BidsClosed.New()
	}
	return fault.BidsClosed.Because("截止时间为 %[1]s（北京时间），服务器时间为 %[2]s（北京时间）。", "The deadline is %[1]s (Beijing time), and the server's time is %[2]s (Beijing time).", Clock(*c.Deadline), Clock(now))
}

// Bidders are the organizations that have a bid for the last publication of challenges, drafts among them. Before the opening nobody else may be told
// who they are, nor how many.
func Bidders(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	var rows []struct{ ChallengeID, OwnerID uuid.UUID }
	err := q.Table("bids AS b").Joins("JOIN challenges AS c ON c.id = b.challenge_id AND c.nth = b.nth").Where("c.id IN ?", db.Among(ids)).
		Select("b.challenge_id, b.owner_id").Order("b.id").Scan(&rows).Error
	out := map[uuid.UUID][]uuid.UUID{}
	for _, r := range rows {
		out[r.ChallengeID] = append(out[r.ChallengeID], r.OwnerID)
	}
	return out, err
}

// CreateBid drafts a bid for a published challenge; by a member of its lead.
func (s *Service) CreateBid(ctx context.Context, call work.Call, in BidInput) (BidAnswer, error) {
	return s.bids().Do(ctx, s.unit, call, func(tx *work.Tx) (*Bid, error) {
		c, err := share(tx, in.Challenge)
		if err == nil {
			err = policy.Check(call.Actor, policy.ChallengeRead, c.Facts())
		}
		if fault.NotVisible.Of(err) {
			err = fault.InvalidInput.At("/challenge_id", fault.UnknownChallenge, "没有这项榜题", "There is no such challenge")
		}
		if err != nil {
			return nil, err
		}
		owner, err := orgs.LoadOwner(tx.DB, call.Actor, in.Owner, "/owner_id")
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.BidCreate, owner.Facts()); err != nil {
			return nil, err
		}
		if err := work.In(c.State, Published); err != nil {
			return nil, err
		}
		if err := inTime(tx, c, c.Nth); err != nil {
			return nil, err
		}
		offer := in.Offer.complete()
		if err := offer.check(owner.CreditCode); err != nil {
			return nil, under("/offer", err)
		}
		b := &Bid{
			Head: tx.NewHead(), ChallengeID: c.ID, Nth: c.Nth, OwnerID: owner.ID, PosterID: c.OwnerID, State: BidDraft, CreatedBy: call.Actor.Account,
			Reasons: []Reason{}, Evidence: []Evidence{},
		}
		key, err := s.keyOf(tx.DB, b)
		if err != nil {
			return nil, err
		}
		if err := b.write(key, offer, tx.Now); err != nil {
			return nil, under("/offer", err)
		}
		err = work.Insert(tx, work.Did(policy.BidCreate), b)
		if db.Duplicate(err) {
			err = fault.BidThere.New()
		}
		return b, err
	})
}

// under puts the places of a wrong input below another.
func under(place string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		for i := range f.Fields {
			f.Fields[i].Pointer = place + f.Fields[i].Pointer
		}
	}
	return err
}

// changeBid runs a use case on a bid whose challenge takes bids still.
func (s *Service) changeBid(ctx context.Context, call work.Call, id uuid.UUID, version int64, deed policy.Action, fn func(tx *work.Tx, c *Challenge, b *Bid) error) (BidAnswer, error) {
	return s.bids().Change(ctx, s.unit, call, id, version, deed, func(tx *work.Tx, b *Bid) error {
		c, err := share(tx, b.ChallengeID)
		if err != nil {
			return err
		}
		if err := inTime(tx, c, b.Nth); err != nil {
			return err
		}
		return fn(tx, c, b)
	})
}

// ReplaceBid writes a draft anew. What was handed in stays until it is handed in again.
func (s *Service) ReplaceBid(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Offer) (BidAnswer, error) {
	return s.changeBid(ctx, call, id, version, policy.BidEdit, func(tx *work.Tx, _ *Challenge, b *Bid) error {
		if err := BidWays.In(b.State, "replaceBid"); err != nil {
			return err
		}
		owner, err := work.Load[orgs.Organization](tx.DB, b.OwnerID)
		if err != nil {
			return err
		}
		offer := in.complete()
		if err := offer.check(owner.CreditCode); err != nil {
			return under("/offer", err)
		}
		key, err := s.keyOf(tx.DB, b)
		if err != nil {
			return err
		}
		return under("/offer", b.write(key, offer, tx.Now))
	})
}

// SubmitBid hands in what stands in the draft, with the files that hang on it by now, and gives it a receipt. Handing in again replaces what
// was handed in.
func (s *Service) SubmitBid(ctx context.Context, call work.Call, id uuid.UUID, version int64) (BidAnswer, error) {
	a, err := s.changeBid(ctx, call, id, version, policy.BidSubmit, func(tx *work.Tx, c *Challenge, b *Bid) error {
		if err := b.writable(); err != nil {
			return err
		}
		if err := orgs.MustBeVerified(tx.DB, b.OwnerID); err != nil {
			return err
		}
		key, err := s.keyOf(tx.DB, b)
		if err != nil {
			return err
		}
		d, err := b.document(tx, c, key)
		if err != nil {
			return err
		}
		if err := d.Offer.ready(c.Indicators); err != nil {
			return under("/offer", err)
		}
		if !c.Masked { // to a masked poster it is asked at the opening, so that no answer tells who that is
			if err := s.notThePosters(tx, c, d); err != nil {
				return err
			}
		}
		if b.Sealed, b.Receipt, err = d.seal(key, b); err != nil {
			return err
		}
		b.SubmittedBy, b.SubmittedAt, b.WithdrawnAt = &call.Actor.Account, &tx.Now, nil
		return BidWays.Take(&b.State, "submitBid")
	})
	var tied *tiedError
	if errors.As(err, &tied) {
		return a, errors.Join(s.bids().Note(ctx, s.unit, call, id, refused, tied.evidence), fault.BidTied.New())
	}
	return a, err
}

// document is what would be handed in now.
func (b *Bid) document(tx *work.Tx, c *Challenge, key seal.Key) (*Document, error) {
	offer, err := b.draft(key)
	if err != nil {
		return nil, err
	}
	owner, err := work.Load[orgs.Organization](tx.DB, b.OwnerID)
	if err != nil {
		return nil, err
	}
	hung, err := files.SealedOf(tx.DB, key, b.Noun(), b.ID)
	if err != nil {
		return nil, err
	}
	salt, err := newSalt()
	return &Document{
		Form: documentForm, Challenge: *c.Number, Publication: b.Nth, Bid: b.ID, Lead: Lead{owner.ID, owner.Name, owner.CreditCode}, Offer: offer.complete(),
		Files: documentFiles(hung), Salt: salt,
	}, err
}

// tiedError carries the evidence out of a transaction that is taken back.
type tiedError struct{ evidence []Evidence }

func (*tiedError) Error() string { return "challenges: a member of the bid is tied to the poster" }

// notThePosters refuses a bid one of whose members is the poster, or stands under one control with it today.
func (s *Service) notThePosters(tx *work.Tx, c *Challenge, d *Document) error {
	poster, err := work.Load[orgs.Organization](tx.DB, c.OwnerID)
	if err != nil {
		return err
	}
	on := when.DayOf(tx.Now)
	groups, err := control.Among(tx.DB, append(d.codes(), poster.CreditCode), on)
	if err != nil {
		return err
	}
	if found := tiesTo(d.codes(), poster.CreditCode, groups, on); len(found) > 0 {
		return &tiedError{found}
	}
	return nil
}

const refused work.Deed = "bid.refuse_tied"

// WithdrawBid takes back what was handed in. It is a draft again, and may be handed in again in time.
func (s *Service) WithdrawBid(ctx context.Context, call work.Call, id uuid.UUID, version int64) (BidAnswer, error) {
	return s.changeBid(ctx, call, id, version, policy.BidWithdraw, func(tx *work.Tx, _ *Challenge, b *Bid) error {
		if err := BidWays.Take(&b.State, "withdrawBid"); err != nil {
			return err
		}
		b.Sealed, b.Receipt, b.WithdrawnAt = "", "", &tx.Now
		return nil
	})
}

const bidDeleted work.Deed = "bid.delete"

// DeleteBid removes a draft that was never handed in, with its files.
func (s *Service) DeleteBid(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.bids().Delete(ctx, s.unit, call, id, version, policy.BidEdit, bidDeleted, func(tx *work.Tx, b *Bid) error {
		if err := b.deletable(); err != nil {
			return err
		}
		return files.Free(tx, work.RefOf(b))
	})
}

// GetBid reads one bid.
func (s *Service) GetBid(ctx context.Context, reader policy.Actor, id uuid.UUID) (BidView, error) {
	return s.bids().Get(ctx, s.unit, reader, id)
}

// BidFilter narrows a list of bids; empty fields do not.
type BidFilter struct {
	Challenge uuid.UUID `query:"challenge_id" where:"challenge_id = ?" of:"challenges"`
	Owner     uuid.UUID `query:"owner_id" where:"owner_id = ?" of:"organizations"`
	State     BidState  `query:"state"`
	Mine      *bool     `query:"mine"`
}

// ListBids lists bids: the reader's own side's in every state, and those that are open to them.
func (s *Service) ListBids(ctx context.Context, reader policy.Actor, f BidFilter, p db.Paging) (db.Page[BidView], error) {
	if err := policy.Check(reader, policy.BidList, policy.Facts{}); err != nil {
		return db.Page[BidView]{}, err
	}
	return s.bids().ListWithin(ctx, s.unit, reader, f, p, func(q *gorm.DB) *gorm.DB {
		if f.Mine != nil && *f.Mine {
			q = q.Where("bids.owner_id IN ?", append([]uuid.UUID{uuid.Nil}, reader.Member...))
		}
		switch over := s.unit.Now(); f.State {
		case "":
		case BidDraft: // what is a draft still, before the opening has written it down
			q = q.Where("bids.state = ? AND "+stillOpen, BidDraft, over)
		case BidUnsubmitted:
			q = q.Where("(bids.state = ? OR bids.state = ? AND NOT "+stillOpen+")", BidUnsubmitted, BidDraft, over)
		default:
			q = q.Where("bids.state = ?", f.State)
		}
		return q
	})
}

// stillOpen says of rows what BidView.open says of a bid.
const stillOpen = `EXISTS (SELECT 1 FROM challenges AS c WHERE c.id = bids.challenge_id AND c.nth = bids.nth AND c.state = 'published' AND c.deadline > ?
	AND NOT EXISTS (SELECT 1 FROM challenge_openings AS o WHERE o.challenge_id = c.id AND o.nth = c.nth))`

// handedIn are the bids of a challenge's publication that were in at its closing.
func handedIn(q *gorm.DB, c *Challenge) *gorm.DB {
	return q.Model(&Bid{}).Where("challenge_id = ? AND nth = ? AND receipt <> ''", c.ID, c.Nth)
}

// eligible are the bids of a challenge's publication that are reviewed, in the order of their ids.
func eligible(q *gorm.DB, c *Challenge) (ids []uuid.UUID, err error) {
	err = q.Model(&Bid{}).Where("challenge_id = ? AND nth = ? AND state = ?", c.ID, c.Nth, BidEligible).Order("id").Pluck("id", &ids).Error
	return ids, err
}

// shownCount is how many bids are in by now, where the round shows that.
func shownCount(q *gorm.DB, c *Challenge) (*int, error) {
	round, err := roundOf(q, c)
	if err != nil || c.State != Published || !round.Rules.ShowBids {
		return nil, err
	}
	var n int64
	err = handedIn(q, c).Count(&n).Error
	count := int(n)
	return &count, err
}

func noReceipt(b *Bid) error {
	return work.In(b.State, BidSubmitted, BidEligible, BidIneligible, BidWon, BidLost)
}
