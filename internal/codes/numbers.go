package codes

import (
	"errors"
	"strings"
)

// ErrRegionCode means that a text does not have the form of a GB/T 2260 code.
var ErrRegionCode = errors.New("codes: not a region code of six digits")

// RegionCode reads a code of GB/T 2260 and returns it without surrounding white space: six ASCII digits, two each for
// province, city and county, where a county cannot stand under no city ("210012") and no province is 00. Whether such a
// region exists, and on which day, is asked of package ref.
func RegionCode(s string) (string, error) {
	code := strings.TrimSpace(s)
	if len(code) != 6 || !allDigits(code) || code[:2] == "00" || code[2:4] == "00" && code[4:] != "00" {
		return "", ErrRegionCode
	}
	return code, nil
}

// UsualOfficialNumber reports whether a contract's official registration number looks like those that are known to be
// given out: 16 digits, or 14 in the older form. The number is the registering body's to form, so that an unusual one is
// a reason to look twice and none to refuse.
func UsualOfficialNumber(number string) bool {
	return (len(number) == 16 || len(number) == 14) && allDigits(number)
}
