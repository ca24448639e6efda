package match

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/when"
	"jiebang/internal/work"
	"jiebang/search"
)

// Frequency is how often somebody is told of something.
type Frequency string

// The frequencies.
const (
	AtOnce Frequency = "at_once"
	Daily  Frequency = "daily"
	Weekly Frequency = "weekly"
	Off    Frequency = "off"
)

// Boundary is the last moment, up to now, at which what is told daily or weekly is told: eight in the morning in Shanghai, weekly on Mondays. Of
// what is told at once it is now, and of what is not told at all there is none.
func (f Frequency) Boundary(now time.Time) (time.Time, bool) {
	switch f {
	case AtOnce:
		return now, true
	case Daily, Weekly:
	default:
		return time.Time{}, false
	}
	local := now.In(when.Shanghai)
	at := time.Date(local.Year(), local.Month(), local.Day(), tellHour, 0, 0, 0, when.Shanghai)
	for at.After(now) || f == Weekly && at.Weekday() != time.Monday {
		at = at.AddDate(0, 0, -1)
	}
	return at.UTC(), true
}

// Next is when what has come by now is told.
func (f Frequency) Next(now time.Time) time.Time {
	last, _ := f.Boundary(now)
	switch f {
	case Daily:
		return last.AddDate(0, 0, 1)
	case Weekly:
		return last.AddDate(0, 0, 7)
	}
	return now
}

const tellHour = 8

// savedSearch is what somebody searches for again and again.
type savedSearch struct {
	work.Head
	AccountID uuid.UUID
	Name      string
	Words     string
	Kind      string
	Field     string
	Chain     string
	OwnerID   *uuid.UUID
	Frequency Frequency
}

func (savedSearch) TableName() string { return "saved_searches" }
func (*savedSearch) Noun() string     { return "saved_search" }

// Facts: it is its account's alone.
func (s *savedSearch) Facts() policy.Facts { return policy.Facts{Subject: s.AccountID} }

// query is the search as the engine takes it.
func (s *savedSearch) query() search.Query {
	q := Query{Text: s.Words, Kind: s.Kind, Field: s.Field, Chain: s.Chain}
	if s.OwnerID != nil {
		q.Owner = *s.OwnerID
	}
	return q.engine(new(fault.Fields)) // nothing of it is looked up
}

// savedSearchHit is a record that answers a search, once.
type savedSearchHit struct {
	SearchID uuid.UUID `gorm:"primaryKey"`
	ObjectID uuid.UUID `gorm:"primaryKey"`
	RunID    uuid.UUID
	At       time.Time
	AtOnce   bool       // it is told by the run that found it
	ToldAt   *time.Time // nil: it waits for the next time that its search is told of
}

func (savedSearchHit) TableName() string { return "saved_search_hits" }

// savedSearches are all that are told of anything, as they were at a position of the log, in memory.
type savedSearches struct {
	set  *search.SavedQueries // nil: nothing was read yet
	byID map[uuid.UUID]*savedSearch
	seen int64 // the position up to which they follow
}

// follow brings the searches to the end of some Changes. Where those do not begin behind what it has seen, since another process had the lease
// meanwhile, all are read anew.
func (s *savedSearches) follow(ctx context.Context, unit *work.Unit, changes []relay.Change, synonyms *search.Synonyms) error {
	q := unit.Query(ctx)
	if s.set == nil || changes[0].Pos != s.seen+1 {
		var rows []savedSearch
		if err := q.Where("frequency <> ?", Off).Find(&rows).Error; err != nil {
			return err
		}
		s.set, s.byID = search.NewSavedQueries(synonyms), map[uuid.UUID]*savedSearch{}
		for i := range rows {
			s.put(&rows[i])
		}
	} else if err := s.renew(q, changes); err != nil {
		s.set = nil // read all anew
		return err
	}
	s.seen = changes[len(changes)-1].Pos
	return nil
}

// renew reads those anew of which Changes tell.
func (s *savedSearches) renew(q *gorm.DB, changes []relay.Change) error {
	var touched []uuid.UUID
	for _, c := range changes {
		if strings.HasPrefix(c.Kind, "saved_search.") {
			touched = append(touched, c.ObjectID)
		}
	}
	if len(touched) == 0 {
		return nil
	}
	rows, err := work.ByIDs[savedSearch](q, touched)
	if err != nil {
		return err
	}
	for _, id := range touched {
		s.set.Remove(id.String())
		delete(s.byID, id)
	}
	for i := range rows {
		if rows[i].Frequency != Off {
			s.put(&rows[i])
		}
	}
	return nil
}

