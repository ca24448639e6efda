package rig

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// Send puts bytes as they come.
func (c *Client) Send(ctx context.Context, path string, body io.Reader, size int64) error {
	return c.stream(ctx, http.MethodPut, path, body, size, nil)
}

// Fetch writes a content as it comes.
func (c *Client) Fetch(ctx context.Context, path string, to io.Writer) error {
	return c.stream(ctx, http.MethodGet, path, nil, 0, to)
}

// Delete removes what was read at etag.
func (c *Client) Delete(ctx context.Context, path, etag string) error {
	_, err := c.send(ctx, http.MethodDelete, path, nil, "If-Match", etag)
	return err
}

func (c *Client) stream(ctx context.Context, method, path string, body io.Reader, size int64, to io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, method, c.URL+path, body)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/octet-stream")
		req.ContentLength = size
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	resp, err := transport.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		raw, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%s %s: %s\n%s", method, path, resp.Status, raw)
	}
	if to == nil {
		to = io.Discard
	}
	_, err = io.CopyBuffer(to, onlyReader{resp.Body}, make([]byte, 256<<10))
	return err
}

// onlyReader has no short cuts.
type onlyReader struct{ io.Reader }
