package indicators

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
)

// What came of results and needs is read from the tables of those that lead it on, read-only: of one year's records, each looked up by itself.

// funnelKinds are what the funnel counts: a result that is on offer, and a need that is asked about.
var funnelKinds = []string{"result", "need"}

var funnelWords = fault.Words[string]{"result": {ZH: "科技成果", EN: "Results"}, "need": {ZH: "技术需求", EN: "Needs"}}

// reached is how many records of a kind, month, chain and kind of organization have this for their furthest step.
type reached struct {
	Kind, Chain, OrganizationKind string
	Nth                           int // months after January
	Step                          int
	N                             int64
}

// The furthest step of a record r: what is looked at first is furthest. In brackets [of] names the column by which things are about it.
const (
	wasPaid = `(SELECT COALESCE(SUM(CASE WHEN p.reverses IS NULL THEN p.amount ELSE -p.amount END), 0) FROM contract_payments AS p
		WHERE p.contract_id = c.id AND p.created_at < @until) > 0`
	wasRegistered = `(SELECT COALESCE(SUM(e.contracts), 0) FROM ledger_entries AS e WHERE e.contract_id = c.id AND e.recorded_on <= @on) > 0`
	wasFiled      = `EXISTS (SELECT 1 FROM contract_applications AS a WHERE a.contract_id = c.id AND a.filed_on <= @on)`
	// A contract is about a record when it came of a deal about it; a broker's are those that the principal accepts that they led to.
	contractOf    = `EXISTS (SELECT 1 FROM contracts AS c WHERE c.[of] = r.id AND `
	contractByOne = `EXISTS (SELECT 1 FROM introductions AS i JOIN commission_claims AS l ON l.introduction_id = i.id AND l.state = 'accepted' JOIN contracts AS c ON c.id = l.contract_id
		WHERE i.[of] = r.id AND i.mandate_id IN [mine] AND `
	mine = `(SELECT b.mandate_id FROM mandate_brokers AS b WHERE b.account_id = @broker)`
)

// funnelQuery counts the records of one kind.
func (f *Funnel) funnelQuery(kind string) string {
	contract, under, only := contractOf, "", ""
	if f.Broker != uuid.Nil {
		contract, under = contractByOne, " AND [x].mandate_id IN [mine]"
		only = " AND r.id IN (SELECT i.[of] FROM introductions AS i JOIN mandate_brokers AS b ON b.mandate_id = i.mandate_id WHERE b.account_id = @broker AND i.[of] IS NOT NULL AND i.created_at < @until)"
	}
	if f.Chain != "" {
		only += " AND r.chains ->> 0 = @chain"
	}
	if f.OrganizationKind != "" {
		only += " AND o.kind = @owner"
	}
	of := func(alias string) string { return strings.ReplaceAll(under, "[x]", alias) }
	month := make([]string, 12)
	for i := range month {
		month[i] = fmt.Sprintf("WHEN COALESCE(r.published_at, r.created_at) < @m%d THEN %[1]d", i)
	}
	text := `SELECT f.nth, f.chain, f.organization_kind, f.step, COUNT(*) AS n FROM (SELECT
		CASE ` + strings.Join(month, " ") + ` END AS nth, COALESCE(r.chains ->> 0, '') AS chain, o.kind AS organization_kind,
		CASE WHEN ` + contract + wasRegistered + ` AND ` + wasPaid + `) THEN 7
		WHEN ` + contract + wasRegistered + `) THEN 6
		WHEN ` + contract + wasFiled + `) THEN 5
		WHEN EXISTS (SELECT 1 FROM deals AS d WHERE d.[of] = r.id AND d.created_at < @until` + of("d") + `) THEN 4
		WHEN EXISTS (SELECT 1 FROM introductions AS i WHERE i.[of] = r.id AND i.answered_at < @until` + of("i") + `) THEN 3
		WHEN EXISTS (SELECT 1 FROM introductions AS i WHERE i.[of] = r.id AND i.created_at < @until` + of("i") + `) THEN 2
		WHEN EXISTS (SELECT 1 FROM standing_matches AS s JOIN standing_runs AS u ON u.id = s.run_id WHERE s.first_id = r.id AND u.at < @until)
			OR EXISTS (SELECT 1 FROM standing_matches AS s JOIN standing_runs AS u ON u.id = s.run_id WHERE s.second_id = r.id AND u.at < @until) THEN 1
		ELSE 0 END AS step
		FROM ` + kind + `s AS r JOIN organizations AS o ON o.id = r.owner_id
		WHERE COALESCE(r.published_at, r.created_at) >= @from AND COALESCE(r.published_at, r.created_at) < @to AND r.published_at IS NOT NULL` + only + `) AS f
		GROUP BY f.nth, f.chain, f.organization_kind, f.step`
	return strings.NewReplacer("[of]", kind+"_id", "[mine]", mine).Replace(text)
}

// count reads what came of the year's records, until the end of the day.
func (f *Funnel) count(q *gorm.DB) ([]reached, error) {
	first := yearStart(f.Year).Month()
	args := map[string]any{"broker": f.Broker, "chain": f.Chain, "owner": f.OrganizationKind, "on": f.AsOf, "until": f.AsOf.End(), "from": first.First().Start()}
	for i := range 12 {
		args[fmt.Sprint("m", i)] = first.AddMonths(i).Last().End()
	}
	to := first.AddMonths(11).Last()
	if f.AsOf.Before(to) {
		to = f.AsOf
	}
	args["to"] = to.End()
	var out []reached
	for _, kind := range funnelKinds {
		if f.Kind != "" && f.Kind != kind {
			continue
		}
		var rows []reached
		if err := q.Raw(f.funnelQuery(kind), args).Scan(&rows).Error; err != nil {
			return nil, err
		}
		for _, r := range rows {
			r.Kind = kind
			out = append(out, r)
		}
	}
	return out, nil
}
