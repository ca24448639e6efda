package api_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"jiebang/api"
	"jiebang/api/apitest"
	"jiebang/internal/policy"
)

var update = flag.Bool("update", false, "write generated pages anew")

const (
	matrixFile      = "testdata/permissions.tsv"
	permissionsPage = "../docs/permissions.md"
)

// stage is a house with somebody in every role towards the same objects.
type stage struct {
	*apitest.House
	uni, firm     string
	editor, chief *apitest.Client // of the university: results, contracts
	buyer, buyer2 *apitest.Client // of the enterprise: needs, introductions
	stranger      *apitest.Client
	first, second *apitest.Client // registrars of the office
	far           *apitest.Client // registrar of another office
	visitor       *apitest.Client
	serial        int
	result, need  string // published
}

// request is one call that would succeed for somebody.
type request struct {
	method, path, etag string
	body               any
	creates            bool
}

// The roles, in the order of the page. Owner is the organization that a record belongs to; other is the organization on the
// other side of it: the one that was asked for an introduction, the buyer of a contract.
var roles = []string{"visitor", "stranger", "owner: who wrote it", "owner: another member", "other side", "registrar: first", "registrar: second", "registrar elsewhere", "operator"}

func (s *stage) as(role, operation string) *apitest.Client {
	ownerIsFirm := strings.Contains(operation, "Need") || strings.Contains(operation, "Introduction") || strings.Contains(operation, "Deal")
	owner, another, other := s.editor, s.chief, s.buyer
	if ownerIsFirm {
		owner, another, other = s.buyer, s.buyer2, s.editor
	}
	return map[string]*apitest.Client{
		"visitor": s.visitor, "stranger": s.stranger, "owner: who wrote it": owner, "owner: another member": another, "other side": other,
		"registrar: first": s.first, "registrar: second": s.second, "registrar elsewhere": s.far, "operator": s.Operator,
	}[role]
}

func newStage(h *apitest.House) *stage {
	s := &stage{House: h, visitor: h.Visitor()}
	h.Office("SY01", "210100")
	h.Office("DL01", "210200")
	s.first, s.second, s.far = h.Registrar("reg.first", "SY01"), h.Registrar("reg.second", "SY01"), h.Registrar("reg.far", "DL01")
	s.uni, s.editor, s.chief = h.Organization("盛北理工大学", "university", "210112")
	s.firm, s.buyer, s.buyer2 = h.Organization("辽浑智造装备有限公司", "enterprise", "210106")
	_, s.stranger, _ = h.Organization("渤岬泵阀重工有限公司", "enterprise", "210211")
	s.result, _ = s.listing("results", s.editor, s.chief, s.uni, "published")
	s.need, _ = s.listing("needs", s.buyer, s.buyer2, s.firm, "published")
	return s
}

// listing makes a result or need in a state and returns its id and ETag.
func (s *stage) listing(kind string, editor, second *apitest.Client, owner, state string) (id, etag string) {
	s.serial++
	body := j{"owner_id": owner, "title": fmt.Sprintf("第 %d 条记录", s.serial), "field": "environment"}
	text := "abstract"
	if kind == "needs" {
		text = "problem"
	}
	body[text] = "喷涂车间的废气净化，去除率百分之九十五以上。"
	r := editor.Post("/v1/"+kind, body).Want(201)
	id = r.Text("id")
	path := "/v1/" + kind + "/" + id
	if state != "draft" {
		r = editor.Act(path+"/submit", r.ETag, nil).Want(200)
	}
	if state == "published" {
		r = second.Act(path+"/publish", r.ETag, nil).Want(200)
	}
	return id, r.ETag
}

func (s *stage) introduction() (id, etag string) {
	need, _ := s.listing("needs", s.buyer, s.buyer2, s.firm, "published")
	r := s.buyer.Post("/v1/introductions", j{"from_id": s.firm, "result_id": s.result, "need_id": need, "message": "看来适合，想先了解数据。"}).Want(201)
	return r.Text("id"), r.ETag
}

func (s *stage) deal() (id, etag string) {
	intro, tag := s.introduction()
	r := s.editor.Act("/v1/introductions/"+intro+"/accept", tag, nil).Want(200)
	id = r.Text("deal_id")
	return id, s.editor.Get("/v1/deals/" + id).Want(200).ETag
}

func (s *stage) contract(state string) (id, etag, application string) {
	r := s.editor.Post("/v1/contracts", j{"kind": "development", "terms": terms(s.uni, s.firm, nil)}).Want(201)
	id, etag = r.Text("id"), r.ETag
	if state == "draft" {
		return id, etag, ""
	}
	r = s.editor.Act("/v1/contracts/"+id+"/submit", etag, nil).Want(200)
	application = r.Text("application_id")
	if state == "registered" {
		register(s.House, application, s.first, s.second)
		r = s.editor.Get("/v1/contracts/" + id).Want(200)
	}
	return id, r.ETag, application
}

