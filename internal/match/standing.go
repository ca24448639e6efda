package match

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"jiebang/internal/db"
	"jiebang/internal/kinds"
	"jiebang/internal/relay"
	"jiebang/internal/work"
	"jiebang/search"
)

const (
	// StandingScore is the score from which a counterpart is told to both sides: of such pairs about half were judged relevant (docs/matching.md).
	StandingScore = 30
	// standingBest is how many counterparts of one record are told: the best.
	standingBest = 10
	// standingStale is how old a publication may be to be news: whoever follows the log for the first time, or after a long while, tells nobody of
	// what has been there for long.
	standingStale = 7 * 24 * time.Hour
)

// standingKinds are the kinds whose counterparts are looked for when one is published, among each other. A challenge asks for bids, and is no
// counterpart; those who search for such are told of it.
var (
	standingKinds = []string{"result", "need", "team"}
	savedKinds    = []string{"result", "need", "team", "challenge"}
)

// StandingFound is what happened when a publication found something: counterparts, or saved searches that it answers. Its object is the run.
const StandingFound work.Deed = "match.found"

// standingRun is one look for what a published record is news to, once for each text that it has had.
type standingRun struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	ObjectKind string
	ObjectID   uuid.UUID
	Digest     string
	At         time.Time
}

func (standingRun) TableName() string { return "standing_runs" }

// standingMatch is a pair that was found, which is found once. Whichever of the two came before, First is the smaller identifier.
type standingMatch struct {
	FirstID   uuid.UUID `gorm:"primaryKey"`
	SecondID  uuid.UUID `gorm:"primaryKey"`
	RunID     uuid.UUID
	OtherKind string // of the two the one that was there already
	OtherID   uuid.UUID
	Score     int
}

func (standingMatch) TableName() string { return "standing_matches" }

// once leaves what is there already.
var once = clause.OnConflict{DoNothing: true}

func paired(run standingRun, c counterpart) standingMatch {
	m := standingMatch{FirstID: run.ObjectID, SecondID: c.id, RunID: run.ID, OtherKind: c.kind, OtherID: c.id, Score: int(math.Round(c.score))}
	if slices.Compare(m.FirstID[:], m.SecondID[:]) > 0 {
		m.FirstID, m.SecondID = m.SecondID, m.FirstID
	}
	return m
}

// counterpart is what fits a record well enough to be told.
type counterpart struct {
	kind  string
	id    uuid.UUID
	score float64
}

// standing follows publications. It is used by one goroutine.
type standing struct {
	*Service
	saved savedSearches
}

// Standing looks, when something was published, for its counterparts and for the saved searches that it answers. It goes no further than the
// index of this process has come, so that whatever was published before is found.
func (s *Service) Standing() relay.Consumer {
	f := &standing{Service: s}
	return relay.Consumer{Name: "standing", Within: s.index.within, Handle: f.follow}
}

func (s *standing) follow(ctx context.Context, changes []relay.Change) error {
	if err := s.saved.follow(ctx, s.unit, changes, s.index.words); err != nil {
		return err
	}
	last := map[uuid.UUID]int{} // of several publications of a record the last is the one
	for i, c := range changes {
		if _, step, _ := strings.Cut(c.Kind, "."); step == "publish" {
			last[c.ObjectID] = i
		}
	}
	for i, c := range changes {
		noun, step, _ := strings.Cut(c.Kind, ".")
		if step != "publish" || last[c.ObjectID] != i || !slices.Contains(savedKinds, noun) || s.now().Sub(c.CreatedAt) > standingStale {
			continue
		}
		kind, known := s.kinds.Of(noun)
		if !known || kind.Document == nil {
			continue
		}
		if err := s.look(ctx, kind, c.ObjectID, c.CreatedAt); err != nil {
			return err
		}
	}
	return nil
}

// errLooked says that another process has looked for the same text of the same record meanwhile.
var errLooked = errors.New("match: looked for already")

// look finds what a record that was published is news to, and writes it down together with the Change by which people are told: neither is there without the other,
// and what is written down already is not found again.
func (s *standing) look(ctx context.Context, kind kinds.Kind, id uuid.UUID, published time.Time) error {
	q := s.unit.Query(ctx)
	said, err := load(q, s.kinds, map[string][]uuid.UUID{kind.Noun: {id}})
	if err != nil || len(said) == 0 {
		return err
	}
	papers, err := s.index.papers(q, said)
	if err != nil {
		return err
	}
	p := papers[0]
	if !p.listing.public { // it was withdrawn again
		return nil
	}
	run := standingRun{ID: work.NewID(), ObjectKind: kind.Noun, ObjectID: id, Digest: digestOf(p)}
	var before int64
	if err := q.Model(&standingRun{}).Where("object_id = ? AND digest = ?", id, run.Digest).Count(&before).Error; err != nil || before > 0 {
		return err
	}
	others, err := s.counterparts(ctx, kind, p, said[0].Owner)
	if err != nil {
		return err
	}
	hits := s.saved.answered(p, published)
	_, err = s.unit.Do(ctx, work.Call{Operation: "standing match"}, func(tx *work.Tx) error { return s.note(tx, run, others, hits) })
	if errors.Is(err, errLooked) {
		return nil
	}
	return err
}

