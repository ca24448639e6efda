package mail

import "jiebang/internal/fault"

// stateWords are what people call the states of mails.
var stateWords = fault.Words[State]{
	Waiting: {ZH: "待发送", EN: "Waiting"},
	Sent:    {ZH: "已发送", EN: "Sent"},
	Failed:  {ZH: "未能送达", EN: "Failed"},
	Lapsed:  {ZH: "已失效", EN: "Lapsed"},
}

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }
