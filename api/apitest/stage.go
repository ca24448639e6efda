package apitest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"jiebang/internal/codes"
)

// Stage is a house with somebody in every role towards the same records, and ways to make records in each state.
type Stage struct {
	*House
	Uni, Firm     string
	Editor, Chief *Client // of the university: results, contracts
	Buyer, Buyer2 *Client // of the enterprise: needs, introductions
	Stranger      *Client // a member of another organization
	First, Second *Client // registrars of the office SY01
	Far           *Client // registrar of another office
	Result, Need  string  // published
	serial        int
	complained    int // how many reports were made, each on a day of its own
	expert        *Client
	broker        *Client
	experts       []*Client
}

// NewStage fills a house.
func NewStage(h *House) *Stage {
	s := &Stage{House: h}
	h.Office("SY01", "210100")
	h.Office("DL01", "210200")
	s.First, s.Second, s.Far = h.Registrar("reg.first", "SY01"), h.Registrar("reg.second", "SY01"), h.Registrar("reg.far", "DL01")
	s.Uni, s.Editor, s.Chief = h.Organization("盛北理工大学", "university", "210112")
	s.Firm, s.Buyer, s.Buyer2 = h.Organization("辽浑智造装备有限公司", "enterprise", "210106")
	_, s.Stranger, _ = h.Organization("渤岬泵阀重工有限公司", "enterprise", "210211")
	s.Result, _ = s.ResultIn("published")
	s.Need, _ = s.NeedIn("open")
	return s
}

// Serial is another number each time, for what must differ.
func (s *Stage) Serial() int {
	s.serial++
	return s.serial
}

// ResultIn makes a result of the university in a state and returns its id and ETag.
func (s *Stage) ResultIn(state string) (id, etag string) {
	return s.listing("results", "abstract", s.Uni, s.Editor, s.Chief, state)
}

// NeedIn makes a need of the enterprise in a state: draft, submitted or open.
func (s *Stage) NeedIn(state string) (id, etag string) {
	return s.listing("needs", "problem", s.Firm, s.Buyer, s.Buyer2, state)
}

// TeamIn makes a team of the university in a state and returns its id and ETag.
func (s *Stage) TeamIn(state string) (id, etag string) {
	return s.listing("teams", "introduction", s.Uni, s.Editor, s.Chief, state)
}

// TeamRevision makes a published team with an open revision and returns its id and the revision's ETag.
func (s *Stage) TeamRevision() (id, etag string) {
	return s.revision("teams", "introduction", s.Uni, s.Editor, s.TeamIn, "published")
}

// ResultRevision makes a published result with an open revision and returns its id and the revision's ETag.
func (s *Stage) ResultRevision() (id, etag string) {
	return s.revision("results", "abstract", s.Uni, s.Editor, s.ResultIn, "published")
}

// NeedRevision makes an open need with an open revision and returns its id and the revision's ETag.
func (s *Stage) NeedRevision() (id, etag string) {
	return s.revision("needs", "problem", s.Firm, s.Buyer, s.NeedIn, "open")
}

func (s *Stage) revision(kind, text, owner string, editor *Client, in func(string) (string, string), state string) (id, etag string) {
	id, etag = in(state)
	body := listed(kind, J{"owner_id": owner, "title": fmt.Sprintf("修订 %d", s.Serial()), "field": "environment", text: "喷涂车间的废气净化，去除率百分之九十九以上。"})
	return id, editor.Put("/v1/"+kind+"/"+id, etag, body).Want(200).ETag
}

func (s *Stage) listing(kind, text, owner string, editor, second *Client, state string) (id, etag string) {
	r := editor.Post("/v1/"+kind, listed(kind, J{
		"owner_id": owner, "title": fmt.Sprintf("第 %d 条记录", s.Serial()), "field": "environment", text: "喷涂车间的废气净化，去除率百分之九十五以上。",
	})).Want(201)
	id = r.Text("id")
	path := "/v1/" + kind + "/" + id
	if state != "draft" {
		r = editor.Act(path+"/submit", r.ETag, nil).Want(200)
	}
	if state == "published" || state == "open" {
		r = second.Act(path+"/publish", r.ETag, nil).Want(200)
	}
	if got := r.Text("state"); got != state {
		s.T.Fatalf("the stage makes no %s in state %s; it made one in %s", kind, state, got)
	}
	return id, r.ETag
}

// listed adds to a listing what its kind asks for besides.
func listed(kind string, body J) J {
	if kind == "teams" {
		body["leader"] = J{"name": "林砚舟", "title": "教授"}
	}
	return body
}

