// Package inbox tells people what concerns them (站内消息): a line for each Change of a record towards which they stand in a way that told names, with
// where to look. It follows the log of Changes and decides nothing; what a line leads to, and what it is called, is asked of policy when it is read.
package inbox

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Item is one line of somebody's inbox.
type Item struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	AccountID  uuid.UUID
	Pos        int64 // of the Change in the log
	Deed       string
	ObjectKind string
	ObjectID   uuid.UUID
	At         time.Time
	ReadAt     *time.Time

	// Of a line about something that was found.
	Amount  int    // how much it speaks of
	ForKind string // what it was found for: a record of the reader's side, or their saved search; empty of others
	ForID   *uuid.UUID
	FoundOn when.Day // the day in Shanghai by which such lines are counted
	Folded  bool     // it stands in that day's one line, and not by itself

	MailedAt *time.Time // a mail has told it, or it is told by none
}

func (Item) TableName() string { return "inbox_items" }

// View is a line as its reader sees it.
type View struct {
	Item
	Text fault.Text
	// Title is what the record is called, where the reader may read it now; Path is where it is read, ForPath where what it was found for is.
	Title, Path, ForPath string
	readable             bool // a record that has a title: its reader may read it now
	public               bool // everybody may
}

// Service tells people.
type Service struct {
	unit    *work.Unit
	kinds   *kinds.Registry
	actorOf func(ctx context.Context, account uuid.UUID) (policy.Actor, error)
}

// New makes the service; the registry knows what records are called, and actorOf as whom an account reads them.
func New(unit *work.Unit, registry *kinds.Registry, actorOf func(ctx context.Context, account uuid.UUID) (policy.Actor, error)) *Service {
	return &Service{unit, registry, actorOf}
}

// Consumer writes the lines.
func (s *Service) Consumer() relay.Consumer { return relay.Consumer{Name: "inbox", Handle: s.follow} }

// stale is how old a Change may be to be news: whoever follows the log for the first time, or after a long while, tells nobody what is long over.
const stale = 7 * 24 * time.Hour

func (s *Service) follow(ctx context.Context, changes []relay.Change) error {
	found, err := s.found(ctx, changes)
	if err != nil {
		return err
	}
	changes = slices.DeleteFunc(slices.Clone(changes), func(c relay.Change) bool {
		_, known := told[c.Kind]
		return !known || s.unit.Now().Sub(c.CreatedAt) > stale
	})
	concerned, err := s.concerned(ctx, changes)
	if err != nil {
		return err
	}
	var items []Item
	for i, c := range changes {
		for _, account := range concerned[i] {
			item := Item{ID: work.NewID(), AccountID: account, Pos: c.Pos, Deed: c.Kind, ObjectKind: told[c.Kind].of.noun, ObjectID: c.ObjectID, At: c.CreatedAt, Amount: 1}
			if aside[c.Kind] != nil {
				item.MailedAt = &c.CreatedAt
			}
			items = append(items, item)
		}
	}
	return s.write(ctx, append(items, found...))
}

// write writes lines; what is there already stays as it is.
func (s *Service) write(ctx context.Context, items []Item) error {
	for some := range slices.Chunk(items, 200) { // a Change that is handled twice tells once
		sql, args := insertion(some)
		if _, err := s.unit.Tally(ctx, sql, args...); err != nil {
			return err
		}
	}
	return nil
}

// insertion is the statement that writes lines once.
func insertion(items []Item) (sql string, args []any) {
	const row = ", (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	for _, i := range items {
		args = append(args, i.ID, i.AccountID, i.Pos, i.Deed, i.ObjectKind, i.ObjectID, i.At, i.Amount, i.ForKind, i.ForID, i.FoundOn, i.Folded, i.MailedAt)
	}
	return "INSERT INTO inbox_items (id, account_id, pos, deed, object_kind, object_id, at, amount, for_kind, for_id, found_on, folded, mailed_at) VALUES " +
		strings.Repeat(row, len(items))[2:] + " ON CONFLICT DO NOTHING", args
}

