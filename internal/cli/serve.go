package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"jiebang/internal/app"
	"jiebang/internal/demo"
	"jiebang/internal/when"
)

type serveCommand struct {
	ExposeDemo  bool `help:"允许从本机以外访问演示数据，其口令人人皆知 Serve demo data beyond loopback, whose passwords everybody knows."`
	PrintConfig bool `help:"只打印设置（不含密钥）后退出 Print the settings without secrets, and exit."`
}

func (c serveCommand) Run(ctx context.Context, config app.Config, edge Edge) error {
	if c.PrintConfig {
		for _, line := range config.Lines() {
			fmt.Println(line)
		}
		return nil
	}
	return serve(ctx, config, edge, c.mayListen, func(string) {})
}

// mayListen keeps demo data on this machine: the passwords of its accounts stand in the source.
func (c serveCommand) mayListen(ctx context.Context, a *app.App, address string) error {
	if c.ExposeDemo || loopback(address) {
		return nil
	}
	marked, err := demo.Marked(ctx, a)
	if err == nil && marked {
		err = fmt.Errorf("JIEBANG_ADDR: %s is reached from outside, and this is demo data, whose passwords everybody knows: listen on 127.0.0.1, or add --expose-demo", address)
	}
	return err
}

// loopback tells an address that only this machine reaches.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// serve runs the system until ctx ends, then stops it in the order HTTP, workers, index, database. may is asked before anything begins;
// ready is told the address once requests are answered.
func serve(ctx context.Context, config app.Config, edge Edge, may func(ctx context.Context, a *app.App, address string) error, ready func(address string)) error {
	a, err := app.Open(ctx, config, when.System)
	if err != nil {
		return err
	}
	if err := errors.Join(may(ctx, a, config.Addr), a.Files.Claim(ctx)); err != nil {
		return errors.Join(err, a.Close())
	}
	handler, err := edge(a)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", config.Addr)
	if err != nil {
		// Not wrapped: it is no fault of a connection to the database.
		return errors.Join(fmt.Errorf("JIEBANG_ADDR: 不能在 %[1]s 监听，端口可能已被占用；请换一个地址，或先停止占用它的程序。"+
			"Cannot listen on %[1]s; the port may be taken: choose another, or stop the program that has it. (%[2]v)", config.Addr, err), a.Close())
	}
	a.Start()
	s := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	s.RegisterOnShutdown(a.Changes.Stop) // whoever waits for changes is answered at once
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(listener) }()
	if owned, err := a.DB.Owns(ctx); err == nil && owned > 0 {
		slog.Info("the database's role owns its tables; migrations can have a role of their own, see docs/operations.md", "tables", owned)
	}
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
