package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"jiebang/internal/accounts"
	"jiebang/internal/app"
	"jiebang/internal/codes"
	"jiebang/internal/deals"
	"jiebang/internal/match"
	"jiebang/internal/money"
	"jiebang/internal/needs"
	"jiebang/internal/results"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Password is every demo account's password. The demo listens on loopback only.
const Password = "jiebang-demo"

// Clock is a clock that the seed moves through the year that it tells.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the when.Clock. It moves a microsecond at each look, as time does.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Microsecond)
	return c.now
}

func (c *Clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now) {
		c.now = t.UTC()
	}
}

// ErrNotEmpty is returned by Seed for a database that holds something other than the demo.
var ErrNotEmpty = errors.New("the database is not empty and not a demo's: it is left alone")

// ErrUnfinished is returned for a demo whose preparation was cut off.
var ErrUnfinished = errors.New("the demo's preparation was cut off")

const (
	marker   = "demo"
	begun    = "begun"
	complete = "complete"
)

type meta struct {
	Key   string `gorm:"primaryKey"`
	Value string
}

func (meta) TableName() string { return "meta" }

// Seeded tells whether the database holds the demo already; ErrNotEmpty says that it holds something else.
func Seeded(ctx context.Context, a *app.App) (bool, error) {
	var marks []meta
	if err := a.Unit.Query(ctx).Where("key = ?", marker).Find(&marks).Error; err != nil {
		return false, err
	}
	if len(marks) > 0 {
		if marks[0].Value != complete {
			return false, ErrUnfinished
		}
		return true, nil
	}
	var n int64
	if err := a.Unit.Query(ctx).Model(&accounts.Account{}).Count(&n).Error; err != nil {
		return false, err
	}
	if n > 0 {
		return false, ErrNotEmpty
	}
	return false, nil
}

// Marked tells whether the database was prepared as a demo, to whose accounts everybody knows the password.
func Marked(ctx context.Context, a *app.App) (bool, error) {
	var n int64
	err := a.Unit.Query(ctx).Model(&meta{}).Where("key = ?", marker).Count(&n).Error
	return n > 0, err
}

// step is something that happened at a moment of the demo's year.
type step struct {
	at   time.Time
	what string
	do   func() error
}

type seeder struct {
	context.Context
	*app.App
	clock   *Clock
	today   time.Time
	base    when.Month
	data    *data
	steps   []step
	orgs    map[string]uuid.UUID
	codes   map[string]string
	editor  map[string]string // user name of an organization's first member
	second  map[string]string
	role    map[string]string // user name by role
	results map[string]uuid.UUID
	needs   map[string]uuid.UUID
	teams   map[string]uuid.UUID
	experts []string // their user names
}

// Seed tells the demo's year, which ends today, through the use cases. The app must have been opened with clock. The same day
// gives the same data, but for identifiers.
func Seed(ctx context.Context, a *app.App, clock *Clock, today time.Time, progress func(done, all int)) error {
	d, err := read()
	if err != nil {
		return err
	}
	s := &seeder{
		Context: ctx, App: a, clock: clock, today: today, base: when.DayOf(today).Month(), data: d,
		orgs: map[string]uuid.UUID{}, codes: map[string]string{}, editor: map[string]string{}, second: map[string]string{}, role: map[string]string{},
		results: map[string]uuid.UUID{}, needs: map[string]uuid.UUID{}, teams: map[string]uuid.UUID{},
	}
	if err := s.mark(begun); err != nil {
		return err
	}
	if err := s.plan(); err != nil {
		return err
	}
	slices.SortStableFunc(s.steps, func(a, b step) int { return a.at.Compare(b.at) })
	for i, step := range s.steps {
		clock.set(step.at)
		if err := step.do(); err != nil {
			return fmt.Errorf("demo, %s on %s: %w", step.what, when.DayOf(step.at), err)
		}
		progress(i+1, len(s.steps))
	}
	return s.mark(complete)
}

// mark notes in the database that it is the demo's.
func (s *seeder) mark(value string) error {
	_, err := s.Unit.Do(s, work.Call{Operation: "demo"}, func(tx *work.Tx) error {
		note := clause.OnConflict{Columns: []clause.Column{{Name: "key"}}, UpdateAll: true}
		if err := tx.Clauses(note).Create(&meta{marker, value}).Error; err != nil {
			return err
		}
		return tx.Record(work.Deed("demo."+value), work.Ref{Noun: "demo", ID: work.NewID(), Version: 1}, nil, nil)
	})
	return err
}

// at plans a step; nothing of the demo lies in the future.
func (s *seeder) at(t time.Time, what string, do func() error) {
	if t.After(s.today) {
		t = s.today
	}
	s.steps = append(s.steps, step{t, what, do})
}

