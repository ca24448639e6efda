package deals

import (
	"jiebang/api/wire"
	"jiebang/internal/deals"
)

func priceNotice(b *wire.PriceNoticeInput) (deals.PriceNotice, error) {
	amount, err := wire.Fen(b.Price, "/price")
	return deals.PriceNotice{Way: deals.PriceWay(b.Way), Amount: amount, Days: wire.Value(b.Days), Text: wire.Value(b.Text), Contact: wire.Value(b.Contact)}, err
}

func priceRecord(b *wire.PriceRecordInput) (deals.PriceRecord, error) {
	amount, err := wire.Fen(b.Price, "/price")
	return deals.PriceRecord{
		Mode: deals.PriceMode(b.Mode), Way: deals.PriceWay(b.Way), Amount: amount, FirstDay: wire.OptionalDay(b.FirstDay), LastDay: wire.DayOf(b.LastDay),
		Place: b.Place, Number: wire.Value(b.Number), Evidence: wire.Value(b.Evidence), File: b.FileId,
	}, err
}

func writtenPricing(v *deals.PriceView) *wire.DealPricing {
	if v == nil {
		return nil
	}
	w := &wire.DealPricing{
		State: wire.PriceState(v.State), StateName: wire.Some(v.State.Text().ZH),
		FirstDay: wire.OptionalDate(v.FirstDay), LastDay: wire.OptionalDate(v.LastDay), SignFrom: wire.OptionalDate(v.From),
	}
	if !v.Told {
		return w
	}
	w.OpenObjections = &v.Open
	if p := v.Price; p != nil {
		w.Mode, w.Way, w.Price, w.ShownTitle = wire.Some(wire.PriceMode(p.Mode)), wire.Some(wire.PriceWay(p.Way)), wire.Ptr(wire.MoneyOf(p.Amount)), &p.ResultTitle
		w.NoticeId, w.Place, w.Number, w.Evidence, w.FileId = p.NoticeID, wire.Some(p.Place), wire.Some(p.Number), wire.Some(p.Evidence), p.FileID
	}
	return w
}
