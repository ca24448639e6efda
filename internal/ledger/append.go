package ledger

import (
	"crypto/rand"
	"maps"

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
	entries, last := before.chain(tx, postings)
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
func (h Head) chain(tx *work.Tx, postings []Posting) ([]Entry, Head) {
	if now := tx.Moment(); now.After(h.RecordedAt) {
		h.RecordedAt = now
	}
	if !h.Ended.IsZero() && !h.month().After(h.Ended) { // a clock that was set back: what was published of that month stays all there is of it
		h.RecordedAt = h.Ended.AddMonths(1).First().Start()
	}
	entries := make([]Entry, len(postings))
	for i, p := range postings {
		e := Entry{
			Seq: h.Seq + 1, ID: work.NewID(), Posting: p, PostedOn: p.countsOn(when.DayOf(tx.Now)),
			RecordedOn: when.DayOf(h.RecordedAt), RecordedAt: h.RecordedAt, Salt: rand.Text(), PrevHash: h.Hash, // 26 characters of 5 bits each
		}
		e.Digest = e.payloadDigest()
		e.Hash = e.seal()
		h.Seq, h.Hash = e.Seq, e.Hash
		entries[i] = e
	}
	return entries, h
}

// countsOn is the day that a posting of today counts in.
func (p Posting) countsOn(today when.Day) when.Day {
	if p.On.IsZero() || p.On.After(today) {
		return today
	}
	return p.On
}
