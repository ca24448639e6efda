package api_test

import (
	"context"
	"testing"

	"jiebang/api"
	"jiebang/api/edge"
	"jiebang/api/edge/edgetest"
	"jiebang/internal/app"
	"jiebang/internal/needs"
	"jiebang/internal/policy"
	"jiebang/internal/results"
	"jiebang/internal/teams"
	"jiebang/internal/work"
)

// Every operation has its route and the other way round, and types, status, headers and parameters fit: the same that the program
// asks when it starts.
func TestRoutesAndDescriptionAgree(t *testing.T) {
	spec, err := edgetest.Spec()
	if err != nil {
		t.Fatal(err)
	}
	e := edge.New(spec, func(context.Context, string) (policy.Actor, error) { return policy.Actor{}, nil }, func() int64 { return 0 })
	api.Routes(e, &app.App{Results: results.New(&work.Unit{}), Needs: needs.New(&work.Unit{}), Teams: teams.New(&work.Unit{})})
	if err := e.Check(); err != nil {
		t.Error(err)
	}
}
