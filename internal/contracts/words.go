package contracts

import "jiebang/internal/fault"

// stateWords are what people call the states of contracts and of the applications about them.
var stateWords = fault.Words[State]{
	Draft:               {ZH: "草稿", EN: "Draft"},
	Submitted:           {ZH: "已提交", EN: "Submitted"},
	SupplementRequested: {ZH: "待补正", EN: "Papers are asked for"},
	Withdrawn:           {ZH: "已撤回", EN: "Withdrawn"},
	UnderReview:         {ZH: "初审中", EN: "Under first review"},
	ExpertReview:        {ZH: "专家评审中", EN: "Before experts"},
	SecondReview:        {ZH: "复审中", EN: "Under second review"},
	Registered:          {ZH: "已登记", EN: "Registered"},
	Recorded:            {ZH: "已备案（在其他地区登记）", EN: "Recorded, registered elsewhere"},
	Refused:             {ZH: "不予登记", EN: "Refused"},
	Cancelled:           {ZH: "已注销", EN: "Cancelled"},
	Revoked:             {ZH: "已撤销", EN: "Revoked"},
	Granted:             {ZH: "已通过", EN: "Granted"},
}

// kindWords are what people call the kinds of application.
var kindWords = fault.Words[ApplicationKind]{
	Takeover:     {ZH: "接收", EN: "Takeover"},
	Registration: {ZH: "认定登记", EN: "Registration"},
	Recording:    {ZH: "备案", EN: "Recording"},
	Amendment:    {ZH: "变更登记", EN: "Amendment"},
	Cancellation: {ZH: "注销登记", EN: "Cancellation"},
	Revoking:     {ZH: "撤销登记", EN: "Revocation"},
}

// Text is what people call it.
func (k ApplicationKind) Text() fault.Text { return kindWords.Of(k) }

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }
