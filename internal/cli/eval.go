package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"

	"jiebang/search/eval"
)

type evalCommand struct {
	Docs       string   `required:"" type:"existingfile" help:"文档 Documents: id, title, abstract, keywords, solves; JSON Lines, gzip or not."`
	Needs      []string `required:"" type:"existingfile" help:"需求 Needs: id, need_title, need_text, relevant {document id: grade}."`
	JSON       bool     `help:"每个系统一行 JSON One JSON object a line, the product's own first."`
	EmbedURL   string   `help:"另行评测使用此 /v1/embeddings 端点的匹配 Also measure matching with vectors from this endpoint." placeholder:"URL"`
	EmbedModel string   `help:"向量模型 Model at the endpoint."`
	EmbedKey   string   `env:"JIEBANG_EMBED_KEY" help:"端点密钥 Key of the endpoint."`
	Market     int      `help:"另将文档随机分成每份这么多的小市场，检验得分在其中是否同义 Also deal the documents into markets of so many, and see whether scores mean the same there." placeholder:"N"`
	Baseline   bool     `help:"同时评测 Bleve 自带的 cjk 分析与 match 查询 Also run Bleve's own cjk analyzer with a match query."`
}

func (c evalCommand) Run(ctx context.Context) error {
	reports, err := eval.Run(ctx, eval.Options{Docs: c.Docs, Needs: c.Needs, Baseline: c.Baseline, Market: c.Market, EmbedURL: c.EmbedURL, EmbedModel: c.EmbedModel, EmbedKey: c.EmbedKey})
	if err != nil {
		return apart{err} // it asks no database
	}
	for _, told := range append(slices.Clone(reports[0].Unread), reports[0].LeftOut...) {
		fmt.Fprintln(os.Stderr, told)
	}
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		for _, r := range reports {
			if err := out.Encode(r); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "system\tqueries\tmrr@10\tndcg@10\trecall@10\trecall@50\tp50 ms\tp95 ms\tdocs/s\tindex MB\t")
	for _, r := range reports {
		if r.Market > 0 {
			continue
		}
		fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t%.2f\t%.2f\t%.0f\t%.1f\t\n",
			r.System, r.Queries, r.MRR10, r.NDCG10, r.Recall10, r.Recall50, r.P50, r.P95, r.DocsPerSecond, r.IndexMB)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range reports {
		printBands(r)
	}
	return nil
}

// printBands tells whether scores mean what they say: how many of the pairs in each band were judged relevant, and how many should have been by their
// scores; for whole needs and for their titles alone.
func printBands(r eval.Report) {
	print := func(of string, all eval.Reliability) {
		if len(all.Bands) == 0 {
			return
		}
		if r.Market > 0 {
			of += fmt.Sprintf(", 每份 %[1]d 篇 markets of %[1]d", r.Market)
		}
		fmt.Printf("\n得分与判定 scores and judgements, %s, %s; Brier %.4f\n", r.System, of, all.Brier)
		for _, b := range all.Bands {
			if n := float64(b.Pairs); n > 0 {
				fmt.Printf("%3d–  %4d of %4d judged relevant  %3.0f %%, expected %3.0f %%\n", b.From, b.Relevant, b.Pairs, 100*float64(b.Relevant)/n, 100*b.Expected/n)
			}
		}
	}
	print("全文 whole texts", eval.Reliability{Bands: r.Bands, Brier: r.Brier})
	if r.Short != nil {
		print("仅标题 titles alone", *r.Short)
	}
}
