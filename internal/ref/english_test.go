package ref

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"jiebang/internal/when"
)

func TestEveryRegionOfEveryEditionHasAnEnglishName(t *testing.T) {
	known := map[string]bool{}
	for code, spans := range divisions().spans {
		for _, s := range spans {
			known[s.name] = true
			if EnglishName(s.name) == "" {
				t.Errorf("%s %s has none", code, s.name)
			}
		}
	}
	for name, en := range englishNames() {
		if !known[name] {
			t.Errorf("%s is no region of any edition", name)
		}
		if strings.Trim(en.name, " ") != en.name || strings.ContainsFunc(en.name, func(c rune) bool { return !strings.ContainsRune(letters, c) }) {
			t.Errorf("%s is %q", name, en.name)
		}
		for _, kind := range []struct{ zh, en string }{{"自治县", " Autonomous County"}, {"自治州", " Autonomous Prefecture"}, {"自治区", " Autonomous Region"},
			{"自治旗", " Autonomous Banner"}, {"盟", " League"}, {"旗", " Banner"}, {"地区", " Prefecture"}, {"县", " County"}} {
			if strings.HasSuffix(name, kind.zh) {
				if !strings.HasSuffix(en.name, kind.en) {
					t.Errorf("%s is %q", name, en.name)
				}
				break
			}
		}
	}
}

// letters are those of English names: ü is the only one that English has not.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzÜü',- "

func TestNoTwoSiblingsHaveOneEnglishNameByMistake(t *testing.T) {
	a := divisions()
	for edition := range a.editions {
		of := map[[2]string]string{} // parent and name
		for _, code := range slices.Sorted(maps.Keys(a.spans)) {
			r, ok := a.in(code, edition)
			if !ok {
				continue
			}
			at := [2]string{r.Parent, r.NameEN()}
			if other, _ := a.in(of[at], edition); other.Code != "" {
				t.Errorf("%s: %s %s and %s %s are both %s", a.editions[edition], other.Code, other.Name, code, r.Name, r.NameEN())
			}
			of[at] = code
		}
	}
}

func TestEnglishNames(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(golden), "\n") {
		for _, pair := range strings.Split(line, ";") {
			zh, want, _ := strings.Cut(strings.TrimSpace(pair), " ")
			if got := EnglishName(zh); got != want {
				t.Errorf("%s is %q, want %q", zh, got, want)
			}
		}
	}
}

