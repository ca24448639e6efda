package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiebang/api/apitest"
	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

func content(size int) []byte {
	data := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
	copy(data, "%PDF-1.7\n")
	return data
}

// What is downloaded is kept and never shown, under the name that it has, whatever language that is in.
func TestADownloadIsAnAttachment(t *testing.T) {
	h := apitest.New(t, dbtest.New(t, db.SQLite))
	s := apitest.NewStage(h)
	draft, etag := s.ResultIn("draft")
	data := content(5 << 20)
	sum := sha256.Sum256(data)
	for _, name := range []string{"检测报告 (终稿).pdf", "report.pdf", "it's 100%;a=b.pdf"} {
		id := s.File(draft, "result", name, data, true)
		r := s.Chief.Get("/v1/files/" + id + "/content").Want(200)
		if !bytes.Equal(r.Raw, data) {
			t.Errorf("%s: %d bytes, want %d", name, len(r.Raw), len(data))
		}
		for header, want := range map[string]string{
			"Content-Type": "application/pdf", "Content-Length": fmt.Sprint(len(data)), "X-Content-Type-Options": "nosniff",
			"ETag": `"sha-256-` + hex.EncodeToString(sum[:]) + `"`, "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
		} {
			if got := r.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
		disposition, params, err := mime.ParseMediaType(r.Header.Get("Content-Disposition"))
		if err != nil || disposition != "attachment" || params["filename"] == "" {
			// Both forms are there, which Go's reader does not take at once: the extended one counts.
			disposition, rest, _ := strings.Cut(r.Header.Get("Content-Disposition"), "; ")
			_, extended, both := strings.Cut(rest, "; filename*=UTF-8''")
			plain, err := url.PathUnescape(extended)
			if disposition != "attachment" || !both || err != nil || plain != name || strings.ContainsFunc(rest, func(r rune) bool { return r > '~' }) {
				t.Errorf("%s: %s: %q, %v", name, r.Header.Get("Content-Disposition"), plain, err)
			}
		} else if params["filename"] != name {
			t.Errorf("%s: %s", name, r.Header.Get("Content-Disposition"))
		}
		if got := s.Chief.Get("/v1/files/" + id).Want(200); got.Text("digest") != "sha-256:"+hex.EncodeToString(sum[:]) || !strings.HasPrefix(got.ETag, `"1-`) {
			t.Errorf("%s", got.Raw)
		}
	}
	// Visitors learn of files with their record, and no longer than they know of that.
	listed := func(want int) {
		t.Helper()
		if got := len(h.Visitor().Get("/v1/files?object_kind=result&object_id=" + draft).Want(200).Items()); got != want {
			t.Errorf("%d files are listed, want %d", got, want)
		}
	}
	etag = s.Editor.Act("/v1/results/"+draft+"/submit", etag, nil).Want(200).ETag
	etag = s.Chief.Act("/v1/results/"+draft+"/publish", etag, nil).Want(200).ETag
	listed(3)
	listed(3)
	s.Editor.Act("/v1/results/"+draft+"/withdraw", etag, nil).Want(200)
	h.Visitor().Get("/v1/files?object_kind=result&object_id="+draft).Refused(404, "not_found")
}

// A part of a content is what stands there, whether it is sealed or not, and wherever it begins and ends.
func TestADownloadGoesOnWhereItWasCut(t *testing.T) {
	h := apitest.New(t, dbtest.New(t, db.SQLite))
	s := apitest.NewStage(h)
	draft, _ := s.ResultIn("draft")
	data := content(5<<20 + 77)
	for i := range data[9:] { // no two places look alike
		data[9+i] = byte(i*i>>7 ^ i>>13)
	}
	for name, public := range map[string]bool{"公开.pdf": true, "内部.pdf": false} {
		path := "/v1/files/" + s.File(draft, "result", name, data, public) + "/content"
		whole := s.Chief.Get(path).Want(200)
		for _, part := range [][2]int{{0, 10}, {65530, 65550}, {2<<20 - 3, 2<<20 + 3}, {2 << 20, 4 << 20}, {1<<20 + 1, 5<<20 + 70}, {5<<20 + 76, 5<<20 + 77}} {
			r := s.Chief.Do("GET", path, nil, map[string]string{"Range": fmt.Sprintf("bytes=%d-%d", part[0], part[1]-1), "If-Range": whole.ETag}).Want(206)
			if !bytes.Equal(r.Raw, data[part[0]:part[1]]) || r.Header.Get("Content-Range") != fmt.Sprintf("bytes %d-%d/%d", part[0], part[1]-1, len(data)) {
				t.Errorf("%s, %v: %d bytes, %s", name, part, len(r.Raw), r.Header.Get("Content-Range"))
			}
		}
		s.Chief.Do("GET", path, nil, map[string]string{"Range": fmt.Sprintf("bytes=%d-", len(data))}).Refused(416, "range_outside")
		s.Chief.Do("GET", path, nil, map[string]string{"If-None-Match": whole.ETag}).Want(304)
		if r := s.Chief.Do("HEAD", path, nil, nil).Want(200); r.Header.Get("Content-Length") != fmt.Sprint(len(data)) || len(r.Raw) > 0 {
			t.Errorf("HEAD: %v", r.Header)
		}
	}
}

// A connection that is cut loses what had not become a part, and no more.
func TestAnUploadIsCutAndGoesOn(t *testing.T) {
	apitest.Each(t, func(h *apitest.House) {
		s := apitest.NewStage(h)
		draft, _ := s.ResultIn("draft")
		data := content(10<<20 + 5)
		id := s.Editor.Post("/v1/uploads", apitest.J{"object_kind": "result", "object_id": draft, "name": "大.pdf", "size": len(data), "public": true}).Want(201).Text("id")
		address, err := url.Parse(h.URL)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", address.Host)
		if err != nil {
			t.Fatal(err)
		}
		_, err = fmt.Fprintf(conn, "PUT /v1/uploads/%s/content HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n", id, s.Editor.Token, len(data))
		if err == nil {
			_, err = conn.Write(data[:9<<20])
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.(*net.TCPConn).SetLinger(-1)
		_ = conn.Close()
		var received int
		h.Eventually("what came is stored", func() bool {
			received = int(s.Editor.Get("/v1/uploads/" + id).Want(200).At("received").(float64))
			return received == 9<<20
		})
		s.Editor.Post("/v1/uploads/"+id+"/complete", apitest.J{}).Refused(409, "upload_incomplete")
		s.Editor.Do("PUT", "/v1/uploads/"+id+"/content?offset=17", apitest.Bytes(data[17:]), nil).Refused(409, "upload_offset")
		s.Editor.Do("PUT", fmt.Sprintf("/v1/uploads/%s/content?offset=%d", id, received), apitest.Bytes(data[received:]), nil).Want(200)
		sum := sha256.Sum256(data)
		key := map[string]string{"Idempotency-Key": "once"}
		first := s.Editor.Do("POST", "/v1/uploads/"+id+"/complete", apitest.J{"sha256": hex.EncodeToString(sum[:])}, key).Want(201)
		again := s.Editor.Do("POST", "/v1/uploads/"+id+"/complete", apitest.J{"sha256": hex.EncodeToString(sum[:])}, key).Want(201)
		if first.Text("id") != id || again.Text("id") != id || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s, again %s", first.Raw, again.Raw)
		}
		if got := s.Chief.Get("/v1/files/" + id + "/content").Want(200); !bytes.Equal(got.Raw, data) {
			t.Error("what is read is not what was sent")
		}
	})
}

// Bytes may move for longer than any other request may take; when they stand still, it ends.
func TestASlowUploadIsBorne(t *testing.T) {
	h := apitest.NewPatient(t, dbtest.New(t, db.SQLite), 1500*time.Millisecond)
	s := apitest.NewStage(h)
	draft, _ := s.ResultIn("draft")
	data := content(200 << 10)
	id := s.Editor.Post("/v1/uploads", apitest.J{"object_kind": "result", "object_id": draft, "name": "慢.pdf", "size": len(data), "public": true}).Want(201).Text("id")
	req, err := http.NewRequest("PUT", h.URL+"/v1/uploads/"+id+"/content", &slow{data: data})
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.Editor.Token)
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

// slow gives a tenth of its bytes at a time.
type slow struct {
	data []byte
	at   int
}

func (s *slow) Read(p []byte) (int, error) {
	if s.at == len(s.data) {
		return 0, io.EOF
	}
	time.Sleep(250 * time.Millisecond) // ten of them are more than anybody is patient here
	n := copy(p, s.data[s.at:min(len(s.data), s.at+len(s.data)/10)])
	s.at += n
	return n, nil
}

// What two sides have between them is read by those who are in it, and is never public.
func TestFilesOfDealsAndContracts(t *testing.T) {
	h := apitest.New(t, dbtest.New(t, db.SQLite))
	s := apitest.NewStage(h)
	deal, _ := s.Deal()
	draft, etag, _ := s.Contract("draft")
	data := content(3 << 20)
	hung := map[string]string{}
	for kind, id := range map[string]string{"deal": deal, "contract": draft} {
		body := apitest.J{"object_kind": kind, "object_id": id, "name": "扫描件.pdf", "size": len(data), "public": true}
		s.Editor.Post("/v1/uploads", body).Refused(400, "invalid_input")
		s.Stranger.Post("/v1/uploads", body).Refused(404, "not_found")
		hung[kind] = s.File(id, kind, "扫描件.pdf", data, false)
		r := s.Chief.Get("/v1/files/" + hung[kind] + "/content").Want(200)
		if !bytes.Equal(r.Raw, data) || r.Header.Get("ETag") != `"`+hung[kind]+`"` {
			t.Errorf("%s: %d bytes, ETag %s", kind, len(r.Raw), r.Header.Get("ETag"))
		}
		if r := s.Editor.Get("/v1/files/" + hung[kind]).Want(200); r.Body["digest"] != nil {
			t.Errorf("%s: its digest is told: %s", kind, r.Raw)
		}
		for _, stranger := range []*apitest.Client{h.Visitor(), s.Stranger, s.Far} {
			stranger.Get("/v1/files/"+hung[kind]+"/content").Refused(404, "not_found")
			stranger.Get("/v1/files?object_kind="+kind+"&object_id="+id).Refused(404, "not_found")
		}
	}
	s.Buyer.Get("/v1/files/" + hung["deal"] + "/content").Want(200)
	s.Buyer.Get("/v1/files/"+hung["contract"]+"/content").Refused(404, "not_found")
	s.First.Get("/v1/files/"+hung["contract"]+"/content").Refused(404, "not_found")
	s.Editor.Act("/v1/contracts/"+draft+"/submit", etag, nil).Want(200)
	s.Buyer.Get("/v1/files/" + hung["contract"] + "/content").Want(200)
	s.First.Get("/v1/files/" + hung["contract"] + "/content").Want(200)
	s.Editor.Do("DELETE", "/v1/files/"+hung["contract"], nil, map[string]string{"If-Match": `"1"`}).Refused(409, "wrong_state")
	s.Stranger.Do("DELETE", "/v1/files/"+hung["contract"], nil, map[string]string{"If-Match": `"1"`}).Refused(404, "not_found")
	s.Buyer.Do("DELETE", "/v1/files/"+hung["deal"], nil, map[string]string{"If-Match": `"2"`}).Refused(412, "version_stale")
	s.Buyer.Do("DELETE", "/v1/files/"+hung["deal"], nil, map[string]string{"If-Match": `"1"`}).Want(204)
	s.Buyer.Get("/v1/files/"+hung["deal"]).Refused(404, "not_found")
}
