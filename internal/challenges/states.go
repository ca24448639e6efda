package challenges

import (
	"slices"

	"jiebang/internal/fault"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// State is where a challenge stands.
type State string

// The states, in the order in which a challenge comes to them.
const (
	Draft      State = "draft"
	Submitted  State = "submitted"
	Reserve    State = "reserve"    // 需求储备库
	Refining   State = "refining"   // experts make its indicators measurable
	Published  State = "published"  // 发榜: its terms are frozen, bids come in sealed
	Unclaimed  State = "unclaimed"  // 流榜: there was no eligible bid
	Reviewing  State = "reviewing"  // bids are open, reviewers score them
	Confirming State = "confirming" // the poster says whom it takes
	Notice     State = "notice"     // 公示
	Awarded    State = "awarded"
	Running    State = "running"
	Accepted   State = "accepted"
	Failed     State = "failed"
	Cancelled  State = "cancelled"
)

// States are all states, in their order.
var States = []State{Draft, Submitted, Reserve, Refining, Published, Unclaimed, Reviewing, Confirming, Notice, Awarded, Running, Accepted, Failed, Cancelled}

// Step is one way from state to state. The list of steps is the whole of the state machine: what operations may do, what tests forbid and
// the diagram in docs come from it.
type Step struct {
	Name      string
	Operation string        // its operationId; none where a clock, or another package's record, moves the challenge
	Action    policy.Action // who may; none where there is no operation
	From      []State
	To        State
}

// Steps are all steps. What else stands in the way of one is asked by the use case that takes it.
var Steps = []Step{
	{"submit", "submitChallenge", policy.ChallengeSubmit, []State{Draft}, Submitted},
	{"take_back", "takeBackChallenge", policy.ChallengeTakeBack, []State{Submitted}, Draft},
	{"return", "returnChallenge", policy.ChallengeScreen, []State{Submitted, Reserve, Refining}, Draft},
	{"shelve", "shelveChallenge", policy.ChallengeScreen, []State{Submitted}, Reserve},
	{"refine", "refineChallenge", policy.ChallengeScreen, []State{Reserve}, Refining},
	{"publish", "publishChallenge", policy.ChallengePublish, []State{Refining, Unclaimed}, Published},
	{"open", "", "", []State{Published}, Reviewing},
	{"unclaim", "", "", []State{Published}, Unclaimed},
	{"rank", "concludeChallengeReview", policy.ChallengeReview, []State{Reviewing}, Confirming},
	{"fail_review", "dismissChallengeBids", policy.ChallengeReview, []State{Reviewing, Confirming}, Unclaimed},
	{"propose", "proposeChallengeAward", policy.ChallengeConfirm, []State{Confirming}, Notice},
	{"reconsider", "reconsiderChallenge", policy.ChallengeAward, []State{Notice}, Confirming},
	{"award", "awardChallenge", policy.ChallengeAward, []State{Notice}, Awarded},
	{"start", "", "", []State{Awarded}, Running},
	{"accept", "", "", []State{Running}, Accepted},
	{"fail", "", "", []State{Awarded, Running}, Failed},
	{"cancel", "cancelChallenge", policy.ChallengeCancel, []State{Submitted, Reserve, Refining, Published, Unclaimed, Reviewing, Confirming, Notice}, Cancelled},
}

// stepNamed is a step by its name; one that is not there is a programming error.
func stepNamed(name string) Step {
	i := slices.IndexFunc(Steps, func(s Step) bool { return s.Name == name })
	if i < 0 {
		panic("challenges: no step " + name)
	}
	return Steps[i]
}

// take leads the challenge a step on, or refuses.
func (c *Challenge) take(name string) error {
	s := stepNamed(name)
	return work.Step(&c.State, s.To, s.From...)
}

// over tells whether a challenge in this state goes nowhere any more.
func (s State) over() bool { return s == Accepted || s == Failed || s == Cancelled }

// public tells whether anybody may read one: from its publication on.
func (c *Challenge) public() bool { return c.PublishedAt != nil }

// stateWords are what people call the states.
var stateWords = fault.Words[State]{
	Draft:      {ZH: "草稿", EN: "Draft"},
	Submitted:  {ZH: "已提交", EN: "Handed in"},
	Reserve:    {ZH: "储备库", EN: "In reserve"},
	Refining:   {ZH: "凝练中", EN: "Being refined"},
	Published:  {ZH: "已发榜", EN: "Published"},
	Unclaimed:  {ZH: "流榜", EN: "Unclaimed"},
	Reviewing:  {ZH: "评审中", EN: "Under review"},
	Confirming: {ZH: "待发榜方确认", EN: "Waiting for the poster's word"},
	Notice:     {ZH: "公示中", EN: "Public notice"},
	Awarded:    {ZH: "已定榜", EN: "Awarded"},
	Running:    {ZH: "实施中", EN: "Running"},
	Accepted:   {ZH: "已验收", EN: "Accepted"},
	Failed:     {ZH: "未通过", EN: "Failed"},
	Cancelled:  {ZH: "已终止", EN: "Cancelled"},
}

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }

// stepWords are what people call the steps.
var stepWords = fault.Words[string]{
	"submit":      {ZH: "提交", EN: "handed in"},
	"take_back":   {ZH: "撤回修改", EN: "taken back"},
	"return":      {ZH: "退回", EN: "returned"},
	"shelve":      {ZH: "入库", EN: "taken into the reserve"},
	"refine":      {ZH: "开始凝练", EN: "experts asked"},
	"publish":     {ZH: "发榜", EN: "published"},
	"open":        {ZH: "开榜", EN: "opened"},
	"unclaim":     {ZH: "无合格揭榜", EN: "no eligible bid"},
	"rank":        {ZH: "评审结束", EN: "reviewed"},
	"fail_review": {ZH: "评审无入围", EN: "nobody passed"},
	"propose":     {ZH: "拟定榜", EN: "award proposed"},
	"reconsider":  {ZH: "异议成立", EN: "objection upheld"},
	"award":       {ZH: "定榜", EN: "awarded"},
	"start":       {ZH: "签订军令状", EN: "pledge signed"},
	"accept":      {ZH: "验收通过", EN: "accepted"},
	"fail":        {ZH: "未通过", EN: "failed"},
	"cancel":      {ZH: "终止", EN: "cancelled"},
}

// Text is what people call it.
func (s Step) Text() fault.Text { return stepWords.Of(s.Name) }
