// Package apitest runs the whole system over HTTP for tests: a real server, a real database of either kind, a real index.
// Only the clock is a fake.
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"gorm.io/gorm"

	"jiebang/api"
	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
	"jiebang/internal/accounts"
	"jiebang/internal/app"
	"jiebang/internal/casttest"
	"jiebang/internal/codes"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// The system's log is long, and a test says itself what it found.
func init() { slog.SetDefault(slog.New(slog.DiscardHandler)) }

// The API's tests run in a zone that is none of UTC, so that no answer depends on where the program runs; those that run the program as a
// process of its own take the machine's.
func init() { time.Local = when.Shanghai }

// House is one running system.
type House struct {
	*testing.T
	App      *app.App
	Clock    *casttest.Clock
	URL      string
	Config   app.Config
	Queries  *Counter
	Patience time.Duration // how long a request may take; zero is the usual time
	Operator *Client       // the bureau
	Deputy   *Client       // another operator, who confirms
	server   *httptest.Server
	credit   int
	codes    map[string]bool // Message-IDs of mails whose code was read
	clients  []*Client       // everybody who has signed in
}

// Each runs fn with a house on each database.
func Each(t *testing.T, fn func(h *House)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, o db.Options) { fn(New(t, o)) })
}

// New opens a house; it is closed when the test ends.
func New(t *testing.T, o db.Options) *House {
	t.Helper()
	return NewPatient(t, o, 0)
}

// NewPatient is New with another time that a request may take.
func NewPatient(t *testing.T, o db.Options, patience time.Duration) *House {
	t.Helper()
	h := closed(t, o)
	h.Patience = patience
	h.Start()
	t.Cleanup(h.Stop)
	for username, name := range map[string]string{"operator": "周运营", "deputy": "金副手"} {
		if _, err := h.App.Accounts.CreateOperator(t.Context(), accounts.SignUpInput{Username: username, Password: Password, Name: name}, "tests"); err != nil {
			t.Fatalf("operator: %v", err)
		}
	}
	h.Operator, h.Deputy = h.signIn("operator"), h.signIn("deputy")
	return h
}

// closed prepares a house that Start opens.
func closed(t *testing.T, o db.Options) *House {
	t.Helper()
	data := o.Dir
	if data == "" {
		data = t.TempDir()
	}
	if o.Busy == 0 {
		o.Busy = 5 * time.Second
	}
	clock := &casttest.Clock{Tick: time.Microsecond}
	clock.Set("2026-03-10T02:00:00Z")
	secrets := ""
	if o.URL != "" { // beside the embedded database it is made by itself
		secrets = filepath.Join(t.TempDir(), "secrets.json")
		if _, err := seal.Open(secrets, true); err != nil {
			t.Fatal(err)
		}
	}
	return &House{T: t, Clock: clock, Queries: &Counter{}, codes: map[string]bool{}, Config: app.Config{
		DatabaseURL: o.URL, Data: data, DBConns: 12, Busy: o.Busy, Poll: 100 * time.Millisecond, Grace: 5 * time.Second,
		PasswordCost: casttest.Cheap, PublicURL: "https://jiebang.example.org", Secrets: secrets,
	}}
}

// Start opens the system on the house's data and serves it.
func (h *House) Start() {
	h.Helper()
	a, err := app.Open(context.Background(), h.Config, h.Clock.Now, work.WithGuard(h.Queries.audited))
	if err != nil {
		h.Fatalf("open: %v", err)
	}
	h.App = a
	h.watch(a)
	document, err := edgetest.Document()
	if err != nil {
		h.Fatal(err)
	}
	spec, err := edgetest.Spec()
	if err != nil {
		h.Fatal(err)
	}
	e, err := api.NewWith(a, spec, document, func(e *edge.Edge) {
		if h.Patience > 0 {
			e.Patience = h.Patience
		}
	})
	if err != nil {
		h.Fatalf("server: %v", err)
	}
	a.Start()
	h.server = httptest.NewServer(e)
	h.URL = h.server.URL
}

// Replica is a second system on the database of this one, which must be PostgreSQL, with an index of its own.
func (h *House) Replica() *House {
	h.Helper()
	r := closed(h.T, db.Options{URL: h.Config.DatabaseURL})
	r.Clock, r.Config.Secrets = h.Clock, h.Config.Secrets
	r.Start()
	h.Cleanup(r.Stop)
	return r
}

// As is somebody of another house on the same database, here.
func (h *House) As(c *Client) *Client { return &Client{house: h, Token: c.Token, Username: c.Username} }

