package orgs

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// A seller's office is the one with the narrowest region around the seller's place.
func TestTheOfficeOfAPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		d := dbtest.Open(t, o)
		s := New(work.New(d, when.System, func() {}))
		operator := work.Call{Actor: policy.Actor{Account: uuid.New(), Operator: true}}
		for code, region := range map[string]string{"LN00": "210000", "SY01": "210100", "HN01": "210112", "BJ01": "110000"} {
			if _, err := s.CreateOffice(t.Context(), operator, code, code, region); err != nil {
				t.Fatal(err)
			}
		}
		for region, want := range map[string]string{
			"210112": "HN01", "210106": "SY01", "210100": "SY01", "210211": "LN00", "210000": "LN00", "110108": "BJ01", "440305": "",
		} {
			got, err := OfficeFor(d.Reader, region)
			if got != want || (want == "") != fault.NoOffice.Of(err) {
				t.Errorf("%s: %q, %v; want %q", region, got, err, want)
			}
		}
		if _, err := s.CreateOffice(t.Context(), operator, "SY02", "又一个", "210100"); !fault.OfficeCodeTaken.Of(err) {
			t.Errorf("two offices for one region: %v", err)
		}
	})
}
