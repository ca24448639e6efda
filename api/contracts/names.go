package contracts

import (
	"jiebang/api/wire"
	"jiebang/internal/codes"
	"jiebang/internal/contracts"
	"jiebang/internal/ref"
)

// partyNames are what the codes of parties mean. They stand beside the terms and not in them, so that terms that were read can be sent back.
func partyNames(t contracts.Terms) *[]wire.PartyNames {
	var out []wire.PartyNames
	for at, p := range t.Parties() {
		n := wire.PartyNames{Pointer: at, RegionName: wire.RegionName(p.Region), NatureName: wire.Term(codes.PartyNatures, p.Nature)}
		if p.Country != "" {
			name, _, _ := ref.PlaceName(p.Country)
			n.CountryName = wire.Some(name)
		}
		out = append(out, n)
	}
	return &out
}
