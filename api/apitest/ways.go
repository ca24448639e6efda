package apitest

import (
	"fmt"
	"slices"
	"strings"

	"jiebang/api/edge/edgetest"
	"jiebang/internal/work"
)

// Machine is a record whose every forbidden step is tried: the states that its kind has, and in which of them its operations begin. Both are the
// kind's own list.
type Machine struct {
	Table, ID string
	States    []string
	Begins    map[string][]string // by operation
	Seen      func() string       // what somebody sees of it, which stays as it is, too; nil: its version is looked at alone
}

// MachineOf takes over the list of a kind, as far as it is of these operations; of all where none is named.
func MachineOf[S ~string](table, id string, states []S, ways work.Ways[S], operations ...string) Machine {
	m := Machine{Table: table, ID: id, Begins: map[string][]string{}}
	for _, s := range states {
		m.States = append(m.States, string(s))
	}
	for _, w := range ways {
		if w.Operation == "" || len(operations) > 0 && !slices.Contains(operations, w.Operation) {
			continue
		}
		for _, s := range w.From {
			m.Begins[w.Operation] = append(m.Begins[w.Operation], string(s))
		}
	}
	return m
}

// But is the machine without some operations.
func (m Machine) But(operations ...string) Machine {
	begins := map[string][]string{}
	for operation, from := range m.Begins {
		if !slices.Contains(operations, operation) {
			begins[operation] = from
		}
	}
	m.Begins = begins
	return m
}

// Forbidden has every role try every operation from every state in which it does not begin: all are refused, nothing changes, and whoever may take it
// elsewhere is told that the state is wrong.
func (s *Stage) Forbidden(m Machine, roles []Role, bodies map[string]any) {
	s.Helper()
	spec, err := edgetest.Spec()
	if err != nil {
		s.Fatal(err)
	}
	type route struct{ method, path string }
	routes := map[string]route{}
	for _, op := range spec.Operations() {
		routes[op.ID] = route{op.Method, op.Path}
	}
	tried := 0
	for _, state := range m.States {
		s.set(m, state)
		version, seen := s.versionOf(m), m.seen()
		for operation, from := range m.Begins {
			if slices.Contains(from, state) {
				continue
			}
			r, known := routes[operation]
			if !known {
				s.Fatalf("the description has no %s", operation)
			}
			path, told := strings.Replace(r.path, "{id}", m.ID, 1), 0
			for _, role := range roles {
				got := role.Client.Do(r.method, path, bodies[operation], map[string]string{"If-Match": fmt.Sprintf(`"%d"`, version)})
				switch {
				case got.Status == 409 && got.Text("code") == "wrong_state":
					told++
				case got.Status != 401 && got.Status != 403 && got.Status != 404:
					s.Errorf("%s from %s by %s: %d %s", operation, state, role.Name, got.Status, got.Raw)
				}
				tried++
			}
			if told == 0 {
				s.Errorf("%s from %s: nobody is told that it is the state's fault", operation, state)
			}
		}
		if s.versionOf(m) != version || m.seen() != seen {
			s.Errorf("%s: something changed from %s", m.Table, state)
		}
	}
	s.Logf("%s: %d forbidden steps tried", m.Table, tried)
}

func (m Machine) seen() string {
	if m.Seen == nil {
		return ""
	}
	return m.Seen()
}

func (s *Stage) set(m Machine, state string) {
	s.Helper()
	if err := s.App.DB.Writer.WithContext(s.Context()).Exec("UPDATE "+m.Table+" SET state = ? WHERE id = ?", state, m.ID).Error; err != nil {
		s.Fatal(err)
	}
}

func (s *Stage) versionOf(m Machine) (version int64) {
	s.Helper()
	q := s.App.DB.Reader.WithContext(s.Context())
	if err := q.Raw("SELECT version FROM "+m.Table+" WHERE id = ?", m.ID).Scan(&version).Error; err != nil || version == 0 {
		s.Fatalf("%s %s: version %d, %v", m.Table, m.ID, version, err)
	}
	return version
}
