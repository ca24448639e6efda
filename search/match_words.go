package search

import (
	"strings"

	"jiebang/search/han"
)

// The reasons of a match are words that people know. A shared stretch begins and ends where the two texts part, which may be in the middle of a word
// or behind a measure; what is grammar at its ends goes, unless it is the first or last character of a word: 不锈钢, 有机, 性能.

// begins and ends are words of which a character is grammar elsewhere: the first of those in begins, the last of those in ends.
var (
	begins = pairSet("不锈 不良 不足 不均 不稳 不平 不溶 不饱 不孕 有机 有色 有效 有害 有毒 有源 有序 有氧 有限 可靠 可控 可编 可再 可降 可视 可燃 可溶 可逆 可变 能量 能源 能耗 能效 能级 中心 中药 中间 中子 中和 中试 中频 中枢 中空 中小 中继 " +
		"对流 对称 对接 对比 对焊 对虾 对位 对苯 对撞 地下 地面 地质 地震 地热 地铁 地层 地形 地理 地图 地基 用户 用电 用水 用药 用地 要素 等离 等温 等级 等效 等位 着火 着色 着床 着陆 以太 使用 得率 过滤 过程 过载 过热 过敏 过氧 过渡 过冷 过流 " +
		"被动 从动 个体 个性 将军 也门 没食 没药 都市 很多 和面 为害 与会 由来 到达 在线 在役 在位 在轨 对象 地址 把手 把关")
	ends = pairSet("电能 热能 性能 功能 节能 储能 智能 动能 光能 风能 阳能 势能 效能 核能 氢能 机能 技能 产能 耗能 利用 应用 使用 作用 通用 专用 药用 食用 费用 复用 公用 民用 农用 饲用 医用 车用 联用 引用 集中 水中 空中 绝对 相对 面对 " +
		"场地 基地 土地 湿地 耕地 草地 工地 产地 林地 接地 盆地 沉着 附着 吸着 粘着 黏着 固着 通过 透过 超过 不等 中等 高等 获得 取得 自由 行为 人为 稀有 固有 饱和 中和 调和 混和 缓和 需要 主要 重要 必要 达到 认可 许可 " +
		"主从 高于 关于 支使 驱使 参与 用于 适于 移到 信使 天使 存在 潜在 内在 焦把 车把")
)

// measures are units of measure. They say how much and not of what, so a stretch is parted at them and none is a reason.
var measures = symbolLists("平方毫米", "平方厘米", "平方米", "立方米", "立方厘米", "摄氏度", "毫米", "厘米", "微米", "纳米级", "分米", "公里", "千米", "公斤", "千克", "毫克", "微克", "毫升", "微升", "小时", "分钟", "秒钟", "兆帕", "千帕", "千瓦时", "千瓦", "兆瓦",
	"赫兹", "伏特", "安培", "百分之", "百分点", "万元", "亿元", "以上", "以下", "以内", "左右", "不低于", "不高于", "不小于", "不大于", "不超过", "大于", "小于", "高于", "低于")

func pairSet(words string) map[han.TermKey]bool {
	m := map[han.TermKey]bool{}
	for w := range strings.FieldsSeq(words) {
		r := []rune(w)
		m[han.PairKey(han.Symbol(r[0]), han.Symbol(r[1]))] = true
	}
	return m
}

// withoutMeasures parts a stretch at units of measure, which are left out; what is left of one character besides means nothing
// by itself.
func withoutMeasures(doc []han.Token, r run) []run {
	out := make([]run, 0, 1)
	first := r.first
scan:
	for i := r.first; i < r.end; {
		for _, m := range measures {
			if hasPrefix(doc[i:r.end], m) {
				if i > first {
					out = append(out, run{first, i})
				}
				i += len(m)
				first = i
				continue scan
			}
		}
		i++
	}
	if r.end > first {
		out = append(out, run{first, r.end})
	}
	return out
}

// inMeasure reports whether a token is part of a unit of measure.
func inMeasure(tokens []han.Token, at int) bool {
	for _, m := range measures {
		for i := range m {
			if at >= i && m[i] == tokens[at].Sym && hasPrefix(tokens[at-i:], m) {
				return true
			}
		}
	}
	return false
}
