package mandates

import "jiebang/internal/fault"

// stateWords are what people call the states of mandates.
var stateWords = fault.Words[State]{
	Proposed:  {ZH: "待委托方确认", EN: "Waiting for the principal"},
	Agreed:    {ZH: "已生效", EN: "Agreed"},
	Declined:  {ZH: "已谢绝", EN: "Declined"},
	Withdrawn: {ZH: "已撤回", EN: "Taken back"},
	Ended:     {ZH: "已提前终止", EN: "Ended early"},
}

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }
