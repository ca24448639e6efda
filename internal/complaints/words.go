package complaints

import "jiebang/internal/fault"

var stateWords = fault.Words[State]{
	Filed:      {ZH: "待处理", EN: "Waiting for an answer"},
	Upheld:     {ZH: "举报成立，已下架", EN: "Upheld, taken down"},
	Dismissed:  {ZH: "举报不成立", EN: "Dismissed"},
	Withdrawn:  {ZH: "已撤回", EN: "Taken back"},
	Appealed:   {ZH: "已申诉，待复核", EN: "Appealed"},
	Confirmed:  {ZH: "复核维持下架", EN: "Confirmed upon appeal"},
	Overturned: {ZH: "申诉成立，已撤销下架", EN: "Overturned upon appeal"},
}

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }
