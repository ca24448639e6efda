package notices

import "jiebang/internal/fault"

var stateWords = fault.Words[State]{
	Running:   {ZH: "公示中", EN: "Public"},
	Closed:    {ZH: "公示结束", EN: "Over"},
	Withdrawn: {ZH: "已撤回", EN: "Taken back"},
}

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }

var objectionWords = fault.Words[ObjectionState]{
	Received:   {ZH: "已收到", EN: "Received"},
	Incomplete: {ZH: "待补正", EN: "To be completed"},
	Accepted:   {ZH: "已受理", EN: "Taken up"},
	Answered:   {ZH: "已答复", EN: "Answered"},
}

// Text is what people call it.
func (s ObjectionState) Text() fault.Text { return objectionWords.Of(s) }

var outcomeWords = fault.Words[Outcome]{
	Upheld:      {ZH: "异议成立", EN: "Upheld"},
	Dismissed:   {ZH: "异议不成立", EN: "Dismissed"},
	TakenBack:   {ZH: "异议人撤回", EN: "Taken back"},
	OutOfTime:   {ZH: "逾期", EN: "Out of time"},
	NotAccepted: {ZH: "不予受理", EN: "Not taken up"},
}

// Text is what people call it; there is none while it is open.
func (o Outcome) Text() fault.Text { return outcomeWords.Of(o) }

var groundsWords = fault.Words[Grounds]{
	Anonymous:     {ZH: "匿名", EN: "No name"},
	StillLacking:  {ZH: "逾期未补正", EN: "Not completed by the last day"},
	FalseIdentity: {ZH: "冒用他人名义", EN: "The name or seal was not theirs"},
	NoSubstance:   {ZH: "与公示事项无关", EN: "Not about what is proposed"},
}

// Text is what people call it.
func (g Grounds) Text() fault.Text { return groundsWords.Of(g) }

var lackWords = fault.Words[Lack]{
	LacksContact:        {ZH: "联系电话或地址", EN: "a telephone number or an address"},
	LacksRepresentative: {ZH: "法定代表人姓名", EN: "the legal representative's name"},
	LacksSignature:      {ZH: "法定代表人签字", EN: "the legal representative's signature"},
	LacksSeal:           {ZH: "单位公章", EN: "the unit's seal"},
	LacksEvidence:       {ZH: "证据材料", EN: "evidence"},
}

// Text is what people call it.
func (l Lack) Text() fault.Text { return lackWords.Of(l) }
