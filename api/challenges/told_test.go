package challenges_test

import (
	"testing"
	"time"

	"jiebang/api/apitest"
)

// Whoever has a bid hears of an addendum and of the end of a challenge, by its number and title; nobody else does, and no mail is written, since
// mails could be counted.
func TestBiddersHearOfWhatIsPublicOfTheirChallenge(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		bid, _ := s.BidIn("submitted")
		id := s.Editor.Get("/v1/bids/" + bid).Want(200).Text("challenge_id")
		path := "/v1/challenges/" + id
		c := s.Operator.Get(path).Want(200)
		lines := func(who *apitest.Client) (texts []string) {
			for _, x := range who.Get("/v1/inbox?object_kind=challenge").Want(200).Items() {
				line := x.(map[string]any)
				if line["path"] != path || line["title"] != c.Text("number")+" "+c.Text("title") {
					h.Errorf("a line leads to %v and is of %v", line["path"], line["title"])
				}
				texts = append(texts, line["text"].(string))
			}
			return texts
		}
		later := s.Clock.Now().Add(60 * 24 * time.Hour).Format(time.RFC3339)
		r := s.Operator.Act(path+"/addenda", c.ETag, j{"change": "测试方法改为按 HJ 38 连续测定十四日。", "deadline": later}).Want(200)
		h.Eventually("the bidder hears of the addendum", func() bool { return len(lines(s.Editor)) == 1 && len(lines(s.Chief)) == 1 })
		s.Operator.Act(path+"/cancel", r.ETag, j{"reason": "发榜方停产，榜题终止。"}).Want(200)
		h.Eventually("the bidder hears that it has ended", func() bool { return len(lines(s.Editor)) == 2 })
		if got := lines(s.Buyer); len(got) != 2 {
			h.Errorf("the poster reads %v", got)
		}
		for name, who := range map[string]*apitest.Client{"stranger": s.Stranger, "operator": s.Operator} {
			if got := lines(who); len(got) != 0 {
				h.Errorf("%s reads %v", name, got)
			}
		}
		var owed int64
		if err := h.App.DB.Reader.WithContext(t.Context()).Raw("SELECT COUNT(*) FROM inbox_items WHERE object_kind = 'challenge' AND mailed_at IS NULL").Scan(&owed).Error; err != nil || owed != 0 {
			h.Errorf("%d lines wait for a mail, %v", owed, err)
		}
	})
}
