// Command jiebang runs a technology-transfer marketplace: results, needs, matches, deals, contracts and their turnover.
package main

import (
	"context"
	_ "embed"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"jiebang/api"
	"jiebang/api/edge"
	"jiebang/internal/app"
	"jiebang/internal/cli"
	"jiebang/web"
)

// spec is the OpenAPI description, which the program serves and is held to.
//
//go:embed openapi.yaml
var spec []byte

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], serve)
	stop()
	os.Exit(code)
}

// serve makes the server of a running system: the API, and the portal beside it.
func serve(a *app.App) (http.Handler, error) {
	description, err := edge.ReadSpec(spec)
	if err != nil {
		return nil, err
	}
	e, err := api.NewWith(a, description, spec)
	if err != nil {
		return nil, err
	}
	web.Register(e, a, description)
	return e, nil
}
