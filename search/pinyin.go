package search

import (
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

const (
	// minPinyin is the number of letters from which a word may be pinyin at the
	// beginning of a name, minPinyinInside at any other place: two letters inside
	// are in nearly every name.
	minPinyin       = 2
	minPinyinInside = 3
	// maxPinyin and maxNameSymbols bound what is compared.
	maxPinyin      = 63
	maxNameSymbols = 64
)

// readingsOf are the syllables that a character is read as, without tones; none
// for one that has no reading.
func readingsOf(s symbol) []string {
	args := pinyin.NewArgs()
	args.Heteronym = true
	list := pinyin.SinglePinyin(rune(s), args)
	slices.Sort(list)
	return slices.Compact(list)
}

// spells finds letters in a name: each character is written as its whole
// syllable or as its first letter (zh, ch and sh count as a letter too), and the
// last one may be unfinished. So qinghua, qhdx, qhuadx and qingh all find
// 清华大学. first and end are the characters that the letters stand for; end is 0
// if they are not there.
func (n *name) spells(letters string) (first, end int) {
	if len(letters) < minPinyin || len(letters) > maxPinyin {
		return 0, 0
	}
	for first := range n.symbols {
		if first == 1 && len(letters) < minPinyinInside {
			break
		}
		// failed has a bit for each rest of the letters that was tried in vain.
		var failed [maxNameSymbols + 1]uint64
		if end := n.spellsAt(first, letters, &failed); end > 0 {
			return first, end
		}
	}
	return 0, 0
}

func (n *name) spellsAt(at int, letters string, failed *[maxNameSymbols + 1]uint64) (end int) {
	if letters == "" {
		return at
	}
	if at == len(n.symbols) || failed[at]&(1<<len(letters)) != 0 {
		return 0
	}
	for _, r := range n.readings[at] {
		if strings.HasPrefix(r, letters) {
			return at + 1
		}
		parts := [3]string{r, r[:1]}
		if len(r) > 1 && r[1] == 'h' {
			parts[2] = r[:2]
		}
		for _, part := range parts {
			if part == "" {
				continue
			}
			if rest, ok := strings.CutPrefix(letters, part); ok {
				if end := n.spellsAt(at+1, rest, failed); end > 0 {
					return end
				}
			}
		}
	}
	failed[at] |= 1 << len(letters)
	return 0
}
