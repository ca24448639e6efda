package commissions

import "jiebang/internal/fault"

// claimWords are what people call the states of claims.
var claimWords = fault.Words[ClaimState]{
	Flagged:  {ZH: "待委托方答复", EN: "Waits for the principal"},
	Accepted: {ZH: "已认可", EN: "Accepted"},
	Rejected: {ZH: "不予认可", EN: "Rejected"},
}

// Text is what people call it.
func (s ClaimState) Text() fault.Text { return claimWords.Of(s) }

// lineWords are what people call the states of lines.
var lineWords = fault.Words[LineState]{
	LineDue:       {ZH: "应付", EN: "Due"},
	LineConfirmed: {ZH: "已确认", EN: "Confirmed"},
	LineDisputed:  {ZH: "有异议", EN: "Disputed"},
	LinePaid:      {ZH: "已付", EN: "Paid"},
}

// Text is what people call it.
func (s LineState) Text() fault.Text { return lineWords.Of(s) }
