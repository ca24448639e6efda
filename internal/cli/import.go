package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"jiebang/internal/app"
	"jiebang/internal/exchange"
)

type importCommand struct {
	Results importResults `cmd:"" help:"导入成果 Import results from JSON Lines (id, title, abstract, keywords, field, …), gzip or not. Safe to run twice."`
}

type importResults struct {
	File         string `arg:"" type:"existingfile" help:"JSON Lines, gzip or not."`
	Submitter    string `required:"" help:"提交人用户名 User name of the member who submits."`
	Publisher    string `help:"发布人用户名 User name of the second person; without one the results stay submitted."`
	Owner        string `required:"" help:"所属单位的统一社会信用代码 Credit code of the owner."`
	Scheme       string `default:"import" help:"外部编号体系 Scheme of the rows' ids."`
	Field        string `help:"未写明领域的行归入此领域 Field of rows that name none; without it they are refused."`
	DeriveTitles bool   `help:"无标题的行取摘要首句为题 Rows without a title take the first clause of their abstract."`
}

func (c importResults) Run(ctx context.Context, config app.Config) error {
	return withRecords(ctx, config, func(a *app.App) error {
		o := exchange.ResultImport{Scheme: c.Scheme, Field: c.Field, DeriveTitles: c.DeriveTitles}
		var err error
		if o.Submitter, err = a.ActorNamed(ctx, c.Submitter); err != nil {
			return err
		}
		if c.Publisher != "" {
			if o.Publisher, err = a.ActorNamed(ctx, c.Publisher); err != nil {
				return err
			}
		}
		if o.Owner, err = a.Orgs.ByCreditCode(ctx, c.Owner); err != nil {
			return err
		}
		file, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		report, err := exchange.Results(ctx, a.Results, file, o, func(r exchange.Report) {
			fmt.Fprintf(os.Stderr, "\r已读 %d 行，新增 %d,已有 %d,发布 %d,拒收 %d ", r.Lines, r.Created, r.Known, r.Published, len(r.Refused))
		})
		fmt.Fprintln(os.Stderr)
		printReport(os.Stdout, report)
		return err
	})
}

func printReport(w io.Writer, r exchange.Report) {
	fmt.Fprintf(w, "lines %d, created %d, already there %d, published %d, titles derived %d, refused %d\n",
		r.Lines, r.Created, r.Known, r.Published, r.TitlesDerived, len(r.Refused))
	for _, e := range r.Refused {
		fmt.Fprintln(w, e.Error())
	}
}
