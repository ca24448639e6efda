package organizations

import (
	"time"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/apikeys"
)

// KeyRoutes hangs the operations on keys of organizations on the edge.
func KeyRoutes(e *edge.Edge, s *apikeys.Service) {
	key := edge.Kind[apikeys.View, wire.ApiKey]{Path: "/v1/api-keys", Get: s.Get, Wire: writtenKey}
	edge.CreateUnder(e, "createApiKey", key, keyInput, s.Create)
	edge.Read(e, "getApiKey", key)
	edge.List(e, "listApiKeys", key, s.List)
	edge.Decide(e, "rotateApiKey", key, func(b *wire.RotateApiKeyInput) (time.Duration, error) {
		return time.Duration(wire.ValueOr(b.OverlapHours, 24)) * time.Hour, nil
	}, s.Rotate)
	edge.Change(e, "revokeApiKey", key, s.Revoke)
}

func keyInput(b *wire.ApiKeyInput) (apikeys.Input, error) {
	return apikeys.Input{Name: b.Name, Networks: wire.List(b.Networks), ExpiresAt: b.ExpiresAt, Scopes: wire.Plain(b.Scopes)}, nil
}

func writtenKey(k *apikeys.View) wire.ApiKey {
	w := wire.ApiKey{
		Actions: wire.ActionsOf(k.Acts), Id: k.ID, Version: k.Version, Organization: wire.RefOf(k.Organization), Name: k.Name, Mark: k.Mark, Secret: wire.Some(k.Secret),
		Scopes: make([]wire.ApiScope, len(k.Scopes)), Networks: make([]string, len(k.Networks)), By: k.By.Name, ExpiresAt: k.ExpiresAt, FormerUntil: k.FormerUntil,
		RevokedAt: k.RevokedAt, LastUsedAt: k.LastUsedAt, Calls: k.Calls, Refused: k.Refused, CreatedAt: k.CreatedAt,
	}
	for i, s := range k.Scopes {
		w.Scopes[i] = wire.ApiScope(s)
	}
	for i, n := range k.Networks {
		w.Networks[i] = n.String()
	}
	return w
}
