package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"jiebang/internal/casttest"
	"jiebang/internal/fault"
	"jiebang/internal/needs"
	"jiebang/internal/results"
	"jiebang/internal/teams"
	"jiebang/internal/work"
)

func table0(rows int) []byte {
	var b strings.Builder
	b.WriteString("编号,成果名称,成果简介,技术领域\n")
	for i := range rows {
		fmt.Fprintf(&b, "C-%04d,第 %d 项成果,低温等离子体废气净化装置及其应用。,环保\n", i, i)
	}
	return []byte(b.String())
}

// begun is an import of an organization as it stands when it runs.
func begun(c *casttest.Cast, s *Service, o casttest.Organization) *Import {
	c.Helper()
	imp := &Import{Kind: "result", OwnerID: o.ID, CreatedBy: o.Editor.Actor.Account, Settings: Settings{Scheme: "import", Mapping: map[string]string{}}, State: Queued}
	if _, err := c.Unit.Do(c.Context(), o.Editor, func(tx *work.Tx) error {
		imp.Head, imp.StartedAt = tx.NewHead(), &tx.Now
		return work.Insert(tx, work.Deed("import.create"), imp)
	}); err != nil {
		c.Fatal(err)
	}
	return imp
}

// goes runs an import of a file from where it is, until ctx ends.
func goes(ctx context.Context, s *Service, imp *Import, call work.Call, file []byte) error {
	r := &running{Service: s, imp: imp, kind: s.kinds["result"], actor: call.Actor, seen: map[string]seenRow{}}
	if err := r.open(ctx, &upload{ReaderAt: bytes.NewReader(file), size: int64(len(file))}); err != nil {
		return err
	}
	if err := r.begin(ctx); err != nil {
		return err
	}
	_, err := r.rows(ctx)
	return err
}

func count(c *casttest.Cast) (n int64) {
	c.Must(c.DB.Reader.Model(&results.Result{}).Count(&n).Error)
	return n
}

// A process that ends in the middle leaves whole batches with their place: the next goes on behind it, and nothing is doubled.
func TestAnImportGoesOnWhereItsProcessEnded(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		s := New(c.Unit, nil, nil, results.New(c.Unit), needs.New(c.Unit), teams.New(c.Unit), nil)
		o := c.Organization("盛北理工大学", "university", "210112")
		imp := begun(c, s, o)
		file := table0(450)
		half := bytes.SplitAfter(file, []byte("C-0249"))[0]
		cut := append(bytes.Clone(half[:bytes.LastIndexByte(half, '\n')+1]), "\"broken"...)
		if err := goes(c.Context(), s, imp, o.Editor, cut); err == nil || count(c) != 249 {
			t.Fatalf("cut: %v, %d are there", err, count(c))
		}
		again, err := work.Load[Import](c.DB.Reader, imp.ID)
		if c.Must(err); again.Place != 250 || again.Created != 249 {
			t.Fatalf("it stands at %+v", again.Progress)
		}
		if err := goes(c.Context(), s, again, o.Editor, file); err != nil {
			t.Fatal(err)
		}
		if again.Created != 450 || again.Total != 450 || again.Unchanged != 0 || count(c) != 450 {
			t.Errorf("%+v, %d are there", again.Progress, count(c))
		}
		// Who lost it meanwhile goes on no more.
		if err := goes(c.Context(), s, imp, o.Editor, file); err == nil && imp.Created != 450 {
			t.Errorf("%+v", imp.Progress)
		}
	})
}

func TestTwoImportsOfOneFileAtOnceDoubleNothing(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		s := New(c.Unit, nil, nil, results.New(c.Unit), needs.New(c.Unit), teams.New(c.Unit), nil)
		o := c.Organization("盛北理工大学", "university", "210112")
		file := table0(420)
		imports := []*Import{begun(c, s, o), begun(c, s, o)}
		var all sync.WaitGroup
		errs := make([]error, len(imports))
		for i, imp := range imports {
			all.Go(func() { errs[i] = goes(c.Context(), s, imp, o.Editor, file) })
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		created, unchanged := imports[0].Created+imports[1].Created, imports[0].Unchanged+imports[1].Unchanged
		if created != 420 || unchanged != 420 || count(c) != 420 {
			t.Errorf("%d created, %d unchanged, %d are there", created, unchanged, count(c))
		}
	})
}