// day is a day of the month that lies so many months back, at an hour in Shanghai; a day that the month lacks is its last.
func (s *seeder) day(monthsAgo, day, hour int) time.Time {
	m := s.base.AddMonths(-monthsAgo)
	d := m.First().AddDays(day - 1)
	if d.After(m.Last()) {
		d = m.Last()
	}
	return d.Start().Add(time.Duration(hour) * time.Hour)
}

// call is a use case called by somebody.
func (s *seeder) call(username string) (work.Call, error) {
	actor, err := s.ActorNamed(s, username)
	return work.Call{Operation: "demo", Actor: actor, RequestID: "demo"}, err
}

// create runs a use case that makes a record, as somebody, and returns its id.
func create[C, V any](s *seeder, username string, run func(context.Context, work.Call, C) (work.Answer[V], error), in C) (uuid.UUID, error) {
	call, err := s.call(username)
	if err != nil {
		return uuid.Nil, err
	}
	a, err := run(s, call, in)
	return a.ID, err
}

// under is create for a record that belongs to another.
func under[C, V any](s *seeder, username string, run func(context.Context, work.Call, uuid.UUID, C) (work.Answer[V], error),
	parent uuid.UUID, in C) (uuid.UUID, error) {
	call, err := s.call(username)
	if err != nil {
		return uuid.Nil, err
	}
	a, err := run(s, call, parent, in)
	return a.ID, err
}

// change runs a use case that changes a record, as somebody.
func change[V any](s *seeder, username string, run func(context.Context, work.Call, uuid.UUID, int64) (work.Answer[V], error),
	id uuid.UUID, version int64) error {
	call, err := s.call(username)
	if err == nil {
		_, err = run(s, call, id, version)
	}
	return err
}

// decide is change for a use case that takes something besides.
func decide[C, V any](s *seeder, username string, run func(context.Context, work.Call, uuid.UUID, int64, C) (work.Answer[V], error),
	id uuid.UUID, version int64, in C) error {
	call, err := s.call(username)
	if err == nil {
		_, err = run(s, call, id, version, in)
	}
	return err
}

func (s *seeder) plan() error {
	begin := s.day(12, 1, 9)
	s.at(begin, "people and organizations", s.people)
	contractOf := map[string]time.Time{} // a linked result or need is published two months before its contract
	for _, c := range s.data.Contracts {
		if c.Link != nil {
			contractOf[c.Link.Result] = s.day(c.MonthsAgo, c.Day, 0)
			contractOf[c.Link.Need] = s.day(c.MonthsAgo, c.Day, 0)
		}
	}
	publication := func(key string, i, n int) time.Time {
		t := begin.AddDate(0, 0, 7+i*330/n)
		if c, linked := contractOf[key]; linked && t.After(c.AddDate(0, 0, -60)) {
			t = c.AddDate(0, 0, -60)
		}
		if t.Before(begin) {
			t = begin.AddDate(0, 0, 1)
		}
		return t
	}
	for i, r := range s.data.Results {
		s.at(publication(r.Key, i, len(s.data.Results)), "result "+r.Key, func() error { return s.publishResult(i, r) })
	}
	// Those that nothing here answers come first, so that the newest need shows a good match.
	slices.SortStableFunc(s.data.Needs, func(a, b need) int { return cmp.Compare(min(len(a.Answers), 1), min(len(b.Answers), 1)) })
	last := len(s.data.Needs) - 1
	for i, n := range s.data.Needs {
		at := publication(n.Key, i, len(s.data.Needs)).Add(time.Hour)
		if _, linked := contractOf[n.Key]; i == last && !linked { // news, of which people are told
			at = s.today.Add(-time.Hour)
			s.at(at.Add(-time.Hour), "saved searches", func() error { return s.saveSearches(n) })
		}
		s.at(at, "need "+n.Key, func() error { return s.publishNeed(n) })
	}
	for _, c := range s.data.Contracts {
		s.planContract(c)
	}
	s.planPrice()
	for i, t := range s.data.Teams {
		s.at(s.day(0, 1, 9).Add(time.Duration(i)*time.Minute), "team "+t.Key, func() error { return s.publishTeam(t) })
	}
	s.at(s.day(0, 1, 10), "an introduction that waits for an answer", s.proposeOpen)
	s.at(s.day(0, 1, 11), "an introduction to a team", s.askTeam)
	s.at(s.day(0, 1, 12), "reports of results", s.report)
	s.at(s.day(12, 2, 9), "what is to be reached", s.targets)
	s.at(s.day(0, 3, 9), "what was reported, and the last month's report", s.monthly)
	return s.planChallenges()
}

// saveSearches has some people search for what comes last.
func (s *seeder) saveSearches(n need) error {
	_, err := create(s, s.editor["kechuang"], s.Match.SaveSearch, match.SavedInput{Name: "企业新提的需求", Words: n.Keywords[0], Kind: "need", Frequency: match.AtOnce})
	if err == nil {
		_, err = create(s, s.editor["shengqiao"], s.Match.SaveSearch, match.SavedInput{Name: "同领域的成果与需求", Field: n.Field, Frequency: match.Daily})
	}
	return err
}

