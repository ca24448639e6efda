package policy

// Projects: what the winner of a challenge does for its poster. The winner owns it, the poster is the other side, experts who were asked
// check what it reached. Whoever stands on either side decides nothing that the bureau or the experts decide.
var (
	ProjectRead      = read("project.read", Member, Counterpart, Operator, Adviser)
	ProjectDeviate   = act("project.deviate", ProjectRead, Member, Counterpart)
	ProjectPledge    = act("project.draft_pledge", ProjectRead, Counterpart)
	ProjectSign      = act("project.sign", ProjectRead, Admin)
	ProjectCounter   = act("project.countersign", ProjectRead, Counterpart)
	ProjectEliminate = act("project.eliminate", ProjectRead, Counterpart)
	ProjectWithdraw  = act("project.withdraw", ProjectRead, Admin)
	ProjectExperts   = act("project.name_experts", ProjectRead, Operator.But(Member, Counterpart))
	ProjectCheck     = act("project.check", ProjectRead, Adviser.But(Member, Counterpart))
	ProjectConclude  = act("project.conclude", ProjectRead, Operator.But(Member, Counterpart, Adviser))
	ProjectRecover   = act("project.recover", ProjectRead, Operator.But(Member, Counterpart))
	MilestoneRead    = read("milestone.read", Member, Counterpart, Operator, Adviser)
	MilestoneSubmit  = act("milestone.submit", MilestoneRead, Member)
	MilestoneBack    = act("milestone.withdraw", MilestoneRead, Member)
	MilestoneJudge   = act("milestone.judge", MilestoneRead, Counterpart)
	MilestonePay     = act("milestone.pay", MilestoneRead, Counterpart)
	GrantRead        = read("grant.read", Member, Counterpart, Operator)
	GrantPay         = act("grant.pay", MilestoneRead, Operator.But(Member, Counterpart))
	GrantReverse     = act("grant.reverse", GrantRead, Operator.But(Member, Counterpart))
	FiguresRead      = open("challenge_figures.read", Anyone)
	FiguresInner     = open("challenge_figures.read_inner", Operator) // what sums up single projects and contracts
)
