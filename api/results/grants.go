package results

import (
	"jiebang/api/wire"
	"jiebang/internal/results"
)

func grant(b *wire.RightsGrantInput) (results.Grant, error) {
	g := results.Grant{
		Kind: results.GrantKind(b.Kind), Share: b.InventorsShareBp, AgreedOn: wire.DayOf(b.AgreedOn), NoticeFirst: wire.DayOf(b.NoticeFirstDay), NoticeLast: wire.DayOf(b.NoticeLastDay),
		Evidence: b.Evidence, ValidFrom: wire.OptionalDay(b.ValidFrom), ValidTo: wire.OptionalDay(b.ValidTo),
	}
	for _, v := range b.Inventors {
		g.Inventors = append(g.Inventors, results.GrantInventor{Name: v.Name, Share: wire.Value(v.ShareBp)})
	}
	return g, nil
}

func grantEnd(b *wire.RightsGrantEndInput) (results.GrantEnd, error) {
	return results.GrantEnd{Grant: b.GrantId, LastDay: wire.OptionalDay(b.LastDay), Reason: b.Reason}, nil
}

func writtenGrants(in []results.Grant) *[]wire.RightsGrant {
	var out []wire.RightsGrant
	for _, g := range in {
		w := wire.RightsGrant{
			Id: g.ID, Kind: wire.RightsGrantKind(g.Kind), ValidFrom: wire.DateOf(g.ValidFrom), ValidTo: wire.OptionalDate(g.ValidTo), InventorsShareBp: wire.Some(g.Share),
			AgreedOn: wire.OptionalDate(g.AgreedOn), NoticeFirstDay: wire.OptionalDate(g.NoticeFirst), NoticeLastDay: wire.OptionalDate(g.NoticeLast), Evidence: wire.Some(g.Evidence),
			Void: wire.Some(g.Void), EndReason: wire.Some(g.EndReason),
		}
		if len(g.Inventors) > 0 {
			split := make([]wire.RightsGrantInventor, len(g.Inventors))
			for i, v := range g.Inventors {
				split[i] = wire.RightsGrantInventor{Name: v.Name, ShareBp: v.Share}
			}
			w.Inventors = &split
		}
		out = append(out, w)
	}
	return wire.SomeList(out)
}
