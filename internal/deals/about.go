package deals

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/needs"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/results"
	"jiebang/internal/teams"
	"jiebang/internal/work"
)

// Subject is what an introduction or a deal is about: a result or a team on the side that supplies, a need on the other, or one of both.
type Subject struct {
	ResultID, TeamID, NeedID *uuid.UUID
	// Their titles, as they were public when it was proposed: both sides have read them.
	ResultTitle, TeamTitle, NeedTitle string
}

// supply is what the side that supplies has listed; nil: nothing.
func (s Subject) supply() *uuid.UUID { return cmp.Or(s.ResultID, s.TeamID) }

// about are the listings of a subject.
type about struct {
	result *results.Result
	team   *teams.Team
	need   *needs.Need
}

// readAbout reads them, whoever asks; what is named and gone is nil.
func readAbout(q *gorm.DB, s Subject) (a about, err error) {
	q = q.Session(&gorm.Session{}) // several statements of one handle
	if a.result, err = ifThere[results.Result](q, s.ResultID); err != nil {
		return a, err
	}
	if a.team, err = ifThere[teams.Team](q, s.TeamID); err != nil {
		return a, err
	}
	a.need, err = ifThere[needs.Need](q, s.NeedID)
	return a, err
}

func ifThere[R any](q *gorm.DB, id *uuid.UUID) (*R, error) {
	if id == nil {
		return nil, nil
	}
	r, err := work.Load[R](q, *id)
	if fault.NotVisible.Of(err) {
		return nil, nil
	}
	return r, err
}

// named writes titles of what is there into a subject.
func (a about) named(s Subject) Subject {
	if a.result != nil {
		s.ResultTitle = a.result.Title
	}
	if a.team != nil {
		s.TeamTitle = a.team.Title
	}
	if a.need != nil {
		s.NeedTitle = a.need.Title
	}
	return s
}

// public leaves out what others could not read.
func (a about) public() about {
	if a.result != nil && !a.result.Facts().Public {
		a.result = nil
	}
	if a.team != nil && !a.team.Facts().Public {
		a.team = nil
	}
	if a.need != nil && !a.need.Facts().Public {
		a.need = nil
	}
	return a
}

// supplier owns what the side that supplies has listed; uuid.Nil: nothing is.
func (a about) supplier() uuid.UUID {
	switch {
	case a.result != nil:
		return a.result.OwnerID
	case a.team != nil:
		return a.team.OwnerID
	}
	return uuid.Nil
}

// over tells why an introduction about it cannot go on, or nothing.
func (a about) over(s Subject) LapseReason {
	left := a.public()
	switch {
	case s.ResultID != nil && left.result == nil:
		return ResultWithdrawn
	case s.TeamID != nil && left.team == nil:
		return TeamWithdrawn
	case s.NeedID == nil || left.need != nil:
		return ""
	case a.need != nil && a.need.State == needs.Closed && a.need.CloseReason == needs.Expired:
		return NeedExpired
	}
	return NeedClosed
}

// stands refuses to accept what is about something that is public no longer. Who accepts locks all of it, so that it stays as it is until the
// acceptance is written.
func stands(q *gorm.DB, i *Introduction) error {
	a, err := readAbout(q, i.Subject)
	if err != nil {
		return err
	}
	switch a.over(i.Subject) {
	case "":
		return nil
	case ResultWithdrawn:
		return fault.ListingOver.Because("成果已撤下。", "The result has been withdrawn.")
	case TeamWithdrawn:
		return fault.ListingOver.Because("团队已撤下。", "The team has been withdrawn.")
	case NeedExpired:
		return fault.ListingOver.Because("需求的截止日已过。", "The need's deadline has passed.")
	}
	return fault.ListingOver.Because("需求已关闭。", "The need has been closed.")
}

// Consumer ends introductions when what they are about leaves the public, and says why to both sides.
func (s *Service) Consumer() relay.Consumer {
	return relay.Consumer{Name: "introductions", Handle: s.follow}
}

// leave are the Changes after which a listing may be public no longer.
var leave = []string{"result.withdraw", "team.withdraw", "need.close", "need.expire", "need.release", "result.take_down", "team.take_down", "need.take_down"}