func (s *stage) application(state string) (id, etag string) {
	_, _, id = s.contract("submitted")
	path := "/v1/applications/" + id
	r := s.first.Get(path).Want(200)
	if state != "submitted" {
		r = s.first.Act(path+"/start-review", r.ETag, nil).Want(200)
	}
	if state == "second_review" {
		r = s.first.Act(path+"/pass", r.ETag, j{}).Want(200)
	}
	return id, r.ETag
}

// requests makes, for each operation, a call that somebody may make, on an object of its own where the call changes it.
func (s *stage) requests() map[string]func() request {
	get := func(path string) func() request {
		return func() request { return request{method: "GET", path: path} }
	}
	act := func(kind, verb string, prepare func() (string, string), body any) func() request {
		return func() request {
			id, etag := prepare()
			return request{method: "POST", path: "/v1/" + kind + "/" + id + "/" + verb, etag: etag, body: body}
		}
	}
	result := func(state string) func() (string, string) {
		return func() (string, string) { return s.listing("results", s.editor, s.chief, s.uni, state) }
	}
	need := func(state string) func() (string, string) {
		return func() (string, string) { return s.listing("needs", s.buyer, s.buyer2, s.firm, state) }
	}
	application := func(state string) func() (string, string) {
		return func() (string, string) { return s.application(state) }
	}
	pending := func() (string, string) {
		r := s.editor.Post("/v1/organizations", organizationBody(s.House, "待核验的单位")).Want(201)
		r = s.editor.Act("/v1/organizations/"+r.Text("id")+"/members", r.ETag, j{"username": s.chief.Username}).Want(200)
		s.chief.Post("/v1/organizations/"+r.Text("id")+"/join", nil).Want(204)
		return r.Text("id"), r.ETag
	}
	post := func(path string, body func() any) func() request {
		return func() request { return request{method: "POST", path: path, body: body(), creates: true} }
	}
	replace := func(kind, text, owner string, draft func() (string, string)) func() request {
		return func() request {
			id, etag := draft()
			body := j{"owner_id": owner, "title": "改过的标题", "field": "environment", text: "改过的正文，说得更清楚一些了。"}
			return request{method: "PUT", path: "/v1/" + kind + "/" + id, etag: etag, body: body}
		}
	}
	draftR, _ := s.listing("results", s.editor, s.chief, s.uni, "draft")
	draftN, _ := s.listing("needs", s.buyer, s.buyer2, s.firm, "draft")
	intro, _ := s.introduction()
	deal, _ := s.deal()
	contract, _, registration := s.contract("registered")
	hidden, _ := pending()
	office := s.Operator.Get("/v1/offices?limit=1").Want(200).Text("items", 0, "id")
	entry := s.Operator.Get("/v1/register-entries?limit=1").Want(200).Text("items", 0, "id")
	registered := func() string { id, _, _ := s.contract("registered"); return id }
	return map[string]func() request{
		"createSession": post("/v1/sessions", func() any { return j{"username": "operator", "password": apitest.Password} }),
		"createAccount": post("/v1/accounts", func() any {
			s.serial++
			return j{"username": fmt.Sprintf("new%d", s.serial), "password": apitest.Password, "name": "新人"}
		}),
		"getMe":               get("/v1/me"),
		"createRegisterEntry": post("/v1/register-entries", func() any { return j{"kind": "broker", "username": "operator", "valid_from": "2026-01-01"} }),
		"listRegisterEntries": get("/v1/register-entries"),
		"getRegisterEntry":    get("/v1/register-entries/" + entry),

		"createOrganization": post("/v1/organizations", func() any { return organizationBody(s.House, "又一个单位") }),
		"listOrganizations":  get("/v1/organizations"),
		"getOrganization":    get("/v1/organizations/" + hidden),
		"verifyOrganization": act("organizations", "verify", pending, nil),
		"joinOrganization": func() request {
			r := s.Operator.Post("/v1/organizations", organizationBody(s.House, "邀请人的单位")).Want(201)
			s.Operator.Act("/v1/organizations/"+r.Text("id")+"/members", r.ETag, j{"username": s.editor.Username}).Want(200)
			return request{method: "POST", path: "/v1/organizations/" + r.Text("id") + "/join"}
		},
		"addMember": act("organizations", "members", pending, j{"username": "operator"}),
		"createOffice": post("/v1/offices", func() any {
			s.serial++
			return j{"code": fmt.Sprintf("X%d", s.serial), "name": "登记处", "region": []string{"130100", "130200", "130300", "130400", "130500", "130600", "130700", "130800", "130900", "131000"}[s.serial%10]}
		}),
		"listOffices": get("/v1/offices"),
		"getOffice":   get("/v1/offices/" + office),

		"createResult": post("/v1/results", func() any {
			return j{"owner_id": s.uni, "title": "新的成果", "field": "environment", "abstract": "一段足够长的公开摘要。"}
		}),
		"listResults":    get("/v1/results"),
		"getResult":      get("/v1/results/" + draftR),
		"replaceResult":  replace("results", "abstract", s.uni, result("draft")),
		"submitResult":   act("results", "submit", result("draft"), nil),
		"returnResult":   act("results", "return", result("submitted"), j{"reason": "请补充指标"}),
		"publishResult":  act("results", "publish", result("submitted"), nil),
		"withdrawResult": act("results", "withdraw", result("published"), nil),

		"createNeed": post("/v1/needs", func() any {
			return j{"owner_id": s.firm, "title": "新的需求", "field": "environment", "problem": "一段足够长的问题说明。"}
		}),
		"listNeeds":   get("/v1/needs"),
		"getNeed":     get("/v1/needs/" + draftN),
		"replaceNeed": replace("needs", "problem", s.firm, need("draft")),
		"submitNeed":  act("needs", "submit", need("draft"), nil),
		"returnNeed":  act("needs", "return", need("submitted"), j{"reason": "请补充指标"}),
		"publishNeed": act("needs", "publish", need("submitted"), nil),
		"closeNeed":   act("needs", "close", need("published"), j{"reason": "solved"}),

		"search":         get("/v1/search?q=%E5%BA%9F%E6%B0%94"),
		"suggest":        get("/v1/suggestions?q=%E5%BA%9F"),
		"matchText":      get("/v1/matches?kind=result&text=%E5%96%B7%E6%BC%86%E7%BA%BF%E5%BA%9F%E6%B0%94%E9%87%8F%E5%A4%A7%EF%BC%8C%E6%B5%93%E5%BA%A6%E4%B8%8D%E9%AB%98"),
		"similarResults": get("/v1/results/" + draftR + "/similar"),
		"similarNeeds":   get("/v1/needs/" + draftN + "/similar"),
		"matchNeed":      get("/v1/needs/" + draftN + "/matches"),
		"matchResult":    get("/v1/results/" + draftR + "/matches"),

		"proposeIntroduction": func() request {
			n, _ := s.listing("needs", s.buyer, s.buyer2, s.firm, "published")
			return request{method: "POST", path: "/v1/introductions", creates: true, body: j{"from_id": s.firm, "result_id": s.result, "need_id": n, "message": "看来适合，想先了解数据。"}}
		},
		"listIntroductions":   get("/v1/introductions?organization_id=" + s.firm),
		"getIntroduction":     get("/v1/introductions/" + intro),
		"acceptIntroduction":  act("introductions", "accept", s.introduction, nil),
		"declineIntroduction": act("introductions", "decline", s.introduction, j{"reason": "too_early"}),
		"listDeals":           get("/v1/deals?organization_id=" + s.firm),
		"getDeal":             get("/v1/deals/" + deal),
		"advanceDeal":         act("deals", "advance", s.deal, j{"stage": "contacting"}),

		"createContract": post("/v1/contracts", func() any { return j{"kind": "development", "terms": terms(s.uni, s.firm, nil)} }),
		"listContracts":  get("/v1/contracts?organization_id=" + s.uni),
		"getContract":    get("/v1/contracts/" + contract),
		"replaceContract": func() request {
			id, etag, _ := s.contract("draft")
			return request{method: "PUT", path: "/v1/contracts/" + id, etag: etag, body: j{"kind": "development", "terms": terms(s.uni, s.firm, nil)}}
		},
		"submitContract": func() request {
			id, etag, _ := s.contract("draft")
			return request{method: "POST", path: "/v1/contracts/" + id + "/submit", etag: etag}
		},
		"amendContract": func() request {
			return request{method: "POST", path: "/v1/contracts/" + registered() + "/amendments", creates: true, body: j{"terms": terms(s.uni, s.firm, j{"turnover": money("1300000.00")}), "reason": "追加内容"}}
		},
		"cancelContract": func() request {
			return request{method: "POST", path: "/v1/contracts/" + registered() + "/cancellations", creates: true, body: j{"reason": "双方协商解除"}}
		},
		"listApplications":  get("/v1/applications?office=SY01"),
		"getApplication":    get("/v1/applications/" + registration),
		"startReview":       act("applications", "start-review", application("submitted"), nil),
		"passReview":        act("applications", "pass", application("under_review"), j{}),
		"grantApplication":  act("applications", "grant", application("second_review"), j{}),
		"refuseApplication": act("applications", "refuse", application("under_review"), j{"reason": "不属于技术合同"}),

		"getTurnover":       get("/v1/turnover?from=2026-01-01&to=2026-12-31"),
		"listLedgerEntries": get("/v1/ledger/entries"),
		"getLedgerHead":     get("/v1/ledger/head"),
	}
}

