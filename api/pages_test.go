package api_test

import (
	"fmt"
	"strings"
	"testing"

	"jiebang/api"
	"jiebang/internal/fault"
)

func TestTheErrorsPageIsUpToDate(t *testing.T) {
	var b strings.Builder
	b.WriteString("# 错误代码 Error codes\n\n本页由测试生成。`code` 是接口约定的一部分：只增加，不更改。\n\n")
	b.WriteString("Every refusal is an RFC 9457 problem document whose `code` is one of these; they are added, never changed. `errors` names each wrong place of the input. This page is made by `go test ./api -run ErrorsPage -update`.\n\n")
	b.WriteString("| code | status | 说明 | meaning |\n|---|---|---|---|\n")
	for _, d := range fault.Catalogue() {
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s |\n", d.Code, api.StatusOf(d.Kind), d.ZH, d.EN)
	}
	page(t, "../docs/errors.md", b.String())
}
