// Package deals decides how two organizations come together: the introduction that one proposes and the other answers, and the
// deal that follows from one, or from the award of a challenge, stage by stage, until a contract is signed or it is lost. It shows each side how to reach the other by
// consent only. What results, teams and needs say belongs to their packages, and the contract itself to contracts.
package deals

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/notices"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// deals is how deals are read and written.
var deals = work.Records[Deal, *Deal, DealView]{
	Read: policy.DealRead, Show: showDeals, Joined: true,
	Columns: work.Columns{string(policy.Member): "supplier_id IN ?", string(policy.Counterpart): "demander_id IN ?", string(policy.Agent): underMandate},
	Orders: []db.Order[Deal]{
		db.Newest(func(d *Deal) uuid.UUID { return d.ID }),
		db.Updated(func(d *Deal) (time.Time, uuid.UUID) { return d.UpdatedAt, d.ID }),
	},
	Acts: []work.Act[*Deal, DealView]{
		{Operation: "advanceDeal", Action: policy.DealAdvance, When: func(d *Deal, _ *DealView) error { return d.underWay() }, Asks: func(q *gorm.DB, d *Deal) error { return d.stands(q) }},
		{Operation: "revertDeal", Action: policy.DealRevert, When: func(d *Deal, _ *DealView) error { return d.Revert(StageLead, "……") }},
		{Operation: "noteDeal", Action: policy.DealNote},
		{Operation: "openPriceNotice", Action: policy.DealPriceOpen, When: func(d *Deal, v *DealView) error { return v.mayPrice(false) }, Asks: func(q *gorm.DB, d *Deal) error { return d.stands(q) }},
		{Operation: "recordPrice", Action: policy.DealPriceRecord, When: func(d *Deal, v *DealView) error { return v.mayPrice(false) }, Asks: func(q *gorm.DB, d *Deal) error { return d.stands(q) }},
		{Operation: "withdrawPriceNotice", Action: policy.DealPriceWithdraw, When: func(d *Deal, v *DealView) error { return v.mayPrice(true) }},
	},
}

// Kind is how deals are known to what hangs on records of any kind.
var Kind = kinds.Of(deals, kinds.Kind{
	ZH: "撮合项目", Path: "/v1/deals", Inner: policy.DealRead, Edit: policy.DealAdvance,
	Hangs:  func(r work.Record, public bool) error { return r.(*Deal).MayHang(public) },
	Handed: evidence,
})

type (
	// DealAnswer is the outcome of a use case that changed a deal.
	DealAnswer = work.Answer[DealView]
	// Service runs the use cases about introductions and deals.
	Service struct{ unit *work.Unit }
)

func New(unit *work.Unit) *Service {
	unit.Knows("deals", fault.UnknownRecord, deals.Known)
	return &Service{unit}
}

// underMandate is the column's side of who is a broker of it.
const underMandate = "mandate_id IN (SELECT b.mandate_id FROM mandate_brokers b WHERE b.account_id IN ?)"

// opened names a deal's beginning: nobody opens a deal by itself, so there is no action to ask policy about.
const opened work.Deed = "deal.open"

// What the log says where no person writes the note.
const (
	noteOpened     = "对接获同意，建立撮合项目。"
	noteAwarded    = "揭榜挂帅榜题确定中榜方，建立撮合项目。"
	noteContracted = "技术合同已提交登记。"
	noteReopened   = "技术合同未予登记，可修改后另行提交。"
)

// dealOf is the deal that an introduction leads to when it is accepted.
func dealOf(tx *work.Tx, i *Introduction) (*Deal, error) {
	supplier, demander, err := roles(tx, i)
	if err != nil {
		return nil, err
	}
	return &Deal{
		Head: tx.NewHead(), Stage: StageLead, IntroductionID: &i.ID, SupplierID: supplier, DemanderID: demander,
		Subject: i.Subject, MandateID: i.MandateID,
	}, nil
}

// open enters a new deal, in the transaction that accepts its introduction, with the first line of its log.
func open(tx *work.Tx, d *Deal) error {
	if err := work.Insert(tx, opened, d); err != nil {
		return err
	}
	text := noteOpened
	if d.ChallengeID != nil {
		text = noteAwarded
	}
	return note(tx, d, StepOpened, d.SideOf(tx.Call.Actor), text)
}

// roles tells which side supplies: the owner of the result or team, or, where only a need is named, whoever offered to meet it.
func roles(tx *work.Tx, i *Introduction) (supplier, demander uuid.UUID, err error) {
	a, err := readAbout(tx.DB, Subject{ResultID: i.ResultID, TeamID: i.TeamID}) // a need tells nothing of it
	if err == nil && a.supplier() == i.ToID {
		return i.ToID, i.FromID, nil
	}
	return i.FromID, i.ToID, err
}

// note adds a line to the log: what was done, for which side, and the deal's stage as it is now.
func note(tx *work.Tx, d *Deal, kind StepKind, side Side, text string) error {
	s := Step{ID: work.NewID(), DealID: d.ID, Kind: kind, Stage: d.Stage, Side: side, Note: text, AccountID: tx.Call.Actor.Account, CreatedAt: tx.Now}
	return tx.Create(&s).Error
}

// Progress is a stage that a deal has reached, and what there is to say of it.
type Progress struct {
	Stage Stage
	Note  string
}