func organizationBody(h *apitest.House, name string) j {
	return j{"name": name, "kind": "enterprise", "credit_code": h.CreditCode(), "region": "210106", "contact": j{"name": "联系人"}}
}

// perform makes the call as a role and tells how it came out: yes, or the status of the refusal.
func (s *stage) perform(client *apitest.Client, r request) string {
	headers := map[string]string{}
	if r.etag != "" {
		headers["If-Match"] = r.etag
	}
	if r.creates {
		s.serial++
		headers["Idempotency-Key"] = fmt.Sprintf("matrix-%d", s.serial)
	}
	got := client.Do(r.method, r.path, r.body, headers)
	switch {
	case got.Status < 300:
		if location := got.Header.Get("Location"); location != "" {
			client.Get(location).Want(200) // what was made can be read by who made it, where the answer says
		}
		return "yes"
	case got.Status == 401 || got.Status == 403 || got.Status == 404:
		return fmt.Sprint(got.Status)
	}
	s.Errorf("%s %s: neither done nor refused: %d %s", r.method, r.path, got.Status, got.Raw)
	return fmt.Sprint(got.Status)
}

// Every operation of the contract is tried by every role; the outcomes must be those of the table that people read.
func TestWhoMayDoWhat(t *testing.T) {
	want := readMatrix(t)
	contract, err := api.NewContract(apitest.Contract(t))
	if err != nil {
		t.Fatal(err)
	}
	apitest.Each(t, func(h *apitest.House) {
		s := newStage(h)
		requests := s.requests()
		got := [][]string{append([]string{"operation"}, roles...)}
		for _, op := range contract.Operations() {
			if op.ID == "endSession" { // it ends the very session that is tried; see TestASessionEnds
				continue
			}
			prepare := requests[op.ID]
			if prepare == nil {
				t.Errorf("no request for %s: every operation has a row", op.ID)
				continue
			}
			row := []string{op.ID}
			for _, role := range roles {
				row = append(row, s.perform(s.as(role, op.ID), prepare()))
			}
			got = append(got, row)
		}
		if *update {
			writeMatrix(t, got)
			return
		}
		expected := map[string][]string{}
		for _, row := range want {
			expected[row[0]] = row
		}
		for _, row := range got {
			if !slices.Equal(row, expected[row[0]]) {
				h.Errorf("got  %v\nwant %v", row, expected[row[0]])
			}
			delete(expected, row[0])
		}
		for operation := range expected {
			h.Errorf("%s has a row and is not in the contract", operation)
		}
	})
}

