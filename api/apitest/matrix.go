package apitest

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"jiebang/api/edge/edgetest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// The table of a capability: which operation comes out how for which role. It is written by hand, since it is the expectation, and
// people read it in docs/permissions.md.
const permissions = "testdata/permissions.tsv"

// Role is one way of standing towards the records of a capability, and somebody who stands so.
type Role struct {
	Name   string
	Client *Client
}

// As is a role with its somebody.
func As(name string, client *Client) Role { return Role{name, client} }

// Call is a request that would succeed for somebody.
type Call struct {
	Method, Path, ETag string
	Body               any
	Creates            bool // it takes an Idempotency-Key
	Ends               bool // it ends the session of whoever calls it
	Fresh              bool // it changes who calls it for good: somebody new does it in their place
}

// Get reads.
func Get(path string) func() Call { return func() Call { return Call{Method: "GET", Path: path} } }

// Create posts what body gives.
func Create(path string, body func() J) func() Call {
	return func() Call { return Call{Method: "POST", Path: path, Body: body(), Creates: true} }
}

// Post is Create for an operation that takes no Idempotency-Key.
func Post(path string, body func() J) func() Call {
	return func() Call { return Call{Method: "POST", Path: path, Body: body()} }
}

// Act changes a record that prepare makes: POST kind/id/verb.
func Act(kind, verb string, prepare func() (id, etag string), body any) func() Call {
	return func() Call {
		id, etag := prepare()
		return Call{Method: "POST", Path: "/v1/" + kind + "/" + id + "/" + verb, ETag: etag, Body: body}
	}
}

// Put replaces a record that prepare makes.
func Put(kind string, prepare func() (id, etag string), body any) func() Call {
	return func() Call {
		id, etag := prepare()
		return Call{Method: "PUT", Path: "/v1/" + kind + "/" + id, ETag: etag, Body: body}
	}
}

// Remove deletes a record that prepare makes, or a part of it.
func Remove(kind, part string, prepare func() (id, etag string)) func() Call {
	return func() Call {
		id, etag := prepare()
		return Call{Method: "DELETE", Path: "/v1/" + kind + "/" + id + part, ETag: etag}
	}
}

// In makes prepare of a function that takes a state.
func In(state string, prepare func(state string) (id, etag string)) func() (id, etag string) {
	return func() (string, string) { return prepare(state) }
}

// Matrix tries every operation with a tag by every role, and holds the outcomes to the capability's table: "yes", or the status of
// the refusal. A refusal leaves a record as it is, so each operation is prepared once for all roles that are refused, and again for
// each that is not. Policy is the same on both databases: refusals are tried on SQLite, successes on both.
func Matrix(t *testing.T, tag string, roles func(s *Stage) []Role, calls func(s *Stage) map[string]func() Call) {
	t.Helper()
	rows, err := ReadPermissions(permissions)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := edgetest.Spec()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		s := NewStage(New(t, o))
		cast, ways := roles(s), calls(s)
		m := &matrix{Stage: s, cast: cast, refusals: o.URL == ""}
		if names := m.header(); !slices.Equal(rows[0], names) {
			t.Fatalf("the table's columns are %v, the cast is %v", rows[0], names)
		}
		table := map[string][]string{}
		for _, row := range rows[1:] {
			table[row[0]] = row
		}
		for _, op := range spec.Operations() {
			if op.Tag != tag {
				continue
			}
			row, way := table[op.ID], ways[op.ID]
			if row == nil || way == nil {
				t.Errorf("%s: every operation has a row (%v) and a call (%v)", op.ID, row != nil, way != nil)
				continue
			}
			m.try(op.ID, row[1:], way)
			delete(table, op.ID)
		}
		for id := range table {
			t.Errorf("%s has a row and is not an operation of %s", id, tag)
		}
		s.Agrees() // nobody has left anything that the trail does not know
	})
}

type matrix struct {
	*Stage
	cast     []Role
	refusals bool
}

func (m *matrix) header() []string {
	out := []string{"operation"}
	for _, r := range m.cast {
		out = append(out, r.Name)
	}
	return out
}

// try lets the refused come first.
func (m *matrix) try(id string, want []string, way func() Call) {
	m.Helper()
	if m.refusals {
		call := way()
		for i, r := range m.cast {
			if want[i] != "yes" {
				m.hold(id, r, want[i], call)
			}
		}
	}
	for i, r := range m.cast {
		if want[i] == "yes" {
			m.hold(id, r, want[i], way())
		}
	}
}

func (m *matrix) hold(id string, r Role, want string, call Call) {
	m.Helper()
	m.told(id, r, want, call)
	if got := m.perform(r.Client, call); got != want {
		m.Errorf("%s by %s: %s, want %s", id, r.Name, got, want)
	}
}

// told holds what a record tells its reader to do with it (actions) to the table, before it is done: what a role may do is told to it, and
// nothing else.
func (m *matrix) told(id string, r Role, want string, call Call) {
	m.Helper()
	parts := strings.Split(call.Path, "/")
	if call.Method == "GET" || len(parts) < 4 || call.ETag == "" && !call.Creates {
		return
	}
	record := r.Client.Get(strings.Join(parts[:4], "/"))
	actions, tells := record.Body["actions"].([]any)
	if record.Status != 200 || !tells {
		return
	}
	if slices.Contains(actions, any(id)) != (want == "yes") {
		m.Errorf("%s by %s: %s; the record tells it of %v", id, r.Name, want, actions)
	}
}

// perform makes the call and tells how it came out.
func (m *matrix) perform(client *Client, call Call) string {
	m.Helper()
	headers := map[string]string{}
	if call.ETag != "" {
		headers["If-Match"] = call.ETag
	}
	if call.Creates {
		headers["Idempotency-Key"] = fmt.Sprintf("matrix-%d", m.Serial())
	}
	if call.Fresh && client.Token != "" {
		client = m.Person(fmt.Sprintf("fresh%d", m.Serial()))
	}
	if call.Ends && client.Token != "" {
		client = m.signIn(client.Username)
	}
	got := client.Do(call.Method, call.Path, call.Body, headers)
	switch {
	case got.Status < 300:
		if location := got.Header.Get("Location"); location != "" {
			client.Get(location).Want(200) // what was made can be read by who made it, where the answer says
		}
		return "yes"
	case got.Status == 401 || got.Status == 403 || got.Status == 404, got.Status == 409 && got.At("code") == "taken_by_another": // which goes by who asks, too
		return fmt.Sprint(got.Status)
	}
	return fmt.Sprintf("neither done nor refused: %d %s", got.Status, got.Raw)
}

// ReadPermissions reads a table of outcomes: a heading with the roles, and a row for each operation.
func ReadPermissions(file string) ([][]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	in := csv.NewReader(f)
	in.Comma = '\t'
	return in.ReadAll()
}
