package assist

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Path is where the tools are reached over HTTP.
const Path = "/mcp"

const (
	largestQuestion = 64 << 10
	largestAnswer   = 8 << 20
)

// Handler serves the tools over streamable HTTP. It keeps no session: each request stands by itself and is answered in one piece. answer has a call
// answered in this process with the key and from the address that the request came with, so that policy, rates and audit are those of any other call.
func Handler(site string, answer func(q, from *http.Request) (status int, body []byte)) http.Handler {
	return mcp.NewStreamableHTTPHandler(func(from *http.Request) *mcp.Server {
		return Server(site, func(ctx context.Context, c Call) (int, []byte, error) {
			q, err := request(ctx, "", c)
			if err != nil {
				return 0, nil, err
			}
			status, body := answer(q, from)
			return status, body, nil
		})
	}, &mcp.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, MaxRequestBodyBytes: largestQuestion, PropagateRequestCancellation: true,
		// A page that finds its way here by another name reads what every visitor may read: whoever is more has a key, which no browser adds by itself.
		// The guard of the library would refuse every proxy on the same machine that hands the name on.
		DisableLocalhostProtection: true,
	})
}

// Stdio serves the tools to the program that started this one, and asks the system at base over HTTP, with a key where one is given; until that
// program ends.
func Stdio(ctx context.Context, base, key string) error {
	base = strings.TrimRight(base, "/")
	if u, err := url.Parse(base); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("系统的地址形如 https://jiebang.example.org，不能是 %q。The system's address is written https://jiebang.example.org", base)
	}
	client := &http.Client{Timeout: time.Minute}
	return Server(base, func(ctx context.Context, c Call) (int, []byte, error) {
		q, err := request(ctx, base, c)
		if err != nil {
			return 0, nil, err
		}
		if key != "" {
			q.Header.Set("Authorization", "Bearer "+key)
		}
		resp, err := client.Do(q)
		if err != nil {
			return 0, nil, fmt.Errorf("%s 没有应答。No answer from there: %w", base, err)
		}
		defer func() { _ = resp.Body.Close() }()
		answer, err := io.ReadAll(io.LimitReader(resp.Body, largestAnswer))
		return resp.StatusCode, answer, err
	}).Run(ctx, &mcp.StdioTransport{})
}

func request(ctx context.Context, base string, c Call) (*http.Request, error) {
	address := base + c.Path
	if len(c.Query) > 0 {
		address += "?" + c.Query.Encode()
	}
	var body bytes.Buffer
	if c.Body != nil {
		if err := json.NewEncoder(&body).Encode(c.Body); err != nil {
			return nil, err
		}
	}
	q, err := http.NewRequestWithContext(ctx, c.Method, address, &body)
	if err != nil {
		return nil, err
	}
	q.Header.Set("Accept", "application/json")
	if c.Body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	return q, nil
}