// Introduction has the enterprise ask the university about its result, for a need of their own.
func (s *Stage) Introduction() (id, etag string) {
	need, _ := s.NeedIn("open")
	proposal := J{"from_id": s.Firm, "result_id": s.Result, "need_id": need, "message": "看来适合，想先了解数据。"}
	r := s.Buyer.Post("/v1/introductions", proposal)
	if r.Status == http.StatusTooManyRequests { // the one before was declined: the pause goes by
		wait, err := strconv.Atoi(r.Header.Get("Retry-After"))
		if err != nil {
			s.Fatal(err)
		}
		s.Clock.Set(s.Clock.Now().Add(time.Duration(wait) * time.Second).Format(time.RFC3339Nano))
		r = s.Buyer.Post("/v1/introductions", proposal)
	}
	r.Want(201)
	return r.Text("id"), r.ETag
}

// Deal is an introduction that the university accepted.
func (s *Stage) Deal() (id, etag string) {
	intro, tag := s.Introduction()
	r := s.Editor.Act("/v1/introductions/"+intro+"/accept", tag, nil).Want(200)
	id = r.Text("deal_id")
	return id, s.Editor.Get("/v1/deals/" + id).Want(200).ETag
}

// Contract makes a contract between the two: draft, submitted or registered.
func (s *Stage) Contract(state string) (id, etag, application string) {
	r := s.Editor.Post("/v1/contracts", J{"kind": "development", "terms": Terms(s.Uni, s.Firm, nil)}).Want(201)
	id, etag = r.Text("id"), r.ETag
	if state == "draft" {
		return id, etag, ""
	}
	r = s.Editor.Act("/v1/contracts/"+id+"/submit", etag, nil).Want(200)
	application = r.Text("application_id")
	if state == "registered" {
		s.Register(application, s.First, s.Second)
		r = s.Editor.Get("/v1/contracts/" + id).Want(200)
	}
	return id, r.ETag, application
}

// PersonalContract makes a submitted contract of which a natural person is a second seller, and returns the id of their number.
func (s *Stage) PersonalContract() (id, person string) {
	terms := Terms(s.Uni, s.Firm, nil)
	terms["sellers"] = append(terms["sellers"].([]any), J{"name": "林知远", "nature": "natural_person", "region": "210102", "personal_id": J{"document": "resident_id", "number": ResidentID}})
	r := s.Editor.Post("/v1/contracts", J{"kind": "development", "terms": terms}).Want(201)
	id, person = r.Text("id"), r.Text("terms", "sellers", 1, "personal_id", "id")
	s.Editor.Act("/v1/contracts/"+id+"/submit", r.ETag, nil).Want(200)
	return id, person
}

// ResidentID is the number of a person whom nobody has.
const ResidentID = "210102199003071233"

// Application makes one for the registration of a contract: submitted, supplement_requested, under_review, expert_review or second_review.
func (s *Stage) Application(state string) (id, etag string) {
	if state == "expert_review" {
		r := s.Editor.Post("/v1/contracts", J{"kind": "development", "terms": Terms(s.Uni, s.Firm, J{"turnover": Money("5200000.00")})}).Want(201)
		id = s.Editor.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200).Text("application_id")
	} else {
		_, _, id = s.Contract("submitted")
	}
	path := "/v1/applications/" + id
	r := s.First.Get(path).Want(200)
	if state == "supplement_requested" {
		r = s.First.Act(path+"/request-supplement", r.ETag, J{"note": "请补充签章页扫描件"}).Want(200)
		return id, r.ETag
	}
	if state != "submitted" {
		r = s.First.Act(path+"/start-review", r.ETag, nil).Want(200)
	}
	if state == "second_review" || state == "expert_review" {
		r = s.First.Act(path+"/pass", r.ETag, J{}).Want(200)
	}
	return id, r.ETag
}

// Pending makes an organization of the university's two people that nobody has verified.
func (s *Stage) Pending() (id, etag string) {
	r := s.Editor.Post("/v1/organizations", s.OrganizationBody(fmt.Sprintf("待核验的单位%d", s.Serial()))).Want(201)
	id = r.Text("id")
	r = s.Editor.Act("/v1/organizations/"+id+"/members", r.ETag, J{"username": s.Chief.Username}).Want(200)
	s.Chief.Post("/v1/organizations/"+id+"/join", nil).Want(204)
	return id, r.ETag
}

