// Package commissions keeps what brokers have earned: which contracts were led to by an introduction under their mandate, be it by the deal or
// around it, and what falls due of each payment on them. It follows what is filed and paid; mandates says who acts for whom, and contracts what
// was agreed and received.
package commissions

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/control"
	"jiebang/internal/db"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/mandates"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// ClaimState is where a claim stands: flagged, until the principal accepts or rejects it; one that came of the deal is accepted from the start.
type ClaimState string

// The states of a claim.
const (
	Flagged  ClaimState = "flagged"
	Accepted ClaimState = "accepted"
	Rejected ClaimState = "rejected"
)

// ClaimStates are all states, in their order.
var ClaimStates = []ClaimState{Flagged, Accepted, Rejected}

// ClaimWays are all ways of a claim.
var ClaimWays = work.Ways[ClaimState]{
	{Operation: "acceptClaim", Action: policy.ClaimAnswer, Text: fault.Text{ZH: "委托方认可", EN: "accepted"}, From: []ClaimState{Flagged, Rejected}, To: Accepted},
	{Operation: "rejectClaim", Action: policy.ClaimAnswer, Text: fault.Text{ZH: "委托方不予认可", EN: "rejected"}, From: []ClaimState{Flagged}, To: Rejected},
}

// Claim says that a contract was led to by an introduction under a mandate: of the same two, or of companies that they control, about the same,
// signed before the mandate's tail ended.
type Claim struct {
	work.Head
	State          ClaimState
	MandateID      uuid.UUID
	IntroductionID uuid.UUID
	ContractID     uuid.UUID
	PrincipalID    uuid.UUID
	ByDeal         bool // the contract came of the introduction's own deal; else it was filed around it
	AnsweredBy     *uuid.UUID
	AnsweredAt     *time.Time
	Reason         string // why it was rejected
}

func (Claim) TableName() string { return "commission_claims" }
func (*Claim) Noun() string     { return "claim" }

// Facts: it is the principal's to answer.
func (c *Claim) Facts() policy.Facts { return policy.Facts{Owner: c.PrincipalID} }

// FactsIn adds the brokers.
func (c *Claim) FactsIn(q *gorm.DB, _ policy.Action) (policy.Facts, error) {
	f := c.Facts()
	var err error
	f.Agents, err = mandates.Agents(q, c.MandateID)
	return f, err
}

// Accept is the principal's word that the broker led to the contract.
func (c *Claim) Accept(by uuid.UUID, now time.Time) error {
	if err := ClaimWays.Take(&c.State, "acceptClaim"); err != nil {
		return err
	}
	c.AnsweredBy, c.AnsweredAt, c.Reason = &by, &now, ""
	return nil
}

// Reject is the principal's word that they did not, with a reason that they read.
func (c *Claim) Reject(by uuid.UUID, now time.Time, reason string) error {
	var bad fault.Fields
	bad.Length(strings.TrimSpace(reason), "/reason", 2, 1000)
	if err := bad.Err(); err != nil {
		return err
	}
	if err := ClaimWays.Take(&c.State, "rejectClaim"); err != nil {
		return err
	}
	c.AnsweredBy, c.AnsweredAt, c.Reason = &by, &now, reason
	return nil
}

// claimFound names the Change that tells both sides of a contract that was found.
const claimFound work.Deed = "claim.found"

// underMandate is the column's side of who is a broker.
const underMandate = "mandate_id IN (SELECT b.mandate_id FROM mandate_brokers b WHERE b.account_id IN ?)"

// claims is how claims are read and written.
var claims = work.Records[Claim, *Claim, ClaimView]{
	Read: policy.ClaimRead, Show: showClaims, Joined: true,
	Columns: work.Columns{string(policy.Member): "principal_id IN ?", string(policy.Agent): underMandate},
	Acts: []work.Act[*Claim, ClaimView]{
		{Operation: "acceptClaim", Action: policy.ClaimAnswer, When: func(c *Claim, _ *ClaimView) error { return c.Accept(uuid.Nil, time.Time{}) }},
		{Operation: "rejectClaim", Action: policy.ClaimAnswer, When: func(c *Claim, _ *ClaimView) error { return c.Reject(uuid.Nil, time.Time{}, "……") }},
	},
}

// ClaimView is a claim with what it is about.
type ClaimView struct {
	Claim
	Principal orgs.Ref
	Contract  contracts.Brief
	work.Acts
}

