package accounts

import (
	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/match"
)

// SavedRoutes hangs the operations on saved searches on the edge.
func SavedRoutes(e *edge.Edge, s *match.Service) {
	saved := edge.Kind[match.SavedView, wire.SavedSearch]{Path: "/v1/saved-searches", Get: s.SavedSearch, Wire: writtenSearch}
	edge.Create(e, "saveSearch", saved, searchInput, s.SaveSearch)
	edge.Read(e, "getSavedSearch", saved)
	edge.List(e, "listSavedSearches", saved, s.SavedSearches)
	edge.Decide(e, "replaceSavedSearch", saved, searchInput, s.ReplaceSearch)
	edge.Delete(e, "deleteSavedSearch", s.ForgetSearch)
}

func searchInput(b *wire.SavedSearchInput) (match.SavedInput, error) {
	return match.SavedInput{
		Name: b.Name, Words: wire.Value(b.Q), Kind: wire.Text(b.Kind), Field: wire.Text(b.Field), Chain: wire.Value(b.Chain), Owner: b.OwnerId, Frequency: match.Frequency(b.Frequency),
	}, nil
}

func writtenSearch(v *match.SavedView) wire.SavedSearch {
	w := wire.SavedSearch{
		Actions: wire.ActionsOf(v.Acts), Id: v.ID, Version: v.Version, Name: v.Name, Q: wire.Some(v.Words), Kind: wire.Some(wire.ListingKind(v.Kind)), Field: wire.Some(wire.Field(v.Field)), FieldName: wire.FieldName(v.Field),
		Chain: wire.Some(v.Chain), ChainName: wire.Some(v.ChainName), Frequency: wire.SavedSearchFrequency(v.Frequency), CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	if v.Owner != nil && v.Owner.ID != uuid.Nil {
		w.Owner = wire.Ptr(wire.RefOf(*v.Owner))
	}
	return w
}
