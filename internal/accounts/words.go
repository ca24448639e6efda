package accounts

import "jiebang/internal/fault"

// What the states are called where a person reads them.
var stateWords = fault.Words[State]{
	Active:      {ZH: "正常", EN: "Active"},
	Deactivated: {ZH: "已停用", EN: "Deactivated"},
}

// Text is what the state is called.
func (s State) Text() fault.Text { return stateWords.Of(s) }
