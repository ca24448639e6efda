package api_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/ledger"
	"jiebang/internal/work"
)

func TestManyWrongPasswordsAtOnceAreAsFewAsManyInARow(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		h.Person("zhang.wei")
		answers := together(40, func(i int) (*apitest.Response, error) {
			return h.Visitor().Try("POST", "/v1/sessions", j{"username": "zhang.wei", "password": fmt.Sprint("wrong", i)}, nil)
		})
		tried := 0
		for _, r := range answers {
			if r.Status == 401 {
				tried++
			} else if r.Status != 503 { // nor is one tried that finds no place before the hashes
				r.Refused(429, "rate_limited")
			}
		}
		if tried > 12 {
			h.Errorf("%d passwords were tried at once, ten are allowed", tried)
		}
	})
}

func TestNobodyVerifiesTheOrganizationThatTheyEntered(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		r := h.Operator.Post("/v1/organizations", h.OrganizationBody("运营员自己的单位")).Want(201)
		h.Operator.Act("/v1/organizations/"+r.Text("id")+"/verify", r.ETag, nil).Refused(403, "own_decision")
	})
}

func TestADraftContractIsHiddenFromTheOfficeToo(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		r := m.editor.Post("/v1/contracts", j{"kind": "development", "terms": apitest.Terms(m.uni, "", nil)}).Want(201)
		if n := len(m.first.Get("/v1/contracts?office=SY01").Want(200).Items()); n != 0 {
			h.Errorf("the office lists %d drafts", n)
		}
		m.first.Get("/v1/contracts/"+r.Text("id")).Refused(404, "not_found")
		paper := apitest.Terms(m.uni, "", j{"sellers": []any{j{"name": "辽宁某研究所", "nature": "021", "region": "210102", "credit_code": apitest.Outside(3)}}})
		r = m.first.Post("/v1/contracts", j{"kind": "development", "terms": paper}).Want(201)
		m.first.Get("/v1/contracts/" + r.Text("id")).Want(200) // the clerk who entered it
		m.second.Get("/v1/contracts/"+r.Text("id")).Refused(404, "not_found")
	})
}

// A tie is seen by the credit code even where the writer did not name the organization.
func TestARegistrarDoesNotDecideOnTheirOwnOrganizationWhateverThePaperSays(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		clerk := h.Registrar("reg.clerk", "SY01")
		r := m.editor.Get("/v1/organizations/" + m.uni).Want(200)
		code := r.Text("credit_code")
		m.editor.Act("/v1/organizations/"+m.uni+"/members", r.ETag, j{"username": "reg.first"}).Want(200)
		m.first.Post("/v1/organizations/"+m.uni+"/join", nil).Want(204)
		seller := j{"name": "盛北理工大学", "nature": "022", "region": "210112", "credit_code": code}
		r = clerk.Post("/v1/contracts", j{"kind": "development", "terms": apitest.Terms(m.uni, "", j{"sellers": []any{seller}})}).Want(201)
		r = clerk.Act("/v1/contracts/"+r.Text("id")+"/submit", r.ETag, nil).Want(200)
		path := "/v1/applications/" + r.Text("application_id")
		m.editor.Get(path).Want(200) // the seller has an organization here, so its members read it
		m.first.Act(path+"/start-review", `"1"`, nil).Refused(403, "own_decision")

		other, _, _ := h.Organization("浑滨大学", "university", "210114")
		seller["organization_id"] = other
		r = clerk.Post("/v1/contracts", j{"kind": "development", "terms": apitest.Terms(m.uni, "", j{"sellers": []any{seller}})}).Refused(400, "invalid_input")
		if r.At("errors", 0, "pointer") != "/terms/sellers/0/credit_code" {
			h.Errorf("%s", r.Raw)
		}
	})
}

