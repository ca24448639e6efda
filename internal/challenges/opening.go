package challenges

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/control"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/jobs"
	"jiebang/internal/keys"
	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// An opening has three steps, each of which may be cut anywhere and done again:
//
//	closing     the challenge's row alone: whoever bids is waited for, and from here on no clock lets anybody bid; receipts are public
//	unsealing   bid by bid, document and files are held to the receipt; nobody reads them yet
//	judging     one transaction: all bids become readable, eligibility is decided, the challenge goes on
//
// A bid that does not open, or is not that of its receipt, stops it: that is to be mended, and no bid is lost by it.

// opening is the row of one publication's opening, from its closing on.
type opening struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ChallengeID uuid.UUID
	Nth         int
	ClosedAt    time.Time
	OpenedAt    *time.Time
	Received    int // bids that were in
	Eligible    int // once it is open
	Distinct    int `gorm:"column:bidders"` // leads among those that were in
}

func (opening) TableName() string { return "challenge_openings" }

// openingOf is the opening of a challenge's last publication; nil before its closing.
func openingOf(q *gorm.DB, c *Challenge) (*opening, error) {
	found, err := openingsOf(q, []Challenge{*c})
	return found[c.ID], err
}

func openingsOf(q *gorm.DB, of []Challenge) (map[uuid.UUID]*opening, error) {
	ids, nth := make([]uuid.UUID, len(of)), make(map[uuid.UUID]int, len(of))
	for i, c := range of {
		ids[i], nth[c.ID] = c.ID, c.Nth
	}
	var rows []opening
	if err := q.Where("challenge_id IN ?", db.Among(ids)).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := map[uuid.UUID]*opening{}
	for i := range rows {
		if rows[i].Nth == nth[rows[i].ChallengeID] {
			out[rows[i].ChallengeID] = &rows[i]
		}
	}
	return out, nil
}

const (
	closed      work.Deed = "challenge.close"
	unsealedNow work.Deed = "bid.unseal"
	judgedAs    work.Deed = "bid.judge"
	lapsed      work.Deed = "bid.lapse"
	openDeed    work.Deed = "challenge.open"
)

// OpeningTime is how long one run of an opening may take: five hundred bids of twenty megabytes are read whole.
const OpeningTime = 30 * time.Minute

// Handler opens challenges at their deadlines. f reads the files of bids.
func (s *Service) Handler(f *files.Service) jobs.Handler {
	return jobs.Handler{Kind: Opening, Timeout: OpeningTime, Errand: func(ctx context.Context, j jobs.Job) (func(*work.Tx) error, error) {
		c, err := s.close(ctx, j)
		if err != nil {
			return nil, err
		}
		if err := s.unsealAll(ctx, f, c); err != nil {
			return nil, err
		}
		return func(tx *work.Tx) error { return s.conclude(tx, c.ID, c.Nth) }, nil
	}}
}

// background is how the opening calls use cases of its own.
func background() work.Call { return work.Call{Operation: "job " + string(Opening)} }

// close takes the challenge's row alone and ends the time for bids.
func (s *Service) close(ctx context.Context, j jobs.Job) (*Challenge, error) {
	var c *Challenge
	_, err := s.unit.Do(ctx, background(), func(tx *work.Tx) (err error) {
		if c, err = s.records().LockStored(tx, j.ObjectID); err != nil {
			return err
		}
		if c.State != Published || c.Deadline == nil {
			return jobs.ErrNothing
		}
		o, err := openingOf(tx.DB, c)
		if err != nil {
			return err
		}
		if o != nil {
			return errClosed
		}
		// By the clock by which bids are told that they are late, and by which jobs are due.
		if now, err := tx.Judged(); err != nil {
			return err
		} else if now.Before(*c.Deadline) {
			return jobs.Later(*c.Deadline)
		}
		var n, bidders int64
		if err := handedIn(tx.DB, c).Count(&n).Error; err != nil {
			return err
		}
		if err := handedIn(tx.DB, c).Distinct("owner_id").Count(&bidders).Error; err != nil {
			return err
		}
		o = &opening{ID: work.NewID(), ChallengeID: c.ID, Nth: c.Nth, ClosedAt: tx.Now, Received: int(n), Distinct: int(bidders)}
		if err := tx.Create(o).Error; err != nil {
			return err
		}
		return tx.Record(closed, work.RefOf(c), nil, o)
	})
	if errors.Is(err, errClosed) {
		err = nil
	}
	return c, err
}

// errClosed says that an earlier run has closed it: there is nothing to write.
var errClosed = errors.New("challenges: closed already")

