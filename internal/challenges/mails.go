package challenges

import (
	"github.com/google/uuid"

	"jiebang/internal/accounts"
	"jiebang/internal/fault"
	"jiebang/internal/mail"
	"jiebang/internal/notices"
	"jiebang/internal/work"
)

// Who is a party of a challenge hears what becomes of it. Before the opening nothing is written to bidders: how many mails there are would tell how
// many bids. Reasons, prices and answers stand in no mail; they are read by who signs in.
var (
	bidMail    = mail.NewNews("bid.news")
	posterMail = mail.NewNews("challenge.news")
	dueMail    = mail.NewNews("challenge.answers_due")
)

func (c *Challenge) about() string { return deref(c.Number) + " " + c.Title }

// tell writes to whoever handed a bid in.
func (b *Bid) tell(tx *work.Tx, c *Challenge, what fault.Text) error {
	if b.SubmittedBy == nil {
		return nil
	}
	return accounts.Tell(tx, *b.SubmittedBy, bidMail, c.about(), what)
}

// tellPoster writes to whoever handed a challenge in.
func (c *Challenge) tellPoster(tx *work.Tx, what fault.Text) error {
	if c.SubmittedBy == nil {
		return nil
	}
	return accounts.Tell(tx, *c.SubmittedBy, posterMail, c.about(), what)
}

var (
	bidOpened    = fault.Text{ZH: "您的揭榜申请已开启，与回执一致，资格审查通过，进入评审。", EN: "Your bid was opened as its receipt says, is eligible, and is reviewed."}
	bidKeptOut   = fault.Text{ZH: "您的揭榜申请已开启，与回执一致，资格审查未通过。", EN: "Your bid was opened as its receipt says, and is not eligible."}
	bidFell      = fault.Text{ZH: "按当日情况核查，您的揭榜申请已不符合资格。", EN: "As things stand today your bid is not eligible any more."}
	bidStruck    = fault.Text{ZH: "拟定榜结果已撤销，由发榜方重新确认。", EN: "The proposed award was taken back; the poster says anew whom it takes."}
	bidWon       = fault.Text{ZH: "已定榜，贵单位中榜，请与发榜方签署军令状与合同。", EN: "It is awarded to you. The pledge and the contract are to be signed with the poster."}
	bidLost      = fault.Text{ZH: "评审与定榜已结束，贵单位未中榜；理由另行答复。", EN: "It is decided, and not awarded to you. An answer with the reason follows."}
	bidCancelled = fault.Text{ZH: "榜题已终止，揭榜申请不再评审；理由另行答复。", EN: "The challenge was cancelled, and your bid is not reviewed any more. An answer with the reason follows."}
	bidAnswered  = fault.Text{ZH: "对您的揭榜申请已作答复。", EN: "Your bid was answered."}

	posterReviewed   = fault.Text{ZH: "评审已结束，请在入围者中选定中榜方并说明理由。", EN: "The review is finished. Choose among those who reach the threshold, with reasons."}
	posterUnpassed   = fault.Text{ZH: "没有可定的揭榜申请，本榜题流榜，可再次发榜。", EN: "There is no bid to be taken. The challenge is unclaimed and may be published again."}
	posterReconsider = fault.Text{ZH: "拟定榜结果已撤销，请重新选定中榜方。", EN: "The proposed award was taken back. Choose anew."}
	posterAwarded    = fault.Text{ZH: "已定榜，请与中榜方签署军令状与合同。", EN: "It is awarded. The pledge and the contract are to be signed with each winner."}
	posterCancelled  = fault.Text{ZH: "榜题已终止。", EN: "The challenge was cancelled."}
)

// news tells the poster what its challenge has drawn.
func (o *opening) news() fault.Text {
	if o.Eligible == 0 {
		return fault.Say("已开榜：收到 %[1]d 份揭榜申请，没有通过资格审查的，本榜题流榜，可再次发榜。", "It was opened: of %[1]d bids none is eligible. It is unclaimed, and may be published again.", o.Received)
	}
	return fault.Say("已开榜：收到 %[1]d 份揭榜申请，%[2]d 份通过资格审查，进入评审。", "It was opened: %[1]d bids, of which %[2]d are eligible and reviewed.", o.Received, o.Eligible)
}

// proposedNews tells a bidder that it is proposed.
func proposedNews(n *notices.Notice) fault.Text {
	return fault.Say("发榜方拟由贵单位揭榜，公示至 %[1]s（含当日），公示期满且异议均已答复后定榜。", "The poster proposes your bid. The notice runs until %[1]s; the award follows once objections are answered.", n.LastDay)
}

// tellBids writes the same to the bidders of these bids.
func tellBids(tx *work.Tx, c *Challenge, ids []uuid.UUID, what fault.Text) error {
	for _, id := range ids {
		b, err := work.Load[Bid](tx.DB, id)
		if err != nil {
			return err
		}
		if err := b.tell(tx, c, what); err != nil {
			return err
		}
	}
	return nil
}
