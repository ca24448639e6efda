package han

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
	// maxPinyin and maxSpelled bound what is compared: letters, and symbols of the
	// name.
	maxPinyin  = 63
	maxSpelled = 64
)

// Readings are the syllables that a character is read as, without tones; none
// for one that has no reading.
func Readings(s Symbol) []string {
	args := pinyin.NewArgs()
	args.Heteronym = true
	list := pinyin.SinglePinyin(rune(s), args)
	slices.Sort(list)
	return slices.Compact(list)
}

// Spells finds letters in a name, given the readings of each of its symbols: each
// character is written as its whole syllable or as its first letter (zh, ch and sh
// count as a letter too), and the last one may be unfinished. So qinghua, qhdx,
// qhuadx and qingh all find 清华大学. first and end are the characters that the
// letters stand for; end is 0 if they are not there.
func Spells(readings [][]string, letters string) (first, end int) {
	if len(letters) < minPinyin || len(letters) > maxPinyin {
		return 0, 0
	}
	readings = readings[:min(len(readings), maxSpelled)]
	for first := range readings {
		if first == 1 && len(letters) < minPinyinInside {
			break
		}
		// failed has a bit for each rest of the letters that was tried in vain.
		var failed [maxSpelled + 1]uint64
		if end := spellsAt(readings, first, letters, &failed); end > 0 {
			return first, end
		}
	}
	return 0, 0
}

func spellsAt(readings [][]string, at int, letters string, failed *[maxSpelled + 1]uint64) (end int) {
	if letters == "" {
		return at
	}
	if at == len(readings) || failed[at]&(1<<len(letters)) != 0 {
		return 0
	}
	for _, r := range readings[at] {
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
				if end := spellsAt(readings, at+1, rest, failed); end > 0 {
					return end
				}
			}
		}
	}
	failed[at] |= 1 << len(letters)
	return 0
}
