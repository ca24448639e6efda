package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"jiebang/internal/app"
	"jiebang/internal/demo"
	"jiebang/internal/mail"
	"jiebang/internal/when"
)

type demoCommand struct {
	Port int `default:"8080" help:"本机端口 Port on loopback. JIEBANG_ADDR, DATABASE_URL, JIEBANG_SECRETS and JIEBANG_SMTP_URL are not looked at."`
}

// Run seeds a database of the demo's own, under the data folder, on the first start, and serves it on loopback. It never
// looks at DATABASE_URL.
func (c demoCommand) Run(ctx context.Context, config app.Config, edge Edge) error {
	config.DatabaseURL, config.MigrateURL, config.Secrets, config.SMTP = "", "", "", "" // its keys and its mails lie in its folder
	config.Data = filepath.Join(config.Data, "demo")
	config.Addr = net.JoinHostPort("127.0.0.1", fmt.Sprint(c.Port))
	if err := free(ctx, config.Addr); err != nil {
		return err
	}
	if err := prepareDemo(ctx, config); err != nil {
		return err
	}
	return serve(ctx, config, edge, serveCommand{}.mayListen, func(address string) {
		demo.Welcome(os.Stdout, "http://"+address, mail.Folder(config.Data), when.DayOf(when.System()))
	})
}

// free asks for the port before a year is told for nothing.
func free(ctx context.Context, address string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("%w: choose another port with --port", err)
	}
	return listener.Close()
}

func prepareDemo(ctx context.Context, config app.Config) error {
	clock := &demo.Clock{}
	a, err := app.Open(ctx, config, clock.Now)
	if err != nil {
		return err
	}
	seeded, err := demo.Seeded(ctx, a)
	if err == nil && !seeded {
		err = demo.Seed(ctx, a, clock, when.System(), func(done, all int) {
			if done%10 == 0 || done == all {
				fmt.Fprintf(os.Stderr, "\r准备演示数据 preparing the demo: %d/%d ", done, all)
			}
		})
		fmt.Fprintln(os.Stderr)
	}
	if errors.Is(err, demo.ErrUnfinished) {
		err = fmt.Errorf("%w: delete %s and start again", err, config.Data)
	}
	return errors.Join(err, a.Close())
}
