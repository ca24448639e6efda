package demo_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"jiebang/internal/app"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/db"
	"jiebang/internal/demo"
	"jiebang/internal/money"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// The bureau's people belong to no organization, and every organization has people of its own.
func TestTheBureauIsNobodysMember(t *testing.T) {
	a, _ := seed(t, db.Options{}, "2026-11-25T06:00:00Z")
	as := caller(t, a)
	for _, name := range []string{"zhou.wangshu", "jin.shuhan"} {
		if actor := as(name).Actor; !actor.Operator || len(actor.Member) > 0 {
			t.Errorf("%s: operator %v, member of %v", name, actor.Operator, actor.Member)
		}
	}
	if actor := as("gu.yanxi").Actor; !actor.Broker() || len(actor.Member) != 1 {
		t.Errorf("the broker: %+v", actor)
	}
	found, err := a.Orgs.List(t.Context(), as("zhou.wangshu").Actor, orgs.Filter{}, db.Paging{Limit: 100, Query: "all"})
	if err != nil || len(found.Items) != 12 {
		t.Fatalf("%d organizations, %v", len(found.Items), err)
	}
	var members []string
	for _, name := range []string{"lin.yanzhou", "song.zhixia", "shao.jingcheng", "guan.tiefeng", "tang.ruoxi", "luo.qihang", "tong.liyan", "qu.haining", "he.yiming", "liang.ziqian", "ke.wenyuan", "gu.yanxi"} {
		for _, id := range as(name).Actor.Member {
			members = append(members, id.String())
		}
	}
	for _, o := range found.Items {
		if !slices.Contains(members, o.ID.String()) {
			t.Errorf("nobody belongs to %s", o.Name)
		}
	}
}

// The start text shows an account of everyone who can do something here, and shows nobody who cannot sign in.
func TestTheStartTextShowsEveryKindOfAccount(t *testing.T) {
	a, _ := seed(t, db.Options{}, "2026-11-25T06:00:00Z")
	as := caller(t, a)
	var text strings.Builder
	demo.Welcome(&text, "http://127.0.0.1:8080", "mails", when.MustDay("2026-11-25"))
	shown := map[string]int{}
	for _, name := range regexp.MustCompile(`\b[a-z]+\.[a-z]+ {2,}`).FindAllString(text.String(), -1) {
		actor := as(strings.TrimSpace(name)).Actor
		for kind, is := range map[string]bool{
			"operator": actor.Operator, "broker": actor.Broker(), "registrar": len(actor.Registers[policy.Registrar]) > 0, "member": len(actor.Member) > 0,
		} {
			if is {
				shown[kind]++
			}
		}
	}
	for kind, least := range map[string]int{"operator": 2, "broker": 1, "registrar": 3, "member": 4} {
		if shown[kind] < least {
			t.Errorf("%d of kind %s are shown, want %d: %s", shown[kind], kind, least, text.String())
		}
	}
}

// At each office a contract that came on paper can be entered by one registrar and decided by two others.
func TestAClerksContractCanBeRegisteredAtEachOffice(t *testing.T) {
	a, _ := seed(t, db.Options{}, "2026-11-25T06:00:00Z")
	as := caller(t, a)
	code := func(prefix, number string) string {
		full, err := codes.CompleteCreditCode(prefix, number)
		if err != nil {
			t.Fatal(err)
		}
		return full
	}
	for _, c := range []struct{ region, clerk, first, second string }{
		{"210112", "shu.zhiyuan", "he.qinghe", "du.nianci"},
		{"210211", "ji.anran", "lian.haiyue", "mu.qingchuan"},
	} {
		entered, err := a.Contracts.Create(t.Context(), as(c.clerk), contracts.Input{Kind: codes.Development, Terms: contracts.Terms{
			Title: "老旧水泵节能改造技术开发", Subkind: "commissioned_development", Field: "new_energy",
			Sellers:  []contracts.Party{{Name: "某设计院", CreditCode: code("91"+c.region, "XN70T101"), Region: c.region, Nature: "150"}},
			Buyers:   []contracts.Party{{Name: "某水务公司", CreditCode: code("91210106", "XN70T202"), Region: "210106", Nature: "150"}},
			SignedOn: when.MustDay("2026-11-01"), EffectiveOn: when.MustDay("2026-11-01"), ExpiresOn: when.MustDay("2027-10-31"),
			Turnover: money.Fen(30_000_000), Targets: "单位电耗下降百分之十五以上。", Acceptance: "第三方检测合格。",
		}})
		if err != nil {
			t.Fatalf("%s: %v", c.clerk, err)
		}
		filed, err := a.Contracts.Submit(t.Context(), as(c.clerk), entered.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		id := *filed.View.ApplicationID
		if _, err = a.Contracts.StartReview(t.Context(), as(c.first), id, 1); err == nil {
			_, err = a.Contracts.Pass(t.Context(), as(c.first), id, 2, "")
		}
		if err == nil {
			_, err = a.Contracts.Grant(t.Context(), as(c.second), id, 3, contracts.Grant{TwinReason: "示例数据"})
		}
		if err != nil {
			t.Errorf("%s: %v", c.region, err)
		}
		if v, err := a.Contracts.Get(t.Context(), as(c.clerk).Actor, entered.ID); err != nil || v.State != contracts.Registered {
			t.Errorf("%s: %s, %v", c.region, v.State, err)
		}
	}
}

func caller(t *testing.T, a *app.App) func(string) work.Call {
	return func(username string) work.Call {
		t.Helper()
		actor, err := a.ActorNamed(t.Context(), username)
		if err != nil {
			t.Fatal(err)
		}
		return work.Call{Operation: "test", Actor: actor, RequestID: "test"}
	}
}