func TestHeadingsAreFoundWhereTheyAre(t *testing.T) {
	k := newResults(results.New(&work.Unit{}))
	for name, c := range map[string]struct {
		file    string
		mapping map[string]string
		told    int
		want    string
	}{
		"below titles":         {"某校成果表\n填报,单位：万元\n序号,成果编号,成果名称,转让价格\n1,A,装置甲,5\n", nil, 0, "3 B=id C=title D=price(万元)"},
		"with marks and units": {"编号*,成果名称（必填）,意向价格(元)\nA,装置甲,5\n", nil, 0, "1 A=id B=title C=price(元)"},
		"by a mapping":         {"登记码,成果名称,报价\nA,装置甲,5\n", map[string]string{"登记码": "id", "报价": "-"}, 0, "1 A=id B=title"},
		"where it is told":     {"编号,成果名称\n编号,名称,简介\nA,装置甲,x\n", nil, 2, "2 A=id B=title C=abstract"},
		"with an empty first":  {",编号,成果名称\n1,A,装置甲\n", nil, 0, "1 B=id C=title"},
		"one of them twice":    {"编号,成果名称,名称\nA,装置甲,装置乙\n", nil, 0, "repeated"},
		"without the identity": {"成果名称,成果简介\n装置甲,x\n", nil, 0, "required"},
		"none":                 {"甲,乙\n1,2\n", nil, 0, "file_refused"},
		"in two rows":          {"编号,成果名称,价格,\n,,金额（万元）,说明\nA,装置甲,5,x\n", nil, 0, "1 A=id B=title C=price"},
	} {
		in, err := openSource(bytes.NewReader([]byte(c.file)), int64(len(c.file)), newHeadings(k.fields(), c.mapping), Layout{HeadingRow: c.told})
		if err != nil {
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
			continue
		}
		got := fmt.Sprint(in.at)
		for _, h := range in.headings {
			if h.Field != "" {
				got += " " + h.Column + "=" + h.Field
				if h.Unit != "" {
					got += "(" + h.Unit + ")"
				}
			}
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// What was read whole before a broken end goes in, in a short table as in a long one, and the end is told by its row.
func TestWhatWasReadWholeBeforeABrokenEndGoesIn(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		s := New(c.Unit, nil, nil, results.New(c.Unit), needs.New(c.Unit), teams.New(c.Unit), nil)
		o := c.Organization("盛北理工大学", "university", "210112")
		imp := begun(c, s, o)
		err := goes(c.Context(), s, imp, o.Editor, append(table0(1), "C-9,\"没有闭合的引号\nC-10,乙,丙,环保\n"...))
		if !fault.FileRefused.Of(err) || !strings.Contains(err.Error(), "第 3 行的引号没有闭合") || !strings.Contains(err.Error(), "此前完整的 1 行已照常处理") {
			t.Errorf("%v", err)
		}
		if imp.Created != 1 || count(c) != 1 {
			t.Errorf("%+v, %d are there", imp.Progress, count(c))
		}
		// In the headings themselves nothing is whole.
		if err := goes(c.Context(), s, begun(c, s, o), o.Editor, []byte("编号,\"成果名称\nA,x\n")); !fault.FileRefused.Of(err) || !strings.Contains(err.Error(), "第 1 行的引号") {
			t.Errorf("in the headings: %v", err)
		}
	})
}

// A row beyond the bounds is refused alone, by its column; a row without a title says what the API says; placeholders are told of what goes in.
func TestRowsAreToldApart(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		s := New(c.Unit, nil, nil, results.New(c.Unit), needs.New(c.Unit), teams.New(c.Unit), nil)
		o := c.Organization("盛北理工大学", "university", "210112")
		file := "编号,成果名称,成果简介,技术领域,关键词\nA,低温等离子装置,低温等离子体废气净化装置及其应用。,环保,xxx；废气；无\nB,高强铝合金," + strings.Repeat("长", 50_000) +
			",新材料,铝\nC,,低温等离子体废气净化装置及其应用。,环保,废气\nD,钢轨打磨车,铣磨一体的钢轨养护装备及其应用。,交通,钢轨\n" +
			"E,减振支座,桥梁减振支座及其施工方法的研究。,交通,减振,阻尼,桥梁\n"
		for _, dry := range []bool{true, false} {
			imp := begun(c, s, o)
			c.Must(c.DB.Writer.Model(&Import{}).Where("id = ?", imp.ID).Update("dry_run", dry).Error)
			c.Must(goes(c.Context(), s, imp, o.Editor, []byte(file)))
			var rows []RowOutcome
			c.Must(c.DB.Reader.Where("import_id = ?", imp.ID).Order("row_number").Find(&rows).Error)
			var got []string
			for _, r := range rows {
				got = append(got, fmt.Sprint(r.Row, r.Identity, " ", r.Outcome))
				for _, p := range r.Problems {
					if p.Warning && p.Code == "advised" {
						continue // nobody has written whose problem it solves
					}
					got = append(got, fmt.Sprint(p.Column, p.Pointer, " ", p.Code, " ", p.Warning))
				}
			}
			want := "2A created E/keywords/0 placeholder true E/keywords/2 placeholder true 3B refused C/abstract too_long false 4C refused B/title required false 5D created 6E refused  unexpected false"
			if strings.Join(got, " ") != want {
				t.Errorf("dry %v: %s\nwant %s", dry, strings.Join(got, " "), want)
			}
			if p := rows[1].Problems[0]; !strings.Contains(p.ZH, "128 KiB") || !strings.Contains(p.ZH, "第 3 行 C 列") {
				t.Errorf("%+v", p)
			}
			if p := rows[2].Problems[0]; p.ZH != fault.Required.ZH || p.EN != fault.Required.EN {
				t.Errorf("%+v", p)
			}
			if len(rows[0].Told(false)) != 0 || len(rows[0].Told(true)) != 3 || explain(rows[0].Problems) == "" || strings.Contains(explain(rows[0].Problems), "solves") {
				t.Errorf("%+v", rows[0].Problems)
			}
		}
	})
}