// golden are names that are easily read wrongly, and one of each kind.
const golden = `
辽宁省 Liaoning; 陕西省 Shaanxi; 山西省 Shanxi; 内蒙古自治区 Inner Mongolia Autonomous Region; 西藏自治区 Xizang Autonomous Region
广西壮族自治区 Guangxi Zhuang Autonomous Region; 宁夏回族自治区 Ningxia Hui Autonomous Region; 新疆维吾尔自治区 Xinjiang Uygur Autonomous Region
香港特别行政区 Hong Kong Special Administrative Region; 澳门特别行政区 Macao Special Administrative Region; 台湾省 Taiwan; 重庆市 Chongqing
沈阳市 Shenyang; 浑南区 Hunnan District; 法库县 Faku County; 延边朝鲜族自治州 Yanbian Korean Autonomous Prefecture
六安市 Lu'an; 乐清市 Yueqing; 单县 Shanxian County; 蔚县 Yuxian County; 洪洞县 Hongtong County; 东阿县 Dong'e County; 浚县 Xunxian County
荥阳市 Xingyang; 荥经县 Yingjing County; 亳州市 Bozhou; 勐海县 Menghai County; 铅山县 Yanshan County; 台州市 Taizhou; 丽水市 Lishui
乌鲁木齐市 Ürümqi; 拉萨市 Lhasa; 呼和浩特市 Hohhot; 鄂尔多斯市 Ordos; 喀什地区 Kashgar Prefecture; 喀什市 Kashgar; 锡林郭勒盟 Xilingol League; 呼伦贝尔市 Hulunbuir
乌兰察布市 Ulanqab; 巴彦淖尔市 Bayannur; 阿拉善左旗 Alxa Left Banner; 科尔沁右翼前旗 Horqin Right Wing Front Banner; 鄂托克前旗 Otog Front Banner; 杭锦后旗 Hanggin Rear Banner
日喀则市 Xigaze; 昌都市 Qamdo; 林芝市 Nyingchi; 那曲市 Nagqu; 阿里地区 Ngari Prefecture; 索县 Sog County; 朗县 Nang County; 曲水县 Qüxü County
和田地区 Hotan Prefecture; 阿勒泰市 Altay; 库尔勒市 Korla; 伊犁哈萨克自治州 Ili Kazak Autonomous Prefecture; 吐鲁番市 Turpan; 图木舒克市 Tumxuk
格尔木市 Golmud; 果洛藏族自治州 Golog Tibetan Autonomous Prefecture; 香格里拉市 Shangri-La; 哈尔滨市 Harbin; 齐齐哈尔市 Qiqihar
乐亭县 Laoting County; 乐陵市 Laoling; 昌乐县 Changle County; 长子县 Zhangzi County; 大城县 Daicheng County; 大埔县 Dabu County; 黄埔区 Huangpu District; 吴堡县 Wubu County; 红寺堡区 Hongsibu District
宕昌县 Tanchang County; 砀山县 Dangshan County; 涡阳县 Guoyang County; 歙县 Shexian County; 黟县 Yixian County; 枞阳县 Zongyang County; 蚌埠市 Bengbu; 宿州市 Suzhou; 苏州市 Suzhou
六合区 Luhe District; 句容市 Jurong; 盱眙县 Xuyi County; 闵行区 Minhang District; 番禺区 Panyu District; 东莞市 Dongguan; 犍为县 Qianwei County; 什邡市 Shifang; 筠连县 Junlian County
渑池县 Mianchi County; 漯河市 Luohe; 泌阳县 Biyang County; 尉氏县 Weishi County; 尉犁县 Yuli County; 中牟县 Zhongmu County; 牟定县 Mouding County; 柞水县 Zhashui County
繁峙县 Fanshi County; 临朐县 Linqu County; 莘县 Shenxian County; 鄄城县 Juancheng County; 珲春市 Hunchun; 穆棱市 Muling; 讷河市 Nehe; 黄陂区 Huangpi District; 于都县 Yudu County
郫都区 Pidu District; 崆峒区 Kongtong District; 且末县 Qiemo County; 井陉县 Jingxing County; 井陉矿区 Jingxing Mining District; 调兵山市 Diaobingshan; 略阳县 Lüeyang County; 吕梁市 Lüliang
西安市 Xi'an; 延安市 Yan'an; 淮安市 Huai'an; 西安区 Xi'an District; 昂昂溪区 Ang'angxi District; 恩施市 Enshi; 芒市 Mangshi; 城区 Chengqu District; 东区 Dongqu District; 吴县市 Wuxian
浦东新区 Pudong New Area; 神农架林区 Shennongjia Forestry District; 碑林区 Beilin District; 六枝特区 Liuzhi Special District; 瀍河回族区 Chanhe Hui District
龙胜各族自治县 Longsheng Various Nationalities Autonomous County; 威宁彝族回族苗族自治县 Weining Yi, Hui and Miao Autonomous County; 东乡族自治县 Dongxiang Autonomous County
鄂温克族自治旗 Ewenki Autonomous Banner; 莫力达瓦达斡尔族自治旗 Morin Dawa Daur Autonomous Banner; 三都水族自治县 Sandu Shui Autonomous County; 旅大市 Lüda; 西沙群岛 Xisha Islands`

func TestARegionIsNamedInEnglishUpToItsProvince(t *testing.T) {
	for code, want := range map[string]string{
		"210000": "Liaoning", "210112": "Hunnan District, Shenyang, Liaoning", "110105": "Chaoyang District, Beijing",
		"220381": "Gongzhuling, Siping, Jilin", // gone before the current edition
		"219999": "", "": "",
	} {
		if got, ok := NameOfEN(code); got != want || ok != (want != "") {
			t.Errorf("%s is %q, %v, want %q", code, got, ok, want)
		}
	}
}

func TestRegionsAreFoundByTheirEnglishNames(t *testing.T) {
	today := when.MustDay("2026-11-28")
	for part, want := range map[string]string{
		"Shenyang": "210100", "shenYANG": "210100", " Shen yang ": "210100", "Ｓｈｅｎｙａｎｇ": "210100",
		"Lu'an": "341500", "lu’an": "341500", "urumqi": "650100 650121", "Ürümqi": "650100 650121", "Hunnan District": "210112", "shangri la": "533401",
		"沈 阳": "210100", "沈阳Shenyang": "", "'": "", "dongling district": "",
	} {
		var got []string
		for _, r := range divisions().find(RegionFilter{Name: part}, today) {
			if part == "Lu'an" || part == "lu’an" { // also within Luannan and Luanzhou
				if r.Level != LevelCity {
					continue
				}
			}
			got = append(got, r.Code)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %q", part, got, want)
		}
	}
	if was := divisions().find(RegionFilter{Name: "Dongling"}, when.MustDay("2010-01-01")); len(was) != 1 || was[0].NameEN() != "Dongling District" {
		t.Errorf("by the name of another day: %+v", was)
	}
}
