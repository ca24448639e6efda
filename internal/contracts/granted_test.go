package contracts

import (
	"testing"

	"jiebang/internal/casttest"
	"jiebang/internal/codes"
	"jiebang/internal/results"
	"jiebang/internal/when"
)

// Of a licence or an assignment of a result whose use was granted to its inventors on the day of signing, that is told; of nothing else.
func TestRightsThatWereGrantedAreToldOfAContract(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		s, o := results.New(c.Unit), c.Organization("盛北理工大学", "university", "210112")
		content := results.Content{Title: "低温等离子体废气净化装置", Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Field: "environment", Inventors: []results.Inventor{{Name: "林砚舟"}}}
		id := casttest.Create(c, o.Editor, s.Create, results.Input{Owner: o.ID, Content: content})
		casttest.Decide(c, o.Editor, s.Grant, id, 1, results.Grant{
			Kind: results.GrantUse, Inventors: []results.GrantInventor{{Name: "林砚舟"}}, Share: 7000, AgreedOn: when.MustDay("2026-03-01"), NoticeFirst: when.MustDay("2026-02-01"), NoticeLast: when.MustDay("2026-02-15"),
			Evidence: "盛理工科〔2026〕3号",
		})
		contract := func(kind codes.ContractKind, signed string) Contract {
			k := Contract{Kind: kind, ResultID: &id}
			k.Terms.SignedOn = when.MustDay(signed)
			return k
		}
		of, none := contract(codes.License, "2026-03-02"), contract(codes.License, "2026-03-02")
		none.ResultID = nil
		got, err := grantRemarks(c.DB.Reader, []Contract{of, contract(codes.Assignment, "2026-03-01"), contract(codes.License, "2026-02-28"), contract(codes.Development, "2026-03-02"), none}, when.MustDay("2026-03-10"))
		c.Must(err)
		for i, want := range []int{1, 1, 0, 0, 0} {
			if len(got[i]) != want {
				t.Errorf("%d: %+v", i, got[i])
			}
		}
		if r := got[0][0]; r.Code != RightsGranted || r.Granted != results.GrantUse || r.GrantedFrom != when.MustDay("2026-03-01") || !r.GrantedTo.IsZero() {
			t.Errorf("%+v", r)
		}
	})
}
