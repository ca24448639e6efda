// Package gen holds what oapi-codegen makes of openapi.yaml: the wire types, and one server interface per tag.
// Nothing here is written by hand but this file and the settings beside it.
package gen

//go:generate go tool oapi-codegen -config types.yaml ../../openapi.yaml
//go:generate go tool oapi-codegen -config accounts.yaml ../../openapi.yaml
//go:generate go tool oapi-codegen -config organizations.yaml ../../openapi.yaml
//go:generate go tool oapi-codegen -config results.yaml ../../openapi.yaml
//go:generate go tool oapi-codegen -config needs.yaml ../../openapi.yaml
//go:generate go tool oapi-codegen -config match.yaml ../../openapi.yaml
//go:generate go tool oapi-codegen -config deals.yaml ../../openapi.yaml
//go:generate go tool oapi-codegen -config contracts.yaml ../../openapi.yaml
//go:generate go tool oapi-codegen -config ledger.yaml ../../openapi.yaml
