package inbox

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/challenges"
	"jiebang/internal/commissions"
	"jiebang/internal/complaints"
	"jiebang/internal/contracts"
	"jiebang/internal/deals"
	"jiebang/internal/fault"
	"jiebang/internal/mandates"
	"jiebang/internal/needs"
	"jiebang/internal/notices"
	"jiebang/internal/orgs"
	"jiebang/internal/policy"
	"jiebang/internal/projects"
	"jiebang/internal/results"
	"jiebang/internal/teams"
	"jiebang/internal/work"
)

// news is what a Change means to those whom it concerns.
type news struct {
	to   []policy.Stand // who is told, by how they stand towards the record; whoever did it is not
	text fault.Text
	of   source
}

// aside are organizations that a Change concerns as well, though the record does not name them. Who they are is told to nobody, so that no mail tells
// them either: mails can be counted.
var aside = map[string]func(q *gorm.DB, ids []uuid.UUID) (map[uuid.UUID][]uuid.UUID, error){
	"challenge.amend": challenges.Bidders, "challenge.cancel": challenges.Bidders,
}

// source is a kind of record that Changes are about.
type source struct {
	noun string
	path string // where one is read
	load func(q *gorm.DB, ids []uuid.UUID) ([]work.Record, error)
}

func from[R any, P interface {
	*R
	work.Record
}](path string) source {
	var row R
	return source{P(&row).Noun(), path, func(q *gorm.DB, ids []uuid.UUID) ([]work.Record, error) {
		rows, err := work.ByIDs[R](q, ids)
		out := make([]work.Record, len(rows))
		for i := range rows {
			out[i] = P(&rows[i])
		}
		return out, err
	}}
}

// The kinds of record that people are told of. Bids are none: that there is one is nobody's to know before they are opened.
var (
	aResult       = from[results.Result]("/v1/results")
	aNeed         = from[needs.Need]("/v1/needs")
	aTeam         = from[teams.Team]("/v1/teams")
	anIntro       = from[deals.Introduction]("/v1/introductions")
	aDeal         = from[deals.Deal]("/v1/deals")
	aNotice       = from[notices.Notice]("/v1/notices")
	aMandate      = from[mandates.Mandate]("/v1/mandates")
	aClaim        = from[commissions.Claim]("/v1/commission-claims")
	aCommission   = from[commissions.Line]("/v1/commissions")
	aContract     = from[contracts.Contract]("/v1/contracts")
	anApplication = from[contracts.Application]("/v1/applications")
	aPayment      = from[contracts.Payment]("/v1/payments")
	aChallenge    = from[challenges.Challenge]("/v1/challenges")
	aProject      = from[projects.Project]("/v1/projects")
	aMilestone    = from[projects.Milestone]("/v1/milestones")
	aComplaint    = from[complaints.Complaint]("/v1/complaints")
	anOrg         = from[orgs.Organization]("/v1/organizations")
)

var (
	own   = []policy.Stand{policy.Member}
	other = []policy.Stand{policy.Counterpart}
	both  = []policy.Stand{policy.Member, policy.Counterpart, policy.Agent}
	agent = []policy.Stand{policy.Agent}
	filer = []policy.Stand{policy.Author}
	sides = []policy.Stand{policy.Member, policy.Agent}
)

