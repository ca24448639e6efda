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

// declineWords are what people call the reasons for declining.
var declineWords = fault.Words[DeclineReason]{
	ReasonTooEarly:               {ZH: "时机过早", EN: "Too early"},
	ReasonBenefitUnclear:         {ZH: "效益不明确", EN: "Benefit unclear"},
	ReasonCommercialRouteUnclear: {ZH: "产业化路径不明确", EN: "Commercial route unclear"},
	ReasonDescriptionUnclear:     {ZH: "描述不清", EN: "Description unclear"},
	ReasonScientificDoubt:        {ZH: "对技术有疑问", EN: "Scientific doubt"},
	ReasonPrice:                  {ZH: "价格不合适", EN: "Price"},
	ReasonAlreadyHasOne:          {ZH: "已有合作方", EN: "Already has one"},
	ReasonOther:                  {ZH: "其他", EN: "Other"},
}

// Text is what people call it; there is none where nobody declined.
func (r DeclineReason) Text() fault.Text { return declineWords.Of(r) }

// lapseWords are what people call the reasons for which introductions end by themselves.
var lapseWords = fault.Words[LapseReason]{
	NoAnswer:        {ZH: "逾期未答复", EN: "Nobody answered in time"},
	ResultWithdrawn: {ZH: "成果已撤下", EN: "The result was withdrawn"},
	TeamWithdrawn:   {ZH: "团队已撤下", EN: "The team was withdrawn"},
	NeedClosed:      {ZH: "需求已关闭", EN: "The need was closed"},
	NeedExpired:     {ZH: "需求已过截止日", EN: "The need's deadline has passed"},
}

// Text is what people call it; there is none where it did not end so.
func (r LapseReason) Text() fault.Text { return lapseWords.Of(r) }

// wayWords are what people call what a price is paid for.
var wayWords = fault.Words[PriceWay]{
	ByAssignment: {ZH: "转让", EN: "Assignment"},
	ByLicense:    {ZH: "许可", EN: "Licence"},
	ByEquity:     {ZH: "作价投资", EN: "Equity"},
}

// Text is what people call it.
func (w PriceWay) Text() fault.Text { return wayWords.Of(w) }

var priceModeWords = fault.Words[PriceMode]{
	ByAgreement: {ZH: "协议定价", EN: "Agreement"},
	ByListing:   {ZH: "挂牌交易", EN: "Listing"},
	ByAuction:   {ZH: "拍卖", EN: "Auction"},
}

// Text is what people call it.
func (m PriceMode) Text() fault.Text { return priceModeWords.Of(m) }

var priceStateWords = fault.Words[PriceState]{
	PriceMissing:  {ZH: "尚未公示或记录", EN: "Not shown yet"},
	PriceRunning:  {ZH: "公示中", EN: "Shown now"},
	PriceObjected: {ZH: "有异议待答复", EN: "An objection waits"},
	PriceUpheld:   {ZH: "异议成立，须另行公示", EN: "An objection was upheld"},
	PriceOutdated: {ZH: "成果名称已变更，须另行公示", EN: "The result is called otherwise now"},
	PriceShown:    {ZH: "可以签约", EN: "May be signed"},
}

// Text is what people call it.
func (s PriceState) Text() fault.Text { return priceStateWords.Of(s) }