// Advance moves a deal one stage on, up to agreed, which takes both sides' word, or ends it as lost; by a member of either side.
func (s *Service) Advance(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Progress) (DealAnswer, error) {
	return deals.Change(ctx, s.unit, call, id, version, policy.DealAdvance, func(tx *work.Tx, d *Deal) error {
		if err := d.stands(tx.DB); err != nil {
			return err
		}
		side := d.SideOf(call.Actor)
		kind, err := d.Advance(side, call.Actor.Account, in.Stage, in.Note)
		if err != nil {
			return err
		}
		if kind == StepLost { // what is shown of its price is about nothing any more
			if err := notices.Withdraw(tx, d.subject(), "撮合项目已终止。"); err != nil {
				return err
			}
		}
		return note(tx, d, kind, side, in.Note)
	})
}

// Revert takes a deal back to an earlier stage, with the note as its reason; by a member of either side.
func (s *Service) Revert(ctx context.Context, call work.Call, id uuid.UUID, version int64, in Progress) (DealAnswer, error) {
	return deals.Change(ctx, s.unit, call, id, version, policy.DealRevert, func(tx *work.Tx, d *Deal) error {
		side := d.SideOf(call.Actor)
		if err := d.Revert(in.Stage, in.Note); err != nil {
			return err
		}
		return note(tx, d, StepReverted, side, in.Note)
	})
}

// AddNote adds a line to the log of a deal, in whatever stage; by a member of either side. It changes nothing, so it takes no version.
func (s *Service) AddNote(ctx context.Context, call work.Call, id uuid.UUID, text string) (DealAnswer, error) {
	return deals.Do(ctx, s.unit, call, func(tx *work.Tx) (*Deal, error) {
		d, err := work.Load[Deal](tx.DB, id)
		if err != nil {
			return nil, err
		}
		facts, err := d.FactsIn(tx.DB, policy.DealNote)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(call.Actor, policy.DealNote, facts); err != nil {
			return nil, err
		}
		var bad fault.Fields
		bad.Length(strings.TrimSpace(text), "/note", 1, 2000)
		if err := bad.Err(); err != nil {
			return nil, err
		}
		side := d.SideOf(call.Actor)
		if side == "" && slices.Contains(facts.Agents, call.Actor.Account) {
			side = ByBroker
		}
		if err := note(tx, d, StepNoted, side, text); err != nil {
			return nil, err
		}
		tx.Emit(work.Did(policy.DealNote), work.RefOf(d))
		return d, tx.Record(work.Did(policy.DealNote), work.RefOf(d), nil, map[string]string{"note": text})
	})
}

// LoadForContract reads, for another package's use case, the deal that a contract names, as far as the actor may know of it.
// Whether the contract's parties are the deal's is for the contract to check.
func LoadForContract(tx *work.Tx, id uuid.UUID) (*Deal, error) {
	return deals.Load(tx.DB, tx.Call.Actor, id)
}

// Contracted moves an agreed deal to its last stage, in the transaction that files its contract; between refuses a contract that is not
// one of its two sides, and a price that was not shown as it must be refuses it, too. Of two contracts that are filed at once for the same deal,
// the second is refused.
func Contracted(tx *work.Tx, deal, contract uuid.UUID, says Signing, between func(supplier, demander uuid.UUID) error) error {
	return follow(tx, deal, StepContracted, noteContracted, func(d *Deal) error {
		if err := between(d.SupplierID, d.DemanderID); err != nil {
			return err
		}
		if err := d.Sign(contract); err != nil {
			return err
		}
		return maySign(tx.DB, d, says)
	})
}

// Reopened brings a deal back to agreed when the registration of its contract was refused: the two sides may file another.
func Reopened(tx *work.Tx, deal uuid.UUID) error {
	return follow(tx, deal, StepReopened, noteReopened, (*Deal).Unsign)
}

// follow moves a deal because of its contract, and says so in its log.
func follow(tx *work.Tx, id uuid.UUID, kind StepKind, text string, method func(*Deal) error) error {
	d, err := work.Load[Deal](db.ForUpdate(tx.DB), id)
	if err != nil {
		return err
	}
	return work.Move(tx, d, work.Did(policy.DealAdvance), func() error {
		if err := method(d); err != nil {
			return err
		}
		return note(tx, d, kind, "", text)
	})
}

// GetDeal reads one deal with its log; by its two sides and the operator.
func (s *Service) GetDeal(ctx context.Context, reader policy.Actor, id uuid.UUID) (DealView, error) {
	return deals.Get(ctx, s.unit, reader, id)
}

// DealFilter asks for the deals of one organization, or of all to which the reader belongs, on either side; an empty stage does not narrow.
type DealFilter struct {
	Organization uuid.UUID `query:"organization_id" where:"(supplier_id = ? OR demander_id = ?)"`
	Stage        Stage     `query:"stage" where:"stage = ?"`
	Challenge    uuid.UUID `query:"challenge_id" where:"challenge_id = ?" of:"challenges"`
}

// ListDeals lists the deals of organizations that the reader belongs to, and of any for an operator.
func (s *Service) ListDeals(ctx context.Context, reader policy.Actor, f DealFilter, p db.Paging) (db.Page[DealView], error) {
	if f.Organization != uuid.Nil {
		if err := policy.Check(reader, policy.DealList, policy.Facts{Owner: f.Organization}); err != nil {
			return db.Page[DealView]{}, err
		}
		if err := orgs.CheckKnown(s.unit.Query(ctx), reader, f.Organization, "query:organization_id"); err != nil {
			return db.Page[DealView]{}, err
		}
	}
	return deals.List(ctx, s.unit, reader, f, p)
}
