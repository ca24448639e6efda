package challenges_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"jiebang/api/apitest"
	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
)

// lines is a log that is read while it is written.
type lines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// secretBid is a challenge of a poster who keeps its name, and a bid for it; a word that stands nowhere else is in each part of either.
type secretBid struct {
	*apitest.Stage
	poster, lead         string // organizations
	posting, bidding     *apitest.Client
	challenge, bid, file string
	number               string
	content              []string // of the bid: in nothing that anybody else gets
	names                []string // of the poster
	team                 []string // who bids
}

func newSecretBid(h *apitest.House) *secretBid {
	s := &secretBid{Stage: apitest.NewStage(h)}
	s.poster, s.posting, _ = h.Organization("金雀花泵阀有限公司", "enterprise", "210181")
	s.lead, s.bidding, _ = h.Organization("白翎光学研究所", "institute", "210114")
	code := func(org string) string {
		return s.Operator.Get("/v1/organizations/" + org).Want(200).Text("credit_code")
	}
	s.names = []string{s.poster, "金雀花", code(s.poster), s.Account(s.posting), s.posting.Username, "现用供应商是旧友", "210181"}
	s.team = []string{s.lead, "白翎", code(s.lead), s.Account(s.bidding), s.bidding.Username}
	round, _ := s.RoundIn("open")
	body := s.ChallengeBody(round)
	body["owner_id"], body["masked"], body["confidential"] = s.poster, true, "现用供应商是旧友，合同到明年。"
	r := s.posting.Post("/v1/challenges", body).Want(201)
	s.challenge = r.Text("id")
	path := "/v1/challenges/" + s.challenge
	r = s.posting.Act(path+"/submit", r.ETag, nil).Want(200)
	r = s.Operator.Act(path+"/shelve", r.ETag, nil).Want(200)
	r = s.Operator.Act(path+"/refine", r.ETag, j{"experts": []any{}}).Want(200)
	s.number = s.Operator.Act(path+"/publish", r.ETag, j{"deadline": s.Clock.Now().Add(30 * 24 * time.Hour).Format(time.RFC3339)}).Want(200).Text("number")
	return s
}

// handIn drafts the bid, writes it anew, hangs a file on it and hands it in.
func (s *secretBid) handIn() {
	s.Helper()
	partner := s.CreditCode()
	offer := func(draft string) j {
		return j{
			"partners": []any{j{"name": "青鹞材料研究院", "code": partner, "part": "负责CANARYPART" + draft}},
			"members":  []any{j{"name": "霍听澜", "organization_code": partner, "part": "CANARYMEMBER主持" + draft}},
			"plan":     j{"approach": "CANARYAPPROACH 以光纤传感在线测量，分三步实施。" + draft, "risks": "CANARYRISK" + draft}, "price": apitest.Money("1234567.89"),
			"milestones": []any{j{"title": "CANARYMILESTONE" + draft, "due": "2027-06-30", "amount": apitest.Money("1234567.89")}},
			"deviations": []any{j{"indicator": "非甲烷总烃去除率", "offer": "CANARYOFFER 97", "reason": "CANARYREASON 余量更大"}}, "contact": "CANARYCONTACT 024-00009876",
		}
	}
	r := s.bidding.Post("/v1/bids", j{"challenge_id": s.challenge, "owner_id": s.lead, "offer": offer("第一稿")}).Want(201)
	s.bid = r.Text("id")
	data := []byte("CANARYFILE 附件正文：光纤光栅的标定数据。")
	u := s.bidding.Post("/v1/uploads", j{"object_kind": "bid", "object_id": s.bid, "name": "CANARYNAME标定.txt", "size": len(data), "public": false}).Want(201)
	s.file = u.Text("id")
	s.bidding.Do(http.MethodPut, "/v1/uploads/"+s.file+"/content", apitest.Bytes(data), nil).Want(200)
	s.bidding.Post("/v1/uploads/"+s.file+"/complete", j{}).Want(201)
	r = s.bidding.Put("/v1/bids/"+s.bid, r.ETag, j{"offer": offer("定稿")}).Want(200)
	receipt := s.bidding.Act("/v1/bids/"+s.bid+"/submit", r.ETag, nil).Want(200).Text("receipt")
	sum := sha256.Sum256(data)
	s.content = []string{"CANARY", "青鹞", "霍听澜", partner, "1234567.89", "123456789", hex.EncodeToString(sum[:]), strings.TrimPrefix(receipt, "sha-256:")}
}

