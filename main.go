// Command jiebang runs a technology-transfer marketplace: results, needs, matches, deals, contracts and their turnover.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"jiebang/internal/app"
)

//go:embed openapi.yaml
var contract []byte

type commands struct {
	Demo     demoCommand     `cmd:"" help:"演示：在本机以演示数据启动 Start with demo data, on loopback, in a database of its own."`
	Serve    serveCommand    `cmd:"" help:"启动服务 Run the server."`
	Migrate  migrateCommand  `cmd:"" help:"数据库结构升级 Bring the database schema up to date, or show its state."`
	Import   importCommand   `cmd:"" help:"导入 Bring records in from files."`
	Reindex  reindexCommand  `cmd:"" help:"重建检索索引 Rebuild the search index from the database."`
	Verify   verifyCommand   `cmd:"" help:"核对台账与审计链 Recompute the ledger, its sums and the audit chain."`
	User     userCommand     `cmd:"" help:"账号管理 Manage accounts."`
	Synonyms synonymsCommand `cmd:"" help:"同义词 Synonyms of the trade for search."`
	Eval     evalCommand     `cmd:"" help:"评测匹配效果 Measure how well needs find their documents."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx)
	stop()
	os.Exit(code)
}

func run(ctx context.Context) int {
	config, err := app.ReadConfig()
	if err != nil {
		fmt.Fprintln(os.Stderr, "jiebang:", err)
		return 2
	}
	slog.SetDefault(config.Logger())
	parsed := kong.Parse(&commands{}, kong.Name("jiebang"), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Description("揭榜 — 技术转移市场。A technology-transfer marketplace: from a result and a need to turnover that counts.\n\n"+
			"设置取自环境变量，见 serve --print-config。Settings come from the environment; see serve --print-config."))
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(config); err != nil {
		fmt.Fprintln(os.Stderr, "jiebang:", err)
		return 1
	}
	return 0
}
