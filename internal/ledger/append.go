package ledger

import (
	"crypto/rand"
	"maps"
	"slices"

	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Append writes postings to the end of the chain, in their order, within the use case that caused them. It locks the head, so
// that appenders take turns from here to their commit: a use case appends last.
func Append(tx *work.Tx, postings ...Posting) error {
	if len(postings) == 0 {
		return nil
	}
	last, err := head(db.ForUpdate(tx.DB))
	if err != nil {
		return err
	}
	before := last
	closed, err := closedFor(tx.DB, postings)
	if err != nil {
		return err
	}
	entries, last := before.chain(tx, postings, closed)
	if err := before.endMonth(tx.DB, last); err != nil {
		return err
	}
	if err := tx.Create(&entries).Error; err != nil {
		return err
	}
	if err := before.makeUp(tx.DB); err != nil {
		return err
	}
	return last.conclude(tx.DB, addedUp(entries))
}

// conclude adds what was appended to every sum, and moves the head here.
func (h Head) conclude(q *gorm.DB, shares []share) error {
	if db.IsPostgres(q) {
		end := len(shares) - 1
		maps.Copy(shares[end], share{"seq": h.Seq, "hash": h.Hash, "recorded_at": h.RecordedAt})
		if err := allSums.add(q, shares[:end]); err != nil {
			return err
		}
		return movingHead.add(q, shares[end:])
	}
	if err := allSums.add(q, shares); err != nil {
		return err
	}
	h.Summed, h.ChallengesSummed = h.Seq, h.Seq
	return q.Model(&Head{}).Where("one = 1").Select("seq", "hash", "recorded_at", "summed", "challenges_summed").Updates(&h).Error
}

// makeUp adds entries to sums that the version which appended them did not know.
func (h Head) makeUp(q *gorm.DB) error {
	if err := h.makeUpFor(q, h.Summed, fieldSums); err != nil {
		return err
	}
	return h.makeUpFor(q, h.ChallengesSummed, challengeSums)
}

func (h Head) makeUpFor(q *gorm.DB, summed int64, sums adding) error {
	for summed < h.Seq {
		var batch []Entry
		if err := q.Where("seq > ? AND seq <= ?", summed, h.Seq).Order("seq").Limit(verifyBatch).Find(&batch).Error; err != nil || len(batch) == 0 {
			return err
		}
		if err := sums.add(q, addedUp(batch)); err != nil {
			return err
		}
		summed = batch[len(batch)-1].Seq
	}
	return nil
}

// chain makes the next entries and the head after them. They are recorded at the moment at which their turn has come, so that a
// transaction that waited over midnight does not add to a day that is over; and recording never goes back, so that "as of a
// day" is always a beginning of the chain.
func (h Head) chain(tx *work.Tx, postings []Posting, closed when.Month) ([]Entry, Head) {
	if now := tx.Moment(); now.After(h.RecordedAt) {
		h.RecordedAt = now
	}
	if !h.Ended.IsZero() && !h.month().After(h.Ended) { // a clock that was set back: what was published of that month stays all there is of it
		h.RecordedAt = h.Ended.AddMonths(1).First().Start()
	}
	entries := make([]Entry, len(postings))
	for i, p := range postings {
		day, belongs := p.countsOn(when.DayOf(tx.Now), closed)
		e := Entry{
			Seq: h.Seq + 1, ID: work.NewID(), Posting: p, PostedOn: day, BelongsTo: belongs,
			RecordedOn: when.DayOf(h.RecordedAt), RecordedAt: h.RecordedAt, Salt: rand.Text(), PrevHash: h.Hash, // 26 characters of 5 bits each
		}
		e.Digest = e.payloadDigest()
		e.Hash = e.seal()
		h.Seq, h.Hash = e.Seq, e.Hash
		entries[i] = e
	}
	return entries, h
}

// closedFor is the last month that is closed, where a posting asks for another day than today.
func closedFor(q *gorm.DB, postings []Posting) (when.Month, error) {
	if !slices.ContainsFunc(postings, func(p Posting) bool { return !p.On.IsZero() }) {
		return when.Month{}, nil
	}
	return closedThrough(q)
}

// countsOn is the day that a posting of today counts in, and, where it is late for that, the month that it belongs to.
func (p Posting) countsOn(today when.Day, closed when.Month) (when.Day, when.Month) {
	switch {
	case p.On.IsZero() || p.On.After(today):
		return today, when.Month{}
	case !closed.IsZero() && !p.On.Month().After(closed):
		return closed.AddMonths(1).First(), p.On.Month()
	}
	return p.On, when.Month{}
}