// told says which Change tells whom, and what. What is not here tells nobody: steps that their own doer takes alone, what only the bureau or an
// office does for itself, and everything about bids and objections, which is sealed or confidential: bidders hear of what is public of their
// challenge (aside).
var told = map[string]news{
	"result.submit":  {own, fault.Text{ZH: "成果已提交，待本单位另一人审核发布。", EN: "A result was submitted and waits for another person of the organization."}, aResult},
	"result.publish": {own, fault.Text{ZH: "成果已发布。", EN: "A result was published."}, aResult},
	"result.return":  {own, fault.Text{ZH: "成果被退回，请看理由并修改。", EN: "A result was returned; see the reason."}, aResult},
	"result.rest":    {own, fault.Text{ZH: "成果久未确认，已转入休眠；仍然有效的，请确认。", EN: "A result rests, since nobody confirmed it; confirm it if it still holds."}, aResult},
	"need.submit":    {own, fault.Text{ZH: "需求已提交，待本单位另一人审核发布。", EN: "A need was submitted and waits for another person of the organization."}, aNeed},
	"need.publish":   {own, fault.Text{ZH: "需求已发布。", EN: "A need was published."}, aNeed},
	"need.return":    {own, fault.Text{ZH: "需求被退回，请看理由并修改。", EN: "A need was returned; see the reason."}, aNeed},
	"need.expire":    {own, fault.Text{ZH: "需求已到截止日并关闭；仍需要的，请修改截止日后重新发布。", EN: "A need has passed its deadline and is closed."}, aNeed},
	"need.hold":      {own, fault.Text{ZH: "需求已转为揭榜挂帅榜题，暂不受理对接。", EN: "A need became a challenge and takes no introductions for now."}, aNeed},
	"need.release":   {own, fault.Text{ZH: "榜题已结束，需求恢复或关闭，请查看。", EN: "The challenge of a need has ended; see how the need stands."}, aNeed},
	"team.submit":    {own, fault.Text{ZH: "团队已提交，待本单位另一人审核发布。", EN: "A team was submitted and waits for another person of the organization."}, aTeam},
	"team.publish":   {own, fault.Text{ZH: "团队已发布。", EN: "A team was published."}, aTeam},
	"team.return":    {own, fault.Text{ZH: "团队被退回，请看理由并修改。", EN: "A team was returned; see the reason."}, aTeam},

	"introduction.propose":       {other, fault.Text{ZH: "收到对接申请，请在答复期限前答复。", EN: "You were asked for an introduction; answer it by its day."}, anIntro},
	"introduction.answer":        {sides, fault.Text{ZH: "对方已答复对接申请。", EN: "The other side has answered the introduction."}, anIntro},
	"introduction.withdraw":      {other, fault.Text{ZH: "对方撤回了对接申请。", EN: "The other side has taken its introduction back."}, anIntro},
	"introduction.lapse":         {both, fault.Text{ZH: "对接已自动终止，理由见详情。", EN: "An introduction ended by itself; see why."}, anIntro},
	"deal.open":                  {both, fault.Text{ZH: "对接获同意，撮合项目已建立。", EN: "The introduction was accepted and a deal is open."}, aDeal},
	"deal.advance":               {both, fault.Text{ZH: "撮合项目有进展。", EN: "A deal has moved."}, aDeal},
	"deal.revert":                {both, fault.Text{ZH: "撮合项目退回了较早的阶段，理由见过程记录。", EN: "A deal went back to an earlier stage; its log says why."}, aDeal},
	"deal.open_price_notice":     {both, fault.Text{ZH: "供给方在本单位公示拟定价格，期满且无未了异议后方可签约。", EN: "The supplier shows the proposed price to its members; the contract is signed once that is over."}, aDeal},
	"deal.record_price":          {both, fault.Text{ZH: "供给方记录了定价依据。", EN: "The supplier has recorded how the price was set."}, aDeal},
	"deal.withdraw_price_notice": {both, fault.Text{ZH: "供给方撤回了价格公示，签约前须另行公示或记录。", EN: "The supplier has taken the notice of the price back; it takes another, or a record, before signing."}, aDeal},
	"deal.note":                  {both, fault.Text{ZH: "撮合项目有新的记录。", EN: "A deal has a new note."}, aDeal},

	// Of a notice for everybody nobody is a member; of one that an organization holds for its own people, they are.
	"notice.close":            {own, fault.Text{ZH: "本单位的公示已结束。", EN: "A notice of the organization is over."}, aNotice},
	"notice.objection_upheld": {own, fault.Text{ZH: "对本单位公示的异议成立。", EN: "An objection to a notice of the organization was upheld."}, aNotice},

	"mandate.propose":   {own, fault.Text{ZH: "经纪人提出居间委托，请确认或谢绝。", EN: "A broker proposes a mandate; agree or decline."}, aMandate},
	"mandate.answer":    {agent, fault.Text{ZH: "委托方已答复委托。", EN: "The principal has answered the mandate."}, aMandate},
	"mandate.withdraw":  {own, fault.Text{ZH: "经纪人撤回了委托提议。", EN: "The broker has taken the mandate back."}, aMandate},
	"mandate.end":       {sides, fault.Text{ZH: "委托已提前终止，保护期自今日起算。", EN: "A mandate was ended early; its tail runs from today."}, aMandate},
	"claim.found":       {sides, fault.Text{ZH: "有合同可能由经纪人促成；绕开撮合项目签订的，请委托方答复。", EN: "A contract may have been led to by a broker; the principal answers where it was filed around the deal."}, aClaim},
	"claim.answer":      {agent, fault.Text{ZH: "委托方已答复合同的认领。", EN: "The principal has answered the claim of a contract."}, aClaim},
	"commission.due":    {sides, fault.Text{ZH: "合同收款后有佣金到期，请确认。", EN: "A payment made a commission due."}, aCommission},
	"commission.answer": {agent, fault.Text{ZH: "付款方已确认、支付佣金或提出异议。", EN: "The payer has confirmed, paid or disputed a commission."}, aCommission},

	"contract.file":                  {other, fault.Text{ZH: "对方已将合同提交认定登记。", EN: "The other side has filed a contract."}, aContract},
	"contract.follow":                {both, fault.Text{ZH: "合同的登记办理有进展。", EN: "The registration of a contract has moved."}, aContract},
	"contract.revoke":                {both, fault.Text{ZH: "登记机构拟撤销合同的登记，待另一登记员确认；请看事由，有异议的请向登记机构说明。", EN: "The office means to revoke the registration of a contract, once another registrar confirms it; see why, and tell the office if you object."}, anApplication},
	"contract.revoked":               {both, fault.Text{ZH: "合同的登记已被登记机构撤销，事由见详情。", EN: "The office has revoked the registration of a contract; see why."}, aContract},
	"revocation.withdraw":            {both, fault.Text{ZH: "登记机构撤回了撤销登记的提议，合同照旧登记在册。", EN: "The office has taken back that it means to revoke a registration; the contract stays registered."}, anApplication},
	"revocation.deny":                {both, fault.Text{ZH: "撤销登记的提议未获确认，合同照旧登记在册。", EN: "The registration was not revoked; the contract stays registered."}, anApplication},
	"application.request_supplement": {own, fault.Text{ZH: "登记机构要求补正材料，请尽快补齐。", EN: "The office asks for papers."}, anApplication},
	"contract.record_payment":        {both, fault.Text{ZH: "合同记录了一笔收款。", EN: "A payment was recorded on a contract."}, aPayment},
	"payment.reverse":                {both, fault.Text{ZH: "合同的一笔收款被冲正，原因见详情。", EN: "A payment was reversed; see why."}, aPayment},

	"challenge.amend":  {own, fault.Text{ZH: "榜题有补充公告，截止时间已顺延，请查看。", EN: "A challenge has an addendum, and its deadline was moved on."}, aChallenge},
	"challenge.cancel": {own, fault.Text{ZH: "榜题已终止，理由见详情。", EN: "A challenge was cancelled; see why."}, aChallenge},

	"project.open":       {both, fault.Text{ZH: "揭榜项目已建立，请签军令状。", EN: "A project is open; the pledge waits to be signed."}, aProject},
	"milestone.submit":   {both, fault.Text{ZH: "节点已提交，待验收。", EN: "A milestone was submitted and waits to be judged."}, aMilestone},
	"milestone.withdraw": {both, fault.Text{ZH: "节点的材料已由揭榜方撤回。", EN: "What was handed in of a milestone was taken back."}, aMilestone},
	"milestone.judge":    {both, fault.Text{ZH: "节点已验收或要求返工。", EN: "A milestone was judged."}, aMilestone},
	"milestone.late":     {both, fault.Text{ZH: "节点已逾期。", EN: "A milestone is late."}, aMilestone},

	"complaint.answer": {filer, fault.Text{ZH: "你的举报已有处理结论，理由见详情。", EN: "A report of yours was answered; see why."}, aComplaint},
	"complaint.uphold": {own, fault.Text{ZH: "本单位的一条记录因举报成立被下架，请看理由；可以申诉一次。", EN: "A record of the organization was taken down upon a report; see why. You may appeal once."}, aComplaint},
	"complaint.settle": {[]policy.Stand{policy.Author, policy.Member}, fault.Text{ZH: "针对下架决定的申诉已有复核结论，请看理由。", EN: "The appeal against a record's being taken down was settled; see why."}, aComplaint},

	"organization.verify":          {own, fault.Text{ZH: "单位已通过核验。", EN: "The organization was verified."}, anOrg},
	"organization.refuse":          {own, fault.Text{ZH: "单位未通过核验，请看理由。", EN: "The organization was refused; see why."}, anOrg},
	"organization.suspend":         {own, fault.Text{ZH: "单位已被暂停，理由见详情。", EN: "The organization is suspended; see why."}, anOrg},
	"organization.lift_suspension": {own, fault.Text{ZH: "单位的暂停已解除。", EN: "The suspension of the organization was lifted."}, anOrg},
}