// get is a reading operation with its parameters: those that it must have, and others.
func get(op *edge.Operation, id string, query url.Values) string {
	valid := edgetest.Valid(op)
	path := op.Path
	for _, p := range op.Parameters {
		if p.In == openapi3.ParameterInPath && p.Name != "id" {
			path = valid.Path // no record's
		}
		if p.In == openapi3.ParameterInQuery && p.Required && !query.Has(p.Name) {
			all, _ := url.ParseQuery(valid.Query)
			query.Set(p.Name, all.Get(p.Name))
		}
	}
	path = strings.ReplaceAll(path, "{id}", id)
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// Before the opening nothing of a bid, nor who bids, nor who a masked poster is, stands in any answer to anybody else: every reading operation is asked by everyone,
// about every record, and filtered by every secret; nor is any of it in the log or in the files of the index.
func TestNothingHiddenIsInAnAnswerTheLogOrTheIndex(t *testing.T) {
	spec, err := edgetest.Spec()
	if err != nil {
		t.Fatal(err)
	}
	log := &lines{}
	slog.SetDefault(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(slog.New(slog.DiscardHandler)) })
	apitest.Each(t, func(h *apitest.House) {
		s := newSecretBid(h)
		roles := []*apitest.Client{h.Visitor(), s.Stranger, s.posting, s.Operator, s.First, s.Expert()}
		path := "/v1/challenges/" + s.challenge

		// Nothing that can be read changes when somebody bids, nor does it count as changed.
		h.Clock.Set(h.Clock.Now().Add(time.Minute).Format(time.RFC3339))
		since := h.Clock.Now().UTC().Format(time.RFC3339)
		still := func() (out []string) {
			for _, c := range roles {
				for _, p := range []string{path, path + "/receipts", path + "/steps", path + "/questions", path + "/addenda", path + "/awards", "/v1/challenges?limit=100", "/v1/challenges?count=true&updated_since=2020-01-01T00:00:00Z", "/v1/challenges?count=true&updated_since=" + since, "/v1/notices?count=true", "/v1/rounds?count=true&updated_since=" + since, "/v1/bids?limit=100", "/v1/jobs?limit=100"} {
					r := c.Get(p)
					delete(r.Body, "server_time")
					delete(r.Body, "request_id")
					out = append(out, fmt.Sprint(c.Username, " ", p, " ", r.Status, " ", r.Body))
				}
			}
			return out
		}
		before := still()
		tag := s.Stranger.Get(path).ETag
		s.handIn()
		for i, now := range still() {
			if now != before[i] {
				h.Errorf("it shows that somebody has bid:\n%s\n%s", before[i], now)
			}
		}
		if now := s.Stranger.Get(path).ETag; now != tag {
			h.Errorf("the tag was %s and is %s", tag, now)
		}

		// A poster that keeps its name is not counted by it.
		for _, c := range roles {
			knows := c == s.posting || c == s.Operator
			if r := c.Get("/v1/challenges?count=true&owner_id=" + s.poster).Want(200); (r.At("total") == 1.0) != knows || (r.At("total") == 0.0) == knows {
				h.Errorf("%s counts %v of the poster's", c.Username, r.At("total"))
			}
			if r := c.Get("/v1/challenges?count=true&updated_since=2020-01-01T00:00:00Z").Want(200); r.At("total") != 1.0 || len(r.Items()) != 1 {
				h.Errorf("%s counts %v in all", c.Username, r.At("total"))
			}
		}

		asked, told := 0, map[string]bool{}
		ask := func(c *apitest.Client, address string) *apitest.Response {
			asked++
			r := c.Get(address)
			text := string(r.Raw) + fmt.Sprint(r.Header)
			for _, canary := range s.content {
				if strings.Contains(text, canary) && !strings.Contains(address, url.QueryEscape(canary)) {
					h.Errorf("%s tells %s %q: %s", address, c.Username, canary, r.Raw)
				}
			}
			if r.Status != 200 || !strings.Contains(text, s.challenge) && !strings.Contains(text, s.number) && !strings.Contains(address, s.challenge) {
				return r
			}
			told[address] = true
			secret := s.team
			if c != h.Operator && c != s.posting { // who know who posted it, and not who bids
				secret = slices.Concat(s.team, s.names)
			}
			for _, canary := range append(secret, s.bid, s.file) {
				if strings.Contains(text, canary) {
					h.Errorf("%s tells %s %q beside the challenge: %s", address, c.Username, canary, r.Raw)
				}
			}
			return r
		}
		ids := []string{s.challenge, s.bid, s.file, s.poster, s.lead}
		secrets := map[string]string{ // and what is like them, and has to do with neither
			s.poster: s.Firm, s.lead: s.Uni, s.bid: uuid.NewString(), s.names[2]: s.CreditCode(), "金雀花": "金丝花", "CANARYAPPROACH": "CANARYOPPROACH",
		}
		for _, op := range spec.Operations() {
			if op.Method != http.MethodGet {
				continue
			}
			of := []string{""}
			if strings.Contains(op.Path, "{id}") {
				of = ids
			}
			for _, c := range roles {
				for _, id := range of {
					ask(c, get(op, id, url.Values{}))
				}
				for _, p := range op.Parameters {
					if p.In != openapi3.ParameterInQuery || p.Schema.Type == nil || !p.Schema.Type.Is("string") || len(p.Schema.Enum) > 0 || p.Name == "cursor" || strings.HasPrefix(p.Schema.Format, "date") {
						continue
					}
					for value, other := range secrets {
						id := s.challenge
						shown := func(v string) (int, bool) {
							r := ask(c, get(op, id, url.Values{p.Name: {v}}))
							return r.Status, strings.Contains(string(r.Raw), s.challenge) && r.Status == 200
						}
						status, found := shown(value)
						if c == h.Operator || c == s.posting {
							continue
						}
						if like, also := shown(other); status != like || found != also {
							h.Errorf("%s of %s tells %s that %s is about the challenge: %d %v, and of another %d %v", p.Name, op.ID, c.Username, value, status, found, like, also)
						}
					}
				}
			}
		}
		h.Logf("%d questions were asked, %d addresses tell of the challenge", asked, len(told))
		if len(told) < 8 {
			h.Errorf("only %d addresses tell of the challenge: %v", len(told), told)
		}

		// The log is written, and has nothing of it; the index has what is public, and nothing of it.
		if text := log.text(); !strings.Contains(text, "/v1/bids/:id/submit") {
			h.Error("the log has no line of the request that handed it in")
		} else {
			for _, canary := range append(slices.Clone(s.content), "现用供应商是旧友", s.bid) {
				if at := strings.Index(text, canary); at >= 0 {
					h.Errorf("%q stands in the log: %s", canary, text[max(0, at-200):min(len(text), at+100)])
				}
			}
		}
		public := s.Editor.Post("/v1/results", j{"owner_id": s.Uni, "title": "OPENWORDXQZ 净化装置", "field": "environment", "abstract": "喷涂车间的废气净化，去除率百分之九十五以上。"}).Want(201)
		r := s.Editor.Act("/v1/results/"+public.Text("id")+"/submit", public.ETag, nil).Want(200)
		s.Chief.Act("/v1/results/"+public.Text("id")+"/publish", r.ETag, nil).Want(200)
		inIndex := func(word string) bool { return folderHolds(h.T, filepath.Join(h.Config.Data, "index"), word) }
		h.Eventually("what is public is in the index", func() bool { return inIndex("OPENWORDXQZ") || inIndex("openwordxqz") })
		for _, canary := range append(slices.Clone(s.content), strings.ToLower("CANARYAPPROACH"), "现用供应商是旧友", s.bid) {
			if inIndex(canary) {
				h.Errorf("%q stands in the index", canary)
			}
		}

		// What was looked for is what is told once it is open.
		s.Open(s.challenge)
		opened := string(s.Operator.Get("/v1/bids/"+s.bid).Want(200).Raw) + string(s.Operator.Get("/v1/files?object_kind=bid&object_id="+s.bid).Want(200).Raw)
		for _, canary := range s.content[:5] {
			if !strings.Contains(opened, canary) {
				h.Errorf("%q is not even told once it is open", canary)
			}
		}
	})
}

// folderHolds tells whether a text stands in a file of a folder.
func folderHolds(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		found = found || bytes.Contains(raw, []byte(text))
		return err
	})
	if err != nil && !os.IsNotExist(err) { // the index takes files away meanwhile
		t.Error(err)
	}
	return found
}
