package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"jiebang/internal/app"
	"jiebang/internal/exchange"
	"jiebang/internal/fault"
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
	JSON         bool   `name:"json" help:"以 JSON 输出结果 Print the outcome as JSON."`
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
		report, err := a.Exchange.Results(ctx, file, o, func(r exchange.Report) {
			fmt.Fprintf(os.Stderr, "\r已读 %d 行，新增 %d，已有 %d，发布 %d，拒收 %d ", r.Lines, r.Created, r.Known, r.Published, len(r.Refused))
		})
		fmt.Fprintln(os.Stderr)
		if c.JSON {
			err = errors.Join(err, json.NewEncoder(os.Stdout).Encode(summaryOf(report)))
		} else {
			printReport(os.Stdout, report)
		}
		if err == nil && report.Outcome() != "all" {
			err = fmt.Errorf("共 %[2]d 行，其中 %[1]d 行被拒收（%[4]s）。 %[1]d of %[2]d lines were refused (%[3]s went in)", len(report.Refused), report.Lines, report.Outcome(), outcomeZH[report.Outcome()])
		}
		return err
	})
}

// summary is what became of a file, for programs: outcome is all, some or none.
type summary struct {
	Outcome       string       `json:"outcome"`
	Lines         int          `json:"lines"`
	Created       int          `json:"created"`
	Known         int          `json:"already_there"`
	Published     int          `json:"published"`
	TitlesDerived int          `json:"titles_derived"`
	Refused       []refusedRow `json:"refused"`
	Warned        []refusedRow `json:"warned"` // that went in, with places to look at again
}

type refusedRow struct {
	Line   int            `json:"line"`
	Detail string         `json:"detail"`
	Errors []refusedPlace `json:"errors,omitempty"`
}

type refusedPlace struct {
	Pointer   string `json:"pointer"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	MessageEN string `json:"message_en"`
}

func summaryOf(r exchange.Report) summary {
	return summary{r.Outcome(), r.Lines, r.Created, r.Known, r.Published, r.TitlesDerived, rowsOf(r.Refused), rowsOf(r.Warned)}
}

func rowsOf(errs []exchange.RowError) []refusedRow {
	out := []refusedRow{}
	for _, e := range errs {
		row := refusedRow{Line: e.Line, Detail: e.Error()}
		var refused *fault.Error
		if errors.As(e.Err, &refused) {
			for _, f := range refused.Fields {
				row.Errors = append(row.Errors, refusedPlace{f.Pointer, f.Code, f.Message.ZH, f.Message.EN})
			}
		}
		out = append(out, row)
	}
	return out
}

// outcomeZH is what became of a file, in Chinese.
var outcomeZH = map[string]string{"all": "全部写入", "some": "部分写入", "none": "一行也没有写入"}

func printReport(w io.Writer, r exchange.Report) {
	fmt.Fprintf(w, "%s：共 %d 行，新增 %d，已有 %d，发布 %d，自拟题名 %d，拒收 %d\n", outcomeZH[r.Outcome()], r.Lines, r.Created, r.Known, r.Published, r.TitlesDerived, len(r.Refused))
	fmt.Fprintf(w, "%s went in: lines %d, created %d, already there %d, published %d, titles derived %d, refused %d\n",
		r.Outcome(), r.Lines, r.Created, r.Known, r.Published, r.TitlesDerived, len(r.Refused))
	for _, e := range r.Warned {
		fmt.Fprintln(w, "提醒 note: "+e.Error())
	}
	for _, e := range r.Refused {
		fmt.Fprintln(w, e.Error())
	}
}
