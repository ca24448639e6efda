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

// kindWords are what people call the kinds of organization.
var kindWords = fault.Words[Kind]{
	"university":      {ZH: "高等院校", EN: "University"},
	"institute":       {ZH: "科研院所", EN: "Institute"},
	"enterprise":      {ZH: "企业", EN: "Enterprise"},
	"transfer_agency": {ZH: "技术转移机构", EN: "Transfer agency"},
	"financier":       {ZH: "金融机构", EN: "Financier"},
	"government":      {ZH: "政府部门", EN: "Government"},
}

// Kind is what sort of body an organization is, as Organization.Kind has it.
type Kind string

// Text is what people call it.
func (k Kind) Text() fault.Text { return kindWords.Of(k) }

// gradeKindWords are what people call the kinds of grade.
var gradeKindWords = fault.Words[GradeKind]{
	TechSME:        {ZH: "科技型中小企业", EN: "Technology SME"},
	HighTech:       {ZH: "高新技术企业", EN: "High-tech enterprise"},
	Eaglet:         {ZH: "雏鹰企业", EN: "Eaglet"},
	Gazelle:        {ZH: "瞪羚企业", EN: "Gazelle"},
	Unicorn:        {ZH: "独角兽企业", EN: "Unicorn"},
	KeyInstitution: {ZH: "重点高校院所", EN: "Key university or institute"},
}

// Text is what people call it.
func (k GradeKind) Text() fault.Text { return gradeKindWords.Of(k) }

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
