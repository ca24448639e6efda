package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"jiebang/internal/accounts"
	"jiebang/internal/app"
	"jiebang/internal/mail"
)

type userCommand struct {
	Create      createUser  `cmd:"" help:"创建运营方账号 Create an operator's account, such as the first one. The password is read from JIEBANG_PASSWORD or standard input."`
	EndSessions endSessions `cmd:"" help:"退出某账号的全部登录 End all sessions of an account; its password stays."`
	Password    setPassword `cmd:"" help:"为忘记密码而没有邮箱的账号设置新密码，并退出其全部登录 Set a new password for an account, as of somebody who forgot it and has no address, and end its sessions. It is read from JIEBANG_PASSWORD or standard input."`
}

type endSessions struct {
	Username string `arg:"" help:"用户名 User name."`
}

func (c endSessions) Run(ctx context.Context, config app.Config) error {
	return withRecords(ctx, config, func(a *app.App) error {
		err := a.Accounts.CommandEndSessions(ctx, c.Username)
		if err == nil {
			fmt.Printf("sessions of %s ended\n", c.Username)
		}
		return err
	})
}

type setPassword struct {
	Username string `arg:"" help:"用户名 User name."`
}

func (c setPassword) Run(ctx context.Context, config app.Config) error {
	password, err := readPassword()
	if err != nil {
		return err
	}
	return withRecords(ctx, config, func(a *app.App) error {
		err := a.Accounts.CommandPassword(ctx, c.Username, password)
		if err == nil {
			fmt.Printf("password of %s set, its sessions ended\n", c.Username)
		}
		return err
	})
}

type createUser struct {
	Username string `arg:"" help:"用户名 User name."`
	Name     string `required:"" help:"姓名 Name."`
	Reason   string `help:"已有两位运营人员时，为何仍由命令建立；记入审计 Why by a command, where two operators are there who could appoint; it stays in the audit trail."`
	Email    string `help:"邮箱，用于找回密码 Address by which a forgotten password can be set anew; you vouch that it is theirs."`
}

func (c createUser) Run(ctx context.Context, config app.Config) error {
	if c.Email != "" {
		if _, err := mail.Parse(c.Email); err != nil {
			return fmt.Errorf("--email: %w", err)
		}
	}
	password, err := readPassword()
	if err != nil {
		return err
	}
	return withRecords(ctx, config, func(a *app.App) error {
		account, err := a.Accounts.CreateOperator(ctx, accounts.SignUpInput{Username: c.Username, Password: password, Name: c.Name}, c.Reason)
		if err == nil && c.Email != "" {
			err = a.Accounts.Vouch(ctx, c.Username, c.Email)
		}
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
		return "", apart{fmt.Errorf("标准输入中没有密码，请写入一行，或设置 JIEBANG_PASSWORD。 There is no password on standard input; write a line to it, or set JIEBANG_PASSWORD: %w", err)}
	}
	return strings.TrimRight(line, "\r\n"), nil
}