// unsealAll opens bid after bid. One that another process has opened meanwhile is left as it is.
func (s *Service) unsealAll(ctx context.Context, f *files.Service, c *Challenge) error {
	key, err := keys.Inner(s.unit.Query(ctx), s.unit.Secrets(), c.ID)
	if err != nil {
		return err
	}
	for after := uuid.Nil; ; {
		var some []Bid
		err := handedIn(s.unit.Query(ctx), c).Where("id > ? AND document IS NULL", after).Order("id").Limit(1).Find(&some).Error
		if err != nil || len(some) == 0 {
			return err
		}
		b := &some[0]
		after = b.ID
		d, err := prove(s.unit.Query(ctx), f, key, b)
		if err != nil {
			return err
		}
		if err := s.unseal(ctx, b.ID, b.Receipt, d); err != nil {
			return err
		}
	}
}

// prove opens a bid and holds its document to its receipt and its files to the document.
func prove(q *gorm.DB, f *files.Service, key seal.Key, b *Bid) (*Document, error) {
	d, _, err := unsealed(key, b)
	if err != nil {
		return nil, err
	}
	if d.Bid != b.ID || d.Publication != b.Nth || d.Lead.ID != b.OwnerID {
		return nil, broken(b, "文件属于另一份申请", "its document is another bid's")
	}
	for _, x := range d.Files {
		digest, size, err := f.Prove(q, key, x.ID)
		if err != nil {
			return nil, broken(b, "附件 %[3]s 无法读取", "its file %[3]s cannot be read: %[4]w", x.ID, err)
		}
		if digest != x.Digest || size != x.Size {
			return nil, broken(b, "附件 %[3]s 与回执不符", "its file %[3]s is not that of its receipt", x.ID)
		}
	}
	return d, nil
}

// unseal writes down what a bid says, and takes off what hangs on it and was not handed in.
func (s *Service) unseal(ctx context.Context, id uuid.UUID, receipt string, d *Document) error {
	_, err := s.unit.Do(ctx, background(), func(tx *work.Tx) error {
		b, err := s.bids().Lock(tx, id)
		if err != nil {
			return err
		}
		if b.Document != nil {
			return jobs.ErrNothing
		}
		if b.Receipt != receipt {
			return broken(b, "截止后有变动", "it changed after the closing")
		}
		var hung []uuid.UUID
		if err := tx.Model(&files.File{}).Where("object_id = ? AND object_kind = ?", b.ID, b.Noun()).Pluck("id", &hung).Error; err != nil {
			return err
		}
		extra := slices.DeleteFunc(hung, func(id uuid.UUID) bool {
			return slices.ContainsFunc(d.Files, func(f DocumentFile) bool { return f.ID == id })
		})
		if err := files.Drop(tx, extra); err != nil {
			return err
		}
		return work.Move(tx, b, unsealedNow, func() error {
			b.Document = d
			return nil
		})
	})
	if errors.Is(err, jobs.ErrNothing) {
		return nil
	}
	return err
}

// conclude makes all bids readable, decides who is eligible, and leads the challenge on.
func (s *Service) conclude(tx *work.Tx, id uuid.UUID, nth int) error {
	c, err := s.records().LockStored(tx, id)
	if err != nil {
		return err
	}
	o, err := openingOf(tx.DB, c)
	if err != nil {
		return err
	}
	if c.State != Published || c.Nth != nth || o == nil || o.OpenedAt != nil {
		return jobs.ErrNothing
	}
	if err := s.judgeAll(tx, c, o); err != nil {
		return err
	}
	var drafts []Bid
	if err := db.ForUpdate(tx.DB).Where("challenge_id = ? AND nth = ? AND state = ?", c.ID, c.Nth, BidDraft).Order("id").Find(&drafts).Error; err != nil {
		return err
	}
	for i := range drafts {
		if err := work.Move(tx, &drafts[i], lapsed, func() error { return BidWays.Take(&drafts[i].State, "lapse") }); err != nil {
			return err
		}
	}
	if err := tx.Model(o).Updates(map[string]any{"opened_at": tx.Now, "eligible": o.Eligible}).Error; err != nil {
		return err
	}
	step := "open"
	if o.Eligible == 0 {
		step = "unclaim"
	}
	err = work.Move(tx, c, openDeed, func() error {
		if step == "unclaim" && o.Received > 0 { // those who were kept out are answered, too
			if err := c.answerBy(tx); err != nil {
				return err
			}
		}
		return c.take(step)
	})
	if err != nil {
		return err
	}
	if err := c.tellPoster(tx, o.news()); err != nil {
		return err
	}
	return wrote(tx, c, step, nil, "")
}

