package cli

import (
	"cmp"
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
	return withDatabase(ctx, config, func(d *db.DB) error {
		if err := d.Migrate(ctx); err != nil {
			return err
		}
		return grant(ctx, config, d)
	})
}

// grant gives the application's role what it needs, where migrations have one of their own.
func grant(ctx context.Context, config app.Config, d *db.DB) error {
	if config.MigrateURL == "" || config.DatabaseURL == "" {
		return nil
	}
	owner, err := db.User(config.MigrateURL)
	if err != nil {
		return fmt.Errorf("MIGRATE_DATABASE_URL: %w", err)
	}
	role, err := db.User(config.DatabaseURL)
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	if role == owner {
		return errors.New("MIGRATE_DATABASE_URL and DATABASE_URL sign in by one role; the application's own must not own the tables")
	}
	return d.Grant(ctx, role)
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
	url := cmp.Or(config.MigrateURL, config.DatabaseURL)
	run := func() error {
		d, err := db.Open(ctx, db.Options{URL: url, Dir: config.Data})
		if err != nil {
			return err
		}
		return errors.Join(fn(d), d.Close())
	}
	if url != "" {
		return run() // goose has a lock of its own there
	}
	return app.WithFolder(config.Data, run)
}
