package assist

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

type finding struct {
	Q     string `json:"q" jsonschema:"检索词 words to find, such as 光伏 电池"`
	Kind  string `json:"kind,omitempty" jsonschema:"只查一类 only this kind"`
	Field string `json:"field,omitempty" jsonschema:"技术领域 technology field"`
	Chain string `json:"chain,omitempty" jsonschema:"产业链代码 code of an industry chain"`
	Limit int    `json:"limit,omitempty" jsonschema:"至多几条，默认 5，不超过 20 at most so many; 5 if left out, never more than 20"`
}

func find(ctx context.Context, d desk, in finding) (any, error) {
	out, err := d.ask(ctx, Call{http.MethodGet, "/v1/search", query(bounded(in.Limit), said{"q", in.Q}, said{"kind", in.Kind}, said{"field", in.Field}, said{"chain", in.Chain}), nil})
	return d.linked(out, in.Kind), err
}

type matching struct {
	Text  string `json:"text" jsonschema:"难题或成果的说明，写得越具体越准 what the problem or the result is; the more it says, the better"`
	Kind  string `json:"kind" jsonschema:"要找哪一类：难题找 result 或 team，成果找 need 或 challenge what is looked for: result or team for a problem, need or challenge for a result"`
	Field string `json:"field,omitempty" jsonschema:"技术领域 technology field"`
	Limit int    `json:"limit,omitempty" jsonschema:"至多几条，默认 5，不超过 20 at most so many; 5 if left out, never more than 20"`
}

func match(ctx context.Context, d desk, in matching) (any, error) {
	body := map[string]any{"kind": in.Kind, "text": in.Text, "limit": bounded(in.Limit)}
	if in.Field != "" {
		body["field"] = in.Field
	}
	out, err := d.ask(ctx, Call{http.MethodPost, "/v1/matches", nil, body})
	if err != nil {
		return nil, err
	}
	items, _ := out["items"].([]any)
	for _, item := range items {
		item, _ := item.(map[string]any)
		phrases, _ := item["phrases"].([]any)
		for _, phrase := range phrases {
			if phrase, is := phrase.(map[string]any); is { // where in the texts is told when one match is explained
				delete(phrase, "here")
				delete(phrase, "there")
			}
		}
	}
	out["how_to_read_scores"] = d.site + "/docs/score"
	return d.linked(out, in.Kind), nil
}

type explaining struct {
	Kind     string `json:"kind" jsonschema:"从哪条记录出发：类别 the record to start from: its kind"`
	ID       string `json:"id" jsonschema:"从哪条记录出发：id the record to start from: its id"`
	WithKind string `json:"with_kind" jsonschema:"另一条记录的类别 the other record's kind"`
	WithID   string `json:"with_id" jsonschema:"另一条记录的 id the other record's id"`
}

// deep is among how many matches a pair is looked for: as many as an operation tells.
const deep = 100

func explain(ctx context.Context, d desk, in explaining) (any, error) {
	out, err := d.ask(ctx, Call{http.MethodGet, "/v1/" + in.Kind + "s/" + url.PathEscape(in.ID) + "/matches", query(deep, said{"kind", in.WithKind}, said{"weak", "true"}), nil})
	if err != nil {
		return nil, err
	}
	items, _ := d.linked(out, in.WithKind)["items"].([]any)
	for i, item := range items {
		if item, is := item.(map[string]any); is && item["id"] == in.WithID {
			return map[string]any{"place": i + 1, "of": len(items), "match": item, "from": d.page(in.Kind, in.ID), "how_to_read_scores": d.site + "/docs/score"}, nil
		}
	}
	return nil, errors.New("最好的一百条里没有这一条：两边的文字几乎没有共同用语，或其中一条现在不可匹配（已撤下、已结束、同一单位）。" +
		"Not among the best hundred: the two say next to nothing in common, or one of them cannot be matched now (withdrawn, over, or of the same organization)")
}

type halling struct {
	Q      string `json:"q,omitempty" jsonschema:"检索词 words to find"`
	Field  string `json:"field,omitempty" jsonschema:"技术领域 technology field"`
	Chain  string `json:"chain,omitempty" jsonschema:"产业链代码 code of an industry chain"`
	Region string `json:"region,omitempty" jsonschema:"发榜方所在地：六位区划代码 where the poster is: a code of six digits"`
	Limit  int    `json:"limit,omitempty" jsonschema:"至多几条，默认 5，不超过 20 at most so many; 5 if left out, never more than 20"`
}

func hall(ctx context.Context, d desk, in halling) (any, error) {
	out, err := d.ask(ctx, Call{http.MethodGet, "/v1/hall", query(bounded(in.Limit), said{"q", in.Q}, said{"field", in.Field}, said{"chain", in.Chain}, said{"region", in.Region}), nil})
	return d.linked(out, "challenge"), err
}

type period struct {
	From         string `json:"from" jsonschema:"统计起日，月初 first day, the first of a month, such as 2026-01-01"`
	To           string `json:"to" jsonschema:"统计止日，月末 last day, the last of a month, such as 2026-12-31"`
	By           string `json:"by,omitempty" jsonschema:"统计周期，默认月 period; months if left out"`
	GroupBy      string `json:"group_by,omitempty" jsonschema:"再按此分组，如 kind、field、seller_region、buyer_region、chain grouped by this too"`
	SellerRegion string `json:"seller_region,omitempty" jsonschema:"卖方所在地的六位区划代码 where the seller is: a code of six digits"`
	BuyerRegion  string `json:"buyer_region,omitempty" jsonschema:"买方所在地的六位区划代码 where the buyer is: a code of six digits"`
}

func turnover(ctx context.Context, d desk, in period) (any, error) {
	out, err := d.ask(ctx, Call{http.MethodGet, "/v1/turnover", query(0, said{"from", in.From}, said{"to", in.To}, said{"by", in.By}, said{"group_by", in.GroupBy}, said{"seller_region", in.SellerRegion}, said{"buyer_region", in.BuyerRegion}), nil})
	if err != nil {
		return nil, err
	}
	out["url"] = d.site + "/turnover"
	out["what_is_public"] = d.site + "/docs/disclosure"
	out["check_it_yourself"] = d.site + "/docs/ledger-chain"
	return out, nil
}

type reading struct {
	Kind string `json:"kind" jsonschema:"类别 kind"`
	ID   string `json:"id" jsonschema:"记录的 id the record's id"`
}

func read(ctx context.Context, d desk, in reading) (any, error) {
	out, err := d.ask(ctx, Call{http.MethodGet, "/v1/" + in.Kind + "s/" + url.PathEscape(in.ID), nil, nil})
	if err != nil {
		return nil, err
	}
	out["url"] = d.page(in.Kind, in.ID)
	return out, nil
}
