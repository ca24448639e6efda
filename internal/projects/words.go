package projects

import "jiebang/internal/fault"

// stepWords are what people call the steps.
var stepWords = fault.Words[string]{
	"sign":        {ZH: "揭榜方签署", EN: "signed by the winner"},
	"countersign": {ZH: "发榜方签署", EN: "signed by the poster"},
	"eliminate":   {ZH: "阶段淘汰", EN: "dropped at a milestone"},
	"accept":      {ZH: "验收通过", EN: "accepted"},
	"fail":        {ZH: "验收未通过", EN: "not accepted"},
	"withdraw":    {ZH: "退出", EN: "withdrawn"},
	"overtake":    {ZH: "他队先达标", EN: "overtaken"},
}

// Text is what people call it.
func (s Step) Text() fault.Text { return stepWords.Of(s.Name) }