func (s *savedSearches) put(row *savedSearch) {
	s.byID[row.ID] = row
	s.set.Put(row.ID.String(), row.query())
}

// answered are the searches that a record answers, which everybody may read, and so who searches, too: those that were there, as they are, when it was
// published.
func (s *savedSearches) answered(p paper, published time.Time) []*savedSearch {
	var out []*savedSearch
	for _, id := range s.set.Finding(p.Document) {
		if row := s.byID[uuid.MustParse(id)]; !row.UpdatedAt.After(published) {
			out = append(out, row)
		}
	}
	return out
}

// TellHits is the job that tells what a search has found since it was told last. Who does it is told in package inbox.
const TellHits jobs.Kind = "saved_search.tell"

// writeHits writes down that a record answers searches, those that it has not answered before, and when they are told.
func writeHits(tx *work.Tx, run standingRun, hits []*savedSearch) (int64, error) {
	ids := make([]uuid.UUID, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	// As they are now: what was deleted or changed since is not told of.
	rows, err := work.ByIDs[savedSearch](tx.DB, ids)
	if err != nil {
		return 0, err
	}
	var found []savedSearchHit
	later := map[time.Time][]uuid.UUID{}
	for _, r := range rows {
		if r.Frequency == Off {
			continue
		}
		hit := savedSearchHit{SearchID: r.ID, ObjectID: run.ObjectID, RunID: run.ID, At: tx.Now}
		if r.Frequency == AtOnce {
			hit.AtOnce, hit.ToldAt = true, &tx.Now
		} else {
			at := r.Frequency.Next(tx.Now)
			later[at] = append(later[at], r.ID)
		}
		found = append(found, hit)
	}
	if len(found) == 0 {
		return 0, nil
	}
	done := tx.Clauses(once).CreateInBatches(&found, 500)
	if done.Error != nil {
		return 0, done.Error
	}
	for at, searches := range later {
		slices.SortFunc(searches, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		if err := jobs.AllAt(tx, TellHits, searches, at); err != nil {
			return 0, err
		}
	}
	return done.RowsAffected, nil
}

// foundHit is a hit with whose search it is.
type foundHit struct{ RunID, SearchID, AccountID uuid.UUID }

// hitsOf are the hits of runs that are told at once.
func hitsOf(q *gorm.DB, runs []uuid.UUID) ([]foundHit, error) {
	var out []foundHit
	err := q.Table("saved_search_hits AS h").Joins("JOIN saved_searches s ON s.id = h.search_id").Where("h.run_id IN ? AND h.at_once", runs).
		Order("h.run_id, s.account_id, h.search_id").Select("h.run_id, h.search_id, s.account_id").Scan(&out).Error
	return out, err
}

// Untold is what a search has found since it was told last, by kinds, and whose it is; it counts as told from now on. Nothing: there is nothing, or
// the search is gone, or is told of no more.
func Untold(tx *work.Tx, id uuid.UUID) (account uuid.UUID, found map[string][]uuid.UUID, err error) {
	rows, err := work.ByIDs[savedSearch](tx.DB, []uuid.UUID{id})
	if err != nil || len(rows) == 0 || rows[0].Frequency == Off {
		return uuid.Nil, nil, err
	}
	var hits []struct {
		ObjectID   uuid.UUID
		ObjectKind string
	}
	err = tx.Table("saved_search_hits AS h").Joins("JOIN standing_runs r ON r.id = h.run_id").Where("h.search_id = ? AND h.told_at IS NULL", id).
		Order("h.object_id").Select("h.object_id, r.object_kind").Scan(&hits).Error
	if err != nil || len(hits) == 0 {
		return uuid.Nil, nil, err
	}
	found = map[string][]uuid.UUID{}
	for _, h := range hits {
		found[h.ObjectKind] = append(found[h.ObjectKind], h.ObjectID)
	}
	return rows[0].AccountID, found, tx.Model(&savedSearchHit{}).Where("search_id = ? AND told_at IS NULL", id).Update("told_at", tx.Now).Error
}
