package challenges_test

import (
	"testing"

	"github.com/google/uuid"

	"jiebang/internal/casttest"
	"jiebang/internal/challenges"
	"jiebang/internal/money"
	"jiebang/internal/programmes"
	"jiebang/internal/when"
	"jiebang/internal/work"
	"jiebang/internal/work/worktest"
)

func TestEveryColumnOfAChallengeIsReadByHand(t *testing.T) {
	casttest.Each(t, func(c *casttest.Cast) {
		now, account, number := c.Clock.Now(), uuid.New(), "SY2026-1-001"
		poster := c.Organization("辽浑智造装备有限公司", "enterprise", "210106")
		round := &programmes.Round{
			Head: work.Head{ID: work.NewID(), Version: 1, CreatedAt: now, UpdatedAt: now}, Code: "SY2026-1", Year: 2026, Name: "第一批", Level: programmes.City, Chains: []string{},
			State: programmes.Open, PostFrom: when.MustDay("2026-01-01"), PostTo: when.MustDay("2026-12-31"), EnteredBy: account,
		}
		c.Must(c.DB.Writer.Create(round).Error)
		worktest.RowsAreReadWhole(c, c.DB.Writer, work.Records[challenges.Challenge, *challenges.Challenge, challenges.View]{Rows: challenges.Read}, &challenges.Challenge{
			Head: work.Head{ID: work.NewID(), Version: 3, CreatedAt: now, UpdatedAt: now.Add(1)}, RoundID: round.ID, OwnerID: poster.ID, NeedID: &account, Number: &number, State: challenges.Published,
			CreatedBy: account, SubmittedBy: &account, SubmittedAt: &now, PublishedBy: &account, PublishedAt: &now, Advisers: []uuid.UUID{account}, ReturnReason: "指标不清", EndReason: "经营变化",
			Deadline: &now, Nth: 2, SecretDigest: "sha-256:00", SealedSecret: "sealed", PanelID: &account, AnswersDue: when.MustDay("2026-12-01"), AnswersFrom: when.MustDay("2026-11-20"), AnswersDueProvisional: true,
			Content: challenges.Content{
				Title: "大风量喷漆废气深度净化", Problem: "活性炭两个月一换。", Background: "三条喷漆线。", Keywords: []string{"废气"}, Field: "environment", Chains: []string{"environmental"},
				Indicators: []challenges.Indicator{{Name: "去除率", Unit: "%", Comparison: challenges.Between, Value: "95", Upper: "99", Method: "第三方"}},
				Reward:     challenges.Reward{Amount: 100 * money.Yuan, Mode: challenges.PayAhead, Funders: []challenges.Funder{{Kind: challenges.OtherPays, Name: "基金", Amount: 100 * money.Yuan}}, Terms: "一次付清"},
				Provides:   "一条线", IPArrangement: "归揭榜方", Bottleneck: true, WantedLevel: "domestic_lead", Masked: true, Confidential: "供应商",
			},
		})
	})
}
