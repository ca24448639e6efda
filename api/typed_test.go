package api_test

import (
	"fmt"
	"strings"
	"testing"

	"jiebang/api/apitest"
)

func draftOf(owner string, change j) j {
	body := j{"owner_id": owner, "title": "低温等离子体废气净化装置", "abstract": "用于喷涂车间废气处理，去除率百分之九十五。", "field": "environment"}
	for k, v := range change {
		body[k] = v
	}
	return body
}

func needOf(owner string, change j) j {
	body := j{"owner_id": owner, "title": "喷涂车间废气异味大", "problem": "喷涂线的废气有异味，周边居民投诉，现有活性炭饱和很快。", "field": "environment"}
	for k, v := range change {
		body[k] = v
	}
	return body
}

// refusedAt fails unless the answer names the place by its code, and says what is asked in its message.
func refusedAt(r *apitest.Response, pointer, code, says string) {
	r.Helper()
	r.Refused(400, "invalid_input")
	list, _ := r.Body["errors"].([]any)
	for _, e := range list {
		f := e.(map[string]any)
		if f["pointer"] == pointer && f["code"] == code && strings.Contains(f["message"].(string), says) {
			return
		}
	}
	r.Errorf("want %s %s %q:\n%s", pointer, code, says, r.Raw)
}

func TestNothingIsAPriceAndABudget(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		uni, editor, _ := h.Organization("盛北理工大学", "university", "210112")
		for _, c := range []struct {
			price    j
			min, max any
		}{
			{j{"kind": "fixed", "min": apitest.Money("0.00")}, "0.00", nil},
			{j{"kind": "range", "min": apitest.Money("0"), "max": apitest.Money("５万元")}, "0.00", "50000.00"},
			{j{"kind": "negotiable"}, nil, nil},
		} {
			r := editor.Post("/v1/results", draftOf(uni, j{"price": c.price})).Want(201)
			r = editor.Get("/v1/results/" + r.Text("id")).Want(200)
			price := r.At("price").(map[string]any)
			for end, want := range map[string]any{"min": c.min, "max": c.max} {
				amount, there := price[end].(map[string]any)
				if there != (want != nil) || there && amount["amount"] != want {
					h.Errorf("%v: %s is %v, want %v", c.price, end, price[end], want)
				}
			}
		}
		refusedAt(editor.Post("/v1/results", draftOf(uni, j{"price": j{"kind": "fixed"}})), "/price", "amounts", "免费填 0")
		refusedAt(editor.Post("/v1/results", draftOf(uni, j{"price": j{"kind": "fixed", "min": apitest.Money("0"), "max": apitest.Money("0")}})), "/price", "amounts", "不填 max")
		refusedAt(editor.Post("/v1/results", draftOf(uni, j{"price": j{"kind": "range", "min": apitest.Money("0"), "max": apitest.Money("0")}})), "/price", "amounts", "min 小于 max")
		refusedAt(editor.Post("/v1/results", draftOf(uni, j{"price": j{"kind": "negotiable", "min": apitest.Money("0")}})), "/price", "amounts", "面议不填金额")
		r := editor.Post("/v1/needs", needOf(uni, j{"budget": j{"min": apitest.Money("0"), "max": apitest.Money("0.00")}})).Want(201)
		if r.Text("budget", "min", "amount") != "0.00" || r.Text("budget", "max", "amount") != "0.00" {
			h.Errorf("%s", r.Raw)
		}
	})
}

