package embed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// ask sends one request, and again after growing pauses while the failure may
// pass.
func (c *Client) ask(ctx context.Context, texts []string) ([][]float32, error) {
	body, err := json.Marshal(request{Model: c.config.Model, Input: texts, Format: "float"})
	if err != nil {
		return nil, fmt.Errorf("embed: %w", err)
	}
	pause := c.config.Pause
	for try := 1; ; try++ {
		vectors, err := c.send(ctx, body, len(texts))
		if err == nil || try == c.config.Tries || ctx.Err() != nil || !passing(err) {
			return vectors, err
		}
		// Up to half as long again, so that many who failed together do not come
		// back together.
		wait := pause + rand.N(pause/2+1) //nolint:gosec // spreads requests, not a secret
		if status := (*StatusError)(nil); errors.As(err, &status) {
			wait = max(wait, status.RetryAfter)
		}
		if wait > longestPause {
			return nil, err
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
		pause = min(2*pause, longestPause/2)
	}
}

// passing tells whether trying again may help: what the endpoint says is
// temporary, and whatever failed on the way.
func passing(err error) bool {
	if status := (*StatusError)(nil); errors.As(err, &status) {
		return status.Temporary()
	}
	return !errors.Is(err, ErrResponse)
}

// sleep waits, or returns an error at once when the context would end before.
func sleep(ctx context.Context, d time.Duration) error {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d { //nolint:forbidigo // how long is left of a wait
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

type request struct {
	Model  string   `json:"model"`
	Input  []string `json:"input"`
	Format string   `json:"encoding_format"`
}

type response struct {
	Data []struct {
		Index     *int            `json:"index"`
		Embedding json.RawMessage `json:"embedding"`
	} `json:"data"`
}

// Bounds of a response: some room for everything around, and for each vector the
// largest dimension with 24 bytes a number.
const (
	responseBase    = 1 << 20
	responsePerText = maxDimension * 24
)

func (c *Client) send(ctx context.Context, body []byte, texts int) ([][]float32, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("embed: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if c.config.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.config.Key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, network(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		// A short body is read to its end, so that the connection can be used again.
		_, _ = io.CopyN(io.Discard, res.Body, 64<<10)
		return nil, &StatusError{Status: res.StatusCode, RetryAfter: retryAfter(res.Header)}
	}
	limit := int64(responseBase + texts*responsePerText)
	data, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return nil, network(err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes for %d texts", ErrResponse, limit, texts)
	}
	return c.read(data, texts)
}

// network strips the address from an error of the HTTP client: it is known, and
// the rest says what happened.
func network(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("embed: %w", err)
}

// retryAfter reads the header of that name, in seconds or as a date; 0 if it is
// missing or makes no sense.
func retryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if n, err := strconv.Atoi(value); err == nil && n > 0 && n < 1<<31 {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(time.Until(at), 0) //nolint:forbidigo // the endpoint's date is on its own clock
	}
	return 0
}

// read takes the vectors out of an answer, in the order of the texts.
func (c *Client) read(data []byte, texts int) ([][]float32, error) {
	var r response
	if err := json.Unmarshal(data, &r); err != nil {
		// The decoder's own text could quote the answer.
		return nil, fmt.Errorf("%w: not JSON of the expected form", ErrResponse)
	}
	if len(r.Data) != texts {
		return nil, fmt.Errorf("%w: %d vectors for %d texts", ErrResponse, len(r.Data), texts)
	}
	out := make([][]float32, texts)
	for _, d := range r.Data {
		if d.Index == nil || *d.Index < 0 || *d.Index >= texts || out[*d.Index] != nil {
			return nil, fmt.Errorf("%w: the vectors are not numbered from 0 to %d", ErrResponse, texts-1)
		}
		var v []float32
		// null among the numbers would be read as nothing said, which is 0.
		if err := json.Unmarshal(d.Embedding, &v); err != nil || bytes.ContainsRune(d.Embedding, 'n') {
			return nil, fmt.Errorf("%w: vector %d is not a list of numbers", ErrResponse, *d.Index)
		}
		if len(v) == 0 || len(v) > maxDimension {
			return nil, fmt.Errorf("%w: vector %d has %d components", ErrResponse, *d.Index, len(v))
		}
		if err := unit(v); err != nil {
			return nil, err
		}
		out[*d.Index] = v
	}
	for _, v := range out {
		if len(v) != len(out[0]) {
			return nil, fmt.Errorf("%w: vectors of %d and of %d components", ErrResponse, len(out[0]), len(v))
		}
	}
	if !c.agrees(len(out[0])) {
		return nil, fmt.Errorf("%w: vectors of %d components, those before had %d", ErrResponse, len(out[0]), c.dimension.Load())
	}
	return out, nil
}
