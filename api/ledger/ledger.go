// Package ledger is the HTTP edge of the turnover ledger: its routes, and the translation between the API's types and the ledger's.
package ledger

import (
	"context"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/ledger"
	"jiebang/internal/policy"
	"jiebang/internal/ref"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// Routes hangs the operations on the ledger on the edge.
func Routes(e *edge.Edge, s *ledger.Service, c *contracts.Service) {
	edge.Plain(e, "getTurnover", func(ctx context.Context, call work.Call, q ledger.Query) (wire.Turnover, error) {
		t, err := s.Turnover(ctx, call.Actor, q)
		if err != nil {
			return wire.Turnover{}, err
		}
		return written(t), nil
	})
	edge.List(e, "listLedgerEntries", edge.Kind[named, wire.LedgerEntry]{Wire: writtenEntry}, func(ctx context.Context, reader policy.Actor, q entriesQuery, p db.Paging) (db.Page[named], error) {
		group, err := groupOf(q.GroupBy, q.Group, q.RegionLevel)
		if err != nil {
			return db.Page[named]{}, err
		}
		page, err := s.Entries(ctx, reader, ledger.Filter{
			ContractID: q.Contract, PostedFrom: q.PostedFrom, PostedTo: q.PostedTo, RecordedTo: q.RecordedTo, Elsewhere: q.Elsewhere, Scope: q.Scope, Group: group,
		}, p)
		if err != nil {
			return db.Page[named]{}, err
		}
		return withContracts(ctx, reader, c, page)
	})
	edge.List(e, "listLedgerMonths", edge.Kind[ledger.MonthEnd, wire.LedgerMonth]{Wire: writtenMonth}, s.Months)
	edge.List(e, "listLedgerLinks", edge.Kind[ledger.Link, wire.LedgerLink]{Wire: writtenLink}, s.Links)
	closingRoutes(e, s)
	edge.Flow(e, "exportLedgerChain", exported("ledger-chain.jsonl", s.Chain))
	edge.Flow(e, "exportLedgerEntries", exported("ledger-entries.jsonl", s.AllEntries))
	edge.Plain(e, "getLedgerHead", func(ctx context.Context, call work.Call, _ struct{}) (wire.LedgerHead, error) {
		h, err := s.Head(ctx, call.Actor)
		return head(h), err
	})
}

// exported sends an export of the chain.
func exported(name string, export func(context.Context, policy.Actor) (ledger.Export, error)) func(context.Context, work.Call, struct{}) (edge.Flowing, error) {
	return func(ctx context.Context, call work.Call, _ struct{}) (edge.Flowing, error) {
		x, err := export(ctx, call.Actor)
		return edge.Flowing{Write: x.Write, MediaType: "application/jsonl", Name: name}, err
	}
}

// named is an entry with the contract that it is of, as its reader may know it.
type named struct {
	ledger.Entry
	contract contracts.Brief
	office   string
}

// withContracts says which contracts entries are of, and what their offices are called: two queries.
func withContracts(ctx context.Context, reader policy.Actor, c *contracts.Service, page db.Page[ledger.Entry]) (db.Page[named], error) {
	out := db.Page[named]{Items: make([]named, len(page.Items)), Next: page.Next, Total: page.Total, More: page.More}
	ids := make([]uuid.UUID, len(page.Items))
	for i, e := range page.Items {
		ids[i] = e.ContractID
	}
	briefs, err := c.Briefs(ctx, reader, ids)
	if err != nil {
		return out, err
	}
	offices, err := c.OfficeNames(ctx, len(ids))
	for i, e := range page.Items {
		out.Items[i] = named{e, briefs[e.ContractID], offices[e.Office]}
	}
	return out, err
}

func writtenEntry(e *named) wire.LedgerEntry {
	w := wire.LedgerEntryOf(&e.Entry)
	w.ContractNumber, w.ContractTitle = wire.Some(e.contract.Number), wire.Some(e.contract.Title)
	w.OfficeName = wire.Some(e.office)
	return w
}

// entriesQuery is what a list of entries may be narrowed by: the address that a figure carries is one.
type entriesQuery struct {
	Contract   uuid.UUID `query:"contract_id"`
	PostedFrom when.Day  `query:"posted_from"`
	PostedTo   when.Day  `query:"posted_to"`
	RecordedTo when.Day  `query:"recorded_to"`
	Elsewhere  *bool     `query:"elsewhere"`
	ledger.Scope
	GroupBy ledger.Dimension `query:"group_by"`
	Group   string           `query:"group"`

	RegionLevel ledger.RegionLevel `query:"region_level"`
}

// unknown stands for the empty value of a group, since a parameter cannot be empty; merged for groups that are taken together.
const (
	unknown = ref.Unknown
	merged  = "merged"
)

// groupOf reads the two parameters that name one value of a group.
func groupOf(by ledger.Dimension, group string, level ledger.RegionLevel) (*ledger.Group, error) {
	switch {
	case by == "" && group == "" && level == "":
		return nil, nil
	case by == "":
		return nil, fault.InvalidInput.At("query:group_by", fault.Required, "与 group 同用", "It goes together with group")
	case group == "":
		return nil, fault.InvalidInput.At("query:group", fault.Required, "与 group_by 同用", "It goes together with group_by")
	case group == unknown:
		group = ""
	}
	return &ledger.Group{By: by, Value: group, Level: level}, nil
}

// coverage goes with every figure, so that nobody takes it for more than it is.
var coverage = fault.Text{
	ZH: "在本平台认定登记或由其他系统接收的技术合同，按登记、变更与注销之日计入，归于第一卖方与第一买方；在其他地区登记的合同不在其内。",
	EN: "Technology contracts registered on this system or taken over from another, by the day of registration, amendment and cancellation, under the first seller and the first buyer; " +
		"contracts registered elsewhere are not in it.",
}

var coverageElsewhere = fault.Text{
	ZH: "由其他地区的机构登记、在本平台备案的技术合同，归于第一卖方与第一买方：计为吸纳技术，不是本平台登记机构的成交额。",
	EN: "Technology contracts registered by offices elsewhere and recorded on this system, under the first seller and the first buyer: absorbed technology, and no turnover of the offices here.",
}

// involved goes with figures of the records that contracts came from.
var involved = fault.Text{
	ZH: "按经纪人、成果、需求或榜题列出的是涉及金额，不是各自的成交额，不应相加。",
	EN: "By broker, result, need or challenge these are amounts involved; they are nobody's own turnover and are not to be added up.",
}

// disclosed goes with figures that are public.
var disclosed = fault.Text{
	ZH: "按披露规则公开：最细到月，每格不少于三份合同，当月数字待各格均增至少三份才变动。",
	EN: "Public by the rule of disclosure: months at the least, three contracts in each cell at the least; the running month moves only when each cell that changes has gained three.",
}

func covers(t ledger.Turnover) fault.Text {
	text := coverage
	if t.Elsewhere {
		text = coverageElsewhere
	}
	more := func(said fault.Text) { text = fault.Text{ZH: text.ZH + said.ZH, EN: text.EN + " " + said.EN} }
	if t.Involved() {
		more(involved)
	}
	if t.Public {
		more(disclosed)
	}
	return text
}

func written(t ledger.Turnover) wire.Turnover {
	says := covers(t)
	w := wire.Turnover{
		From: wire.DateOf(t.From), To: wire.DateOf(t.To), AsOf: wire.OptionalDate(t.AsOf), Rows: make([]wire.TurnoverRow, len(t.Rows)),
		Measure: wire.TurnoverMeasureTurnover, Disclosure: wire.DisclosureFull, Total: wire.FiguresOf(t.Total), Ledger: head(t.Head), Coverage: says.ZH, CoverageEn: says.EN,
	}
	if t.Public {
		w.Disclosure = wire.DisclosurePublic
	}
	if t.Involved() {
		w.Measure = wire.TurnoverMeasureInvolved
	}
	var shares [][]ledger.Share
	if t.Shared {
		shares = t.Shares()
	}
	for i, r := range t.Rows {
		row := wire.TurnoverRow{Period: r.Period, Figures: wire.FiguresOf(r.Figures), Since: wire.Some(r.Since.String())}
		if !t.Public { // who sees what is public alone may not read entries
			row.Entries = wire.Ptr(entriesOf(t.Entries(r)))
		}
		if r.Withheld {
			row.Withheld, w.Withheld = wire.Ptr(true), wire.Ptr(true)
		}
		if t.GroupBy != "" {
			row.Group = wire.Ptr(groupName(r.Group))
			row.GroupName, row.GroupNameEn = called(t, r.Group)
		}
		if r.Merged != nil {
			row.Group, row.GroupName, row.GroupNameEn = wire.Ptr(merged), wire.Ptr("合并的各组"), wire.Ptr("Merged groups")
			groups := make([]wire.MergedGroup, len(r.Merged))
			for k, g := range r.Merged {
				name, english := called(t, g)
				groups[k] = wire.MergedGroup{Group: groupName(g), GroupName: *name, GroupNameEn: english}
			}
			row.Merged = &groups
		}
		if t.Shared && len(shares[i]) > 0 {
			row.Shares = wire.Ptr(writtenShares(shares[i]))
		}
		w.Rows[i] = row
	}
	return w
}

// bases are what shares are of.
var bases = map[ledger.Base]fault.Text{
	ledger.OfAll:     {ZH: "全部成交额", EN: "All turnover"},
	ledger.OfOutflow: {ZH: "流向卖方地区以外的成交额", EN: "Turnover that left the sellers' region"},
}

func writtenShares(shares []ledger.Share) []wire.TurnoverShare {
	out := make([]wire.TurnoverShare, len(shares))
	for i, s := range shares {
		out[i] = wire.TurnoverShare{
			Of: wire.TurnoverBase(s.Of), OfName: bases[s.Of].ZH, OfNameEn: bases[s.Of].EN,
			Numerator: wire.AmountOf(s.Numerator), Denominator: wire.AmountOf(s.Denominator), ShareBp: s.BasisPoints,
		}
	}
	return out
}

func groupName(value string) string {
	if value == "" {
		return unknown
	}
	return value
}

// called is what a group is called, in Chinese, and in English where it has a name there.
func called(t ledger.Turnover, value string) (name, english *string) {
	n := t.Called(value)
	return &n.Chinese, wire.Some(n.English)
}

// entriesOf is the address that lists the entries of a filter.
func entriesOf(f ledger.Filter) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("posted_from", f.PostedFrom.String())
	set("posted_to", f.PostedTo.String())
	set("recorded_to", f.RecordedTo.String())
	if f.Elsewhere != nil {
		set("elsewhere", strconv.FormatBool(*f.Elsewhere))
	}
	for _, d := range ledger.Dimensions {
		set(d.Parameter(), f.Value(d))
	}
	if f.Group != nil {
		set("group_by", string(f.Group.By))
		set("group", groupName(f.Group.Value))
		set("region_level", string(f.Group.Level))
	}
	return "/v1/ledger/entries?" + q.Encode()
}

func head(h ledger.Head) wire.LedgerHead {
	w := wire.LedgerHead{Seq: h.Seq, Hash: h.Hash, Month: wire.Some(h.Month.String())}
	if !h.RecordedAt.IsZero() && h.Seq > 0 {
		w.RecordedAt = &h.RecordedAt
	}
	return w
}

func writtenMonth(m *ledger.MonthEnd) wire.LedgerMonth {
	month := m.Month.String()
	return wire.LedgerMonth{Month: month, Seq: m.Seq, Hash: m.Hash, Links: "/v1/ledger/months/" + month + "/links"}
}

func writtenLink(l *ledger.Link) wire.LedgerLink {
	return wire.LedgerLink{Seq: l.Seq, PostedMonth: l.PostedOn.Month().String(), Digest: l.Digest, PrevHash: l.PrevHash, Hash: l.Hash}
}
