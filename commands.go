package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"jiebang/internal/accounts"
	"jiebang/internal/app"
	"jiebang/internal/db"
	"jiebang/internal/exchange"
	"jiebang/internal/when"
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

type importCommand struct {
	Results importResults `cmd:"" help:"导入成果 Import results from JSON Lines (id, title, abstract, keywords, field, …), gzip or not. Safe to run twice."`
}

type importResults struct {
	File         string `arg:"" type:"existingfile" help:"JSON Lines, gzip or not."`
	Submitter    string `required:"" help:"提交人用户名 User name of the member who submits."`
	Publisher    string `help:"发布人用户名 User name of the second person; without one the results stay submitted."`
	Owner        string `required:"" help:"所属单位的统一社会信用代码 Credit code of the owner."`
	Scheme       string `default:"import" help:"外部编号体系 Scheme of the rows' ids."`
	Field        string `help:"未写明领域的行归入此领域 Field of rows that name none; without it they are refused."`
	DeriveTitles bool   `help:"无标题的行取摘要首句为题 Rows without a title take the first clause of their abstract."`
}

func (c importResults) Run(ctx context.Context, config app.Config) error {
	return withRecords(ctx, config, func(a *app.App) error {
		o := exchange.ResultImport{Scheme: c.Scheme, Field: c.Field, DeriveTitles: c.DeriveTitles}
		var err error
		if o.Submitter, err = a.ActorNamed(ctx, c.Submitter); err != nil {
			return err
		}
		if c.Publisher != "" {
			if o.Publisher, err = a.ActorNamed(ctx, c.Publisher); err != nil {
				return err
			}
		}
		if o.Owner, err = a.Orgs.ByCreditCode(ctx, c.Owner); err != nil {
			return err
		}
		file, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		report, err := exchange.Results(ctx, a.Results, file, o, func(r exchange.Report) {
			fmt.Fprintf(os.Stderr, "\r已读 %d 行，新增 %d,已有 %d,发布 %d,拒收 %d ", r.Lines, r.Created, r.Known, r.Published, len(r.Refused))
		})
		fmt.Fprintln(os.Stderr)
		printReport(os.Stdout, report)
		return err
	})
}

func printReport(w io.Writer, r exchange.Report) {
	fmt.Fprintf(w, "lines %d, created %d, already there %d, published %d, titles derived %d, refused %d\n",
		r.Lines, r.Created, r.Known, r.Published, r.TitlesDerived, len(r.Refused))
	for _, e := range r.Refused {
		fmt.Fprintln(w, e.Error())
	}
}

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
			fmt.Printf("index complete: %d documents, up to change %d\n", n, a.Index.Place())
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
			return fmt.Errorf("%d problems:\n%s", len(report.Problems), strings.Join(report.Problems, "\n"))
		}
		fmt.Println("台账、汇总与审计链一致 ledger, sums and audit chain agree")
		return nil
	})
}

type userCommand struct {
	Create createUser `cmd:"" help:"创建运营方账号 Create an operator's account, such as the first one. The password is read from JIEBANG_PASSWORD or standard input."`
}

type createUser struct {
	Username string `arg:"" help:"用户名 User name."`
	Name     string `required:"" help:"姓名 Name."`
}

func (c createUser) Run(ctx context.Context, config app.Config) error {
	password, err := readPassword()
	if err != nil {
		return err
	}
	return withRecords(ctx, config, func(a *app.App) error {
		account, err := a.Accounts.CreateOperator(ctx, accounts.SignUpInput{Username: c.Username, Password: password, Name: c.Name})
		if err == nil {
			fmt.Printf("operator %s created: %s\n", account.Username, account.ID)
		}
		return err
	})
}

// readPassword takes the password from the environment, from a terminal without showing it, or as a line of standard input.
func readPassword() (string, error) {
	if p := os.Getenv("JIEBANG_PASSWORD"); p != "" {
		return p, nil
	}
	if term.IsTerminal(int(os.Stdin.Fd())) {
		fmt.Fprint(os.Stderr, "密码 password: ")
		p, err := term.ReadPassword(int(os.Stdin.Fd()))
		fmt.Fprintln(os.Stderr)
		return string(p), err
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && line == "" {
		return "", fmt.Errorf("no password on standard input: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// withRecords opens the system without search.
func withRecords(ctx context.Context, config app.Config, fn func(*app.App) error) error {
	a, err := app.OpenRecords(ctx, config, when.System)
	if err != nil {
		return err
	}
	return errors.Join(fn(a), a.Close())
}

// withApp opens the system without HTTP and without background work.
func withApp(ctx context.Context, config app.Config, fn func(*app.App) error) error {
	a, err := app.Open(ctx, config, when.System)
	if err != nil {
		return err
	}
	return errors.Join(fn(a), a.Close())
}
