package deals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/files"
	"jiebang/internal/kinds"
	"jiebang/internal/notices"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/text"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// PriceView is how what was shown of a deal's price stands, as its reader may know it: the demander's side and brokers the state and the days, and nothing
// that the unit shows to its own members alone.
type PriceView struct {
	Standing
	Told bool // the price itself is told, with where and how it was shown
}

// mayPrice tells whether the price of a deal may be shown or recorded now, or, of a notice that is held, whether it may be taken back.
func (v *DealView) mayPrice(back bool) error {
	switch {
	case v.Pricing == nil:
		return fault.PriceNotAsked.New()
	case back != v.Pricing.Held:
		return fault.WrongState.New()
	case back:
		return nil
	}
	return v.Deal.mayPrice(true)
}

// subject is what a notice of its price is about.
func (d *Deal) subject() kinds.Subject {
	return kinds.Subject{Kind: d.Noun(), ID: d.ID, Title: d.ResultTitle}
}

// standingsOf tells how the prices of those deals stand that the rule is about, whoever asks: in a fixed number of queries.
func standingsOf(q *gorm.DB, rows []Deal) (map[uuid.UUID]Standing, error) {
	q = q.Session(&gorm.Session{}) // several statements of one handle
	var suppliers []uuid.UUID
	for _, d := range rows {
		if d.ResultID != nil {
			suppliers = append(suppliers, d.SupplierID)
		}
	}
	public, err := orgs.PublicInstitutions(q, suppliers)
	if err != nil {
		return nil, err
	}
	var ids, about []uuid.UUID
	for _, d := range rows {
		if d.pricedFor(public[d.SupplierID]) {
			ids, about = append(ids, d.ID), append(about, *d.ResultID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var lines []Price
	if err := q.Where("deal_id IN ?", db.Among(ids)).Order("id").Find(&lines).Error; err != nil {
		return nil, err
	}
	of := make(map[uuid.UUID][]Price, len(ids))
	for _, l := range lines {
		of[l.DealID] = append(of[l.DealID], l)
	}
	held, err := notices.SettledAll(q, (*Deal)(nil).Noun(), ids)
	if err != nil {
		return nil, err
	}
	named, err := results.ByIDs(q, about)
	if err != nil {
		return nil, err
	}
	titles := make(map[uuid.UUID]string, len(named))
	for _, r := range named {
		titles[r.ID] = r.Title
	}
	out := make(map[uuid.UUID]Standing, len(ids))
	for _, d := range rows {
		if d.pricedFor(public[d.SupplierID]) {
			out[d.ID] = stand(of[d.ID], held[d.ID], titles[*d.ResultID], db.DayOf(q))
		}
	}
	return out, nil
}

// pricesOf tells a reader how prices stand, by the ids of the deals that the rule is about.
func pricesOf(q *gorm.DB, reader policy.Actor, rows []Deal) (map[uuid.UUID]*PriceView, error) {
	found, err := standingsOf(q, rows)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	out := make(map[uuid.UUID]*PriceView, len(found))
	for _, d := range rows {
		s, needed := found[d.ID]
		if !needed {
			continue
		}
		v := &PriceView{Standing: s, Told: policy.Allowed(reader, policy.DealPriceRead, d.Facts())}
		if !v.Told {
			v.Price, v.Open = nil, 0
		}
		out[d.ID] = v
	}
	return out, nil
}

// priceOf is how the price of one deal stands, and whether the rule is about it.
func priceOf(q *gorm.DB, d *Deal) (Standing, bool, error) {
	found, err := standingsOf(q, []Deal{*d})
	s, needed := found[d.ID]
	return s, needed, err
}

// MaySign refuses a contract made from a deal whose price was not shown as it must be: the one place where that is decided. It joins the
// transaction of whoever files the contract, or gives it other terms.
func MaySign(tx *work.Tx, deal uuid.UUID, c Signing) error {
	d, err := work.Load[Deal](tx.DB, deal)
	if err != nil {
		return err
	}
	return maySign(tx.DB, d, c)
}

func maySign(q *gorm.DB, d *Deal, c Signing) error {
	if !c.moves() {
		return nil
	}
	s, needed, err := priceOf(q, d)
	if err != nil || !needed {
		return err
	}
	return s.allows(c)
}

// price runs a use case about the price of a deal: by the supplier's side.
func (s *Service) price(ctx context.Context, call work.Call, id uuid.UUID, version int64, action policy.Action, method func(tx *work.Tx, d *Deal) (string, error)) (DealAnswer, error) {
	return deals.Change(ctx, s.unit, call, id, version, action, func(tx *work.Tx, d *Deal) error {
		if err := d.stands(tx.DB); err != nil {
			return err
		}
		public, err := orgs.PublicInstitutions(tx.DB, []uuid.UUID{d.SupplierID})
		if err != nil {
			return err
		}
		if err := d.mayPrice(d.pricedFor(public[d.SupplierID])); err != nil {
			return err
		}
		said, err := method(tx, d)
		if err != nil {
			return err
		}
		return note(tx, d, StepPriced, Supplier, said)
	})
}

// OpenPriceNotice shows the proposed price to the supplier's own members for a period (在本单位公示).
func (s *Service) OpenPriceNotice(ctx context.Context, call work.Call, id uuid.UUID, version int64, in PriceNotice) (DealAnswer, error) {
	return s.price(ctx, call, id, version, policy.DealPriceOpen, func(tx *work.Tx, d *Deal) (string, error) {
		in := in // the transaction may run twice
		if err := in.check(); err != nil {
			return "", err
		}
		p, err := d.line(tx, in.Way)
		if err != nil {
			return "", err
		}
		p.Mode, p.Amount = ByAgreement, in.Amount
		n, err := d.show(tx, p, in)
		if err != nil {
			return "", err
		}
		p.NoticeID = &n.ID
		return fmt.Sprintf("供给方公示拟定价格，公示期至 %s（含当日）。", n.LastDay), p.keep(tx, policy.DealPriceOpen)
	})
}

// mostOfTitle is how much of a result's title stands in that of its notice, which has a bound of its own.
const mostOfTitle = 150

// show opens the notice. It names the result and the price, as the law asks, and not who pays it; but that side's people handle no objection.
func (d *Deal) show(tx *work.Tx, p *Price, in PriceNotice) (*notices.Notice, error) {
	way := p.Way.Text().ZH
	demander, err := work.Load[orgs.Organization](tx.DB, d.DemanderID)
	if err != nil {
		return nil, err
	}
	ties, err := orgs.TiesTo(tx.DB, demander)
	if err != nil {
		return nil, err
	}
	about := d.subject()
	about.Title = p.ResultTitle
	said := in.Text
	if said == "" {
		said = fmt.Sprintf("拟以协议定价方式%s下列科技成果，依照《促进科技成果转化法》第十八条在本单位公示成果名称与拟定价格。对公示有异议的，请在公示期内提出。", way)
	}
	return notices.Open(tx, about, notices.Input{
		Title: fmt.Sprintf("“%s”拟%s价格公示", text.Clip(p.ResultTitle, mostOfTitle), way), Text: said, Contact: in.Contact,
		Lines:  []notices.Line{{Name: p.ResultTitle, What: "协议定价，拟" + way, Amount: &p.Amount}},
		Period: notices.Lawful(in.Days), Concealed: ties, Audience: d.SupplierID,
	})
}

// line is a new line about the price of a deal, with what the result is called now.
func (d *Deal) line(tx *work.Tx, way PriceWay) (*Price, error) {
	r, err := work.Load[results.Result](tx.DB, *d.ResultID)
	if err != nil {
		return nil, err
	}
	return &Price{ID: work.NewID(), DealID: d.ID, Way: way, ResultTitle: r.Title, RecordedBy: tx.Call.Actor.Account, CreatedAt: tx.Now}, nil
}

// keep adds a line, and leaves what it says in the audit trail.
func (p *Price) keep(tx *work.Tx, action policy.Action) error {
	if err := tx.Create(p).Error; err != nil {
		return err
	}
	return tx.Record(work.Did(action), work.Ref{Noun: "deal_price", ID: p.ID, Version: 1}, nil, p)
}

// RecordPrice keeps that the price was shown elsewhere, or was found on a market or in an auction, with its evidence.
func (s *Service) RecordPrice(ctx context.Context, call work.Call, id uuid.UUID, version int64, in PriceRecord) (DealAnswer, error) {
	return s.price(ctx, call, id, version, policy.DealPriceRecord, func(tx *work.Tx, d *Deal) (string, error) {
		if err := in.check(when.DayOf(tx.Now)); err != nil {
			return "", err
		}
		if in.File != nil {
			if there, err := files.HangsOn(tx.DB, *in.File, work.RefOf(d)); err != nil {
				return "", err
			} else if !there {
				return "", fault.InvalidInput.At("/file_id", fault.UnknownRecord, "本项目没有这个附件，请先上传", "The deal has no such file; upload it first")
			}
		}
		held, err := notices.SettledAll(tx.DB, d.Noun(), []uuid.UUID{d.ID})
		if err != nil {
			return "", err
		}
		if err := in.free(held[d.ID]); err != nil {
			return "", err
		}
		p, err := d.line(tx, in.Way)
		if err != nil {
			return "", err
		}
		p.Mode, p.Amount, p.FirstDay, p.LastDay, p.Place, p.Number, p.Evidence, p.FileID = in.Mode, in.Amount, in.FirstDay, in.LastDay, in.Place, in.Number, in.Evidence, in.File
		return "供给方记录了定价依据。", p.keep(tx, policy.DealPriceRecord)
	})
}

// evidence tells until when a file must have been hung on a deal to stay: until the latest that was given as the evidence of its price, or either
// side could take that off again. What was hung before that stays with it; nothing is hidden.
func evidence(q *gorm.DB, _ policy.Actor, r work.Record) (handed, seen time.Time, err error) {
	var times []time.Time
	err = q.Session(&gorm.Session{NewDB: true}).Model(&Price{}).Where("deal_id = ? AND file_id IS NOT NULL", r.Base().ID).Order("id DESC").Limit(1).Pluck("created_at", &times).Error
	if err == nil && len(times) > 0 {
		handed = times[0]
	}
	return handed, time.Time{}, err
}

// WithdrawPriceNotice takes the notice back that runs, with a reason that its readers see.
func (s *Service) WithdrawPriceNotice(ctx context.Context, call work.Call, id uuid.UUID, version int64, reason string) (DealAnswer, error) {
	return deals.Change(ctx, s.unit, call, id, version, policy.DealPriceWithdraw, func(tx *work.Tx, d *Deal) error {
		held, err := notices.SettledAll(tx.DB, d.Noun(), []uuid.UUID{d.ID}) // also where the rule does not ask for one any more
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(held[d.ID], func(s notices.Settlement) bool { return s.Notice.State == notices.Running }) {
			return fault.WrongState.Because("没有进行中的价格公示。", "No notice of the price is running.")
		}
		if err := notices.Withdraw(tx, d.subject(), reason); err != nil {
			return err
		}
		return note(tx, d, StepPriced, Supplier, "供给方撤回价格公示。")
	})
}
