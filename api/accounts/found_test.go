package accounts_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiebang/api/apitest"
	"jiebang/internal/match"
	"jiebang/internal/relay"
)

type j = apitest.J

// published makes a listing public, and gives its id.
func published(h *apitest.House, by, second *apitest.Client, kind string, body j) string {
	h.Helper()
	r := by.Post("/v1/"+kind, body).Want(201)
	id := r.Text("id")
	r = by.Act("/v1/"+kind+"/"+id+"/submit", r.ETag, nil).Want(200)
	second.Act("/v1/"+kind+"/"+id+"/publish", r.ETag, nil).Want(200)
	return id
}

// sintering is a need and a result about one thing, apart from what the stage has.
func sinteringNeed(owner string) j {
	return j{"owner_id": owner, "title": "氮化硅陶瓷轴承球批量烧结一致性差", "field": "new_materials", "problem": "氮化硅陶瓷轴承球气压烧结后密度波动大，批量一致性差，需要改进烧结工艺与装炉方式。"}
}

func sinteringResult(owner, title string) j {
	return j{"owner_id": owner, "title": title, "field": "new_materials", "abstract": "氮化硅陶瓷轴承球气压烧结工艺，改进装炉方式，批量密度一致性好。"}
}

// lines are the lines of an inbox about what was found, by what they say and of which record.
func lines(who *apitest.Client, query string) map[string]j {
	out := map[string]j{}
	for _, i := range who.Get("/v1/inbox?limit=100" + query).Want(200).Items() {
		item := i.(j)
		if e := item["event"].(string); strings.HasPrefix(e, "match.") || strings.HasPrefix(e, "search.") {
			out[e+" "+item["object_id"].(string)] = item
		}
	}
	return out
}

