package exchange

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/results"
)

// rightKinds are the kinds of intellectual property as tables call them, the longest in front.
var rightKinds = func() []term {
	also := map[codes.IPKind][]string{
		codes.TechnicalSecret: {"专有技术", "技术诀窍"}, codes.InventionPatent: {"国家发明专利", "发明"}, codes.UtilityModel: {"实用新型"}, codes.DesignPatent: {"外观设计", "外观专利"},
		codes.SoftwareCopyright: {"软件著作权", "软著"}, codes.LayoutDesign: {"集成电路布图设计专有权", "布图设计"}, codes.NewMedicine: {"生物医药新品种"},
	}
	var out []term
	for _, t := range codes.IPKinds.Terms() {
		if t.Code != codes.NoIP {
			for _, name := range append([]string{t.Chinese, string(t.Code)}, also[t.Code]...) {
				out = append(out, term{string(t.Code), name, nil})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b term) int { return len(b.name) - len(a.name) })
	return out
}()

var rightStatuses = map[string]codes.IPStatus{
	"申请中": codes.IPApplied, "在审": codes.IPApplied, "审查中": codes.IPApplied, "受理": codes.IPApplied, "已受理": codes.IPApplied, "公开": codes.IPApplied, "实审": codes.IPApplied, "applied": codes.IPApplied,
	"已授权": codes.IPGranted, "授权": codes.IPGranted, "有效": codes.IPGranted, "有权": codes.IPGranted, "已登记": codes.IPGranted, "登记": codes.IPGranted, "granted": codes.IPGranted,
	"未获授权": codes.IPRejected, "驳回": codes.IPRejected, "撤回": codes.IPRejected, "视为撤回": codes.IPRejected, "视撤": codes.IPRejected, "rejected": codes.IPRejected,
	"已失效": codes.IPLapsed, "失效": codes.IPLapsed, "无权": codes.IPLapsed, "终止": codes.IPLapsed, "届满": codes.IPLapsed, "lapsed": codes.IPLapsed,
}

const rightHolder = "权利人"

// rights reads pieces of intellectual property, each as 发明专利 ZL202319000123.1（已授权，权利人 盛北理工大学）: what stands in the brackets may be left out, as the
// kind may where the number tells it; ZL says that a patent is granted.
func (r *reading) rights() []results.Right {
	var out []results.Right
	for i, s := range r.list(splitSentences) {
		right, known := rightOf(s)
		if !known {
			at := *r
			at.pointer = fmt.Sprintf("%s/%d", r.pointer, i)
			at.refuse(fault.NotOffered, "读不出“%[1]s”是哪一类知识产权：请写如 发明专利 ZL202319000123.1（已授权）；软件著作权 2023SR0123456（已登记）。", "“%[1]s” tells no kind of intellectual property; write the kind and then the number, with the status in brackets.", s)
		}
		out = append(out, right)
	}
	return out
}

// rightOf reads one.
func rightOf(s string) (out results.Right, known bool) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "{") && json.Unmarshal([]byte(s), &out) == nil {
		return out, true
	}
	s, out.Status, out.Holder = rightBracket(s)
	for _, k := range rightKinds {
		if rest, is := strings.CutPrefix(s, k.name); is {
			out.Kind, s = codes.IPKind(k.code), strings.TrimSpace(strings.TrimLeft(rest, ":： "))
			break
		}
	}
	out.Number = s
	if told, err := codes.ReadPatent(s); err == nil && out.Kind == "" {
		out.Kind = told.Kind
	}
	if out.Kind.Patent() && out.Status == "" && strings.HasPrefix(codes.NumberForm(s), "ZL") {
		out.Status = codes.IPGranted
	}
	return out, out.Kind != ""
}

// rightBracket takes the bracket at the end off, where it tells status or holder.
func rightBracket(s string) (rest string, status codes.IPStatus, holder string) {
	if !strings.HasSuffix(s, "）") && !strings.HasSuffix(s, ")") {
		return s, "", ""
	}
	depth, open := 0, -1
	for i, c := range s { // the outermost bracket that ends the text
		switch c {
		case '（', '(':
			if depth == 0 {
				open = i
			}
			depth++
		case '）', ')':
			depth--
		}
	}
	if open < 0 || depth != 0 {
		return s, "", ""
	}
	inside := strings.TrimSuffix(strings.TrimPrefix(s[open:], "（"), "）")
	inside = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(inside, "("), ")"))
	first, after := inside, ""
	if comma := strings.IndexAny(inside, ",，"); comma >= 0 {
		first, after = inside[:comma], strings.TrimSpace(strings.TrimLeft(inside[comma:], ",，"))
	}
	status, known := rightStatuses[strings.TrimSpace(first)]
	if !known {
		after = inside
	}
	if after != "" {
		named, is := strings.CutPrefix(after, rightHolder)
		if !is {
			return s, "", ""
		}
		holder = strings.TrimSpace(strings.TrimLeft(named, ":： "))
	}
	return strings.TrimSpace(s[:open]), status, holder
}

// rightsText writes them so that they are read again as the same: in words where that can be, else as JSON.
func rightsText(rights []results.Right) string {
	list := make([]string, len(rights))
	for i, r := range rights {
		list[i] = rightText(r)
	}
	return joined(list, splitSentences)
}

func rightText(r results.Right) string {
	kind, _ := codes.IPKinds.Get(r.Kind)
	status, _ := codes.IPStatuses.Get(r.Status)
	var inside []string
	if r.Status != "" {
		inside = append(inside, status.Chinese)
	}
	if r.Holder != "" {
		inside = append(inside, rightHolder+" "+r.Holder)
	}
	s := strings.TrimSpace(kind.Chinese + " " + r.Number)
	if len(inside) > 0 {
		s += "（" + strings.Join(inside, "，") + "）"
	}
	if again, known := rightOf(s); known && again == r && s == strings.TrimSpace(s) {
		return s
	}
	b, err := json.Marshal(r)
	if err != nil {
		return s
	}
	return string(b)
}
