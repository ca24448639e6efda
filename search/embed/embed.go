// Package embed turns texts into vectors by asking an endpoint of the
// OpenAI-compatible kind (POST /v1/embeddings), as many models and servers offer
// it, on the network or on the machine beside.
//
// It decides how texts are put together into requests, what is tried again and
// when, which answers are believed, and what is remembered: with a Cache, a text
// is sent once for each model. It leaves to its caller which texts may leave the
// house: whatever is given to Embed may be sent.
//
// The key is sent to the configured endpoint alone: redirects are not followed,
// and neither the key nor the texts, nor what the endpoint answers, is part of
// any error.
package embed

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync/atomic"
	"time"
)

var (
	// ErrConfig says that the settings cannot work; the text says which.
	ErrConfig = errors.New("embed: setting")
	// ErrResponse says that the endpoint answered with something else than one
	// vector for each text. Asking again would not help.
	ErrResponse = errors.New("embed: unusable response")
)

// StatusError is an answer with another status than 200.
type StatusError struct {
	Status int
	// RetryAfter is how long the endpoint asked to be left alone, 0 if it did not
	// say.
	RetryAfter time.Duration
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("embed: the endpoint answered %d %s", e.Status, http.StatusText(e.Status))
}

// Temporary tells whether the same request may succeed later.
func (e *StatusError) Temporary() bool {
	return e.Status == http.StatusTooManyRequests || e.Status >= 500 && e.Status != http.StatusNotImplemented
}

// Config describes an endpoint. URL and Model are needed, the zero value of the
// others serves.
type Config struct {
	// URL is the base of the service, http or https, without name and password:
	// https://host and https://host/v1 mean https://host/v1/embeddings; an
	// address that ends in /embeddings is taken as it is.
	URL string
	// Model is the name that the endpoint knows the model by.
	Model string
	// Key is sent as a bearer token; empty sends none.
	Key string

	// BatchTexts and BatchBytes bound one request: the number of texts, 0 means
	// 64, and the sum of their bytes, 0 means 128 KiB. A longer text goes alone.
	BatchTexts, BatchBytes int
	// Timeout bounds one request; 0 means 30 s. The context given to Embed bounds
	// all together.
	Timeout time.Duration
	// Tries is how often a request is sent at most; 0 means 4.
	Tries int
	// Pause is the wait before the second try; each further wait is twice as
	// long, up to a minute. 0 means 250 ms.
	Pause time.Duration

	// Cache, when not nil, keeps vectors between calls and runs. The caller
	// closes it.
	Cache *Cache
}

const (
	defaultBatchTexts = 64
	defaultBatchBytes = 128 << 10
	defaultTimeout    = 30 * time.Second
	defaultTries      = 4
	defaultPause      = 250 * time.Millisecond
	longestPause      = time.Minute

	// maxDimension is above what any model gives today (4,096).
	maxDimension = 8192
)

// Client asks one endpoint for vectors of one model. Its methods may be called
// from several goroutines.
type Client struct {
	config   Config
	endpoint string
	http     *http.Client
	// dimension is that of the first vector seen, 0 before.
	dimension atomic.Int64
}

// New checks the settings; it sends nothing. Errors are ErrConfig.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%w: the address must begin with http:// or https:// and name a host", ErrConfig)
	case u.User != nil:
		return nil, fmt.Errorf("%w: the address must not contain a name or password", ErrConfig)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%w: the address must end with its path", ErrConfig)
	case strings.TrimSpace(c.Model) == "":
		return nil, fmt.Errorf("%w: a model must be named", ErrConfig)
	case strings.ContainsFunc(c.Key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, fmt.Errorf("%w: the key must be visible ASCII characters without spaces", ErrConfig)
	case c.BatchTexts < 0 || c.BatchBytes < 0 || c.Timeout < 0 || c.Tries < 0 || c.Pause < 0:
		return nil, fmt.Errorf("%w: a bound is negative", ErrConfig)
	}
	switch last := path.Base(u.Path); {
	case last == "embeddings":
	case last == "v1":
		u = u.JoinPath("embeddings")
	default:
		u = u.JoinPath("v1", "embeddings")
	}
	c.BatchTexts = orDefault(c.BatchTexts, defaultBatchTexts)
	c.BatchBytes = orDefault(c.BatchBytes, defaultBatchBytes)
	c.Timeout = orDefault(c.Timeout, defaultTimeout)
	c.Tries = orDefault(c.Tries, defaultTries)
	c.Pause = orDefault(c.Pause, defaultPause)
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		MaxIdleConnsPerHost:   4,
		IdleConnTimeout:       90 * time.Second,
		ForceAttemptHTTP2:     true,
		ExpectContinueTimeout: time.Second,
	}
	return &Client{config: c, endpoint: u.String(), http: &http.Client{
		Transport: transport,
		// A redirect is answered as it is: texts and key go to no other place.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func orDefault[T int | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// Close lets go of idle connections. The client may be used again afterwards.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Embed returns one vector of unit length for each text, in the same order and
// all of one dimension. It returns what the cache has without asking, and the
// same text gives the same vector whether it is asked or remembered.
//
// Either all vectors come back or an error does: a *StatusError, ErrResponse,
// the context's error, or the network's. What was received before an error is in
// the cache, so that trying again sends only the rest.
func (c *Client) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	var missing []int
	asked := map[string]int{} // a text that is there twice is sent once
	var again [][2]int
	for i, t := range texts {
		if j, twice := asked[t]; twice {
			again = append(again, [2]int{i, j})
			continue
		}
		if v := c.remembered(t); v != nil {
			out[i] = v
			continue
		}
		asked[t] = i
		missing = append(missing, i)
	}
	for len(missing) > 0 {
		n := c.batch(texts, missing)
		part := make([]string, n)
		for i, at := range missing[:n] {
			part[i] = texts[at]
		}
		vectors, err := c.ask(ctx, part)
		if err != nil {
			return nil, err
		}
		for i, at := range missing[:n] {
			out[at] = vectors[i]
			if c.config.Cache != nil {
				c.config.Cache.Put(c.config.Model, texts[at], vectors[i])
			}
		}
		missing = missing[n:]
	}
	for _, pair := range again {
		out[pair[0]] = out[pair[1]]
	}
	return out, nil
}

// remembered is the cached vector of a text, nil if there is none.
func (c *Client) remembered(text string) []float32 {
	if c.config.Cache == nil {
		return nil
	}
	v := c.config.Cache.Get(c.config.Model, text)
	if v == nil || !c.agrees(len(v)) {
		return nil
	}
	return v
}

// agrees tells whether a dimension is that of all vectors before; the first one
// decides.
func (c *Client) agrees(dimension int) bool {
	return c.dimension.CompareAndSwap(0, int64(dimension)) || c.dimension.Load() == int64(dimension)
}

// batch is how many of the missing texts fit into one request, at least one.
func (c *Client) batch(texts []string, missing []int) int {
	bytes := 0
	for i, at := range missing {
		bytes += len(texts[at])
		if i == c.config.BatchTexts || i > 0 && bytes > c.config.BatchBytes {
			return i
		}
	}
	return len(missing)
}

// unit scales a vector to length 1. It fails for what has no direction or is
// not a number.
func unit(v []float32) error {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return fmt.Errorf("%w: a component is not a finite number", ErrResponse)
	}
	if sum < 1e-30 {
		return fmt.Errorf("%w: a vector has no length", ErrResponse)
	}
	by := 1 / math.Sqrt(sum)
	for i := range v {
		v[i] = float32(float64(v[i]) * by)
	}
	return nil
}
