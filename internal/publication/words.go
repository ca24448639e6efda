package publication

import "jiebang/internal/fault"

// stateWords are what people call the states of listings of all kinds, and of their revisions.
var stateWords = fault.Words[State]{
	Draft:       {ZH: "草稿", EN: "Draft"},
	Submitted:   {ZH: "已提交", EN: "Submitted"},
	"published": {ZH: "已发布", EN: "Published"},
	"withdrawn": {ZH: "已撤回", EN: "Withdrawn"},
	"open":      {ZH: "公开征集中", EN: "Open"},
	closed:      {ZH: "已关闭", EN: "Closed"},
	everPublic:  {ZH: "曾经公开", EN: "Published before"},
}

// Text is what people call it.
func (s State) Text() fault.Text { return stateWords.Of(s) }