// Stop ends it in the order that the program keeps: HTTP, workers, index, database.
func (h *House) Stop() {
	h.Helper()
	if h.server == nil {
		return
	}
	h.server.Close()
	h.server = nil
	if err := h.App.Close(); err != nil {
		h.Errorf("close: %v", err)
	}
}

// watch counts queries and notes which transactions write.
func (h *House) watch(a *app.App) {
	for _, g := range []*gorm.DB{a.DB.Writer, a.DB.Reader} {
		if err := h.Queries.watch(g); err != nil {
			h.Fatal(err)
		}
		if a.DB.Writer == a.DB.Reader {
			break
		}
	}
}

// Password is everybody's password in tests.
const Password = casttest.Password

// Client is somebody who calls the API; without a token a visitor.
type Client struct {
	house    *House
	Token    string
	Username string
	keys     int
}

// Visitor has no account.
func (h *House) Visitor() *Client { return &Client{house: h} }

// Person signs up and in.
func (h *House) Person(username string) *Client {
	h.Helper()
	h.Visitor().Post("/v1/accounts", J{"username": username, "password": Password, "name": username}).Want(201)
	return h.signIn(username)
}

// Again signs somebody in anew, whose token a later clock has let expire.
func (h *House) Again(c *Client) *Client { return h.signIn(c.Username) }

func (h *House) signIn(username string) *Client {
	h.Helper()
	r := h.Visitor().Post("/v1/sessions", J{"username": username, "password": Password}).Want(201)
	c := &Client{house: h, Token: r.Text("token"), Username: username}
	h.clients = append(h.clients, c)
	return c
}

// SignInAgain signs everybody in anew, where the clock has gone on so far that their tokens expire.
func (h *House) SignInAgain() {
	h.Helper()
	for _, c := range h.clients {
		c.Token = h.Visitor().Post("/v1/sessions", J{"username": c.Username, "password": Password}).Want(201).Text("token")
	}
}

// Organization makes a verified organization with two members.
func (h *House) Organization(name, kind, region string) (id string, editor, second *Client) {
	h.Helper()
	h.credit++
	slug := fmt.Sprintf("%s%02d", map[bool]string{true: "ent", false: "uni"}[kind == "enterprise"], h.credit)
	editor, second = h.Person(slug+".editor"), h.Person(slug+".second")
	r := editor.Post("/v1/organizations", J{
		"name": name, "kind": kind, "credit_code": h.codeOf(kind), "region": region,
		"contact": J{"name": "联系人", "phone": "024-00000000", "email": slug + "@example.org"},
	}).Want(201)
	id = r.Text("id")
	r = editor.Act("/v1/organizations/"+id+"/members", r.ETag, J{"username": second.Username}).Want(200)
	second.Post("/v1/organizations/"+id+"/join", nil).Want(204)
	h.Operator.Act("/v1/organizations/"+id+"/verify", r.ETag, nil).Want(200)
	return id, editor, second
}

// CreditCode makes another valid credit code.
func (h *House) CreditCode() string { return h.codeOf("enterprise") }

// codeOf makes another valid credit code of a kind of organization: 91 is a company's, 12 a public institution's.
func (h *House) codeOf(kind string) string {
	h.credit++
	prefix := "91210100"
	if kind == "university" || kind == "institute" {
		prefix = "12210100"
	}
	code, err := codes.CompleteCreditCode(prefix, fmt.Sprintf("MA%06d", h.credit))
	if err != nil {
		h.Fatal(err)
	}
	return code
}

// Registrar makes a registrar of an office.
func (h *House) Registrar(username, office string) *Client {
	h.Helper()
	p := h.Person(username)
	h.Enter(J{"kind": "registrar", "username": username, "office": office, "valid_from": when.DayOf(h.Clock.Now()).AddDays(-300).String()})
	return p
}

// Enter has an operator enter somebody in a register, and the other confirm it.
func (h *House) Enter(entry J) *Response {
	h.Helper()
	r := h.Operator.Post("/v1/register-entries", entry).Want(201)
	return h.Deputy.Act("/v1/register-entries/"+r.Text("id")+"/confirm", r.ETag, nil).Want(200)
}

// Office sets up a registration office.
func (h *House) Office(code, region string) {
	h.Helper()
	h.Operator.Post("/v1/offices", J{"code": code, "name": code + " 技术合同登记处", "region": region}).Want(201)
}

// J is a JSON object.
type J = map[string]any