// A party cannot choose its reviewers by making the others its members: an offer that is open is a tie, and who declines it has none.
func TestNobodyBecomesAMemberAgainstTheirWill(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		_, application := m.file(nil)
		r := m.editor.Get("/v1/organizations/" + m.uni).Want(200)
		m.editor.Act("/v1/organizations/"+m.uni+"/members", r.ETag, j{"username": "reg.first"}).Want(200)
		me := m.first.Get("/v1/me").Want(200)
		if len(me.At("organizations").([]any)) != 0 || me.Text("invitations", 0, "id") != m.uni {
			h.Errorf("%s", me.Raw)
		}
		path := "/v1/applications/" + application
		m.first.Act(path+"/start-review", `"1"`, nil).Refused(403, "own_decision")
		m.first.Post("/v1/organizations/"+m.uni+"/leave", nil).Want(204)
		m.first.Act(path+"/start-review", `"1"`, nil).Want(200)
		r = m.editor.Get("/v1/organizations/" + m.uni).Want(200)
		m.editor.Act("/v1/organizations/"+m.uni+"/members", r.ETag, j{"username": "reg.first"}).Refused(409, "too_many_offers") // and is left alone
		r = m.editor.Get("/v1/organizations/" + m.uni).Want(200)
		m.editor.Act("/v1/organizations/"+m.uni+"/members", r.ETag, j{"username": "reg.second"}).Want(200)
		m.first.Act(path+"/pass", `"2"`, j{}).Want(200)
		m.second.Post("/v1/organizations/"+m.uni+"/join", nil).Want(204)
		m.second.Post("/v1/organizations/"+m.uni+"/join", nil).Want(204) // twice is no error
		m.second.Act(path+"/grant", `"3"`, j{}).Refused(403, "own_decision")
		h.Person("stranger").Post("/v1/organizations/"+m.uni+"/join", nil).Refused(404, "not_found")
	})
}

func TestAPublicCreditCodeKeepsNobodyOut(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		first, rightful := h.Person("somebody"), h.Person("rightful")
		body := h.OrganizationBody("沈渊清能环境科技有限公司")
		a := first.Post("/v1/organizations", body).Want(201)
		b := rightful.Post("/v1/organizations", body).Want(201)
		h.Operator.Act("/v1/organizations/"+b.Text("id")+"/verify", b.ETag, nil).Want(200)
		h.Operator.Act("/v1/organizations/"+a.Text("id")+"/verify", a.ETag, nil).Refused(409, "credit_code_taken")
		h.Person("late").Post("/v1/organizations", body).Refused(409, "credit_code_taken")
		// Whoever enters one code twice is told of the first, while it waits.
		twice := h.Person("twice")
		body["credit_code"] = apitest.Outside(77)
		body["name"] = "盛北重复填报材料有限公司"
		twice.Post("/v1/organizations", body).Want(201)
		if r := twice.Post("/v1/organizations", body).Refused(409, "credit_code_taken"); !strings.Contains(r.Text("detail"), "盛北重复填报材料有限公司") {
			h.Errorf("%s", r.Raw)
		}
	})
}

func TestATokenIsNotCached(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		h.Person("zhang.wei")
		r := h.Visitor().Do("POST", "/v1/sessions", j{"username": "zhang.wei", "password": apitest.Password}, nil).Want(201)
		if got := r.Header.Get("Cache-Control"); got != "no-store" {
			h.Errorf("Cache-Control %q", got)
		}
	})
}

// A report as of a day that is over says the same for ever, also when a transaction has waited over midnight.
func TestAsOfAPastDayDoesNotMove(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		h.Clock.Set("2026-03-31T15:59:59Z") // a second before midnight in Shanghai
		asOf := func() float64 {
			return h.Operator.Get("/v1/turnover?by=year&from=2026-01-01&to=2026-12-31&as_of=2026-03-31").Want(200).At("total", "contracts").(float64)
		}
		var before float64
		_, err := h.App.Unit.Do(h.Context(), work.Call{Operation: "test"}, func(tx *work.Tx) error {
			h.Clock.Set("2026-03-31T16:00:05Z") // it has waited for its turn; March is over
			before = asOf()
			p := ledger.Posting{Kind: ledger.Registration, ContractID: work.NewID(), ContractVersion: 1, ApplicationID: work.NewID(),
				Figures: ledger.Figures{Contracts: 1, Turnover: 100, Technology: 100},
				Frozen:  ledger.Frozen{Office: "X", ContractKind: "development", SellerRegion: "210100", Field: "environment"}}
			if err := tx.Record("test", work.Ref{Noun: "test", ID: p.ContractID, Version: 1}, nil, nil); err != nil {
				return err
			}
			return ledger.Append(tx, p)
		})
		if err != nil {
			h.Fatal(err)
		}
		if after := asOf(); after != before {
			h.Errorf("as of 31 March, asked for in April: first %v, then %v", before, after)
		}
	})
}

