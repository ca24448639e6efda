package results

import (
	"jiebang/api/wire"
	"jiebang/internal/results"
)

// makers reads who made a result, and whether it solves a bottleneck.
func makers(b *wire.ResultInput, c *results.Content) {
	for _, v := range wire.List(b.Inventors) {
		c.Inventors = append(c.Inventors, results.Inventor{
			Name: v.Name, Organization: wire.Value(v.OrganizationName), OrganizationID: v.OrganizationId, AccountID: v.AccountId, Share: v.ShareBp,
		})
	}
	if s := b.SolvesBottleneck; s != nil {
		c.Bottleneck = &results.Bottleneck{Level: results.BottleneckLevel(s.Level), Evidence: s.Evidence, Public: wire.Value(s.Public)}
	}
}

func writtenMakers(r *results.View, w *wire.Result) {
	if len(r.Inventors) > 0 {
		made := make([]wire.Inventor, len(r.Inventors))
		for i, v := range r.Inventors {
			made[i] = wire.Inventor{Name: v.Name, OrganizationName: wire.Some(v.Organization), OrganizationId: v.OrganizationID, AccountId: v.AccountID, ShareBp: v.Share}
		}
		w.Inventors = &made
	}
	if s := r.Bottleneck; s != nil {
		w.SolvesBottleneck = &wire.SolvedBottleneck{Level: wire.BottleneckLevel(s.Level), Evidence: wire.Some(s.Evidence), Public: wire.Some(s.Public)}
	}
}