// Appointed makes a verified organization without an administrator, for which an operator has named one.
func (s *Stage) Appointed(by *Client) (org, account, etag string) {
	org, admin, _ := s.Organization(fmt.Sprintf("无管理员的单位 %d", s.Serial()), "enterprise", "210106")
	id := s.Account(admin)
	s.Operator.Act("/v1/accounts/"+id+"/deactivate", s.Operator.Get("/v1/accounts/"+id).Want(200).ETag, J{"reason": "已离职"}).Want(200)
	next := s.Person(fmt.Sprintf("next.admin%d", s.Serial()))
	r := by.Get("/v1/organizations/" + org).Want(200)
	r = by.Act("/v1/organizations/"+org+"/members", r.ETag, J{"username": next.Username, "admin": true}).Want(200)
	return org, s.Account(next), r.ETag
}

// Changing is Pending, verified, with a change of its name that nobody has verified yet.
func (s *Stage) Changing() (id, etag string) {
	id, etag = s.Pending()
	path := "/v1/organizations/" + id
	r := s.Operator.Act(path+"/verify", etag, nil).Want(200)
	body := s.OrganizationBody(fmt.Sprintf("更名后的单位%d", s.Serial()))
	body["credit_code"] = r.Text("credit_code")
	return id, s.Editor.Put(path, r.ETag, body).Want(200).ETag
}

// GradeBody is a grade of an organization, of days that it has not had yet.
func (s *Stage) GradeBody(organization string) J {
	n := s.Serial()
	day := time.Date(2001, 1, n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	return J{"organization_id": organization, "kind": "gazelle", "valid_from": day, "valid_to": day, "certificate": fmt.Sprintf("辽科办发〔2001〕%d号", n)}
}

// Grade makes a grade of an organization that the university's administrator manages: proposed by them, or confirmed.
func (s *Stage) Grade(organization, state string) (id, etag string) {
	r := s.Editor.Post("/v1/grades", s.GradeBody(organization)).Want(201)
	id = r.Text("id")
	if state == "confirmed" {
		r = s.Operator.Act("/v1/grades/"+id+"/confirm", r.ETag, nil).Want(200)
	}
	return id, r.ETag
}

// Account is the id of somebody's account.
func (h *House) Account(c *Client) string {
	h.Helper()
	return c.Get("/v1/me").Want(200).Text("account", "id")
}

// OrganizationBody is what creating an organization takes.
func (h *House) OrganizationBody(name string) J {
	return J{"name": name, "kind": "enterprise", "credit_code": h.CreditCode(), "region": "210106", "contact": J{"name": "联系人"}}
}

// Money is an amount in the API.
func Money(yuan string) J { return J{"amount": yuan, "currency": "CNY"} }

// Terms are those of a contract between two organizations of the house, or with a buyer from outside; change may replace some.
func Terms(seller, buyer string, change J) J {
	t := J{
		"title": "喷涂废气低温等离子体净化装置委托开发", "subkind": "commissioned_development", "field": "environment",
		"sellers":   []any{J{"name": "盛北理工大学", "nature": "022", "region": "210112", "organization_id": seller}},
		"buyers":    []any{J{"name": "辽浑智造装备有限公司", "nature": "150", "region": "210106", "organization_id": buyer}},
		"signed_on": "2026-03-01", "effective_on": "2026-03-01", "expires_on": "2027-02-28", "turnover": Money("1250000.00"),
		"deductions": []any{J{"kind": "equipment", "reason": "放电电源与风机采购", "amount": Money("200000.00")}},
		"targets":    "非甲烷总烃去除率不低于95%,连续运行一千小时。", "acceptance": "第三方检测合格后双方签署验收单。",
	}
	if buyer == "" {
		t["buyers"] = []any{J{"name": "吴澄微流诊断技术有限公司", "nature": "150", "region": "320506", "credit_code": Outside(1)}}
	}
	for k, v := range change {
		if v == nil {
			delete(t, k)
			continue
		}
		t[k] = v
	}
	return t
}

// Outside is the credit code of an organization that has no account here.
func Outside(n int) string {
	code, err := codes.CompleteCreditCode("91320506", fmt.Sprintf("MA%06d", n))
	if err != nil {
		panic(err)
	}
	return code
}

// Register leads an application through both reviews.
func (h *House) Register(application string, first, second *Client) {
	h.Helper()
	path := "/v1/applications/" + application
	r := first.Get(path).Want(200)
	r = first.Act(path+"/start-review", r.ETag, nil).Want(200)
	r = first.Act(path+"/pass", r.ETag, J{"note": "材料齐全"}).Want(200)
	first.Act(path+"/grant", r.ETag, J{}).Refused(403, "own_decision")
	r = second.Act(path+"/grant", r.ETag, J{"twin_reason": "另一批次，内容不同"}).Want(200) // most contracts of these tests are alike
	if r.At("state") != "granted" {
		h.Errorf("application: %s", r.Raw)
	}
}