func (s *Service) follow(ctx context.Context, changes []relay.Change) error {
	var gone []uuid.UUID
	for _, c := range changes {
		if slices.Contains(leave, c.Kind) {
			gone = append(gone, c.ObjectID)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	var open []uuid.UUID
	err := s.unit.Query(ctx).Model(&Introduction{}).Where("state = ? AND (result_id IN ? OR team_id IN ? OR need_id IN ?)", Proposed, gone, gone, gone).Pluck("id", &open).Error
	for _, id := range open {
		if err == nil {
			err = s.lapse(ctx, id)
		}
	}
	return err
}

// errStands is what ends a transaction that finds nothing to end.
var errStands = errors.New("deals: the introduction stands")

// lapse ends one introduction in a transaction of its own, if what it is about is public no longer by then.
func (s *Service) lapse(ctx context.Context, id uuid.UUID) error {
	_, err := s.unit.Do(ctx, work.Call{Operation: string(lapsed)}, func(tx *work.Tx) error {
		i, err := work.Load[Introduction](db.AsStored(db.ForUpdate(tx.DB)), id)
		if err != nil {
			return err
		}
		a, err := readAbout(tx.DB, i.Subject)
		if err != nil {
			return err
		}
		reason := a.over(i.Subject)
		if i.State != Proposed || reason == "" {
			return errStands
		}
		if err := work.Move(tx, i, lapsed, func() error { return i.Lapse(reason, tx.Now) }); err != nil {
			return err
		}
		return jobs.Drop(tx, lapsing, i.ID)
	})
	if errors.Is(err, errStands) {
		return nil
	}
	return err
}

// listed is what a record that introductions name tells of itself.
type listed struct {
	title   string // empty where the reader may not read it
	owner   uuid.UUID
	contact *orgs.Contact
}

// named are the records that introductions or deals name, by their ids.
type named map[uuid.UUID]listed

// readNamed reads what subjects name, for a reader: one query for each of the three kinds that is named.
func readNamed(q *gorm.DB, reader policy.Actor, subjects []Subject) (named, error) {
	var resultIDs, teamIDs, needIDs []uuid.UUID
	for _, s := range subjects {
		resultIDs, teamIDs, needIDs = appended(resultIDs, s.ResultID), appended(teamIDs, s.TeamID), appended(needIDs, s.NeedID)
	}
	out := named{}
	found, err := results.ByIDs(q, resultIDs)
	if err != nil {
		return nil, err
	}
	for i := range found {
		out.add(reader, policy.ResultRead, &found[i], found[i].Title, found[i].Contact)
	}
	able, err := teams.ByIDs(q, teamIDs)
	if err != nil {
		return nil, err
	}
	for i := range able {
		out.add(reader, policy.TeamRead, &able[i], able[i].Title, able[i].Contact)
	}
	wanted, err := needs.ByIDs(q, needIDs)
	for i := range wanted {
		out.add(reader, policy.NeedRead, &wanted[i], wanted[i].Title, wanted[i].Contact)
	}
	return out, err
}

func appended(ids []uuid.UUID, id *uuid.UUID) []uuid.UUID {
	if id == nil {
		return ids
	}
	return append(ids, *id)
}

// add notes a record, with its title as it is now where the reader may read it.
func (k named) add(reader policy.Actor, read policy.Action, r work.Record, title string, contact *orgs.Contact) {
	facts := r.Facts()
	if !policy.Allowed(reader, read, facts) {
		title = ""
	}
	k[r.Base().ID] = listed{title, facts.Owner, contact}
}

// titles writes titles as they are now into a subject. Where something is public no longer, the title stays that both sides have read.
func (k named) titles(s Subject) Subject {
	for _, t := range []struct {
		id    *uuid.UUID
		title *string
	}{{s.ResultID, &s.ResultTitle}, {s.TeamID, &s.TeamTitle}, {s.NeedID, &s.NeedTitle}} {
		if now := k[idOr0(t.id)].title; now != "" {
			*t.title = now
		}
	}
	return s
}

// contacts puts whom the listings of an accepted introduction name to be asked in the place of their owners' offices: somebody who knows more
// of the matter.
func (k named) contacts(i *Introduction, c Contacts) *Contacts {
	for _, id := range []*uuid.UUID{i.ResultID, i.TeamID, i.NeedID} {
		switch l := k[idOr0(id)]; {
		case l.contact == nil:
		case l.owner == i.FromID:
			c.From = *l.contact
		case l.owner == i.ToID:
			c.To = *l.contact
		}
	}
	return &c
}
