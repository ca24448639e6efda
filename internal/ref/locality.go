package ref

// The functions here go by the digits of a code and ask no table, so that they answer for old codes and statistical
// zones alike. A code that came from outside is first read with codes.RegionCode.

// City returns the region at city level that a code lies in: its first four digits and 00; the province itself in the
// four municipalities (北京 11, 天津 12, 上海 31, 重庆 50); and the county itself where it stands directly under the
// province (digits three and four are 90, such as 419001 济源市), as the line above those counties is no place. It
// returns "" for a code that says no more than the province, and for what is not six digits.
func City(code string) string {
	switch {
	case !sixDigits(code):
		return ""
	case municipality(code):
		return code[:2] + "0000"
	case code[2:4] == "00" || code[2:] == "9000":
		return ""
	case code[2:4] == "90":
		return code
	}
	return code[:4] + "00"
}

// Local reports whether a code lies in a city, which is itself given by a code at city level. known is false where the
// code leaves it open: when it names no more than the city's own province, or is no code at all. Another province is
// known not to be local, with or without a city, and so is a country abroad.
func Local(code, city string) (local, known bool) {
	if _, country := Country(code); country && PlaceIn(code) == code && City(city) != "" {
		return false, true
	}
	if !sixDigits(code) || City(city) == "" || !province(code) {
		return false, false
	}
	if code[:2] != city[:2] {
		return false, true
	}
	of := City(code)
	return of == City(city), of != ""
}

// Within reports whether a code lies in another or is the same. What is not six digits lies nowhere.
func Within(code, ancestor string) bool {
	if !sixDigits(code) || !sixDigits(ancestor) {
		return false
	}
	switch {
	case code == ancestor:
		return true
	case ancestor[2:] == "0000":
		return code[:2] == ancestor[:2]
	case ancestor[4:] == "00":
		return code[:4] == ancestor[:4]
	}
	return false
}

// parentOf returns the code of the region that a code lies in, "" for a province.
func parentOf(code string) string {
	city := City(code)
	switch {
	case code[2:] == "0000":
		return ""
	case city == code || city == "":
		return code[:2] + "0000"
	}
	return city
}

// province reports whether the first two digits are those of a province in any edition.
func province(code string) bool {
	_, ok := divisions().spans[code[:2]+"0000"]
	return ok
}

func municipality(code string) bool {
	switch code[:2] {
	case "11", "12", "31", "50":
		return true
	}
	return false
}

func sixDigits(code string) bool {
	if len(code) != 6 {
		return false
	}
	for i := range len(code) {
		if code[i] < '0' || code[i] > '9' {
			return false
		}
	}
	return true
}
