package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"jiebang/internal/app"
	"jiebang/internal/when"
)

type serveCommand struct {
	PrintConfig bool `help:"只打印设置（不含密钥）后退出 Print the settings without secrets, and exit."`
}

func (c serveCommand) Run(ctx context.Context, config app.Config, edge Edge) error {
	if c.PrintConfig {
		for _, line := range config.Lines() {
			fmt.Println(line)
		}
		return nil
	}
	return serve(ctx, config, edge, func(string) {})
}

// serve runs the system until ctx ends, then stops it in the order HTTP, workers, index, database. ready is told the address
// once requests are answered.
func serve(ctx context.Context, config app.Config, edge Edge, ready func(address string)) error {
	a, err := app.Open(ctx, config, when.System)
	if err != nil {
		return err
	}
	if err := a.Files.Claim(ctx); err != nil {
		return errors.Join(err, a.Close())
	}
	handler, err := edge(a)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", config.Addr)
	if err != nil {
		return errors.Join(fmt.Errorf("JIEBANG_ADDR: %w", err), a.Close())
	}
	a.Start()
	s := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(listener) }()
	slog.Info("listening", "address", listener.Addr().String(), "database", a.DB.Dialect)
	ready(listener.Addr().String())
	select {
	case err = <-failed:
	case <-ctx.Done():
		slog.Info("stopping", "grace", config.Grace)
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), config.Grace)
		defer cancel()
		err = s.Shutdown(grace)
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, a.Close())
}
