package challenges

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

type (
	// View is a challenge as one reader may see it: of a masked one others are told no poster.
	View struct {
		Challenge
		Owner     orgs.Ref
		Round     programmes.Round
		Chains    []ref.Chain
		Advised   []*accounts.Person // who was asked to refine it, for those who may read that
		TakesBids bool               // now
		Region    string             // where the poster is; of a masked one its city
		External  []external.ID      // what it is called elsewhere, for those who may know who posted it
		// Who drafted, submitted and published it, for those who may read what is inside.
		CreatedBy, SubmittedBy, PublishedBy *accounts.Person

		now time.Time
		work.Acts
	}
	// Answer is the outcome of changing a challenge.
	Answer = work.Answer[View]
	// Input is what drafting or replacing takes.
	Input struct {
		Round, Owner uuid.UUID
		Need         *uuid.UUID
		Content      Content
		External     []external.ID
	}
	// Service runs the use cases about challenges.
	Service struct{ unit *work.Unit }
)

// New gives the use cases about challenges.
func New(unit *work.Unit) *Service {
	s := &Service{unit}
	unit.Knows("challenges", fault.UnknownRecord, s.records().Known)
	return s
}

// held are the steps that are not taken while the poster is suspended.
var held = []string{"submit", "publish", "propose", "award"}

// acts are the operations on a challenge: its steps, and what else changes it.
func acts() []work.Act[*Challenge, View] {
	draft := func(c *Challenge, _ *View) error { return work.In(c.State, Draft) }
	out := []work.Act[*Challenge, View]{
		{Operation: "replaceChallenge", Action: policy.ChallengeEdit, When: func(c *Challenge, _ *View) error { return c.editable() }},
		{Operation: "deleteChallenge", Action: policy.ChallengeDelete, When: draft},
		{Operation: "addChallengeAddendum", Action: policy.ChallengeAmend, When: func(c *Challenge, v *View) error { return c.underBids(v.now) }},
		{Operation: "askChallenge", Action: policy.ChallengeAsk, When: func(c *Challenge, v *View) error { return c.underBids(v.now) }},
		{Operation: "commentChallenge", Action: policy.ChallengeComment, When: func(c *Challenge, _ *View) error { return c.commentable() }},
	}
	out = append(out,
		work.Act[*Challenge, View]{Operation: "redrawChallengeReviewers", Action: policy.ChallengeReview, When: func(c *Challenge, _ *View) error { return c.redrawable() }},
		work.Act[*Challenge, View]{Operation: "answerChallengeBids", Action: policy.ChallengeAnswers, When: func(c *Challenge, _ *View) error { return c.answerable() }},
	)
	out = append(out, work.Act[*Challenge, View]{Operation: "beginChallengeReview", Action: policy.ChallengeReview, When: func(c *Challenge, _ *View) error { return c.reviewable() }})
	for _, s := range Steps {
		if s.Operation != "" {
			act := work.Act[*Challenge, View]{Operation: s.Operation, Action: s.Action, When: func(c *Challenge, _ *View) error { return c.take(s.Name) }}
			if slices.Contains(held, s.Name) {
				act.Asks = posterStands
			}
			out = append(out, act)
		}
	}
	return out
}

// records is how challenges are read and written.
func (s *Service) records() work.Records[Challenge, *Challenge, View] {
	return work.Records[Challenge, *Challenge, View]{
		Read: policy.ChallengeRead, Show: s.show, Acts: acts(), Alone: true,
		Columns: work.Columns{
			string(policy.Public): "published_at IS NOT NULL", string(policy.Member): "owner_id IN ?",
			string(policy.Adviser): "id IN (SELECT challenge_id FROM challenge_advisers WHERE account_id IN ?)",
		},
	}
}

