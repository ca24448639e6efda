package cli

import (
	"context"
	"errors"
	"fmt"

	"jiebang/internal/app"
	"jiebang/internal/db"
)

type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"升级到最新 Run the migrations that are missing."`
	Status migrateStatus `cmd:"" help:"查看状态 List the migrations and which have run."`
}

type (
	migrateUp     struct{}
	migrateStatus struct{}
)

func (migrateUp) Run(ctx context.Context, config app.Config) error {
	return withDatabase(ctx, config, func(d *db.DB) error { return d.Migrate(ctx) })
}

func (migrateStatus) Run(ctx context.Context, config app.Config) error {
	return withDatabase(ctx, config, func(d *db.DB) error {
		rows, err := d.MigrationStatus(ctx)
		for _, r := range rows {
			state := "missing"
			if r.Applied {
				state = "applied"
			}
			fmt.Printf("%04d  %-8s %s\n", r.Version, state, r.Name)
		}
		return err
	})
}

func withDatabase(ctx context.Context, config app.Config, fn func(*db.DB) error) error {
	run := func() error {
		d, err := db.Open(ctx, db.Options{URL: config.DatabaseURL, Dir: config.Data})
		if err != nil {
			return err
		}
		return errors.Join(fn(d), d.Close())
	}
	if config.DatabaseURL != "" {
		return run() // goose has a lock of its own there
	}
	return app.WithFolder(config.Data, run)
}
