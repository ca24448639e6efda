package indicators

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/internal/policy"
	"jiebang/internal/when"
)

// Involved is what came of registered contracts that a broker led to, in a year: an amount involved, and nobody's own turnover.
type Involved struct {
	Year  int
	Since int // the first year of what was too little by itself and counts here; 0: all is of the year itself
	ledger.Figures
}

// TrackRecord is what a broker's work came to. Nobody types it in: it is read from the ledger, for contracts that the principal accepts that they led to.
type TrackRecord struct {
	Full     bool // with amounts, as of today; otherwise numbers of contracts, until the end of a month
	AsOf     when.Day
	Years    []Involved
	Withheld bool // something of it is not told yet
}

// posting is an entry of the ledger as one of a broker's: from when on it is theirs.
type posting struct {
	Seq        int64
	ContractID uuid.UUID
	PostedOn   when.Day
	RecordedOn when.Day
	CreatedAt  time.Time  // of the claim, which is accepted from the start where the contract came of the deal
	AnsweredAt *time.Time // else by the principal
	Contracts  int64
	Turnover   money.Fen
	Technology money.Fen
}

// month is when it came to be the broker's: it was in the ledger, and the principal had accepted it.
func (p posting) month() when.Month {
	accepted := p.CreatedAt
	if p.AnsweredAt != nil {
		accepted = *p.AnsweredAt
	}
	if on := when.DayOf(accepted); on.After(p.RecordedOn) {
		return on.Month()
	}
	return p.RecordedOn.Month()
}

// TrackRecord reads what a broker's work came to: with amounts to that broker and to operators, and what is public of it to everybody else.
func (s *Service) TrackRecord(ctx context.Context, reader policy.Actor, broker uuid.UUID) (TrackRecord, error) {
	now := s.unit.Now()
	out := TrackRecord{Full: policy.Allowed(reader, policy.BrokerRecordFull, policy.Facts{Subject: broker}), AsOf: when.DayOf(now)}
	var rows []posting
	err := s.unit.Query(ctx).Raw(`SELECT e.seq, e.contract_id, e.posted_on, e.recorded_on, e.contracts, e.turnover, e.technology, l.answered_at, l.created_at
		FROM mandate_brokers AS b JOIN commission_claims AS l ON l.mandate_id = b.mandate_id AND l.state = 'accepted' JOIN ledger_entries AS e ON e.contract_id = l.contract_id
		WHERE b.account_id = ? ORDER BY e.seq, COALESCE(l.answered_at, l.created_at)`, broker).Scan(&rows).Error
	if err != nil {
		return out, err
	}
	rows = slices.CompactFunc(rows, func(a, b posting) bool { return a.Seq == b.Seq }) // led to under two mandates, it counts once
	if !out.Full {
		out.AsOf = ledger.Over(now).Last()
		out.Years, out.Withheld = released(rows, out.AsOf.Month())
		return out, nil
	}
	years := map[int]*Involved{}
	for _, p := range rows {
		add(years, p.PostedOn.Year(), p.PostedOn.Year(), p)
	}
	out.Years = inOrder(years)
	return out, nil
}

func add(years map[int]*Involved, year, since int, p posting) {
	y := years[year]
	if y == nil {
		y = &Involved{Year: year}
		years[year] = y
	}
	if since < year && (y.Since == 0 || since < y.Since) {
		y.Since = since
	}
	y.Figures = y.Plus(ledger.Figures{Contracts: p.Contracts, Turnover: p.Turnover, Technology: p.Technology})
}

func inOrder(years map[int]*Involved) (out []Involved) {
	for _, y := range years {
		out = append(out, *y)
	}
	slices.SortFunc(out, func(a, b Involved) int { return cmp.Compare(b.Year, a.Year) })
	return out
}

// released is what is public: at the end of a month what waits is told, all of it together and under one year, where it gains three contracts at the
// least or none, loses three or none, and leaves three or none in that year and in all. So whatever two figures are compared, by years or as of two
// months, they differ by three contracts or none.
func released(rows []posting, over when.Month) (out []Involved, waits bool) {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b posting) int { return a.month().Compare(b.month()) })
	years := map[int]*Involved{}
	var waiting []posting
	for i, p := range rows {
		if p.month().Compare(over) > 0 {
			break
		}
		waiting = append(waiting, p)
		if i+1 < len(rows) && rows[i+1].month() == p.month() {
			continue
		}
		if release(years, waiting) {
			waiting = nil
		}
	}
	return inOrder(years), len(waiting) > 0
}

// release adds what waits to what is told, if it may be told. What counts is what a contract comes to in all that waits: an amendment is no contract, and
// one that was registered and cancelled meanwhile is none either.
func release(years map[int]*Involved, waiting []posting) bool {
	net := map[uuid.UUID]int64{}
	for _, w := range waiting {
		net[w.ContractID] += w.Contracts
	}
	var gains, losses int64
	for _, n := range net {
		gains, losses = gains+max(n, 0), losses+max(-n, 0)
	}
	if !apart(gains) || !apart(losses) {
		return false
	}
	var first, last int
	for _, w := range waiting {
		if y := w.PostedOn.Year(); net[w.ContractID] != 0 {
			first, last = min(cmp.Or(first, y), y), max(last, y)
		}
	}
	if last == 0 { // it changes no number
		return true
	}
	all := gains - losses
	told := []int{last}
	for _, y := range inOrder(years) {
		if all += y.Contracts; gains == 0 && y.Year < last {
			told = append(told, y.Year) // what is lost may have been told in an earlier year
		}
	}
	under := slices.IndexFunc(told, func(year int) bool {
		var before int64
		if y := years[year]; y != nil {
			before = y.Contracts
		}
		return apart(before + gains - losses)
	})
	if under < 0 || !apart(all) {
		return false
	}
	for _, w := range waiting {
		add(years, told[under], first, w)
	}
	if years[told[under]].Contracts == 0 {
		delete(years, told[under])
	}
	return true
}
