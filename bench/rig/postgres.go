package rig

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

// createDatabase makes an empty database beside the one that dsn names; drop deletes it. The driver's name is registered by
// package db.
func createDatabase(ctx context.Context, dsn string) (made string, drop func() error, err error) {
	name := "jiebang_bench_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if made, err = inDatabase(dsn, name); err != nil {
		return "", nil, err
	}
	if err := execute(ctx, dsn, "CREATE DATABASE "+name); err != nil {
		return "", nil, fmt.Errorf("create a database: %w", err)
	}
	return made, func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		return execute(ctx, dsn, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	}, nil
}

func execute(ctx context.Context, dsn, statement string) error {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, statement)
	return errors.Join(err, pool.Close())
}

// inDatabase names another database in a DSN of either form.
func inDatabase(dsn, name string) (string, error) {
	if !strings.Contains(dsn, "://") {
		return dsn + " dbname=" + name, nil // the last value of a keyword holds
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", fmt.Errorf("JIEBANG_TEST_POSTGRES: %w", err)
	}
	u.Path = "/" + name
	return u.String(), nil
}
