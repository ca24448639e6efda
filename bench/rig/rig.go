// Package rig runs the whole system for measurements, as serve does: over loopback HTTP, on a fresh database of either kind,
// with a fresh index and the real clock. What it sets up goes through the use cases, and all of it is deleted at the end.
package rig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"jiebang/api"
	"jiebang/api/edge"
	"jiebang/internal/accounts"
	"jiebang/internal/app"
	"jiebang/internal/db"
	"jiebang/internal/seal"
	"jiebang/internal/when"
	"jiebang/web"
)

// Rig is one running system.
type Rig struct {
	App      *app.App
	URL      string
	Operator *Client // the bureau
	Deputy   *Client // another operator, who confirms
	Data     string  // the data folder

	config  app.Config
	server  *http.Server
	running []func() error // what ends the system, in the order of setting up
	undo    []func() error // what deletes it, likewise
	people  int
}

// Options say what to run.
type Options struct {
	Database db.Dialect
	Postgres string               // DSN of a role that may create databases; for PostgreSQL
	Watch    func(*app.App) error // sees the system before anything runs in it
}

// Start makes the database and the data folder, and serves the system.
func Start(ctx context.Context, o Options) (*Rig, error) {
	r := &Rig{}
	if err := r.start(ctx, o); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Rig) start(ctx context.Context, o Options) error {
	var err error
	if r.config, err = r.prepare(ctx, o); err != nil {
		return err
	}
	if err := r.open(ctx, o.Watch); err != nil {
		return err
	}
	for username, as := range map[string]**Client{"operator": &r.Operator, "deputy": &r.Deputy} {
		if _, err := r.App.Accounts.CreateOperator(ctx, accounts.SignUpInput{Username: username, Password: Password, Name: "运营人员"}, ""); err != nil {
			return err
		}
		if *as, err = r.SignIn(ctx, username); err != nil {
			return err
		}
	}
	return nil
}

// open serves what lies in the data folder and the database; watch, if any, sees it before anything runs.
func (r *Rig) open(ctx context.Context, watch func(*app.App) error) error {
	var err error
	if r.App, err = app.Open(ctx, r.config, when.System); err != nil {
		return err
	}
	r.running = append(r.running, r.App.Close)
	if watch != nil {
		if err := watch(r.App); err != nil {
			return err
		}
	}
	root, err := Root()
	if err != nil {
		return err
	}
	spec, err := os.ReadFile(filepath.Join(root, "openapi.yaml"))
	if err != nil {
		return err
	}
	description, err := edge.ReadSpec(spec)
	if err != nil {
		return err
	}
	handler, err := api.NewWith(r.App, description, spec)
	if err != nil {
		return err
	}
	web.Register(handler, r.App, description)
	r.App.Start()
	if r.URL, r.server, err = Serve(ctx, handler); err != nil {
		return err
	}
	r.running = append(r.running, r.server.Close)
	return nil
}

// Left is where a system lies that Stop has ended.
type Left struct{ Data, DatabaseURL, Secrets string }

// settings are the defaults of serve.
func (l Left) settings() app.Config {
	return app.Config{Data: l.Data, DatabaseURL: l.DatabaseURL, Secrets: l.Secrets, DBConns: 16, Busy: 5 * time.Second, Poll: 200 * time.Millisecond}
}

// Open serves what another process has left, until Close, which deletes nothing.
func Open(ctx context.Context, l Left) (*Rig, error) {
	r := &Rig{config: l.settings(), Data: l.Data}
	if err := r.open(ctx, nil); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Stop ends the system and leaves what it wrote, until Close, for another process to open.
func (r *Rig) Stop() (Left, error) {
	return Left{r.config.Data, r.config.DatabaseURL, r.config.Secrets}, backwards(&r.running)
}

// prepare makes what Close deletes: the data folder and, on PostgreSQL, a migrated database.
func (r *Rig) prepare(ctx context.Context, o Options) (app.Config, error) {
	config := Left{}.settings()
	var err error
	if config.Data, err = os.MkdirTemp("", "jiebang-bench-"); err != nil {
		return config, err
	}
	r.Data = config.Data
	r.undo = append(r.undo, func() error { return os.RemoveAll(config.Data) })
	if o.Database == db.SQLite {
		return config, nil
	}
	url, drop, err := createDatabase(ctx, o.Postgres)
	if err != nil {
		return config, err
	}
	r.undo = append(r.undo, drop)
	config.DatabaseURL, config.Secrets = url, filepath.Join(config.Data, "secrets.json")
	if _, err := seal.Open(config.Secrets, true); err != nil {
		return config, err
	}
	d, err := db.Open(ctx, db.Options{URL: url})
	if err != nil {
		return config, err
	}
	return config, errors.Join(d.Migrate(ctx), d.Close())
}

// Close ends the system and deletes what it wrote.
func (r *Rig) Close() error { return errors.Join(backwards(&r.running), backwards(&r.undo)) }

// backwards undoes steps, the last first, once.
func backwards(steps *[]func() error) error {
	var errs []error
	for _, undo := range slices.Backward(*steps) {
		errs = append(errs, undo())
	}
	*steps = nil
	return errors.Join(errs...)
}

// Serve serves a handler on loopback with the settings of the real server.
func Serve(ctx context.Context, handler http.Handler) (string, *http.Server, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second, WriteTimeout: 60 * time.Second}
	go func() { _ = s.Serve(listener) }() // ends with Close
	return "http://" + listener.Addr().String(), s, nil
}

// Quiet has the log written as in production and thrown away, so that its cost stays and its lines do not.
func Quiet() {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
}

// Root is the folder of the checkout, found upwards from the working folder.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "openapi.yaml")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("run this inside the checkout: no openapi.yaml at or above the working folder")
		}
		dir = up
	}
}

// CaughtUp waits until every Change so far is in the index.
func (r *Rig) CaughtUp(ctx context.Context) error {
	for {
		pending, err := r.App.Relay.Pending(ctx)
		if err != nil {
			return err
		}
		head, err := r.App.Relay.Head(ctx)
		if err != nil {
			return err
		}
		if pending == 0 && r.App.Index.Place() >= head {
			return nil
		}
		if err := Sleep(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
}

// Sleep waits, unless ctx ends.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
