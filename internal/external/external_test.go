package external_test

import (
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/db"
	"jiebang/internal/external"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/listing"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
)

func TestWhatAnIdentifierMayLookLike(t *testing.T) {
	for _, c := range []struct {
		name   string
		in     []external.ID
		at     string // the place that is wrong
		scheme string // what becomes of it
		id     string
	}{
		{"plain", []external.ID{{"erp", "N-7"}}, "", "erp", "N-7"},
		{"blanks around it", []external.ID{{" erp\t", "　N-7\n"}}, "", "erp", "N-7"},
		{"Chinese, and a blank within", []external.ID{{"科技 云", "成果〔2026〕7号"}}, "", "科技 云", "成果〔2026〕7号"},
		{"a zero-width space", []external.ID{{"erp", "N\u200b-7"}}, "/x/0/id", "", ""},
		{"a mark of direction", []external.ID{{"erp", "\u202eN-7"}}, "/x/0/id", "", ""},
		{"a soft hyphen", []external.ID{{"e\u00adrp", "N-7"}}, "/x/0/scheme", "", ""},
		{"a no-break space", []external.ID{{"erp", "N\u00a07"}}, "/x/0/id", "", ""},
		{"a Hangul filler", []external.ID{{"erp", "N\u3164"}}, "/x/0/id", "", ""},
		{"a line in it", []external.ID{{"erp", "N\n7"}}, "/x/0/id", "", ""},
		{"not UTF-8", []external.ID{{"erp", "N\xff"}}, "/x/0/id", "", ""},
		{"nothing but blanks", []external.ID{{"erp", "  "}}, "/x/0/id", "", ""},
		{"a number that a spreadsheet destroyed", []external.ID{{"erp", "1.23E+17"}}, "/x/0/id", "", ""},
		{"the same in small letters", []external.ID{{"erp", "1e+12"}}, "/x/0/id", "", ""},
		{"a number with an E", []external.ID{{"erp", "5E12"}}, "", "erp", "5E12"},
		{"too long", []external.ID{{"erp", strings.Repeat("号", 201)}}, "/x/0/id", "", ""},
		{"twice, but for a blank", []external.ID{{"erp", "N-7"}, {"erp ", "N-7"}}, "/x/1", "", ""},
		{"too many", make([]external.ID, 21), "/x", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := external.Clean(c.in, "/x")
			if c.at == "" {
				if err != nil || out[0] != (external.ID{Scheme: c.scheme, ID: c.id}) {
					t.Errorf("%v, %v", out, err)
				}
			} else if !fault.InvalidInput.Of(err) || !strings.Contains(err.Error(), "["+c.at+" ") {
				t.Errorf("%v, want it at %s", err, c.at)
			}
		})
	}
	if out, err := external.Clean([]external.ID{{"erp", "n-7"}, {"erp", "N-7"}}, "/x"); err != nil || len(out) != 2 {
		t.Errorf("identifiers that differ by case are two: %v, %v", out, err)
	}
}

// What is let through is stored and read as it is, and nobody takes two of them for one.
func FuzzClean(f *testing.F) {
	f.Add("erp", "N-7")
	f.Add("科技云", "\u200b")
	f.Fuzz(func(t *testing.T, scheme, id string) {
		out, err := external.Clean([]external.ID{{Scheme: scheme, ID: id}}, "")
		if err != nil {
			return
		}
		again, err := external.Clean(out, "")
		if err != nil || again[0] != out[0] {
			t.Errorf("%q becomes %q", out, again)
		}
		for _, r := range out[0].Scheme + out[0].ID {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%q holds %U", out, r)
			}
		}
		if read := external.Read(out[0].Scheme + "\t" + out[0].ID); len(read) != 1 || read[0] != out[0] {
			t.Errorf("%q is read along as %q", out, read)
		}
	})
}

func need(owner uuid.UUID, ids ...external.ID) needs.Input {
	return needs.Input{Owner: owner, External: ids, Content: needs.Content{Title: "喷涂车间废气异味大", Problem: "喷涂车间排气有异味，周边居民投诉。", Field: "environment"}}
}