func (s *seeder) publishResult(i int, r result) error {
	content := results.Content{
		Title: r.Title, Abstract: r.Abstract, Keywords: r.Keywords, Field: r.Field, Chains: r.Chains, TRL: &r.TRL, TransferModes: r.TransferModes,
		Application: r.Application, Advantage: r.Advantage, Solves: r.Solves,
	}
	for _, one := range r.Rights {
		content.Rights = append(content.Rights, results.Right{Kind: codes.IPKind(one.Kind), Number: one.Number, Status: codes.IPStatus(one.Status)})
	}
	for _, name := range r.Inventors {
		content.Inventors = append(content.Inventors, results.Inventor{Name: name})
	}
	in := results.Input{Owner: s.orgs[r.Owner], Content: content}
	if r.Price != nil {
		p := results.Price{Kind: r.Price.Kind}
		var err error
		if p.Min, err = fen(r.Price.Min); err != nil {
			return err
		}
		if p.Max, err = fen(r.Price.Max); err != nil {
			return err
		}
		in.Offer.Price = &p
	}
	editor := s.editor[r.Owner]
	id, err := create(s, editor, s.Results.Create, in)
	if err != nil {
		return err
	}
	s.results[r.Key] = id
	if i < withSheet {
		if err := s.attach(editor, "result", id, "成果简介.txt", sheet(r), true); err != nil {
			return err
		}
	}
	if err := change(s, editor, s.Results.Submit, id, 1); err != nil {
		return err
	}
	if err := change(s, s.second[r.Owner], s.Results.Publish, id, 2); err != nil || r.Granted == 0 {
		return err
	}
	return s.grantRights(id, r)
}

// grantRights has the unit of a result grant its inventors the use of it for ten years.
func (s *seeder) grantRights(id uuid.UUID, r result) error {
	agreed := when.DayOf(s.clock.Now()).AddDays(-1)
	g := results.Grant{
		Kind: results.GrantUse, Share: r.Granted, AgreedOn: agreed, NoticeFirst: agreed.AddDays(-20), NoticeLast: agreed.AddDays(-2), ValidTo: agreed.AddMonths(120),
		Evidence: "单位与完成人的赋权协议；科技处网站公示",
	}
	for i, name := range r.Inventors {
		share := 10_000 / len(r.Inventors)
		if i == 0 {
			share = 10_000 - share*(len(r.Inventors)-1)
		}
		g.Inventors = append(g.Inventors, results.GrantInventor{Name: name, Share: share})
	}
	return decide(s, s.editor[r.Owner], s.Results.Grant, id, 3, g)
}

func (s *seeder) publishNeed(n need) error {
	content := needs.Content{
		Title: n.Title, Problem: n.Problem, Requirements: n.Requirements, Constraints: n.Constraints, Keywords: n.Keywords, TechnicalTerms: n.TechnicalTerms, Field: n.Field, Chains: n.Chains,
		Deadline: s.base.AddMonths(n.Deadline).Last(), CooperationMode: n.CooperationMode, Urgent: n.Urgent, Masked: n.Masked,
	}
	in := needs.Input{Owner: s.orgs[n.Owner], Content: content}
	if n.Budget != nil {
		low, err := money.Parse(n.Budget.Min)
		if err != nil {
			return err
		}
		high, err := money.Parse(n.Budget.Max)
		if err != nil {
			return err
		}
		in.Offer.Budget = &needs.Budget{Min: &low, Max: &high}
	}
	editor := s.editor[n.Owner]
	id, err := create(s, editor, s.Needs.Create, in)
	if err != nil {
		return err
	}
	s.needs[n.Key] = id
	if err := change(s, editor, s.Needs.Submit, id, 1); err != nil {
		return err
	}
	return change(s, s.second[n.Owner], s.Needs.Publish, id, 2)
}

// proposeOpen leaves one introduction for a visitor of the demo to answer.
func (s *seeder) proposeOpen() error {
	linked := map[string]bool{}
	for _, c := range s.data.Contracts {
		if c.Link != nil {
			linked[c.Link.Need] = true
		}
	}
	for _, n := range s.data.Needs {
		if linked[n.Key] || len(n.Answers) == 0 {
			continue
		}
		result, need := s.results[n.Answers[0]], s.needs[n.Key]
		_, err := create(s, s.editor[n.Owner], s.Deals.Propose, deals.Proposal{
			From: s.orgs[n.Owner], Result: &result, Need: &need, Message: "贵方成果与我们遇到的问题很接近，想先了解中试数据和现场条件，再约时间面谈。",
		})
		return err
	}
	return nil
}

func fen(yuan string) (*money.Fen, error) {
	if yuan == "" {
		return nil, nil
	}
	f, err := money.Parse(yuan)
	return &f, err
}