func TestAReviewerWhoMayNoLongerDecideIsToldSoBeforeTheVersion(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		_, application := m.file(nil)
		path := "/v1/applications/" + application
		m.first.Act(path+"/start-review", `"1"`, nil).Want(200)
		m.first.Act(path+"/pass", `"2"`, j{}).Want(200)
		m.first.Act(path+"/refuse", `"1"`, j{"reason": "不属于技术合同"}).Refused(403, "own_decision")
	})
}

func TestADuplicateElsewhereIsNotAnOfficialNumber(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		m := newMarket(h)
		_, a := m.file(nil)
		h.Register(a, m.first, m.second)
		if err := h.App.DB.Writer.Exec("UPDATE ledger_head SET seq = 0, hash = ''").Error; err != nil { // the head was lost
			h.Fatal(err)
		}
		_, b := m.file(nil)
		path := "/v1/applications/" + b
		m.first.Act(path+"/start-review", `"1"`, nil).Want(200)
		m.first.Act(path+"/pass", `"2"`, j{}).Want(200)
		m.second.Act(path+"/grant", `"3"`, j{"twin_reason": "另一批次，内容不同"}).Refused(500, "internal_error") // and not: the number is taken
	})
}

// How the server writes dates, and whether it takes writes at all, is its administrator's affair; we answer rightly.
func TestAServerThatIsSetUpOtherwise(t *testing.T) {
	h := apitest.New(t, dbtest.New(t, db.Postgres))
	m := newMarket(h)
	_, application := m.file(nil)
	h.Register(application, m.first, m.second)
	set := func(what string) {
		t.Helper()
		statement := "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET " + what + "'; END $$"
		if err := h.App.DB.Writer.Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
		h.Stop()
		h.Start()
	}
	set("datestyle = ''SQL, DMY''")
	r := h.Operator.Get("/v1/turnover?by=day&from=2026-03-01&to=2026-03-31").Want(200)
	if r.At("rows", 9, "period") != "2026-03-10" || r.At("rows", 9, "figures", "contracts") != 1.0 {
		t.Errorf("%s", r.Raw)
	}
	set("default_transaction_read_only = on")
	h.Operator.Post("/v1/organizations", h.OrganizationBody("单位第一号")).Refused(503, "database_unavailable")
}

// A database that takes requests and never answers is not waited for.
func TestADatabaseThatFallsSilentGives503(t *testing.T) {
	o := dbtest.New(t, db.Postgres)
	silence := make(chan bool)
	o.URL = silentLine(t, o.URL, silence)
	h := apitest.NewPatient(t, o, time.Second)
	h.Operator.Get("/v1/me").Want(200)
	close(silence)
	began := time.Now()
	h.Operator.Get("/v1/me").Refused(503, "overloaded") // it may only be slow: who asks cannot know
	if took := time.Since(began); took > time.Minute {
		t.Errorf("answered after %v", took)
	}
}

// silentLine leads to the database until silence is closed; after that it swallows what is sent.
func silentLine(t *testing.T, dsn string, silence chan bool) string {
	t.Helper()
	l, through := newLine(t, dsn)
	outer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = outer.Close() })
	go func() {
		for {
			in, err := outer.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", l.listener.Addr().String())
			if err != nil {
				_ = in.Close()
				continue
			}
			go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
			go func() {
				buffer := make([]byte, 32<<10)
				for {
					n, err := out.Read(buffer)
					if err != nil {
						_ = in.Close()
						return
					}
					select {
					case <-silence: // it stays connected, and says nothing
						continue
					default:
					}
					if _, err := in.Write(buffer[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	return strings.Replace(through, fmt.Sprintf("port=%d", l.listener.Addr().(*net.TCPAddr).Port), fmt.Sprintf("port=%d", outer.Addr().(*net.TCPAddr).Port), 1)
}
