package main_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"jiebang/internal/db"
)

// An assistant that starts the program itself asks a running system by it, and nothing but the protocol comes out of the program.
func TestAnAssistantStartsTheProgram(t *testing.T) {
	env := environment(db.Options{}, t.TempDir())
	server := serve(t, env)
	cmd := exec.Command(program, "mcp", "--url", server.url+"/")
	cmd.Env = env
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.CommandTransport{Command: cmd}, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "turnover", Arguments: map[string]any{"from": "2026-01-01", "to": "2026-12-31", "by": "year"}})
	if err != nil || answer.IsError {
		t.Fatal(err, answer)
	}
	if text := answer.Content[0].(*mcp.TextContent).Text; !strings.Contains(text, server.url+"/turnover") {
		t.Errorf("no address in %s", text)
	}
	server.stop()
	if answer, err = session.CallTool(t.Context(), &mcp.CallToolParams{Name: "find", Arguments: map[string]any{"q": "废气"}}); err != nil || !answer.IsError || !strings.Contains(answer.Content[0].(*mcp.TextContent).Text, "没有应答") {
		t.Errorf("of a system that is away it says %v, %v", answer, err)
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	if out, err := command(t, env, "mcp", "--url", "jiebang.example.org"); err == nil || !strings.Contains(out, "形如 https://") {
		t.Errorf("an address that is none: %v %s", err, out)
	}
}
