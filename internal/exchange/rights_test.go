package exchange

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/results"
	"jiebang/internal/tables"
)

func readRights(s string) ([]results.Right, fault.Fields) {
	var bad fault.Fields
	r := &reading{cell: tables.Cell{Text: s}, pointer: "/intellectual_property", bad: &bad}
	return r.rights(), bad
}

func TestRightsInACell(t *testing.T) {
	patent := results.Right{Kind: codes.InventionPatent, Number: "ZL202319000123.1", Status: codes.IPGranted}
	by := func(r results.Right, status codes.IPStatus, holder string) results.Right {
		r.Status, r.Holder = status, holder
		return r
	}
	for cell, want := range map[string][]results.Right{
		"":                 nil,
		"ZL202319000123.1": {patent},
		"发明专利 ZL202319000123.1（已授权）":                          {patent},
		"发明专利：ZL202319000123.1(有效)":                           {patent},
		"发明专利ZL202319000123.1(失效，权利人：盛北理工大学)":                 {by(patent, codes.IPLapsed, "盛北理工大学")},
		"发明专利 ZL202319000123.1（已授权，权利人 盛北（沈阳）公司）；技术秘密":        {by(patent, codes.IPGranted, "盛北（沈阳）公司"), {Kind: codes.TechnicalSecret}},
		"软著 2023SR0123456（权利人 甲，乙）\n实用新型 202329000123.7（申请中）": {{Kind: codes.SoftwareCopyright, Number: "2023SR0123456", Holder: "甲，乙"}, {Kind: codes.UtilityModel, Number: "202329000123.7", Status: codes.IPApplied}},
		"软件著作权 平台软件 (V1.0)":                                   {{Kind: codes.SoftwareCopyright, Number: "平台软件 (V1.0)"}},
		`["发明专利 ZL202319000123.1（已授权，权利人 甲；乙）"]`:              {by(patent, codes.IPGranted, "甲；乙")},
	} {
		if got, bad := readRights(cell); len(bad) > 0 || !slices.Equal(got, want) {
			t.Errorf("%q: %+v, %v", cell, got, bad)
		}
	}
	for _, cell := range []string{"正在申请", "2023SR0123456", "PCT/CN2021/123456"} {
		if got, bad := readRights(cell); len(bad) != 1 || bad[0].Pointer != "/intellectual_property/0" {
			t.Errorf("%q: %+v, %v", cell, got, bad)
		}
	}
	if s := rightsText([]results.Right{by(patent, codes.IPGranted, "盛北理工大学"), {Kind: codes.TechnicalSecret}}); s != "发明专利 ZL202319000123.1（已授权，权利人 盛北理工大学）；技术秘密" {
		t.Errorf("%s", s)
	}
}

// Whatever a result holds, a cell holds it without loss.
func TestRightsGoThroughACellWithoutLoss(t *testing.T) {
	kinds, texts := codes.IPKinds.Terms(), rapid.StringMatching(`[A-Z0-9甲乙权利人（）()；;，,|{}"\[\] .]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		one := rapid.Custom(func(t *rapid.T) results.Right {
			r := results.Right{Kind: rapid.SampledFrom(kinds[:len(kinds)-1]).Draw(t, "kind").Code, Status: rapid.SampledFrom([]codes.IPStatus{"", codes.IPApplied, codes.IPGranted, codes.IPRejected, codes.IPLapsed}).Draw(t, "status")}
			clean := func(s string) string {
				var bad fault.Fields
				in := &reading{cell: tables.Cell{Text: s}, bad: &bad}
				return in.text(0)
			}
			r.Number, r.Holder = clean(texts.Draw(t, "number")), clean(texts.Draw(t, "holder"))
			return r
		})
		rights := rapid.SliceOfN(one, 0, 3).Draw(t, "rights")
		cell := rightsText(rights)
		if got, bad := readRights(cell); len(bad) > 0 || !slices.Equal(got, rights) {
			t.Fatalf("%+v in %q is read as %+v, %v", rights, cell, got, bad)
		}
	})
}