// ClaimAnswer is the outcome of a use case that changed a claim.
type ClaimAnswer = work.Answer[ClaimView]

func showClaims(q *gorm.DB, reader policy.Actor, rows []Claim) ([]ClaimView, error) {
	standings, ids := make([]orgs.Standing, len(rows)), make([]uuid.UUID, len(rows))
	for i, c := range rows {
		standings[i], ids[i] = orgs.Standing{Organization: c.PrincipalID}, c.ContractID
	}
	names, err := orgs.Shown(q, reader, standings)
	if err != nil {
		return nil, err
	}
	about, err := contracts.Briefs(q, ids)
	out := make([]ClaimView, len(rows))
	for i, c := range rows {
		out[i] = ClaimView{Claim: c, Principal: names[i], Contract: about[c.ContractID]}
	}
	return out, err
}

// find looks up which introductions under mandates led to a contract that is filed, and claims it for each mandate once.
func find(tx *work.Tx, c *contracts.Contract) error {
	sellers, buyers, err := behind(tx.DB, c)
	if err != nil || len(sellers) == 0 || len(buyers) == 0 {
		return err
	}
	made, err := deals.UnderMandates(tx.DB, sellers, buyers)
	if err != nil || len(made) == 0 {
		return err
	}
	ids := make([]uuid.UUID, len(made))
	for i := range made {
		ids[i] = *made[i].MandateID
	}
	known, err := mandates.ByID(tx.DB, ids)
	if err != nil {
		return err
	}
	var there []uuid.UUID
	if err := tx.Model(&Claim{}).Where("contract_id = ?", c.ID).Pluck("mandate_id", &there).Error; err != nil {
		return err
	}
	slices.SortStableFunc(made, func(a, b deals.Introduction) int { // that of the contract's own deal first
		return rank(&a, c) - rank(&b, c)
	})
	for i := range made {
		in, m := &made[i], known[*made[i].MandateID]
		if slices.Contains(there, m.ID) || !leads(in, &m, c) {
			continue
		}
		there = append(there, m.ID)
		claim := &Claim{
			Head: tx.NewHead(), State: Flagged, MandateID: m.ID, IntroductionID: in.ID, ContractID: c.ID, PrincipalID: m.PrincipalID, ByDeal: rank(in, c) == 0,
		}
		if claim.ByDeal {
			claim.State = Accepted
		}
		if err := work.Insert(tx, claimFound, claim); err != nil {
			return err
		}
	}
	return nil
}

func rank(in *deals.Introduction, c *contracts.Contract) int {
	if c.DealID != nil && in.DealID != nil && *c.DealID == *in.DealID {
		return 0
	}
	return 1
}

// leads tells whether an introduction led to a contract: it was made by the day of signing, which the tail of its mandate reaches, and the contract
// is about nothing else.
func leads(in *deals.Introduction, m *mandates.Mandate, c *contracts.Contract) bool {
	other := func(mine, theirs *uuid.UUID) bool { return mine != nil && theirs != nil && *mine != *theirs }
	return !when.DayOf(in.CreatedAt).After(c.Terms.SignedOn) && !c.Terms.SignedOn.After(m.TailEnds()) && in.State != deals.Withdrawn &&
		!other(in.ResultID, c.ResultID) && !other(in.NeedID, c.NeedID)
}

// behind are the organizations here that are sellers of a contract, or its buyers, or that controlled one of them on the day it was signed. Where
// there is more control around them than one question looks at, they are the parties themselves: what is found around a broker is then less,
// and the contracts that come after it are not held up.
func behind(q *gorm.DB, c *contracts.Contract) (sellers, buyers []uuid.UUID, err error) {
	sides := [2][]contracts.Party{c.Terms.Sellers, c.Terms.Buyers}
	var named [2][]string
	for i, parties := range sides {
		for _, p := range parties {
			if _, err := codes.CreditCode(p.CreditCode); err == nil {
				named[i] = append(named[i], p.CreditCode)
			}
		}
	}
	of := append(slices.Clone(named[0]), named[1]...)
	hands, err := control.Hands(q, of, c.Terms.SignedOn)
	if fault.ControlTooWide.Of(err) {
		slog.Warn("whoever controls the parties of a contract is not looked for: there are too many links", "contract", c.ID)
		hands = make(map[string][]string, len(of))
		for _, code := range of {
			hands[code] = []string{code}
		}
	} else if err != nil {
		return nil, nil, err
	}
	found, err := orgs.WithCreditCodes(q, slices.Concat(slices.Collect(maps.Values(hands))...))
	if err != nil {
		return nil, nil, err
	}
	var out [2][]uuid.UUID
	for i, parties := range sides {
		for _, p := range parties {
			if p.OrganizationID != nil {
				out[i] = append(out[i], *p.OrganizationID)
			}
		}
		for _, code := range named[i] {
			for _, hand := range hands[code] {
				if id, here := found[hand]; here && !slices.Contains(out[i], id) {
					out[i] = append(out[i], id)
				}
			}
		}
	}
	return out[0], out[1], nil
}

