package indicators

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"jiebang/internal/paper"
	"jiebang/internal/policy"
	"jiebang/internal/tables"
)

// Document is a file that is made for a reader.
type Document struct {
	Write     func(w io.Writer) error
	MediaType string
	Name      string
}

// ReportFormat is a kind of file.
type ReportFormat string

// The kinds. JSON is the frozen content itself, which its digest is made of.
const (
	Workbook ReportFormat = "xlsx"
	Printed  ReportFormat = "pdf"
	Frozen   ReportFormat = "json"
)

// ReportFile gives a report as a file, as its reader may know it.
func (s *Service) ReportFile(ctx context.Context, reader policy.Actor, id uuid.UUID, format ReportFormat) (Document, error) {
	v, err := s.Report(ctx, reader, id)
	if err != nil {
		return Document{}, err
	}
	name := "report-" + v.Month + "." + string(format)
	switch format {
	case Printed:
		return Document{Name: name, MediaType: "application/pdf", Write: v.print}, nil
	case Frozen:
		return Document{Name: name, MediaType: "application/json", Write: func(w io.Writer) error { _, err := io.WriteString(w, v.Text); return err }}, nil
	}
	return Document{Name: name, MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Write: v.workbook}, nil
}

// columns are the table of a report: each with its heading and its width.
var columns = []struct {
	heading string
	wide    float64
	of      func(f *Figure) string
}{
	{"指标 Indicator", 30, func(f *Figure) string { return f.Name }},
	{"单位 Unit", 8, func(f *Figure) string { return f.Measured }},
	{"目标 Target", 16, func(f *Figure) string {
		if f.Target == nil {
			return "—"
		}
		return map[Comparison]string{MoreThan: "超过 ", AtMost: "不超过 "}[f.Target.Comparison] + f.Target.Value.Text(f.Unit)
	}},
	{"实际 Actual", 16, func(f *Figure) string {
		if f.Actual == nil {
			return map[Missing]string{Bureau: "不公开", NoFigure: "无数据"}[f.Missing]
		}
		return map[Bound]string{Below: "近 ", Above: "逾 "}[f.Actual.Bound] + f.Actual.Value.Text(f.Unit)
	}},
	{"完成 Reached", 12, func(f *Figure) string { return points(f.Share) }},
	{"时间进度 Of the year", 12, func(f *Figure) string { return points(&f.TimeShare) }},
	{"上年同期 A year ago", 16, func(f *Figure) string {
		if f.LastYear == nil {
			return "—"
		}
		return map[Bound]string{Below: "近 ", Above: "逾 "}[f.LastYear.Bound] + f.LastYear.Value.Text(f.Unit)
	}},
	{"全年预测 Forecast", 16, func(f *Figure) string {
		if f.Forecast == nil {
			return "—"
		}
		return f.Forecast.Value.Text(f.Unit)
	}},
	{"来源 Source", 24, func(f *Figure) string {
		if f.Actual != nil && f.How == Reported {
			return fmt.Sprintf("填报：%s（数据所属期 %s 至 %s）", f.Actual.Source, f.Actual.DataFrom, f.Actual.DataTo)
		}
		return map[How]string{Computed: "计算：", Reported: "填报："}[f.How] + f.Source
	}},
}

// points writes basis points as percent.
func points(bp *int64) string {
	if bp == nil {
		return "—"
	}
	return Value(*bp).Text(Percent) + "%"
}

// foot says what a report rests on.
func (v *ReportView) foot() []string {
	covers := "公开口径：按披露规则，不公开的指标不列数字。Public figures, by the rule of disclosure."
	if v.Said.Full {
		covers = "全量口径，供主管部门内部使用。The bureau's own figures."
	}
	return []string{
		"截至 As of " + v.Said.AsOf.String() + "。" + covers,
		fmt.Sprintf("台账链头 Ledger head：%d %s", v.Said.Head.Seq, v.Said.Head.Hash),
		"内容摘要 Digest of the content：" + v.Shown,
	}
}

func (v *ReportView) workbook(w io.Writer) error {
	widths := make([]float64, len(columns))
	heads := make([]tables.Cell, len(columns))
	for i, c := range columns {
		widths[i], heads[i] = c.wide, tables.Cell{Text: c.heading}
	}
	b, err := tables.NewBook("指标月报 "+v.Month, widths)
	if err != nil {
		return err
	}
	at := 0
	row := func(heading bool, cells ...tables.Cell) {
		at++
		if err == nil {
			err = b.Row(at, cells, heading)
		}
	}
	row(true, heads...)
	for i := range v.Said.Figures {
		cells := make([]tables.Cell, len(columns))
		for n, c := range columns {
			cells[n] = tables.Cell{Text: c.of(&v.Said.Figures[i])}
		}
		row(false, cells...)
	}
	at++
	for _, line := range v.foot() {
		row(false, tables.Cell{Text: line})
	}
	at++
	row(true, tables.Cell{Text: "指标定义 Definitions"})
	for _, f := range v.Said.Figures {
		row(false, tables.Cell{Text: f.Name}, tables.Cell{Text: f.Code}, tables.Cell{Text: f.Definition}, tables.Cell{Text: f.DefinitionEN})
	}
	if err != nil {
		return err
	}
	return b.Write(w)
}

func (v *ReportView) print(w io.Writer) error {
	p := paper.New("指标月报 " + v.Month)
	p.Title("科技成果转化指标月报")
	p.Subtitle(v.Month)
	printed := []int{0, 1, 2, 3, 4, 6, 7} // what a page is wide enough for; the rest is in the text and the workbook
	parts := make([]float64, len(printed))
	cells := func(of func(n int) string) []string {
		out := make([]string, len(printed))
		for i, n := range printed {
			out[i] = of(n)
		}
		return out
	}
	for i, n := range printed {
		parts[i] = columns[n].wide
	}
	p.Row(parts, cells(func(n int) string { return strings.Replace(columns[n].heading, " ", "\n", 1) })...)
	for i := range v.Said.Figures {
		f := &v.Said.Figures[i]
		p.Row(parts, cells(func(n int) string { return columns[n].of(f) })...)
	}
	if len(v.Said.Figures) > 0 {
		p.Text("时间进度 Of the year：" + points(&v.Said.Figures[0].TimeShare))
	}
	for _, line := range v.foot() {
		p.Text(line)
	}
	p.Text("指标定义 Definitions")
	for i := range v.Said.Figures {
		f := &v.Said.Figures[i]
		p.Text(f.Name + "：" + f.Definition + " " + columns[len(columns)-1].of(f))
	}
	page, err := p.Bytes()
	if err != nil {
		return err
	}
	_, err = w.Write(page)
	return err
}
