package han

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

// The tables of OpenCC, see opencc/README.md.
var (
	//go:embed opencc/TSCharacters.txt
	openccCharacters string
	//go:embed opencc/TSPhrases.txt
	openccPhrases string
)

// alike lists more characters in pairs, what is written and what it is read as: forms of Hong Kong and Taiwan that the table takes for granted, and
// simplified forms of which two are in use (锺 and 钟, 馀 and 余).
const alike = "衞卫敍叙枱台粧妆簷檐糭粽燄焰籐藤荳豆菓果鎗枪濬浚瑯琅澂澄揹背伕夫牠它觔斤隄堤耡锄薰熏碁棋迳径锺钟钜巨馀余谘咨讬托麹曲麺面镟旋硷碱缐线䌽彩薴苎醯酰"

// phrases lists more words in which a character means another than by itself, after those of OpenCC: what is written and what it is read as. 畫 is
// 画, and 划 in 計畫; 著 is 著, and 着 where Taiwan writes it for 着; 坏 is what it is, and 坯 where it is written beside a traditional form.
const phrases = "規畫规划 企畫企划 策畫策划 謀畫谋划 擘畫擘划 畫分划分 區畫区划 甚麼什么 毛坏毛坯 沈澱沉淀 沈降沉降 沈積沉积 下沈下沉 浮沈浮沉 藉由借由 " +
	"附著附着 吸著吸着 黏著黏着 粘著粘着 膠著胶着 沿著沿着 隨著随着 接著接着 順著顺着 朝著朝着 向著向着 意味著意味着 穿著穿着 執著执着 " +
	"著火着火 著色着色 著陸着陆 著床着床 著手着手 著重着重 著眼着眼 著力着力 著落着落 著急着急"

// radicals has what each character of the supplement of radicals, U+2E80 and on, is as a character of texts (Unicode's Equivalent_Unified_Ideograph),
// a blank for none: PDF files give ⻛ for 风. Radicals of Kangxi have a decomposition.
const (
	firstRadical = 0x2E80
	radicals     = " 厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵 旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹" +
		"艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)

// The block of unified ideographs, in which nearly all that is folded lies.
const firstHan, lastHan = 0x4E00, 0x9FFF

// beginsPhrase marks a character of that block that a phrase begins with.
const beginsPhrase rune = 1 << 30

// simplified has the simplified form of each character of that block, rare that of others, and phrasesOf the phrases that begin with a character.
var (
	simplified [lastHan - firstHan + 1]rune
	rare       = map[rune]rune{}
	phrasesOf  = map[rune][]phrase{}
)

// phrase is a word whose characters are not read as they are by themselves.
type phrase struct {
	written string
	read    []rune
}

func init() {
	for i := range simplified {
		simplified[i] = firstHan + rune(i)
	}
	// Of several simplified forms the first is taken that everybody's device shows, which is what texts have; the rare ones are read as it, too.
	// Where the form that is written is itself among them and first, it is a word of its own in texts of today: what else it may mean, phrases say.
	entries(openccCharacters, func(written string, forms []string) {
		from, _ := utf8.DecodeRuneInString(written)
		to := from
		for _, f := range forms {
			if r, _ := utf8.DecodeRuneInString(f); r <= lastHan {
				to = r
				break
			}
		}
		fold(from, to)
		for _, f := range forms {
			if r, _ := utf8.DecodeRuneInString(f); r > lastHan {
				fold(r, to)
			}
		}
	})
	each := []rune(alike)
	for i := 0; i+1 < len(each); i += 2 {
		fold(each[i], each[i+1])
	}
	for i, r := range []rune(radicals) {
		if r != ' ' {
			fold(firstRadical+rune(i), r)
		}
	}
	// What is folded to what is folded itself is folded to the last.
	for i, r := range simplified {
		simplified[i] = simplify(r)
	}
	for from, to := range rare {
		rare[from] = simplify(to)
	}
	entries(openccPhrases, func(written string, forms []string) { addPhrase(written, forms[0]) })
	for _, both := range strings.Fields(phrases) {
		each := []rune(both)
		addPhrase(string(each[:len(each)/2]), string(each[len(each)/2:]))
	}
}

// entries calls f for each line of a table of OpenCC.
func entries(table string, f func(written string, forms []string)) {
	for line := range strings.Lines(table) {
		written, forms, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if ok && !strings.HasPrefix(line, "#") {
			f(written, strings.Fields(forms))
		}
	}
}

func fold(from, to rune) {
	if firstHan <= from && from <= lastHan {
		simplified[from-firstHan] = to
	} else if from != to {
		rare[from] = to
	}
}

// addPhrase takes a phrase whose characters come out otherwise than one by one, and as characters that are read as themselves: a
// reading that lasts only as long as its neighbours stand there would part a word from itself. 打坏 is none: in simplified texts 坏 is
// what it says.
func addPhrase(written, read string) {
	from, to := []rune(written), []rune(read)
	if len(from) != len(to) || from[0] < firstHan || from[0] > lastHan {
		return
	}
	other, traditional := false, false
	for i := range to {
		other = other || simplify(from[i]) != to[i]
		traditional = traditional || simplify(from[i]) != from[i] && from[i] != '坏'
		if simplify(to[i]) != to[i] {
			return
		}
	}
	if !other || !traditional && strings.ContainsRune(written, '坏') && written != "毛坏" {
		return
	}
	list := phrasesOf[from[0]]
	at := 0 // the longest first
	for at < len(list) && len(list[at].written) >= len(written) {
		at++
	}
	list = append(list, phrase{})
	copy(list[at+1:], list[at:])
	list[at] = phrase{written, to}
	phrasesOf[from[0]] = list
	simplified[from[0]-firstHan] |= beginsPhrase
}

// simplify maps a traditional form, and a radical, to the simplified character.
func simplify(r rune) rune {
	if firstHan <= r && r <= lastHan {
		return simplified[r-firstHan] &^ beginsPhrase
	}
	if to, ok := rare[r]; ok {
		return to
	}
	return r
}

// phraseAt is the longest phrase that a text begins with.
func phraseAt(text string) *phrase {
	r, _ := utf8.DecodeRuneInString(text)
	list := phrasesOf[r]
	for i := range list {
		if strings.HasPrefix(text, list[i].written) {
			return &list[i]
		}
	}
	return nil
}

// Simplified reads traditional forms and radicals of a text as simplified characters, as Tokenize does, and leaves the rest as it is.
func Simplified(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if firstHan <= r && r <= lastHan && simplified[r-firstHan]&beginsPhrase != 0 {
			if p := phraseAt(s[i:]); p != nil {
				b.WriteString(string(p.read))
				i += len(p.written)
				continue
			}
		}
		if r == utf8.RuneError && n == 1 {
			b.WriteByte(s[i])
		} else {
			b.WriteRune(simplify(r))
		}
		i += n
	}
	return b.String()
}