// judgeAll decides about all bids that were in. Documents may be large, so that one is held at a time.
func (s *Service) judgeAll(tx *work.Tx, c *Challenge, o *opening) error {
	var ids []uuid.UUID
	if err := handedIn(tx.DB, c).Order("id").Pluck("id", &ids).Error; err != nil {
		return err
	}
	bids, err := s.asked(tx, ids)
	if err != nil {
		return err
	}
	if err := s.judgeOn(tx, c, bids, when.DayOf(o.ClosedAt)); err != nil {
		return err
	}
	round, err := roundOf(tx.DB, c)
	if err != nil {
		return err
	}
	for _, j := range bids {
		b, err := work.Load[Bid](tx.DB, j.ID)
		if err != nil {
			return err
		}
		if round.Rules.Blind {
			registered, err := b.Document.registeredNames(tx.DB)
			if err != nil {
				return err
			}
			b.Named = b.Document.named(b.Document.names(registered))
		}
		if err := work.Move(tx, b, judgedAs, func() error { return b.judged(j, tx.Now) }); err != nil {
			return err
		}
		what := bidKeptOut
		if b.State == BidEligible {
			o.Eligible++
			what = bidOpened
		}
		if err := b.tell(tx, c, what); err != nil {
			return err
		}
	}
	return nil
}

// asked locks bids and reads who takes part in them.
func (s *Service) asked(tx *work.Tx, ids []uuid.UUID) ([]judged, error) {
	bids := make([]judged, len(ids))
	for i, id := range ids {
		b, err := s.bids().Lock(tx, id)
		if err != nil {
			return nil, err
		}
		if b.Document == nil {
			return nil, broken(b, "尚未开启", "it is not unsealed")
		}
		bids[i] = judged{ID: id, Lead: b.Document.Lead.Code, Members: b.Document.codes()}
	}
	return bids, nil
}

// judgeOn decides by what was known of the bidders on a day.
func (s *Service) judgeOn(tx *work.Tx, c *Challenge, bids []judged, on when.Day) error {
	poster, err := work.Load[orgs.Organization](tx.DB, c.OwnerID)
	if err != nil {
		return err
	}
	round, err := roundOf(tx.DB, c)
	if err != nil {
		return err
	}
	st := standing{On: on, Poster: poster.CreditCode, Most: round.Rules.MostRunning}
	codes, leads := []string{poster.CreditCode}, []string{}
	for _, b := range bids {
		codes, leads = append(codes, b.Members...), append(leads, b.Lead)
	}
	if st.Groups, err = control.Among(tx.DB, codes, st.On); err != nil {
		return err
	}
	if st.Listed, err = listedOn(tx.DB, codes, st.On); err != nil {
		return err
	}
	if st.Running, err = running(tx.DB, leads); err != nil {
		return err
	}
	judge(bids, st)
	return nil
}

// judged opens a bid to its readers, with what was decided about it.
func (b *Bid) judged(j judged, now time.Time) error {
	b.OpenedAt, b.Reasons, b.Evidence = &now, j.reasons(), append([]Evidence{}, j.Evidence...)
	to := BidEligible
	if len(b.Reasons) > 0 {
		to = BidIneligible
	}
	return BidWays.To(&b.State, "judge", to)
}

// BidKind is bids in the registry of kinds: their files are sealed by the key of their challenge, hang in time, and stay once they were handed
// in.
func BidKind(s *Service) kinds.Kind {
	return kinds.Of(s.bids(), kinds.Kind{
		Noun: "bid", ZH: "揭榜申请", Path: "/v1/bids", Read: policy.BidRead, Inner: policy.BidRead, Edit: policy.BidEdit,
		Hangs: func(r work.Record, public bool) error {
			if public {
				return fault.InvalidInput.At("/public", fault.NotOffered, "揭榜申请的附件不公开", "No file of a bid is public")
			}
			return r.(*Bid).writable()
		},
		Hold: func(tx *work.Tx, id uuid.UUID) (refusal, err error) {
			b, err := work.Load[Bid](tx.DB, id)
			if err != nil {
				return nil, nil //nolint:nilerr // who may know of it is asked next
			}
			c, err := share(tx, b.ChallengeID)
			if err != nil {
				return nil, err
			}
			return inTime(tx, c, b.Nth), nil
		},
		Sealed: func(r work.Record) uuid.UUID { return r.(*Bid).ChallengeID },
		Handed: func(_ *gorm.DB, _ policy.Actor, r work.Record) (handed, seen time.Time, err error) {
			if b := r.(*Bid); b.State != BidWithdrawn && b.SubmittedAt != nil {
				handed = *b.SubmittedAt
			}
			return handed, seen, nil
		},
	})
}