// An id that a spreadsheet or a program destroyed, or in which something cannot be seen, is refused by its row.
func TestADamagedIdIsRefused(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		s := New(c.Unit, nil, nil, results.New(c.Unit), needs.New(c.Unit), teams.New(c.Unit), nil)
		o := c.Organization("盛北理工大学", "university", "210112")
		for name, file := range map[string]string{
			"a table": "编号,成果名称,成果简介,技术领域\n1.23E+17,装置甲,低温等离子体废气净化装置。,环保\n1.23E+17,装置乙,低温等离子体废气净化装置。,环保\nA\u200b1,装置丙,低温等离子体废气净化装置。,环保\n",
			"lines":   "{\"id\":\"1.23E+17\",\"title\":\"装置甲\"}\n{\"id\":1.23e17,\"title\":\"装置乙\"}\n{\"id\":\"A\u200b1\",\"title\":\"装置丙\"}\n",
		} {
			imp := begun(c, s, o)
			c.Must(goes(c.Context(), s, imp, o.Editor, []byte(file)))
			var rows []RowOutcome
			c.Must(c.DB.Reader.Where("import_id = ?", imp.ID).Order("row_number").Find(&rows).Error)
			var got []string
			for _, r := range rows {
				for _, p := range r.Problems {
					if p.Pointer == "/id" {
						got = append(got, r.Outcome+" "+p.Code)
					}
				}
			}
			if strings.Join(got, ", ") != "refused bad_format, refused bad_format, refused bad_characters" || imp.Refused != 3 {
				t.Errorf("%s: %v %+v", name, got, imp.Progress)
			}
		}
		var in Input
		in.Scheme = "e\u200brp"
		if err := in.check(s.kinds["result"]); err == nil || !strings.Contains(err.Error(), "[/scheme bad_characters]") {
			t.Errorf("the scheme: %v", err)
		}
	})
}

// A file of another kind is told by what it is, whatever reads it.
func TestAFileOfAnotherKindIsToldByWhatItIs(t *testing.T) {
	k := newResults(results.New(&work.Unit{}))
	for _, c := range []struct {
		file  string
		named bool // .jsonl
		want  string
	}{
		{"[{\"id\":1},\n{\"id\":2}]", true, "JSON 数组"},
		{"[\n  {\"id\":1}\n]", false, "JSON 数组"},
		{"\uFEFF[\"焊接\",\"熔接\"]", false, "JSON 数组"},
		{"<html><table><tr><td>编号</td></tr></table>", false, "网页"},
		{"编号 名称\n1 装置\n", true, "没有一行是 JSON 对象"},
		{"甲,乙\n1,2\n", false, "没有找到表头"},
		{"[编号],[成果名称]\n", false, "没有找到表头"}, // brackets of a heading are no array
		{"{\"items\":[\n{\"id\":\"1\"},\n{\"id\":\"2\"}\n]}", false, "成员 items 的数组"},
		{"{\"items\":[{\"id\":\"1\"},\n{\"id\":\"2\"}]}", true, "成员 items 的数组"},
		{"%PDF-1.7\n", false, "PDF"},
		{"{\\rtf1\\ansi}", false, "RTF"},
		{"\xff\xfe\x00\x00{\x00\x00\x00", true, "UTF-32"},
		{"甲,乙\n1,2\n", false, "such as “编号”, “成果名称”"},
	} {
		_, err := openSource(strings.NewReader(c.file), int64(len(c.file)), newHeadings(k.fields()), Layout{Lines: c.named})
		if err = asRefusal(err); !fault.FileRefused.Of(err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.file, err, c.want)
		}
	}
}
