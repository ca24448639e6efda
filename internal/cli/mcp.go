package cli

import (
	"context"
	"os"

	"jiebang/internal/assist"
)

// keyVariable holds the key with which an assistant asks. It is no option: what a program was started with is there to be read by others.
const keyVariable = "JIEBANG_KEY"

type mcpCommand struct {
	URL string `name:"url" default:"http://127.0.0.1:8080" help:"系统的地址 The system's address. 密钥取自环境变量 The key comes from the environment: JIEBANG_KEY."`
}

// Run serves until the assistant ends. It opens no database: it asks a running system.
func (c mcpCommand) Run(ctx context.Context) error {
	if err := assist.Stdio(ctx, c.URL, os.Getenv(keyVariable)); err != nil && ctx.Err() == nil {
		return apart{err}
	}
	return nil
}
