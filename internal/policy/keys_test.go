package policy

import (
	"net/netip"
	"testing"

	"github.com/google/uuid"
)

// What asks for another person is refused to a key, whoever made it; what its maker may do alone is not.
func TestAKeyIsNobodyElse(t *testing.T) {
	org, submitter := uuid.New(), uuid.New()
	program := Actor{Account: uuid.New(), Member: []uuid.UUID{org}, Key: &Key{Organization: org}}
	person := program
	person.Key = nil
	f := Facts{Owner: org, Others: []uuid.UUID{org}, Submitter: submitter, Author: submitter}
	for action, alone := range map[Action]bool{ResultPublish: false, NeedPublish: false, IntroAnswer: false, MandateAnswer: false, ResultSubmit: true, DealAdvance: true, ContractFile: true} {
		if !Allowed(person, action, f) {
			t.Errorf("%s is refused to a person", action)
		}
		if Allowed(program, action, f) != alone || (Check(program, action, f) == nil) != alone {
			t.Errorf("%s by a key: %v", action, !alone)
		}
	}
}

func TestScopesAndNetworks(t *testing.T) {
	k := Key{Scopes: []Scope{"results:write", "needs:read"}, Networks: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32")}}
	if !k.Has("results", true) || !k.Has("results", false) || !k.Has("needs", false) || k.Has("needs", true) || k.Has("accounts", false) {
		t.Error("scopes")
	}
	for client, want := range map[string]bool{"203.0.113.9": true, "::ffff:203.0.113.9": true, "203.0.114.9": false, "2001:db8::1": true, "": false, "unix": false} {
		if k.From(client) != want {
			t.Errorf("%q: %v", client, !want)
		}
	}
	for scope, want := range map[Scope]bool{"results:write": true, "ledger:read": true, "ledger:write": false, "accounts:read": false, "organizations:write": false, "results": false, "": false} {
		if ScopeOffered(scope) != want {
			t.Errorf("%q: %v", scope, !want)
		}
	}
}
