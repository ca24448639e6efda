package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"jiebang/internal/app"
	"jiebang/internal/work"
)

type keysCommand struct {
	Make   keysMake   `cmd:"" help:"生成第一个密钥文件 Make the first secret file, where JIEBANG_SECRETS says."`
	List   keysList   `cmd:"" help:"列出密钥（不含密钥本身）与各自的密封值数 List the keys, without secrets, and how many values each seals."`
	Rotate keysRotate `cmd:"" help:"加入新密钥，此后都用它密封 Add a key, by which everything is sealed from now on."`
	Reseal keysReseal `cmd:"" help:"用最新密钥重新密封全部旧值，可中断、可重做 Seal all older values by the newest key; may be interrupted and repeated."`
	Retire keysRetire `cmd:"" help:"停用并删除旧密钥，仍有值时拒绝 Delete an old key for good; refused while values of it remain."`
}

type keysMake struct{}

func (keysMake) Run(ctx context.Context, config app.Config) error {
	path, err := app.MakeSecrets(ctx, config)
	if err == nil {
		fmt.Printf("%s\n请另行备份，不与数据库备份放在一起。Back it up apart from the database.\n", path)
	}
	return err
}

type keysList struct{}

func (keysList) Run(ctx context.Context, config app.Config) error {
	return withKeys(ctx, config, func(a *app.App) error {
		all, err := a.Keys.List(ctx)
		if err != nil {
			return err
		}
		for _, k := range all {
			created, state := "not in the file    ", ""
			if !k.CreatedAt.IsZero() {
				created = k.CreatedAt.Format("2006-01-02 15:04:05")
			}
			switch {
			case k.Newest:
				state = "newest"
			case k.RetiredAt != nil:
				state = "retired " + k.RetiredAt.Format("2006-01-02")
			}
			var values []string
			for _, name := range slices.Sorted(maps.Keys(k.Values)) {
				values = append(values, fmt.Sprintf("%s %d", name, k.Values[name]))
			}
			fmt.Println(strings.TrimRight(fmt.Sprintf("%s  %s  %d values  %s  %s", k.ID, created, k.Total(), state, strings.Join(values, ", ")), " "))
		}
		return nil
	})
}

type keysRotate struct{}

func (keysRotate) Run(ctx context.Context, config app.Config) error {
	return withKeys(ctx, config, func(a *app.App) error {
		id, err := a.Keys.Rotate(ctx, work.Call{Operation: "keys rotate"})
		if err == nil {
			fmt.Printf("%s\n新值用此密钥密封；旧值仍可读，用 keys reseal 换新。请备份密钥文件。New values are sealed by it; old ones stay readable until keys reseal. Back the file up.\n", id)
		}
		return err
	})
}

type keysReseal struct{}

func (keysReseal) Run(ctx context.Context, config app.Config) error {
	return withKeys(ctx, config, func(a *app.App) error {
		done, err := a.Keys.Reseal(ctx, work.Call{Operation: "keys reseal"}, func(n int64) { fmt.Fprintf(os.Stderr, "resealed %d\n", n) })
		if err != nil {
			return err
		}
		fmt.Printf("%d values sealed anew by %s\n", done.Done, done.Key)
		if len(done.Broken) > 0 {
			return fmt.Errorf("%d values cannot be opened and stay as they are:\n%s", len(done.Broken), strings.Join(done.Broken, "\n"))
		}
		return nil
	})
}

type keysRetire struct {
	Key string `arg:"" help:"密钥编号 The key's id, as keys list shows it."`
}

func (c keysRetire) Run(ctx context.Context, config app.Config) error {
	return withKeys(ctx, config, func(a *app.App) error {
		err := a.Keys.Retire(ctx, work.Call{Operation: "keys retire"}, c.Key)
		if err == nil {
			fmt.Printf("%s is retired. Backups of the database from before need a secret file from before.\n", c.Key)
		}
		return err
	})
}

func withKeys(ctx context.Context, config app.Config, fn func(*app.App) error) error {
	if err := config.MustExist(); err != nil {
		return err
	}
	return withRecords(ctx, config, fn)
}
