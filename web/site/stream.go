package site

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"jiebang/api/edge"
	"jiebang/internal/fault"
)

// Unhurried lets this page take as long as bytes move: each call that it makes has its own time.
func (p *Page) Unhurried() { p.in(edge.Patient(p.Ctx())) }

// Lasting lets what is left to do be done though the reader has gone.
func (p *Page) Lasting() { p.in(context.WithoutCancel(p.Ctx())) }

func (p *Page) in(ctx context.Context) { p.Context.SetRequest(p.Context.Request().WithContext(ctx)) }

// Pass calls an operation that answers a file, and hands it on as it comes, with its own headers; nothing of it is kept here. A refusal is a *Problem.
func (p *Page) Pass(a Ask) error {
	p.Unhurried()
	q, err := p.request(a)
	if err != nil {
		return err
	}
	from := p.Context.Request()
	if from.Method == http.MethodHead {
		q.Method = http.MethodHead
	}
	for _, name := range []string{"Range", "If-Range", "If-None-Match"} {
		if v := from.Header.Get(name); v != "" {
			q.Header.Set(name, v)
		}
	}
	w := &passing{to: p.Context.Response(), header: http.Header{}}
	p.api.ServeHTTP(w, q)
	if w.passes() {
		return nil
	}
	var value any
	_ = json.Unmarshal(w.refused.Bytes(), &value) // a refusal without a document is one all the same
	return problem(w.status, value)
}

// Offers tells whether an operation that answers a file has one for this reader now.
func (p *Page) Offers(a Ask) bool {
	q, err := p.request(a)
	if err != nil {
		return false
	}
	q.Method = http.MethodHead
	w := httptest.NewRecorder()
	p.api.ServeHTTP(w, q)
	return w.Code == http.StatusOK
}

// passing hands an answer on that is none of a refusal, whose text it keeps.
type passing struct {
	to      http.ResponseWriter
	header  http.Header
	status  int
	refused bytes.Buffer
}

const refusalMost = 64 << 10

func (w *passing) Header() http.Header { return w.header }

// Unwrap lets the limits of the connection be moved while bytes move.
func (w *passing) Unwrap() http.ResponseWriter { return w.to }

func (w *passing) passes() bool {
	return w.status < http.StatusBadRequest || w.status == http.StatusRequestedRangeNotSatisfiable
}

func (w *passing) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	if w.passes() {
		for name, values := range w.header {
			w.to.Header()[name] = values
		}
		w.to.WriteHeader(status)
	}
}

func (w *passing) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.passes() {
		return w.to.Write(b)
	}
	if w.refused.Len() < refusalMost {
		w.refused.Write(b)
	}
	return len(b), nil
}

// recording keeps an answer, and lets the limits of the reader's connection be moved meanwhile.
type recording struct {
	*httptest.ResponseRecorder
	to http.ResponseWriter
}

func (w recording) Unwrap() http.ResponseWriter { return w.to }

// Send calls an operation that takes bytes, which it gets as they come from the reader.
func (p *Page) Send(a Ask, body io.Reader, size int64) error {
	q, err := p.request(a)
	if err != nil {
		return err
	}
	q.Body, q.GetBody, q.ContentLength = io.NopCloser(body), nil, size
	q.Header.Set(echo.HeaderContentType, echo.MIMEOctetStream)
	w := recording{httptest.NewRecorder(), p.Context.Response()}
	p.api.ServeHTTP(w, q)
	if w.Code < http.StatusBadRequest {
		return nil
	}
	var value any
	_ = json.Unmarshal(w.Body.Bytes(), &value)
	return problem(w.Code, value)
}

// Upload is a form with a file in its last field: what stands before it, and the file as it comes.
type Upload struct {
	Values url.Values
	Name   string // of the file
	Size   int64  // 0: none was chosen
	Body   io.Reader

	rest *bufio.Reader
	end  string
}

const (
	fieldsMost = 64 << 10 // bytes of what stands before the file
	drainMost  = 64 << 20 // of what is read of a file that is not taken, so that a browser hears why
)

func errForm(cause error) error {
	return fault.InvalidInput.At("", fault.BadFormat, "表单无法读取，请返回重新选择文件。", "The form cannot be read; go back and choose the file again.").From(cause)
}

var errShape = errors.New("site: this is no form with a file at its end")

// Upload reads the form that was sent until its file begins. A browser says how long the whole form is and not the file, which ends with it: so its
// size is known before it has come, and nothing of it is kept in memory or on a disk.
func (p *Page) Upload() (*Upload, error) {
	q := p.Context.Request()
	kind, params, err := mime.ParseMediaType(q.Header.Get(echo.HeaderContentType))
	if err != nil || kind != echo.MIMEMultipartForm || params["boundary"] == "" || q.ContentLength <= 0 {
		return nil, errForm(errShape)
	}
	mark := "--" + params["boundary"]
	from := &counting{from: q.Body, most: fieldsMost}
	u := &Upload{Values: url.Values{}, rest: bufio.NewReaderSize(from, 32<<10), end: "\r\n" + mark + "--\r\n"}
	if line, err := u.line(); err != nil || line != mark {
		return nil, errForm(errShape)
	}
	for {
		header, err := textproto.NewReader(u.rest).ReadMIMEHeader()
		if err != nil {
			return nil, errForm(err)
		}
		_, what, err := mime.ParseMediaType(header.Get("Content-Disposition"))
		if err != nil {
			return nil, errForm(err)
		}
		if name, file := what["filename"]; file {
			u.Name = name[strings.LastIndexAny(name, `/\`)+1:]
			from.most = 0
			u.Size = max(0, q.ContentLength-from.n+int64(u.rest.Buffered())-int64(len(u.end)))
			u.Body = io.LimitReader(u.rest, u.Size)
			return u, nil
		}
		var said []string
		for {
			line, err := u.line()
			if err != nil {
				return nil, errForm(err)
			}
			if line == mark || line == mark+"--" {
				u.Values.Add(what["name"], strings.Join(said, "\n"))
				if line != mark {
					return u, nil // no file came
				}
				break
			}
			said = append(said, line)
		}
	}
}

func (u *Upload) line() (string, error) {
	line, err := u.rest.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}

// End holds what came behind the file to what has to be there: otherwise it was longer or shorter than it seemed.
func (u *Upload) End() error {
	rest, err := io.ReadAll(io.LimitReader(u.rest, int64(len(u.end))+1))
	if err != nil || string(rest) != u.end {
		return errForm(errShape)
	}
	return nil
}

// Drain reads what is left, as far as that is worth it: a browser that is answered while it sends shows a broken connection and not the answer.
func (u *Upload) Drain() { _, _ = io.CopyN(io.Discard, u.rest, drainMost) }

// counting counts what is read, and refuses more than it may be; 0: there is no bound.
type counting struct {
	from    io.Reader
	n, most int64
}

func (c *counting) Read(b []byte) (int, error) {
	if c.most > 0 && c.n >= c.most {
		return 0, fmt.Errorf("site: more than %d bytes before the file", c.most)
	}
	n, err := c.from.Read(b)
	c.n += int64(n)
	return n, err
}