// show tells what a reader may see of challenges: one query for each thing that stands beside them.
func (s *Service) show(q *gorm.DB, reader policy.Actor, rows []Challenge) ([]View, error) {
	owners, posters, rounds := make([]orgs.Standing, len(rows)), make([]uuid.UUID, len(rows)), make([]uuid.UUID, len(rows))
	inner := make([]bool, len(rows))
	var chains []string
	for i := range rows {
		c := &rows[i]
		inner[i] = policy.Allowed(reader, policy.ChallengeInner, c.Facts())
		owners[i] = orgs.Standing{Organization: c.OwnerID, Masked: c.conceals() && !inner[i]}
		posters[i], rounds[i], chains = c.OwnerID, c.RoundID, append(chains, c.Chains...)
	}
	refs, err := orgs.Shown(q, reader, owners)
	if err != nil {
		return nil, err
	}
	regions, err := orgs.Regions(q, posters)
	if err != nil {
		return nil, err
	}
	of, err := programmes.Of(q, rounds)
	if err != nil {
		return nil, err
	}
	named, err := ref.ChainsNamed(q, chains)
	if err != nil {
		return nil, err
	}
	ids, err := called(q, rows, inner)
	if err != nil {
		return nil, err
	}
	now := s.unit.Now()
	out, people := make([]View, len(rows)), accounts.Roll{}
	for i, c := range rows {
		out[i] = View{Owner: refs[i], Round: of[c.RoundID], External: ids[i], TakesBids: c.takesBids(now), now: now}
		if out[i].Region = regions[c.OwnerID]; owners[i].Masked {
			out[i].Region = ref.City(out[i].Region)
		}
		for _, code := range c.Chains {
			out[i].Chains = append(out[i].Chains, named[code])
		}
		if inner[i] {
			v := &out[i]
			v.Advised = make([]*accounts.Person, len(c.Advisers))
			for j := range c.Advisers {
				people.Name(&c.Advisers[j], &v.Advised[j])
			}
			people.Name(&rows[i].CreatedBy, &v.CreatedBy)
			people.Name(c.SubmittedBy, &v.SubmittedBy)
			people.Name(c.PublishedBy, &v.PublishedBy)
		} else {
			c.ReturnReason = ""
			if !policy.Allowed(reader, policy.ChallengeDiscuss, c.Facts()) {
				c.Confidential = ""
			}
			if c.Masked {
				c.NeedID = nil // which keeps its owner's name, also once the challenge tells it
			}
		}
		c.OwnerID = refs[i].ID
		out[i].Challenge = c
	}
	return out, people.Call(q)
}

// sound is the input as it is stored, if it is sound and refers to what is there.
func (in Input) sound(tx *work.Tx, draft bool) (Input, *programmes.Round, error) {
	in.Content = in.Content.complete()
	if err := in.Content.check(); err != nil {
		return in, nil, err
	}
	var err error
	if in.External, err = external.Clean(in.External, "/external_ids"); err != nil {
		return in, nil, err
	}
	round, err := programmes.Load(tx.DB, tx.Call.Actor, in.Round)
	if fault.NotVisible.Of(err) {
		return in, nil, fault.InvalidInput.At("/round_id", fault.UnknownRound, "没有这个批次", "There is no such round")
	} else if err != nil {
		return in, nil, err
	}
	if err := in.fitsNeed(tx, draft); err != nil {
		return in, nil, err
	}
	return in, round, ref.CheckChains(tx.DB, in.Content.Chains, "/chains", when.DayOf(tx.Now))
}

func (in Input) into(c *Challenge) {
	c.RoundID, c.NeedID, c.Content = in.Round, in.Need, in.Content
}

// editable refuses what is not its poster's to write any more.
func (c *Challenge) editable() error { return work.In(c.State, Draft, Reserve, Refining) }

// Create drafts a challenge; by a member of the poster.
func (s *Service) Create(ctx context.Context, call work.Call, in Input) (Answer, error) {
	return s.records().Do(ctx, s.unit, call, func(tx *work.Tx) (*Challenge, error) {
		owner, err := orgs.LoadOwner(tx.DB, call.Actor, in.Owner, "/owner_id")
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.ChallengeCreate, owner.Facts()); err != nil {
			return nil, err
		}
		in, _, err := in.sound(tx, true)
		if err != nil {
			return nil, err
		}
		c := &Challenge{Head: tx.NewHead(), OwnerID: in.Owner, State: Draft, CreatedBy: call.Actor.Account, Advisers: []uuid.UUID{}}
		in.into(c)
		if err := work.Insert(tx, work.Did(policy.ChallengeCreate), c); err != nil {
			return nil, err
		}
		return c, in.keepNames(tx, c)
	})
}

