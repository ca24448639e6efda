package review

import "jiebang/internal/fault"

var stateWords = fault.Words[State]{
	Scoring:   {ZH: "评分中", EN: "Being scored"},
	Consensus: {ZH: "合议中", EN: "Being talked over"},
	Finished:  {ZH: "已完成", EN: "Finished"},
	Cancelled: {ZH: "已取消", EN: "Cancelled"},
}

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }

var reviewWords = fault.Words[ReviewState]{
	Asked:    {ZH: "待答复", EN: "Asked"},
	Accepted: {ZH: "已接受", EN: "Accepted"},
	Refused:  {ZH: "已谢绝", EN: "Refused"},
	Resigned: {ZH: "已退出", EN: "Given up"},
}

// Text is what people call it.
func (s ReviewState) Text() fault.Text { return reviewWords.Of(s) }

var sheetWords = fault.Words[SheetState]{
	Draft:   {ZH: "草稿", EN: "Draft"},
	Final:   {ZH: "已提交", EN: "Handed in"},
	Recused: {ZH: "回避", EN: "Recused"},
}

// Text is what people call it.
func (s SheetState) Text() fault.Text { return sheetWords.Of(s) }

var reasonWords = fault.Words[Reason]{
	Conflict:   {ZH: "存在利益关系", EN: "Conflict of interest"},
	NotMyField: {ZH: "非本人专业领域", EN: "Not my field"},
	TooMany:    {ZH: "任务过多", EN: "Too many already"},
}

// Text is what people call it.
func (r Reason) Text() fault.Text { return reasonWords.Of(r) }
