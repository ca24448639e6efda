package exchange

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/fault"
	"jiebang/internal/tables"
	"jiebang/internal/text"
)

// maxBefore is how many rows may stand before the headings: titles, notes, units.
const maxBefore = 30

// Heading is a column of a table: where it is, what it is called there, and what it was taken for.
type Heading struct {
	Column string // A
	Text   string
	Field  string // empty: it is not read
	Unit   string // of its amounts
}

// Layout is how a table is read, where the sender says so.
type Layout struct {
	Sheet      string
	HeadingRow int               // 0: it is found
	Mapping    map[string]string // of headings to the names of fields; "-" leaves a column out
	Lines      bool              // its name says that it is JSON Lines
}

// Mapping is what an organization calls the columns of its tables.
type Mapping struct {
	OwnerID   uuid.UUID         `gorm:"primaryKey"`
	Kind      string            `gorm:"primaryKey"`
	Headings  map[string]string `gorm:"serializer:json"`
	UpdatedAt time.Time         `gorm:"autoUpdateTime:false"`
}

func (Mapping) TableName() string { return "import_mappings" }

func mappingOf(q *gorm.DB, owner uuid.UUID, kind string) (map[string]string, error) {
	var rows []Mapping
	err := q.Where("owner_id = ? AND kind = ?", owner, kind).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0].Headings, nil
}

var (
	bracketed = regexp.MustCompile(`[（(【\[][^）)】\]]*[）)】\]]`)
	unitIn    = regexp.MustCompile(`(?:^|[（(【\[,，:：/ 单位为])(亿元|千万元|百万元|万元|千元|元)(?:人民币)?(?:[）)】\]]|$)`)
	unitOf    = regexp.MustCompile(`单位[:：为]\s*(?:人民币)?(亿元|万元|千元|元)`)
)

// headingForm is what counts as the same heading: without brackets, marks of what is required, blanks and case.
func headingForm(s string) string {
	s = bracketed.ReplaceAllString(text.Narrow(s), "")
	s = strings.Map(func(c rune) rune {
		if strings.ContainsRune("*＊:：、.。 \t\n\r　#※★", c) {
			return -1
		}
		return c
	}, s)
	s = strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(s), "必填"), "必填")
	return strings.TrimSuffix(s, "选填")
}

// headings knows by which headings the fields of a kind go.
type headings struct {
	fields []Field
	by     map[string]string // the name of a field by the form of a heading
	mapped map[string]bool   // the forms that a mapping gave
}

// newHeadings takes what columns are called, and above that the mappings that were given, the later before the earlier.
func newHeadings(fields []Field, mappings ...map[string]string) headings {
	h := headings{fields, map[string]string{}, map[string]bool{}}
	for _, f := range h.fields {
		for _, name := range append([]string{f.Name, f.Heading}, f.Also...) {
			h.by[headingForm(name)] = f.Name
		}
	}
	for _, m := range mappings {
		for heading, field := range m {
			h.by[headingForm(heading)], h.mapped[headingForm(heading)] = field, true
		}
	}
	return h
}

func (h headings) field(name string) (Field, bool) {
	i := slices.IndexFunc(h.fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return h.fields[i], true
}

// name is the field of a heading; empty where it is none.
func (h headings) name(heading string) string { return h.by[headingForm(heading)] }

// count is how many different fields a row names.
func (h headings) count(r tables.Row) int {
	seen := map[string]bool{}
	for _, c := range r.Cells {
		if n := h.name(c.Text); n != "" && n != "-" {
			seen[n] = true
		}
	}
	return len(seen)
}

// table is rows with their headings.
type table struct {
	rows     tables.Rows
	headings []Heading
	at       int // the row of the headings, the lower of two
	kept     []tables.Row
	failed   error    // what the file broke off with behind kept
	texts    []string // of the headings, by which a repeated one is known
}

// find finds the headings of a sheet: in the row that is told, or the one among the first that names most fields. A second row of headings
// below it is joined with it.
func (h headings) find(rows tables.Rows, told int) (*table, error) {
	var before []tables.Row
	var failed error
	for len(before) <= maxBefore || told > 0 && before[len(before)-1].Number <= told {
		r, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil { // what was read whole is a table, too
			failed = err
			break
		}
		before = append(before, r)
		if len(before) > maxBefore+2 && r.Number > told {
			break
		}
	}
	best, most := -1, 0
	for i, r := range before {
		if told > 0 {
			if r.Number == told {
				best = i
			}
			continue
		}
		if n := h.count(r); n > most || n == most && n > 0 && best == i-1 && merged(r) {
			best, most = i, n
		}
	}
	if told == 0 && most < 2 || best < 0 {
		for _, r := range before {
			if failed == nil && r.Bad != nil { // perhaps it is that one
				failed = fault.FileRefused.Because("%[1]s", "%[2]s", r.Bad.ZH, r.Bad.EN)
			}
		}
		return nil, failed
	}
	t := &table{rows: rows, failed: failed}
	top := before[best]
	if best > 0 && merged(before[best]) { // the upper of two was filled down into this one
		if upper := before[best-1]; h.count(upper) > 0 {
			top = join(upper, top, h)
		}
	}
	next := best + 1
	if next < len(before) && h.continues(top, before[next]) {
		top = join(top, before[next], h)
		top.Number = before[next].Number
		next++
	}
	t.at, t.kept = top.Number, before[next:]
	unit := ""
	for _, r := range before[:best] {
		for _, c := range r.Cells {
			if m := unitOf.FindStringSubmatch(text.Narrow(c.Text)); m != nil {
				unit = m[1]
			}
		}
	}
	return t, h.take(t, top, unit)
}

func merged(r tables.Row) bool {
	return slices.ContainsFunc(r.Cells, func(c tables.Cell) bool { return c.Merged })
}

// continues tells whether a row goes on with the headings above it: each of its cells is the one above, which spans both, or names a field
// beneath one that names none by itself.
func (h headings) continues(top, r tables.Row) bool {
	below := 0
	for i, c := range r.Cells {
		if c.Text == "" {
			continue
		}
		above := ""
		if i < len(top.Cells) {
			above = top.Cells[i].Text
		}
		switch {
		case c.Text == above && c.Merged:
		case h.name(c.Text) != "" && (above == "" || h.name(above) == "" || i < len(top.Cells) && top.Cells[i].Merged), above != "" && h.name(above+c.Text) != "":
			below++
		default:
			return false
		}
	}
	return below > 0
}

// join makes one row of headings of two: of each column the lower text that names a field, else both.
func join(upper, lower tables.Row, h headings) tables.Row {
	out := tables.Row{Number: lower.Number, Cells: slices.Clone(lower.Cells)}
	for len(out.Cells) < len(upper.Cells) {
		out.Cells = append(out.Cells, tables.Cell{})
	}
	for i := range upper.Cells {
		up, low := upper.Cells[i].Text, out.Cells[i].Text
		switch {
		case low == "" || up == low:
			out.Cells[i].Text = up
		case up != "" && h.name(up+low) != "":
			out.Cells[i].Text = up + low
		case h.name(low) == "" && up != "":
			out.Cells[i].Text = up + low
		}
	}
	return out
}

// take reads headings, and refuses a table that lacks a required one or has one twice.
func (h headings) take(t *table, r tables.Row, unit string) error {
	where := map[string]string{}
	var bad fault.Fields
	for i, c := range r.Cells {
		t.texts = append(t.texts, headingForm(c.Text))
		if strings.TrimSpace(c.Text) == "" {
			t.headings = append(t.headings, Heading{Column: tables.Column(i)})
			continue
		}
		head := Heading{Column: tables.Column(i), Text: strings.Join(strings.Fields(c.Text), " "), Field: h.name(c.Text)}
		if head.Field == "-" {
			head.Field = ""
		}
		if f, known := h.field(head.Field); !known {
			head.Field = ""
		} else if f.Amount {
			head.Unit = unit
			if m := unitIn.FindStringSubmatch(text.Narrow(c.Text)); m != nil {
				head.Unit = m[1]
			}
		}
		if head.Field != "" {
			if first, twice := where[head.Field]; twice && h.gives(*t.inColumn(first), head) {
				head.Field, head.Unit = "", ""
				t.headings = append(t.headings, head)
				continue
			} else if twice && h.gives(head, *t.inColumn(first)) {
				t.inColumn(first).Field, t.inColumn(first).Unit = "", ""
				where[head.Field] = head.Column
				t.headings = append(t.headings, head)
				continue
			} else if twice {
				bad.Check(false, "/"+head.Field, fault.Repeated, "%[1]s 列与 %[2]s 列是同一项；请删去一列，或在对应关系中把其中一列设为“-”。", "Columns %[1]s and %[2]s are the same; take one out, or map one of them to “-”.", first, head.Column)
			}
			where[head.Field] = head.Column
		}
		t.headings = append(t.headings, head)
	}
	for _, f := range h.fields {
		if _, there := where[f.Name]; f.Required && f.Name == Identity || f.Name == "title" {
			bad.Check(there, "/"+f.Name, fault.Required, "第 %[1]d 行的表头中没有“%[2]s”这一列。", "The headings in row %[1]d have no column “%[2]s”.", t.at, f.Heading)
		}
	}
	return bad.Err()
}

// gives tells whether, of two headings of one field, the first is what templates and exports call it and the second is that by a mapping alone: an
// export imports again, whatever is mapped.
func (h headings) gives(own, other Heading) bool {
	f, known := h.field(own.Field)
	form := headingForm(other.Text)
	return known && headingForm(own.Text) == headingForm(f.Heading) && h.mapped[form] && form != headingForm(f.Heading)
}

// inColumn is the heading of a column that was read.
func (t *table) inColumn(column string) *Heading {
	return &t.headings[slices.IndexFunc(t.headings, func(h Heading) bool { return h.Column == column })]
}

// next gives the next row of data: neither headings again, nor a total, nor a note below the table.
func (t *table) next() (tables.Row, error) {
	for {
		var r tables.Row
		if len(t.kept) > 0 {
			r, t.kept = t.kept[0], t.kept[1:]
		} else if t.failed != nil {
			return r, t.failed
		} else {
			var err error
			if r, err = t.rows.Next(); err != nil {
				return r, err
			}
		}
		if r.Bad != nil || !t.beside(r) {
			return r, nil
		}
	}
}

var (
	totals = regexp.MustCompile(`^(?:合计|总计|小计|总数|共计|总和|汇总|合计数|total|subtotal)(?:[:：（(].*)?$`)
	notes  = regexp.MustCompile(`^(?:注|备注|说明|填表说明|填表人|制表人?|审核人?|联系人|填报单位|填报日期|单位负责人|注意)[:：].*`)
)

// beside tells what is no data.
func (t *table) beside(r tables.Row) bool {
	first, filled, same := "", 0, true
	for i, c := range r.Cells {
		s := strings.TrimSpace(c.Text)
		if s == "" {
			continue
		}
		if first == "" {
			first = s
		}
		if !c.Merged {
			filled++
		}
		if same && (i >= len(t.texts) || headingForm(s) != t.texts[i]) {
			same = false
		}
	}
	if same {
		return true
	}
	id := ""
	for i, h := range t.headings {
		if h.Field == Identity && i < len(r.Cells) {
			id = strings.TrimSpace(r.Cells[i].Text)
		}
	}
	form := strings.ToLower(strings.Join(strings.Fields(first), ""))
	return totals.MatchString(form) && (id == "" || id == first) || filled <= 1 && notes.MatchString(form)
}
