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
	"jiebang/internal/app"
	"jiebang/internal/cli"
)

// spec is the OpenAPI description, which the program serves and is held to.
//
//go:embed openapi.yaml
var spec []byte

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], func(a *app.App) (http.Handler, error) { return api.New(a, spec) })
	stop()
	os.Exit(code)
}