// Both sides of a pair are told of it once: the side that published how many there are, the other what is new; nobody learns who keeps its name. What is
// handled again, published again or looked for by another index tells nobody again.
func TestBothSidesOfAMatchAreToldOnce(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		s.MandateIn("agreed")
		need := published(h, s.Buyer, s.Buyer2, "needs", sinteringNeed(s.Firm))
		caughtUp(h) // of two at once either may be the one that is new
		result := published(h, s.Editor, s.Chief, "results", sinteringResult(s.Uni, "氮化硅陶瓷轴承球烧结技术"))
		h.Eventually("the enterprise is told", func() bool { return lines(s.Buyer2, "")["match.other "+result] != nil })
		told := lines(s.Buyer, "")["match.other "+result]
		if told["title"] != "氮化硅陶瓷轴承球烧结技术" || told["path"] != "/v1/results/"+result || told["for_path"] != "/v1/needs/"+need {
			h.Errorf("%v", told)
		}
		own := lines(s.Editor, "")["match.own "+result]
		if own == nil || own["amount"] != 1.0 || own["path"] != "/v1/results/"+result+"/matches" {
			h.Errorf("%v", lines(s.Editor, ""))
		}
		if got := lines(s.Broker(), "")["match.other "+result]; got == nil || got["for_path"] != "/v1/needs/"+need {
			h.Errorf("the broker who acts for the enterprise is not told: %v", got)
		}
		if n := len(lines(s.Stranger, "")); n != 0 {
			h.Errorf("a stranger is told of %d", n)
		}
		// The other way round, of a need that keeps its owner's name.
		second := sinteringNeed(s.Firm)
		second["title"] = "陶瓷轴承球烧结密度波动"
		masked := published(h, s.Buyer, s.Buyer2, "needs", second)
		h.Eventually("the university is told", func() bool { return lines(s.Editor, "")["match.other "+masked] != nil })
		if raw := s.Editor.Get("/v1/inbox?limit=100").Raw; strings.Contains(string(raw), "辽浑") || strings.Contains(string(raw), s.Firm) {
			h.Errorf("the inbox tells who asks: %s", raw)
		}

		// Handled twice, published again with the same text, and with another: the pair is known.
		count := func() (n int) { return len(lines(s.Buyer, "")) + len(lines(s.Editor, "")) }
		before := count()
		var log []relay.Change
		if err := h.App.DB.Reader.Order("pos").Find(&log).Error; err != nil {
			h.Fatal(err)
		}
		if err := h.App.Match.Standing().Handle(h.Context(), log); err != nil {
			h.Fatal(err)
		}
		if err := h.App.Inbox.Consumer().Handle(h.Context(), log); err != nil {
			h.Fatal(err)
		}
		r := s.Editor.Get("/v1/results/" + result).Want(200)
		r = s.Editor.Act("/v1/results/"+result+"/withdraw", r.ETag, nil).Want(200)
		if got := lines(s.Buyer, "")["match.other "+result]; got == nil || got["title"] != nil {
			h.Errorf("what was withdrawn has a name: %v", got)
		}
		r = s.Editor.Act("/v1/results/"+result+"/submit", r.ETag, nil).Want(200)
		r = s.Chief.Act("/v1/results/"+result+"/publish", r.ETag, nil).Want(200)
		revised := sinteringResult(s.Uni, "氮化硅陶瓷轴承球烧结技术（改进）")
		r = s.Editor.Put("/v1/results/"+result, r.ETag, revised).Want(200)
		r = s.Editor.Act("/v1/results/"+result+"/submit", r.ETag, nil).Want(200)
		s.Chief.Act("/v1/results/"+result+"/publish", r.ETag, nil).Want(200)
		caughtUp(h)
		if got := count(); got != before {
			h.Errorf("%d lines, of %d before: %v, %v", got, before, lines(s.Buyer, ""), lines(s.Editor, ""))
		}

		// What was found and not told yet is not told to a suspended organization.
		r = h.Operator.Get("/v1/organizations/" + s.Firm).Want(200)
		h.Operator.Act("/v1/organizations/"+s.Firm+"/suspend", r.ETag, j{"reason": "登记信息待核实。"}).Want(200)
		for _, sql := range []string{"DELETE FROM inbox_items", "UPDATE consumer_places SET pos = 0 WHERE consumer = 'inbox'"} {
			if err := h.App.DB.Writer.Exec(sql).Error; err != nil {
				h.Fatal(err)
			}
		}
		h.Eventually("what had happened is told again", func() bool { return len(s.Buyer.Get("/v1/inbox").Want(200).Items()) > 0 })
		caughtUp(h)
		if got := lines(s.Buyer, ""); len(got) != 0 {
			h.Errorf("a suspended organization is told: %v", got)
		}
	})
}

// caughtUp waits until everybody who follows the log is at its end.
func caughtUp(h *apitest.House) {
	h.Helper()
	h.Eventually("all have followed", func() bool {
		var left int64
		err := h.App.DB.Reader.Raw("SELECT (SELECT COUNT(*) FROM outbox) + (SELECT COUNT(*) FROM consumer_places WHERE consumer IN ('standing', 'inbox') AND pos < (SELECT MAX(pos) FROM change_log))").Scan(&left).Error
		if err != nil {
			h.Fatal(err)
		}
		return left == 0
	})
}

// Three hundred results at once are a few lines and one for the rest, for who published them and for who is concerned; a day's line opens.
func TestAnImportIsTelledAsADigest(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		published(h, s.Buyer, s.Buyer2, "needs", sinteringNeed(s.Firm))
		caughtUp(h)
		const many = 60 // more tell no more, and take longer
		for i := range many {
			published(h, s.Editor, s.Chief, "results", sinteringResult(s.Uni, fmt.Sprintf("氮化硅陶瓷轴承球烧结技术第 %d 号", i)))
		}
		h.Eventually("all were looked at", func() bool {
			var n int64
			if err := h.App.DB.Reader.Raw("SELECT COUNT(*) FROM standing_matches").Scan(&n).Error; err != nil {
				h.Fatal(err)
			}
			return n >= many
		})
		caughtUp(h)
		for _, who := range []*apitest.Client{s.Buyer, s.Editor} {
			all := lines(who, "")
			more := all["match.more "+h.Account(who)]
			if len(all) != 11 || more == nil {
				h.Fatalf("%d lines: %v", len(all), more)
			}
			folded := lines(who, "&found_on=2026-03-10")
			if n := more["amount"].(float64); n < many-10 || int(n) != len(folded) || more["path"] != "/v1/inbox?found_on=2026-03-10" {
				h.Errorf("%v, %d", more, len(folded))
			}
		}
	})
}

