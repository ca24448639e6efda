package projects

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/challenges"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/programmes"
	"jiebang/internal/ref"
	"jiebang/internal/when"
)

// The figures of 揭榜挂帅 are read from the tables of several packages, read-only.

// FigureQuery asks for the figures; empty fields do not narrow.
type FigureQuery struct {
	Year  int       `query:"year"`     // of the round
	Round uuid.UUID `query:"round_id"` // one round
	On    when.Day  `query:"on"`       // the day of what runs; today where it is left out
}

// Province is how many bidders came from one, or from abroad: then it is a country. Provinces that are too few to be told apart have no region.
type Province struct {
	Region  string
	Bidders int64
}

// Solved is how many problems were solved at a level.
type Solved struct {
	Level    string
	Problems int64
}

// Figures are the indicators of 揭榜挂帅.
type Figures struct {
	On        when.Day
	Collected int64     // challenges that were ever handed in
	Published int64     // those of them that were ever published
	Closed    int64     // those of them whose last publication was opened
	Unclaimed int64     // those of them that nobody took up, be there no eligible bid or none that reviewers passed
	Running   int64     // on that day
	Rewards   money.Fen // of what was published
	// Bids of publications that were opened; before that their number is nobody's to know.
	Received, Opened, Eligible, Bidders int64
	Outside                             []Province // bidders from outside the poster's city; one with several bids counts once
	Solved                              []Solved   // 卡脖子 problems; one result, and one challenge, counts once
	Inner                               *Inner     // the bureau's own
}

// Inner are the figures that are sums of single projects and contracts: no more than a few challenges of a round lead to one, so that by them
// anybody could tell what one is worth. They are the bureau's own, as the figures of the ledger by whether a challenge led to a contract are.
type Inner struct {
	TargetsChecked, TargetsMet int64 // of projects that ended with a verdict
	Paid, Granted, Recovered   money.Fen
	Here, Elsewhere            Followed
}

// Followed are the contracts that followed: registered here, or elsewhere, which are no turnover.
type Followed struct {
	Contracts int64
	Amount    money.Fen
}

// fewest is how many bidders of a province the public is told of at the least; what has fewer is taken together.
const fewest = 3

// Figures tells the indicators, from one moment of the database.
func (s *Service) Figures(ctx context.Context, reader policy.Actor, ask FigureQuery) (Figures, error) {
	if err := policy.Check(reader, policy.FiguresRead, policy.Facts{}); err != nil {
		return Figures{}, err
	}
	today := when.DayOf(s.unit.Now())
	if ask.On.IsZero() {
		ask.On = today
	}
	var bad fault.Fields
	when.NotAhead(&bad, ask.On, today, "query:on")
	if err := bad.Err(); err != nil {
		return Figures{}, err
	}
	out := Figures{On: ask.On, Outside: []Province{}, Solved: []Solved{}}
	inner := policy.Allowed(reader, policy.FiguresInner, policy.Facts{})
	if inner {
		out.Inner = &Inner{}
	}
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		if ask.Round != uuid.Nil {
			if _, err := programmes.Load(q, reader, ask.Round); fault.NotVisible.Of(err) {
				return fault.InvalidInput.At("query:round_id", fault.UnknownRound, "没有这个批次", "There is no such round")
			} else if err != nil {
				return err
			}
		}
		for _, read := range []func(*gorm.DB, FigureQuery) error{out.challenges, out.bids, out.outside, out.projects, out.contracts} {
			if err := read(q, ask); err != nil {
				return err
			}
		}
		return nil
	})
	if !inner {
		out.Outside = together(out.Outside)
	}
	return out, err
}

// together takes provinces with few bidders together, and the next smallest with them until there are enough.
func together(provinces []Province) []Province {
	sorted := slices.SortedStableFunc(slices.Values(provinces), func(a, b Province) int { return cmp.Compare(a.Bidders, b.Bidders) })
	var rest Province
	for len(sorted) > 0 && (sorted[0].Bidders < fewest || rest.Bidders > 0 && rest.Bidders < fewest) {
		rest.Bidders += sorted[0].Bidders
		sorted = sorted[1:]
	}
	slices.SortFunc(sorted, func(a, b Province) int { return strings.Compare(a.Region, b.Region) })
	if rest.Bidders > 0 {
		sorted = append(sorted, rest)
	}
	return sorted
}

