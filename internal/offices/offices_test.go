package offices_test

import (
	"testing"

	"jiebang/internal/casttest"
	"jiebang/internal/fault"
	"jiebang/internal/offices"
)

// A seller's office is the one with the narrowest region around the seller's place.
func TestTheOfficeOfAPlace(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		for code, region := range map[string]string{"LN00": "210000", "SY01": "210100", "HN01": "210112", "BJ01": "110000"} {
			c.Office(code, region)
		}
		for region, want := range map[string]string{
			"210112": "HN01", "210106": "SY01", "210100": "SY01", "210211": "LN00", "210000": "LN00", "110108": "BJ01", "440305": "",
		} {
			got, err := offices.For(c.DB.Reader, region)
			if got != want || (want == "") != fault.NoOffice.Of(err) {
				c.Errorf("%s: %q, %v; want %q", region, got, err, want)
			}
		}
		_, err := c.Offices.Create(c.Context(), c.Operator, offices.Input{Code: "SY02", Name: "又一个", Region: "210100"})
		c.Refused(err, fault.OfficeCodeTaken)
	})
}
