package challenges

import (
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

// Steps are all steps, and the whole of the state machine. What else stands in the way of one is asked by the use case that takes it.
var Steps = work.Ways[State]{
	{Name: "submit", Operation: "submitChallenge", Action: policy.ChallengeSubmit, Text: fault.Text{ZH: "提交", EN: "handed in"}, From: []State{Draft}, To: Submitted},
	{Name: "take_back", Operation: "takeBackChallenge", Action: policy.ChallengeTakeBack, Text: fault.Text{ZH: "撤回修改", EN: "taken back"}, From: []State{Submitted}, To: Draft},
	{Name: "return", Operation: "returnChallenge", Action: policy.ChallengeScreen, Text: fault.Text{ZH: "退回", EN: "returned"}, From: []State{Submitted, Reserve, Refining}, To: Draft},
	{Name: "shelve", Operation: "shelveChallenge", Action: policy.ChallengeScreen, Text: fault.Text{ZH: "入库", EN: "taken into the reserve"}, From: []State{Submitted}, To: Reserve},
	{Name: "refine", Operation: "refineChallenge", Action: policy.ChallengeScreen, Text: fault.Text{ZH: "开始凝练", EN: "experts asked"}, From: []State{Reserve}, To: Refining},
	{Name: "publish", Operation: "publishChallenge", Action: policy.ChallengePublish, Text: fault.Text{ZH: "发榜", EN: "published"}, From: []State{Refining, Unclaimed}, To: Published},
	{Name: "open", Text: fault.Text{ZH: "开榜", EN: "opened"}, From: []State{Published}, To: Reviewing},
	{Name: "unclaim", Text: fault.Text{ZH: "无合格揭榜", EN: "no eligible bid"}, From: []State{Published}, To: Unclaimed},
	{Name: "rank", Operation: "concludeChallengeReview", Action: policy.ChallengeReview, Text: fault.Text{ZH: "评审结束", EN: "reviewed"}, From: []State{Reviewing}, To: Confirming},
	{Name: "fail_review", Operation: "dismissChallengeBids", Action: policy.ChallengeReview, Text: fault.Text{ZH: "评审无入围", EN: "nobody passed"}, From: []State{Reviewing, Confirming}, To: Unclaimed},
	{Name: "propose", Operation: "proposeChallengeAward", Action: policy.ChallengeConfirm, Text: fault.Text{ZH: "拟定榜", EN: "award proposed"}, From: []State{Confirming}, To: Notice},
	{Name: "reconsider", Operation: "reconsiderChallenge", Action: policy.ChallengeAward, Text: fault.Text{ZH: "异议成立", EN: "objection upheld"}, From: []State{Notice}, To: Confirming},
	{Name: "award", Operation: "awardChallenge", Action: policy.ChallengeAward, Text: fault.Text{ZH: "定榜", EN: "awarded"}, From: []State{Notice}, To: Awarded},
	{Name: "start", Text: fault.Text{ZH: "签订军令状", EN: "pledge signed"}, From: []State{Awarded}, To: Running},
	{Name: "accept", Text: fault.Text{ZH: "验收通过", EN: "accepted"}, From: []State{Running}, To: Accepted},
	{Name: "fail", Text: fault.Text{ZH: "未通过", EN: "failed"}, From: []State{Awarded, Running}, To: Failed},
	{Name: "cancel", Operation: "cancelChallenge", Action: policy.ChallengeCancel, Text: fault.Text{ZH: "终止", EN: "cancelled"}, From: []State{Submitted, Reserve, Refining, Published, Unclaimed, Reviewing, Confirming, Notice}, To: Cancelled},
}

// take leads the challenge a step on, or refuses.
func (c *Challenge) take(name string) error { return Steps.Take(&c.State, name) }

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
