package inbox

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/jobs"
	"jiebang/internal/mandates"
	"jiebang/internal/match"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/relay"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// What lines about something found say that it is. The last is the line of a day that stands for those beyond dailyMost.
const (
	ownMatched   = "match.own"
	otherMatched = "match.other"
	searchHit    = "search.hit"
	searchHits   = "search.hits"
	moreFound    = "match.more"
)

var foundTexts = map[string]fault.Text{
	ownMatched:   {ZH: "本方刚发布的记录有新的匹配，共 %[1]d 项，请查看并考虑申请对接。", EN: "What your side has published has counterparts (%[1]d); look at them and ask for an introduction."},
	otherMatched: {ZH: "新发布的一项记录与本方的记录相匹配，请查看是否合适。", EN: "Something new fits a record of yours; see whether it is what you look for."},
	searchHit:    {ZH: "新发布的一项记录符合您保存的检索，请查看。", EN: "Something new answers a search that you saved; have a look."},
	searchHits:   {ZH: "您保存的检索有新的结果，共 %[1]d 项，请查看。", EN: "A search that you saved has new hits (%[1]d); have a look."},
	moreFound:    {ZH: "当日另有 %[1]d 条匹配或检索消息合并于此，请打开查看。", EN: "%[1]d more messages of that day about matches and searches are here together; open it to see them."},
}

// dailyMost is how many lines about something found stand by themselves in an account's inbox on a day; what is more stands in one, so that a list of
// a thousand results, published at once, buries nothing else.
const dailyMost = 10

// found makes the lines of what was found: to the side of what was published one, to each other side one about it, and to each who searches for it.
// Nobody is told by two of them, nobody of an organization that is pending or suspended, and of what is public no more nobody is told.
func (s *Service) found(ctx context.Context, changes []relay.Change) ([]Item, error) {
	changes = slices.DeleteFunc(slices.Clone(changes), func(c relay.Change) bool {
		return c.Kind != string(match.StandingFound) || s.unit.Now().Sub(c.CreatedAt) > stale
	})
	if len(changes) == 0 {
		return nil, nil
	}
	q := s.unit.Query(ctx)
	runs := make([]uuid.UUID, len(changes))
	for i, c := range changes {
		runs[i] = c.ObjectID
	}
	findings, err := match.Findings(q, runs)
	if err != nil {
		return nil, err
	}
	public, err := s.owners(q, findings)
	if err != nil {
		return nil, err
	}
	a, err := audienceOf(q, s.unit.Now, public)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, c := range changes {
		f := findings[c.ObjectID]
		if f == nil || public[f.Object] == uuid.Nil {
			continue
		}
		lines := map[uuid.UUID]bool{}
		tell := func(account uuid.UUID, i Item) {
			if lines[account] {
				return
			}
			lines[account] = true
			i.ID, i.AccountID, i.Pos, i.ObjectKind, i.ObjectID, i.At, i.FoundOn = work.NewID(), account, c.Pos, f.Kind, f.Object, c.CreatedAt, when.DayOf(c.CreatedAt)
			items = append(items, i)
		}
		pairs := slices.DeleteFunc(slices.Clone(f.Pairs), func(p match.FoundPair) bool { return public[p.ID] == uuid.Nil })
		if len(pairs) > 0 {
			for _, account := range a.of(public[f.Object], f.Kind, f.Object) {
				tell(account, Item{Deed: ownMatched, Amount: len(pairs)})
			}
		}
		for _, p := range pairs {
			for _, account := range a.of(public[p.ID], p.Kind, p.ID) {
				tell(account, Item{Deed: otherMatched, Amount: 1, ForKind: p.Kind, ForID: &p.ID})
			}
		}
		for _, h := range f.Hits {
			tell(h.Account, Item{Deed: searchHit, Amount: 1, ForKind: savedSearch, ForID: &h.Search})
		}
	}
	return s.fold(q, items)
}

// savedSearch is the noun of a saved search.
const savedSearch = "saved_search"

// owners are the owners of what findings are about, as far as everybody may read it now.
func (s *Service) owners(q *gorm.DB, findings map[uuid.UUID]*match.Finding) (map[uuid.UUID]uuid.UUID, error) {
	byKind := map[string][]uuid.UUID{}
	for _, f := range findings {
		byKind[f.Kind] = append(byKind[f.Kind], f.Object)
		for _, p := range f.Pairs {
			byKind[p.Kind] = append(byKind[p.Kind], p.ID)
		}
	}
	out := map[uuid.UUID]uuid.UUID{}
	for noun, ids := range byKind {
		kind, known := s.kinds.Of(noun)
		if !known {
			continue // a newer program's
		}
		rows, err := kind.Load(q, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if f := r.Facts(); policy.Allowed(policy.Actor{}, kind.Read, f) {
				out[r.Base().ID] = f.Owner
			}
		}
	}
	return out, nil
}

// audience is who is told of organizations' records: their members, and the brokers who act for them.
type audience struct {
	members  map[uuid.UUID][]uuid.UUID
	mandates map[uuid.UUID][]mandates.Mandate
	brokers  map[uuid.UUID][]mandates.Broker
}

func audienceOf(q *gorm.DB, now when.Clock, owners map[uuid.UUID]uuid.UUID) (audience, error) {
	a := audience{mandates: map[uuid.UUID][]mandates.Mandate{}}
	var organizations []uuid.UUID
	for _, o := range owners {
		organizations = append(organizations, o)
	}
	standing, err := orgs.InStanding(q, organizations)
	if err != nil {
		return a, err
	}
	organizations = slices.DeleteFunc(organizations, func(o uuid.UUID) bool { return !standing[o] })
	if a.members, err = orgs.MembersOf(q, organizations); err != nil {
		return a, err
	}
	running, err := mandates.RunningFor(q, organizations, now())
	if err != nil {
		return a, err
	}
	ids := make([]uuid.UUID, len(running))
	for i, m := range running {
		ids[i], a.mandates[m.PrincipalID] = m.ID, append(a.mandates[m.PrincipalID], m)
	}
	a.brokers, err = mandates.BrokersOf(q, ids)
	return a, err
}