// AcceptClaim is the principal's word that the broker led to the contract; what was paid on it falls due at once.
func (s *Service) AcceptClaim(ctx context.Context, call work.Call, id uuid.UUID, version int64) (ClaimAnswer, error) {
	return claims.Do(ctx, s.unit, call, func(tx *work.Tx) (*Claim, error) {
		c, err := work.Load[Claim](tx.DB, id)
		if err != nil {
			return nil, err
		}
		about, err := work.Load[contracts.Contract](db.ForUpdate(tx.DB), c.ContractID) // as whoever reckons does
		if err != nil {
			return nil, err
		}
		if c, err = work.Load[Claim](db.ForUpdate(tx.DB), id); err != nil {
			return nil, err
		}
		if err := work.Change(tx, c, version, policy.ClaimAnswer, func() error { return c.Accept(call.Actor.Account, tx.Now) }); err != nil {
			return nil, err
		}
		return c, reckon(tx, about)
	})
}

// RejectClaim is the principal's word that the broker did not lead to the contract, with a reason.
func (s *Service) RejectClaim(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (ClaimAnswer, error) {
	return claims.Change(ctx, s.unit, call, id, version, policy.ClaimAnswer, func(tx *work.Tx, c *Claim) error {
		return c.Reject(call.Actor.Account, tx.Now, reason)
	})
}

// GetClaim reads one claim; by its principal, its brokers and operators.
func (s *Service) GetClaim(ctx context.Context, reader policy.Actor, id uuid.UUID) (ClaimView, error) {
	return claims.Get(ctx, s.unit, reader, id)
}

// ClaimFilter narrows a list of claims; empty fields do not.
type ClaimFilter struct {
	Mandate  uuid.UUID  `query:"mandate_id" where:"mandate_id = ?" of:"mandates"`
	Contract uuid.UUID  `query:"contract_id" where:"contract_id = ?" of:"contracts"`
	State    ClaimState `query:"state" where:"state = ?"`
}

// ListClaims lists the claims that the reader may know of, the newest first.
func (s *Service) ListClaims(ctx context.Context, reader policy.Actor, f ClaimFilter, p db.Paging) (db.Page[ClaimView], error) {
	return claims.List(ctx, s.unit, reader, f, p)
}

// Led is a contract that a broker led to, with the shares of their mandate's brokers and which of these is theirs.
type Led struct {
	ContractID uuid.UUID
	Shares     []int
	Own        int // the place of theirs
}

// WasLed tells whether a broker led to a contract, as the principal accepts.
func WasLed(q *gorm.DB, contract uuid.UUID) (bool, error) {
	var n int64
	err := q.Session(&gorm.Session{NewDB: true}).Model(&Claim{}).Where("contract_id = ? AND state = ?", contract, Accepted).Count(&n).Error
	return n > 0, err
}

// LedBy reads the contracts that a broker led to by claims that were accepted, each once: where they have it under several mandates, by the one of their
// largest share.
func LedBy(q *gorm.DB, broker uuid.UUID) ([]Led, error) {
	var rows []Claim
	err := q.Session(&gorm.Session{NewDB: true}).Where("state = ? AND "+underMandate, Accepted, []uuid.UUID{broker}).Order("contract_id, id").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(rows))
	for i := range rows {
		ids[i] = rows[i].MandateID
	}
	brokers, err := mandates.BrokersOf(q, ids)
	var out []Led
	for _, c := range rows {
		of := brokers[c.MandateID]
		l := Led{c.ContractID, sharesOf(of), slices.IndexFunc(of, func(b mandates.Broker) bool { return b.AccountID == broker })}
		switch last := len(out) - 1; {
		case l.Own < 0:
		case last < 0 || out[last].ContractID != l.ContractID:
			out = append(out, l)
		case l.Shares[l.Own] > out[last].Shares[out[last].Own]:
			out[last] = l
		}
	}
	return out, err
}
