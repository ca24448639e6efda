package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"
)

// J is a JSON object.
type J = map[string]any

// Client is somebody who calls the API; without a token a visitor. It may be used by several goroutines at once.
type Client struct {
	URL, Token, Username string
	// Browser tells that it reads pages: the token goes along as the cookie of a session, and forms are sent.
	Browser bool
	keys    atomic.Int64
}

// Answer is what came back.
type Answer struct {
	Header http.Header
	Raw    []byte
	ETag   string
}

// transport keeps a connection open for each client of a measurement.
var transport = &http.Client{Transport: &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 64, DisableCompression: true}}

// Get reads.
func (c *Client) Get(ctx context.Context, path string) (*Answer, error) {
	return c.send(ctx, "GET", path, nil, "", "")
}

// Post creates, with an Idempotency-Key of its own.
func (c *Client) Post(ctx context.Context, path string, body any) (*Answer, error) {
	return c.send(ctx, "POST", path, body, "Idempotency-Key", fmt.Sprintf("%s-%d", c.Username, c.keys.Add(1)))
}

// Act changes what was read at etag.
func (c *Client) Act(ctx context.Context, path, etag string, body any) (*Answer, error) {
	return c.send(ctx, "POST", path, body, "If-Match", etag)
}

// Form sends a form, as a page does.
func (c *Client) Form(ctx context.Context, path string, form url.Values) (*Answer, error) {
	return c.send(ctx, "POST", path, form, "", "")
}

// send sends a request with one header of its own; an answer other than 2xx is an error.
func (c *Client) send(ctx context.Context, method, path string, body any, header, value string) (*Answer, error) {
	var payload io.Reader
	kind := "application/json"
	if form, ok := body.(url.Values); ok {
		payload, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	} else if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		payload = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.URL+path, payload)
	if err != nil {
		return nil, err
	}
	if payload != nil {
		req.Header.Set("Content-Type", kind)
	}
	if header != "" {
		req.Header.Set(header, value)
	}
	if c.Browser {
		req.Header.Set("Accept", "text/html")
		req.AddCookie(&http.Cookie{Name: "jiebang_session", Value: c.Token}) //nolint:gosec // what a browser sends has no attributes
	} else if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	resp, err := transport.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		return nil, fmt.Errorf("%s %s: %s\n%s", method, path, resp.Status, raw)
	}
	return &Answer{Header: resp.Header, Raw: raw, ETag: resp.Header.Get("ETag")}, nil
}

// Read decodes the answer's body.
func (a *Answer) Read(into any) error { return json.Unmarshal(a.Raw, into) }

// Text is a text at the top of the body, or empty.
func (a *Answer) Text(name string) string {
	var body J
	_ = a.Read(&body) // what is no object has no such text
	s, _ := body[name].(string)
	return s
}

// ID is the identifier of the object in the body.
func (a *Answer) ID() uuid.UUID {
	id, _ := uuid.Parse(a.Text("id"))
	return id
}
