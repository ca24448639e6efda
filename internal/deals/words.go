package deals

import "jiebang/internal/fault"

// stageWords are what people call the stages of deals.
var stageWords = fault.Words[Stage]{
	StageLead:        {ZH: "线索", EN: "Lead"},
	StageContacting:  {ZH: "接洽", EN: "Contacting"},
	StageNegotiating: {ZH: "洽谈", EN: "Negotiating"},
	StageAgreed:      {ZH: "达成一致", EN: "Agreed"},
	StageContracted:  {ZH: "已签约", EN: "Contracted"},
	StageLost:        {ZH: "已终止", EN: "Lost"},
}

// Text is what people call it.
func (s Stage) Text() fault.Text { return stageWords.Of(s) }

// stateWords are what people call the states of introductions.
var stateWords = fault.Words[State]{
	Proposed:  {ZH: "待答复", EN: "Waiting for an answer"},
	Accepted:  {ZH: "已接受", EN: "Accepted"},
	Declined:  {ZH: "已谢绝", EN: "Declined"},
	Withdrawn: {ZH: "已撤回", EN: "Taken back"},
	Lapsed:    {ZH: "已自动终止", EN: "Ended by itself"},
}

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }
