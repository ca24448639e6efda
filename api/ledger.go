package api

import (
	"context"
	"net/url"

	"github.com/google/uuid"

	"jiebang/api/gen/ledger"
	"jiebang/api/gen/wire"
	"jiebang/internal/app"
	tradecodes "jiebang/internal/codes"
	"jiebang/internal/fault"
	domain "jiebang/internal/ledger"
)

type ledgerHandlers struct{ *app.App }

func (h ledgerHandlers) GetTurnover(ctx context.Context, r ledger.GetTurnoverRequestObject) (ledger.GetTurnoverResponseObject, error) {
	p := r.Params
	t, err := h.Ledger.Turnover(ctx, actorOf(ctx), domain.Query{
		From: dayOf(p.From), To: dayOf(p.To), By: domain.Period(valueOr(p.By, wire.GetTurnoverParamsBy(domain.Monthly))), GroupBy: domain.Dimension(text(p.GroupBy)),
		Scope: scope(p.Kind, p.Office, p.SellerRegion, p.BuyerRegion), AsOf: optionalDay(p.AsOf),
	})
	if err != nil {
		return nil, err
	}
	return ledger.GetTurnover200JSONResponse(wireTurnover(t)), nil
}

func (h ledgerHandlers) ListLedgerEntries(ctx context.Context, r ledger.ListLedgerEntriesRequestObject) (ledger.ListLedgerEntriesResponseObject, error) {
	p := r.Params
	group, err := groupInput(p.GroupBy, p.Group)
	if err != nil {
		return nil, err
	}
	filter := domain.Filter{
		ContractID: value(p.ContractId), PostedFrom: optionalDay(p.PostedFrom), PostedTo: optionalDay(p.PostedTo), RecordedTo: optionalDay(p.RecordedTo),
		Scope: scope(p.Kind, p.Office, p.SellerRegion, p.BuyerRegion), Group: group,
	}
	page, err := h.Ledger.Entries(ctx, actorOf(ctx), filter, paging(ctx, p.Limit, p.Cursor, filter))
	if err != nil {
		return nil, err
	}
	out := ledger.ListLedgerEntries200JSONResponse{Items: make([]wire.LedgerEntry, len(page.Items)), NextCursor: some(page.Next)}
	for i, e := range page.Items {
		out.Items[i] = wireLedgerEntry(e)
	}
	return out, nil
}

func (h ledgerHandlers) GetLedgerHead(ctx context.Context, _ ledger.GetLedgerHeadRequestObject) (ledger.GetLedgerHeadResponseObject, error) {
	head, err := h.Ledger.Head(ctx, actorOf(ctx))
	return ledger.GetLedgerHead200JSONResponse(wireHead(head)), err
}

// unknown stands for the empty value of a group, since a parameter cannot be empty.
const unknown = "unknown"

func scope(kind *wire.KindFilter, office *wire.OfficeFilter, seller, buyer *wire.RegionCode) domain.Scope {
	return domain.Scope{Kind: tradecodes.ContractKind(text(kind)), Office: text(office), SellerRegion: text(seller), BuyerRegion: text(buyer)}
}

func groupInput(by *wire.Dimension, group *string) (*domain.Group, error) {
	switch {
	case by == nil && group == nil:
		return nil, nil
	case by == nil:
		return nil, fault.InvalidInput.At("query:group_by", codeRequired, "与 group 同用 It goes together with group")
	case group == nil:
		return nil, fault.InvalidInput.At("query:group", codeRequired, "与 group_by 同用 It goes together with group_by")
	case *group == unknown:
		return &domain.Group{By: domain.Dimension(*by)}, nil
	}
	return &domain.Group{By: domain.Dimension(*by), Value: *group}, nil
}

// coverage goes with every figure, so that nobody takes it for more than it is.
const coverage = "在本平台认定登记的技术合同,按登记、变更与注销之日计入,归于第一卖方与第一买方;在其他地区登记的合同不在其内。" +
	"Technology contracts registered on this system, by the day of registration, amendment and cancellation, under the first seller and the first buyer; " +
	"contracts registered elsewhere are not in it."

func wireTurnover(t domain.Turnover) wire.Turnover {
	w := wire.Turnover{
		From: wireDay(t.From), To: wireDay(t.To), AsOf: optionalWireDay(t.AsOf), Rows: make([]wire.TurnoverRow, len(t.Rows)),
		Total: wireFigures(t.Total), Ledger: wireHead(t.Head), Coverage: coverage,
	}
	for i, r := range t.Rows {
		w.Rows[i] = wire.TurnoverRow{Period: r.Period, Figures: wireFigures(r.Figures), Entries: entriesOf(t.Entries(r))}
		if t.GroupBy != "" {
			w.Rows[i].Group = ptr(groupName(r.Group))
		}
	}
	return w
}

func groupName(value string) string {
	if value == "" {
		return unknown
	}
	return value
}

// entriesOf is the address that lists the entries of a filter.
func entriesOf(f domain.Filter) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("posted_from", f.PostedFrom.String())
	set("posted_to", f.PostedTo.String())
	set("recorded_to", f.RecordedTo.String())
	set("kind", string(f.Kind))
	set("office", f.Office)
	set("seller_region", f.SellerRegion)
	set("buyer_region", f.BuyerRegion)
	if f.Group != nil {
		set("group_by", string(f.Group.By))
		set("group", groupName(f.Group.Value))
	}
	return "/v1/ledger/entries?" + q.Encode()
}

func wireFigures(f domain.Figures) wire.Figures {
	return wire.Figures{Contracts: f.Contracts, Turnover: wireAmount(f.Turnover), TechnologyAmount: wireAmount(f.Technology)}
}

func wireHead(h domain.Head) wire.LedgerHead {
	w := wire.LedgerHead{Seq: h.Seq, Hash: h.Hash}
	if h.Seq > 0 {
		w.RecordedAt = &h.RecordedAt
	}
	return w
}

func wireLedgerEntry(e domain.Entry) wire.LedgerEntry {
	return wire.LedgerEntry{
		Seq: e.Seq, Kind: wire.LedgerEntryKind(e.Kind), ContractId: e.ContractID, ApplicationId: e.ApplicationID, PostedOn: wireDay(e.PostedOn),
		RecordedAt: e.RecordedAt, Figures: wireFigures(e.Figures), Office: e.Office, ContractKind: wire.ContractKind(e.ContractKind),
		SellerRegion: e.SellerRegion, BuyerRegion: e.BuyerRegion, Field: string(e.Field), ResultId: optionalID(e.ResultID), NeedId: optionalID(e.NeedID), Hash: e.Hash,
	}
}

func optionalID(id uuid.NullUUID) *uuid.UUID {
	if !id.Valid {
		return nil
	}
	return &id.UUID
}
