package results_test

import (
	"slices"
	"strings"
	"testing"

	"jiebang/internal/casttest"
	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/results"
)

// What is wrong with the intellectual property of a result, and where.
func TestIntellectualPropertyIsHeldToItsRules(t *testing.T) {
	sound := results.Right{Kind: codes.InventionPatent, Number: "ZL202319000123.1", Status: codes.IPGranted}
	for name, c := range map[string]struct {
		rights []results.Right
		want   string // place and code
	}{
		"a patent":                         {[]results.Right{sound}, ""},
		"the check digit left out":         {[]results.Right{{Kind: codes.InventionPatent, Number: "202319000123", Status: codes.IPApplied}}, ""},
		"a secret":                         {[]results.Right{{Kind: codes.TechnicalSecret}}, ""},
		"an international application":     {[]results.Right{{Kind: codes.UtilityModel, Number: "PCT/CN2023/900123", Status: codes.IPApplied}}, ""},
		"a wrong check digit":              {[]results.Right{{Kind: codes.InventionPatent, Number: "ZL202319000123.2", Status: codes.IPGranted}}, "/intellectual_property/0/number check_character"},
		"no number at all":                 {[]results.Right{{Kind: codes.InventionPatent, Number: "正在办理", Status: codes.IPApplied}}, "/intellectual_property/0/number pattern"},
		"a patent without a number":        {[]results.Right{{Kind: codes.DesignPatent, Status: codes.IPApplied}}, "/intellectual_property/0/number required"},
		"a patent without a status":        {[]results.Right{{Kind: codes.InventionPatent, Number: sound.Number}}, "/intellectual_property/0/status required"},
		"a utility model's number":         {[]results.Right{{Kind: codes.InventionPatent, Number: "ZL202329000123.7", Status: codes.IPGranted}}, "/intellectual_property/0/number other_kind"},
		"no kind":                          {[]results.Right{{Number: "2023SR0123456"}}, "/intellectual_property/0/kind required"},
		"none at all as one":               {[]results.Right{{Kind: codes.NoIP}}, "/intellectual_property/0/kind not_allowed"},
		"one number twice, in two dresses": {[]results.Right{sound, {Kind: codes.InventionPatent, Number: "CN 2023 1 9000123", Status: codes.IPGranted}}, "/intellectual_property/1/number duplicate"},
		"too many":                         {slices.Repeat([]results.Right{{Kind: codes.TechnicalSecret}}, 31), "/intellectual_property too_many"},
	} {
		content := content("低温等离子体废气净化装置")
		content.Rights = c.rights
		got := ""
		if f, is := fault.As(content.Check()); is {
			for _, one := range f.Fields {
				got = strings.TrimSpace(got + " " + one.Pointer + " " + one.Code)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	granted := content("低温等离子体废气净化装置")
	granted.Rights = []results.Right{{Kind: codes.InventionPatent, Number: "WO2023/900123", Status: codes.IPGranted}}
	if !slices.ContainsFunc(granted.Warn(), func(f fault.Field) bool { return f.Pointer == "/intellectual_property/0/number" }) {
		t.Errorf("nothing is said of an international application that is granted: %+v", granted.Warn())
	}
}

// Intellectual property is public as it was written, and changes by a revision.
func TestIntellectualPropertyIsPublicAsItWasWritten(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		h := setUp(c)
		made := content("低温等离子体废气净化装置")
		made.Rights = []results.Right{{Kind: codes.InventionPatent, Number: "zl 2023 1 9000123.1", Status: codes.IPGranted, Holder: "盛北理工大学"}, {Kind: codes.TechnicalSecret}}
		id := h.published(made)
		open, err := h.results.Get(h.Context(), policy.Actor{}, id)
		h.Must(err)
		if !slices.Equal(open.Rights, made.Rights) || open.Rights[0].Patent().Form != "CN202319000123.1" {
			t.Errorf("a visitor reads %+v", open.Rights)
		}
		lapsed := made
		lapsed.Rights = []results.Right{{Kind: codes.InventionPatent, Number: "ZL202319000123.1", Status: codes.IPLapsed}}
		rev := casttest.Decide(c, h.editor, h.results.Replace, id, 3, results.Input{Owner: h.org, Content: lapsed})
		if open, err = h.results.Get(h.Context(), policy.Actor{}, id); err != nil || open.Rights[0].Status != codes.IPGranted {
			t.Errorf("a revision shows before it is published: %+v, %v", open.Rights, err)
		}
		casttest.Change(c, h.editor, h.results.Submit, id, rev.Version)
		casttest.Change(c, h.second, h.results.Publish, id, rev.Version+1)
		if open, err = h.results.Get(h.Context(), policy.Actor{}, id); err != nil || len(open.Rights) != 1 || open.Rights[0].Status != codes.IPLapsed {
			t.Errorf("after its publication: %+v, %v", open.Rights, err)
		}
	})
}
