package api_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"jiebang/api/apitest"
	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
	"jiebang/internal/fault"
	"jiebang/internal/policy"
)

var update = flag.Bool("update", false, "write generated pages anew")

// The page is made of the tables that the system is tried against, and of the policy itself. Every operation is in the table of its tag.
func TestThePermissionsPageIsUpToDate(t *testing.T) {
	spec, err := edgetest.Spec()
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	missing := map[string]string{}
	for _, op := range spec.Operations() {
		if missing[op.ID] = op.Tag; len(tags) == 0 || !strings.Contains(strings.Join(tags, " "), op.Tag) {
			tags = append(tags, op.Tag)
		}
	}
	var b strings.Builder
	b.WriteString("# 谁可以做什么 Who may do what\n\n")
	b.WriteString("本页由测试生成。前面各表是每个接口对每种身份的实际结果，由测试逐格验证；最后一张表是策略本身。\n\n")
	b.WriteString("This page is made by a test (`go test ./api -run Page -update`). Each cell of the tables by capability is tried over HTTP (successes on both databases); the last table is the policy itself, `internal/policy`.\n\n")
	b.WriteString("`yes` may; `401` sign in first; `403` known, but not allowed; `404` not even told that it exists; `409` somebody else has taken it. Records stand in the state that the operation is meant for; what is read here is a draft, unless the operation lists what is public. An organization that is read is pending.\n")
	for _, tag := range tags {
		rows, err := apitest.ReadPermissions(tag + "/testdata/permissions.tsv")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\n## %s\n\n", tag)
		for i, row := range rows {
			b.WriteString("| " + strings.Join(row, " | ") + " |\n")
			if i == 0 {
				b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
			} else if missing[row[0]] != tag {
				t.Errorf("%s is in the table of %s", row[0], tag)
			}
			delete(missing, row[0])
		}
	}
	for id, tag := range missing {
		t.Errorf("%s has no row in api/%s/testdata/permissions.tsv", id, tag)
	}
	b.WriteString("\n## 策略 The policy\n\nWhoever meets one of the expressions may act. Whoever may not is told so if they may do what the third column says, and otherwise that there is no such record.\n\n| action | may | is told |\n|---|---|---|\n")
	for _, r := range policy.Table() {
		told := "everybody"
		switch r.Seen {
		case "":
		case r.Action:
			told = "nobody else"
		default:
			told = "who may `" + string(r.Seen) + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Action, r.Who, told)
	}
	page(t, "../docs/permissions.md", b.String())
}

func TestTheErrorsPageIsUpToDate(t *testing.T) {
	var b strings.Builder
	b.WriteString("# 错误代码 Error codes\n\n本页由测试生成。`code` 是接口描述的一部分：只增加，不更改。\n\n")
	b.WriteString("Every refusal is an RFC 9457 problem document whose `code` is one of these; they are added, never changed. `errors` names each wrong place of the input. This page is made by `go test ./api -run ErrorsPage -update`.\n\n")
	b.WriteString("`title`, `detail` and `message` are in the language that `Accept-Language` asks for. 文字以 `Accept-Language` 所要的语言（中文或英文）给出。每个代码另有一页：`/problems/{code}`，即 problem 文档的 `type`。\n\n")
	b.WriteString("| code | status | 说明 | 怎么办 | meaning | what to do |\n|---|---|---|---|---|---|\n")
	for _, d := range fault.Catalogue() {
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s | %s | %s |\n", d.Code, edge.StatusOf(d.Kind), d.ZH, fault.Remedy(d.Code).ZH, d.EN, fault.Remedy(d.Code).EN)
	}
	b.WriteString("\n## 输入中的一处 Places of the input\n\n`errors` 中每一处的 `code`。The `code` of each place in `errors`; the message says more where more is known.\n\n")
	b.WriteString("| code | 说明 | 怎么办 | meaning | what to do |\n|---|---|---|---|---|\n")
	for _, p := range fault.Places() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", p.Code, p.ZH, fault.PlaceRemedy(p.Code).ZH, p.EN, fault.PlaceRemedy(p.Code).EN)
	}
	page(t, "../docs/errors.md", b.String())
}

// page compares a generated page with the file, or writes it.
func page(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != text {
		t.Errorf("%s is out of date: go test ./api -run Page -update", file)
	}
}
