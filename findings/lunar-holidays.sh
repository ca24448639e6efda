#!/usr/bin/env bash
# github.com/6tail/lunar-go v1.4.7, seen with Go 1.26 in November 2026.
#
# Behaviour: HolidayUtil, asked for public holidays, has a table of notices and no rule of the law. Of a year that it does not
# know yet (2028) it lists nothing and says nothing: New Year's Day, which is off every year by law, is as a working day.
# Names are its own: New Year's Day is 元旦节 and not 元旦 as in the notices, and where two holidays run into each other
# (2025) there is neither 国庆节 nor 中秋节 but 国庆中秋, so that a look-up by name finds no National Day.
# So: ask first whether a year has a table, know the days by law besides, and go by the day and not by the name.
#
# Fails if the output is another than the one seen.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/6tail/lunar-go/HolidayUtil"
)

func main() {
	for _, year := range []int{2025, 2026, 2028} {
		names := map[string]int{}
		all := HolidayUtil.GetHolidaysByYear(year)
		for e := all.Front(); e != nil; e = e.Next() {
			names[e.Value.(*HolidayUtil.Holiday).GetName()]++
		}
		fmt.Printf("%d: %d lines; 元旦 %d, 元旦节 %d, 国庆节 %d, 国庆中秋 %d\n", year, all.Len(), names["元旦"], names["元旦节"], names["国庆节"], names["国庆中秋"])
	}
	fmt.Printf("2028-01-01: known %v\n", HolidayUtil.GetHoliday("2028-01-01") != nil)
}
GO
cat >go.mod <<'MOD'
module finding

go 1.26

require github.com/6tail/lunar-go v1.4.7
MOD
go mod tidy >/dev/null 2>&1
seen=$(go run .)
want='2025: 33 lines; 元旦 0, 元旦节 1, 国庆节 0, 国庆中秋 10
2026: 39 lines; 元旦 0, 元旦节 4, 国庆节 9, 国庆中秋 0
2028: 0 lines; 元旦 0, 元旦节 0, 国庆节 0, 国庆中秋 0
2028-01-01: known false'
printf '%s\n' "$seen"
[ "$seen" = "$want" ] || { echo "behaves otherwise now"; exit 1; }
