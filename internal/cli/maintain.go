package cli

import (
	"context"
	"fmt"
	"strings"

	"jiebang/internal/app"
)

type reindexCommand struct{}

func (reindexCommand) Run(ctx context.Context, config app.Config) error {
	if err := config.MustExist(); err != nil {
		return err
	}
	if err := app.DropIndex(config.Data); err != nil {
		return err
	}
	return withApp(ctx, config, func(a *app.App) error {
		n, err := a.Settle(ctx)
		if err == nil {
			fmt.Printf("索引已完整：%[1]d 篇，至第 %[2]d 条变更。index complete: %[1]d documents, up to change %[2]d\n", n, a.Index.Place())
		}
		return err
	})
}

type restoredCommand struct{}

func (restoredCommand) Run(ctx context.Context, config app.Config) error {
	if err := config.MustExist(); err != nil {
		return err
	}
	return withRecords(ctx, config, func(a *app.App) error {
		id, err := a.Relay.Renew(ctx, a.Unit)
		if err == nil {
			fmt.Printf("数据库的新标识 the database's new identity: %s\n", id)
		}
		return err
	})
}

type verifyCommand struct{}

func (verifyCommand) Run(ctx context.Context, config app.Config) error {
	if err := config.MustExist(); err != nil {
		return err
	}
	return withRecords(ctx, config, func(a *app.App) error {
		report, err := a.Verify(ctx)
		if err != nil {
			return err
		}
		for _, line := range report.Lines {
			fmt.Println(line)
		}
		if len(report.Problems) > 0 {
			return fmt.Errorf("%[1]d 处不一致 %[1]d problems:\n%[2]s", len(report.Problems), strings.Join(report.Problems, "\n"))
		}
		fmt.Println("台账、汇总与审计链一致 ledger, sums and audit chain agree")
		return nil
	})
}