// Replace writes a challenge anew: its draft, or while it is refined.
func (s *Service) Replace(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Input) (Answer, error) {
	return s.records().Change(ctx, s.unit, call, id, version, policy.ChallengeEdit, func(tx *work.Tx, c *Challenge) error {
		if err := c.editable(); err != nil {
			return err
		}
		if in.Owner != c.OwnerID {
			return fault.InvalidInput.At("/owner_id", fault.Immutable, "发榜方不可更改", "The poster cannot change")
		}
		if c.State != Draft {
			var bad fault.Fields
			bad.Check(in.Round == c.RoundID, "/round_id", fault.Immutable, "已入库，批次不可更改", "It is in reserve, and its round cannot change")
			bad.Check(same(in.Need, c.NeedID), "/need_id", fault.Immutable, "已入库，所据需求不可更改", "It is in reserve, and the need that it was cannot change")
			bad.Check(in.Content.Masked == c.Masked, "/masked", fault.Immutable, "已入库，是否隐名不可更改", "It is in reserve, and whether the name is kept cannot change")
			if err := bad.Err(); err != nil {
				return err
			}
		}
		in, _, err := in.sound(tx, c.State == Draft)
		if err != nil {
			return err
		}
		in.into(c)
		return in.keepNames(tx, c)
	})
}

// keepNames keeps what the poster calls the challenge elsewhere.
func (in Input) keepNames(tx *work.Tx, c *Challenge) error {
	return external.Keep(tx, work.RefOf(c), c.OwnerID, in.External, "/external_ids", titles)
}

func same(a, b *uuid.UUID) bool { return a == b || a != nil && b != nil && *a == *b }

const deleted work.Deed = "challenge.delete"

// Delete removes a draft that was never handed in, or was returned; its steps, comments and files go with it, and
// its external ids are free again.
func (s *Service) Delete(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.records().Delete(ctx, s.unit, call, id, version, policy.ChallengeDelete, deleted, func(tx *work.Tx, c *Challenge) error {
		if err := work.In(c.State, Draft); err != nil {
			return err
		}
		for _, table := range []string{"challenge_steps", "challenge_comments", "challenge_advisers"} {
			if err := tx.Exec("DELETE FROM "+table+" WHERE challenge_id = ?", c.ID).Error; err != nil {
				return err
			}
		}
		if err := files.Free(tx, work.RefOf(c)); err != nil {
			return err
		}
		return external.Free(tx, work.RefOf(c))
	})
}

// Get reads one challenge.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	return s.records().Get(ctx, s.unit, reader, id)
}

// Filter narrows a list of challenges; empty fields do not.
type Filter struct {
	Owner      uuid.UUID `query:"owner_id"`
	Round      uuid.UUID `query:"round_id" where:"round_id = ?" of:"rounds"`
	State      State     `query:"state" where:"state = ?"`
	Number     string    `query:"number" where:"number = ?"`
	Field      string    `query:"field" where:"field = ?"`
	Bottleneck *bool     `query:"bottleneck" where:"bottleneck = ?"`
	Since      time.Time `query:"updated_since" where:"updated_at >= ?"`
	external.Filter
}

// List lists challenges: those that were published, and the reader's own in every state. A poster that keeps its name is found neither by it
// nor by what it calls its challenges.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	if err := f.LookUp(s.unit.Query(ctx), (*Challenge)(nil).Noun()); err != nil {
		return db.Page[View]{}, err
	}
	if err := orgs.CheckKnown(s.unit.Query(ctx), reader, f.Owner, "query:owner_id"); err != nil {
		return db.Page[View]{}, err
	}
	return s.records().ListWithin(ctx, s.unit, reader, f, p, func(q *gorm.DB) *gorm.DB {
		if f.Owner != uuid.Nil {
			q = q.Where("owner_id = ?", f.Owner)
		}
		if f.Owner != uuid.Nil || f.Found != nil {
			q = visibleBy(q, reader)
		}
		return q
	})
}

// listUnder lists what belongs to one challenge, the latest first, to whoever may do something with the challenge: read it, or discuss it.
func listUnder[R, V any](ctx context.Context, s *Service, reader policy.Actor, challenge uuid.UUID, may policy.Action, filter any, p db.Paging,
	id func(*R) uuid.UUID, show func(q *gorm.DB, reader policy.Actor, rows []R) ([]V, error)) (db.Page[V], error) {
	var out db.Page[V]
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		c, err := s.records().Load(q, reader, challenge)
		if err != nil {
			return err
		}
		if err := policy.Check(reader, may, c.Facts()); err != nil {
			return err
		}
		page, err := db.List(db.Filter(q.Model(new(R)), filter), p, db.Newest(id))
		if err != nil {
			return err
		}
		out.Next = page.Next
		out.Items, err = show(q, reader, page.Items)
		return err
	})
	return out, err
}

// asTheyAre shows everybody all of rows that keep nothing back.
func asTheyAre[R any](_ *gorm.DB, _ policy.Actor, rows []R) ([]R, error) { return rows, nil }
