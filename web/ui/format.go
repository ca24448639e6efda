// Package ui is the components of the pages, each in one file: the frame, forms, tables, states, amounts, days, and what stands where nothing
// is. They show what they are given and decide nothing.
package ui

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"jiebang/internal/money"
	"jiebang/internal/when"
	"jiebang/web/site"
)

// Amount is an amount as people say it: in 万元 or 亿元 by its size, in English in millions; exactly where that would cut something off.
func Amount(p *site.Page, f money.Fen) string {
	yuan := float64(f) / 100 // for display: never computed with
	if p.English() {
		switch {
		case f >= 1e9*100:
			return "CNY " + short(yuan/1e9) + " billion"
		case f >= 1e6*100:
			return "CNY " + short(yuan/1e6) + " million"
		}
		return "CNY " + Thousands(exact(f))
	}
	switch {
	case f >= 1e8*100:
		return short(yuan/1e8) + " 亿元"
	case f >= 1e4*100:
		return short(yuan/1e4) + " 万元"
	}
	return Thousands(exact(f)) + " 元"
}

// Exact is an amount to the fen.
func Exact(f money.Fen) string { return "¥" + Thousands(exact(f)) }

func exact(f money.Fen) string {
	return strings.TrimSuffix(f.String(), ".00")
}

// short has three digits at the least and two behind the point at most.
func short(x float64) string {
	text := strconv.FormatFloat(x, 'f', 2, 64)
	text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	return Thousands(text)
}

// Thousands parts the digits of a decimal number in groups of three.
func Thousands(text string) string {
	sign, digits := "", text
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		sign, digits = "-", rest
	}
	whole, rest, point := strings.Cut(digits, ".")
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if point {
		b.WriteString("." + rest)
	}
	return sign + b.String()
}

// Count is a whole number as people read it.
func Count[N int | int64](n N) string { return Thousands(strconv.FormatInt(int64(n), 10)) }

// Moment is an instant in Shanghai, to the minute.
func Moment(t time.Time) string { return t.In(when.Shanghai).Format("2006-01-02 15:04") }

// DayOf is the day of an instant in Shanghai.
func DayOf(t time.Time) string { return t.In(when.Shanghai).Format("2006-01-02") }

// Left says how long there is until a moment: "还有 3 天", or that it is over.
func Left(p *site.Page, until time.Time) string {
	left := until.Sub(p.Now())
	switch {
	case left <= 0:
		return p.T("time.over")
	case left < time.Hour:
		return p.T("time.minutes", int(left/time.Minute)+1)
	case left < 48*time.Hour:
		return p.T("time.hours", int(left/time.Hour))
	}
	return p.T("time.days", int(left/(24*time.Hour)))
}

// Percent is a share of basis points.
func Percent(bp int64) string { return strconv.FormatFloat(float64(bp)/100, 'f', 2, 64) + " %" }

// plain is a scalar of a JSON answer as text.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}

// Bytes is the size of a file as people say it.
func Bytes(n int64) string {
	switch {
	case n >= 1<<20:
		return short(float64(n)/(1<<20)) + " MB"
	case n >= 1<<10:
		return short(float64(n)/(1<<10)) + " KB"
	}
	return Count(n) + " B"
}

// Media is a type of content as people call it; one that has no name of its own is told as it is.
func Media(p *site.Page, kind string) string {
	kind, _, _ = strings.Cut(kind, ";")
	switch {
	case strings.HasPrefix(kind, "image/"):
		return p.T("media.image")
	case strings.Contains(kind, "spreadsheet") || strings.Contains(kind, "excel"):
		return p.T("media.sheet")
	case strings.Contains(kind, "word"):
		return p.T("media.text")
	case kind == "application/pdf":
		return "PDF"
	case kind == "text/csv":
		return "CSV"
	case strings.HasPrefix(kind, "text/"):
		return p.T("media.plain")
	}
	return strings.TrimPrefix(kind, "application/")
}
