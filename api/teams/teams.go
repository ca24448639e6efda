// Package teams is the HTTP edge of research teams: their routes, and the translation between the API's types and theirs.
package teams

import (
	"context"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/match"
	"jiebang/internal/policy"
	"jiebang/internal/teams"
)

// Routes hangs the operations on teams on the edge. count counts their list by facets.
func Routes(e *edge.Edge, s *teams.Service, count func(context.Context, policy.Actor, match.Query) ([]wire.Facet, error)) {
	team := edge.Kind[teams.View, wire.Team]{Path: "/v1/teams", Get: s.Get, Wire: written, Open: s.GetRevision}
	edge.Create(e, "createTeam", team, input, s.Create)
	edge.Read(e, "getTeam", team)
	edge.Faceted(e, "listTeams", team, s.List, func(ctx context.Context, reader policy.Actor, f teams.Filter) ([]wire.Facet, error) {
		if !f.Facets {
			return nil, nil
		}
		return count(ctx, reader, match.Query{
			Kind: "team", Field: f.Field, Chain: string(f.Chain), Owner: f.Owner, Wanted: match.Wanted{Region: string(f.Region), Days: f.Days},
		})
	})
	edge.Decide(e, "replaceTeam", team, input, s.Replace)
	edge.Delete(e, "deleteTeam", s.Delete)
	edge.Change(e, "dropTeamRevision", team, s.Drop)
	edge.Decide(e, "setTeamOffer", team, offer, s.SetOffer)
	edge.Change(e, "submitTeam", team, s.Submit)
	edge.Decide(e, "returnTeam", team, wire.Reason, s.Return)
	edge.Change(e, "takeBackTeam", team, s.TakeBack)
	edge.Change(e, "publishTeam", team, s.Publish)
	edge.Change(e, "withdrawTeam", team, s.Withdraw)
	edge.Decide(e, "keepTeamProgrammes", team, kept, s.KeepProgrammes)
}

func written(t *teams.View) wire.Team {
	w := wire.Team{
		Actions: wire.ActionsOf(t.Acts),
		Id:      t.ID, Version: t.Version, State: wire.TeamState(t.State), Owner: wire.RefOf(t.Owner),
		Title: t.Title, Introduction: t.Introduction, Keywords: wire.List(&t.Keywords), Field: wire.Field(t.Field), FieldName: wire.FieldName(t.Field), OtherFields: wire.Named[wire.Field](t.OtherFields), OtherFieldNames: wire.FieldNames(t.OtherFields),
		Chains: wire.ChainsOf(t.Beside.Chains), Leader: writtenPerson(t.Leader), People: make([]wire.TeamPerson, len(t.Team.People)),
		Capabilities: wire.Some(t.Capabilities), Seeks: wire.Some(t.Seeks), Equipment: wire.Some(t.Equipment), PastResults: wire.Some(t.PastResults),
		Results: make([]wire.LinkedResult, len(t.Results)), Programmes: make([]wire.TeamProgramme, len(t.Parts)), Paused: t.Paused,
		Contact: wire.OptionalContact(t.Contact), Revision: wire.RevisionOf(t.Revision), Warnings: wire.WarningsOf(t.Warnings), PublishedAt: t.PublishedAt, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
		CreatedBy: wire.Some(t.Beside.People.Created), SubmittedBy: wire.Some(t.Beside.People.Submitted), PublishedBy: wire.Some(t.Beside.People.Published),
		Confidential: wire.Some(t.Confidential), ReturnReason: wire.Some(t.ReturnReason), TakenDown: wire.Some(t.TakenDown != 0),
	}
	for i, p := range t.Team.People {
		w.People[i] = writtenPerson(p)
	}
	for i, r := range t.Results {
		w.Results[i] = wire.LinkedResult{Id: r.ID, Title: r.Title}
	}
	for i, p := range t.Parts {
		w.Programmes[i] = wire.TeamProgramme{Name: p.Name, From: wire.DateOf(p.From), To: wire.OptionalDate(p.To), Evidence: wire.Some(p.Evidence), Kept: p.Kept}
	}
	if len(t.Withheld) > 0 {
		w.WithheldNames = &t.Withheld
	}
	w.ExternalId, w.ExternalIds = wire.ExternalIDsOf(t.External)
	return w
}

func writtenPerson(p teams.Person) wire.TeamPerson {
	return wire.TeamPerson{Name: wire.Some(p.Name), Title: wire.Some(p.Title), Role: wire.Some(p.Role), NamePublic: p.Named}
}

func input(b *wire.TeamInput) (teams.Input, error) {
	in := teams.Input{Owner: b.OwnerId, Content: teams.Content{
		Title: b.Title, Introduction: b.Introduction, Keywords: wire.List(b.Keywords), Field: string(b.Field), OtherFields: wire.Plain(wire.List(b.OtherFields)),
		Chains: wire.List(b.Chains), Leader: person(b.Leader), Capabilities: wire.Value(b.Capabilities), Seeks: wire.Value(b.Seeks), Equipment: wire.Value(b.Equipment),
		PastResults: wire.Value(b.PastResults), ResultIDs: wire.List(b.ResultIds), Claimed: programmes(wire.List(b.Programmes)), Confidential: wire.Value(b.Confidential),
	}}
	for _, p := range wire.List(b.People) {
		in.Content.People = append(in.Content.People, person(p))
	}
	var err error
	in.External, err = wire.ExternalIDs(b.ExternalId, b.ExternalIds)
	return in, err
}

func person(p wire.TeamPersonInput) teams.Person {
	return teams.Person{Name: p.Name, Title: wire.Value(p.Title), Role: wire.Value(p.Role), Named: p.NamePublic}
}

func programmes(in []wire.TeamProgrammeInput) []teams.Programme {
	out := make([]teams.Programme, len(in))
	for i, p := range in {
		out[i] = teams.Programme{Name: p.Name, From: wire.DayOf(p.From), To: wire.OptionalDay(p.To), Evidence: wire.Value(p.Evidence)}
	}
	return out
}

func kept(b *wire.TeamProgrammesInput) ([]teams.Programme, error) {
	return programmes(b.Programmes), nil
}

func offer(b *wire.TeamOfferInput) (teams.OfferInput, error) {
	in := teams.OfferInput{Offer: teams.Offer{Contact: wire.ReadContact(b.Contact), Paused: wire.Value(b.Paused), Withheld: b.WithheldNames}}
	var err error
	in.External, err = wire.ExternalIDs(nil, b.ExternalIds)
	return in, err
}
