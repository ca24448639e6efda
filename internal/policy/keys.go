package policy

import (
	"net/netip"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Scope is what a key of an organization may do: read or write within one capability of the API, "results:read".
type Scope string

// Key is the key by which a program calls.
type Key struct {
	ID           uuid.UUID
	Organization uuid.UUID
	Scopes       []Scope
	Networks     []netip.Prefix // none: from anywhere
	ExpiresAt    time.Time
}

// Has tells whether the key has a scope; what may be written may be read.
func (k *Key) Has(capability string, writes bool) bool {
	return slices.Contains(k.Scopes, Scope(capability+":write")) || !writes && slices.Contains(k.Scopes, Scope(capability+":read"))
}

// From tells whether the key is good at an address. One that cannot be read is none of its ranges.
func (k *Key) From(client string) bool {
	if len(k.Networks) == 0 {
		return true
	}
	a, err := netip.ParseAddr(client)
	return err == nil && slices.ContainsFunc(k.Networks, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

// keyed are the capabilities that keys reach, and whether they write there. Accounts, mails, operations and reviews are people's own; who belongs to
// an organization, and its keys, no program changes.
var keyed = map[string]bool{
	"results": true, "needs": true, "teams": true, "records": true, "files": true, "imports": true, "deals": true, "contracts": true, "brokers": true, "challenges": true, "projects": true,
	"match": false, "organizations": false, "notices": false, "ledger": false, "indicators": false,
}

// ScopeOffered tells whether there is such a scope.
func ScopeOffered(s Scope) bool {
	for capability, writes := range keyed {
		if s == Scope(capability+":read") || writes && s == Scope(capability+":write") {
			return true
		}
	}
	return false
}

// Keys of organizations. They are made and ended by its administrators, and never by keys.
var (
	KeyCreate = act("api_key.create", OrgRead, Admin)
	KeyManage = act("api_key.manage", KeyRead, Admin)
	KeyRead   = read("api_key.read", Admin, Operator)
)

// pairs tells whether a rule asks for another person than one before: then a key, which acts for who made it, is never that other.
func pairs(w Who) bool {
	switch w := w.(type) {
	case but:
		for _, s := range w.same {
			if s == Author || s == Submitter || s == Decider || s == Writer || s == Agent {
				return true
			}
		}
		return pairs(w.who)
	case anyOf:
		return slices.ContainsFunc(w, pairs)
	case allOf:
		return slices.ContainsFunc(w, pairs)
	}
	return false
}