// A saved search is told at once, or once a day; of what there was before nothing is told, nor of what its exclusion keeps out.
func TestASavedSearchIsTold(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		before := published(h, s.Editor, s.Chief, "results", sinteringResult(s.Uni, "氮化硅陶瓷轴承球烧结技术"))
		save := func(who *apitest.Client, q, frequency string) *apitest.Response {
			return who.Post("/v1/saved-searches", j{"name": "烧结", "q": q, "kind": "result", "frequency": frequency}).Want(201)
		}
		once := save(s.Stranger, "陶瓷 烧结 -模具", "at_once")
		daily := save(s.Buyer, "陶瓷烧结", "daily")
		save(s.Buyer2, "陶瓷烧结", "off")
		caughtUp(h)
		hit := published(h, s.Editor, s.Chief, "results", sinteringResult(s.Uni, "陶瓷轴承球烧结新工艺"))
		out := sinteringResult(s.Uni, "陶瓷烧结模具")
		missed := published(h, s.Editor, s.Chief, "results", out)
		h.Eventually("it is told at once", func() bool { return lines(s.Stranger, "")["search.hit "+hit] != nil })
		caughtUp(h)
		mine := lines(s.Stranger, "")
		if mine["search.hit "+missed] != nil || mine["search.hit "+before] != nil || mine["search.hit "+hit]["for_path"] != "/v1/saved-searches/"+once.Text("id") {
			h.Errorf("%v", mine)
		}
		key := "search.hits " + daily.Text("id")
		if lines(s.Buyer, "")[key] != nil {
			h.Error("what is told daily is told at once")
		}
		h.Clock.Set("2026-03-11T00:00:01Z") // past eight in Shanghai
		s.SignInAgain()
		h.Eventually("it is told the next day", func() bool { return lines(s.Buyer, "")[key] != nil })
		if got := lines(s.Buyer, "")[key]; got["amount"] != 2.0 || got["path"] != "/v1/saved-searches/"+daily.Text("id") {
			h.Errorf("%v", got)
		}
		if got := lines(s.Buyer2, ""); got["search.hit "+hit] != nil {
			h.Errorf("who wants to hear nothing is told: %v", got)
		}

		// It is its account's alone; it is bounded, and refuses what it cannot look for.
		s.Editor.Get("/v1/saved-searches/"+once.Text("id")).Refused(404, "not_found")
		s.Buyer.Post("/v1/saved-searches", j{"name": "空", "frequency": "daily"}).Refused(400, "invalid_input")
		s.Buyer.Post("/v1/saved-searches", j{"name": "链", "q": "烧结", "chain": "none", "frequency": "daily"}).Refused(400, "invalid_input")
		gone := s.Stranger.Get("/v1/saved-searches/" + once.Text("id")).Want(200)
		s.Stranger.Do("DELETE", "/v1/saved-searches/"+once.Text("id"), nil, map[string]string{"If-Match": gone.ETag}).Want(204)
		for i := range 20 {
			save(s.Stranger, fmt.Sprint("轴承", i), "weekly")
		}
		s.Stranger.Post("/v1/saved-searches", j{"name": "二十一", "q": "烧结", "frequency": "daily"}).Refused(409, "too_many_saved_searches")
	})
}