func TestACreditCodeIsTakenInTheDressInWhichItComes(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		person := h.Person("li.na")
		for i, dress := range []func(string) string{
			strings.ToLower,
			func(c string) string { return "'" + c },
			func(c string) string { return c[:4] + " " + c[4:8] + "-" + c[8:] },
			func(c string) string {
				return strings.Map(func(r rune) rune { return r + 0xFEE0 }, c)
			},
		} {
			body := h.OrganizationBody(fmt.Sprintf("企业%d", i))
			plain := body["credit_code"].(string)
			body["credit_code"] = dress(plain)
			if r := person.Post("/v1/organizations", body).Want(201); r.Text("credit_code") != plain {
				h.Errorf("%q became %s", body["credit_code"], r.Text("credit_code"))
			}
			code := apitest.Outside(i + 10)
			buyer := j{"name": "吴澄微流诊断技术有限公司", "nature": "150", "region": "320506", "credit_code": dress(code)}
			r := m.editor.Post("/v1/contracts", j{"kind": "development", "terms": apitest.Terms(m.uni, "", j{"buyers": []any{buyer}})}).Want(201)
			if got := r.Text("terms", "buyers", 0, "credit_code"); got != code {
				h.Errorf("%q became %s", buyer["credit_code"], got)
			}
		}
		body := h.OrganizationBody("企业")
		code := body["credit_code"].(string)
		body["credit_code"] = "9121O" + code[5:]
		refusedAt(person.Post("/v1/organizations", body), "/credit_code", "pattern", "第 5 位是 O")
		body["credit_code"] = code[:17] + string("01"[(strings.IndexByte("01", code[17])+1)%2])
		refusedAt(person.Post("/v1/organizations", body), "/credit_code", "check_character", "第 18 位校验码")
		buyer := j{"name": "吴澄微流诊断技术有限公司", "nature": "150", "region": "320506", "credit_code": code[:17]}
		refusedAt(m.editor.Post("/v1/contracts", j{"kind": "development", "terms": apitest.Terms(m.uni, "", j{"buyers": []any{buyer}})}),
			"/terms/buyers/0/credit_code", "pattern", "现有 17 位")
	})
}

func TestContactsThatCannotWorkAreRefused(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		uni, editor, _ := h.Organization("盛北理工大学", "university", "210112")
		person := h.Person("li.na")
		r := editor.Post("/v1/results", draftOf(uni, nil)).Want(201)
		offer := "/v1/results/" + r.Text("id") + "/offer"
		for _, c := range []struct{ phone, email, pointer string }{
			{"12345678901", "a@example.org", "/contact/phone"},
			{"8123", "a@example.org", "/contact/phone"},
			{"13800001234", "a@localhost", "/contact/email"},
			{"13800001234", "张三@example.org", "/contact/email"},
			{"13800001234", "a@@example.org", "/contact/email"},
		} {
			contact := j{"name": "王老师", "phone": c.phone, "email": c.email}
			refusedAt(editor.Put(offer, r.ETag, j{"contact": contact}), c.pointer, "bad_format", "")
			body := h.OrganizationBody("企业")
			body["contact"] = contact
			refusedAt(person.Post("/v1/organizations", body), c.pointer, "bad_format", "")
		}
		r = editor.Put(offer, r.ETag, j{"contact": j{"name": "王老师", "phone": "（０２４）2389 0000 转 801", "email": " Wang@例子.中国 "}}).Want(200)
		if r.Text("contact", "phone") != "(024)2389 0000 转 801" || r.Text("contact", "email") != "Wang@例子.中国" {
			h.Errorf("%s", r.Raw)
		}
	})
}

func TestKeywordsAreKeptOnceAndPlaceholdersAreWarnedOf(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		uni, editor, _ := h.Organization("盛北理工大学", "university", "210112")
		r := editor.Post("/v1/results", draftOf(uni, j{"keywords": []any{" VOCs ", "ＶＯＣｓ", "vocs", "ＰＭ２．５", "xxx", "测试"}, "application": "无", "solves": []any{"喷漆车间味道大，活性炭换得太勤。"}})).Want(201)
		if got := fmt.Sprint(r.At("keywords")); got != "[VOCs PM2.5 xxx 测试]" {
			h.Errorf("keywords %s", got)
		}
		var places []string
		for _, w := range r.At("warnings").([]any) {
			warning := w.(map[string]any)
			if warning["code"] != "placeholder" || warning["message"] == "" || warning["message_en"] == "" {
				h.Errorf("%v", warning)
			}
			places = append(places, warning["pointer"].(string))
		}
		if got := fmt.Sprint(places); got != "[/application /keywords/2 /keywords/3]" {
			h.Errorf("warned of %s", got)
		}
		refusedAt(editor.Post("/v1/results", draftOf(uni, j{"keywords": []any{"废气", "  "}})), "/keywords/1", "too_short", "")
		r = editor.Post("/v1/needs", needOf(uni, j{"keywords": []any{"废气", "test"}})).Want(201)
		if r.At("warnings", 0, "pointer") != "/keywords/1" {
			h.Errorf("%s", r.Raw)
		}
		// It stops nobody, and the second pair of eyes is told, too.
		r = editor.Act("/v1/needs/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
		r = h.Operator.Get("/v1/needs/" + r.Text("id")).Want(200)
		if r.At("warnings", 0, "code") != "placeholder" {
			h.Errorf("the second pair of eyes is not told: %s", r.Raw)
		}
	})
}