// concerned lists, for each of some Changes, the accounts that it is news to: those who stand towards its record as told says, but not whoever did
// it. Records are read once for each kind, and members and doers once for all.
func (s *Service) concerned(ctx context.Context, changes []relay.Change) ([][]uuid.UUID, error) {
	q := s.unit.Query(ctx)
	about, err := records(q, changes)
	if err != nil {
		return nil, err
	}
	out, organizations := make([][]uuid.UUID, len(changes)), make([][]uuid.UUID, len(changes))
	for i, c := range changes {
		record, there := about[c.ObjectID]
		if !there {
			continue // it is gone again
		}
		f, err := work.FactsOf(q, record, policy.InboxRead)
		if err != nil {
			return nil, err
		}
		for _, stand := range told[c.Kind].to {
			switch stand {
			case policy.Member:
				organizations[i] = append(organizations[i], f.Owner)
			case policy.Counterpart:
				organizations[i] = append(organizations[i], f.Others...)
			case policy.Author:
				out[i] = append(out[i], f.Author)
			case policy.Agent:
				out[i] = append(out[i], f.Agents...)
			}
		}
	}
	if err := besides(q, changes, about, organizations); err != nil {
		return nil, err
	}
	members, err := orgs.MembersOf(q, slices.Concat(organizations...))
	if err != nil {
		return nil, err
	}
	did, err := doers(q, changes)
	if err != nil {
		return nil, err
	}
	for i, c := range changes {
		for _, o := range organizations[i] {
			out[i] = append(out[i], members[o]...)
		}
		slices.SortFunc(out[i], func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		out[i] = slices.DeleteFunc(slices.Compact(out[i]), func(id uuid.UUID) bool { return did[deed{c.ObjectID, c.Version, c.Kind, id}] })
	}
	return out, nil
}

// besides adds the organizations that Changes concern though their records do not name them.
func besides(q *gorm.DB, changes []relay.Change, about map[uuid.UUID]work.Record, organizations [][]uuid.UUID) error {
	for i, c := range changes {
		if _, there := about[c.ObjectID]; !there || aside[c.Kind] == nil {
			continue
		}
		found, err := aside[c.Kind](q, []uuid.UUID{c.ObjectID})
		if err != nil {
			return err
		}
		organizations[i] = append(organizations[i], found[c.ObjectID]...)
	}
	return nil
}

// records are those that Changes are about, as they are now, by their ids: one query for each kind.
func records(q *gorm.DB, changes []relay.Change) (map[uuid.UUID]work.Record, error) {
	sources, ids := map[string]source{}, map[string][]uuid.UUID{}
	for _, c := range changes {
		of := told[c.Kind].of
		sources[of.noun], ids[of.noun] = of, append(ids[of.noun], c.ObjectID)
	}
	out := map[uuid.UUID]work.Record{}
	for noun, of := range sources {
		found, err := of.load(q, ids[noun])
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			out[r.Base().ID] = r
		}
	}
	return out, nil
}

// deed is what an account did to a version of a record.
type deed struct {
	ObjectID      uuid.UUID
	ObjectVersion int64
	Action        string
	AccountID     uuid.UUID
}

// doers are the deeds behind Changes, by the audit.
func doers(q *gorm.DB, changes []relay.Change) (map[deed]bool, error) {
	ids, versions, actions := make([]uuid.UUID, len(changes)), make([]int64, len(changes)), make([]string, len(changes))
	for i, c := range changes {
		ids[i], versions[i], actions[i] = c.ObjectID, c.Version, c.Kind
	}
	var rows []deed
	out := map[deed]bool{}
	if len(changes) == 0 {
		return out, nil
	}
	err := q.Table("audit").Where("object_id IN ? AND object_version IN ? AND action IN ? AND account_id IS NOT NULL", db.Among(ids), db.Among(versions), db.Among(actions)).Select("object_id, object_version, action, account_id").Scan(&rows).Error
	for _, d := range rows {
		out[d] = true
	}
	return out, err
}

// Filter narrows an inbox; empty fields do not.
type Filter struct {
	Unread *bool  `query:"unread" where:"(read_at IS NULL) = ?"`
	Kind   string `query:"object_kind" where:"object_kind = ?"`
	// The day whose folded lines are asked for; without one those that stand by themselves.
	FoundOn when.Day `query:"found_on"`
}

// within keeps to the lines that are asked for.
func (f Filter) within(q *gorm.DB) *gorm.DB {
	if f.FoundOn.IsZero() {
		return q.Where("NOT folded")
	}
	return q.Where("folded AND found_on = ?", f.FoundOn)
}

