package accounts

import (
	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/people"
	"jiebang/internal/when"
)

// tieRoutes hangs the operations on declared ties on the edge.
func tieRoutes(e *edge.Edge, p *people.Service) {
	tie := edge.Kind[people.TieView, wire.ExpertTie]{Path: "/v1/expert-ties", Get: p.GetTie, Wire: writtenTie}
	edge.Create(e, "declareExpertTie", tie, tieInput, p.DeclareTie)
	edge.Read(e, "getExpertTie", tie)
	edge.List(e, "listExpertTies", tie, p.ListTies)
	edge.Decide(e, "replaceExpertTie", tie, tieInput, p.ReplaceTie)
}

func tieInput(b *wire.ExpertTieInput) (people.TieInput, error) {
	return people.TieInput{
		Username: wire.Value(b.Username), Kind: people.TieKind(b.Kind), Organization: b.OrganizationId, Name: wire.Value(b.OrganizationName), Code: wire.Value(b.OrganizationCode),
		ValidFrom: wire.DayOf(b.ValidFrom), ValidTo: wire.OptionalDay(b.ValidTo), Note: wire.Value(b.Note),
	}, nil
}

func writtenTie(t *people.TieView) wire.ExpertTie {
	w := wire.ExpertTie{
		Actions: wire.ActionsOf(t.Acts),
		Id:      t.ID, Version: t.Version, Account: wire.PersonOf(t.Person), Kind: wire.ExpertTieKind(t.Kind),
		OrganizationName: wire.Some(t.OrganizationName), OrganizationCode: wire.Some(t.OrganizationCode),
		ValidFrom: wire.DateOf(t.ValidFrom), ValidTo: wire.OptionalDate(t.ValidTo), Note: wire.Some(t.Note), DeclaredBy: wire.PersonOf(t.DeclaredBy),
		CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
	}
	if t.Organization != nil {
		ref := wire.RefOf(*t.Organization)
		w.Organization = &ref
	}
	return w
}

// expertise reads what an entry of an expert takes beside its days.
func expertise(fields *[]wire.Field, chains *wire.ChainCodes) people.Expertise {
	x := people.Expertise{Chains: wire.List(chains)}
	for _, f := range wire.List(fields) {
		x.Fields = append(x.Fields, string(f))
	}
	return x
}

// licence reads what an entry of a broker takes beside its days.
func licence(level *wire.BrokerLevel, certified when.Day, regions *wire.RegionCodes) people.Licence {
	return people.Licence{Level: people.Level(wire.Text(level)), CertifiedOn: certified, Regions: wire.List(regions)}
}

// writtenExpertise tells it of an entry that has any.
func writtenExpertise(w *wire.RegisterEntry, e *people.View) {
	if len(e.Fields) > 0 {
		fields := make([]wire.Field, len(e.Fields))
		for i, f := range e.Fields {
			fields[i] = wire.Field(f)
		}
		w.Fields, w.FieldNames = &fields, wire.FieldNames(e.Fields)
		chains := wire.ChainsOf(e.Chains)
		w.Chains = &chains
	}
	if len(e.Fields) == 0 && len(e.Chains) > 0 { // of a broker
		chains := wire.ChainsOf(e.Chains)
		w.Chains = &chains
	}
	if e.Level != "" {
		w.Level = wire.Ptr(wire.BrokerLevel(e.Level))
	}
	w.CertifiedOn = wire.OptionalDate(e.CertifiedOn)
	if places := e.Places(); len(places) > 0 {
		regions := wire.PlacesOfWork(places)
		w.Regions = &regions
	}
	if e.Employer != nil {
		ref := wire.RefOf(*e.Employer)
		w.Employer = &ref
	}
}
