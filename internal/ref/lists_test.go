package ref

import (
	"strings"
	"testing"
)

func TestListsAreWhole(t *testing.T) {
	count := map[string]int{}
	for _, l := range Lists() {
		seen := map[string]string{}
		for _, term := range l.Terms {
			if _, twice := seen[term.Code]; twice || term.Code == "" || term.ZH == "" || term.EN == "" {
				t.Errorf("%s: %+v", l.Name, term)
			}
			if _, there := seen[term.Parent]; term.Parent != "" && !there {
				t.Errorf("%s: nothing stands above %+v", l.Name, term)
			}
			seen[term.Code] = term.ZH
			count[l.Name+term.Parent[:min(1, len(term.Parent))]]++
		}
		for code, name := range map[string]string{
			"discipline 110": "数学", "discipline 910": "统计学", "industry 39": "计算机、通信和其他电子设备制造业", "industry C": "制造业", "socio_economic_objective 13": "国防",
			"country DEU": "德国", "country TWN": "中国台湾", "country HKG": "中国香港", "country CHN": "中国",
		} {
			if of, code, _ := strings.Cut(code, " "); of == l.Name && seen[code] != name {
				t.Errorf("%s %s is %q", l.Name, code, seen[code])
			}
		}
	}
	divisions := 0
	for of, n := range count {
		if strings.HasPrefix(of, "industry") && of != "industry" {
			divisions += n
		}
	}
	if count["discipline"] != 62 || count["industry"] != 20 || divisions != 97 || count["socio_economic_objective"] != 13 || count["country"] < 240 {
		t.Errorf("%v, divisions %d", count, divisions)
	}
}