// note writes a run down.
func (s *standing) note(tx *work.Tx, run standingRun, others []counterpart, hits []*savedSearch) error {
	run.At = tx.Now
	made := tx.Clauses(once).Create(&run)
	if made.Error != nil {
		return made.Error
	}
	if made.RowsAffected == 0 {
		return errLooked
	}
	var pairs, found int64
	if len(others) > 0 {
		rows := make([]standingMatch, len(others))
		for i, o := range others {
			rows[i] = paired(run, o)
		}
		done := tx.Clauses(once).Create(&rows)
		if done.Error != nil {
			return done.Error
		}
		pairs = done.RowsAffected
	}
	if len(hits) > 0 {
		n, err := writeHits(tx, run, hits)
		if err != nil {
			return err
		}
		found = n
	}
	ref := work.Ref{Noun: "standing_run", ID: run.ID, Version: 1}
	if pairs+found > 0 {
		tx.Emit(StandingFound, ref)
	}
	return tx.Record(StandingFound, ref, nil, map[string]any{"object_kind": run.ObjectKind, "object_id": run.ObjectID, "pairs": pairs, "searches": found})
}

// digestOf tells one text of a record from another.
func digestOf(p paper) string {
	said, err := json.Marshal([]any{p.Title, p.Abstract, p.Keywords})
	if err != nil {
		panic(err) // texts are texts
	}
	sum := sha256.Sum256(said)
	return "sha-256:" + hex.EncodeToString(sum[:])
}

// counterparts are the best of what fits a record that everybody may read, of other owners, as the tables have it now.
func (s *standing) counterparts(ctx context.Context, kind kinds.Kind, p paper, owner uuid.UUID) ([]counterpart, error) {
	wanted := slices.DeleteFunc(slices.Clone(kind.Counterparts), func(noun string) bool { return !slices.Contains(standingKinds, noun) })
	if len(wanted) == 0 || !p.listing.Takes || !slices.Contains(standingKinds, kind.Noun) {
		return nil, nil
	}
	probe := p.probe("")
	probe.Filters, probe.Limit, probe.Now, probe.Brief = map[string][]string{facetMatch: {matched}}, 3*standingBest, s.now(), true
	probe.Floors = []search.Floor{stillOpen(probe.Now)}
	among(&probe, wanted)
	outcome, err := s.index.Match(ctx, probe)
	if err != nil {
		return nil, err
	}
	byKind, scores := map[string][]uuid.UUID{}, map[string]float64{}
	for _, m := range outcome.Matches {
		noun, id, _ := strings.Cut(m.ID, ":")
		parsed, err := uuid.Parse(id)
		if err != nil {
			return nil, err
		}
		if m.Score >= StandingScore {
			byKind[noun], scores[m.ID] = append(byKind[noun], parsed), m.Score
		}
	}
	there, err := load(s.unit.Query(ctx), s.kinds, byKind)
	if err != nil {
		return nil, err
	}
	var out []counterpart
	for _, d := range there {
		if other := paperOf(d, probe.Now); other.listing.public && other.listing.Takes && d.Owner != owner {
			out = append(out, counterpart{d.Noun, d.ID, scores[other.ID]})
		}
	}
	slices.SortFunc(out, func(a, b counterpart) int {
		return cmp.Or(cmp.Compare(b.score, a.score), slices.Compare(a.id[:], b.id[:]))
	})
	return out[:min(len(out), standingBest)], nil
}

// Finding is what a run found.
type Finding struct {
	Kind   string // of the record that was published
	Object uuid.UUID
	Pairs  []FoundPair // its counterparts, the best first
	Hits   []FoundHit  // the saved searches that are told at once
}

// FoundPair is a counterpart that was there already.
type FoundPair struct {
	Kind string
	ID   uuid.UUID
}

// FoundHit is a saved search that a record answers, and whose it is.
type FoundHit struct{ Search, Account uuid.UUID }

// Findings reads what runs found, by their ids: three queries.
func Findings(q *gorm.DB, runs []uuid.UUID) (map[uuid.UUID]*Finding, error) {
	var rows []standingRun
	if len(runs) == 0 {
		return nil, nil
	}
	if err := q.Where("id IN ?", db.Among(runs)).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]*Finding, len(rows))
	for _, r := range rows {
		out[r.ID] = &Finding{Kind: r.ObjectKind, Object: r.ObjectID}
	}
	var pairs []standingMatch
	if err := q.Where("run_id IN ?", db.Among(runs)).Order("run_id, score DESC, other_id").Find(&pairs).Error; err != nil {
		return nil, err
	}
	for _, m := range pairs {
		out[m.RunID].Pairs = append(out[m.RunID].Pairs, FoundPair{m.OtherKind, m.OtherID})
	}
	hits, err := hitsOf(q, runs)
	for _, h := range hits {
		out[h.RunID].Hits = append(out[h.RunID].Hits, FoundHit{h.SearchID, h.AccountID})
	}
	return out, err
}