// within is the condition that a challenge c belongs to what is asked.
func (ask FigureQuery) within() (string, []any) {
	parts, args := []string{"1 = 1"}, []any{}
	if ask.Round != uuid.Nil {
		parts, args = append(parts, "c.round_id = ?"), append(args, ask.Round)
	}
	if ask.Year != 0 {
		parts, args = append(parts, "c.round_id IN (SELECT r.id FROM rounds AS r WHERE r.year = ?)"), append(args, ask.Year)
	}
	return strings.Join(parts, " AND "), args
}

func (f *Figures) challenges(q *gorm.DB, ask FigureQuery) error {
	of, args := ask.within()
	// Of a challenge that was published again its last publication counts.
	const opened = `EXISTS (SELECT 1 FROM challenge_openings AS o WHERE o.challenge_id = c.id AND o.nth = c.nth AND o.opened_at IS NOT NULL)`
	const unclaimed = `EXISTS (SELECT 1 FROM challenge_steps AS s WHERE s.challenge_id = c.id AND s.taken IN ('unclaim', 'fail_review')
		AND s.nth > (SELECT MAX(p.nth) FROM challenge_steps AS p WHERE p.challenge_id = c.id AND p.taken = 'publish'))`
	var rewards []struct{ Reward string }
	if err := q.Raw("SELECT CAST(c.reward AS text) AS reward FROM challenges AS c WHERE c.published_at IS NOT NULL AND "+of, args...).Scan(&rewards).Error; err != nil {
		return err
	}
	for _, x := range rewards {
		var r challenges.Reward
		if err := json.Unmarshal([]byte(x.Reward), &r); err != nil {
			return err
		}
		f.Rewards += r.Amount
	}
	return q.Raw(`SELECT
		COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM challenge_steps AS s WHERE s.challenge_id = c.id AND s.taken = 'submit') THEN 1 ELSE 0 END), 0) AS collected,
		COALESCE(SUM(CASE WHEN c.published_at IS NOT NULL THEN 1 ELSE 0 END), 0) AS published,
		COALESCE(SUM(CASE WHEN `+opened+` THEN 1 ELSE 0 END), 0) AS closed,
		COALESCE(SUM(CASE WHEN `+opened+` AND `+unclaimed+` THEN 1 ELSE 0 END), 0) AS unclaimed,
		COALESCE(SUM(CASE WHEN (SELECT s.state FROM challenge_steps AS s WHERE s.challenge_id = c.id AND s.created_at < ? ORDER BY s.nth DESC LIMIT 1) = 'running' THEN 1 ELSE 0 END), 0) AS running
		FROM challenges AS c WHERE `+of, append([]any{ask.On.End()}, args...)...).
		Row().Scan(&f.Collected, &f.Published, &f.Closed, &f.Unclaimed, &f.Running)
}

func (f *Figures) bids(q *gorm.DB, ask FigureQuery) error {
	of, args := ask.within()
	err := q.Raw(`SELECT CAST(COALESCE(SUM(o.received), 0) AS bigint), CAST(COALESCE(SUM(o.eligible), 0) AS bigint)
		FROM challenge_openings AS o JOIN challenges AS c ON c.id = o.challenge_id WHERE o.opened_at IS NOT NULL AND `+of, args...).Row().Scan(&f.Received, &f.Eligible)
	if err != nil {
		return err
	}
	return q.Raw(`SELECT COUNT(*), COUNT(DISTINCT b.owner_id) FROM bids AS b JOIN challenges AS c ON c.id = b.challenge_id
		JOIN challenge_openings AS o ON o.challenge_id = b.challenge_id AND o.nth = b.nth AND o.opened_at IS NOT NULL
		WHERE b.opened_at IS NOT NULL AND `+of, args...).Row().Scan(&f.Opened, &f.Bidders)
}