// Get reads.
func (c *Client) Get(path string) *Response { return c.Do("GET", path, nil, nil) }

// Post creates, with a fresh Idempotency-Key.
func (c *Client) Post(path string, body any) *Response {
	c.keys++
	return c.Do("POST", path, body, map[string]string{"Idempotency-Key": fmt.Sprintf("%s-%p-%d", c.Username, c, c.keys)})
}

// Act changes something that was read at etag.
func (c *Client) Act(path, etag string, body any) *Response {
	return c.Do("POST", path, body, map[string]string{"If-Match": etag})
}

// Put replaces something that was read at etag.
func (c *Client) Put(path, etag string, body any) *Response {
	return c.Do("PUT", path, body, map[string]string{"If-Match": etag})
}

// Do sends any request.
func (c *Client) Do(method, path string, body any, headers map[string]string) *Response {
	h := c.house
	h.Helper()
	r, err := c.Try(method, path, body, headers)
	if err != nil {
		h.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// Try is Do for goroutines and for servers that may be gone.
func (c *Client) Try(method, path string, body any, headers map[string]string) (*Response, error) {
	var payload io.Reader
	media := "application/json"
	switch b := body.(type) {
	case nil:
	case []byte:
		payload = bytes.NewReader(b)
	case Bytes:
		payload, media = bytes.NewReader(b), "application/octet-stream"
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		payload = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.house.URL+path, payload)
	if err != nil {
		return nil, err
	}
	if payload != nil {
		req.Header.Set("Content-Type", media)
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	r := &Response{T: c.house.T, Request: method + " " + path, Status: resp.StatusCode, Header: resp.Header, Raw: raw, ETag: resp.Header.Get("ETag")}
	// Whatever a test is about, each answer is held to the description.
	if err := edgetest.CheckAnswer(method, path, resp.StatusCode, resp.Header, raw); err != nil {
		c.house.Errorf("%s %s: %v", method, path, err)
	}
	if len(raw) > 0 {
		_ = json.Unmarshal(raw, &r.Body) // not every body is a JSON object; Want shows the raw text
	}
	return r, nil
}

// Response is what came back.
type Response struct {
	*testing.T
	Request string
	Status  int
	Header  http.Header
	Raw     []byte
	Body    J
	ETag    string
}

// Want fails the test unless the status is the one wanted.
func (r *Response) Want(status int) *Response {
	r.Helper()
	if r.Status != status {
		r.Fatalf("%s: status %d, want %d\n%s", r.Request, r.Status, status, r.Raw)
	}
	return r
}

// Refused fails the test unless the answer is a problem of this status and code.
func (r *Response) Refused(status int, code string) *Response {
	r.Helper()
	r.Want(status)
	if r.Body["code"] != code {
		r.Fatalf("%s: code %v, want %s\n%s", r.Request, r.Body["code"], code, r.Raw)
	}
	return r
}

// At follows keys and indexes into the body.
func (r *Response) At(path ...any) any {
	r.Helper()
	var v any = r.Body
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, ok := v.(map[string]any)
			if !ok {
				r.Fatalf("%s: no object at %v of %v\n%s", r.Request, step, path, r.Raw)
			}
			v = object[s]
		case int:
			items, ok := v.([]any)
			if !ok || s >= len(items) {
				r.Fatalf("%s: no item at %v of %v\n%s", r.Request, step, path, r.Raw)
			}
			v = items[s]
		}
	}
	return v
}

// Text is At for a string.
func (r *Response) Text(path ...any) string {
	r.Helper()
	s, ok := r.At(path...).(string)
	if !ok {
		r.Fatalf("%s: no text at %v\n%s", r.Request, path, r.Raw)
	}
	return s
}

// Items is how many items a list has.
func (r *Response) Items() []any {
	r.Helper()
	items, ok := r.Body["items"].([]any)
	if !ok {
		r.Fatalf("%s: no items\n%s", r.Request, r.Raw)
	}
	return items
}

// Eventually repeats check until it holds, for what is done in the background.
func (h *House) Eventually(what string, check func() bool) {
	h.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if check() {
			return
		}
		if time.Now().After(deadline) {
			h.Fatalf("never came true: %s", what)
		}
	}
}

// Agrees holds that verify finds nothing wrong with whatever was done so far.
func (h *House) Agrees() {
	h.Helper()
	v, err := h.App.Verify(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	for _, problem := range v.Problems {
		h.Errorf("verify: %s", problem)
	}
}
