// Package gen holds what oapi-codegen makes of openapi.yaml, which is first put together of its parts: the wire types, and one
// server interface per tag. Nothing here is written by hand but this file and the settings beside it.
//
// The servers are kept as they were made when each operation described its own answers. They still fit, since the wire has not
// changed, but made anew of answers that operations share they would not fit the handlers.
package gen

//go:generate go run -C ../.. ./openapi/bundle
//go:generate go tool oapi-codegen -config types.yaml ../../openapi.yaml
