package changes

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/challenges"
	"jiebang/internal/contracts"
	"jiebang/internal/deals"
	"jiebang/internal/needs"
	"jiebang/internal/notices"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/results"
	"jiebang/internal/teams"
	"jiebang/internal/work"
)

// Event is what a Change means to a reader, as the record stands when they read of it.
type Event string

// The events.
const (
	Appeared Event = "appeared" // it came before the public
	Changed  Event = "changed"
	Gone     Event = "gone" // this reader may not read it, or no more
)

// Entry is one Change as its reader is told of it: where to look, and never what the record says.
type Entry struct {
	ID      uuid.UUID // the same to everybody, and in webhooks
	Kind    string
	Object  uuid.UUID
	Version int64
	Event   Event
	Path    string // where the record is read; empty of one that is gone
	At      time.Time
}

// Readable tells whether the reader may read the record now.
func (e Entry) Readable() bool { return e.Event != Gone }

// kind is a kind of record that others are told of.
type kind struct {
	noun, path string
	capability string // of which a key needs a scope to be told of what is not public
	read       policy.Action
	load       func(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]policy.Facts, error)
}

func of[R any, P interface {
	*R
	work.Record
}](capability, path string, read policy.Action) kind {
	var row R
	return kind{P(&row).Noun(), path, capability, read, func(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]policy.Facts, error) {
		rows, err := work.ByIDs[R](q, ids)
		out := make(map[uuid.UUID]policy.Facts, len(rows))
		for i := range rows {
			out[P(&rows[i]).Base().ID] = P(&rows[i]).Facts()
		}
		return out, err
	}}
}

// told are the kinds that are told of. What is sealed or confidential in itself is none of them: that there is a bid or an objection is nobody's
// to learn by following.
var told = map[string]kind{}

func init() {
	for _, k := range []kind{
		of[results.Result]("results", "/v1/results", policy.ResultRead), of[needs.Need]("needs", "/v1/needs", policy.NeedRead),
		of[teams.Team]("teams", "/v1/teams", policy.TeamRead), of[challenges.Challenge]("challenges", "/v1/challenges", policy.ChallengeRead),
		of[notices.Notice]("notices", "/v1/notices", policy.NoticeRead), of[deals.Introduction]("deals", "/v1/introductions", policy.IntroRead),
		of[deals.Deal]("deals", "/v1/deals", policy.DealRead), of[contracts.Contract]("contracts", "/v1/contracts", policy.ContractRead),
	} {
		told[k.noun] = k
	}
}

// Known tells whether records of a kind are told of.
func Known(noun string) bool { return told[noun].noun != "" }

// nounOf is the kind of record that a Change is about; one that does not say, since the version before wrote it, is named by its deed.
func nounOf(c relay.Change) string {
	if c.Noun != "" {
		return c.Noun
	}
	noun, _, _ := strings.Cut(c.Kind, ".")
	return noun
}

// Batch is some Changes with how their records stand now.
type Batch struct {
	changes []relay.Change
	facts   map[uuid.UUID]policy.Facts
}

// Load reads the records that Changes are about: one query for each kind. They are read after the log, so that none is older than its Change.
func Load(q *gorm.DB, changes []relay.Change) (Batch, error) {
	ids := map[string][]uuid.UUID{}
	for _, c := range changes {
		if noun := nounOf(c); Known(noun) {
			ids[noun] = append(ids[noun], c.ObjectID)
		}
	}
	b := Batch{changes, map[uuid.UUID]policy.Facts{}}
	for noun, some := range ids {
		facts, err := told[noun].load(q, some)
		if err != nil {
			return b, err
		}
		for id, f := range facts {
			b.facts[id] = f
		}
	}
	return b, nil
}

// Entry is what a reader is told of the so-manieth Change, if anything:
//
//   - of a Change that everybody could be told of when it happened, since they could read the record before it or after it, everybody is told,
//     even if the record is gone for them since;
//   - of any other those alone who may read the record now even if it were not public. A draft's history is its owner's;
//   - of a record that is no more, those whose organization it was.
func (b Batch) Entry(i int, reader policy.Actor) (Entry, bool) {
	c := b.changes[i]
	k, known := told[nounOf(c)]
	if !known {
		return Entry{}, false
	}
	e := Entry{ID: c.OutboxID, Kind: k.noun, Object: c.ObjectID, Version: c.Version, Event: Gone, At: c.CreatedAt}
	public := c.WasPublic || c.IsPublic
	within := reader.Key == nil || reader.Key.Has(k.capability, false)
	f, there := b.facts[c.ObjectID]
	if !there {
		return e, public || within && c.OwnerID != nil && reader.MemberOf(*c.OwnerID)
	}
	public = public || c.Noun == "" && f.Public
	if policy.Allowed(reader, k.read, f) {
		e.Event, e.Path = Changed, k.path+"/"+c.ObjectID.String()
		if c.IsPublic && !c.WasPublic {
			e.Event = Appeared
		}
	}
	f.Public = false
	return e, public || within && policy.Allowed(reader, k.read, f)
}
