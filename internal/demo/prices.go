package demo

import (
	"github.com/google/uuid"

	"jiebang/internal/deals"
	"jiebang/internal/money"
)

// planPrice has a university agree a licence of a result with an enterprise, and show the price to its own people: the notice runs today.
func (s *seeder) planPrice() {
	const seller, buyer, about = "shengbei", "liaohun", "r-wafer-arm"
	var introduction, deal uuid.UUID
	before := func(days int, what string, do func() error) {
		s.at(s.today.AddDate(0, 0, -days), what+" for "+about, do)
	}
	before(25, "introduction", func() (err error) {
		result := s.results[about]
		introduction, err = create(s, s.editor[buyer], s.Deals.Propose, deals.Proposal{
			From: s.orgs[buyer], Result: &result, Message: "我们的晶圆传送模块正缺热漂移补偿，想取得许可，先请教二十万次传送的数据。",
		})
		return err
	})
	before(24, "acceptance", func() error {
		if err := change(s, s.editor[seller], s.Deals.Accept, introduction, 1); err != nil {
			return err
		}
		call, err := s.call(s.editor[seller])
		if err != nil {
			return err
		}
		view, err := s.Deals.GetIntroduction(s, call.Actor, introduction)
		if err == nil {
			deal = *view.DealID
		}
		return err
	})
	for i, stage := range []struct {
		before   int
		by, note string
		to       deals.Stage
	}{
		{20, seller, "双方技术人员视频交流，提供了标定数据。", deals.StageContacting},
		{12, seller, "确定为普通许可，就入门费和培训交换意见。", deals.StageNegotiating},
		{7, seller, "许可费与支付方式达成一致。", deals.StageAgreed},
		{6, buyer, "同意，待贵校公示后签约。", deals.StageAgreed},
	} {
		before(stage.before, string(stage.to)+" by "+stage.by, func() error {
			return decide(s, s.editor[stage.by], s.Deals.Advance, deal, int64(i+1), deals.Progress{Stage: stage.to, Note: stage.note})
		})
	}
	before(5, "price notice", func() error {
		return decide(s, s.editor[seller], s.Deals.OpenPriceNotice, deal, 5, deals.PriceNotice{
			Way: deals.ByLicense, Amount: 960_000 * money.Yuan, Contact: "盛北理工大学科技处，024-00001101",
		})
	})
}
