package money

import "strings"

// Capital writes an amount in the capital letters of Chinese documents (大写), as the payment rules of the central bank have it (《支付结算办法》附一):
// 叁佰贰拾伍元零肆分, 贰亿元整. A zero between digits is said once, also between yuan that end in zero and what follows; without jiao and fen it ends
// with 整. It takes amounts of 0 and more.
func Capital(f Fen) string {
	yuan, jiao, fen := int64(f)/100, int64(f)/10%10, int64(f)%10
	var b strings.Builder
	if yuan > 0 {
		b.WriteString(capitals(yuan))
		b.WriteString("元")
	}
	switch {
	case jiao == 0 && fen == 0:
		if yuan == 0 {
			b.WriteString("零元")
		}
		b.WriteString("整")
		return b.String()
	case yuan > 0 && (jiao == 0 || yuan%10 == 0):
		b.WriteString("零")
	}
	if jiao > 0 {
		b.WriteString(capitalDigits[jiao] + "角")
	}
	if fen > 0 {
		b.WriteString(capitalDigits[fen] + "分")
	}
	return b.String()
}

var capitalDigits = [...]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}

// capitals writes a number above 0: what counts hundreds of millions, then tens of thousands, then the rest, each by the same rule.
func capitals(n int64) string {
	for _, part := range []struct {
		unit int64
		name string
	}{{1_0000_0000, "亿"}, {1_0000, "万"}, {1000, "仟"}, {100, "佰"}, {10, "拾"}} {
		if n < part.unit {
			continue
		}
		out, rest := capitals(n/part.unit)+part.name, n%part.unit
		if rest > 0 && rest < part.unit/10 {
			out += "零"
		}
		if rest > 0 {
			out += capitals(rest)
		}
		return out
	}
	return capitalDigits[n]
}
