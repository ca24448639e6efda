// Package cli is the commands of the program: what each is called, what may be said to it, and what it prints. What a command
// does is done by the packages it calls.
package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"jiebang/internal/app"
	"jiebang/internal/fault"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

type commands struct {
	Demo     demoCommand     `cmd:"" help:"演示：在本机以演示数据启动 Start with demo data, on loopback, in a database of its own."`
	Serve    serveCommand    `cmd:"" help:"启动服务 Run the server."`
	Migrate  migrateCommand  `cmd:"" help:"数据库结构升级 Bring the database schema up to date, or show its state."`
	Import   importCommand   `cmd:"" help:"导入 Bring records in from files."`
	Reindex  reindexCommand  `cmd:"" help:"重建检索索引 Rebuild the search index from the database."`
	Verify   verifyCommand   `cmd:"" help:"核对台账与审计链 Recompute the ledger, its sums and the audit chain."`
	Check    checkCommand    `cmd:"" help:"脱机验算台账的导出文件 Check an export of the ledger by the file alone, without server or database."`
	Restored restoredCommand `cmd:"" help:"恢复之后：换新的数据库标识 After a restore: give the database an identity of its own, so that indexes of before are made anew."`
	Keys     keysCommand     `cmd:"" help:"密钥 Keys of the secret file: make, list, rotate, reseal, retire."`
	MCP      mcpCommand      `cmd:"" name:"mcp" help:"供智能助手使用：在标准输入输出上提供 MCP 工具 Tools for an assistant that starts this program (Model Context Protocol on standard input and output)."`
	User     userCommand     `cmd:"" help:"账号管理 Manage accounts."`
	Synonyms synonymsCommand `cmd:"" help:"同义词 Synonyms of the trade for search."`
	Eval     evalCommand     `cmd:"" help:"评测匹配效果 Measure how well needs find their documents."`
}

// Edge makes the HTTP edge over an open system. It is handed in, because the edge stands above what this package may know.
type Edge func(*app.App) (http.Handler, error)

// Run runs the command that args name, until it is done or ctx ends, and returns the exit code of the process. After --help, and
// for arguments that it cannot read, kong itself ends the process.
func Run(ctx context.Context, args []string, edge Edge) int {
	private()
	config, err := app.ReadConfig()
	if err != nil {
		fmt.Fprintln(os.Stderr, "jiebang:", err)
		return 2
	}
	slog.SetDefault(config.Logger())
	parser, err := kong.New(&commands{}, kong.Name("jiebang"), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Description("揭榜 — 技术转移市场。A technology-transfer marketplace: from a result and a need to turnover that counts.\n\n"+
			"设置取自环境变量，见 serve --print-config。Settings come from the environment; see serve --print-config."))
	if err != nil {
		panic(err) // a programming error: the tags of commands cannot be read
	}
	parsed, err := parser.Parse(args)
	parser.FatalIfErrorf(err)
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := blamed(parsed.Run(config, edge)); err != nil {
		fmt.Fprintln(os.Stderr, "jiebang:", said(err))
		return 1
	}
	return 0
}

// apart is an error of something that has nothing to do with the database: a file that was brought along, standard input, an endpoint that was
// asked. It may sound like that of a connection, and is told as what it is.
type apart struct{ error }

func (a apart) Unwrap() error { return a.error }

// blamed takes an error for one of the database only where nothing else is known to have caused it.
func blamed(err error) error {
	if errors.As(err, new(apart)) {
		return err
	}
	return work.Fault(err)
}

// said is what an error says to a person: a refusal in its words, place by place, and with its code, by which the pages tell more.
func said(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err.Error()
	}
	out := f.Text.String()
	if !f.Detail.IsZero() {
		out = f.Detail.String()
	}
	out += " (" + f.Code + ")"
	for _, field := range f.Fields {
		out += "\n  " + strings.TrimPrefix(field.Pointer, "/") + ": " + field.Message.String()
	}
	if cause := errors.Unwrap(f); cause != nil {
		out += "\n  " + cause.Error()
	}
	return out
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
