package challenges

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/control"
	"jiebang/internal/db"
	"jiebang/internal/when"
)

// tiesTo finds which members of a team are a company, or under one control with it.
func tiesTo(members []string, company string, groups []control.Group, on when.Day) (found []Evidence) {
	for _, code := range members {
		if code == company {
			found = append(found, Evidence{Reason: TiedToPoster, On: on, Code: code, Other: company})
			continue
		}
		for _, g := range groups {
			if slices.Contains(g.Codes, code) && slices.Contains(g.Codes, company) {
				found = append(found, Evidence{Reason: TiedToPoster, On: on, Code: code, Other: company, By: g.By.Name, Rows: linkIDs(g.Links)})
			}
		}
	}
	return found
}

func linkIDs(links []control.Link) []uuid.UUID {
	out := make([]uuid.UUID, len(links))
	for i, l := range links {
		out[i] = l.ID
	}
	return out
}

// standing is what eligibility is decided by.
type standing struct {
	On      when.Day
	Poster  string // its code
	Groups  []control.Group
	Listed  []Listed       // entries of the blacklist that hold on the day
	Running map[string]int // running challenges by the code of the lead
	Most    int            // that one may have with this one; 0: no bound
}

// judged is one bid before and after.
type judged struct {
	ID       uuid.UUID
	Lead     string   // its code
	Members  []string // all codes, the lead's first
	Evidence []Evidence
}

// judge decides which bids fall, and why: each reason is kept, with what it rests on. It is pure, and the order of the bids makes no
// difference.
func judge(bids []judged, s standing) {
	in := map[string][]int{} // bids by the codes of their members
	for i := range bids {
		for _, code := range bids[i].Members {
			in[code] = append(in[code], i)
		}
	}
	for i := range bids {
		b := &bids[i]
		b.Evidence = tiesTo(b.Members, s.Poster, s.Groups, s.On)
		for _, code := range b.Members {
			for _, other := range in[code] {
				if other != i {
					b.add(Evidence{Reason: InTwoBids, On: s.On, Code: code, Other: code, Bid: &bids[other].ID})
				}
			}
			for _, l := range s.Listed {
				if l.Code == code {
					b.add(Evidence{Reason: Blacklisted, On: s.On, Code: code, Rows: []uuid.UUID{l.ID}})
				}
			}
		}
		if n := s.Running[b.Lead]; s.Most > 0 && n+1 > s.Most {
			b.add(Evidence{Reason: TooManyOpen, On: s.On, Code: b.Lead, Count: n})
		}
	}
	for _, g := range s.Groups {
		for _, code := range g.Codes {
			for _, i := range in[code] {
				for _, other := range g.Codes {
					for _, k := range in[other] {
						if k != i && other != code {
							bids[i].add(Evidence{Reason: TiedToBidder, On: s.On, Code: code, Other: other, Bid: &bids[k].ID, By: g.By.Name, Rows: linkIDs(g.Links)})
						}
					}
				}
			}
		}
	}
	for i := range bids {
		slices.SortStableFunc(bids[i].Evidence, func(a, b Evidence) int {
			return cmp.Or(cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Other, b.Other))
		})
	}
}

// mostEvidence bounds what is kept of one bid; that it falls is certain by then.
const mostEvidence = 200

func (j *judged) add(e Evidence) {
	if len(j.Evidence) < mostEvidence {
		j.Evidence = append(j.Evidence, e)
	}
}

// reasons are the different reasons of a bid, in their order.
func (j *judged) reasons() []Reason {
	out := []Reason{}
	for _, e := range j.Evidence {
		if !slices.Contains(out, e.Reason) {
			out = append(out, e.Reason)
		}
	}
	return out
}

// running counts, by the codes of their leads, the challenges that are awarded or running.
func running(q *gorm.DB, codes []string) (map[string]int, error) {
	out := map[string]int{}
	for some := range slices.Chunk(codes, 500) {
		var rows []struct {
			CreditCode string
			N          int
		}
		err := q.Table("bids").Joins("JOIN challenges AS c ON c.id = bids.challenge_id AND c.nth = bids.nth").Joins("JOIN organizations AS o ON o.id = bids.owner_id").
			Where("bids.state = ? AND c.state IN ? AND o.credit_code IN ?", BidWon, []State{Awarded, Running}, db.Among(some)).
			Select("o.credit_code, COUNT(*) AS n").Group("o.credit_code").Find(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.CreditCode] += r.N
		}
	}
	return out, nil
}