func readMatrix(t *testing.T) [][]string {
	b, err := os.ReadFile(matrixFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	in := csv.NewReader(bytes.NewReader(b))
	in.Comma = '\t'
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func writeMatrix(t *testing.T, rows [][]string) {
	var b bytes.Buffer
	for _, row := range rows {
		b.WriteString(strings.Join(row, "\t") + "\n")
	}
	if err := os.WriteFile(matrixFile, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The page is made of the same table that the system is tried against, and of the policy itself.
func TestThePermissionsPageIsUpToDate(t *testing.T) {
	var b strings.Builder
	b.WriteString("# 谁可以做什么 Who may do what\n\n")
	b.WriteString("本页由测试生成。第一张表是每个接口对每种身份的实际结果，由测试逐格验证；第二张表是策略本身。\n\n")
	b.WriteString("This page is made by a test (`go test ./api -run Permissions -update`). Each cell of the first table is tried over HTTP on both databases; the second table is the policy itself, `internal/policy/table.go`.\n\n")
	b.WriteString("`yes` may; `401` sign in first; `403` known, but not allowed; `404` not even told that it exists. Records stand in the state that the operation is meant for; what is read here is a draft, unless the operation lists what is public. An organization that is read is pending.\n\n")
	rows := readMatrix(t)
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	b.WriteString("\n## 策略 The policy\n\nWhoever stands in one of the relations may act. Whoever may not is told so if they may do what the third column says, and otherwise that there is no such record.\n\n| action | may | is told |\n|---|---|---|\n")
	for _, r := range policy.Table() {
		relations := make([]string, len(r.Allow))
		for i, a := range r.Allow {
			relations[i] = string(a)
		}
		told := "everybody"
		switch r.Seen {
		case "":
		case r.Action:
			told = "nobody else"
		default:
			told = "who may `" + string(r.Seen) + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Action, strings.Join(relations, "; "), told)
	}
	page(t, permissionsPage, b.String())
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
	if err != nil || string(have) != text {
		t.Errorf("%s is out of date (%v): go test ./api -run %s -update", file, err, t.Name())
	}
}
