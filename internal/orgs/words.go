package orgs

import "jiebang/internal/fault"

// stateWords are what people call the states of organizations.
var stateWords = fault.Words[State]{
	Pending:  {ZH: "待核验", EN: "Waiting to be verified"},
	Verified: {ZH: "已核验", EN: "Verified"},
	Refused:  {ZH: "核验未通过", EN: "Refused"},
}

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }

// invitationWords are what people call the states of invitations.
var invitationWords = fault.Words[InvitationState]{
	InvitationOpen:      {ZH: "待接受", EN: "Open"},
	InvitationAccepted:  {ZH: "已接受", EN: "Accepted"},
	InvitationDeclined:  {ZH: "已谢绝", EN: "Declined"},
	InvitationWithdrawn: {ZH: "已撤回", EN: "Withdrawn"},
}

// Text is what people call it.
func (s InvitationState) Text() fault.Text { return invitationWords.Of(s) }

// gradeWords are what people call the states of grades.
var gradeWords = fault.Words[GradeState]{
	GradeProposed:  {ZH: "待确认", EN: "Proposed"},
	GradeConfirmed: {ZH: "已确认", EN: "Confirmed"},
	GradeRefused:   {ZH: "未予确认", EN: "Refused"},
	GradeWithdrawn: {ZH: "已撤回", EN: "Withdrawn"},
	GradeVoid:      {ZH: "已作废", EN: "Void"},
}

// Text is what people call it.
func (s GradeState) Text() fault.Text { return gradeWords.Of(s) }