func (f *Figures) outside(q *gorm.DB, ask FigureQuery) error {
	of, args := ask.within()
	var rows []struct {
		OwnerID      uuid.UUID
		Region, Home string
	}
	err := q.Raw(`SELECT DISTINCT b.owner_id, w.region, p.region AS home FROM bids AS b JOIN challenges AS c ON c.id = b.challenge_id
		JOIN challenge_openings AS o ON o.challenge_id = b.challenge_id AND o.nth = b.nth AND o.opened_at IS NOT NULL
		JOIN organizations AS w ON w.id = b.owner_id JOIN organizations AS p ON p.id = c.owner_id
		WHERE b.opened_at IS NOT NULL AND `+of, args...).Scan(&rows).Error
	seen, count := map[uuid.UUID]bool{}, map[string]int64{}
	for _, r := range rows {
		local, known := ref.Local(r.Region, r.Home)
		if local || !known || seen[r.OwnerID] {
			continue
		}
		seen[r.OwnerID] = true
		if _, abroad := ref.Country(r.Region); abroad {
			count[r.Region]++
		} else {
			count[r.Region[:2]+"0000"]++
		}
	}
	for region, n := range count {
		f.Outside = append(f.Outside, Province{region, n})
	}
	slices.SortFunc(f.Outside, func(a, b Province) int { return strings.Compare(a.Region, b.Region) })
	return err
}

func (f *Figures) projects(q *gorm.DB, ask FigureQuery) error {
	of, args := ask.within()
	var rows []Project
	if err := q.Where("challenge_id IN (SELECT c.id FROM challenges AS c WHERE "+of+")", args...).Order("id").Find(&rows).Error; err != nil {
		return err
	}
	if err := f.inner(q, rows); err != nil {
		return err
	}
	// Of two that solve one problem, or solve by one result, the higher level counts.
	slices.SortStableFunc(rows, func(a, b Project) int {
		return cmp.Compare(slices.Index(levels, b.Outcome.Level), slices.Index(levels, a.Outcome.Level))
	})
	seen, count := map[uuid.UUID]bool{}, map[string]int64{}
	for i := range rows {
		p := &rows[i]
		if p.State != Accepted || !p.Outcome.Solved || seen[p.ChallengeID] || p.Outcome.ResultID != nil && seen[*p.Outcome.ResultID] {
			continue
		}
		seen[p.ChallengeID] = true
		if p.Outcome.ResultID != nil {
			seen[*p.Outcome.ResultID] = true
		}
		count[p.Outcome.Level]++
	}
	for _, level := range levels[1:] {
		if count[level] > 0 {
			f.Solved = append(f.Solved, Solved{level, count[level]})
		}
	}
	return nil
}

// inner sums up what the bureau alone is told of projects.
func (f *Figures) inner(q *gorm.DB, rows []Project) error {
	if f.Inner == nil {
		return nil
	}
	sums, _, err := moneyOf(q, rows)
	for i := range rows {
		p := &rows[i]
		f.Inner.Paid, f.Inner.Granted, f.Inner.Recovered = f.Inner.Paid+sums[p.ID].Paid, f.Inner.Granted+sums[p.ID].Granted, f.Inner.Recovered+p.Outcome.Recovered
		if p.State != Accepted && p.State != Failed {
			continue
		}
		for _, x := range p.findings() {
			if x.Checked > 0 {
				f.Inner.TargetsChecked++
			}
			if x.Checked > 0 && x.Met {
				f.Inner.TargetsMet++
			}
		}
	}
	return err
}

func (f *Figures) contracts(q *gorm.DB, ask FigureQuery) error {
	if f.Inner == nil {
		return nil
	}
	of, args := ask.within()
	var rows []struct {
		Elsewhere bool
		Followed
	}
	err := q.Raw(`SELECT e.elsewhere, CAST(SUM(e.contracts) AS bigint) AS contracts, CAST(SUM(e.turnover) AS bigint) AS amount FROM ledger_entries AS e
		WHERE e.challenge_id IN (SELECT c.id FROM challenges AS c WHERE `+of+") GROUP BY e.elsewhere", args...).Scan(&rows).Error
	for _, r := range rows {
		if r.Elsewhere {
			f.Inner.Elsewhere = r.Followed
		} else {
			f.Inner.Here = r.Followed
		}
	}
	return err
}