func TestARecordIsFoundByEachOfItsNames(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		firm, other := c.Organization("辽浑智造装备有限公司", "enterprise", "210106"), c.Single("浑河材料", "enterprise", "210112")
		service := needs.New(c.Unit)
		find := external.New(c.Unit, kinds.New(results.Kind, needs.Kind))
		id := casttest.Create(c, firm.Editor, service.Create, need(firm.ID, external.ID{Scheme: "erp", ID: "N-7"}, external.ID{Scheme: "省平台", ID: "2026-1"}))
		theirs := casttest.Create(c, other.Editor, service.Create, need(other.ID, external.ID{Scheme: "erp", ID: "N-7"}))
		for _, row := range []struct {
			name   string
			reader policy.Actor
			ask    external.Query
			want   []uuid.UUID
		}{
			{"a member by the one", firm.Second.Actor, external.Query{Scheme: "erp", ID: "N-7"}, []uuid.UUID{id}},
			{"a member by the other, with a blank", firm.Second.Actor, external.Query{Scheme: "省平台", ID: " 2026-1 "}, []uuid.UUID{id}},
			{"in other letters", firm.Second.Actor, external.Query{Scheme: "erp", ID: "n-7"}, nil},
			{"another kind", firm.Second.Actor, external.Query{Scheme: "erp", ID: "N-7", Kind: "result"}, nil},
			{"an operator", c.Operator.Actor, external.Query{Scheme: "erp", ID: "N-7", Kind: "need"}, []uuid.UUID{id, theirs}},
			{"a visitor, while they are drafts", policy.Actor{}, external.Query{Scheme: "erp", ID: "N-7"}, nil},
		} {
			found, err := find.Find(c.Context(), row.reader, row.ask)
			c.Must(err)
			got := map[uuid.UUID]bool{}
			for _, f := range found {
				got[f.ID] = f.Kind.Noun == "need"
			}
			if len(got) != len(row.want) {
				c.Errorf("%s: %v, want %v", row.name, got, row.want)
			}
			for _, w := range row.want {
				if !got[w] {
					c.Errorf("%s: %v lacks %v", row.name, got, w)
				}
			}
		}
		// A name that was of one scheme is not of another.
		page, err := service.List(c.Context(), firm.Editor.Actor, needs.Filter{Narrowing: listing.Narrowing{Filter: external.Filter{ExternalScheme: "省平台", ExternalID: "N-7"}}}, db.Paging{Limit: 20})
		if c.Must(err); len(page.Items) != 0 {
			c.Errorf("found by the scheme of one name and the identifier of another: %+v", page.Items)
		}
		page, err = service.List(c.Context(), firm.Editor.Actor, needs.Filter{Narrowing: listing.Narrowing{Filter: external.Filter{ExternalScheme: "erp", ExternalID: "N-7"}}}, db.Paging{Limit: 20})
		if c.Must(err); len(page.Items) != 1 || len(page.Items[0].External) != 2 {
			c.Errorf("%+v", page.Items)
		}
	})
}

func TestAConflictNamesWhoHasIt(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		firm := c.Organization("辽浑智造装备有限公司", "enterprise", "210106")
		service := needs.New(c.Unit)
		name := external.ID{Scheme: "erp", ID: "N-7"}
		holder := casttest.Create(c, firm.Editor, service.Create, need(firm.ID, name))
		second := casttest.Create(c, firm.Editor, service.Create, need(firm.ID))
		_, err := service.Replace(c.Context(), firm.Editor, second, 1, need(firm.ID, external.ID{Scheme: "erp", ID: "N-6"}, name))
		if c.Refused(err, fault.ExternalIDTaken); err != nil && (!strings.Contains(err.Error(), holder.String()) || !strings.Contains(err.Error(), "“喷涂车间废气异味大”") || !strings.Contains(err.Error(), "[/external_ids/1 ")) {
			c.Errorf("%v", err)
		}
		v, err := service.Get(c.Context(), firm.Editor.Actor, second)
		if c.Must(err); len(v.External) != 0 || v.Version != 1 {
			c.Errorf("a refused call left %+v", v)
		}
		// A result is another kind, and may be called the same.
		casttest.Create(c, firm.Editor, results.New(c.Unit).Create, results.Input{Owner: firm.ID, External: []external.ID{name}, Content: results.Content{
			Title: "低温等离子体废气净化装置", Abstract: "用于喷涂车间的废气净化，去除率百分之九十五。", Field: "environment",
		}})
		// Its own name again, and the first that is given up is free at once.
		casttest.Decide(c, firm.Editor, service.SetOffer, holder, 1, needs.OfferInput{External: []external.ID{name}})
		casttest.Decide(c, firm.Editor, service.SetOffer, holder, 2, needs.OfferInput{})
		casttest.Decide(c, firm.Editor, service.SetOffer, second, 1, needs.OfferInput{External: []external.ID{name}})
	})
}

func TestAnIdentifierTakenByManyAtOnceIsOnes(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		firm := c.Organization("辽浑智造装备有限公司", "enterprise", "210106")
		service := needs.New(c.Unit)
		outcomes := make([]error, 8)
		var all sync.WaitGroup
		for i := range outcomes {
			all.Go(func() {
				_, outcomes[i] = service.Create(c.Context(), firm.Editor, need(firm.ID, external.ID{Scheme: "erp", ID: "N-7"}))
			})
		}
		all.Wait()
		made := 0
		for _, err := range outcomes {
			if err == nil {
				made++
			} else if !fault.ExternalIDTaken.Of(err) {
				c.Error(err)
			}
		}
		page, err := service.List(c.Context(), firm.Editor.Actor, needs.Filter{Narrowing: listing.Narrowing{Owner: firm.ID}}, db.Paging{Limit: 20})
		if c.Must(err); made != 1 || len(page.Items) != 1 {
			c.Errorf("%d were made, %d are there", made, len(page.Items))
		}
	})
}

// Numbers and schemes that are no list are held to the same rule, and one that was kept before is found.
func TestANumberIsTakenByTheSameRule(t *testing.T) {
	for typed, want := range map[string]string{"": "", " HK-7\t": "HK-7", "ＨＫ－7": "ＨＫ－7", "HK\u200b-7": "bad_characters", "  ": "", "1.5E17": "bad_format", "5E12": "5E12", "1.23E+17": "bad_format", strings.Repeat("7", 11): "too_long"} {
		var bad, sought fault.Fields
		got := external.Number(&bad, typed, "/x", 10)
		if len(bad) > 0 {
			got = bad[0].Code
		}
		if got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
		if external.Seek(&sought, typed, "/x", 10); (len(sought) > 0) != (len(bad) > 0 && want != "bad_format") {
			t.Errorf("%q is sought: %v", typed, sought)
		}
	}
	var bad fault.Fields
	if external.Scheme(&bad, "e\u00adrp", "/scheme"); len(bad) != 1 || bad[0].Pointer != "/scheme" {
		t.Errorf("a scheme: %v", bad)
	}
}