// A mail of what is new goes out once, daily unless set; it names what everybody may read and nothing that was withdrawn; one click ends such mails, and
// nothing else.
func TestTheInboxIsMailed(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		const address = "mailed@example.org"
		reader := h.Verified("mailed")
		r := s.Buyer.Get("/v1/organizations/" + s.Firm).Want(200)
		s.Buyer.Act("/v1/organizations/"+s.Firm+"/members", r.ETag, j{"username": "mailed"}).Want(200)
		reader.Post("/v1/organizations/"+s.Firm+"/join", nil).Want(204)
		published(h, s.Buyer, s.Buyer2, "needs", sinteringNeed(s.Firm))
		caughtUp(h)
		stays := published(h, s.Editor, s.Chief, "results", sinteringResult(s.Uni, "留下的烧结技术"))
		goes := published(h, s.Editor, s.Chief, "results", sinteringResult(s.Uni, "撤下的烧结技术"))
		h.Eventually("both are told", func() bool {
			all := lines(reader, "")
			return all["match.other "+stays] != nil && all["match.other "+goes] != nil
		})
		mails := func() []apitest.Mail {
			h.Helper()
			if err := h.App.Inbox.Mail(h.Context()); err != nil {
				h.Fatal(err)
			}
			var out []apitest.Mail
			h.Eventually("mails were sent", func() bool {
				var left int64
				if err := h.App.DB.Reader.Raw("SELECT COUNT(*) FROM mails WHERE state = 'waiting'").Scan(&left).Error; err != nil {
					h.Fatal(err)
				}
				return left == 0
			})
			for _, m := range h.Mails(address) {
				if m.Unsubscribe != "" {
					out = append(out, m)
				}
			}
			return out
		}
		if got := mails(); len(got) != 0 {
			h.Fatalf("a daily mail at once: %v", got)
		}
		withdrawn := s.Editor.Get("/v1/results/" + goes).Want(200)
		s.Editor.Act("/v1/results/"+goes+"/withdraw", withdrawn.ETag, nil).Want(200)
		h.Clock.Set("2026-03-11T00:00:01Z")
		s.SignInAgain()
		got := mails()
		if len(got) != 1 {
			h.Fatalf("%d mails", len(got))
		}
		m := got[0]
		if !strings.Contains(m.Text, "留下的烧结技术") || strings.Contains(m.Text, "撤下") || strings.Contains(m.HTML, "撤下") || !strings.Contains(m.Text, "fits a record of yours") {
			h.Errorf("%s", m.Text)
		}
		if got := mails(); len(got) != 1 {
			h.Errorf("it is mailed again: %d", len(got))
		}

		// One click, as a program of mail does it, without signing in and by the address alone.
		to, err := url.Parse(strings.Trim(m.Unsubscribe, "<>"))
		if err != nil || m.UnsubscribePost != "List-Unsubscribe=One-Click" || to.Host != "jiebang.example.org" {
			h.Fatalf("%q, %q", m.Unsubscribe, m.UnsubscribePost)
		}
		click := func(query string) int {
			req, err := http.NewRequestWithContext(h.Context(), http.MethodPost, h.URL+to.Path+"?"+query, strings.NewReader("List-Unsubscribe=One-Click"))
			if err != nil {
				h.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := http.DefaultClient.Do(req)
			if err != nil {
				h.Fatal(err)
			}
			defer answer.Body.Close()
			return answer.StatusCode
		}
		if got := click("token=jbl_NOBODYSTOKENATALLXXXXXXXX"); got != 400 {
			h.Errorf("a token that is none: %d", got)
		}
		for range 2 {
			if got := click(to.RawQuery); got != 204 {
				h.Errorf("one click: %d", got)
			}
		}
		if got := reader.Get("/v1/inbox/mail").Want(200); got.Text("frequency") != "never" || got.At("has_address") != true {
			h.Errorf("%s", got.Raw)
		}
		published(h, s.Editor, s.Chief, "results", sinteringResult(s.Uni, "第三项烧结技术"))
		caughtUp(h)
		h.Clock.Set(time.Date(2026, 3, 12, 0, 0, 1, 0, time.UTC).Format(time.RFC3339))
		s.SignInAgain()
		if got := mails(); len(got) != 1 {
			h.Errorf("mailed after all: %d", len(got))
		}
		reader.Do("PUT", "/v1/inbox/mail", j{"frequency": string(match.AtOnce)}, nil).Want(200)
		published(h, s.Editor, s.Chief, "results", sinteringResult(s.Uni, "第四项烧结技术"))
		caughtUp(h)
		if got := mails(); len(got) != 2 || !strings.Contains(got[1].Text, "第四项") {
			h.Errorf("at once: %d", len(got))
		}
	})
}