var newest = db.Newest(func(i *Item) uuid.UUID { return i.ID })

// List reads the inbox of the reader, the newest first.
func (s *Service) List(ctx context.Context, reader policy.Actor, f Filter, p db.Paging) (db.Page[View], error) {
	var out db.Page[View]
	if err := policy.Check(reader, policy.InboxRead, policy.Facts{Subject: reader.Account}); err != nil {
		return out, err
	}
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		page, err := db.List(db.Filter(f.within(q.Model(&Item{}).Where("account_id = ?", reader.Account)), f), p, newest)
		if err != nil {
			return err
		}
		out.Next, out.Total, out.More = page.Next, page.Total, page.More
		out.Items, err = s.show(q, reader, page.Items)
		return err
	})
	return out, err
}

// show names what lines are about: one query for each kind of record that has a title and is on the page.
func (s *Service) show(q *gorm.DB, reader policy.Actor, rows []Item) ([]View, error) {
	byKind := map[string][]uuid.UUID{}
	for _, i := range rows {
		byKind[i.ObjectKind] = append(byKind[i.ObjectKind], i.ObjectID)
	}
	titles, readable, public := map[uuid.UUID]string{}, map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, k := range s.kinds.All() {
		ids := byKind[k.Noun]
		if len(ids) == 0 || k.Document == nil && k.Noun != aContract.noun {
			continue
		}
		found, err := k.Load(q, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			if !policy.Allowed(reader, k.Read, r.Facts()) {
				continue // who may read it no more, or never might, learns no name here
			}
			readable[r.Base().ID] = true
			if c, is := r.(*contracts.Contract); is {
				titles[r.Base().ID] = c.Title
				continue
			}
			d := k.Document(r)
			titles[r.Base().ID] = strings.TrimSpace(d.Terms.Number + " " + d.Title) // what has a number is known by it
			public[r.Base().ID] = policy.Allowed(policy.Actor{}, k.Read, r.Facts())
		}
	}
	out := make([]View, len(rows))
	for i, row := range rows {
		n, is := told[row.Deed]
		out[i] = View{Item: row, Text: n.text, Title: titles[row.ObjectID], readable: readable[row.ObjectID], public: public[row.ObjectID]}
		if is && n.of.path != "" {
			out[i].Path = n.of.path + "/" + row.ObjectID.String()
		}
	}
	return out, s.showFound(q, out)
}

// Marked says which lines somebody has read: these, or all up to a moment.
type Marked struct {
	IDs   []uuid.UUID
	Until *time.Time
}

// MarkRead notes that the reader has read lines of their own inbox, and tells how many were new to them.
func (s *Service) MarkRead(ctx context.Context, reader policy.Actor, in Marked) (int64, error) {
	if err := policy.Check(reader, policy.InboxRead, policy.Facts{Subject: reader.Account}); err != nil {
		return 0, err
	}
	var bad fault.Fields
	bad.Check((len(in.IDs) > 0) != (in.Until != nil), "/ids", fault.OneOf, "ids 与 until 只填其一", "Give ids or until")
	if err := bad.Err(); err != nil {
		return 0, err
	}
	sql, args := "UPDATE inbox_items SET read_at = ? WHERE account_id = ? AND read_at IS NULL AND ", []any{s.unit.Now(), reader.Account}
	if in.Until != nil {
		return s.unit.Tally(ctx, sql+"at <= ?", append(args, in.Until.UTC())...)
	}
	return s.unit.Tally(ctx, sql+"id IN ?", append(args, in.IDs)...)
}

// How long lines are kept: what was read for a season, all for a year and a bit.
const (
	keepRead = 90 * 24 * time.Hour
	keepAll  = 400 * 24 * time.Hour
)

// Forget deletes what was read long ago, and what nobody read for much longer; and by what old mails could be ended.
func (s *Service) Forget(ctx context.Context) error {
	now := s.unit.Now()
	_, err := s.unit.Tally(ctx, "DELETE FROM inbox_items WHERE at < ? AND (read_at IS NOT NULL OR at < ?)", now.Add(-keepRead), now.Add(-keepAll))
	if err == nil {
		_, err = s.unit.Tally(ctx, "DELETE FROM inbox_endings WHERE created_at < ?", now.Add(-keepEndings))
	}
	return err
}
