package paper_test

import (
	"bytes"
	"strings"
	"testing"

	"jiebang/internal/paper"
	"jiebang/internal/paper/papertest"
)

func printed(t *testing.T, fill func(p *paper.Paper)) []byte {
	t.Helper()
	p := paper.New("技术合同登记证明")
	fill(p)
	out, err := p.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What is written is copied back, whatever its letters are; what the font lacks is seen to be missing; a paper is the same each time.
func TestWhatIsWrittenIsCopiedBack(t *testing.T) {
	fill := func(p *paper.Paper) {
		p.Title("技术合同登记证明")
		p.Row([]float64{1, 3}, "成交额", "壹拾万柒仟元零伍角叁分（¥107,000.53）")
		p.Row([]float64{1, 3}, "当事人", "鋰離子電池研究院、Müller GmbH、㎡ 与 ℃")
		p.Text("缺字：\U0001F9EA。")
		p.Code("https://example.org/v1/certificates/7K2M9QX4", 90, "扫码核验")
	}
	one, two := printed(t, fill), printed(t, fill)
	if !bytes.Equal(one, two) {
		t.Error("two papers of the same text differ")
	}
	text := papertest.Text(t, one)
	for _, want := range []string{"技术合同登记证明", "壹拾万柒仟元零伍角叁分（¥107,000.53）", "鋰離子電池研究院、MüllerGmbH、㎡与℃", "缺字：〓。", "扫码核验"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	if len(one) > 200_000 {
		t.Errorf("one page has %d bytes", len(one))
	}
}

// A long text goes on over pages, and nothing of it is lost.
func TestALongTextGoesOn(t *testing.T) {
	long := strings.Repeat("连续运行一千小时，非甲烷总烃去除率不低于百分之九十五。", 300)
	text := papertest.Text(t, printed(t, func(p *paper.Paper) {
		p.Text(long)
		for range 80 {
			p.Row([]float64{1, 2}, "第一栏", "第二栏")
		}
	}))
	if got := strings.Count(text, "去除率不低于百分之九十五"); got < 290 || strings.Count(text, "第二栏") != 80 {
		t.Errorf("%d sentences, %d rows", got, strings.Count(text, "第二栏"))
	}
	if !strings.Contains(strings.ReplaceAll(text, "\f", ""), long) {
		t.Error("the text is not as it was")
	}
}

func TestACodeHoldsAnAddress(t *testing.T) {
	p := paper.New("x")
	p.Code("https://例.中国/", 90, "")
	if _, err := p.Bytes(); err == nil {
		t.Error("an address that cameras read as something else is drawn")
	}
}
