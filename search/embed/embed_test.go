package embed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const secret = "sk-very-secret"

// endpoint is a server that answers requests one after the other with the
// answers given; the last one again and again.
type endpoint struct {
	*httptest.Server
	mu    sync.Mutex
	texts [][]string // of each request
}

type answer func(w http.ResponseWriter, r *http.Request, texts []string)

func serve(t *testing.T, answers ...answer) *endpoint {
	t.Helper()
	e := &endpoint{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body request
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Model != "m" || body.Format != "float" {
			t.Errorf("request %+v, %v", body, err)
		}
		e.mu.Lock()
		e.texts = append(e.texts, body.Input)
		n := len(e.texts)
		e.mu.Unlock()
		answers[min(n, len(answers))-1](w, r, body.Input)
	}))
	t.Cleanup(e.Server.Close)
	return e
}

func (e *endpoint) requests() [][]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.texts)
}

// good answers with (length of the text, 1), in the reverse order.
func good(w http.ResponseWriter, _ *http.Request, texts []string) {
	var data []map[string]any
	for i, t := range slices.Backward(texts) {
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": []float64{float64(len(t)), 1}})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": data, "model": "m"})
}

func status(code int, header ...string) answer {
	return func(w http.ResponseWriter, _ *http.Request, _ []string) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		http.Error(w, "no, because of "+secret, code)
	}
}

func raw(body string) answer {
	return func(w http.ResponseWriter, _ *http.Request, _ []string) { fmt.Fprint(w, body) }
}