// of are those who are told of a record of an organization.
func (a audience) of(owner uuid.UUID, kind string, id uuid.UUID) []uuid.UUID {
	out := slices.Clone(a.members[owner])
	for _, m := range a.mandates[owner] {
		var result, need *uuid.UUID
		switch kind {
		case "result":
			result = &id
		case "need":
			need = &id
		}
		if m.Covers(result, need) {
			for _, b := range a.brokers[m.ID] {
				out = append(out, b.AccountID)
			}
		}
	}
	return out
}

// fold puts those lines of a day that come behind the first dailyMost of an account into one. Which they are follows from the order of the log alone.
func (s *Service) fold(q *gorm.DB, items []Item) ([]Item, error) {
	if len(items) == 0 {
		return nil, nil
	}
	type day struct {
		account uuid.UUID
		on      when.Day
	}
	accounts, before, first := make([]uuid.UUID, len(items)), map[day]int{}, items[0].FoundOn
	for i := range items {
		accounts[i] = items[i].AccountID
		if items[i].FoundOn.Before(first) {
			first = items[i].FoundOn
		}
	}
	slices.SortFunc(accounts, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	var rows []struct {
		AccountID uuid.UUID
		FoundOn   when.Day
		N         int
	}
	err := q.Model(&Item{}).Where("account_id IN ? AND found_on >= ? AND pos > 0 AND pos < ?", db.Among(slices.Compact(accounts)), first, items[0].Pos).
		Group("account_id, found_on").Select("account_id, found_on, COUNT(*) AS n").Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		before[day{r.AccountID, r.FoundOn}] = r.N
	}
	var heads []Item
	for i := range items {
		d := day{items[i].AccountID, items[i].FoundOn}
		if before[d]++; before[d] <= dailyMost {
			continue
		}
		items[i].Folded = true
		if before[d] == dailyMost+1 {
			heads = append(heads, Item{
				ID: work.NewID(), AccountID: d.account, Pos: -dayNumber(d.on), Deed: moreFound, ObjectKind: "account", ObjectID: d.account, At: items[i].At, FoundOn: d.on,
			})
		}
	}
	return append(items, heads...), nil
}

// dayNumber is a day as a number. Lines that no Change brings have it for a position, below zero, so that there is one of each.
func dayNumber(d when.Day) int64 { return int64(d.Since(when.Day{})) }

// showFound says what lines are about that something was found for. How many a day's line stands for is asked as they are read.
func (s *Service) showFound(q *gorm.DB, views []View) error {
	for i := range views {
		v := &views[i]
		text, is := foundTexts[v.Deed]
		if !is {
			continue
		}
		kind, _ := s.kinds.Of(v.ObjectKind)
		switch v.Deed {
		case moreFound:
			var n int64
			if err := q.Model(&Item{}).Where("account_id = ? AND folded AND found_on = ?", v.AccountID, v.FoundOn).Count(&n).Error; err != nil {
				return err
			}
			v.Amount, v.Path = int(n), "/v1/inbox?found_on="+v.FoundOn.String()
		case searchHits:
			v.Path = "/v1/saved-searches/" + v.ObjectID.String()
		case ownMatched:
			v.Path = kind.Path + "/" + v.ObjectID.String() + "/matches"
		default:
			v.Path = kind.Path + "/" + v.ObjectID.String()
		}
		v.Text = text
		if strings.Contains(text.ZH, "%") {
			v.Text = fault.Say(text.ZH, text.EN, v.Amount)
		}
		if v.ForID == nil {
			continue
		}
		if kind, known := s.kinds.Of(v.ForKind); known {
			v.ForPath = kind.Path + "/" + v.ForID.String()
		} else if v.ForKind == savedSearch {
			v.ForPath = "/v1/saved-searches/" + v.ForID.String()
		}
	}
	return nil
}

// Searches is the job that tells what a saved search has found since it was told last, where that is not told at once: one line for each search.
func (s *Service) Searches() jobs.Handler {
	return jobs.Handler{Kind: match.TellHits, Do: func(tx *work.Tx, j jobs.Job) error {
		account, hits, err := match.Untold(tx, j.ObjectID)
		if err != nil {
			return err
		}
		there := 0
		for noun, ids := range hits {
			kind, known := s.kinds.Of(noun)
			if !known {
				continue
			}
			rows, err := kind.Load(tx.DB, ids)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if policy.Allowed(policy.Actor{}, kind.Read, r.Facts()) {
					there++
				}
			}
		}
		if there == 0 { // nothing was found, or it is gone again; what is gone is looked at no more
			return jobs.ErrNothing
		}
		today := when.DayOf(tx.Now)
		sql, args := insertion([]Item{{ID: work.NewID(), AccountID: account, Pos: -dayNumber(today), Deed: searchHits, ObjectKind: savedSearch, ObjectID: j.ObjectID, At: tx.Now, Amount: there}})
		if err := tx.Exec(sql, args...).Error; err != nil {
			return err
		}
		return tx.Record(toldHits, work.Ref{Noun: "saved_search_hits", ID: work.NewID(), Version: 1}, nil, map[string]any{"search": j.ObjectID, "hits": there})
	}}
}

// toldHits names the telling of what a search has found.
const toldHits work.Deed = "saved_search.told"