func client(t *testing.T, url string, change ...func(*Config)) *Client {
	t.Helper()
	c := Config{URL: url, Model: "m", Key: secret, Pause: time.Millisecond, Timeout: 5 * time.Second}
	for _, f := range change {
		f(&c)
	}
	client, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func check(t *testing.T, vectors [][]float32, texts []string) {
	t.Helper()
	if len(vectors) != len(texts) {
		t.Fatalf("%d vectors for %d texts", len(vectors), len(texts))
	}
	for i, v := range vectors {
		n := float64(len(texts[i]))
		if len(v) != 2 || math.Abs(float64(v[0])-n/math.Hypot(n, 1)) > 1e-6 || math.Abs(float64(v[1])-1/math.Hypot(n, 1)) > 1e-6 {
			t.Errorf("vector of %q: %v", texts[i], v)
		}
	}
}

func TestVectorsComeInOrderAndOfUnitLength(t *testing.T) {
	e := serve(t, func(w http.ResponseWriter, r *http.Request, texts []string) {
		if r.URL.Path != "/v1/embeddings" || r.Header.Get("Authorization") != "Bearer "+secret {
			t.Errorf("%s %v", r.URL, r.Header)
		}
		good(w, r, texts)
	})
	texts := []string{"锂电池", "a", "", "锂电池"}
	got, err := client(t, e.URL).Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	check(t, got, texts)
	if r := e.requests(); len(r) != 1 || len(r[0]) != 3 {
		t.Errorf("asked %q, want one request with each text once", r)
	}
}

func TestBatchesAreBoundedByNumberAndBytes(t *testing.T) {
	e := serve(t, good)
	long := strings.Repeat("z", 50)
	texts := []string{"a", "bb", "ccc", "dddd", "eeeeeeee", long, "f"}
	got, err := client(t, e.URL, func(c *Config) { c.BatchTexts, c.BatchBytes = 3, 10 }).Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	check(t, got, texts)
	if got := fmt.Sprint(e.requests()); got != fmt.Sprint([][]string{{"a", "bb", "ccc"}, {"dddd"}, {"eeeeeeee"}, {long}, {"f"}}) {
		t.Errorf("batches %s", got)
	}
}

func TestTemporaryFailuresAreTriedAgain(t *testing.T) {
	for name, first := range map[string]answer{
		"429":               status(429),
		"500":               status(500),
		"503":               status(503, "Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"),
		"connection closed": hangUp,
	} {
		t.Run(name, func(t *testing.T) {
			e := serve(t, first, first, good)
			got, err := client(t, e.URL).Embed(t.Context(), []string{"a"})
			if err != nil {
				t.Fatal(err)
			}
			check(t, got, []string{"a"})
		})
	}
}

func hangUp(w http.ResponseWriter, _ *http.Request, _ []string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

func TestTriesAreBounded(t *testing.T) {
	e := serve(t, status(500))
	_, err := client(t, e.URL, func(c *Config) { c.Tries = 3 }).Embed(t.Context(), []string{"a"})
	var s *StatusError
	if !errors.As(err, &s) || s.Status != 500 || len(e.requests()) != 3 {
		t.Errorf("%v after %d requests, want 500 after 3", err, len(e.requests()))
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	e := serve(t, status(429, "Retry-After", "1"), good)
	start := time.Now()
	if _, err := client(t, e.URL).Embed(t.Context(), []string{"a"}); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(start); d < time.Second {
		t.Errorf("came back after %v, one second was asked for", d)
	}
	// Who has less time than that does not wait in vain.
	e = serve(t, status(429, "Retry-After", "30"))
	ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
	defer cancel()
	start = time.Now()
	if _, err := client(t, e.URL).Embed(ctx, []string{"a"}); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 20*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	// And nobody waits for hours.
	e = serve(t, status(503, "Retry-After", "86400"))
	var s *StatusError
	if _, err := client(t, e.URL).Embed(t.Context(), []string{"a"}); !errors.As(err, &s) || s.RetryAfter != 24*time.Hour {
		t.Errorf("%v", err)
	}
}

func TestWhatCannotHelpIsNotTriedAgain(t *testing.T) {
	vector := func(index int, numbers string) string {
		return fmt.Sprintf(`{"index":%d,"embedding":%s}`, index, numbers)
	}
	list := func(items ...string) answer { return raw(`{"data":[` + strings.Join(items, ",") + `]}`) }
	big := "[" + strings.Repeat("1,", maxDimension) + "1]"
	for name, a := range map[string]answer{
		"401":                 status(401),
		"501":                 status(501),
		"redirect":            status(302, "Location", "http://elsewhere.invalid/"),
		"no JSON":             raw("<html>" + secret),
		"one too few":         list(vector(0, "[1,2]")),
		"one too many":        list(vector(0, "[1,2]"), vector(1, "[1,2]"), vector(2, "[1,2]")),
		"a number twice":      list(vector(0, "[1,2]"), vector(0, "[1,2]")),
		"a number beyond":     list(vector(0, "[1,2]"), vector(2, "[1,2]")),
		"no number":           list(`{"embedding":[1]}`, `{"embedding":[1]}`),
		"two dimensions":      list(vector(0, "[1,2]"), vector(1, "[1,2,3]")),
		"no components":       list(vector(0, "[]"), vector(1, "[]")),
		"no vector":           list(vector(0, "null"), vector(1, "null")),
		"too many components": list(vector(0, big), vector(1, big)),
		"NaN":                 list(vector(0, "[1,NaN]"), vector(1, "[1,2]")),
		"beyond float32":      list(vector(0, "[1,1e300]"), vector(1, "[1,2]")),
		"null component":      list(vector(0, "[1,null]"), vector(1, "[1,2]")),
		"text component":      list(vector(0, `[1,"2"]`), vector(1, "[1,2]")),
		"zero":                list(vector(0, "[0,0]"), vector(1, "[1,2]")),
		"endless": func(w http.ResponseWriter, _ *http.Request, _ []string) {
			fmt.Fprint(w, `{"data":[`)
			for _, err := fmt.Fprint(w, strings.Repeat(" ", 1<<16)); err == nil; {
				_, err = fmt.Fprint(w, strings.Repeat(" ", 1<<16))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := serve(t, a)
			got, err := client(t, e.URL).Embed(t.Context(), []string{"private a", "private b"})
			var s *StatusError
			if got != nil || !errors.Is(err, ErrResponse) && !errors.As(err, &s) {
				t.Errorf("%v, %v", got, err)
			}
			if n := len(e.requests()); n != 1 {
				t.Errorf("%d requests", n)
			}
			hidden(t, err)
		})
	}
}

// hidden fails when an error tells the key, a text, or what the endpoint said.
func hidden(t *testing.T, err error) {
	t.Helper()
	if s := fmt.Sprintf("%v %+v", err, err); strings.Contains(s, secret) || strings.Contains(s, "private") {
		t.Errorf("the error tells too much: %s", s)
	}
}

func TestADimensionHolds(t *testing.T) {
	e := serve(t, good, raw(`{"data":[{"index":0,"embedding":[1,2,3]}]}`))
	c := client(t, e.URL)
	if _, err := c.Embed(t.Context(), []string{"a"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Embed(t.Context(), []string{"b"}); !errors.Is(err, ErrResponse) {
		t.Errorf("three components after two: %v", err)
	}
}

func TestSlowEndpoint(t *testing.T) {
	released := make(chan struct{})
	e := serve(t, func(_ http.ResponseWriter, r *http.Request, _ []string) {
		select {
		case <-r.Context().Done():
		case <-released:
		}
	})
	defer close(released)
	t.Run("one request is bounded", func(t *testing.T) {
		start := time.Now()
		_, err := client(t, e.URL, func(c *Config) { c.Timeout, c.Tries = 30*time.Millisecond, 2 }).Embed(t.Context(), []string{"a"})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 30*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		hidden(t, err)
	})
	t.Run("the caller can stop", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		start := time.Now()
		if _, err := client(t, e.URL).Embed(ctx, []string{"a"}); !errors.Is(err, context.Canceled) || time.Since(start) > 30*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
	t.Run("and while it pauses", func(t *testing.T) {
		down := serve(t, status(500))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		if _, err := client(t, down.URL, func(c *Config) { c.Pause = time.Minute / 2 }).Embed(ctx, []string{"a"}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestNobodyListens(t *testing.T) {
	e := serve(t, good)
	e.Server.Close()
	_, err := client(t, e.URL).Embed(t.Context(), []string{"private"})
	if err == nil || errors.Is(err, ErrResponse) {
		t.Errorf("%v", err)
	}
	hidden(t, err)
}

func TestWhatCameBeforeAFailureIsKept(t *testing.T) {
	cache, err := OpenCache(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	var down atomic.Bool
	down.Store(true)
	e := serve(t, good, func(w http.ResponseWriter, r *http.Request, texts []string) {
		if down.Load() {
			status(400)(w, r, texts)
		} else {
			good(w, r, texts)
		}
	})
	c := client(t, e.URL, func(c *Config) { c.Cache, c.BatchTexts = cache, 1 })
	texts := []string{"a", "bb"}
	if _, err := c.Embed(t.Context(), texts); err == nil {
		t.Fatal("no error")
	}
	down.Store(false)
	for range 2 {
		got, err := c.Embed(t.Context(), texts)
		if err != nil {
			t.Fatal(err)
		}
		check(t, got, texts)
	}
	if got := fmt.Sprint(e.requests()); got != fmt.Sprint([][]string{{"a"}, {"bb"}, {"bb"}}) {
		t.Errorf("asked %s", got)
	}
}

func TestSettings(t *testing.T) {
	for url, want := range map[string]string{
		"http://host":                           "http://host/v1/embeddings",
		"https://host/":                         "https://host/v1/embeddings",
		"https://host/v1/":                      "https://host/v1/embeddings",
		"https://host/api/v1":                   "https://host/api/v1/embeddings",
		"https://host/compatible":               "https://host/compatible/v1/embeddings",
		"https://host/x/v3/embeddings":          "https://host/x/v3/embeddings",
		"ftp://host":                            "",
		"file:///etc":                           "",
		"host:80":                               "",
		"":                                      "",
		"https://name:" + secret + "@host":      "",
		"https://host/v1?key=" + secret:         "",
		"https://host:port" + secret + "/\x7f/": "",
	} {
		c, err := New(Config{URL: url, Model: "m"})
		if want == "" {
			if !errors.Is(err, ErrConfig) {
				t.Errorf("%q: %v", url, err)
			}
			hidden(t, err)
		} else if err != nil || c.endpoint != want {
			t.Errorf("%q: %v, want %s", url, err, want)
		}
	}
	for _, c := range []Config{
		{URL: "http://host"},
		{URL: "http://host", Model: "m", Key: secret + "\n"},
		{URL: "http://host", Model: "m", Tries: -1},
	} {
		_, err := New(c)
		if !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", c, err)
		}
		hidden(t, err)
	}
}
